"""Keep what a Board is called, where bodies are written to, and what its public pages say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import access, accounts, audit, db, people, second_factor
from engine.administration.entering import (
    MAX_TEXT,
    Desk,
    enter,
    look,
    refuse,
    require_seen,
    required,
    seen_now,
    too_long,
)
from engine.deployments import Definitions
from engine.errors import AccessDenied, FieldError, NotFound
from engine.models import Board
from engine.people import Actor
from engine.roles import ADMINISTRATOR
from engine.texts import LANGUAGES, Text, count
from engine.timescales import Length

#: Bodies that take part by letter or e-mail, where nobody of theirs has an account.
BODIES = ("welsh_government", "inspectorates", "other_board", "regional_group")
BOTH = "both"
_KEY = re.compile(r"[a-z][a-z0-9_]{1,30}")


@dataclass(frozen=True)
class BodyView:
    """A body, and where it is written to; an empty address where a letter goes by post."""

    role: str
    name: Text
    address: str
    language: str


@dataclass(frozen=True)
class OwnAgency:
    """An agency that a Board works with beside those of the forms."""

    key: str
    name: Text


@dataclass(frozen=True)
class TargetView:
    """A timescale that is a proposal, with the length that holds on this Board."""

    key: str
    name: Text
    length: Text
    cite: str


@dataclass(frozen=True)
class SettingsPage:
    """What is set for a Board, and what this person may change of it."""

    key: str
    name: Text
    acts: frozenset[str]
    bodies: tuple[BodyView, ...]
    report_requests: Text
    agencies: Mapping[str, Text]
    own_agencies: tuple[OwnAgency, ...]
    targets: tuple[TargetView, ...]
    #: roles that people may hold here, and which of them need a second factor to sign in
    roles: tuple[tuple[str, Text], ...]
    second_factor_roles: tuple[str, ...]
    #: what tells that name, bodies, texts and agencies have not changed since
    seen: Mapping[str, str]


def administered_boards(actor: Actor) -> list[tuple[str, Text]]:
    """Return key and name of the Boards whose people and settings a person sees to."""
    with db.reading() as session:
        return [
            (board.key, Text(board.name_en, board.name_cy))
            for board, _ in people.boards_of(session, actor)
            if access.board_acts(session, actor, board.id)
        ]


def settings_page(key: str, actor: Actor) -> SettingsPage:
    """Return what is set for a Board.

    Raises:  NotFound.
    """
    with db.reading() as session:
        desk = look(session, key, actor)
        definitions, settings = desk.definitions, desk.board.settings
        wanted = settings.get("report_requests") or {}
        parts = ("bodies", "report_requests", "agencies", second_factor.SETTING)
        return SettingsPage(
            key=key,
            name=desk.name,
            acts=desk.acts,
            bodies=tuple(_bodies(definitions, settings)),
            report_requests=Text(wanted.get("en", ""), wanted.get("cy", "")),
            agencies=agencies_of(desk),
            own_agencies=tuple(_own(settings)),
            targets=tuple(_targets(definitions)),
            roles=tuple((role, definitions.roles.get(role).text) for role in definitions.roles),
            second_factor_roles=tuple(settings.get(second_factor.SETTING) or ()),
            seen={
                "name": seen_now(desk.name.en, desk.name.cy),
                **{part: seen_now(settings.get(part)) for part in parts},
            },
        )


def add_board(typed: Mapping[str, str], actor: Actor) -> str:
    """Create a Board, administered by whoever creates it; return its key, which stays for good.

    Takes:   key, name_en, name_cy.
    Raises:  AccessDenied, for whoever administers no Board; InvalidForm.
    """
    with db.transaction() as session:
        audit.hold(session, None)
        if not people.is_administrator(session, actor.account_id):
            raise AccessDenied
        key = typed.get("key", "").strip().lower()
        errors = [] if _KEY.fullmatch(key) else [_KEY_WRONG]
        if session.scalar(select(Board.id).where(Board.key == key)) is not None:
            errors = [_KEY_TAKEN]
        refuse([*errors, *_wrong_name(typed)])
        author = str(actor.account_id)
        names = typed["name_en"].strip(), typed["name_cy"].strip()
        board = people.create_board(session, key, *names, actor=author)
        people.appoint_to_board(session, board.id, ADMINISTRATOR, actor.account_id, author)
        return key


def change_board_name(key: str, typed: Mapping[str, str], seen: str, actor: Actor) -> None:
    """Change what a Board is called.

    Takes:   name_en, name_cy; seen, from the page.
    Raises:  NotFound; AccessDenied; ChangedMeanwhile; InvalidForm.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "run")
        refuse(_wrong_name(typed))
        require_seen(seen, desk.name.en, desk.name.cy)
        desk.board.name_en = typed["name_en"].strip()
        desk.board.name_cy = typed["name_cy"].strip()
        desk.record("board_renamed", key)


