"""The data of the template `minutes.typ`: each text of a document cleaned, and split where its lines may break."""

import io
import json
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final

import segno

from services.minutes.adapters.session_data import agenda, item_tables
from services.minutes.domain.attendance import NAMELESS, AttendanceClass, AttendanceRow
from services.minutes.domain.printable import UNPRINTABLE, drawable
from services.minutes.domain.text import POSITIONS_LAO, roman
from services.minutes.ports import ATTACHMENT, ActionLine, Discussion, MinutesDocument
from shared.lao import long_date, normalise, short_date
from shared.lao.words import breakable_piece, unbroken_pieces

REPUBLIC: Final = "ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ"
MOTTO: Final = "ສັນຕິພາບ ເອກະລາດ ປະຊາທິປະໄຕ ເອກະພາບ ວັດທະນະຖາວອນ"
DRAFT: Final = "ຮ່າງ"
SECTIONS: Final = (
    "ຈຸດປະສົງ",
    "ວາລະກອງປະຊຸມ",
    "ເນື້ອໃນທີ່ໄດ້ປຶກສາຫາລື",
    "ມະຕິກອງປະຊຸມ",
    "ໜ້າວຽກທີ່ຕ້ອງຈັດຕັ້ງປະຕິບັດ",
)
"""Headings of the five sections, numbered I to V."""

LABELS: Final = {
    "minutes": "ບົດບັນທຶກກອງປະຊຸມ",
    "verify": "ກວດສອບເອກະສານ ແລະ ລາຍເຊັນ ໄດ້ທີ່:",
    "page": "ໜ້າ",
    "none": "(ບໍ່ໄດ້ບັນທຶກ)",
    "signed": "(ລົງລາຍເຊັນດິຈິຕອນ)",
    "unsigned": "(ຮ່າງ: ຍັງບໍ່ໄດ້ລົງລາຍເຊັນ)",
    "attendance": "ບັນຊີລາຍຊື່ຜູ້ເຂົ້າຮ່ວມກອງປະຊຸມ",
    "by_item": "ຈຳນວນຜູ້ເຂົ້າຮ່ວມ ໃນແຕ່ລະວາລະ",
}
ACTION_COLUMNS: Final = ("ລ/ດ", "ໜ້າວຽກ", "ຜູ້ຮັບຜິດຊອບ", "ກຳນົດເວລາ")
ATTENDANCE_COLUMNS: Final = ("ລ/ດ", "ຊື່ ແລະ ນາມສະກຸນ", "ຕຳແໜ່ງ, ພາກສ່ວນ", "ໝາຍເຫດ")
BODY_COLUMNS: Final = ("ລ/ດ", "ພາກສ່ວນ", "ຈຳນວນ")
"""Of those who did not come: they are counted for each body."""

_KEPT_TOGETHER: Final = 20  # letters; a longer word is not a name, and a line may break in it

TextPieces = list[str]
SplitText = Callable[[str], TextPieces]


def document_data(document: MinutesDocument) -> dict[str, Any]:
    """What the template prints; plain data, so that no text can contain markup."""
    split = text_splitter(words=_names(document))
    return {**_frame(document, split), **_body(document, split), **_attachment(document)}


def text_splitter(*, words: Iterable[str] = ()) -> SplitText:
    """A function from text to pieces: cleaned, new lines as pieces of their own, too long words breakable."""
    kept = tuple(words)

    def split(text: str) -> TextPieces:
        lines = [
            [breakable_piece(piece) for piece in unbroken_pieces(line, words=kept)] for line in clean(text).split("\n")
        ]
        return [piece for line in lines for piece in ("\n", *line)][1:]

    return split


