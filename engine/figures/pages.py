"""Show a Board's figures of a year, and hand them out on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import access, audit, db, deployments, store, time_source
from engine.errors import EngineError, NotFound
from engine.figures import event_log, records, tables
from engine.figures.event_log import Step, Trace
from engine.figures.figure import KEPT_BACK, FigureTable, Options, Year, year_of
from engine.forms import find_inputs
from engine.models import Board, Case, ProcessInstance, UserTask
from engine.people import Actor
from engine.spreadsheets import write_csv
from engine.texts import Text

_HEADINGS = (
    Text("Board", "Bwrdd"),
    Text("From", "O"),
    Text("To", "Hyd"),
    Text("Figure", "Ffigur"),
    Text("Line", "Llinell"),
    Text("Measure", "Mesur"),
    Text("Value", "Gwerth"),
    Text("Meaning", "Ystyr"),
    Text("Source", "Ffynhonnell"),
)


class YearNotOver(EngineError):
    """This year of the Board is not over. What may leave the Board is there once it is, on 1 April:
    two statements of one year, set beside each other, would tell what came between them.
    """

    status = 409


@dataclass(frozen=True)
class FigureBoard:
    """A Board whose figures a person sees."""

    key: str
    name: Text


@dataclass(frozen=True)
class FiguresPage:
    """The figures of a Board in a year, which begins on 1 April; counted until `until`.

    `boards` and `years` are those that may be chosen, the newest year first.
    """

    board: FigureBoard
    boards: tuple[FigureBoard, ...]
    year: int
    years: tuple[int, ...]
    first: date
    until: date
    last: date
    is_over: bool
    tables: tuple[FigureTable, ...]


@dataclass(frozen=True)
class FiguresExport:
    """A file to take away: its name, which says nothing of a case, and what is in it."""

    name: str
    content: bytes


def sees_figures(actor: Actor) -> bool:
    """Say whether a person sees the figures of some Board."""
    with db.reading() as session:
        return bool(access.boards_with_figures(session, actor))


def figures_page(
    actor: Actor, board_key: str = "", year: int | None = None, *, for_outside: bool = False
) -> FiguresPage:
    """Return the figures of a year: with true numbers, or as they may leave the Board.

    Takes:   board_key, the first Board of the person if left out; year, the one in which the
             Board's year begins; if left out this one, or the last that is over.
    Raises:  NotFound, also for a year of which nothing can be known; YearNotOver, for outside.
    """
    with db.reading() as session:
        boards = access.boards_with_figures(session, actor)
        board = _chosen(boards, board_key)
        return _page(session, board, boards, actor, year, for_outside=for_outside)


def export_figures(actor: Actor, board_key: str, year: int, language: str) -> FiguresExport:
    """Return the figures of a year as a CSV file that may leave the Board, and record it.

    Raises:  NotFound; YearNotOver.
    """
    with db.transaction() as session:
        board = _chosen(access.boards_with_figures(session, actor), board_key)
        page = _page(session, board, [board], actor, year, for_outside=True)
        content = write_csv(list(_rows(page, language)))
        _record(session, board, actor, year, "csv")
        return FiguresExport(f"figures-{board.key}-{year}.csv", content)


def export_event_log(actor: Actor, board_key: str, year: int, language: str) -> FiguresExport:
    """Return the steps of the cases opened in a year as an event log (XES), and record it.

    It holds the cases whose page the person may open, one by one: it is for inside the Board.
    Raises:  NotFound.
    """
    with db.transaction() as session:
        board = _chosen(access.boards_with_figures(session, actor), board_key)
        wanted = _year(session, year)
        if wanted is None:
            raise NotFound
        name = f"{board.key} {wanted.first.isoformat()} {wanted.until.isoformat()}"
        content = event_log.write(_traces(session, board, actor, wanted, language), name)
        _record(session, board, actor, year, "xes")
        return FiguresExport(f"event-log-{board.key}-{year}.xes", content)


def _chosen(boards: list[Board], key: str) -> Board:
    found = next((board for board in boards if key in ("", board.key)), None)
    if found is None:
        raise NotFound
    return found


def _page(
    session: Session,
    board: Board,
    boards: list[Board],
    actor: Actor,
    year: int | None,
    *,
    for_outside: bool,
) -> FiguresPage:
    known = records.read(session, board.id, str(actor.account_id))
    this_year = year_of(time_source.today(session))
    newest = this_year - 1 if for_outside else this_year
    years = tuple(range(this_year, _first_year(session, board, known) - 1, -1))
    wanted = _year(session, newest if year is None else year)
    if wanted is None or wanted.begins not in years:
        raise NotFound
    if for_outside and not wanted.is_over:
        raise YearNotOver
    counted = tables.count(known, wanted, *_options(session, board))
    return FiguresPage(
        board=_shown(board),
        boards=tuple(map(_shown, boards)),
        year=wanted.begins,
        years=years,
        first=wanted.first,
        until=wanted.until,
        last=wanted.last,
        is_over=wanted.is_over,
        tables=tables.for_outside(counted) if for_outside else counted,
    )


def _year(session: Session, begins: int) -> Year | None:
    """Return a year as far as it has come; None where it lies ahead or cannot be."""
    today = time_source.today(session)
    if not 1 < begins <= year_of(today):
        return None
    return Year(begins, today)


def _first_year(session: Session, board: Board, known: records.Records) -> int:
    """Return the first year in which something is known of a case; the one that is over counts."""
    opened_at = session.scalar(select(func.min(Case.opened_at)).where(Case.board_id == board.id))
    days = [time_source.local_day(opened_at or time_source.now(session))]
    days += [one.commissioned_on for one in known.reviews]
    days += [one.on for one in known.held]
    return min(year_of(min(days)), year_of(time_source.today(session)) - 1)


def _options(session: Session, board: Board) -> tuple[Options, Options]:
    """Return what the causes of delay, and what a forum counts as, are called on a Board now."""
    forms = deployments.load(session, deployments.newest(session, board.id).id).forms
    found: list[dict[str, Text]] = []
    for form, key in (("overrun", "overrun_cause"), ("forum_record", "counts_as")):
        inputs = find_inputs(forms[form], key) if form in forms else []
        found.append({option.value: option.text for one in inputs for option in one.field.options})
    return found[0], found[1]


def _shown(board: Board) -> FigureBoard:
    return FigureBoard(board.key, Text(board.name_en, board.name_cy))


def _record(session: Session, board: Board, actor: Actor, year: int, kind: str) -> None:
    data = {"year": year, "format": kind}
    audit.append(session, "figures_exported", str(actor.account_id), board_id=board.id, data=data)


def _rows(page: FiguresPage, language: str) -> Iterator[list[str]]:
    yield [heading.say(language) for heading in _HEADINGS]
    whose = [page.board.name.say(language), page.first.isoformat(), page.until.isoformat()]
    for table in page.tables:
        said = [table.meaning.say(language), table.source]
        for figure in table.figures:
            line = [table.title.say(language), figure.name.say(language)]
            for measure, name in table.measures:
                shown = KEPT_BACK if figure.is_kept_back else _as_text(getattr(figure, name))
                yield [*whose, *line, measure.say(language), shown, *said]


def _as_text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _traces(
    session: Session, board: Board, actor: Actor, year: Year, language: str
) -> Iterator[Trace]:
    since, before = time_source.start_of_day(year.first), time_source.end_of_day(year.until)
    visible = access.visible_cases(session, actor).with_only_columns(Case.id)
    rows = session.execute(
        select(Case, ProcessInstance.process, UserTask)
        .join(ProcessInstance, ProcessInstance.case_id == Case.id)
        .join(UserTask, UserTask.instance_id == ProcessInstance.id)
        .where(Case.board_id == board.id, Case.id.in_(visible), store.not_withdrawn())
        .where(Case.opened_at >= since, Case.opened_at < before)
        .order_by(Case.identifier, Case.id, UserTask.number)
    )
    for case, of_case in groupby(rows, key=lambda row: row.Case):
        file = store.bare_file(session, case)
        steps = []
        for row in of_case:
            element = file.element(row.process, row.UserTask.bpmn_id)
            steps.append(_step(row.UserTask, element.name(language)))
        yield Trace(case.identifier, case.process, tuple(steps))


def _step(task: UserTask, name: str) -> Step:
    return Step(
        number=task.number,
        requirement=task.requirement,
        name=name,
        roles=task.role,
        item=task.item_key,
        opened_at=task.opened_at,
        closed_at=task.closed_at,
        closed_as=task.state if task.closed_at else "",
    )
