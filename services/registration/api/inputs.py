"""What several requests take: codes and tokens, days and moments, numbers, texts in two languages, agenda items."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from services.registration.flows import CODE_ALPHABET, CODE_LENGTH
from shared.contracts.base import Bilingual
from shared.contracts.registration import AgendaItem
from shared.http import BooleanInput, DayInput, InstantInput, IntegerInput, ShortTextInput
from shared.lao import parse_digits

__all__ = [
    "AgendaInput",
    "BilingualInput",
    "BooleanInput",
    "CodeInput",
    "DayInput",
    "InstantInput",
    "IntegerInput",
    "NonceInput",
    "code_as_issued",
    "text_of_header",
]

_LONGEST_CODE = 64
_SEPARATORS = {"Cc", "Cf", "Pd", "Pc"}  # line ends and tabs of a scanner, invisible characters, dashes

NonceInput = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


def code_as_issued(value: object) -> object:
    """A code as it was issued, from what a person typed, a keyboard scanner sent or a phone wrote by itself."""
    if not isinstance(value, str) or len(value) > _LONGEST_CODE:
        return value
    kept = (each for each in parse_digits(value) if not (each.isspace() or unicodedata.category(each) in _SEPARATORS))
    return "".join(kept).upper()


def text_of_header(value: object) -> object:
    """A header as it was written, in UTF-8; it arrives as Latin-1, which older clients send (RFC 9110 5.5)."""
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


CodeInput = Annotated[
    str, StringConstraints(pattern=rf"^[{CODE_ALPHABET}]{{{CODE_LENGTH}}}$"), BeforeValidator(code_as_issued)
]
"""The code of a registration, in any case, with any white space, hyphens and Lao digits."""


class StrictBilingual(Bilingual):
    """A text in Lao and, where somebody wrote it, in English."""

    model_config = ConfigDict(extra="forbid")

    lo: ShortTextInput
    en: ShortTextInput | None = None


BilingualInput = Annotated[StrictBilingual, AfterValidator(lambda text: Bilingual(lo=text.lo, en=text.en))]
"""As it comes in: an unknown member is a mistake; inside it is the contract's own `Bilingual`."""


class StrictAgendaItem(AgendaItem):
    """One item of the agenda; `number` as it is printed: `1`, `2`, `2.1`."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){0,3}$")]
    title: BilingualInput
    minutes: IntegerInput | None = Field(default=None, ge=1, le=1_440)


AgendaInput = Annotated[
    StrictAgendaItem,
    AfterValidator(lambda item: AgendaItem(number=item.number, title=item.title, minutes=item.minutes)),
]
"""As it comes in, like `BilingualInput`."""
