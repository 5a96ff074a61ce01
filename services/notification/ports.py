"""What notification asks of the outside: somebody who takes an SMS, and somebody who takes an e-mail.

Answers of a provider that are no success are exceptions, named by what to do about them::

    Unavailable                 try again later; it did not reach the provider, or the provider could not take it
    ├── ProviderThrottled       wait `retry_after` seconds and slow the route down; the attempt does not count
    └── OutcomeUnknown          it may have been taken; the receipt, or a repetition with the same key, will tell
    ProviderRefused             it will not be taken as it is; `permanent` when the recipient is at fault
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from services.notification.domain.states import ReceiptStatus
from services.notification.domain.template_source import TemplateSet
from shared.contracts.notification import Channel
from shared.database import Database
from shared.kernel import Refusal, Unavailable
from shared.sealing import Sealer
from shared.settings import SmsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSubmission:
    """One attempt to send one SMS: `key` is the attempt's id, which makes it idempotent; `to` is E.164."""

    key: UUID
    to: str
    text: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionResult:
    """The provider has taken the message; its receipts will carry `provider_message_id` (in the canonical form)."""

    provider_message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A delivery receipt; `key` is our attempt's id where the provider repeats it.

    `at` is the provider's clock, `None` where it tells no time that can be true.
    """

    provider_message_id: str
    status: ReceiptStatus
    at: datetime | None
    key: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """A meeting as iCalendar tells it (RFC 5545, 5546).

    `uid` never changes, `sequence` grows with each material change, `stamped` is when this state was decided: so a
    repetition is the same to the byte. Addresses are e-mail addresses.
    """

    method: Literal["REQUEST", "CANCEL"]
    uid: str
    sequence: int
    summary: str
    location: str
    starts: datetime
    ends: datetime
    stamped: datetime
    organiser: str
    organiser_address: str
    description: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One attempt to send one e-mail: `key` is the attempt's id, `message` ours, from which the Message-ID is made.

    `at` is the Date header. `ticket` is drawn as a QR code where the HTML shows `cid:ticket`. `unsubscribe` is an https
    address for one-click opting out (RFC 8058).
    """

    key: UUID
    message: UUID
    at: datetime
    to: str
    subject: str
    text: str
    html: str | None = None
    name: str | None = None
    calendar: CalendarEntry | None = None
    ticket: str | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailResult:
    """The relay has taken the e-mail: its Message-ID without the angle brackets, and what the relay said."""

    message_id: str
    response: str


class ProviderThrottled(Unavailable):
    """The provider asks us to be slower: wait `retry_after` seconds; the attempt does not count."""


class OutcomeUnknown(Unavailable):
    """The provider may have taken the message and may not have: the connection broke between question and answer."""


class ProviderRefused(Exception):
    """The provider will not take this message; `reason` is a short code.

    `permanent` says that this recipient can never get one; otherwise something else is wrong, with us or for now.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class ReceiptNotAuthentic(Refusal):
    """A receipt is not signed with the shared secret, or was signed too long ago."""

    status = 401
    lao = "ບໍ່ສາມາດຢືນຢັນທີ່ມາຂອງໃບຮັບໄດ້"
    english = "The receipt's signature is not valid."


class ReceiptUnreadable(Refusal):
    """A receipt is authentic but says nothing that can be understood."""

    status = 422
    lao = "ບໍ່ສາມາດອ່ານໃບຮັບໄດ້"
    english = "The receipt cannot be read."


class SmsGateway(Protocol):
    """Takes SMS and hands them to the operators."""

    async def submit(self, message: SmsSubmission) -> SubmissionResult:
        """Hand over one SMS; the same `key` again gives the same answer and no second SMS.

        Raises `Unavailable`, `ProviderThrottled`, `OutcomeUnknown`, `ProviderRefused`.
        """
        ...


class ReceiptReader(Protocol):
    """Reads the receipts that a gateway calls back with."""

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Receipt:
        """Check who says it, then what it says. Raises `ReceiptNotAuthentic`, `ReceiptUnreadable`."""
        ...


class Mailer(Protocol):
    """Takes e-mails and hands them to the next relay."""

    async def send(self, mail: Mail) -> MailResult:
        """Hand over one e-mail; a repetition has the same Message-ID, but for the relay it is a second mail.

        Raises `Unavailable`, `ProviderThrottled`, `OutcomeUnknown`, `ProviderRefused`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderIdentity:
    """What all our messages have in common; `domain` stands in calendar UIDs and never changes."""

    public_url: str
    minutes_url: str
    sms_sender: str
    sender_address: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many messages one recipient gets: within an hour, within a day, and about one meeting."""

    hour: int
    day: int
    meeting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingLimits:
    """Where SMS may go, and how many messages to whom on each channel."""

    destinations: SmsSettings
    allowances: Mapping[Channel, Allowance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What the routes and the effects of notification work with; `sealer` opens what only recipients may read."""

    database: Database
    sms: SmsGateway
    mailer: Mailer
    receipts: ReceiptReader
    sealer: Sealer
    sender: SenderIdentity
    templates: TemplateSet
    limits: SendingLimits
    already_sent: frozenset[UUID] = frozenset()
    """Messages, or keys of attempts, that a provider had before a restore: recorded as sent, and not sent again."""