def change_bodies(key: str, typed: Mapping[str, str], seen: str, actor: Actor) -> None:
    """Change where bodies without accounts are written to; an emptied address ends.

    Takes:   `<role>-address` and `<role>-language` for each body.
    Raises:  NotFound; AccessDenied; ChangedMeanwhile; InvalidForm.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "settle")
        kept: dict[str, Any] = dict(desk.board.settings.get("bodies") or {})
        errors = []
        for body in _bodies(desk.definitions, desk.board.settings):
            address = typed.get(f"{body.role}-address", "").strip()
            language = typed.get(f"{body.role}-language", "")
            if not address:
                kept.pop(body.role, None)
                continue
            if not accounts.is_email(address):
                errors.append(_address_wrong(f"{body.role}-address"))
            if language not in (*LANGUAGES, BOTH):
                errors.append(_language_missing(f"{body.role}-language"))
            kept[body.role] = {"address": address, "language": language}
        refuse(errors)
        require_seen(seen, desk.board.settings.get("bodies"))
        _set(desk, "bodies", kept)


def change_report_requests(key: str, typed: Mapping[str, str], seen: str, actor: Actor) -> None:
    """Change what the public is told of how to ask for a report that was taken down (D29).

    Takes:   en and cy: both, or neither.
    Raises:  NotFound; AccessDenied; ChangedMeanwhile; InvalidForm.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "settle")
        said = {name: typed.get(name, "").strip() for name in LANGUAGES}
        errors = [*too_long(said, "en", MAX_TEXT), *too_long(said, "cy", MAX_TEXT)]
        if any(said.values()):
            errors += [_both_languages(name) for name in LANGUAGES if not said[name]]
        refuse(errors)
        require_seen(seen, desk.board.settings.get("report_requests"))
        _set(desk, "report_requests", said if any(said.values()) else None)


