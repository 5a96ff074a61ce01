"""Parses record batches for which aiokafka's own parser fails; all work-arounds for that parser are in this file.

A header whose name is not UTF-8 makes aiokafka raise in the middle of a batch. It then never gets past that record, and
loses the records that it had parsed before in the same call. Here such a record becomes an `UnreadableRecord`, and the
records after it are parsed. If the bytes are damaged (a wrong checksum, a length that does not fit), the records before
the damage are followed by a `Damage`; no record is skipped.

Only consumers that are started inside `tolerant()` use this; all others use aiokafka's own parser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from struct import Struct
from typing import Any, Final

from aiokafka import ConsumerRecord, TopicPartition, codec
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint

BATCH: Final = Struct(">qiibIhiqqqhii")
"""The header of a record batch (Kafka protocol, record batch format 2); the records follow it."""

OVERHEAD: Final = 12  # bytes of the base offset and the length field; the length does not include them
_MAGIC: Final = 16  # index of the byte with the format version
_LENGTH: Final = Struct(">i")
_NEWEST: Final = 2
_LEAST: Final = 14  # the least bytes of a batch in an older format, after its length field
_DECODERS: Final = {1: codec.gzip_decode, 2: codec.snappy_decode, 3: codec.lz4_decode, 4: codec.zstd_decode}
_TOLERANT: Final[ContextVar[bool]] = ContextVar("tolerant", default=False)


@dataclass
class UnreadableRecord(ConsumerRecord):  # type: ignore[misc] # -- aiokafka is not typed
    """A record whose offset is known but which cannot be parsed; `error` is the reason and is safe to store."""

    error: str = ""


@dataclass(frozen=True, slots=True)
class Damage:
    """Nothing can be read in the partition from `offset` on."""

    partition: TopicPartition
    offset: int
    error: Exception


@dataclass(slots=True, kw_only=True)
class _Parsed:
    """A record as aiokafka's own parser returns it; `error` is the reason if that parser would have failed."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    checksum: None = None
    error: str = ""


@contextmanager
def tolerant() -> Iterator[None]:
    """Consumers that are started inside this context use the tolerant parser until they are closed."""
    token = _TOLERANT.set(True)
    try:
        yield
    finally:
        _TOLERANT.reset(token)


class _Records(fetcher.PartitionRecords):  # type: ignore[misc] # -- aiokafka is not typed
    """The fetched records of one partition; it yields a `Damage` instead of raising, which would lose records."""

    def _unpack_records(self) -> Iterator[Any]:
        try:
            yield from super()._unpack_records()
        except Exception as error:  # noqa: BLE001 -- the parser may raise anything
            yield Damage(self._tp, self.next_fetch_offset, error)

    def _consumer_record(self, tp: TopicPartition, record: Any) -> Any:
        found = super()._consumer_record(tp, record)
        if isinstance(record, _Parsed) and record.error:
            return UnreadableRecord(**vars(found), error=record.error)
        return found


class _Batches:
    """The batches of one fetch response. The last one may be incomplete; if the first one is, it is damaged."""

    def __init__(self, data: bytes) -> None:
        self._data, self._start = data, 0

    def size_in_bytes(self) -> int:
        return len(self._data)

    def has_next(self) -> bool:
        return self._end() is not None or (self._start == 0 and bool(self._data))

    def next_batch(self) -> "_Batch":
        start, end = self._start, self._end()
        if end is None:
            raise CorruptRecordException("the batch is cut off")
        self._start = end
        return _Batch(self._data[start:end])

    def _end(self) -> int | None:
        behind = self._start + OVERHEAD
        if behind > len(self._data):
            return None
        (length,) = _LENGTH.unpack_from(self._data, behind - _LENGTH.size)
        return behind + length if 0 <= length <= len(self._data) - behind else None


