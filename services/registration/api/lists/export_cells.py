"""What stands in the cells of an exported list, in Lao or English, so that an import reads the same again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from services.registration.domain.cells import escaped
from services.registration.domain.form.answers import Answer
from services.registration.domain.form.columns import FormColumns
from services.registration.domain.participant_list import COLUMNS
from shared.contracts.base import Language
from shared.kernel import OFFICE_ZONE

Cells: TypeAlias = list[str | int | float | None]

_WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "language": {"lo": ("ລາວ", "Lao"), "en": ("ອັງກິດ", "English")},
    "gender": {"female": ("ຍິງ", "female"), "male": ("ຊາຍ", "male"), "not-stated": ("ບໍ່ລະບຸ", "not stated")},
    "state": {
        "awaiting-proof": ("ລໍຖ້າການຢືນຢັນຕົນ", "awaiting proof"),
        "requested": ("ລໍຖ້າການອະນຸມັດ", "waiting for approval"),
        "confirmed": ("ຢືນຢັນ", "confirmed"),
        "waitlisted": ("ລໍຖ້າ", "waitlisted"),
        "represented": ("ມອບໝາຍຜູ້ຕາງໜ້າ", "represented"),
        "withdrawn": ("ຖອນຊື່", "withdrawn"),
        "declined": ("ບໍ່ເຂົ້າຮ່ວມ", "declined"),
        "rejected": ("ບໍ່ໄດ້ຮັບອະນຸມັດ", "not approved"),
    },
    "proven": {"yes": ("ແມ່ນ", "yes"), "no": ("ບໍ່", "no")},
    "source": {
        "invitation": ("ຄຳເຊີນ", "invitation"),
        "open": ("ລົງທະບຽນເອງ", "own registration"),
        "representative": ("ຕາງໜ້າ", "representative"),
        "walk-in": ("ມາໂດຍບໍ່ໄດ້ລົງທະບຽນ", "walk-in"),
    },
}
_LAO_CODE: Final = "+856"
_MOBILE_DIGITS: Final = 10  # 20 and eight more


def headers(language: Language, form: FormColumns) -> Cells:
    """The headers of all columns, those of the form at the end."""
    answers = [escaped(form.header(field, language)) for field in form.form.fields]
    return [*(column.lo if language == "lo" else column.en for column in COLUMNS), *answers]


def answer_cells(answers: Mapping[str, Answer], language: Language, form: FormColumns) -> Cells:
    """The cells of the answers to the form, in the order of the headers."""
    written = (form.written(field, answers.get(field.name), language) for field in form.form.fields)
    return [escaped(value) if isinstance(value, str) else value for value in written]


def cells_of(row: Mapping[str, Any], language: Language) -> Cells:
    """The cells of one answer, in the order of the headers."""
    name = (row["name_en"] if language == "en" else None) or row["name_lo"]
    proven = "yes" if row["proven"] else "no"
    values = {**row, "organisation_name": name, "mobile": _mobile(row["mobile"]), "proven": proven}
    return [_cell(column.name, values[column.name], language) for column in COLUMNS]


def _cell(column: str, value: Any, language: Language) -> str | int | None:
    match value:
        case None | int():
            return value
        case datetime():
            return value.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
        case _:
            words = _WORDS.get(column, {}).get(value)
            return escaped(str(value)) if words is None else words[language == "en"]


def _mobile(number: str | None) -> str | None:
    """A Lao number as it is dialled at home, in groups: a spreadsheet would take +8562055551234 for a number."""
    if number is None or not number.startswith(_LAO_CODE):
        return number
    digits = number.removeprefix(_LAO_CODE)
    if len(digits) != _MOBILE_DIGITS:
        return f"0{digits[:2]} {digits[2:]}"
    return f"0{digits[:2]} {digits[2:6]} {digits[6:]}"
