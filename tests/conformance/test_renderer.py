"""Every renderer of minutes: the file says what the document says, to readers, archives and machines alike."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pikepdf
import pypdf
import pypdfium2
import pytest

from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.domain.attendance import NAMELESS, AttendanceClass
from services.minutes.domain.draft import AgendaLine
from services.minutes.domain.text import roman
from services.minutes.ports import MinutesDocument, Renderer, SignatureBlock
from shared.lao import long_date, normalise, short_date
from tests.minutes.meeting_of_2022 import minutes_document

POINTS_PER_CM = 72 / 2.54
LEFT, RIGHT = 3.0, 2.0  # cm, the margins of the letterhead
WIDTH = 21.0
LETTERHEAD = ("ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ", "ສັນຕິພາບ ເອກະລາດ ປະຊາທິປະໄຕ ເອກະພາບ ວັດທະນະຖາວອນ", "-----000-----")
SECTIONS = ("ຈຸດປະສົງ", "ວາລະກອງປະຊຸມ", "ເນື້ອໃນທີ່ໄດ້ປຶກສາຫາລື", "ມະຕິກອງປະຊຸມ", "ໜ້າວຽກທີ່ຕ້ອງຈັດຕັ້ງປະຕິບັດ")
ADOBE = "{http://www.aiim.org/pdfa/ns/id/}"
UNIVERSAL = "{http://www.aiim.org/pdfua/ns/id/}"

HOSTILE = (
    "#panic()",
    "*ບໍ່ໜາ* _ບໍ່ອຽງ_ $x^2$ `code`",
    "]#[](){}\\\"'",
    "// comment /* ແລະ */",
    "@ref <label> = Heading\n- item",
    "\\u{41} \\n %% & ~ -- --- ...",
    '#import "/etc/passwd": *',
    "https://example.org/#fragment",
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return TypstRenderer()


def folded(text: str) -> str:
    """Text without spaces and line ends, in the one spelling."""
    return "".join(normalise(text).split())


def with_pypdf(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def with_pdfium(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def footer(document: MinutesDocument, *, page: int, pages: int) -> str:
    return folded(f"ກວດສອບເອກະສານ ແລະ ລາຍເຊັນ ໄດ້ທີ່: {document.verify_url} ເລກທີ: {document.number} ໜ້າ {page}/{pages}")


def body(document: MinutesDocument, pages: list[str]) -> str:
    """What the pages say without their feet; fails where a foot is missing."""
    said = ""
    for number, text in enumerate(map(folded, pages), start=1):
        before, foot, after = text.partition(footer(document, page=number, pages=len(pages)))
        assert foot != ""
        said += before + after
    return said


def expected(document: MinutesDocument) -> str:
    """The words of the document in print order."""
    headings = [f"{roman(number)}. {heading}" for number, heading in enumerate(SECTIONS, start=1)]
    words = [*LETTERHEAD, *document.issuer, f"ເລກທີ: {document.number}"]
    words += [f"{document.place}, ວັນທີ {long_date(document.dated)}", "ບົດບັນທຶກກອງປະຊຸມ", document.title, document.opening]
    words += [headings[0], *document.purpose, headings[1]]
    words += [*map(treated, document.session), headings[2]]
    for number, item in enumerate(document.discussions, start=1):
        words += [f"{number}. {item.heading}", *item.paragraphs]
        positions = {"support": "ເຫັນດີ", "support-with-comment": "ເຫັນດີ ໂດຍມີຄຳເຫັນ"}
        words += [f"– {o.speaker} ({positions[o.position]}): {o.text}" for o in item.opinions]
    words += [headings[3], *numbered(document.decisions), headings[4], "ລ/ດ ໜ້າວຽກ ຜູ້ຮັບຜິດຊອບ ກຳນົດເວລາ"]
    for number, action in enumerate(document.actions, start=1):
        words += [f"{number} {action.task} {action.owner} {short_date(action.due) if action.due else '–'}"]
    words += [document.closing]
    words += [f"{block.role} (ລົງລາຍເຊັນດິຈິຕອນ) {block.name}" for block in document.signatures]
    words += ["ບັນຊີລາຍຊື່ຜູ້ເຂົ້າຮ່ວມກອງປະຊຸມ"]
    for listed in document.attendance:
        words += [f"{listed.heading}: {listed.people} ທ່ານ", *table_of(listed)]
    return folded(" ".join([*words, *table_by_item(document)]))


def treated(line: AgendaLine) -> str:
    """An item with its own number, and from when to when it was treated."""
    if line.started_at is None or line.ended_at is None:
        return f"{line.number}. {line.title}"
    return f"{line.number}. {line.title} (ແຕ່ເວລາ {line.started_at:%H:%M} ໂມງ ຫາ {line.ended_at:%H:%M} ໂມງ)"


def table_by_item(document: MinutesDocument) -> list[str]:
    """How many people of each body were there at each item that was treated; nothing where none was."""
    lines = [line for line in document.session if line.present is not None]
    if not lines:
        return []
    there = [{count.body: count.present for count in line.bodies} for line in lines]
    bodies = [[body, *(str(counts.get(body, "–")) for counts in there)] for body in document.bodies]
    sums = [["ລວມ", *(str(line.present) for line in lines)], ["ຍິງ", *(str(line.women) for line in lines)]]
    head = ["ພາກສ່ວນ", *(f"ວາລະ {line.number}" for line in lines)]
    return ["ຈຳນວນຜູ້ເຂົ້າຮ່ວມ ໃນແຕ່ລະວາລະ", *(" ".join(row) for row in [head, *bodies, *sums])]


def table_of(listed: AttendanceClass) -> list[str]:
    """Persons with their offices; of those who did not come the bodies alone."""
    if listed.presence in NAMELESS:
        return ["ລ/ດ ພາກສ່ວນ ຈຳນວນ", *(f"{row.number} {row.name} {row.remark}" for row in listed.rows)]
    lines = [f"{row.number} {row.name} {row.position}, {row.organisation} {row.remark}" for row in listed.rows]
    return ["ລ/ດ ຊື່ ແລະ ນາມສະກຸນ ຕຳແໜ່ງ, ພາກສ່ວນ ໝາຍເຫດ", *lines]


def numbered(items: tuple[str, ...]) -> list[str]:
    return [f"{number}. {item}" for number, item in enumerate(items, start=1)]


async def test_a_reader_gets_back_every_word(renderer: Renderer) -> None:
    document = minutes_document()
    assert body(document, with_pypdf(await renderer.render(document))) == expected(document)


async def test_another_reader_gets_back_every_word_below_the_letterhead(renderer: Renderer) -> None:
    document = minutes_document()
    pages = with_pdfium(await renderer.render(document))
    _head, dashes, said = body(document, pages).partition(LETTERHEAD[-1])
    assert dashes + said == LETTERHEAD[-1] + expected(document).partition(LETTERHEAD[-1])[2]


async def test_the_letterhead_is_that_of_the_state(renderer: Renderer) -> None:
    first = with_pypdf(await renderer.render(minutes_document()))[0]
    assert [line.strip() for line in first.splitlines()[:3]] == list(LETTERHEAD)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_character_is_markup(renderer: Renderer, hostile: str) -> None:
    sample = minutes_document()
    document = replace(
        sample,
        title=f"ກອງປະຊຸມ {hostile}",
        issuer=(hostile, hostile),
        purpose=(hostile,),
        session=(replace(sample.session[0], title=hostile),),
        decisions=(hostile,),
        discussions=(replace(sample.discussions[0], heading=hostile),),
        actions=sample.actions[:1],  # a table that goes on on the next page has its head twice
        signatures=(SignatureBlock(role="ຜູ້ບັນທຶກ", name=hostile),),
    )
    assert body(document, with_pypdf(await renderer.render(document))) == expected(document)


@pytest.mark.parametrize("unprintable", ["😀", "王", "\ue000", "\ufffe"])
async def test_what_no_font_can_draw_is_marked_as_such(renderer: Renderer, unprintable: str) -> None:
    document = replace(minutes_document(), decisions=(f"ກ{unprintable}ຂ",), data={"decision": unprintable})
    pdf = await renderer.render(document)
    shown = replace(document, decisions=("ກ\N{REPLACEMENT CHARACTER}ຂ",))
    assert body(document, with_pypdf(pdf)) == expected(shown)
    assert attached(pdf) == {"decision": unprintable}


@pytest.mark.parametrize("silent", ["\x00", "\x07", "\u202e", "\u200b", "\ufeff"])
async def test_what_nobody_can_see_is_not_printed(renderer: Renderer, silent: str) -> None:
    document = replace(minutes_document(), decisions=(f"ກ{silent}ຂ",))
    assert body(document, with_pypdf(await renderer.render(document))) == expected(replace(document, decisions=("ກຂ",)))


@pytest.mark.parametrize(
    "word",
    [
        "ກະຊວງ" * 40,
        "ກ້" * 200,
        "https://pasum.example/" + "a" * 300,
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
        "ໜ້າວຽກ ທີ່ຕ້ອງຈັດຕັ້ງປະຕິບັດ " * 30,
    ],
)
async def test_no_line_leaves_the_margins(renderer: Renderer, word: str) -> None:
    sample = minutes_document()
    action, attendance = sample.actions[0], sample.attendance[0]
    document = replace(
        sample,
        title=word,
        opening=word,
        actions=(replace(action, owner=word, task=word),),
        attendance=(replace(attendance, rows=(replace(attendance.rows[0], name=word, position=word, remark=word),)),),
        signatures=(SignatureBlock(role=word, name=word), SignatureBlock(role=word, name=word)),
    )
    left, right = extent(await renderer.render(document))
    assert left >= LEFT * POINTS_PER_CM - 1
    assert right <= (WIDTH - RIGHT) * POINTS_PER_CM + 1


def extent(pdf: bytes) -> tuple[float, float]:
    """The leftmost and the rightmost ink of all letters, in points."""
    sides: list[tuple[float, float]] = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes = [text.get_charbox(index) for index in range(text.count_chars())]
        sides += [(left, right) for left, _bottom, right, _top in boxes]
    return min(left for left, _right in sides), max(right for _left, right in sides)


async def test_the_structured_text_is_attached_as_the_source(renderer: Renderer) -> None:
    document = minutes_document()
    pdf = await renderer.render(document)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (specification,) = opened.Root.AF
        assert (str(specification.AFRelationship), str(specification.UF)) == ("/Source", "minutes.json")
    assert attached(pdf) == document.data


def attached(pdf: bytes) -> object:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return json.loads(opened.attachments["minutes.json"].get_file().read_bytes())


async def test_the_file_claims_archival_and_accessible_standards(renderer: Renderer) -> None:
    with pikepdf.open(io.BytesIO(await renderer.render(minutes_document()))) as opened:
        metadata = ET.fromstring(opened.Root.Metadata.read_bytes())  # noqa: S314 -- XML of our own making
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.Root.Lang) == "lo"
    claims = {element.tag: element.text for element in metadata.iter()}
    assert (claims[f"{ADOBE}part"], claims[f"{ADOBE}conformance"], claims[f"{UNIVERSAL}part"]) == ("3", "A", "1")


async def test_every_font_is_embedded(renderer: Renderer) -> None:
    with pikepdf.open(io.BytesIO(await renderer.render(minutes_document()))) as opened:
        descriptors = [
            thing
            for thing in opened.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
        ]
        assert {str(descriptor.FontName)[8:] for descriptor in descriptors if "/FontFile2" in descriptor} == {
            "NotoSans-Bold",
            "NotoSans-Regular",
            "NotoSansLao-Bold",
            "NotoSansLao-Regular",
            "PhetsarathOT",
        }


async def test_equal_documents_render_to_equal_bytes(renderer: Renderer) -> None:
    assert await renderer.render(minutes_document()) == await TypstRenderer().render(minutes_document())


async def test_the_file_ends_in_a_line_feed_so_that_it_can_be_signed(renderer: Renderer) -> None:
    assert (await renderer.render(minutes_document()))[-7:] == b"\n%%EOF\n"


async def test_a_draft_says_so_on_every_page_and_at_every_name(renderer: Renderer) -> None:
    document = replace(minutes_document(), draft=True, number="……/ຕສ")
    pages = [folded(text) for text in with_pypdf(await renderer.render(document))]
    assert [page.startswith("ຮ່າງ") for page in pages] == [True] * len(pages)
    assert "".join(pages).count(folded("(ຮ່າງ: ຍັງບໍ່ໄດ້ລົງລາຍເຊັນ)")) == len(document.signatures)


async def test_minutes_of_a_meeting_without_results_say_that_there_are_none(renderer: Renderer) -> None:
    nothing: Callable[..., MinutesDocument] = replace
    document = nothing(
        minutes_document(),
        **dict.fromkeys(("purpose", "session", "bodies", "discussions", "decisions", "actions", "attendance"), ()),
    )
    assert "".join(map(folded, with_pypdf(await renderer.render(document)))).count("(ບໍ່ໄດ້ບັນທຶກ)") == len(SECTIONS)
