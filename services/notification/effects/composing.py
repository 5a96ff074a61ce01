"""From what is known of a message to what travels: an SMS, or an e-mail with its calendar entry and its ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.domain.attempt import attempt_key
from services.notification.domain.calendar_entry import CalendarState
from services.notification.domain.details import Details, in_language, values_of
from services.notification.domain.order import LINK, TICKET
from services.notification.domain.segments import segments
from services.notification.domain.templates import compose
from services.notification.ports import CalendarEntry, Mail, SmsSubmission
from shared.contracts.notification import Channel
from shared.kernel import NotFound
from shared.sealing import Sealer


class AddressGone(NotFound):
    """The recipient can no longer be reached on the channel that was chosen for him."""

    lao = "ຜູ້ຮັບບໍ່ມີທີ່ຢູ່ຕິດຕໍ່ສຳລັບຊ່ອງທາງນີ້ແລ້ວ"
    english = "The recipient has no address for this channel any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What all our messages have in common; `domain` stands in calendar UIDs and never changes."""

    public_url: str
    minutes_url: str
    sms_sender: str
    sender_address: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message as it will travel, and in how many parts."""

    message: SmsSubmission | Mail
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes messages; opens what was sealed for their recipients."""

    letterhead: Letterhead
    sealer: Sealer

    def write(
        self, message_id: UUID, channel: Channel, template: str, *, details: Details, stamped: datetime
    ) -> Written:
        """The message; `stamped` is when it was created. Raises `Refusal` (a value is missing) and `SealBroken`."""
        opened = {name: self.sealer.open(text) for name, text in details.content.sealed.items()}
        values = values_of(details, self._links(details, opened))
        composed = compose(template, channel, language=details.recipient.language, values=values)
        if channel == "sms":
            return self._sms(message_id, details, composed.text)
        address = details.recipient.email
        if address is None:
            raise AddressGone
        mail = Mail(
            key=attempt_key(address, message_id),
            message=message_id,
            at=stamped,
            to=address,
            name=details.recipient.name,
            subject=composed.subject or "",
            text=composed.text,
            html=composed.html,
            calendar=self._calendar(details, details.calendar, opened, stamped) if details.calendar else None,
            ticket=opened.get(TICKET),
        )
        return Written(message=mail, parts=1)

    def _sms(self, message_id: UUID, details: Details, text: str) -> Written:
        to = details.recipient.mobile
        if to is None:
            raise AddressGone
        key = attempt_key(to, message_id, text)  # the same question has the same key, another text has another
        submission = SmsSubmission(key=key, to=to, text=text, sender=self.letterhead.sms_sender)
        return Written(message=submission, parts=len(segments(text).parts))

    def _links(self, details: Details, opened: Mapping[str, str]) -> dict[str, str]:
        head = self.letterhead
        links: dict[str, str] = {}
        if LINK in opened:
            page, _, token = opened[LINK].partition("#")
            links["link"] = opened[LINK]
            answers = {"confirm_link": "confirm", "delegate_link": "delegate", "decline_link": "decline"}
            links |= {name: f"{page}?answer={answer}#{token}" for name, answer in answers.items()}
        if TICKET in opened:
            page = f"{head.public_url}/tickets/{details.meeting.meeting_id}"
            links |= {"ticket": opened[TICKET], "ticket_link": f"{page}#{opened[TICKET]}"}
        if details.content.minutes:
            links["document_link"] = f"{head.minutes_url}/v1/minutes/{details.content.minutes}/document"
        return links

    def _calendar(
        self, details: Details, state: CalendarState, opened: Mapping[str, str], stamped: datetime
    ) -> CalendarEntry:
        """The meeting's own entry: one UID for all of its recipients and for ever (RFC 5545 §3.8.4.7)."""
        meeting, language = details.meeting, details.recipient.language
        return CalendarEntry(
            method=state.method,
            uid=f"{details.meeting.meeting_id}@{self.letterhead.domain}",
            sequence=state.sequence,
            summary=in_language(meeting.title, language),
            location=in_language(meeting.venue, language),
            starts=meeting.starts_at,
            ends=meeting.ends_at,
            stamped=stamped,
            organiser=in_language(meeting.organiser, language),
            organiser_address=self.letterhead.sender_address,
            link=opened.get(LINK),
        )
