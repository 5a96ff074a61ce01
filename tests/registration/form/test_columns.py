"""Answers in the columns of a list: what was exported is read as the same answers, whatever labels say."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.registration.api.lists.export_cells import Cells, answer_cells, headers
from services.registration.api.lists.export_files import CsvWriter, XlsxWriter
from services.registration.domain.form.form import Form
from services.registration.domain.participant_list import form_columns, header_of
from shared.contracts.base import Bilingual, Language
from shared.contracts.registration import FormChoice, FormField
from tests.registration.form.words import choice, field

FIXED = {"given_name": "ຊື່", "rank": "ລະດັບ", "organisation": "ລະຫັດອົງການ", "mobile": "ເບີໂທລະສັບ"}
LABELS = st.sampled_from(
    ["ອາຫານ", "ອາຫານ", "ຊື່", "Rank", "a", "b; c", "=1+1", "★", "yes", "'-", "answers.f1"]
) | st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=9
).filter(lambda text: bool(text.strip()))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co")), min_size=1, max_size=20)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Fields of all kinds whose labels may be the same, of signs alone, or those of fixed columns."""
    kinds = draw(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=5))
    return Form(1, [_field(draw, kind, f"f{place}") for place, kind in enumerate(kinds)])


def _field(draw: st.DrawFn, kind: str, name: str) -> FormField:
    def label() -> Bilingual:
        return Bilingual(lo=draw(LABELS), en=draw(st.none() | LABELS))

    if kind in ("choice", "multiple-choice"):
        choices = tuple(FormChoice(value=value, label=label()) for value in ("a", "b", "c1"))
        return field(kind, name, label=label(), choices=choices)
    return field(kind, name, label=label(), **({"whole": False} if kind == "number" else {}))


ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "choice": st.sampled_from(["a", "b", "c1"]),
    "multiple-choice": st.lists(st.sampled_from(["a", "b", "c1"]), max_size=3),
    "number": st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12, allow_subnormal=False),
    "date": st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
    "yes-no": st.booleans(),
}


@st.composite
def answered_forms(draw: st.DrawFn) -> tuple[Form, dict[str, Any]]:
    form = draw(forms())
    given_answers = {one.name: draw(ANSWERS[one.kind]) for one in form.fields if draw(st.booleans())}
    read = form.read(given_answers, complete=True)
    wrong = {one.name for one in read.problems}
    kept = {name: answer for name, answer in given_answers.items() if name not in wrong}
    return form, dict(form.read(kept, complete=True).values)


def in_csv(*rows: Cells) -> list[list[Any]]:
    return list(csv.reader(io.StringIO(CsvWriter().rows(rows).decode("utf-8-sig"), newline="")))


def in_xlsx(*rows: Cells) -> list[list[Any]]:
    writer = XlsxWriter("s")
    file = io.BytesIO(writer.rows(rows) + writer.end())
    assert zipfile.is_zipfile(file)
    (sheet,) = load_workbook(file, read_only=True).worksheets
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@settings(deadline=None, max_examples=150)
@given(answered_forms(), st.sampled_from(["lo", "en"]), st.sampled_from([in_csv, in_xlsx]))
def test_an_exported_answer_is_imported_as_the_same(
    answered: tuple[Form, dict[str, Any]], language: Language, through: Any
) -> None:
    form, answers = answered
    columns = form_columns(form)
    fixed = len(headers(language, form_columns(Form(0, ()))))
    cells = answer_cells(answers, language, columns)
    titles, values = through(headers(language, columns), [*([None] * fixed), *cells])
    header = header_of(titles, form)
    assert header is not None
    places = {one.name: header.places[f"answers.{one.name}"] for one in form.fields}
    read = {name: header.form.read(form.by_name[name], values[place]) for name, place in places.items()}
    kept, problems = form.values(read)
    assert (problems, {name: one for name, one in kept.items() if one is not None}) == ([], answers)


def test_a_header_is_the_label_where_nothing_else_is_called_so() -> None:
    meal, name, other = (Bilingual(lo=text) for text in ("ອາຫານ", "ຊື່", "ອາຫານ "))
    form = Form(1, [field("text", "a", label=meal), field("text", "b", label=name), field("text", "c", label=other)])
    columns = form_columns(form)
    assert [columns.header(one, "lo") for one in form.fields] == ["answers.a", "answers.b", "answers.c"]
    alone = form_columns(Form(1, form.fields[:1]))
    assert alone.header(form.fields[0], "lo") == "ອາຫານ"


def test_what_people_type_into_a_cell_is_understood() -> None:
    form = Form(
        1, [choice("meal", "fish", "any"), choice("days", "1", "2", kind="multiple-choice"), field("yes-no", "bus")]
    )
    columns = form_columns(form)
    meal, days, bus = form.fields
    assert [columns.read(meal, cell) for cell in ("ປາ", "fish", "Fish ", "meat", None, "")] == [
        *("fish", "fish", "fish", "meat", None, None),
    ]
    assert [columns.read(days, cell) for cell in ("2; 1", "1;", 2, None)] == [["2", "1"], ["1"], ["2"], []]
    assert [columns.read(bus, cell) for cell in ("ແມ່ນ", "no", True, "1", "maybe", None)] == [
        *(True, False, True, True, "maybe", None),
    ]
