"""Read what the installation sets through its environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from engine.errors import EngineError

ROOT = Path(__file__).resolve().parent.parent


#: What a session may be set to: the longest is what a working day and a short call need.
IDLE_MINUTES = range(2, 61)
ABSOLUTE_HOURS = range(1, 25)


@dataclass(frozen=True)
class Settings:
    """What an installation may choose; secrets come from the environment only."""

    database_url: str = "sqlite:///var/adolygu.db"
    field_keys: tuple[str, ...] = field(default=(), repr=False)
    audit_keys: tuple[str, ...] = field(default=(), repr=False)
    secret_key: str = field(default="", repr=False)
    uploads: Path = Path("var/uploads")
    demonstration: bool = False
    idle_minutes: int = 15
    absolute_hours: int = 12
    mail_from: str = "adolygu@localhost"
    smtp_url: str = field(default="", repr=False)
    base_url: str = ""
    mail_folder: Path | None = None
    clamd: str = ""
    notify_key: str = field(default="", repr=False)
    notify_template: str = ""
    notify_url: str = "https://api.notifications.service.gov.uk"
    password_filter: Path | None = None
    provider_issuer: str = ""
    provider_client: str = ""
    provider_secret: str = field(default="", repr=False)
    provider_name: str = ""


class SettingWrong(EngineError):
    """{name} is not right: {reason}. Set it right, then start again."""

    status = 503


def from_environment(environment: dict[str, str] | None = None) -> Settings:
    """Return the settings of this process, from `ADOLYGU_*` variables.

    Raises:  SettingWrong.
    """
    values = dict(os.environ) if environment is None else environment

    def get(name: str, default: str = "") -> str:
        return values.get(f"ADOLYGU_{name}", default)

    folder, listed = get("MAIL_FOLDER"), get("PASSWORD_FILTER")
    settings = Settings(
        database_url=get("DATABASE_URL", Settings.database_url),
        field_keys=tuple(get("FIELD_KEYS").split()),
        audit_keys=tuple(get("AUDIT_KEYS").split()),
        secret_key=get("SECRET_KEY"),
        uploads=Path(get("UPLOADS", str(Settings.uploads))),
        demonstration=get("DEMONSTRATION") == "1",
        idle_minutes=_number("IDLE_MINUTES", get("IDLE_MINUTES", "15"), IDLE_MINUTES),
        absolute_hours=_number("ABSOLUTE_HOURS", get("ABSOLUTE_HOURS", "12"), ABSOLUTE_HOURS),
        mail_from=get("MAIL_FROM", Settings.mail_from),
        smtp_url=get("SMTP_URL"),
        base_url=get("BASE_URL").rstrip("/"),
        mail_folder=Path(folder) if folder else None,
        clamd=get("CLAMD"),
        notify_key=get("NOTIFY_KEY"),
        notify_template=get("NOTIFY_TEMPLATE"),
        notify_url=get("NOTIFY_URL", Settings.notify_url),
        password_filter=Path(listed) if listed else None,
        provider_issuer=get("PROVIDER_ISSUER").rstrip("/"),
        provider_client=get("PROVIDER_CLIENT"),
        provider_secret=get("PROVIDER_SECRET"),
        provider_name=get("PROVIDER_NAME"),
    )
    _check_provider(settings)
    return settings


def _number(name: str, said: str, allowed: range) -> int:
    """Return a number within its limits: what is longer than them is as good as no limit."""
    if not (said.isascii() and said.isdigit() and len(said) <= 4 and int(said) in allowed):
        reason = f"it must be a whole number from {allowed[0]} to {allowed[-1]}"
        raise SettingWrong(name=f"ADOLYGU_{name}", reason=reason)
    return int(said)


def _check_provider(settings: Settings) -> None:
    """Refuse an identity provider that is named in part, or that others could stand in for."""
    parts = {
        "ADOLYGU_PROVIDER_ISSUER": settings.provider_issuer,
        "ADOLYGU_PROVIDER_CLIENT": settings.provider_client,
        "ADOLYGU_PROVIDER_SECRET": settings.provider_secret,
        "ADOLYGU_PROVIDER_NAME": settings.provider_name,
        "ADOLYGU_BASE_URL": settings.base_url,
    }
    if not any(value for name, value in parts.items() if name != "ADOLYGU_BASE_URL"):
        return
    for name, value in parts.items():
        if not value:
            reason = "it is needed where an identity provider is set"
            raise SettingWrong(name=name, reason=reason)
    if settings.demonstration:
        reason = "a demonstration has no identity provider"
        raise SettingWrong(name="ADOLYGU_PROVIDER_ISSUER", reason=reason)
    for name in ("ADOLYGU_PROVIDER_ISSUER", "ADOLYGU_BASE_URL"):
        if urlsplit(parts[name]).scheme != "https":
            raise SettingWrong(name=name, reason="it must begin with https://")


def to_environment(settings: Settings) -> dict[str, str]:
    """Return the variables from which `from_environment` reads these settings again."""
    values = {
        "DATABASE_URL": settings.database_url,
        "FIELD_KEYS": " ".join(settings.field_keys),
        "AUDIT_KEYS": " ".join(settings.audit_keys),
        "SECRET_KEY": settings.secret_key,
        "UPLOADS": str(settings.uploads),
        "DEMONSTRATION": "1" if settings.demonstration else "0",
        "IDLE_MINUTES": str(settings.idle_minutes),
        "ABSOLUTE_HOURS": str(settings.absolute_hours),
        "MAIL_FROM": settings.mail_from,
        "SMTP_URL": settings.smtp_url,
        "BASE_URL": settings.base_url,
        "MAIL_FOLDER": str(settings.mail_folder or ""),
        "CLAMD": settings.clamd,
        "NOTIFY_KEY": settings.notify_key,
        "NOTIFY_TEMPLATE": settings.notify_template,
        "NOTIFY_URL": settings.notify_url,
        "PASSWORD_FILTER": str(settings.password_filter or ""),
        "PROVIDER_ISSUER": settings.provider_issuer,
        "PROVIDER_CLIENT": settings.provider_client,
        "PROVIDER_SECRET": settings.provider_secret,
        "PROVIDER_NAME": settings.provider_name,
    }
    return {f"ADOLYGU_{name}": value for name, value in values.items()}
