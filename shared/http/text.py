"""Types of text fields in requests: every field that is not a code, a number or a date has one of these types.

The length is checked twice: before any character is examined, and when the text is in its stored form. A wrong text
is refused here with the name of its field, while an event with one is repaired (`shared.contracts.base`, decision
0018).
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, EmailStr, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from shared.contracts.base import LONGEST_LONG, LONGEST_SHORT, RAW_LENGTH_FACTOR
from shared.text import UnusableText, clean_input, is_blank

LONGEST_SEARCH: Final = 200
LONGEST_EMAIL: Final = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
BLANK: Final = "text_blank"
UNUSABLE: Final = "text_characters"
_ENCODED_WORD: Final = "=?"


def _written(text: str, *, longest: int, lines: bool = False) -> str:
    if len(text) > RAW_LENGTH_FACTOR * longest:
        raise PydanticKnownError("string_too_long", {"max_length": longest})
    try:
        text = clean_input(text, lines=lines)
    except UnusableText:
        raise PydanticCustomError(UNUSABLE, "The text holds characters that cannot be used") from None
    if len(text) > longest:
        raise PydanticKnownError("string_too_long", {"max_length": longest})
    return text


def _not_blank(text: str) -> str:
    if is_blank(text):
        raise PydanticCustomError(BLANK, "There is nothing to read in the text")
    return text


def _address(value: Any) -> Any:
    """The address without invisible characters; one that contains an encoded word (RFC 2047) is refused."""
    if not isinstance(value, str):
        return value
    address = _written(value, longest=LONGEST_EMAIL)
    if _ENCODED_WORD in address:
        raise PydanticCustomError(UNUSABLE, "The address holds characters that cannot be used")
    return address


def text_schema(longest: int, shortest: int = 1) -> WithJsonSchema:
    """What the OpenAPI document says of a text; beside a type below where its length is bound more narrowly."""
    return WithJsonSchema({"type": "string", "minLength": shortest, "maxLength": longest})


_short: Final[Callable[[str], str]] = partial(_written, longest=LONGEST_SHORT)
_long: Final[Callable[[str], str]] = partial(_written, longest=LONGEST_LONG, lines=True)
_search: Final[Callable[[str], str]] = partial(_written, longest=LONGEST_SEARCH)

ShortTextInput = Annotated[str, AfterValidator(_short), AfterValidator(_not_blank), text_schema(LONGEST_SHORT)]
"""One line: a name, a title, a reason."""
LongTextInput = Annotated[str, AfterValidator(_long), AfterValidator(_not_blank), text_schema(LONGEST_LONG)]
"""Text with line breaks and tabs."""
SearchInput = Annotated[str, AfterValidator(_search), text_schema(LONGEST_SEARCH, 0)]
"""A search term; it may be empty."""
EmailInput = Annotated[EmailStr, BeforeValidator(_address)]
"""An e-mail address (RFC 5321, 6531)."""
