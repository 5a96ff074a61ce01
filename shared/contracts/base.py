"""What every event on the bus has in common: a frozen model, a wire type from its name, the types of its members."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticKnownError

from shared.kernel import kebab
from shared.lao import normalise
from shared.text import printable

_YEARS = range(1900, 2200)


def _in_utc(value: datetime) -> datetime:
    if value.year in _YEARS:  # the ends of the calendar overflow as soon as anybody reckons with them
        moment = value.astimezone(UTC)
        if moment.year in _YEARS:  # as it is stored and read again
            return moment
    raise ValueError("the year must be between 1900 and 2199")


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment in UTC; RFC 3339 on the wire."""


ROOM: Final = 2
"""How many times as long as it may be stored a text may come in: what is invisible is taken away first."""
LONGEST_SHORT: Final = 300
LONGEST_LONG: Final = 20_000
"""Characters of a text as it is stored."""


def _stored(text: str, *, longest: int, lines: bool) -> str:
    """A text as its fact carries it. Facts of earlier releases are repaired, never refused for their characters."""
    text = text[: ROOM * longest + 1].strip()
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
"""Text of one line in any language, with its Lao in the one stored spelling (`shared.lao.normalise`)."""
LongText = Annotated[
    str,
    AfterValidator(partial(_stored, longest=LONGEST_LONG, lines=True)),
    WithJsonSchema({"type": "string", "pattern": r"^[^\x00]*$"}),
]
"""The same with line breaks."""
OrganisationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,19}$")]
Language = Literal["lo", "en"]


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
    """A Kafka topic, its owner and its readers; `compacted` keeps a key's last value and forgets it on a tombstone.

    `personal_data` says that its events hold names, numbers or addresses of people: operators see them only with the
    role that covers it, and the command line not at all.
    """

    name: str
    owner: str
    readers: tuple[str, ...]
    compacted: bool = False
    personal_data: bool = False
    partitions: int = 6


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One line of the catalogue: a wire type, its model, its topic, and the release it came with."""

    model: type[Fact]
    topic: Topic
    since: str
    version: int = 1
    tombstone: bool = False

    @cached_property
    def type(self) -> str:
        """`registration.participant-registered.v1`."""
        return f"{self.topic.owner}.{kebab(self.model.__name__)}.v{self.version}"
