"""Receipts: believed when signed with the secret and fresh, read in whatever form the gateway writes them."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.adapters.http_sms import (
    SIGNATURE_HEADER,
    SignedReceipts,
    canonical_id,
    parse_receipt,
    sign,
    verify_receipt,
)
from services.notification.domain.states import ReceiptStatus
from services.notification.ports import Receipt, ReceiptNotAuthentic, ReceiptUnreadable

SECRET = "a secret of this test"  # noqa: S105 -- of this test alone
NOW = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
BODY = b'{"id": "0017", "status": "Delivered", "at": "2022-09-19T08:30:00+07:00"}'
MEMBERS: dict[str, Any] = json.loads(BODY)


def test_a_signed_receipt_is_read() -> None:
    headers = {"x-signature": sign(BODY, secret=SECRET, timestamp=AT)}
    assert SignedReceipts(SECRET).read(headers, BODY, now=NOW) == Receipt(
        provider_message_id="17", status=ReceiptStatus.DELIVERED, at=NOW
    )


def test_while_a_secret_is_changed_either_signature_will_do() -> None:
    old = sign(BODY, secret="old", timestamp=AT)  # noqa: S106 -- of this test alone
    new = sign(BODY, secret=SECRET, timestamp=AT).partition(",")[2]
    verify_receipt({SIGNATURE_HEADER: f"{old}, {new}"}, BODY, secret=SECRET, now=NOW)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    header = sign(BODY, secret=SECRET, timestamp=AT)
    verify_receipt({SIGNATURE_HEADER: header}, BODY, secret=SECRET, now=NOW + timedelta(seconds=seconds))


GOOD = sign(BODY, secret=SECRET, timestamp=AT)


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (None, BODY),
        ("", BODY),
        (GOOD, BODY + b" "),
        (GOOD.replace(f"t={AT}", f"t={AT + 1}"), BODY),
        (GOOD.partition(",")[2], BODY),
        (GOOD.partition(",")[0], BODY),
        (f"t={AT},{GOOD}", BODY),
        (GOOD.replace("v1=", "v0="), BODY),
        (GOOD.replace(f"t={AT}", "t=໑໒"), BODY),
        (GOOD.replace(f"t={AT}", "t=9999999999999999"), BODY),
        (f"t={AT},v1=ກ", BODY),
        (sign(BODY, secret="another", timestamp=AT), BODY),  # noqa: S106 -- wrong on purpose
        (sign(BODY, secret=SECRET, timestamp=AT - 301), BODY),
        (sign(BODY, secret=SECRET, timestamp=AT + 301), BODY),
    ],
)
def test_anything_else_is_not_authentic(header: str | None, body: bytes) -> None:
    with pytest.raises(ReceiptNotAuthentic):
        verify_receipt({SIGNATURE_HEADER: header} if header is not None else {}, body, secret=SECRET, now=NOW)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("delivered", ReceiptStatus.DELIVERED),
        ("UNDELIVERABLE", ReceiptStatus.UNDELIVERABLE),
        ("failed", ReceiptStatus.UNDELIVERABLE),
        ("expired", ReceiptStatus.EXPIRED),
        ("rejected", ReceiptStatus.REJECTED),
        ("accepted", ReceiptStatus.ACCEPTED),
        ("enroute", ReceiptStatus.ACCEPTED),
        ("on the moon", ReceiptStatus.UNKNOWN),
        (7, ReceiptStatus.UNKNOWN),
    ],
)
def test_a_status_is_one_of_ours_or_unknown(written: object, status: ReceiptStatus) -> None:
    assert parse_receipt(json.dumps({**MEMBERS, "status": written}).encode(), now=NOW).status is status


def test_our_key_is_read_where_the_gateway_repeats_it() -> None:
    key = UUID(int=7)
    assert parse_receipt(json.dumps({**MEMBERS, "key": str(key)}).encode(), now=NOW).key == key


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("0017", "17"), (17, "17"), (" 17 ", "17"), ("000", "0"), ("00AF", "00af"), ("A-1", "a-1"), ("໑໗", "໑໗")],
)
def test_an_id_has_one_form(written: object, canonical: str) -> None:
    assert canonical_id(written) == canonical


@pytest.mark.parametrize("written", ["", "  ", None, 1.5, True, [], {}])
def test_what_is_no_id_is_not_taken_for_one(written: object) -> None:
    with pytest.raises(ValueError, match="an id is"):
        canonical_id(written)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"[" * 100_000,
        json.dumps({**MEMBERS, "id": ""}).encode(),
        json.dumps({"id": "1"}).encode(),
    ],
)
def test_what_says_nothing_is_unreadable(body: bytes) -> None:
    with pytest.raises(ReceiptUnreadable):
        parse_receipt(body, now=NOW)


@pytest.mark.parametrize("key", ["no UUID", 5, [], "\x00", "", None])
def test_a_key_that_is_none_of_ours_is_left_out(key: object) -> None:
    assert parse_receipt(json.dumps({**MEMBERS, "key": key}).encode(), now=NOW).key is None


@pytest.mark.parametrize(
    "at",
    [
        *("2022-09-19T08:30:00", "yesterday", "", None, 5, {}),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-01-01T00:00:00Z", "1999-12-31T23:59:59Z"),
        (NOW + timedelta(days=1, seconds=1)).isoformat(),
    ],
)
def test_a_time_that_cannot_be_true_is_left_out(at: object) -> None:
    assert parse_receipt(json.dumps({**MEMBERS, "at": at}).encode(), now=NOW).at is None


@pytest.mark.parametrize("written", ["x" * 3_000, "a\x00b", "\x00", "\ud800", "7" * 3_000])
def test_an_id_that_no_index_takes_stands_there_as_its_hash(written: str) -> None:
    assert re.fullmatch("sha256:[0-9a-f]{64}", canonical_id(written))
    assert canonical_id(f" {written.upper()}") == canonical_id(written) != canonical_id(f"{written}y")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "status", "at", "key"), JSON)))
def test_no_receipt_can_do_more_than_be_refused(members: dict[str, object]) -> None:
    try:
        parsed = parse_receipt(json.dumps(members).encode(), now=NOW)
    except ReceiptUnreadable:
        return
    assert parsed.at is None or parsed.at.tzinfo is not None
