"""A meeting as an iCalendar message (RFC 5545, iTIP RFC 5546) in the time of Vientiane."""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vCalAddress

from services.notification.ports import CalendarEntry
from shared.kernel import OFFICE_ZONE
from shared.text import printable

PRODUCT: Final = "-//Pasum//Meetings//LO"
_OFFSET: Final = timedelta(hours=7)
_PLAIN_IN_MAILTO: Final = "!$'*+"


def calendar_message(entry: CalendarEntry, *, attendee: str, name: str | None = None) -> bytes:
    """Write the message for one attendee (an e-mail address); lines are folded at 75 octets, never inside a character.

    The same entry gives the same bytes, so a repetition changes nothing in the recipient's calendar.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", entry.method)
    calendar.add_component(_vientiane())
    calendar.add_component(_event(entry, attendee=attendee, name=name))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: CalendarEntry, *, attendee: str, name: str | None) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamped.astimezone(UTC))
    event.add("dtstart", entry.starts.astimezone(OFFICE_ZONE))
    event.add("dtend", entry.ends.astimezone(OFFICE_ZONE))
    event.add("summary", printable(entry.summary))
    event.add("location", printable(entry.location))
    if entry.description:
        event.add("description", printable(entry.description, lines=True))
    if entry.link:
        event.add("url", entry.link)
    event.add("status", "CANCELLED" if entry.method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(entry.organiser_address, entry.organiser))
    event.add("attendee", _attendee(attendee, name))
    return event


def _attendee(address: str, name: str | None) -> vCalAddress:
    attendee = _address(address, name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "FALSE"  # one answers by the links of the e-mail, not by an iTIP reply
    return attendee


def _address(address: str, name: str | None) -> vCalAddress:
    written = vCalAddress(_mailto(address))
    if name and (shown := printable(name)):
        written.params["CN"] = shown
    return written


def _mailto(address: str) -> str:
    """RFC 6068: of what an address may hold, only what cannot mean anything in an address of the web stays as it is."""
    local, _, domain = address.rpartition("@")
    return f"mailto:{quote(local, safe=_PLAIN_IN_MAILTO)}@{quote(domain, safe='')}"


def _vientiane() -> Timezone:
    """Describe the zone: one offset the year round."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 -- RFC 5545 §3.6.5 asks for local time
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "+07")
    zone = Timezone()
    zone.add("tzid", OFFICE_ZONE.key)
    zone.add_component(standard)
    return zone
