"""Keep the item lists of a case: who or what a step repeats over."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import func, select

from engine.deployments import Definitions
from engine.errors import EngineError
from engine.models import Item, new_id
from engine.store import CaseFile
from engine.texts import Text

#: The kind of item that may be named in letters, agendas and calendars: it is no person.
_AGENCY = "agency"


class ItemNotKnown(EngineError):
    """There is no {key} in the list {list} of this case. Choose one from the list."""


class ItemAlreadyThere(EngineError):
    """{key} is already in the list {list} of this case. Choose another key."""


def add_item(file: CaseFile, list_name: str, kind: str, key: str, label: str) -> Item:
    """Add an item, or bring back one that was removed; running steps take it in at once."""
    row = file.session.scalar(select(Item).where(Item.case_id == file.case.id, Item.key == key))
    if row is not None and row.removed_at is None:
        raise ItemAlreadyThere(key=key, list=list_name)
    if row is None:
        highest = file.session.scalar(
            select(func.max(Item.number)).where(
                Item.case_id == file.case.id, Item.list == list_name
            )
        )
        row = Item(
            id=new_id(),
            board_id=file.case.board_id,
            case_id=file.case.id,
            list=list_name,
            kind=kind,
            key=key,
            number=(highest or 0) + 1,
            label=label,
            added_at=file.now,
        )
        file.session.add(row)
    row.removed_at, row.removed_reason, row.label = None, "", label
    file.items_added.append(row)
    file.session.flush()
    file.forget_items()
    return row


def remove_item(file: CaseFile, list_name: str, key: str, reason: str) -> Item:
    """Take an item out of its list; its open work is withdrawn, nothing is deleted."""
    row = next((i for i in file.items if i.list == list_name and i.key == key), None)
    if row is None:
        raise ItemNotKnown(key=key, list=list_name)
    row.removed_at, row.removed_reason = file.now, reason
    file.session.flush()
    file.forget_items()
    return row


def follow_rows(file: CaseFile, list_name: str, kind: str, rows: dict[str, str]) -> bool:
    """Make an item list what the rows of a document say.

    Takes:   rows, label by item key.
    Returns: whether the list changed.
    """
    there = {item.key: item for item in file.items if item.list == list_name}
    for key, label in rows.items():
        if key not in there:
            add_item(file, list_name, kind, key, label)
        elif there[key].label != label:
            there[key].label = label
    gone = [key for key in there if key not in rows]
    for key in gone:
        remove_item(file, list_name, key, "no longer in the document")
    return bool(gone) or any(key not in there for key in rows)


def label_in(definitions: Definitions, item: Item) -> Text:
    """Return what people call an item of a case with these definitions."""
    label = str(item.label)
    return _chosen_labels(definitions).get((item.list, label)) or Text(label, label)


def with_agency(definitions: Definitions, name: Text, item: Item | None) -> Text:
    """Return a name with the agency that it is about; of whatever may be a person, the bare name.

    An agency that was typed and not chosen from the list stays out too: anything may stand there.
    """
    if item is None or item.kind != _AGENCY:
        return name
    agency = _chosen_labels(definitions).get((item.list, str(item.label)))
    return name if agency is None else Text(f"{name.en} ({agency.en})", f"{name.cy} ({agency.cy})")


def told_apart(file: CaseFile, name: Text, key: str) -> Text:
    """Return a name with the agency or the number of an item, where its label may not stand."""
    number = key.rpartition("_")[2]
    told = with_agency(file.definitions, name, item_of(file, key))
    if told == name and number.isdigit():
        return Text(f"{name.en} {number}", f"{name.cy} {number}")
    return told


def item_of(file: CaseFile, key: str) -> Item | None:
    """Return an item that a case has now."""
    return next((item for item in file.items if item.key == key), None) if key else None


@lru_cache(maxsize=16)
def _chosen_labels(definitions: Definitions) -> Mapping[tuple[str, str], Text]:
    """Return, by item list and value, the choices from which the items of a list are named."""
    return {
        (rows.items.list, option.value): option.text
        for form in definitions.forms.values()
        for rows in form.fields
        if rows.items is not None
        for column in rows.columns
        if column.key == rows.items.label
        for option in column.options
    }
