"""A mail server for local runs and tests: it accepts e-mails over SMTP and stores them as files; it sends none on.

`python -m deploy.local.mailbox --smtp-port 2525 --http-port 8025 --folder .local/mail`

Each mail is one `.eml` file in `<folder>/new` (as in Maildir: written in `tmp`, then renamed). `GET /messages`,
`GET /messages/{name}` and `GET /messages/count` return them, `GET /messages/references` the Message-ID of each, and
`GET /texts?to=…` the texts of the mails whose recipient contains `to`, the newest last.
The local part of a recipient can request a refusal: `bounce550@…` is refused with 550, `busy452@…` with 452, and so on
for all reply codes from 400 to 599.
"""

import argparse
import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.parser import BytesHeaderParser
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import PlainTextResponse

LOOPBACK = "127.0.0.1"
_SCRIPTED = re.compile(r"[a-z]+(?P<code>[45][0-9]{2})")
_NAME = re.compile(r"[0-9]+-[0-9]+\.eml")
_LARGEST = 25 * 1024 * 1024  # octets


class Mailbox:
    """The folder of the mails, and the handler of the SMTP server (aiosmtpd)."""

    def __init__(self, folder: Path) -> None:
        self.incoming = folder / "tmp"
        self.kept = folder / "new"
        for each in (self.incoming, self.kept):
            each.mkdir(parents=True, exist_ok=True)
        self._summaries: dict[str, dict[str, Any]] = {}
        self._numbers = count(len(list(self.kept.iterdir())) + 1)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept the recipient, or refuse it if its local part requests that."""
        scripted = _SCRIPTED.fullmatch(address.partition("@")[0].lower())
        if scripted:
            return f"{scripted['code']} refused as asked"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        """Store the mail, then confirm it."""
        name = f"{time.time_ns()}-{next(self._numbers):06}.eml"
        head = "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos)
        content = envelope.original_content or b""
        written = self.incoming / name
        written.write_bytes(head.encode() + content)
        written.rename(self.kept / name)
        return f"250 kept as {name}"

    def names(self) -> list[str]:
        """Return the names of the mails in the order in which they arrived."""
        return sorted(path.name for path in self.kept.glob("*.eml"))

    def summary(self, name: str) -> dict[str, Any]:
        """Return the list entry of one mail; a mail never changes, so it is parsed only once."""
        if name not in self._summaries:
            self._summaries[name] = summary(name, self.read(name))
        return self._summaries[name]

    def read(self, name: str) -> bytes:
        """Return the content of one mail; raises `KeyError` if there is none with this name."""
        if not (_NAME.fullmatch(name) and (self.kept / name).exists()):
            raise KeyError(name)
        return (self.kept / name).read_bytes()


def reference(content: bytes) -> str:
    """The Message-ID of a mail; only its headers are read."""
    return str(BytesHeaderParser().parsebytes(content)["Message-ID"]).strip("<> ")


def summary(name: str, content: bytes) -> dict[str, Any]:
    """The list entry of a mail."""
    mail = message_from_bytes(content, policy=default)  # an EmailMessage, by its policy
    return {
        "name": name,
        "to": mail.get_all("X-Envelope-To", []),
        "from": str(mail["From"]),
        "subject": str(mail["Subject"]),
        "message_id": str(mail["Message-ID"]).strip("<>"),
        "attachments": [part.get_filename() for part in mail.walk() if part.get_filename()],
        "calendar": next((_calendar_method(part) for part in mail.walk() if _is_calendar(part)), None),
    }


def text(content: bytes) -> str:
    """The text of a mail for people: sender, recipient, subject and body, without HTML and attachments."""
    mail = message_from_bytes(content, policy=default)
    part = mail.get_body(("plain",))
    head = [f"{name}: {mail[name]}" for name in ("From", "X-Envelope-To", "Subject")]
    return "\n".join((*head, "", part.get_content().strip() if part else ""))


def create_app(mailbox: Mailbox, *, smtp_port: int, tls: ssl.SSLContext | None, host: str = LOOPBACK) -> FastAPI:
    """The web application that returns the mails; the SMTP server runs as long as it does."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _smtp(mailbox, tls), host, smtp_port, backlog=256)
        yield
        server.close()

    app = FastAPI(title="Mailbox", lifespan=life, openapi_url=None)
    _add_reading(app, mailbox)
    return app


def _add_reading(app: FastAPI, mailbox: Mailbox) -> None:
    @app.get("/messages")
    async def messages() -> list[dict[str, Any]]:
        return [mailbox.summary(name) for name in mailbox.names()]

    @app.get("/messages/count")
    async def counted() -> dict[str, int]:
        return {"count": len(mailbox.names())}

    @app.get("/messages/references")
    async def references() -> list[str]:
        return [reference(mailbox.read(name)) for name in mailbox.names()]

    @app.get("/texts")
    async def texts(to: str = "") -> PlainTextResponse:
        wanted = [name for name in mailbox.names() if to in ", ".join(mailbox.summary(name)["to"])]
        return PlainTextResponse("\n\n".join(f"{text(mailbox.read(name))}\n" for name in wanted))

    @app.get("/messages/{name}")
    async def message(name: str) -> Response:
        try:
            return Response(mailbox.read(name), media_type="message/rfc822")
        except KeyError:
            raise HTTPException(404, "there is no such mail") from None

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}


def _smtp(mailbox: Mailbox, tls: ssl.SSLContext | None) -> SMTP:
    return SMTP(
        mailbox,
        hostname="mailbox.localhost",
        ident="mailbox",
        data_size_limit=_LARGEST,
        enable_SMTPUTF8=True,
        tls_context=tls,
        require_starttls=tls is not None,
    )


def _is_calendar(part: Any) -> bool:
    return bool(part.get_content_type() == "text/calendar")


def _calendar_method(part: Any) -> str:
    return str(part["Content-Type"].params.get("method", ""))


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mailbox", description=__doc__)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--certificate", type=Path, help="PEM; with it STARTTLS is offered and required")
    parser.add_argument("--key", type=Path, help="PEM")
    chosen = parser.parse_args()
    tls = _tls(chosen.certificate, chosen.key)
    app = create_app(Mailbox(chosen.folder), smtp_port=chosen.smtp_port, tls=tls, host=chosen.host)
    uvicorn.run(app, host=chosen.host, port=chosen.http_port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
