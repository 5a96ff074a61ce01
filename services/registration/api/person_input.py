"""A person as a request brings him, and as his fact has him."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registration.api.inputs import BooleanInput, IntegerInput
from services.registration.api.phone_numbers import e164
from services.registration.api.privacy.collecting import Collecting
from services.registration.domain.privacy.refusals import NoticeMissing, NoticeOutdated
from services.registration.domain.refusals import ContactMissing, DestinationRefused, MobileInvalid
from shared.contracts.base import Language
from shared.contracts.registration import Collected, Gender, PersonRecorded
from shared.http import EmailInput, Input, ShortTextInput
from shared.settings import SmsSettings

_NEVER = ("+870", "+881", "+882", "+883", "+878", "+888", "+979")
"""Satellites (Inmarsat, Iridium, Globalstar …) and numbers of no country (ITU-T E.164, list of assigned codes)."""

PERSON_REFUSALS = (ContactMissing, DestinationRefused, MobileInvalid, NoticeMissing, NoticeOutdated)
"""What `PersonInput.recorded` may raise."""
PERSONAL = (
    *("honorific", "given_name", "family_name", "position_title", "rank", "mobile", "email"),
    *("language", "gender", "fictitious"),
)
"""The members that describe a person."""
NoticeVersionInput = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class PersonInput(Input):
    """A person as he or an organiser typed it; the mobile number in any usual form, also with Lao digits."""

    honorific: ShortTextInput | None = None
    given_name: ShortTextInput
    family_name: ShortTextInput | None = None
    position_title: ShortTextInput | None = None
    rank: IntegerInput = Field(ge=1, le=1_000, description="10 president … 50 vice-minister … 100 officer")
    mobile: Annotated[str, StringConstraints(max_length=40)] | None = None
    email: EmailInput | None = None
    language: Language = "lo"
    gender: Gender = "not-stated"
    fictitious: BooleanInput = Field(default=False, description="a made-up person, for demonstrations and tests")
    notice: NoticeVersionInput | None = Field(
        default=None, description="the `version` of the privacy notice that the person was shown"
    )

    def recorded(self, person_id: UUID, organisation: str, *, field: str, collecting: Collecting) -> PersonRecorded:
        """The person as the person topic has it, with how his data were collected.

        Raises `PERSON_REFUSALS` naming `field`.
        """
        told = collecting.of_person(organisation, shown=self.notice, field=f"{field}/notice")
        return self.checked(person_id, organisation, field=field, sms=collecting.sms, collected=told)

    def checked(
        self, person_id: UUID, organisation: str, *, field: str, sms: SmsSettings, collected: Collected | None = None
    ) -> PersonRecorded:
        """The person, reachable.

        Raises `ContactMissing`, `MobileInvalid` and `DestinationRefused` naming `field`. Of somebody abroad who has an
        e-mail address the number is kept, though no SMS go there; a satellite's number never is.
        """
        if not self.mobile and not self.email:
            raise ContactMissing(field=f"{field}/mobile")
        mobile = e164(self.mobile, field=f"{field}/mobile") if self.mobile else None
        if mobile and not sms.allows(mobile) and (not self.email or mobile.startswith(_NEVER)):
            raise DestinationRefused(field=f"{field}/mobile", allowed=sms.destinations.split(","))
        email = self.email.lower() if self.email else None
        members = {name: getattr(self, name) for name in PERSONAL} | {"mobile": mobile, "email": email}
        return PersonRecorded(person_id=person_id, organisation=organisation, collected=collected, **members)
