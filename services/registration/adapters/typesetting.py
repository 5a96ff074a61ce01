"""The child process of `child_typesetter`: reads one document as JSON, writes its PDF with Typst."""

import io
import json
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import segno
import typst

from shared.lao import normalise
from shared.lao.words import breakable_piece, unbroken_pieces

_HERE: Final = Path(__file__).parent
_FONTS: Final = _HERE / "fonts"
_LONGEST_ANSWER: Final = {"badges": 48, "attendance-sheet": 160}
"""Characters of one answer: what is longer would push the rest off a badge."""
WORDS: Final = {
    "attendance": "ບັນຊີລາຍຊື່ຜູ້ເຂົ້າຮ່ວມກອງປະຊຸມ",
    "columns": ["ລ/ດ", "ຊື່ ແລະ ນາມສະກຸນ", "ຕຳແໜ່ງ, ພາກສ່ວນ", "ເວລາເຂົ້າ", "ລາຍເຊັນ"],
    "page": "ໜ້າ",
    "present": "ຜູ້ເຂົ້າຮ່ວມ",
    "of": "ໃນຈຳນວນ",
}


def pdf_of(paper: dict[str, Any]) -> bytes:
    """The PDF of a paper (`ports.Paper` as JSON)."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
    template = (_HERE / f"{paper['kind']}.typ").read_bytes()
    data = json.dumps(_data(paper), ensure_ascii=False)
    pdf = typst.Compiler(font_paths=fonts).compile(template, format="pdf", sys_inputs={"document": data})
    if not isinstance(pdf, bytes):
        raise TypeError("a PDF is one file")
    return pdf


def _data(paper: dict[str, Any]) -> dict[str, Any]:
    meeting = {name: split(paper[name]) for name in ("title", "when", "venue", "organiser")}
    people = [
        {
            **{name: split(person[name]) for name in ("name", "position", "organisation")},
            "came": person["came"] or "",
            "answers": [shortened(answer, _LONGEST_ANSWER[paper["kind"]]) for answer in person["answers"]],
            "remark": split(person["remark"] or ""),
            "qr": _qr(person["ticket"]) if person["ticket"] else None,
        }
        for person in paper["people"]
    ]
    words = {name: split(text) for name, text in WORDS.items() if isinstance(text, str)}
    columns = [split(column) for column in WORDS["columns"]]
    came = sum(1 for person in paper["people"] if person["came"])
    return {**meeting, "people": people, "words": {**words, "columns": columns}, "came": came}


def shortened(text: str, most: int) -> tuple[str, ...]:
    """The pieces of a text that fit into `most` characters; an ellipsis says that there were more."""
    pieces = split(text)
    if sum(map(len, pieces)) <= most:
        return pieces
    kept, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length >= most:
            break
        kept.append(piece)
    return (*kept, "…")


@lru_cache(maxsize=10_000)
def split(text: str) -> tuple[str, ...]:
    """Pieces inside which no line may break; characters that are not seen are left out."""
    seen = "".join(each for each in normalise(text) if unicodedata.category(each) not in {"Cc", "Cf"})
    return tuple(breakable_piece(piece) for piece in unbroken_pieces(seen))


def _qr(ticket: str) -> str:
    """The QR code of a ticket as SVG; medium correction, as a badge may be creased."""
    drawn = io.BytesIO()
    segno.make(ticket, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


if __name__ == "__main__":
    sys.stdout.buffer.write(pdf_of(json.load(sys.stdin.buffer)))
