"""From what is known of a message to what travels: an SMS, or an e-mail with its calendar entry and its ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.domain.attempt import attempt_key
from services.notification.domain.details import Details, in_language, values_of
from services.notification.domain.order import LINK, TICKET
from services.notification.domain.segments import segments
from services.notification.domain.templates import compose
from services.notification.ports import CalendarEntry, Dependencies, Mail, SenderIdentity, SmsSubmission
from shared.contracts.notification import Channel
from shared.kernel import NotFound


class AddressGone(NotFound):
    """The recipient can no longer be reached on the channel that was chosen for him."""

    lao = "ຜູ້ຮັບບໍ່ມີທີ່ຢູ່ຕິດຕໍ່ສຳລັບຊ່ອງທາງນີ້ແລ້ວ"
    english = "The recipient has no address for this channel any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message as it will travel, and in how many parts."""

    message: SmsSubmission | Mail
    parts: int


def write_message(
    dependencies: Dependencies,
    message_id: UUID,
    channel: Channel,
    template: str,
    *,
    details: Details,
    stamped: datetime,
) -> OutgoingMessage:
    """The message; `stamped` is when it was created. Raises `Refusal` (a value is missing) and `SealBroken`."""
    sender = dependencies.sender
    opened = {name: dependencies.sealer.open(text) for name, text in details.content.sealed.items()}
    links = _links(sender, details, opened) | _own_link(dependencies, details, channel)
    values = values_of(details, links | _confirm_code(dependencies, details))
    composed = compose(dependencies.templates, template, channel, language=details.recipient.language, values=values)
    if channel == "sms":
        return _sms(sender, message_id, details, composed.text)
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
        calendar=_calendar(sender, details, links, stamped),
        ticket=opened.get(TICKET),
    )
    return OutgoingMessage(message=mail, parts=1)


def _sms(sender: SenderIdentity, message_id: UUID, details: Details, text: str) -> OutgoingMessage:
    to = details.recipient.mobile
    if to is None:
        raise AddressGone
    key = attempt_key(to, message_id, text)  # the same question has the same key, another text has another
    submission = SmsSubmission(key=key, to=to, text=text, sender=sender.sms_sender)
    return OutgoingMessage(message=submission, parts=len(segments(text).parts))


def _links(sender: SenderIdentity, details: Details, opened: Mapping[str, str]) -> dict[str, str]:
    links: dict[str, str] = {}
    if LINK in opened:
        page, sign, token = opened[LINK].partition("#")  # nothing stands behind the page but in older links
        links["link"] = opened[LINK]
        answers = {"confirm_link": "confirm", "delegate_link": "delegate", "decline_link": "decline"}
        links |= {name: f"{page}?answer={answer}{sign}{token}" for name, answer in answers.items()}
    if TICKET in opened:
        page = f"{sender.public_url}/tickets/{details.meeting.meeting_id}"
        links |= {"ticket": opened[TICKET], "ticket_link": f"{page}#{opened[TICKET]}"}
    if details.content.minutes:
        links["document_link"] = f"{sender.minutes_url}/v1/minutes/{details.content.minutes}/document"
    return links


def _own_link(dependencies: Dependencies, details: Details, channel: Channel) -> dict[str, str]:
    """The link to the recipient's own answer: in an SMS only for whoever has no e-mail address, as it costs a part."""
    if details.sealed_own_link is None or (channel == "sms" and details.recipient.email):
        return {}
    return {"own_link": dependencies.sealer.open(details.sealed_own_link)}


def _confirm_code(dependencies: Dependencies, details: Details) -> dict[str, str]:
    """The short code by which the recipient confirms that he has registered, while he has to."""
    sealed = details.sealed_confirm_code
    return {"confirm_code": dependencies.sealer.open(sealed)} if sealed else {}


def _calendar(
    sender: SenderIdentity, details: Details, links: Mapping[str, str], stamped: datetime
) -> CalendarEntry | None:
    """The meeting's own entry: one UID for all of its recipients and for ever (RFC 5545 §3.8.4.7).

    Its link leads to the recipient's own page, where he also finds the documents that he may read.
    """
    meeting, language, state = details.meeting, details.recipient.language, details.calendar
    if state is None:
        return None
    return CalendarEntry(
        method=state.method,
        uid=f"{meeting.meeting_id}@{sender.domain}",
        sequence=state.sequence,
        summary=in_language(meeting.title, language),
        location=in_language(meeting.venue, language),
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        stamped=stamped,
        organiser=in_language(meeting.organiser, language),
        organiser_address=sender.sender_address,
        link=links.get("link") or links.get("own_link"),
    )
