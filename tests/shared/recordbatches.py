"""Record batches byte by byte, so that they can be wrong in whatever a test names, and the way to Kafka for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack_into
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition, codec
from aiokafka.errors import LeaderNotAvailableError, NotLeaderForPartitionError, UnknownTopicOrPartitionError
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c

from shared.messaging.consumer.tolerant_reading import BATCH, OVERHEAD
from shared.messaging.kafka import security
from shared.settings import KafkaSettings
from tests.shared.bus import Sent

CREATED: Final = 1_663_549_200_000
"""When all these records were made: milliseconds of 2022-09-19T01:00:00Z."""

CODECS: Final[dict[str, tuple[int, Any]]] = {
    "none": (0, bytes),
    "gzip": (1, codec.gzip_encode),
    "snappy": (2, codec.snappy_encode),
    "lz4": (3, codec.lz4_encode),
    "zstd": (4, codec.zstd_encode),
}
NOT_READY: Final = {
    error.errno for error in (LeaderNotAvailableError, NotLeaderForPartitionError, UnknownTopicOrPartitionError)
}
"""What a broker answers while it has not heard of a new topic."""

_CRC_AT, _COVERED_FROM = 17, 21

RawHeader = tuple[bytes, bytes | None]


def varint(value: int) -> bytes:
    """Zigzag, seven bits a byte, as Kafka writes every number in a record."""
    rest, out = (value << 1) ^ (value >> 63), bytearray()
    while rest > 0x7F:
        out.append(0x80 | (rest & 0x7F))
        rest >>= 7
    out.append(rest)
    return bytes(out)


def chunk(value: bytes | None) -> bytes:
    """Bytes with their length before them; nothing has the length -1."""
    return varint(-1) if value is None else varint(len(value)) + value


@dataclass(frozen=True, kw_only=True)
class Raw:
    """One record as bytes that only its parts decide; `headers` have raw names."""

    key: bytes | None = b"k"
    value: bytes | None = b"v"
    headers: Sequence[RawHeader] = ()
    header_count: int | None = None
    delta: int | None = None

    def body(self, number: int) -> bytes:
        """The record behind its length."""
        count = len(self.headers) if self.header_count is None else self.header_count
        start = b"\x00" + varint(0) + varint(number if self.delta is None else self.delta)
        pairs = b"".join(chunk(name) + chunk(value) for name, value in self.headers)
        return start + chunk(self.key) + chunk(self.value) + varint(count) + pairs


def raw(sent: Sent, *more: RawHeader) -> Raw:
    """The event of a test with more headers."""
    return Raw(key=sent.key, value=sent.value, headers=[*((name.encode(), text) for name, text in sent.headers), *more])


def framed(bodies: Sequence[bytes]) -> bytes:
    """Records, each behind its length."""
    return b"".join(chunk(body) for body in bodies)


def batch(
    records: Sequence[Raw] | bytes,
    *,
    codec_name: str = "none",
    base: int = 0,
    attributes: int = 0,
    count: int | None = None,
    producer: int = -1,
) -> bytes:
    """A batch whose checksum is right, of records or of what stands in their place (then `count` says how many)."""
    number, encode = CODECS[codec_name]
    inside = records if isinstance(records, bytes) else framed([one.body(place) for place, one in enumerate(records)])
    count = len(records) if count is None else count
    payload = encode(inside)
    head = (base, BATCH.size + len(payload) - OVERHEAD, -1, 2, 0, attributes | number, max(0, count - 1))
    return sealed(BATCH.pack(*head, CREATED, CREATED, producer, -1, -1, count) + payload)


def sealed(data: bytes) -> bytes:
    """The same batch with the checksum that belongs to it."""
    changed = bytearray(data)
    pack_into(">I", changed, _CRC_AT, calc_crc32c(bytes(changed[_COVERED_FROM:])))
    return bytes(changed)


async def produce_raw(kafka: KafkaSettings, topic: str, data: bytes) -> int:
    """Send a batch as it is to the first partition; Kafka's error code, 0 where it has taken it.

    A new topic is asked for again until its first partition has a leader that knows it.
    """
    sender = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, **security(kafka))
    await sender.start()
    try:
        async with asyncio.timeout(20):
            client = sender._client  # noqa: SLF001 -- no client of ours writes batches byte by byte
            while (code := await _produce(client, topic, data)) in NOT_READY:  # noqa: ASYNC110 -- Kafka tells nobody
                await asyncio.sleep(0.1)
    finally:
        await sender.stop()
    return code


async def _produce(client: Any, topic: str, data: bytes) -> int:
    known = await client.fetch_all_metadata()
    leader = known.leader_for_partition(TopicPartition(topic, 0))
    if leader is None or leader < 0:
        return int(LeaderNotAvailableError.errno)
    answer = await client.send(leader, ProduceRequest(None, -1, 10_000, [(topic, [(0, data)])]))
    [(_, [(_, code, *_)])] = answer.topics
    return int(code)