class _Batch:
    """One batch: aiokafka's batch, but with a tolerant iterator over its records."""

    def __init__(self, raw: bytes) -> None:
        newest = len(raw) > _MAGIC and raw[_MAGIC] >= _NEWEST
        if len(raw) < (BATCH.size if newest else OVERHEAD + _LEAST) or (newest and raw[_MAGIC] != _NEWEST):
            raise CorruptRecordException("no record batch of a format that is known")
        self._raw, self._newest = raw, newest
        self._batch: Any = MemoryRecords(raw).next_batch()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        if not self._newest:  # older formats have neither headers nor a base offset: aiokafka can parse them
            yield from self._batch
            return
        done, last, end = 0, self._batch.base_offset - 1, self._batch.next_offset
        try:
            for record in self._batch:
                last = _following(record.offset, last, end)
                yield record
                done += 1
        except Exception:  # noqa: BLE001 -- parse it here instead; damaged bytes raise again
            yield from self._by_hand(done)

    def _by_hand(self, done: int) -> Iterator[_Parsed]:
        """Parse all records here, without aiokafka; yields those after the first `done`."""
        head = BATCH.unpack_from(self._raw)
        last, end = head[0] - 1, self._batch.next_offset
        for number, body in enumerate(_bodies(self._raw, count=head[12])):
            record = _parse(body, head, expected=last + 1)
            last = _following(record.offset, last, end)
            if number >= done:
                yield record


def _following(offset: int, last: int, end: int) -> int:
    """The offset, if it is between `last` and `end`; otherwise raise, as records would be skipped unnoticed."""
    if not last < offset < end:
        raise CorruptRecordException("the offsets of the batch do not rise")
    return offset


def _bodies(raw: bytes, *, count: int) -> Iterator[bytes]:
    data, position = _unpacked(raw), 0
    for _ in range(count):
        length, position = decode_varint(data, position)
        if not 0 <= length <= len(data) - position:
            raise CorruptRecordException("a record is longer than its batch")
        yield bytes(data[position : position + length])
        position += length
    if position != len(data):
        raise CorruptRecordException("bytes are left after the last record")


def _unpacked(raw: bytes) -> bytearray:
    number = BATCH.unpack_from(raw)[5] & 0x07
    if not number:
        return bytearray(raw[BATCH.size :])
    if number not in _DECODERS:
        raise UnsupportedCodecError(f"compression {number} is not known")
    return bytearray(_DECODERS[number](raw[BATCH.size :]))


def _parse(body: bytes, head: tuple[int, ...], *, expected: int) -> _Parsed:
    """Parse one record; if that fails, return its bytes as the value, with `error` and the offset `expected`."""
    log_append_time = bool(head[5] & 0x08)
    record = _Parsed(offset=expected, timestamp=head[8], timestamp_type=int(log_append_time))
    cursor = _Cursor(bytearray(body), 1)  # after the attributes, which are not used
    try:
        passed = cursor.number()
        record.timestamp = head[8] if log_append_time else head[7] + passed
        record.offset = head[0] + cursor.number()
        record.key, record.value = cursor.chunk(), cursor.chunk()
        headers = cursor.headers()
    except (ValueError, IndexError):
        return replace(record, offset=expected, key=None, value=body, error="the record cannot be parsed")
    record.headers = tuple((name.decode(errors="backslashreplace"), value) for name, value in headers)
    if any(name != text.encode() for (name, _), (text, _) in zip(headers, record.headers, strict=True)):
        record.error = "the name of a header is not UTF-8"
    return record


class _Cursor:
    """Reads the fields of one record one after the other; raises `ValueError` or `IndexError` at the end of it."""

    def __init__(self, data: bytearray, position: int) -> None:
        self._data, self._position = data, position

    def number(self) -> int:
        value, self._position = decode_varint(self._data, self._position)
        return int(value)

    def chunk(self) -> bytes | None:
        length = self.number()
        if length < 0:
            return None
        if length > len(self._data) - self._position:
            raise ValueError
        self._position += length
        return bytes(self._data[self._position - length : self._position])

    def headers(self) -> list[tuple[bytes, bytes | None]]:
        count = self.number()
        found = [(self.chunk() or b"", self.chunk()) for _ in range(count)]
        if len(found) != count or self._position != len(self._data):
            raise ValueError
        return found


def _records(*arguments: Any) -> Any:
    return (_Records if _TOLERANT.get() else _OWN)(*arguments)


def _batches(data: bytes) -> Any:
    return _Batches(data) if _TOLERANT.get() else MemoryRecords(data)


_OWN: Final = fetcher.PartitionRecords
fetcher.PartitionRecords, fetcher.MemoryRecords = _records, _batches
