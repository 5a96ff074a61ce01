"""CloudEvents on the wire: the SDK writes what we read and reads what we write; no bytes whatever break the reader."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.ids import new_id
from shared.contracts.registration import MeetingOpened, PersonErased
from shared.messaging.cloudevents import Cause, Unreadable, attributes, dumps, parse_headers, read
from tests.shared.bus import AT, OPENED, SOURCE, Sent, event, key_of

MEETING_ID = key_of("oracle")
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis wants it naive
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def cloud_event(**changes: Any) -> CloudEvent:
    """The oracle's event."""
    known = {
        "id": "e-1", "source": SOURCE, "type": OPENED, "specversion": "1.0", "time": AT, "subject": str(MEETING_ID),
        "sequence": "7", "correlationid": "c-1", "actor": "somebody", "datacontenttype": "application/json",
    }  # fmt: skip
    return CloudEvent(known | changes, {"meeting_id": str(MEETING_ID)})


def record(message: KafkaMessage) -> Sent:
    key = message.key.encode() if isinstance(message.key, str) else message.key
    return Sent(key=key, value=message.value, headers=list(message.headers.items()))


def outcome(sent: Sent) -> str:
    """How `read` ends; whatever else it raises fails the test."""
    try:
        return "unknown" if read(sent).data is None else "read"
    except Unreadable as error:
        json.dumps(str(error))
        return "unreadable"


def structured(document: object, *, content_type: str = "application/cloudevents+json") -> Sent:
    value = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Sent(key=b"k", value=value, headers=[("content-type", content_type.encode())])


def as_document(**changes: Any) -> dict[str, Any]:
    known = {
        "id": "e-1", "source": SOURCE, "type": OPENED, "specversion": "1.0", "time": "2022-09-19T01:00:00Z",
        "subject": str(MEETING_ID), "data": {"meeting_id": str(MEETING_ID)},
    }  # fmt: skip
    return known | changes


@given(id_=TEXT, subject=TEXT, actor=TEXT, time=TIMES)
@pytest.mark.parametrize("encode", [to_binary_event, to_structured_event])
def test_what_the_sdk_writes_is_read_in_both_modes(
    encode: Any, id_: str, subject: str, actor: str, time: datetime
) -> None:
    found = read(record(encode(cloud_event(id=id_, subject=subject, actor=actor, time=time))))
    assert (found.id, found.source, found.type, found.subject) == (id_, SOURCE, OPENED, subject)
    assert (found.time, found.sequence, found.actor, found.correlation_id) == (time, 7, actor, "c-1")
    assert found.data == MeetingOpened(meeting_id=MEETING_ID)


@given(actor=TEXT, sequence=st.integers(1, 2**53), trace=st.booleans())
def test_the_sdk_reads_what_we_write(actor: str, sequence: int, *, trace: bool) -> None:
    event_id = new_id()
    cause = Cause(correlation_id="c", causation_id="p", traceparent=f"00-{1:032x}-{1:016x}-01" if trace else None)
    headers = attributes(
        event_id=event_id, source=SOURCE, type_=OPENED, time=AT, subject=str(MEETING_ID), sequence=sequence,
        actor=actor, cause=cause,
    )  # fmt: skip
    message = KafkaMessage(
        headers=dict(parse_headers(headers)), key=str(MEETING_ID), value=dumps(MeetingOpened(meeting_id=MEETING_ID))
    )
    found = from_binary_event(message)
    assert found.get_data() == {"meeting_id": str(MEETING_ID)}
    assert found.get_attributes() == {
        "id": str(event_id), "source": SOURCE, "type": OPENED, "specversion": "1.0", "time": AT,
        "subject": str(MEETING_ID), "dataschema": f"urn:pasum:schema:{OPENED}", "datacontenttype": "application/json",
        "sequence": str(sequence),
        "partitionkey": str(MEETING_ID), "correlationid": "c", "causationid": "p", "actor": actor,
    }  # fmt: skip
    assert headers.get("traceparent") == cause.traceparent


def test_what_we_write_is_what_we_read() -> None:
    event_id = new_id()
    found = read(event("mine", 3, event_id=event_id))
    assert (found.id, found.sequence, found.subject, found.actor) == (str(event_id), 3, str(key_of("mine")), "tester")
    assert found.cause == Cause(correlation_id=str(event_id), causation_id=str(event_id), time=AT)


