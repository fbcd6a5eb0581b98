"""Read what the installation sets through its environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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


def from_environment(environment: dict[str, str] | None = None) -> Settings:
    """Return the settings of this process, from `ADOLYGU_*` variables."""
    values = dict(os.environ) if environment is None else environment

    def get(name: str, default: str = "") -> str:
        return values.get(f"ADOLYGU_{name}", default)

    folder = get("MAIL_FOLDER")
    return Settings(
        database_url=get("DATABASE_URL", Settings.database_url),
        field_keys=tuple(get("FIELD_KEYS").split()),
        audit_keys=tuple(get("AUDIT_KEYS").split()),
        secret_key=get("SECRET_KEY"),
        uploads=Path(get("UPLOADS", str(Settings.uploads))),
        demonstration=get("DEMONSTRATION") == "1",
        idle_minutes=int(get("IDLE_MINUTES", "15")),
        absolute_hours=int(get("ABSOLUTE_HOURS", "12")),
        mail_from=get("MAIL_FROM", Settings.mail_from),
        smtp_url=get("SMTP_URL"),
        base_url=get("BASE_URL").rstrip("/"),
        mail_folder=Path(folder) if folder else None,
        clamd=get("CLAMD"),
        notify_key=get("NOTIFY_KEY"),
        notify_template=get("NOTIFY_TEMPLATE"),
        notify_url=get("NOTIFY_URL", Settings.notify_url),
    )


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
    }
    return {f"ADOLYGU_{name}": value for name, value in values.items()}
