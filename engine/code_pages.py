"""Keep the table of codes of a case: suggest whom to give one, give it, put it right, read it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import (
    access,
    case_pages,
    code_suggestions,
    codes,
    db,
    identifiers,
    identity,
    store,
)
from engine.access import TheCodes
from engine.case_pages import CaseHead
from engine.code_suggestions import MOST_NAME, MOST_ROLE, Suggestion
from engine.codes import KINDS, Code
from engine.errors import EngineError, NotFound
from engine.models import Account, CodeRow, CodeVersion
from engine.people import Actor, Held
from engine.store import CaseFile

MOST_ALSO = 20


class CodeWrong(EngineError):
    """The code cannot be kept as it is. Put right what is marked, then send it again."""

    status = 422
    #: all that is wrong with the code, this among them, in the order of its page
    together: tuple[CodeWrong, ...] = ()


class CodeKindMissing(CodeWrong):
    """Choose whether it is a child, somebody of the family, somebody of the staff or a place."""


class CodeNamesNobody(CodeWrong):
    """Enter a name or a role. One of them is enough to begin with."""


class CodeNameTooLong(CodeWrong):
    """Enter names of {most} characters or fewer."""


class CodeHasTooManyNames(CodeWrong):
    """Enter no more than {most} other names, one on each line."""


class CodeRoleTooLong(CodeWrong):
    """Enter a role of {most} characters or fewer."""


class CodeRoleNames(CodeWrong):
    """The role would tell who it is. Say it without a name, a place or a date of birth."""


class CodeReasonMissing(CodeWrong):
    """Say why the code is put right."""


class CodeGivenAlready(CodeWrong):
    """{code} stands for the same name and role already. Give another name or role, or put that code right."""  # noqa: E501

    status = 409


class CodeChanged(CodeWrong):
    """Somebody put this code right after you opened it. Look at what they wrote, then change what is still to be changed."""  # noqa: E501

    status = 409


@dataclass(frozen=True)
class CodeContent:
    """Whom or what a code stands for, as a person says it."""

    kind: str
    name: str
    role: str
    also: tuple[str, ...] = ()
    is_used: bool = True


@dataclass(frozen=True)
class CodesPage:
    """The table of codes of a case; without suggestions for whoever only reads it."""

    head: CaseHead
    codes: tuple[Code, ...]
    suggestions: tuple[Suggestion, ...]
    may_write: bool


@dataclass(frozen=True)
class CodeVersionLine:
    """A version of whom a code stands for."""

    number: int
    code: Code
    author_name: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class CodePage:
    """A code with its versions, the newest first."""

    head: CaseHead
    code: Code
    versions: tuple[CodeVersionLine, ...]
    may_write: bool


def reads_codes(case_id: uuid.UUID, actor: Actor) -> bool:
    """Say whether a person may know whom the codes of a case stand for, so that a link leads there.

    Source:  CF-04, CF-17; proposed (P).
    """
    with db.reading() as session:
        file = store.read_case(session, case_id, str(actor.account_id))
        held = access.roles_on(session, actor, file.case, "")
        return access.may(file, actor, held, "read", TheCodes())


def codes_page(case_id: uuid.UUID, actor: Actor) -> CodesPage:
    """Return the table of codes of a case, and who might need one.

    Raises:  NotFound, for whoever may not know whom a code stands for.
    """
    with db.reading() as session:
        file, held = _open(session, case_id, actor)
        found = codes.of_case(session, case_id)
        writes = access.may(file, actor, held, "write", TheCodes())
        return CodesPage(
            head=case_pages.head_of(file, actor, held),
            codes=found,
            suggestions=tuple(code_suggestions.suggestions(file, actor, found)) if writes else (),
            may_write=writes,
        )


def code_page(case_id: uuid.UUID, code_id: uuid.UUID, actor: Actor) -> CodePage:
    """Return one code with everything it stood for.

    Raises:  NotFound.
    """
    with db.reading() as session:
        file, held = _open(session, case_id, actor)
        row = _row(file, code_id)
        lines = tuple(_versions(session, row))
        return CodePage(
            head=case_pages.head_of(file, actor, held),
            code=lines[0].code,
            versions=lines,
            may_write=access.may(file, actor, held, "write", TheCodes()),
        )


def give_code(case_id: uuid.UUID, content: CodeContent, actor: Actor) -> uuid.UUID:
    """Give somebody or something on a case the next code of its kind.

    Raises:  NotFound; CodeWrong, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file = _lock_to_write(session, case_id, actor)
        content = _trimmed(content)
        _check(file, content)
        there = _same(codes.of_case(session, case_id), content)
        if there is not None:
            raise CodeGivenAlready(code=there.text)
        row = _give(file, actor, content, None)
        _save(file, "code_given", [row])
        return row.id


