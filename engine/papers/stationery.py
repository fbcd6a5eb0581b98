"""Let a Board set what its papers look like: their head, its own layouts, its own letters.

Who designs writes a version; a second person puts it in force. Until then nothing is printed or
sent with it: it is tried with made-up answers only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import (
    access,
    audit,
    db,
    deployments,
    layouts,
    letters,
    own_templates,
    people,
    time_source,
)
from engine.deployments import LAYOUTS, LETTERS, Definitions, Problem
from engine.errors import EngineError, InvalidDefinition, NotFound
from engine.models import Account, Board, OwnTemplate, new_id
from engine.papers import letterheads, trials
from engine.papers.model import Letterhead, Paper
from engine.people import Actor
from engine.texts import Text

#: What a template is: how a form is printed, or what a message says.
KINDS = {"layout": LAYOUTS, "letter": LETTERS}
#: Longer than any that is shipped, and short enough to be read by a second person.
MOST_SIGNS = 60_000
_BRACES = re.compile(r"\{[^}]*\}")


class TemplateRefused(EngineError):
    """This template is not right yet, so it was not kept. Put right what is listed."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        """Take what is wrong."""
        super().__init__()
        self.problems = problems


class TemplateNotText(EngineError):
    """This file is not text in UTF-8. Save it as UTF-8 and send it again."""

    status = 422


class TemplateTooLong(EngineError):
    """A template has at most 60,000 characters. Make it shorter."""

    status = 422


class SecondPersonNeeded(EngineError):
    """Whoever wrote a template cannot put it in force. Ask another designer or an administrator."""

    status = 403


class TemplateChanged(EngineError):
    """Somebody has written a newer version since you opened this page. Look at that one first."""

    status = 409


@dataclass(frozen=True)
class TemplateLine:
    """A template in the list: what it is called, and whether the Board has one of its own."""

    kind: str
    name: str
    title: Text
    catalogue: str
    own: bool
    waits: bool


@dataclass(frozen=True)
class Stationery:
    """What the papers of a Board look like, as far as this person may set it."""

    key: str
    board: Text
    letterhead: Letterhead
    templates: tuple[TemplateLine, ...]


@dataclass(frozen=True)
class TemplatePage:
    """A template with what waits to be put in force, or is, or was deployed.

    `number` is that of the version that waits, 0 where none does; `problems` are why it does not
    fit what is deployed now; `fields` are what a layout may name, each with its question or text.
    """

    key: str
    board: Text
    kind: str
    name: str
    title: Text
    source: str
    shipped: str
    own: bool
    number: int
    written_by: str
    written_at: datetime | None
    problems: tuple[Problem, ...]
    fields: tuple[tuple[str, Text], ...]
    may_design: bool
    may_approve: bool
    is_author: bool


def stationery_boards(actor: Actor) -> list[tuple[str, Text]]:
    """Return the Boards whose papers a person sees to: the key and the name."""
    with db.reading() as session:
        return [
            (board.key, Text(board.name_en, board.name_cy))
            for board, _ in people.boards_of(session, actor)
            if access.stationery_acts(session, actor, board.id)
        ]


def stationery(key: str, actor: Actor) -> Stationery:
    """Return what the papers of a Board look like.

    Raises:  NotFound, for whoever does not see to them.
    """
    with db.reading() as session:
        board, acts = _board(session, key, actor)
        lines: tuple[TemplateLine, ...] = ()
        if "approve" in acts:
            definitions = _definitions(session, board)
            own = own_templates.of_board(session, board.id)
            lines = tuple(
                TemplateLine(
                    kind,
                    name,
                    title,
                    catalogue,
                    any(_is_in_force(row) for row in own.get(_path(kind, name), [])),
                    _waiting(own.get(_path(kind, name), [])) is not None,
                )
                for kind, name, title, catalogue in _known(definitions)
            )
        head = letterheads.read_letterhead(session, board.id)
        return Stationery(board.key, _name(board), head, lines)


def change_letterhead(
    key: str,
    address: Text,
    actor: Actor,
    *,
    logo_name: str = "",
    logo: bytes = b"",
    keep_logo: bool = True,
) -> None:
    """Set address and logo at the head of a Board's papers.

    Raises:  NotFound; AddressInOneLanguage; LogoRefused; UploadRefused.
    """
    with db.reading() as session:
        _board(session, key, actor)
    letterheads.set_letterhead(
        key, address, logo_name, logo, actor=str(actor.account_id), keep_logo=keep_logo
    )


def template_text(content: bytes) -> str:
    """Return the text of a file that was sent as a template.

    Raises:  TemplateTooLong; TemplateNotText.
    """
    if len(content) > 4 * MOST_SIGNS:
        raise TemplateTooLong
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TemplateNotText from None


def template_page(key: str, kind: str, name: str, actor: Actor) -> TemplatePage:
    """Return a template of a Board, for whoever writes it or puts it in force.

    Raises:  NotFound.
    """
    with db.reading() as session:
        board, acts, definitions = _designed(session, key, kind, name, actor)
        rows = own_templates.versions(session, board.id, _path(kind, name))
        waiting = _waiting(rows)
        shown = waiting or next((row for row in rows if _is_in_force(row)), None)
        shipped = _shipped(definitions, kind, name)
        author = session.get(Account, waiting.written_by) if waiting else None
        is_author = waiting is not None and waiting.written_by == actor.account_id
        return TemplatePage(
            key=board.key,
            board=_name(board),
            kind=kind,
            name=name,
            title=_title(definitions, kind, name),
            source=shown.source if shown else shipped,
            shipped=shipped,
            own=any(_is_in_force(row) for row in rows),
            number=waiting.number if waiting else 0,
            written_by=author.name if author else "",
            written_at=waiting.written_at if waiting else None,
            problems=tuple(_problems(definitions, kind, name, shown.source)) if shown else (),
            fields=tuple(_fields(definitions, kind, name)),
            may_design="design" in acts,
            may_approve=waiting is not None and not is_author,
            is_author=is_author,
        )


def try_template(key: str, kind: str, name: str, actor: Actor, source: str | None = None) -> Paper:
    """Return a template filled with examples, of no case.

    Takes:   source, what somebody is writing; left out, what the page of the template shows.
    Raises:  NotFound; TemplateTooLong; TemplateRefused.
    """
    if source is None:
        source = template_page(key, kind, name, actor).source
    with db.reading() as session:
        board, _, definitions = _designed(session, key, kind, name, actor)
        _require_right(definitions, kind, name, source)
        head, now = letterheads.read_letterhead(session, board.id), time_source.now(session)
        path, content = _path(kind, name), source.encode()
        if kind == "letter":
            return trials.try_letter(letters.parse_letter(content, path), name, head, now)
        layout = layouts.parse_layout(content, path)
        return trials.try_layout(definitions, name, layout, head, now)


def write_template(key: str, kind: str, name: str, source: str, actor: Actor) -> None:
    """Keep a version of a template, which waits until a second person puts it in force.

    Raises:  NotFound; TemplateTooLong; TemplateRefused.
    """
    with db.transaction() as session:
        board, acts, definitions = _designed(session, key, kind, name, actor)
        if "design" not in acts:
            raise NotFound
        _require_right(definitions, kind, name, source)
        audit.hold(session, board.id)
        rows = own_templates.versions(session, board.id, _path(kind, name))
        if rows and rows[0].source == source and not rows[0].ended_at:
            return
        row = OwnTemplate(
            id=new_id(),
            board_id=board.id,
            path=_path(kind, name),
            number=rows[0].number + 1 if rows else 1,
            source=source,
            written_at=time_source.now(session),
            written_by=actor.account_id,
        )
        session.add(row)
        _record(session, "template_written", actor, row)


def put_in_force(key: str, kind: str, name: str, number: int, actor: Actor) -> None:
    """Print or send with a template from now on; the one before it ends.

    Takes:   number, of the version that this person has looked at.
    Raises:  NotFound; SecondPersonNeeded; TemplateChanged; TemplateRefused.
    """
    with db.transaction() as session:
        board, _, definitions = _designed(session, key, kind, name, actor)
        audit.hold(session, board.id)
        rows = own_templates.versions(session, board.id, _path(kind, name))
        waiting = _waiting(rows)
        if waiting is None or waiting.number != number:
            raise TemplateChanged
        if waiting.written_by == actor.account_id:
            raise SecondPersonNeeded
        # What is deployed may have changed since it was written.
        _require_right(definitions, kind, name, waiting.source)
        _end(session, rows, actor)
        waiting.in_force_at = time_source.now(session)
        waiting.put_in_force_by = actor.account_id
        _record(session, "template_put_in_force", actor, waiting)


def take_back_template(key: str, kind: str, name: str, actor: Actor) -> None:
    """Print or send as deployed from now on; what the Board had stays on record.

    Raises:  NotFound.
    """
    with db.transaction() as session:
        board, _, _ = _designed(session, key, kind, name, actor)
        audit.hold(session, board.id)
        rows = own_templates.versions(session, board.id, _path(kind, name))
        for row in _end(session, rows, actor):
            _record(session, "template_taken_back", actor, row)


def _end(session: Session, rows: list[OwnTemplate], actor: Actor) -> list[OwnTemplate]:
    ended = [row for row in rows if _is_in_force(row)]
    for row in ended:
        row.ended_at, row.ended_by = time_source.now(session), actor.account_id
    return ended


def _record(session: Session, event: str, actor: Actor, row: OwnTemplate) -> None:
    session.flush()
    audit.append(
        session,
        event,
        str(actor.account_id),
        board_id=row.board_id,
        subject=row.path,
        data={"template": str(row.id), "number": row.number},
    )


def _is_in_force(row: OwnTemplate) -> bool:
    return row.in_force_at is not None and row.ended_at is None


def _waiting(rows: list[OwnTemplate]) -> OwnTemplate | None:
    """Return the newest version, where nobody has put it in force yet."""
    return rows[0] if rows and rows[0].in_force_at is None else None


def _board(session: Session, key: str, actor: Actor) -> tuple[Board, frozenset[str]]:
    board = session.scalars(select(Board).where(Board.key == key)).one_or_none()
    acts = access.stationery_acts(session, actor, board.id) if board else frozenset()
    if board is None or not acts:
        raise NotFound
    return board, acts


def _designed(
    session: Session, key: str, kind: str, name: str, actor: Actor
) -> tuple[Board, frozenset[str], Definitions]:
    """Return a Board, what this person may do, and what is deployed; the template is known."""
    board, acts = _board(session, key, actor)
    definitions = _definitions(session, board)
    known = {(there, called) for there, called, _, _ in _known(definitions)}
    if "approve" not in acts or (kind, name) not in known:
        raise NotFound
    return board, acts, definitions


def _definitions(session: Session, board: Board) -> Definitions:
    return deployments.load(session, deployments.newest(session, board.id).id)


def _known(definitions: Definitions) -> Iterator[tuple[str, str, Text, str]]:
    """Go through the templates that a Board can replace: kind, name, title, catalogue id."""
    for form in sorted(definitions.forms.values(), key=lambda one: (one.catalogue, one.id)):
        yield "layout", form.id, _title(definitions, "layout", form.id), form.catalogue
    for path in definitions.sources:
        if path.startswith(LETTERS):
            name = path.removeprefix(LETTERS).removesuffix(".toml")
            yield "letter", name, _title(definitions, "letter", name), ""


def _title(definitions: Definitions, kind: str, name: str) -> Text:
    if kind == "layout":
        return definitions.forms[name].texts.get("title", Text(name, name))
    subject = letters.parse_letter(definitions.sources[_path(kind, name)], name).subject
    # In a list, what is filled in later says nothing.
    return Text(*(" ".join(_BRACES.sub("…", said).split()) for said in (subject.en, subject.cy)))


def _fields(definitions: Definitions, kind: str, name: str) -> Iterator[tuple[str, Text]]:
    """Go through what a layout may name: fields by key, fixed texts by id, columns of rows."""
    for section in definitions.forms[name].sections if kind == "layout" else ():
        for entry in section.fields:
            if entry.type == "text":
                yield entry.id, entry.text("text")
            elif entry.has_value and not entry.hidden:
                yield entry.key, entry.text("label")
                for column in entry.columns:
                    if column.has_value and not column.hidden:
                        yield f"{entry.key}: {column.key}", column.text("label")


def _path(kind: str, name: str) -> str:
    return f"{KINDS[kind]}{name}.toml"


def _shipped(definitions: Definitions, kind: str, name: str) -> str:
    source = definitions.sources.get(_path(kind, name))
    if source is not None:
        return source.decode()
    return trials.layout_of_sections(definitions.forms[name])


def _require_right(definitions: Definitions, kind: str, name: str, source: str) -> None:
    if len(source) > MOST_SIGNS:
        raise TemplateTooLong
    found = list(_problems(definitions, kind, name, source))
    if found:
        raise TemplateRefused(found)


def _problems(definitions: Definitions, kind: str, name: str, source: str) -> Iterator[Problem]:
    path, content = _path(kind, name), source.encode()
    try:
        if kind == "letter":
            letters.parse_letter(content, path)
            return
        layout = layouts.parse_layout(content, path)
    except InvalidDefinition as invalid:
        finding = deployments.as_finding(invalid)
        line = Text(f"Line {finding.line}", f"Llinell {finding.line}")
        said, remedy = finding.message, finding.remedy
        yield Problem(
            f"{finding.line}",
            Text(f"{line.en}: {said}", f"{line.cy}: {said}"),
            Text(remedy, remedy),
        )
        return
    yield from deployments.problems(definitions.forms, definitions.roles, name, layout)


def _name(board: Board) -> Text:
    return Text(board.name_en, board.name_cy)
