"""A private CA in `SSL_CERT_FILE` is trusted by each client that speaks TLS; without it the server is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local import issuer, sms_simulator
from deploy.local.ports import LOOPBACK, free_port
from services.notification.adapters.http_sms import HttpSmsGateway, HttpSmsRoute
from services.notification.adapters.smtp_mailer import SmtpMailer, SmtpRelay
from services.notification.ports import Mail, SmsSubmission
from shared.auth import TokenVerifier
from shared.kernel import Role, Unavailable
from tests.conformance.counterparts import Program
from tests.tls import PrivateAuthority, private_authority, serving

SECRET = "a secret of this test"  # noqa: S105 -- of this test alone


@pytest.fixture
def authority(tmp_path: Path) -> PrivateAuthority:
    return private_authority(tmp_path)


@pytest.fixture
def trusted(authority: PrivateAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the chart does with `customCA`."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))


@pytest.fixture
def gateway(authority: PrivateAuthority, tmp_path: Path) -> Iterator[str]:
    options = sms_simulator.Options(callback=f"http://{LOOPBACK}:1/", secret=SECRET, folder=tmp_path / "sms")
    with serving(sms_simulator.create_app(options), authority) as url:
        yield url


async def submit(url: str) -> str:
    opened = HttpSmsGateway(HttpSmsRoute(url=url, secret=SECRET))
    try:
        submitted = await opened.submit(SmsSubmission(key=uuid4(), to="+8562055550005", text="ສະບາຍດີ", sender="MTC"))
    finally:
        await opened.close()
    return submitted.provider_message_id


@pytest.mark.usefixtures("trusted")
async def test_an_sms_gateway_with_a_private_ca_is_reached(gateway: str) -> None:
    assert await submit(gateway) == "1"


async def test_an_sms_gateway_with_an_unknown_ca_is_not_spoken_to(gateway: str) -> None:
    with pytest.raises(Unavailable):
        await submit(gateway)


@pytest.fixture
def identity_provider(authority: PrivateAuthority, tmp_path: Path) -> Iterator[str]:
    with serving(issuer.create_app(tmp_path / "issuer", "https://issuer.test"), authority) as url:
        yield url


async def roles(url: str, folder: Path) -> frozenset[Role]:
    token = issuer.issue_token(folder, issuer="https://issuer.test", roles=["desk"])
    verifier = TokenVerifier("https://issuer.test", "pasum", f"{url}{issuer.JWKS}", cool_down=0.0)
    return (await verifier.verify(token, now=datetime.now(UTC))).roles


@pytest.mark.usefixtures("trusted")
async def test_an_identity_provider_with_a_private_ca_is_reached(identity_provider: str, tmp_path: Path) -> None:
    assert await roles(identity_provider, tmp_path / "issuer") == {Role.DESK}


async def test_an_identity_provider_with_an_unknown_ca_is_not_believed(identity_provider: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await roles(identity_provider, tmp_path / "issuer")


@pytest.fixture
def smtp_port(authority: PrivateAuthority, tmp_path: Path) -> Iterator[int]:
    port, http = free_port(), free_port()
    arguments = ["--smtp-port", str(port), "--http-port", str(http), "--folder", str(tmp_path / "mail")]
    arguments += ["--certificate", str(authority.certificate), "--key", str(authority.key)]
    mailbox = Program("deploy.local.mailbox", arguments, http, tmp_path / "log")
    mailbox.start()
    yield port
    mailbox.kill()


async def send(port: int) -> str:
    domain = "pasum.example.org"
    mailer = SmtpMailer(
        SmtpRelay(host=LOOPBACK, port=port, sender_name="ປະຊຸມ", sender_address=f"no-reply@{domain}", domain=domain)
    )
    key = uuid4()
    at = datetime(2022, 9, 1, tzinfo=UTC)
    mail = Mail(key=key, message=key, at=at, to="keo@example.org", name="ແກ້ວ", subject="ເຊີນ", text="ຮຽນ", html="ຮຽນ")
    try:
        return (await mailer.send(mail)).message_id.removeprefix(str(key))
    finally:
        await mailer.close()


@pytest.mark.usefixtures("trusted")
async def test_a_mail_relay_with_a_private_ca_is_reached(smtp_port: int) -> None:
    assert await send(smtp_port) == "@pasum.example.org"


async def test_a_mail_relay_with_an_unknown_ca_is_not_spoken_to(smtp_port: int) -> None:
    with pytest.raises(Unavailable):
        await send(smtp_port)
