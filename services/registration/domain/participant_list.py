"""The columns of a list of participants, as it is imported and exported, and the row of headers that names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.registration.domain.form.columns import PREFIX, FormColumns
from services.registration.domain.form.form import NO_FORM, Form
from services.registration.domain.import_refusals import ColumnsMissing, ColumnTwice
from shared.lao import search_key

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 64
HEADER_WITHIN: Final = 20  # rows: a title and an explanation may stand above the headers
_FEWEST_HEADERS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with its headers; what is not `read` is only shown, and an import passes over it."""

    name: str
    lo: str
    en: str
    also: tuple[str, ...] = ()
    read: bool = True


COLUMNS: Final = (
    Column(name="registration_id", lo="ລະຫັດການລົງທະບຽນ", en="Registration"),
    Column(name="organisation", lo="ລະຫັດອົງການ", en="Organisation code", also=("organization", "code")),
    Column(
        name="organisation_name", lo="ອົງການ", en="Organisation name", also=("ຊື່ອົງການ", "ກະຊວງ", "ພາກສ່ວນ", "ministry")
    ),
    Column(name="honorific", lo="ຄຳນຳໜ້າ", en="Title", also=("ຄຳນຳໜ້າຊື່",)),
    Column(name="given_name", lo="ຊື່", en="Given name", also=("name", "first name")),
    Column(name="family_name", lo="ນາມສະກຸນ", en="Family name", also=("surname", "last name")),
    Column(name="position_title", lo="ຕຳແໜ່ງ", en="Position", also=("position title", "job title")),
    Column(name="rank", lo="ລະດັບ", en="Rank", also=("ຊັ້ນ",)),
    Column(name="mobile", lo="ເບີໂທລະສັບ", en="Mobile", also=("ເບີໂທ", "ໂທລະສັບ", "ມືຖື", "phone", "telephone", "tel")),
    Column(name="email", lo="ອີເມວ", en="E-mail", also=("ອີເມລ", "ອີເມລ໌", "email", "mail")),
    Column(name="language", lo="ພາສາ", en="Language"),
    Column(name="gender", lo="ເພດ", en="Gender", also=("sex",)),
    Column(name="state", lo="ສະຖານະ", en="State", read=False),
    Column(name="place", lo="ລຳດັບໃນບັນຊີລໍຖ້າ", en="Place in the queue", read=False),
    Column(name="represents", lo="ຕາງໜ້າ", en="Represents", read=False),
    Column(name="reason", lo="ເຫດຜົນ", en="Reason", read=False),
    Column(name="checked_in_at", lo="ເວລາເຂົ້າຮ່ວມ", en="Checked in at", read=False),
    Column(name="answered_at", lo="ເວລາລົງທະບຽນ", en="Answered at", read=False),
    Column(name="source", lo="ວິທີລົງທະບຽນ", en="Registered by", read=False),
    Column(name="proven", lo="ຢືນຢັນຕົນແລ້ວ", en="Proven", read=False),
)
PERSONAL: Final = ("honorific", "given_name", "family_name", "position_title", "rank", "mobile", "email", "language")
"""Columns that are members of a person, with `gender`."""
COMPARED: Final = (*PERSONAL, "gender")

_REQUIRED: Final = (("given_name",), ("rank",), ("organisation", "organisation_name"), ("mobile", "email"))


def _by_header() -> Mapping[str, Column]:
    names = ((column, (column.name, column.lo, column.en, *column.also)) for column in COLUMNS)
    return {search_key(header): column for column, headers in names for header in headers}


_HEADERS: Final = _by_header()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where each column stands; `ignored` are the headers of columns that are not read, `form` has those of answers."""

    places: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    form: FormColumns = field(default_factory=lambda: form_columns(NO_FORM))

    @property
    def answered(self) -> bool:
        """Whether the list has answers to the form."""
        return any(name.startswith(PREFIX) for name in self.places)


def form_columns(form: Form) -> FormColumns:
    """The columns of the answers to a form, which stand beside those of every list."""
    return FormColumns(form, _HEADERS)


def header_of(cells: Sequence[object], form: Form = NO_FORM) -> Header | None:
    """The header, in whatever language, spelling and order; None where the row is none.

    Raises `ColumnTwice` and `ColumnsMissing`.
    """
    answers = form_columns(form)
    found = [(place, str(cell), _column(str(cell), answers)) for place, cell in enumerate(cells) if cell]
    known = [(place, column) for place, _, column in found if column is not None]
    if len(known) < _FEWEST_HEADERS:
        return None
    places: dict[str, int] = {}
    for place, column in known:
        if column.name in places:
            raise ColumnTwice(column=column.lo)
        if column.read:
            places[column.name] = place
    missing = [" / ".join(names) for names in _REQUIRED if not places.keys() & set(names)]
    if missing:
        raise ColumnsMissing(columns=missing)
    ignored = tuple(text[:100] for _, text, column in found if column is None or not column.read)
    return Header(places=places, ignored=ignored, form=answers)


def _column(header: str, answers: FormColumns) -> Column | None:
    named = answers.named(header)
    read = named is None or answers.is_read(named)
    return Column(name=named, lo=header, en=header, read=read) if named else _HEADERS.get(search_key(header))
