"""Signed notes and checkpoints: what others write is read, and nothing is read that was not signed so."""

from base64 import b64encode
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.archive.domain.checkpoint import (
    LARGEST_SIZE,
    Checkpoint,
    decimal,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from services.archive.domain.evidence import (
    EvidenceRefused,
    ForeignLog,
    ForeignSignature,
    ForgedSignature,
    MalformedCheckpoint,
    MalformedKey,
    MalformedNote,
)
from services.archive.domain.note import VerifierKey, open_note, parse_key, sign_note

# The published example of Go's sumdb/note package: an independent implementation's key and signature.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
    "RyyBwJnAM=\n"
)
LOG = "archive.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(LOG, PRIVATE.public_key().public_bytes_raw())
WITNESS_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
WITNESS = VerifierKey("witness.example/w", WITNESS_PRIVATE.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint(LOG, 8, bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"))
NOTE = sign_checkpoint(CHECKPOINT, key=KEY, sign=PRIVATE.sign)


def test_a_note_of_another_implementation_opens() -> None:
    assert open_note(GO_NOTE.encode(), key=parse_key(GO_KEY)) == GO_TEXT
    assert str(parse_key(GO_KEY)) == GO_KEY


def test_a_checkpoint_opens_with_the_key_that_signed_it() -> None:
    assert str(CHECKPOINT) == f"{LOG}\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    assert NOTE.startswith(f"{CHECKPOINT}\n— {LOG} ")
    assert open_checkpoint(NOTE.encode(), key=KEY) == CHECKPOINT


def test_a_witness_may_add_its_line_and_changes_nothing() -> None:
    cosigned = NOTE + sign_note(str(CHECKPOINT), key=WITNESS, sign=WITNESS_PRIVATE.sign).splitlines(keepends=True)[-1]
    assert open_checkpoint(cosigned.encode(), key=KEY) == CHECKPOINT
    assert open_note(cosigned.encode(), key=WITNESS) == str(CHECKPOINT)


def test_another_key_of_the_same_name_is_another_key() -> None:
    with pytest.raises(ForeignSignature):
        open_checkpoint(NOTE.encode(), key=VerifierKey(LOG, WITNESS.public))


def test_no_bit_of_a_signed_checkpoint_can_change() -> None:
    survivors = []
    for bit in range(len(NOTE.encode()) * 8):
        flipped = bytearray(NOTE.encode())
        flipped[bit >> 3] ^= 1 << (bit & 7)
        with suppress(EvidenceRefused):
            survivors.append((bit, open_checkpoint(bytes(flipped), key=KEY)))
    assert survivors == []


def test_a_signature_under_another_text_is_forged() -> None:
    with pytest.raises(ForgedSignature):
        open_note(NOTE.replace("\n8\n", "\n9\n").encode(), key=KEY)


SIGNATURE = NOTE.splitlines()[-1]


@pytest.mark.parametrize(
    "note",
    [
        "",
        str(CHECKPOINT),
        NOTE.rstrip("\n"),
        NOTE.replace("— ", "- "),
        f"{NOTE}trailing",
        f"{CHECKPOINT}\n\n",
        f"{CHECKPOINT}\n— {LOG} AAAA\n",
        f"{CHECKPOINT}\n—  {SIGNATURE.rpartition(' ')[2]}\n",
        NOTE.replace("\n8\n", "\n8\r\n"),
        f"{'x' * 70_000}\n{NOTE}",
    ],
)
def test_what_is_not_a_note_is_refused(note: str) -> None:
    with pytest.raises(MalformedNote):
        open_note(note.encode(), key=KEY)


def test_a_note_is_utf_8() -> None:
    with pytest.raises(MalformedNote):
        open_note(b"\xff" + NOTE.encode(), key=KEY)


@pytest.mark.parametrize("text", ["no end of line", "a\ttab\n"])
def test_what_no_note_can_carry_is_not_signed(text: str) -> None:
    with pytest.raises(MalformedNote):
        sign_note(text, key=KEY, sign=PRIVATE.sign)


ROOT = b64encode(CHECKPOINT.root).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{LOG}\n8\n",
        f"{LOG}\n8\n{ROOT}",
        f"{LOG}\n08\n{ROOT}\n",
        f"{LOG}\n-8\n{ROOT}\n",
        f"{LOG}\n٨\n{ROOT}\n",
        f"{LOG}\n\n{ROOT}\n",
        f"{LOG}\n8\n{ROOT[:-4]}\n",
        f"{LOG}\n8\n{ROOT.replace('g=', 'h=')}\n",
        f"{LOG}\n8\n{ROOT}\nextension\n",
        f"\n8\n{ROOT}\n",
        f"{LOG}\n{LARGEST_SIZE + 1}\n{ROOT}\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(text)


def test_a_checkpoint_is_signed_and_opened_by_its_own_log_only() -> None:
    with pytest.raises(ForeignLog):
        sign_checkpoint(CHECKPOINT, key=WITNESS, sign=WITNESS_PRIVATE.sign)
    borrowed = sign_note(str(CHECKPOINT), key=WITNESS, sign=WITNESS_PRIVATE.sign)
    with pytest.raises(ForeignLog):
        open_checkpoint(borrowed.encode(), key=WITNESS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AQ==",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("+AR", "+CR"),
        f"a{GO_KEY}",
    ],
)
def test_what_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_key(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_key_has_a_name_that_a_signature_line_can_carry(name: str) -> None:
    with pytest.raises(MalformedKey):
        VerifierKey(name, KEY.public)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("10", 10), ("", None), ("00", None), ("1" * 20, None)])
def test_a_decimal_has_one_spelling(text: str, value: int | None) -> None:
    assert decimal(text) == value