@settings(max_examples=300)
@given(
    headers=st.lists(
        st.tuples(st.sampled_from(["ce_id", "ce_type", "content-type", "x"]), st.binary(max_size=30)), max_size=5
    ),
    value=st.none() | st.binary(max_size=200),
    key=st.none() | st.binary(max_size=20),
)
def test_no_record_raises_anything_but_unreadable(
    headers: list[tuple[str, bytes]], value: bytes | None, key: bytes | None
) -> None:
    assert outcome(Sent(key=key, value=value, headers=headers)) == "unreadable"


@settings(max_examples=300)
@given(
    name=st.sampled_from(
        ["ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "ce_subject", "ce_sequence", "traceparent"]
    ),
    text=st.text(st.characters(codec="utf-8")),
    payload=JSON_VALUES.map(lambda data: json.dumps(data).encode()) | st.none(),
)
def test_no_attribute_and_no_data_raise_anything_but_unreadable(name: str, text: str, payload: bytes | None) -> None:
    assert outcome(event("fuzz", 1, headers={name: text}, value=payload)) in {"unreadable", "unknown"}


@settings(max_examples=300)
@given(
    document=JSON_VALUES,
    member=st.sampled_from(["id", "source", "type", "time", "subject", "sequence", "data", "data_base64"]),
)
def test_no_structured_event_raises_anything_but_unreadable(document: Any, member: str) -> None:
    assert outcome(structured(as_document(**{member: document}))) in {"read", "unreadable", "unknown"}
    assert outcome(structured(document)) == "unreadable"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ce_id": None}, "no CloudEvent: id missing"),
        ({"ce_id": ""}, "no CloudEvent: id missing"),
        ({"ce_specversion": "0.3"}, "CloudEvents version is not 1.0"),
        ({"ce_time": "yesterday"}, "time is not RFC 3339"),
        ({"ce_time": ""}, "time is not RFC 3339"),
        ({"ce_time": "2022-09-19T08:00:61Z"}, "time is not RFC 3339"),
        ({"ce_time": "2022-09-19T25:00:60Z"}, "time is not RFC 3339"),
        ({"ce_time": "0001-01-01T00:00:00+14:00"}, "time is out of range"),
        ({"ce_time": "9999-01-01T00:00:00Z"}, "time is out of range"),
        ({"ce_time": "2022-09-19T08:00:00"}, "time has no zone"),
        ({"ce_sequence": "-1"}, "sequence is not a number"),
        ({"ce_sequence": "9" * 19}, "sequence is not a number"),
        ({"ce_sequence": "٣"}, "sequence is not a number"),
        ({"ce_id": "a\x00b"}, "an attribute cannot be stored"),
        ({"ce_subject": "x" * 1001}, "an attribute cannot be stored"),
        ({"ce_actor": "a\x00b"}, "an attribute cannot be stored"),
    ],
)
def test_an_event_without_the_attributes_it_needs_is_unreadable(changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(event("bad", 1, headers=changes))
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, f"{OPENED} has no data"),
        (b"", f"{OPENED} does not fit: / json_invalid"),
        (b"\xff\xfe", f"{OPENED} does not fit: / json_invalid"),
        (b"[" * 100_000, f"{OPENED} does not fit: / json_invalid"),
        (b'{"meeting_id": "Kham Keo 020 5555 1234"}', f"{OPENED} does not fit: /meeting_id uuid_parsing"),
        (b'{"meeting_id": "\\ud800"}', f"{OPENED} does not fit: / json_invalid"),
        (b"1" * 5_000, f"{OPENED} does not fit: / json_invalid"),
        (b"12", f"{OPENED} does not fit: / model_type"),
    ],
)
def test_a_body_that_does_not_fit_says_where_and_never_what(value: bytes | None, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(event("bad", 1, value=value))
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    "sent",
    [
        structured(b"{"),
        structured(b"[]"),
        structured(b"1" * 5_000),
        structured(b"[" * 100_000),
        structured(as_document(id=None)),
        structured(as_document(id={"a": 1})),
        structured(as_document(id="\ud800")),
        structured(as_document(data=None)),
        structured(as_document(data={"meeting_id": "\ud800"})),
        structured(as_document(data_base64="!")),
        structured([as_document()], content_type="application/cloudevents-batch+json"),
        Sent(key=None, value=b"{}", headers=[("ce_id", b"\xff")]),
        Sent(key=None, value=None),
    ],
)
def test_what_is_no_cloud_event_is_unreadable(sent: Sent) -> None:
    assert outcome(sent) == "unreadable"


