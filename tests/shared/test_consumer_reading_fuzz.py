"""Batches of any bytes below our parser: each record is taken or has its reason, or the damage is said; never silence.

A right batch is the oracle: what aiokafka reads of it, the tolerant reader reads as well.
"""

import struct
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messaging.consumer.batch import decode_record
from shared.messaging.consumer.tolerant_reading import BATCH, Damage, UnreadableRecord, tolerant
from tests.shared.recordbatches import CODECS, CREATED, Raw, RawHeader, batch, chunk, framed, sealed, varint

PLACE = TopicPartition("eoffice.test.meeting.v1", 0)
MANY = settings(max_examples=150, deadline=None)
CHECKED = True  # checksums are
CONTROL, TRANSACTIONAL = 0x20, 0x10
ABORT, COMMIT = struct.pack(">HH", 0, 0), struct.pack(">HH", 0, 1)

NAMES = st.binary(max_size=12) | st.sampled_from([b"ce_id", b"ce_type", b"content-type", b"\xff", b"\xed\xa0\x80"])
HEADERS: st.SearchStrategy[list[RawHeader]] = st.lists(st.tuples(NAMES, st.none() | st.binary(max_size=20)), max_size=5)
RECORDS = st.builds(
    Raw, key=st.none() | st.binary(max_size=10), value=st.none() | st.binary(max_size=60), headers=HEADERS
)
BATCHES = st.lists(RECORDS, min_size=1, max_size=6)
CODEC = st.sampled_from(sorted(CODECS))
VARINTS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-2, -1, 2**31 - 1, 2**31, 10**6])


def fetched(data: bytes, *, offset: int = 0, aborted: Any = None, committed: bool = True) -> list[Any]:
    """What a consumer of ours is given of an answer of Kafka."""
    with tolerant():
        batches = fetcher.MemoryRecords(data)
        if not batches.has_next():
            return []
        isolation = fetcher.READ_COMMITTED if committed else fetcher.READ_UNCOMMITTED
        return list(fetcher.PartitionRecords(PLACE, batches, aborted, offset, None, None, CHECKED, isolation))


def told(data: bytes) -> tuple[list[int], bool]:
    """Offsets that are taken or become dead letters, each of which can be read or kept, and whether damage is said."""
    found = fetched(data)
    damage = [one for one in found if isinstance(one, Damage)]
    records = found[:-1] if damage else found
    assert damage == found[len(records) :]
    for record in records:
        delivery = decode_record(record)
        assert (delivery.event is None) == (delivery.error is not None)
    return [record.offset for record in records], bool(damage)


def utf_8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


@MANY
@given(records=BATCHES, codec=CODEC)
def test_every_record_of_a_right_batch_comes_with_its_bytes(records: list[Raw], codec: str) -> None:
    found = fetched(batch(records, codec_name=codec, base=7), offset=7)
    assert [(each.offset, each.key, each.value, each.timestamp) for each in found] == [
        (7 + number, each.key, each.value, CREATED) for number, each in enumerate(records)
    ]
    assert [isinstance(each, UnreadableRecord) for each in found] == [
        not all(utf_8(name) for name, _ in each.headers) for each in records
    ]
    for mine, each in zip(found, records, strict=True):
        if not isinstance(mine, UnreadableRecord):
            assert mine.headers == tuple((name.decode(), value) for name, value in each.headers)