def give_suggested_codes(case_id: uuid.UUID, keys: Collection[str], actor: Actor) -> int:
    """Give codes to some of those that the case lists; what has one by now is passed over.

    Returns: how many were given.
    Raises:  NotFound.
    """
    with db.transaction() as session:
        file = _lock_to_write(session, case_id, actor)
        chosen = [
            one
            for one in code_suggestions.suggestions(file, actor, codes.of_case(session, case_id))
            if one.key in keys
        ]
        rows = [_give(file, actor, _suggested(file, one), one.source) for one in chosen]
        if rows:
            _save(file, "code_given", rows)
        return len(rows)


def put_code_right(
    case_id: uuid.UUID,
    code_id: uuid.UUID,
    content: CodeContent,
    reason: str,
    actor: Actor,
    *,
    seen: int,
) -> None:
    """Say anew whom a code stands for, with the reason. The code itself stays, also one not used.

    Takes:   seen, the number of the version that the person had before them.
    Raises:  NotFound; CodeWrong, of which each child says what is wrong.
    """
    with db.transaction() as session:
        file = _lock_to_write(session, case_id, actor)
        row = _row(file, code_id)
        if seen != row.version:
            raise CodeChanged
        content = _trimmed(content)
        _check(file, CodeContent(row.kind, content.name, content.role, content.also), reason)
        _write(file, actor, row, content, reason.strip())
        _save(file, "code_put_right", [row])


def _open(session: Session, case_id: uuid.UUID, actor: Actor) -> tuple[CaseFile, Held]:
    file = store.read_case(session, case_id, str(actor.account_id))
    held = access.roles_on(session, actor, file.case, "")
    if not access.may(file, actor, held, "read", TheCodes()):
        raise NotFound
    return file, held


def _lock_to_write(session: Session, case_id: uuid.UUID, actor: Actor) -> CaseFile:
    """Lock a case for whoever keeps its table of codes.

    Raises:  NotFound, for everybody else.
    """
    file = store.lock_case(session, case_id, str(actor.account_id))
    held = access.roles_on(session, actor, file.case, "")
    if not access.may(file, actor, held, "write", TheCodes()):
        raise NotFound
    return file


def _row(file: CaseFile, code_id: uuid.UUID) -> CodeRow:
    row = file.session.get(CodeRow, code_id)
    if row is None or row.case_id != file.case.id:
        raise NotFound
    return row


def _trimmed(content: CodeContent) -> CodeContent:
    also = (" ".join(each.split()) for each in content.also)
    return CodeContent(
        kind=content.kind,
        name=" ".join(content.name.split()),
        role=" ".join(content.role.split()),
        also=tuple(dict.fromkeys(each for each in also if each)),
        is_used=content.is_used,
    )


def _check(file: CaseFile, content: CodeContent, reason: str | None = None) -> None:
    """Refuse what cannot be kept, with all that is wrong with it.

    Takes:   reason, of a code that is put right.
    """
    found = [*_wrong(content), *_tells(file, content)]
    if reason is not None and not reason.strip():
        found.append(CodeReasonMissing())
    if found:
        found[0].together = tuple(found)
        raise found[0]


