"""What every `TicketSigner` must do: desks without a network rely on it."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.registration.adapters.ed25519_tickets import LONGEST, Ed25519Tickets, ReadKeys
from services.registration.ports import Ticket, TicketSigner

MEETING, SEAT = UUID(int=1), UUID(int=2)
START = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)
TICKET = Ticket(
    meeting_id=MEETING,
    registration_id=SEAT,
    serial=3,
    not_before=START - timedelta(hours=12),
    not_after=START + timedelta(hours=16),
)
KEY, OTHER, THIRD = (Ed25519PrivateKey.from_private_bytes(seed * 32) for seed in (b"1", b"2", b"3"))
CLAIMS = {"mid": str(MEETING), "rid": str(SEAT), "ser": 3, "nbf": 1663507800, "exp": 1663608600}


@pytest.fixture(params=[Ed25519Tickets], ids=["Ed25519"])
def signer(request: pytest.FixtureRequest) -> TicketSigner:
    made: TicketSigner = request.param(KEY, key_id="2022")
    return made


def read(signer: TicketSigner, text: str, *, meeting: UUID = MEETING) -> Ticket | str:
    return signer.read(text, meeting_id=meeting)


def signed(claims: dict[str, Any], *, key: Any = KEY, algorithm: str = "EdDSA", kid: Any = "2022") -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def test_a_ticket_reads_as_it_was_signed(signer: TicketSigner) -> None:
    assert read(signer, signer.sign(TICKET)) == TICKET


def test_signing_again_gives_the_same_text_that_fits_a_qr_code(signer: TicketSigner) -> None:
    text = signer.sign(TICKET)
    assert (signer.sign(TICKET), text.isascii(), len(text) < 400) == (text, True, True)


def test_it_names_nobody(signer: TicketSigner) -> None:
    _, claims, _ = signer.sign(TICKET).split(".")
    assert json.loads(base64.urlsafe_b64decode(claims + "==")) == CLAIMS


@pytest.mark.parametrize("years", [-30, 0, 30])
def test_its_two_moments_are_for_desks_without_a_network(signer: TicketSigner, years: int) -> None:
    away = timedelta(days=365 * years)
    moved = replace(TICKET, not_before=TICKET.not_before + away, not_after=TICKET.not_after + away)
    assert read(signer, signer.sign(moved)) == moved


def test_it_is_good_for_its_own_meeting(signer: TicketSigner) -> None:
    assert read(signer, signer.sign(TICKET), meeting=UUID(int=9)) == "wrong-meeting"


def test_every_changed_character_of_it_is_seen(signer: TicketSigner) -> None:
    text = signer.sign(TICKET)
    last = len(text) - 1  # its lowest bits are not used
    changed = [text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :] for place in range(last)]
    assert {read(signer, one) for one in changed} == {"forged"}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def bare(header: dict[str, Any]) -> str:
    """Unsigned."""
    parts = (json.dumps(header), json.dumps(CLAIMS))
    return ".".join([*(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts), ""])


FORGED = {
    "another key under our name": signed(CLAIMS, key=OTHER),
    "a key we do not know": signed(CLAIMS, key=OTHER, kid="1999"),
    "no key named": signed(CLAIMS, kid=None),
    "algorithm none": bare({"alg": "none", "kid": "2022"}),
    "algorithm None": bare({"alg": "None", "kid": "2022", "typ": "JWT"}),
    "our public key as a secret": signed(CLAIMS, key=KEY.public_key().public_bytes_raw(), algorithm="HS256"),
    "another kind of key": signed(CLAIMS, key=generate_private_key(SECP256R1()), algorithm="ES256"),
    "a list for a key": bare({"alg": "EdDSA", "kid": ["2022"]}),
    "no meeting": signed(without("mid")),
    "no seat": signed(without("rid")),
    "no serial": signed(without("ser")),
    "no end": signed(without("exp")),
    "no UUID": signed({**CLAIMS, "rid": "somebody"}),
    "a number for a UUID": signed({**CLAIMS, "mid": 1}),
    "no serial number": signed({**CLAIMS, "ser": "x"}),
    "an end beyond the calendar": signed({**CLAIMS, "exp": 10**20}),
    "no text of the form": "no ticket",
    "nothing": "",
    "not ASCII": "ບັດ.ເຂົ້າ.ປະຊຸມ",
    "a list signed": jwt.api_jws.encode(b"[]", KEY, algorithm="EdDSA", headers={"kid": "2022"}),
    "bytes signed": jwt.api_jws.encode(b"\xff\xfe", KEY, algorithm="EdDSA", headers={"kid": "2022"}),
    "too long": signed({**CLAIMS, "note": "x" * LONGEST}),
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_forged_is(signer: TicketSigner, text: str) -> None:
    assert read(signer, text) == "forged"


def test_after_a_change_of_keys_both_are_read_each_under_its_own_name() -> None:
    changed = Ed25519Tickets(OTHER, key_id="2023", read=ReadKeys(retired=_public("2022", KEY)))
    old, new = Ed25519Tickets(KEY, key_id="2022").sign(TICKET), changed.sign(TICKET)
    assert (read(changed, old), read(changed, new)) == (TICKET, TICKET)
    assert read(Ed25519Tickets(KEY, key_id="2022"), new) == "forged"


def test_the_key_comes_from_a_pem_and_is_ed25519() -> None:
    def pem(key: Any) -> bytes:
        data: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return data

    assert Ed25519Tickets.from_pem(pem(KEY), key_id="2022").sign(TICKET) == Ed25519Tickets(KEY, key_id="2022").sign(
        TICKET
    )
    with pytest.raises(TypeError):
        Ed25519Tickets.from_pem(pem(generate_private_key(SECP256R1())), key_id="2022")


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public(key_id: str, key: Any) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{key_id}={base64.b64encode(der).decode()}"


def test_while_keys_change_each_process_reads_what_every_other_signs() -> None:
    """First all learn the coming key, then all sign with it and still know the former one."""
    others = f"{_public('8', THIRD)}, {_public('9', THIRD)}"
    before = Ed25519Tickets.from_pem(_pem(KEY), key_id="1", read=ReadKeys(coming=_public("2", OTHER), others=others))
    after = Ed25519Tickets.from_pem(_pem(OTHER), key_id="2", read=ReadKeys(retired=_public("1", KEY)))
    assert [read(one, other.sign(TICKET)) for one in (before, after) for other in (before, after)] == [TICKET] * 4


def test_without_the_coming_key_its_tickets_are_forged() -> None:
    assert read(Ed25519Tickets(KEY, key_id="1"), Ed25519Tickets(OTHER, key_id="2").sign(TICKET)) == "forged"


@pytest.mark.parametrize("text", ["2=", "2=no key", _public("2", generate_private_key(SECP256R1()))])
def test_what_is_no_public_key_of_tickets_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(ValueError, match="ticket key '2': not an Ed25519 public key"):
        Ed25519Tickets.from_pem(_pem(KEY), key_id="1", read=ReadKeys(others=text))


@pytest.mark.parametrize(
    "read",
    [
        ReadKeys(retired=_public("2", OTHER)),
        ReadKeys(coming=_public("3", KEY)),
        ReadKeys(coming=_public("4", THIRD), retired=_public("4", OTHER)),
    ],
    ids=["the name of the former key for the new one", "the new key under its former name", "one name for two keys"],
)
def test_a_key_file_that_was_changed_without_its_name_stops_the_process(read: ReadKeys) -> None:
    with pytest.raises(ValueError, match="every key needs a name of its own"):
        Ed25519Tickets.from_pem(_pem(KEY), key_id="2", read=read)
