"""The data of the template about the session: the agenda with its times, and how many people were at each item."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from services.minutes.domain.draft import AgendaLine
from services.minutes.domain.text import treated_from_to
from services.minutes.ports import MinutesDocument

ITEMS_ABREAST: Final = 8
"""How many items have a column on one page; more are printed in further tables."""

BODY: Final = "ພາກສ່ວນ"
ITEM: Final = "ວາລະ"
TOTAL: Final = "ລວມ"
WOMEN: Final = "ຍິງ"
NOBODY: Final = "–"

SplitText = Callable[[str], list[str]]
_Table = dict[str, Any]


def agenda(document: MinutesDocument, split: SplitText) -> list[dict[str, Any]]:
    """Each item with its own number and, where it was treated, from when to when."""
    return [{"number": f"{line.number}.", "text": split(_worded(line, document))} for line in document.session]


def item_tables(document: MinutesDocument, split: SplitText) -> list[_Table]:
    """How many people of each body were in the room at each item that was treated; nothing where none is known."""
    treated = [line for line in document.session if line.present is not None]
    abreast = (treated[first : first + ITEMS_ABREAST] for first in range(0, len(treated), ITEMS_ABREAST))
    return [_table(lines, document.bodies, split) for lines in abreast]


def _worded(line: AgendaLine, document: MinutesDocument) -> str:
    if line.started_at is None or line.ended_at is None:
        return line.title
    return f"{line.title} ({treated_from_to(line.started_at, line.ended_at, day=document.held_on)})"


def _table(lines: Sequence[AgendaLine], bodies: Sequence[str], split: SplitText) -> _Table:
    return {
        "columns": [split(name) for name in (BODY, *(f"{ITEM} {line.number}" for line in lines))],
        "rows": [[split(cell) for cell in row] for row in _rows(lines, bodies)],
        "sums": [
            [split(cell) for cell in (TOTAL, *(_printed(line.present) for line in lines))],
            [split(cell) for cell in (WOMEN, *(_printed(line.women) for line in lines))],
        ],
    }


def _rows(lines: Sequence[AgendaLine], bodies: Sequence[str]) -> Iterator[tuple[str, ...]]:
    counted = [{each.body: each.present for each in line.bodies} for line in lines]
    for body in bodies:
        yield (body, *(_printed(there.get(body)) for there in counted))


def _printed(people: int | None) -> str:
    return str(people) if people else NOBODY