@MANY
@given(records=BATCHES, codec=CODEC, place=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_a_changed_byte_is_never_silence(records: list[Raw], codec: str, place: int, byte: int) -> None:
    good = bytearray(batch(records, codec_name=codec))
    good[BATCH.size - 44 + place % (len(good) - BATCH.size + 44)] ^= byte  # from the checksum on
    assert told(bytes(good)) == ([], True)


@MANY
@given(records=BATCHES, codec=CODEC, place=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_bytes_whose_checksum_is_right_and_whose_content_is_not_are_taken_or_damage_is_said(
    records: list[Raw], codec: str, place: int, byte: int
) -> None:
    changed = bytearray(batch(records, codec_name=codec))
    changed[BATCH.size + place % (len(changed) - BATCH.size)] ^= byte
    offsets, damaged = told(sealed(bytes(changed)))
    assert offsets == list(range(len(offsets)))
    assert damaged or len(offsets) == len(records)


@MANY
@given(records=BATCHES, keep=st.integers(0, 10_000))
def test_a_batch_that_is_cut_off_is_said_where_it_is_the_first_and_asked_for_again_where_it_is_not(
    records: list[Raw], keep: int
) -> None:
    first, second = batch(records), batch(records, base=len(records))
    cut = second[: keep % len(second)]
    assert told(second[: 1 + keep % (len(second) - 1)]) == ([], True)
    assert told(first + cut) == (list(range(len(records))), False)


@MANY
@given(length=st.integers(-(2**31), 2**31 - 1), magic=st.integers(0, 255), rest=st.binary(max_size=120))
def test_whatever_stands_where_a_batch_should_is_said(length: int, magic: int, rest: bytes) -> None:
    data = struct.pack(">qiiB", 0, length, -1, magic) + rest
    offsets, damaged = told(data)
    assert (offsets, damaged) == ([], True)


@MANY
@given(numbers=st.lists(VARINTS, min_size=3, max_size=7), tail=st.binary(max_size=30), count=st.integers(-3, 5))
def test_a_record_of_any_numbers_is_a_dead_letter_or_damage(numbers: list[int], tail: bytes, count: int) -> None:
    body = b"\x00" + b"".join(map(varint, numbers)) + tail
    good = Raw().body(1)
    offsets, damaged = told(batch(framed([body, good]), count=2))
    assert damaged or offsets == [0, 1]
    offsets, damaged = told(batch(framed([body]), count=count))
    assert damaged or offsets in ([0], [])


@pytest.mark.parametrize("codec", CODECS)
def test_a_record_that_cannot_be_parsed_is_kept_with_its_bytes_and_the_next_one_is_taken(codec: str) -> None:
    broken = b"\x00" + varint(0) + varint(1) + chunk(b"k") + varint(10**6) + b"only these"
    bodies = [Raw(value=b"one").body(0), broken, Raw(value=b"three").body(2)]
    found = fetched(batch(framed(bodies), count=3, codec_name=codec))
    assert [(each.offset, each.value) for each in found] == [(0, b"one"), (1, broken), (2, b"three")]
    assert [each.error for each in found if isinstance(each, UnreadableRecord)] == ["the record cannot be parsed"]


def test_a_record_with_very_many_headers_is_read() -> None:
    headers: list[RawHeader] = [(b"x", b"")] * 50_000
    [plain] = fetched(batch([Raw(headers=headers)]))
    [wrong] = fetched(batch([Raw(headers=[*headers, (b"\xff", b"")])]))
    assert (len(plain.headers), len(wrong.headers), wrong.error) == (
        50_000,
        50_001,
        "the name of a header is not UTF-8",
    )


@pytest.mark.parametrize("number", [5, 6, 7])
def test_a_compression_that_nobody_knows_is_damage(number: int) -> None:
    assert told(batch([Raw()], attributes=number)) == ([], True)


def test_a_batch_of_an_older_format_is_read() -> None:
    old = LegacyRecordBatchBuilder(magic=1, compression_type=0, batch_size=10_000)
    old.append(0, timestamp=CREATED, key=b"k", value=b"v")
    data = bytes(old.build())
    assert [(each.key, each.value) for each in fetched(data)] == [(b"k", b"v")]
    assert told(data[:-1] + b"?") == ([], True)


@pytest.mark.parametrize("count", [-1, 10**6, 2**31])
def test_headers_that_are_not_there_make_a_dead_letter(count: int) -> None:
    [found, after] = fetched(batch([Raw(header_count=count), Raw()]))
    assert (found.error, found.offset, after.offset) == ("the record cannot be parsed", 0, 1)


@pytest.mark.parametrize("deltas", [(0, 0), (1, 0), (0, 5), (-1, 0)])
def test_offsets_that_do_not_rise_are_damage(deltas: tuple[int, int]) -> None:
    [*_, last] = fetched(batch([Raw(delta=delta) for delta in deltas]))
    assert isinstance(last, Damage)


def test_what_was_taken_back_is_not_read_and_what_was_committed_is() -> None:
    def part(base: int, producer: int, records: list[Raw], attributes: int = TRANSACTIONAL) -> bytes:
        return batch(records, base=base, producer=producer, attributes=attributes)

    def end(base: int, producer: int, marker: bytes) -> bytes:
        return part(base, producer, [Raw(key=marker, value=b"")], TRANSACTIONAL | CONTROL)

    data = b"".join([
        part(0, 1, [Raw(value=b"taken back"), Raw(headers=[(b"\xff", b"")])]),
        part(2, 2, [Raw(value=b"meant")]),
        end(3, 1, ABORT),
        end(4, 2, COMMIT),
        part(5, 1, [Raw(value=b"meant, too")]),
    ])  # fmt: skip
    assert [each.value for each in fetched(data, aborted=[(1, 0)])] == [b"meant", b"meant, too"]


@pytest.mark.parametrize("key", [None, b"", b"\x00", b"\xff" * 4, struct.pack(">HH", 9, 9)])
def test_a_control_record_of_any_kind_is_passed_over_or_said(key: bytes | None) -> None:
    control = batch([Raw(key=key)], attributes=CONTROL, producer=1)
    offsets, damaged = told(control + batch([Raw()], base=1))
    assert offsets == [1] or damaged


def test_only_what_was_started_to_be_tolerant_is() -> None:
    records = fetcher.PartitionRecords(PLACE, fetcher.MemoryRecords(batch([Raw()])), None, 0, None, None, CHECKED, 0)
    assert type(records).__module__ == fetcher.__name__
