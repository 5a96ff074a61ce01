"""An e-mail as MIME: text and HTML, the calendar message among the alternatives, the ticket's QR code inside the HTML.

The same mail gives the same bytes: boundaries, dates and identifiers come from it, not from chance.
"""

import io
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final, cast
from uuid import UUID

import segno

from services.notification.adapters.calendar import calendar_message
from services.notification.adapters.mail_headers import header_block, mailbox, text
from services.notification.ports import CalendarEntry, Mail

TICKET_CID: Final = "ticket"
_QR_SCALE: Final = 6  # pixels a module


def message_id(message: UUID, domain: str) -> str:
    """Give the Message-ID of one of our messages, without the angle brackets; the same for each attempt."""
    return f"{message}@{domain}"


def write(mail: Mail, *, sender: Address, domain: str) -> bytes:
    """Write the e-mail with CRLF line ends, 7-bit throughout unless the recipient's address is not ASCII (RFC 6532).

    Raises `ValueError` when an address or a header cannot be written.
    """
    written = EmailMessage(SMTP)
    written.set_content(mail.text, cte="base64")
    if mail.html is not None:
        _add_html(written, mail.html, mail.ticket)
    if mail.calendar is not None:
        _add_calendar(written, mail.calendar, attendee=mail.to, name=mail.name)
    _settle_boundaries(written, mail.message)
    return header_block(_headers(mail, sender, domain)) + written.as_bytes()


def _headers(mail: Mail, sender: Address, domain: str) -> Iterator[tuple[str, str]]:
    yield "From", mailbox(sender.display_name, sender.addr_spec, header="From")
    yield "To", mailbox(mail.name or "", mail.to, header="To")
    yield "Subject", text(mail.subject, header="Subject")
    yield "Date", format_datetime(mail.at)
    yield "Message-ID", f"<{message_id(mail.message, domain)}>"
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: no out-of-office replies
    yield "X-Pasum-Attempt", str(mail.key)
    if mail.unsubscribe:
        yield "List-Unsubscribe", f"<{mail.unsubscribe}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _add_html(written: EmailMessage, html: str, ticket: str | None) -> None:
    written.add_alternative(html, subtype="html", cte="base64")
    if ticket is not None:
        picture = _qr_code(ticket)
        page = _parts(written)[-1]
        page.add_related(picture, "image", "png", cid=f"<{TICKET_CID}>", disposition="inline", filename="ticket.png")


def _add_calendar(written: EmailMessage, entry: CalendarEntry, *, attendee: str, name: str | None) -> None:
    """Add the calendar message twice: as an alternative, which mail programs act upon, and as a file for the others."""
    content = calendar_message(entry, attendee=attendee, name=name)
    params = {"method": entry.method, "charset": "utf-8"}
    written.add_alternative(content, "text", "calendar", cte="base64", params=params)
    written.add_attachment(content, "application", "ics", cte="base64", filename="meeting.ics")


def _qr_code(ticket: str) -> bytes:
    picture = io.BytesIO()
    segno.make_qr(ticket, error="m").save(picture, kind="png", scale=_QR_SCALE)
    return picture.getvalue()


def _settle_boundaries(written: EmailMessage, message: UUID) -> None:
    multiparts = (part for part in written.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"={message.hex}.{number}")


def _parts(written: EmailMessage) -> list[Any]:
    return cast("list[Any]", written.get_payload())
