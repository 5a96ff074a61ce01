"""The base of all event contracts: models, the types of their fields, topics, and the name of an event on the wire."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, partial
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import CoreSchema, literal_schema, no_info_after_validator_function

from shared.kernel import kebab
from shared.lao import normalise
from shared.text import printable

YEARS: Final = range(1900, 2200)
"""The years of the Common Era that a moment or a day may be in."""


def _in_utc(value: datetime) -> datetime:
    if value.year in YEARS:  # arithmetic at the ends of the calendar overflows
        moment = value.astimezone(UTC)
        if moment.year in YEARS:  # the value that is stored and read again
            return moment
    raise ValueError("the year must be between 1900 and 2199")


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment in UTC; RFC 3339 on the wire."""


RAW_LENGTH_FACTOR: Final = 2
"""A received text may be this many times longer than the stored one: invisible characters are removed first."""
LONGEST_SHORT: Final = 300
LONGEST_LONG: Final = 20_000
"""The greatest length of a stored text, in characters."""


def _stored(text: str, *, longest: int, lines: bool) -> str:
    """The text as an event carries it. Texts of earlier releases are repaired, never refused for their characters."""
    text = text[: RAW_LENGTH_FACTOR * longest + 1].strip()
    repaired = normalise(printable(text, lines=lines)).strip() or text
    if not repaired:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    if len(repaired) > longest:
        raise PydanticKnownError("string_too_long", {"max_length": longest})
    return repaired


ShortText = Annotated[
    str,
    AfterValidator(partial(_stored, longest=LONGEST_SHORT, lines=False)),
    WithJsonSchema({"type": "string", "pattern": r"^[^\x00-\x1f]*$"}),
]
"""One line of text in any language; Lao is normalised (`shared.lao.normalise`)."""
LongText = Annotated[
    str,
    AfterValidator(partial(_stored, longest=LONGEST_LONG, lines=True)),
    WithJsonSchema({"type": "string", "pattern": r"^[^\x00]*$"}),
]
"""As `ShortText`, but longer and with line breaks."""
OrganisationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,19}$")]
Language = Literal["lo", "en"]


class WireEnum(StrEnum):
    """A closed list of values that Python, the wire and SQL spell alike; in a schema it is a plain `enum`."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """One of the values, read from text and written as text."""
        return no_info_after_validator_function(cls, literal_schema([each.value for each in cls]))


class Value(BaseModel):
    """A part of a fact. Readers ignore members they do not know; members are only ever added (`schemas.py`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Value):
    """Something that has happened."""


class Bilingual(Value):
    """A text in Lao and, where somebody wrote it, in English."""

    lo: ShortText
    en: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A Kafka topic, the one service that writes it (`owner`) and the services that read it.

    - `compacted`: Kafka keeps the last record of each key, and deletes the key after a tombstone.
    - `personal_data`: its events hold names, telephone numbers or addresses of people. Operators see their content
      only with the role for it; the command line never shows it.
    """

    name: str
    owner: str
    readers: tuple[str, ...]
    compacted: bool = False
    personal_data: bool = False
    partitions: int = 6


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One event type: its model, its topic, its version, and the release that introduced it (`since`).

    `tombstone`: the event is a Kafka record without a value, which deletes its key from a compacted topic.
    """

    model: type[Fact]
    topic: Topic
    since: str
    version: int = 1
    tombstone: bool = False

    @cached_property
    def type(self) -> str:
        """The CloudEvents type, for example `registration.participant-registered.v1`."""
        return f"{self.topic.owner}.{kebab(self.model.__name__)}.v{self.version}"
