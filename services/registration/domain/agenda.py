"""The agenda as a tree: items in order, each with its parts; the number of an item is its place in the tree."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from services.registration.domain.agenda_commands import (
    AddAgendaItem,
    AgendaCommand,
    ChangeAgendaItem,
    RemoveAgendaItem,
)
from services.registration.domain.changing import change
from services.registration.domain.commands import ChangeMeeting, MeetingCommand
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import AgendaItemUnknown, AgendaTooDeep, OrganisationUnknown
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.contracts.registration import AgendaItem
from shared.kernel import LimitReached

MOST_ITEMS: Final = 200
DEEPEST: Final = 4
"""Levels of an agenda: `1.2.3.4`."""


@dataclass(slots=True)
class _Node:
    """An item and its parts; the root of an agenda has no item."""

    item: AgendaItem | None
    parts: list["_Node"] = field(default_factory=list)


def add(meeting: Meeting, command: AddAgendaItem) -> Sequence[Fact]:
    """One more item, at a place among the parts of `parent` or among the main items; at their end without one."""
    root = _tree_of(meeting, command)
    if len(list(_nodes(root))) >= MOST_ITEMS:
        raise LimitReached(what="agenda items", limit=MOST_ITEMS)
    item = AgendaItem(
        number="0",
        title=command.title,
        minutes=command.minutes,
        presenter=command.presenter,
        item_id=command.item_id,
    )
    _place(root, _Node(item), command.parent, command.position)
    return _changed(meeting, command, root)


def change_item(meeting: Meeting, command: ChangeAgendaItem) -> Sequence[Fact]:
    """Other values of one item, or another place; its parts go with it."""
    root = _tree_of(meeting, command)
    node = _find(root, command.item_id)
    values = {name: value for name, value in command.changes.items() if name in AgendaItem.model_fields}
    node.item = node.item and _with(node.item, **values)
    if {"parent", "position"} & command.changes.keys():
        _move(root, node, command.changes)
    return _changed(meeting, command, root)


def remove(meeting: Meeting, command: RemoveAgendaItem) -> Sequence[Fact]:
    """One item and its parts are on the agenda no more; those after it move up."""
    root = _tree_of(meeting, command)
    _take(root, _find(root, command.item_id))
    return _changed(meeting, command, root)


def _tree_of(meeting: Meeting, command: AgendaCommand) -> _Node:
    """The tree that the numbers say; an item whose parent is missing belongs to the next one above."""
    check_organiser(meeting, command, Phase.DRAFT, Phase.OPEN)
    if meeting.unknown_bodies:
        raise OrganisationUnknown(field="/presenter")
    agenda = meeting.drafted.agenda if meeting.drafted else ()
    root = _Node(None)
    by_number: dict[tuple[int, ...], _Node] = {(): root}
    for item in sorted(identified(meeting.meeting_id, agenda), key=number_key):
        number, node = number_key(item), _Node(item)
        parent = next(number[:length] for length in range(len(number) - 1, -1, -1) if number[:length] in by_number)
        by_number[parent].parts.append(node)
        by_number[number] = node
    return root


def identified(meeting_id: UUID, agenda: Iterable[AgendaItem]) -> Iterator[AgendaItem]:
    """The items with the identifiers by which they are changed: of those that have none it follows from the number."""
    for item in agenda:
        yield _with(item, item_id=item.identified(meeting_id))


def number_key(item: AgendaItem) -> tuple[int, ...]:
    """By which items are in order: `2` before `10`, `2` before `2.1`."""
    return tuple(int(part) for part in item.number.split("."))


def _nodes(root: _Node) -> Iterator[_Node]:
    for part in root.parts:
        yield part
        yield from _nodes(part)


def _find(root: _Node, item_id: UUID) -> _Node:
    for node in _nodes(root):
        if node.item and node.item.item_id == item_id:
            return node
    raise AgendaItemUnknown


def _place(root: _Node, node: _Node, parent: UUID | None, position: int | None) -> None:
    parts = (_find_parent(root, parent) if parent else root).parts
    parts.insert(len(parts) if position is None else position - 1, node)


def _find_parent(root: _Node, parent: UUID) -> _Node:
    try:
        return _find(root, parent)
    except AgendaItemUnknown:
        raise AgendaItemUnknown(field="/parent") from None


def _move(root: _Node, node: _Node, changes: Mapping[str, Any]) -> None:
    """Within its parent where none is named; an item cannot become a part of itself, which is looked for without it."""
    above = _take(root, node)
    parent = changes.get("parent", above.item and above.item.item_id)
    _place(root, node, parent, changes.get("position"))


def _take(root: _Node, node: _Node) -> _Node:
    """Take an item out; returns what it was a part of."""
    above = next(each for each in (root, *_nodes(root)) if any(part is node for part in each.parts))
    above.parts = [part for part in above.parts if part is not node]
    return above


def _changed(meeting: Meeting, command: AgendaCommand, root: _Node) -> Sequence[Fact]:
    agenda = tuple(_numbered(root, ""))
    changing = ChangeMeeting(actor=command.actor, at=command.at, changes={"agenda": agenda})
    return change(meeting, changing)


def _numbered(node: _Node, prefix: str) -> Iterator[AgendaItem]:
    for place, part in enumerate(node.parts, 1):
        number = f"{prefix}{place}"
        if number.count(".") >= DEEPEST:
            raise AgendaTooDeep(field="/parent", deepest=DEEPEST)
        if part.item:
            yield _with(part.item, number=number)
        yield from _numbered(part, f"{number}.")


def _with(item: AgendaItem, **values: Any) -> AgendaItem:
    return AgendaItem(**{**dict(item), **values})


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    AddAgendaItem: add,
    ChangeAgendaItem: change_item,
    RemoveAgendaItem: remove,
}
"""Kind of command → the rule that decides on it."""