def _wrong(content: CodeContent) -> Iterator[CodeWrong]:
    if content.kind not in KINDS:
        yield CodeKindMissing()
    if not content.name and not content.role:
        yield CodeNamesNobody()
    if any(len(name) > MOST_NAME for name in (content.name, *content.also)):
        yield CodeNameTooLong(most=MOST_NAME)
    if len(content.also) > MOST_ALSO:
        yield CodeHasTooManyNames(most=MOST_ALSO)
    if len(content.role) > MOST_ROLE:
        yield CodeRoleTooLong(most=MOST_ROLE)


def _tells(file: CaseFile, content: CodeContent) -> Iterator[CodeWrong]:
    """Yield that a role tells who it is: roles are read by whoever may not know that."""
    if not content.role or content.kind not in KINDS:
        return
    own = Code(uuid.UUID(int=0), content.kind, 0, 0, None, content.name, content.also, "", True)
    mine = identifiers.register(codes.identifiers_of([own]))
    if identity.everybody(file).find(content.role) or mine.find(content.role):
        yield CodeRoleNames()


def _suggested(file: CaseFile, one: Suggestion) -> CodeContent:
    """Return what a suggested code stands for; a role that tells who it is is kept as a name."""
    content = CodeContent(one.kind, one.name, one.role)
    if not any(_tells(file, content)):
        return content
    return CodeContent(one.kind, one.name or one.role, "", (one.role,) if one.name else ())


def _same(known: Collection[Code], content: CodeContent) -> Code | None:
    wanted = (content.kind, codes.plain(content.name), codes.plain(content.role))
    return next(
        (
            code
            for code in known
            if (code.kind, codes.plain(code.name), codes.plain(code.role)) == wanted
        ),
        None,
    )


def _give(file: CaseFile, actor: Actor, content: CodeContent, source: str | None) -> CodeRow:
    # The highest number ever given, whatever came of it: a number is never given twice.
    highest = file.session.scalar(
        select(func.max(CodeRow.number)).where(
            CodeRow.case_id == file.case.id, CodeRow.kind == content.kind
        )
    )
    row = CodeRow(
        board_id=file.case.board_id,
        case_id=file.case.id,
        kind=content.kind,
        number=(highest or 0) + 1,
        version=0,
        source=source,
    )
    file.session.add(row)
    file.session.flush()
    _write(file, actor, row, content)
    return row


def _write(
    file: CaseFile, actor: Actor, row: CodeRow, content: CodeContent, reason: str = ""
) -> None:
    row.version += 1
    file.session.add(
        CodeVersion(
            board_id=row.board_id,
            code_id=row.id,
            number=row.version,
            content={
                "name": content.name,
                "also": list(content.also),
                "role": content.role,
                "is_used": content.is_used,
                "reason": reason,
            },
            author=actor.account_id,
            at=file.now,
        )
    )
    file.session.flush()


def _save(file: CaseFile, event: str, rows: Collection[CodeRow]) -> None:
    """Save the case with the event; kinds and numbers only, for the record is read by more."""
    data = {
        "codes": [
            {"code": str(row.id), "kind": row.kind, "number": row.number, "version": row.version}
            for row in rows
        ]
    }
    store.save_case(file, event, data=data)


def _versions(session: Session, row: CodeRow) -> Iterator[CodeVersionLine]:
    found = session.execute(
        select(CodeVersion, Account.name)
        .join(Account, Account.id == CodeVersion.author)
        .where(CodeVersion.code_id == row.id)
        .order_by(CodeVersion.number.desc())
    )
    for version, name in found:
        code = codes.as_code(row, version.content)
        yield CodeVersionLine(version.number, code, name, version.at, version.content["reason"])