def change_second_factor_roles(key: str, roles: Sequence[str], seen: str, actor: Actor) -> None:
    """Say of which roles a second factor is asked for; from their next page on, people need one.

    Raises:  NotFound, also for a role that there is not; AccessDenied; ChangedMeanwhile.
    Source:  OWASP ASVS 5.0, 6.3.3.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "run")
        if not set(roles) <= set(desk.definitions.roles):
            raise NotFound
        require_seen(seen, desk.board.settings.get(second_factor.SETTING))
        _set(desk, second_factor.SETTING, sorted(set(roles)))


def change_agencies(
    key: str, typed: Sequence[tuple[str, str, str]], seen: str, actor: Actor
) -> None:
    """Change the agencies that a Board has beside those of the forms; none is ever taken away.

    Takes:   key (empty for a new one), English and Welsh of each, in the order of the page, where
             they are `en-0`, `cy-0` and so on.
    Raises:  NotFound; AccessDenied; ChangedMeanwhile; InvalidForm.
    """
    with db.transaction() as session:
        desk = enter(session, key, actor, "settle")
        kept, known = {one.key: one.name for one in _own(desk.board.settings)}, agencies_of(desk)
        errors: list[FieldError] = []
        for number, (old, en, cy) in enumerate(typed):
            if old not in kept and not en.strip() and not cy.strip():
                continue
            said = {f"en-{number}": en, f"cy-{number}": cy}
            wrong = [error for name in said for error in required(said, name, *_BOTH_LANGUAGES)]
            found = old if old in kept else _key_for(en)
            if not wrong and _is_taken(known, found, en, anew=old not in kept):
                wrong = [_agency_taken(f"en-{number}")]
            errors += wrong
            known[found] = kept[found] = Text(en.strip(), cy.strip())
        refuse(errors)
        require_seen(seen, desk.board.settings.get("agencies"))
        _set(desk, "agencies", {one: {"en": t.en, "cy": t.cy} for one, t in kept.items()} or None)


def agencies_of(desk: Desk) -> dict[str, Text]:
    """Return the agencies a person may belong to: those that the forms name, and the Board's own.

    Source:  ROL-39, the agencies named on the forms.
    """
    found: dict[str, Text] = {}
    for form in desk.definitions.forms.values():
        for entry in form.fields:
            for field in (entry, *entry.columns):
                if field.key == "agency":
                    for option in field.options:
                        text = Text(option.label("en"), option.label("cy"))
                        found.setdefault(str(option.value), text)
    found.update((one.key, one.name) for one in _own(desk.board.settings))
    return found


def _own(settings: Mapping[str, Any]) -> list[OwnAgency]:
    own = settings.get("agencies") or {}
    return [OwnAgency(key, Text(said["en"], said["cy"])) for key, said in own.items()]


def _bodies(definitions: Definitions, settings: Mapping[str, Any]) -> list[BodyView]:
    kept = settings.get("bodies") or {}
    wanted = [role for role in BODIES if role in definitions.roles]
    found = []
    for role in dict.fromkeys([*wanted, *kept]):
        said = kept.get(role) or {}
        entry = said if isinstance(said, dict) else {"address": said}
        name = definitions.roles.get(role).text
        language = entry.get("language", BOTH)
        found.append(BodyView(role, name, entry.get("address", ""), language))
    return found


def _targets(definitions: Definitions) -> list[TargetView]:
    """Return the timescales that are proposals of the product (P), which a variation may change."""
    return [
        TargetView(row.key, row.name, _in_words(row.length), row.cite)
        for row in definitions.timescales.values()
        if "P" in row.source and row.length is not None
    ]


def _in_words(length: Length) -> Text:
    parts = {"month": length.months, "week": length.weeks, "day": length.days}
    told = [count(abs(number), unit) for unit, number in parts.items() if number]
    return Text(", ".join(one.en for one in told), ", ".join(one.cy for one in told))


def _set(desk: Desk, part: str, value: Any) -> None:
    settings = {name: kept for name, kept in desk.board.settings.items() if name != part}
    desk.board.settings = {**settings, part: value} if value else settings
    desk.session.flush()
    desk.record("board_settings_changed", part)


def _is_taken(known: Mapping[str, Text], key: str, name: str, *, anew: bool) -> bool:
    others = {text.en.casefold() for other, text in known.items() if other != key}
    return name.strip().casefold() in others or (anew and key in known)


def _key_for(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return (
        re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_")[:60]
        or "agency"
    )


_KEY_WRONG = FieldError(
    "key",
    "A short name has 2 to 31 small letters and figures, and begins with a letter",
    "Mae gan enw byr 2 i 31 o lythrennau bach a ffigurau, ac mae’n dechrau â llythyren",
)
_KEY_TAKEN = FieldError(
    "key",
    "There is already a Board with this short name. Choose another one",
    "Mae Bwrdd â’r enw byr hwn eisoes. Dewiswch un arall",
)
_BOTH_LANGUAGES = ("Write this in both languages", "Ysgrifennwch hyn yn y ddwy iaith")


def _both_languages(name: str) -> FieldError:
    return FieldError(name, *_BOTH_LANGUAGES)


def _wrong_name(typed: Mapping[str, str]) -> list[FieldError]:
    return [
        *required(typed, "name_en", "Enter the name in English", "Rhowch yr enw yn Saesneg"),
        *required(typed, "name_cy", "Enter the name in Welsh", "Rhowch yr enw yn Gymraeg"),
    ]


def _address_wrong(name: str) -> FieldError:
    return FieldError(
        name,
        "Enter an email address such as name@example.org, or leave it empty",
        "Rhowch gyfeiriad e-bost megis enw@enghraifft.org, neu gadewch ef yn wag",
    )


def _language_missing(name: str) -> FieldError:
    return FieldError(name, "Choose a language", "Dewiswch iaith")


def _agency_taken(name: str) -> FieldError:
    return FieldError(
        name,
        "There is already an agency of this name. Use that one",
        "Mae asiantaeth o’r enw hwn eisoes. Defnyddiwch honno",
    )
