"""Prints the report as a table: Lao first, English second, and where each figure was counted."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_ROWS = (
    ("invited", "ບ່ອນນັ່ງທີ່ເຊີນ", "seats offered to invited bodies", "registration: invitation rows"),
    ("answered", "ຕອບແລ້ວ", "people who answered", "registration: registration rows"),
    ("confirmed", "ຢືນຢັນເຂົ້າຮ່ວມ", "confirmed", "registration rows"),
    ("declined", "ບໍ່ສະດວກເຂົ້າຮ່ວມ", "declined, with a reason", "registration rows"),
    ("represented", "ມອບໝາຍຜູ້ຕາງໜ້າ", "represented by somebody else", "registration rows"),
    ("withdrawn", "ຖອນຊື່", "withdrawn", "registration rows"),
    ("promoted", "ເລື່ອນຈາກບັນຊີລໍຖ້າ", "moved up from the waiting list", "registration rows"),
    ("waitlisted", "ຍັງຢູ່ບັນຊີລໍຖ້າ", "still waiting", "registration rows"),
    ("checked_in", "ກວດບັດເຂົ້າແລ້ວ", "checked in", "registration: check-in rows"),
    ("present", "ເຂົ້າຮ່ວມຕົວຈິງ", "in the room, with the chair", "registration: check-ins and the session"),
    ("women", "ໃນນັ້ນ ຍິງ", "of them women", "registration: check-ins and persons"),
    ("check_ins_refused", "ຖືກປະຕິເສດທີ່ປະຕູ", "turned away at the door", "registration: check-in rows"),
    ("sms", "ຂໍ້ຄວາມ SMS", "SMS by status", "notification: message rows; gateway"),
    ("emails", "ອີເມວ", "e-mails by status", "notification: message rows; mailbox"),
    ("told", "ແຈ້ງກອງປະຊຸມທີສອງ", "told of the second meeting", "notification: message rows; gateway, mailbox"),
    ("training", "ຝຶກອົບຮົມ", "the training", "registration: API; papers in the folder"),
    ("effects", "ເຫດການທີ່ແຕ່ລະລະບົບຮັບແລ້ວ", "events taken, by service", "each database: inbox rows; Kafka offsets"),
    ("dead_letters", "ຂໍ້ຄວາມຄ້າງ", "dead letters", "each database: dead-letter rows"),
    ("minutes", "ບົດບັນທຶກກອງປະຊຸມ", "minutes", "minutes: API"),
    ("news", "ບົດຂ່າວ", "news item", "minutes: API"),
    ("archive", "ຄັງເອກະສານ", "archive", "archive: API and folder"),
)


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print the table, the facts by type, and the number of compared counts."""
    table = Table(title="ສິ່ງທີ່ເກີດຂຶ້ນ · What happened", show_lines=False, title_justify="left")
    for head in ("ລາຍການ · Item", "ຈຳນວນ · Figure", "ນັບຈາກ · Counted from"):
        table.add_column(head, overflow="fold")
    for name, lao, english, source in _ROWS:
        table.add_row(f"{lao}\n[dim]{english}[/dim]", _figure(report[name]), source)
    console.print(table)
    facts = report["facts"]
    repeated = report["records"] - sum(facts.values())
    console.print(
        f"Kafka: {sum(facts.values())} ເຫດການ · events of {len(facts)} ປະເພດ · types"
        f" ({repeated} ສົ່ງຊ້ຳ · sent again by a relay):"
    )
    console.print(", ".join(f"{name} {count}" for name, count in facts.items()), style="dim")
    console.print(f"✔ {len(report['checks'])} ຄູ່ຕົວເລກກົງກັນ · pairs of independent counts agree; {report['seconds']} s")


def _figure(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_line(part)}" for name, part in value.items()) or "0"
    return str(value)


def _line(part: Any) -> str:
    """Figures by audience and channel in one line, without zeros."""
    if not isinstance(part, Mapping):
        return str(part)
    sums = {name: sum(each.values()) if isinstance(each, Mapping) else each for name, each in part.items()}
    return ", ".join(f"{name} {figure}" for name, figure in sums.items() if figure) or "0"