def test_a_structured_event_is_read_with_its_data_in_base64() -> None:
    body = base64.b64encode(json.dumps({"meeting_id": str(MEETING_ID)}).encode()).decode()
    sent = structured(
        as_document(data=None, data_base64=body), content_type="Application/CloudEvents+JSON; charset=UTF-8"
    )
    assert read(sent).data == MeetingOpened(meeting_id=MEETING_ID)


def test_an_attribute_that_is_null_is_absent() -> None:
    found = read(structured(as_document(sequence=None, actor=None, correlationid=None)))
    assert (found.sequence, found.actor, found.correlation_id) == (None, None, "e-1")


def test_a_number_is_a_sequence_in_structured_mode() -> None:
    assert read(structured(as_document(sequence=12))).sequence == 12


@pytest.mark.parametrize("trace", ["", "\x00", "x" * 1001])
def test_a_broken_trace_context_never_stops_an_event(trace: str) -> None:
    assert read(event("traced", 1, headers={"traceparent": trace})).traceparent is None


def test_a_type_that_nobody_knows_has_no_data() -> None:
    found = read(event("later", 1, headers={"ce_type": "registration.meeting-moved-to-the-moon.v1"}, value=b"\xff"))
    assert (found.data, found.payload) == (None, b"\xff")


def test_members_of_a_later_release_are_ignored() -> None:
    body = json.dumps({"meeting_id": str(MEETING_ID), "new": {"deep": [1, 2]}}).encode()
    assert read(event("later", 1, value=body)).data == MeetingOpened(meeting_id=MEETING_ID)


def test_a_tombstone_is_the_fact_that_its_subject_is_gone() -> None:
    person = UUID(int=7)
    headers = {"ce_type": "registration.person-erased.v1", "ce_subject": str(person)}
    assert read(event("gone", 1, headers=headers, value=None)).data == PersonErased(person_id=person)


def test_a_tombstone_of_nobody_is_unreadable() -> None:
    headers = {"ce_type": "registration.person-erased.v1", "ce_subject": None}
    assert outcome(event("gone", 1, headers=headers, value=None)) == "unreadable"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2022-09-19t01:00:00z", AT),
        ("2022-09-19 08:00:00.000+07:00", AT),
        ("2022-09-19T00:59:60Z", AT),
        ("2016-12-31T23:59:60.5z", datetime(2017, 1, 1, 0, 0, 0, 500_000, UTC)),
        (None, AT),
    ],
)
def test_a_time_is_read_in_every_spelling_and_where_there_is_none_it_is_that_of_the_record(
    written: str | None, moment: datetime
) -> None:
    assert read(event("when", 1, headers={"ce_time": written})).time == moment


@pytest.mark.parametrize("timestamp", [-1, -(2**63), 2**63 - 1, 253_402_300_799_000])
def test_an_event_without_a_time_on_a_record_without_a_time_is_unreadable(timestamp: int) -> None:
    with pytest.raises(Unreadable, match="neither the event nor its record has a time"):
        read(replace(event("when", 1, headers={"ce_time": None}), timestamp=timestamp))


@pytest.mark.parametrize("name", ["spring_retry_attempt", "x-\u0e9a", "", "traceparent", "content-type"])
def test_a_foreign_header_may_hold_any_bytes(name: str) -> None:
    sent = event("foreign", 1)
    found = read(replace(sent, headers=[*sent.headers, (name, b"\x00\x00\x01\xff\xfe\x00\x00\x80")]))
    assert (found.data, found.sequence) == (MeetingOpened(meeting_id=key_of("foreign")), 1)


def test_an_attribute_must_be_text() -> None:
    sent = event("foreign", 1)
    with pytest.raises(Unreadable, match="an attribute is not UTF-8"):
        read(replace(sent, headers=[*sent.headers, ("CE_Actor", b"\xff")]))


def test_header_names_are_read_in_any_case_and_empty_headers_are_passed_over() -> None:
    sent = event("case", 1)
    headers: list[Any] = [(name.upper(), text) for name, text in sent.headers] + [("ce_actor", None)]
    assert read(Sent(key=None, value=sent.value, headers=headers)).actor == "tester"