def clean(text: str) -> str:
    """Normalised text without control characters, and with � for what no font of ours can draw."""
    lines = normalise(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\t", " "))
    return "".join(_drawable(character) for character in lines).strip()


def _drawable(character: str) -> str:
    if character == "\n":
        return character
    if unicodedata.category(character) in {"Cc", "Cf"}:
        return ""
    return character if drawable(character) else UNPRINTABLE


def _frame(document: MinutesDocument, split: SplitText) -> dict[str, Any]:
    """Letterhead, foot of the pages and properties of the file."""
    return {
        "language": "lo",
        "document_title": clean(f"{LABELS['minutes']}: {document.title}").replace("\n", " "),
        "author": clean(", ".join(document.issuer)).replace("\n", " "),
        "draft": document.draft,
        "words": {
            **{name: split(text) for name, text in LABELS.items()},
            "republic": REPUBLIC,
            "motto": MOTTO,
            "draft": DRAFT,
            "action_columns": [split(column) for column in ACTION_COLUMNS],
        },
        "issuer": [split(line) for line in document.issuer],
        "number_line": split(f"ເລກທີ: {document.number}"),
        "place_and_date": split(f"{document.place}, ວັນທີ {long_date(document.dated)}"),
        "verify_url": document.verify_url,
        "verify_pieces": split(document.verify_url),
        "qr": _qr(document.verify_url),
    }


def _body(document: MinutesDocument, split: SplitText) -> dict[str, Any]:
    return {
        "title": split(document.title),
        "opening": split(document.opening),
        "headings": [split(f"{roman(number)}. {heading}") for number, heading in enumerate(SECTIONS, start=1)],
        "purpose": [split(paragraph) for paragraph in document.purpose],
        "agenda": agenda(document, split),
        "discussions": [_discussion(item, number, split) for number, item in enumerate(document.discussions, start=1)],
        "decisions": [split(decision) for decision in document.decisions],
        "actions": [_action(action, split) for action in document.actions],
        "closing": split(document.closing),
        "signatures": [{"role": split(block.role), "name": split(block.name)} for block in document.signatures],
        "attendance": [_attendance(listed, split) for listed in document.attendance],
        "item_tables": item_tables(document, split),
    }


def _attachment(document: MinutesDocument) -> dict[str, str]:
    return {
        "attachment_name": ATTACHMENT,
        "attachment": json.dumps(document.data, ensure_ascii=False, indent=2, sort_keys=True),
        "attachment_description": "ເນື້ອໃນຂອງບົດບັນທຶກ ແບບມີໂຄງສ້າງ (structured text of the minutes)",
    }


def _discussion(item: Discussion, number: int, split: SplitText) -> dict[str, Any]:
    return {
        "heading": split(f"{number}. {item.heading}"),
        "paragraphs": [split(paragraph) for paragraph in item.paragraphs],
        "opinions": [
            {"speaker": split(f"{opinion.speaker} ({POSITIONS_LAO[opinion.position]}):"), "text": split(opinion.text)}
            for opinion in item.opinions
        ],
    }


def _action(action: ActionLine, split: SplitText) -> dict[str, Any]:
    due = short_date(action.due) if action.due else "–"
    return {"task": split(action.task), "owner": split(action.owner), "due": due}


def _attendance(listed: AttendanceClass, split: SplitText) -> dict[str, Any]:
    bodies = listed.presence in NAMELESS
    return {
        "heading": split(f"{listed.heading}: {listed.people} ທ່ານ"),
        "columns": [split(column) for column in (BODY_COLUMNS if bodies else ATTENDANCE_COLUMNS)],
        "rows": [[split(cell) for cell in _cells(row, bodies=bodies)] for row in listed.rows],
    }


def _cells(row: AttendanceRow, *, bodies: bool) -> Iterable[str]:
    office = ", ".join(filter(None, (row.position, row.organisation)))
    return (str(row.number), row.name, *(() if bodies else (office,)), row.remark)


def _names(document: MinutesDocument) -> set[str]:
    """The words of people's names, which no dictionary knows."""
    named = (listed for listed in document.attendance if listed.presence not in NAMELESS)
    people = [row.name for listed in named for row in listed.rows]
    people += [block.name for block in document.signatures]
    people += [opinion.speaker for item in document.discussions for opinion in item.opinions]
    words = {word for person in people for word in clean(person).replace(",", " ").split()}
    return {word for word in words if 1 < len(word) <= _KEPT_TOGETHER}


def _qr(url: str) -> str:
    """The address as a QR code (ISO/IEC 18004, error correction M), as SVG."""
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", border=1, xmldecl=False, svgns=True)
    return drawing.getvalue().decode()
