"""What several resources of registration say and ask: persons, and the doors' common tools."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Annotated, TypeAlias
from uuid import UUID

import phonenumbers
from fastapi import Depends
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)
from pydantic_core import PydanticKnownError
from starlette.requests import Request

from services.registration.api.arrivals import Reception
from services.registration.api.codes import ALPHABET, CODE_LENGTH
from services.registration.api.limits import AnswerLimits
from services.registration.domain.person import RecordPerson
from services.registration.domain.refusals import ContactMissing, DestinationRefused, MobileInvalid
from services.registration.ports import TicketSigner
from services.registration.settings import RegistrationSettings
from services.registration.store import PERSONS
from shared.application import execute
from shared.contracts.base import Bilingual, Instant, Language
from shared.contracts.registration import AgendaItem, Gender, PersonRecorded
from shared.database import Connection, Database
from shared.http import EmailInput, ShortTextInput
from shared.http.clients import client_of
from shared.kernel import Actor, Command, Role
from shared.sealing import Sealer
from shared.settings import SmsSettings

_NEVER = ("+870", "+881", "+882", "+883", "+878", "+888", "+979")
"""Satellites (Inmarsat, Iridium, Globalstar …) and numbers of no country (ITU-T E.164, list of assigned codes)."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"\+?[0-9]+")
_BETWEEN_DIGITS = "().-"
_LAO = re.compile(r"\+856([1-9][0-9]{7,9})", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:")

Code = Annotated[str, StringConstraints(pattern=rf"^[{ALPHABET}]{{{CODE_LENGTH}}}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


STAFF = (Role.ORGANISER, Role.SECRETARY, Role.DESK)  # who of the organiser's body may see who is coming
_REACHED_BY_SMS = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
)  # some countries do not tell them apart


class Input(BaseModel):
    """What comes in: an unknown member is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


def _written(value: object) -> object:
    """RFC 3339 as it is written; pydantic alone would take numbers for moments too."""
    if not isinstance(value, str) or _MOMENT.match(value) is None:
        raise PydanticKnownError("datetime_type")
    return value


def _day(value: object) -> object:
    """A full-date of RFC 3339, for the same reason."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise PydanticKnownError("date_type")
    return value


DayInput = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
InstantInput = Annotated[Instant, BeforeValidator(_written, json_schema_input_type=AwareDatetime)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


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
    minutes: Whole | None = Field(default=None, ge=1, le=1_440)


AgendaInput = Annotated[
    StrictAgendaItem,
    AfterValidator(lambda item: AgendaItem(number=item.number, title=item.title, minutes=item.minutes)),
]
"""As it comes in, like `BilingualInput`."""


class PersonInput(Input):
    """A person as he or an organiser typed it; the mobile number in any usual form, also with Lao digits."""

    honorific: ShortTextInput | None = None
    given_name: ShortTextInput
    family_name: ShortTextInput | None = None
    position_title: ShortTextInput | None = None
    rank: Whole = Field(ge=1, le=1_000, description="10 president … 50 vice-minister … 100 officer")
    mobile: Annotated[str, StringConstraints(max_length=40)] | None = None
    email: EmailInput | None = None
    language: Language = "lo"
    gender: Gender = "not-stated"
    fictitious: Flag = Field(default=False, description="a made-up person, for demonstrations and tests")

    def recorded(self, person_id: UUID, organisation: str, *, field: str, sms: SmsSettings) -> PersonRecorded:
        """The person as the person topic has it.

        Raises `ContactMissing`, `MobileInvalid` and `DestinationRefused` naming `field`. Of somebody abroad who has an
        e-mail address the number is kept, though no SMS go there; a satellite's number never is.
        """
        if not self.mobile and not self.email:
            raise ContactMissing(field=f"{field}/mobile")
        mobile = e164(self.mobile, field=f"{field}/mobile") if self.mobile else None
        if mobile and not sms.allows(mobile) and (not self.email or mobile.startswith(_NEVER)):
            raise DestinationRefused(field=f"{field}/mobile", allowed=sms.destinations.split(","))
        email = self.email.lower() if self.email else None
        members = vars(self) | {"mobile": mobile, "email": email}
        return PersonRecorded(person_id=person_id, organisation=organisation, **members)


def e164(number: str, *, field: str) -> str:
    """The number in E.164; every usual Lao form gives the same. Raises `MobileInvalid`.

    One number, in digits of any script, and nothing else: the library alone would read letters as a keypad does, cut
    off an extension or a second number, and so find somebody else's.
    """
    written = _LAO.fullmatch(number)
    try:
        parsed = (
            PhoneNumber(country_code=856, national_number=int(written[1]))  # nothing is left to be parsed
            if written
            else phonenumbers.parse(_only_digits(number), "LA")
        )
    except phonenumbers.NumberParseException:
        raise MobileInvalid(field=field) from None
    if phonenumbers.number_type(parsed) not in _REACHED_BY_SMS:  # of a number that is not valid it is unknown
        raise MobileInvalid(field=field)
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))


def _only_digits(number: str) -> str:
    """The digits as 0-9, after a plus where there is one; raises `NumberParseException` where anything else stands."""
    plain = "".join(
        str(unicodedata.decimal(each)) if each.isdecimal() else each
        for each in unicodedata.normalize("NFKC", number)
        if not (each.isspace() or each in _BETWEEN_DIGITS or unicodedata.category(each) in {"Cf", "Pd"})
    )
    if _DIGITS.fullmatch(plain) is None:
        raise phonenumbers.NumberParseException(phonenumbers.NumberParseException.NOT_A_NUMBER, "not only digits")
    return plain


def digest(token: str) -> str:
    """SHA-256 of a link's token, hexadecimal: 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()


class Tools:
    """What the routes need beyond the request, from `app.state`."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self.database: Database = state.database
        self.sealer: Sealer = state.sealer
        self.tickets: TicketSigner = state.tickets
        self.reception: Reception = state.reception
        self.settings: RegistrationSettings = state.settings
        self.limits: AnswerLimits = state.limits
        self.sms: SmsSettings = state.sms
        self._scope = request.scope

    @property
    def client(self) -> str:
        """The address that asks."""
        return client_of(self._scope)


async def tools(request: Request) -> Tools:
    """Dependency."""
    return Tools(request)


Door: TypeAlias = Annotated[Tools, Depends(tools)]


async def record_person(connection: Connection, person: PersonRecorded, by: Command) -> None:
    """Keep a person in the transaction of the command that needs him."""
    await execute(connection, PERSONS, person.person_id, RecordPerson(actor=by.actor, at=by.at, data=person))


def within(actor: Actor, body: str) -> Actor:
    """The actor as `body` sees him: without any role where he acts for another one."""
    return actor if actor.organisation == body else replace(actor, roles=frozenset())


def anonymous(token: str | None) -> Actor:
    """Somebody who holds a link, or nothing at all: known by the hash of what he holds."""
    return Actor(subject=f"link:{digest(token)[:16]}" if token else "anonymous")
