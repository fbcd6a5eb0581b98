"""Save the tokens of an instance as compact JSON, without its spec, and restore them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import StateDoesNotFit
from engine.workflow.task import Token
from engine.workflow.tree import Branch, Tree

if TYPE_CHECKING:
    from engine.workflow.definition import ProcessDefinition
    from engine.workflow.world import World

#: Version of the format. One that changes goes with a function that reads the one before.
VERSION = 1


def dump(tree: Tree, seq: int) -> bytes:
    """Return the state of an instance at rest; `seq` is the number of its newest log entry.

    A token is `[id, parent id, position of its spec's name, state, round, item]`, where what is
    left off at the end has its usual value: state completed, round 0, the item of the instance.
    """
    names: dict[str, int] = {}
    saved = {
        "version": VERSION,
        "definition": tree.definition.content_hash,
        "item": tree.item,
        "seq": seq,
        "last": tree.last_id,
        "ended_by": None if tree.open else tree.ended_by,
        "lists": tree.lists,
        "tokens": _rows(tree, names),
        "branches": [
            [identifier, _rows(branch, names)] for identifier, branch in tree.subprocesses.items()
        ],
        "specs": list(names),
    }
    return json.dumps(saved, ensure_ascii=False, separators=(",", ":")).encode()


def load(definition: ProcessDefinition, state: bytes, world: World) -> tuple[Tree, int]:
    """Return the instance that `dump` saved, and the number of its newest log entry.

    Raises:  StateDoesNotFit, where it was saved by another version of the process.
    """
    saved = json.loads(state)
    if saved.get("version") != VERSION:
        raise StateDoesNotFit(reason=f"its format is {saved.get('version')}")
    if saved["definition"] != definition.content_hash:
        raise StateDoesNotFit(reason=f"{definition.path} has changed since")
    tree = Tree(definition, world, saved["item"])
    tree.last_id, tree.ended_by, tree.lists = saved["last"], saved["ended_by"], saved["lists"]
    branches = {row[0] for row in saved["branches"]}
    tree.task_tree = _restore(tree, tree, saved["tokens"], saved["specs"])
    tokens = dict(tree.tasks)
    for identifier, rows in saved["branches"]:
        host = tokens[identifier]
        branch = Branch(tree.subprocess_specs[host.task_spec.spec], identifier, tree)
        tree.subprocesses[identifier] = branch
        branch.task_tree = _restore(tree, branch, rows, saved["specs"])
        branch.completed = host._state == TaskState.COMPLETED
        tokens.update(branch.tasks)
    if len(branches) != len(tree.subprocesses):
        raise StateDoesNotFit(reason="it holds a sub-process twice")
    return as_loaded(tree), saved["seq"]


def as_loaded(tree: Tree) -> Tree:
    """Bring a tree at rest into the form that it has when it is loaded."""
    # The order of opening, which the loop of the tree goes by, is the order of ids.
    tree.open = {token.id: token for token in sorted(tree.open.values(), key=lambda t: t.id)}
    tree.ended_by = None if tree.open else tree.ended_by
    return tree


def _rows(workflow: Any, names: dict[str, int]) -> list[list[Any]]:
    own_item = workflow.top_workflow.item
    rows: list[list[Any]] = []
    for token in workflow.tasks.values():
        position = names.setdefault(token.task_spec.name, len(names))
        row: list[Any] = [token.id, token._parent or 0, position]
        if token.item != own_item:
            row += [token._state, token.round, token.item]
        elif token.round:
            row += [token._state, token.round]
        elif token._state != TaskState.COMPLETED:
            row.append(token._state)
        rows.append(row)
    return rows


def _restore(tree: Tree, workflow: Any, rows: list[list[Any]], names: list[str]) -> Token:
    specs = workflow.spec.task_specs
    tasks = workflow.tasks
    usual = [0, 0, 0, TaskState.COMPLETED, 0, tree.item]
    for row in rows:
        identifier, parent, position, state, rounds, item = [*row, *usual[len(row) :]]
        spec = specs[names[position]]
        token = Token.restored(workflow, spec, tasks.get(parent), state, item, identifier)
        token.round = rounds
        tree.depth_reached = max(tree.depth_reached, token.level)
        if rounds:
            place = (spec.bpmn_id, item)
            tree.rounds[place] = max(tree.rounds.get(place, 0), rounds)
        if token.is_open:
            tree.open[identifier] = token
    root: Token = tasks[rows[0][0]]
    return root
