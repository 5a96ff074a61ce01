"""E-mail over SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the start, on a few connections that stay open."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from typing import Final, Literal

import aiosmtplib
from aiosmtplib import SMTP

from services.notification.adapters.mail_headers import on_the_wire
from services.notification.adapters.mime import message_id, write
from services.notification.ports import Mail, MailResult, OutcomeUnknown, ProviderRefused, ProviderThrottled
from shared.kernel import Unavailable

_RELAY: Final = "the mail relay"
_PERMANENT: Final = 500
_CLOSING: Final = frozenset({421, 454})  # shutting down, TLS or authentication not available for now
_BUSY: Final = frozenset({450, 451, 452})
_NO_UTF8: Final = "no-smtputf8"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpRelay:
    """Where the relay is, who we are to it, and how long to wait for an answer (seconds).

    `domain` stands in each Message-ID; `sender_address` is also where bounces go.
    """

    host: str
    port: int
    sender_name: str
    sender_address: str
    domain: str
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    timeout: float = 20.0
    connections: int = 4


class SmtpMailer:
    """The `Mailer` over SMTP; closed by `close`."""

    def __init__(self, relay: SmtpRelay) -> None:
        self._relay = relay
        self._sender = Address(relay.sender_name, addr_spec=relay.sender_address)
        self._free = asyncio.Semaphore(relay.connections)
        self._idle: list[SMTP] = []

    async def send(self, mail: Mail) -> MailResult:
        """Hand over one e-mail to one recipient. Raises as `Mailer` says."""
        mail = replace(mail, to=on_the_wire(mail.to))
        try:
            # A ticket's QR code takes some 25 ms of computing, during which nobody else should have to wait.
            written = await asyncio.to_thread(write, mail, sender=self._sender, domain=self._relay.domain)
        except ValueError as error:
            raise ProviderRefused("bad-address", permanent=True) from error
        async with self._free:
            connection = await self._connection()
            try:
                response = await _hand_over(connection, written, sender=self._relay.sender_address, recipient=mail.to)
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)
        return MailResult(message_id=message_id(mail.message, self._relay.domain), response=response)

    async def close(self) -> None:
        """Say good-bye on the connections that are open."""
        while self._idle:
            with suppress(aiosmtplib.SMTPException):
                await self._idle.pop().quit()

    async def _connection(self) -> SMTP:
        """Take a connection that still answers, or make one."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.rset()
            except aiosmtplib.SMTPException:
                connection.close()
            else:
                return connection
        return await self._connect()

    async def _connect(self) -> SMTP:
        relay = self._relay
        connection = SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=relay.timeout,
            username=relay.username,
            password=relay.password,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=relay.tls,
        )
        try:
            await connection.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            connection.close()
            raise Unavailable(_RELAY) from error
        return connection


async def _hand_over(connection: SMTP, written: bytes, *, sender: str, recipient: str) -> str:
    """Speak one envelope; only a break after the text has gone leaves the outcome unknown."""
    try:
        if recipient.isascii():
            await connection.mail(sender)
            await connection.rcpt(recipient)
        else:
            await _address_in_utf8(connection, sender=sender, recipient=recipient)
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unavailable(_RELAY) from error
    try:
        return (await connection.data(written)).message
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown(_RELAY) from error


async def _address_in_utf8(connection: SMTP, *, sender: str, recipient: str) -> None:
    """Name sender and recipient as RFC 6531 does, to a relay that can."""
    if connection.is_ehlo_or_helo_needed:
        await connection.ehlo()
    if not connection.supports_extension("smtputf8"):
        raise ProviderRefused(_NO_UTF8, permanent=True)
    await connection.mail(sender, options=["SMTPUTF8"], encoding="utf-8")
    await connection.rcpt(recipient, encoding="utf-8")


def _refusal(error: aiosmtplib.SMTPResponseException) -> Exception:
    """Name a reply by what to do about it; its text stays out, as it may repeat the address."""
    code = error.code
    if code in _CLOSING or code < 0:
        return Unavailable(_RELAY)
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return ProviderRefused(f"smtp-{code}", permanent=code >= _PERMANENT)
    if code in _BUSY:
        return ProviderThrottled(_RELAY, retry_after=30.0)
    return ProviderRefused(f"smtp-{code}", permanent=False)
