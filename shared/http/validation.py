"""Explains validation errors in Lao and English, for each field of a request, without quoting its value."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, Field

Place = Literal["body", "query", "path", "header", "cookie"]
_PLACES: Final[Mapping[str, Place]] = {"query": "query", "path": "path", "header": "header", "cookie": "cookie"}
BRANCH: Final = "as "
"""The prefix of the tags of union branches; such tags are left out of JSON pointers."""
_MOST = 50
_LONGEST = 200

# Pydantic's error type -> Lao, English. The {…} are limits, which are public, never the value that was sent.
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("ກະລຸນາໃສ່ຂໍ້ມູນນີ້", "This is required."),
    "extra_forbidden": ("ບໍ່ຮູ້ຈັກຊ່ອງຂໍ້ມູນນີ້", "This member is not known."),
    "string_type": ("ຕ້ອງເປັນຂໍ້ຄວາມ", "It must be text."),
    "string_too_short": ("ຕ້ອງມີຢ່າງໜ້ອຍ {min_length} ຕົວອັກສອນ", "It must have at least {min_length} characters."),
    "string_too_long": ("ຕ້ອງບໍ່ເກີນ {max_length} ຕົວອັກສອນ", "It must have at most {max_length} characters."),
    "string_pattern_mismatch": ("ຮູບແບບບໍ່ຖືກຕ້ອງ", "It does not have the documented form."),
    "text_blank": ("ກະລຸນາໃສ່ຂໍ້ຄວາມ", "There is nothing to read in it."),
    "text_characters": (
        "ຂໍ້ຄວາມມີຕົວອັກສອນທີ່ໃຊ້ບໍ່ໄດ້",
        "It holds characters that cannot be used, such as control characters or too many marks on one letter.",
    ),
    "too_short": ("ຕ້ອງມີຢ່າງໜ້ອຍ {min_length} ລາຍການ", "It must have at least {min_length} items."),
    "too_long": ("ຕ້ອງບໍ່ເກີນ {max_length} ລາຍການ", "It must have at most {max_length} items."),
    "int_type": ("ຕ້ອງເປັນຈຳນວນຖ້ວນ", "It must be a whole number."),
    "int_parsing": ("ຕ້ອງເປັນຈຳນວນຖ້ວນ", "It must be a whole number."),
    "int_from_float": ("ຕ້ອງເປັນຈຳນວນຖ້ວນ", "It must be a whole number."),
    "int_parsing_size": ("ຕົວເລກໃຫຍ່ເກີນໄປ", "The number is too large."),
    "float_type": ("ຕ້ອງເປັນຕົວເລກ", "It must be a number."),
    "float_parsing": ("ຕ້ອງເປັນຕົວເລກ", "It must be a number."),
    "finite_number": ("ຕ້ອງເປັນຕົວເລກ", "It must be a finite number."),
    "decimal_parsing": ("ຕ້ອງເປັນຕົວເລກ", "It must be a decimal number."),
    "bool_type": ("ຕ້ອງເປັນ true ຫຼື false", "It must be true or false."),
    "bool_parsing": ("ຕ້ອງເປັນ true ຫຼື false", "It must be true or false."),
    "greater_than": ("ຕ້ອງຫຼາຍກວ່າ {gt}", "It must be greater than {gt}."),
    "greater_than_equal": ("ຕ້ອງບໍ່ໜ້ອຍກວ່າ {ge}", "It must be at least {ge}."),
    "less_than": ("ຕ້ອງໜ້ອຍກວ່າ {lt}", "It must be less than {lt}."),
    "less_than_equal": ("ຕ້ອງບໍ່ຫຼາຍກວ່າ {le}", "It must be at most {le}."),
    "enum": ("ຕ້ອງເປັນໜຶ່ງໃນ {expected}", "It must be one of {expected}."),
    "literal_error": ("ຕ້ອງເປັນໜຶ່ງໃນ {expected}", "It must be one of {expected}."),
    "uuid_type": ("ຕ້ອງເປັນລະຫັດ UUID", "It must be a UUID."),
    "uuid_parsing": ("ຕ້ອງເປັນລະຫັດ UUID", "It must be a UUID."),
    "datetime_type": ("ຕ້ອງເປັນວັນທີ ແລະ ເວລາ", "It must be a date and time (RFC 3339)."),
    "datetime_parsing": ("ຕ້ອງເປັນວັນທີ ແລະ ເວລາ", "It must be a date and time (RFC 3339)."),
    "datetime_from_date_parsing": ("ຕ້ອງເປັນວັນທີ ແລະ ເວລາ", "It must be a date and time (RFC 3339)."),
    "timezone_aware": ("ຕ້ອງລະບຸເຂດເວລາ", "It must name its offset from UTC."),
    "date_type": ("ຕ້ອງເປັນວັນທີ", "It must be a date (YYYY-MM-DD)."),
    "date_parsing": ("ຕ້ອງເປັນວັນທີ", "It must be a date (YYYY-MM-DD)."),
    "date_from_datetime_parsing": ("ຕ້ອງເປັນວັນທີ", "It must be a date (YYYY-MM-DD)."),
    "date_buddhist_year": (
        "ປີນີ້ ແມ່ນ ພ.ສ. ບໍ່? ກະລຸນາໃສ່ປີ ຄ.ສ. (ພ.ສ. ລົບ 543)",
        "Is this a year of the Buddhist era? Give the year of the Common Era: 543 less.",
    ),
    "date_year": ("ປີຕ້ອງຢູ່ລະຫວ່າງ 1900 ແລະ 2199", "The year must be between 1900 and 2199."),
    "list_type": ("ຕ້ອງເປັນລາຍການ", "It must be a list."),
    "dict_type": ("ຕ້ອງເປັນວັດຖຸ JSON", "It must be a JSON object."),
    "model_type": ("ຕ້ອງເປັນວັດຖຸ JSON", "It must be a JSON object."),
    "model_attributes_type": ("ຕ້ອງເປັນວັດຖຸ JSON", "It must be a JSON object."),
    "answer_not_asked": (
        "ຊ່ອງນີ້ ບໍ່ໄດ້ຖາມ ຕາມຄຳຕອບໃນຊ່ອງອື່ນ",
        "This is not asked, because of the answer to another field.",
    ),
    "answer_is_file": (
        "ຊ່ອງນີ້ຕ້ອງສົ່ງໄຟລ໌ຕ່າງຫາກ ຫຼັງຈາກລົງທະບຽນແລ້ວ",
        "This is a file: it is sent by itself, after the registration.",
    ),
    "file_type": ("ໄຟລ໌ຕ້ອງເປັນປະເພດ {expected}", "The file must be of one of the types {expected}."),
    "file_too_large": ("ໄຟລ໌ຕ້ອງບໍ່ເກີນ {most} ໄບຕ໌", "The file must have at most {most} bytes."),
    "ticket_or_code": (
        "ໃສ່ບັດ, ລະຫັດ, ຊື່ໃນບັນຊີ ຫຼື ຜູ້ບໍ່ໄດ້ລົງທະບຽນ ພຽງຢ່າງດຽວ",
        "It must have one of a ticket, a code, a registration_id and a walk_in.",
    ),
    "walk_in_leaves": (
        "ຜູ້ທີ່ບໍ່ໄດ້ລົງທະບຽນ ອອກດ້ວຍຊື່ໃນບັນຊີ",
        "Somebody who has not registered can only come in; he leaves by his registration_id.",
    ),
    "union_tag_invalid": ("ບໍ່ຮູ້ຈັກປະເພດນີ້", "Its kind is not known."),
    "union_tag_not_found": ("ກະລຸນາລະບຸປະເພດ", "Its kind is missing."),
}
_OTHERWISE: Final = ("ຄ່ານີ້ບໍ່ຖືກຕ້ອງ", "The value is not valid.")


class _Limits(dict[str, Any]):
    """The limits in an error, for `format_map`; a limit that the error does not have becomes `…`."""

    def __missing__(self, name: str) -> str:
        return "…"


class FieldProblem(BaseModel):
    """One field that is not valid."""

    field: str = Field(description="JSON pointer (RFC 6901) into the place it was sent in")
    place: Place = Field(serialization_alias="in", description="where it was sent")
    code: str = Field(description="the kind of mistake")
    detail: str = Field(description="Lao")
    detail_en: str = Field(description="English")


def field_problems(errors: Sequence[Any]) -> list[FieldProblem]:
    """Pydantic's errors in the form that a client may see: at most fifty, without values."""
    return [_field_problem(error) for error in errors[:_MOST]]


def _field_problem(error: Mapping[str, Any]) -> FieldProblem:
    lao, english = _SENTENCES.get(error["type"], _OTHERWISE)
    limits = _Limits(error.get("ctx", {}))
    where, *path = error["loc"]
    return FieldProblem(
        field=_pointer(path),
        place=_PLACES.get(str(where), "body"),
        code=error["type"],
        detail=lao.format_map(limits),
        detail_en=english.format_map(limits),
    )


def _pointer(path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path; the empty pointer is the whole body. Union branches are left out."""
    steps = (str(step) for step in path)
    return "".join("/" + _escaped(step) for step in steps if not step.startswith(BRANCH))[:_LONGEST]


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
