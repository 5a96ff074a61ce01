"""The bus: relay and consumer at full speed beside raw aiokafka and asyncpg, and the latency between two commits."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka.admin import NewTopic

from deploy.local.stack import Stack
from shared.contracts.ids import new_id
from shared.contracts.registration import MEETING, MeetingOpened
from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope, attributes, dumps, parse_headers
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.consumer.handlers import one_by_one
from shared.messaging.kafka import producer, security
from shared.messaging.relay.relay import Relay
from shared.runtime import reduce_garbage_collection
from shared.settings import KafkaSettings
from tests.performance.bench_environment import worker
from tests.performance.bus_worker import quiet
from tests.performance.figures import Figure, Round, compare
from tests.performance.meter import Meter

EVENTS = 20_000
ROUNDS = 3
KEYS = 500
EFFECT = "INSERT INTO bench_effect VALUES ($1)"
LATENCY_RATE = 200
LATENCY_SECONDS = 10.0
LATENCY_WARM_UP = 2.0  # seconds of which nothing counts, as of the first round of the others
_COLUMNS = (
    *("event_id", "aggregate_type", "aggregate_id", "aggregate_seq"),
    *("type", "topic", "key", "headers", "payload"),
)


Row = tuple[str, dict[str, str], bytes]


def events() -> list[Row]:
    """Key, headers and body of events as registration writes them."""
    rows = []
    keys = [new_id() for _ in range(KEYS)]
    for number in range(EVENTS):
        key = keys[number % KEYS]
        headers = attributes(
            event_id=new_id(),
            source="/eoffice/registration",
            type_="registration.meeting-opened.v1",
            time=datetime.now(UTC),
            subject=str(key),
            sequence=number // KEYS + 1,
            actor="bench",
            cause=None,
        )
        rows.append((str(key), headers, dumps(MeetingOpened(meeting_id=key))))
    return rows


async def timed(work: Callable[[], Awaitable[None]]) -> Round:
    """Events a second and microseconds of this process's CPU an event."""
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    seconds = time.perf_counter() - started
    return Round(rate=EVENTS / seconds, cpu_us=(time.process_time() - cpu) / EVENTS * 1e6)


async def fill(dsn: str, rows: list[Row]) -> float:
    """Copy events into the outbox, in one transaction; the moment of its commit (`perf_counter`)."""
    records = [
        (
            headers["ce_id"],
            "meeting",
            key,
            int(headers["ce_sequence"]),
            headers["ce_type"],
            MEETING.name,
            key,
            json.dumps(headers),
            body,
        )
        for key, headers, body in rows
    ]
    connection = await asyncpg.connect(dsn)  # without our codec: COPY is binary
    await connection.copy_records_to_table("outbox", records=records, columns=_COLUMNS)
    committed = time.perf_counter()
    await connection.execute("ANALYZE outbox")
    await connection.close()
    return committed


async def relay_round(database: Database, kafka: KafkaSettings, rows: list[Row]) -> Round:
    """The outbox is full when the relay is ready and the clock starts, and empty when it stops."""
    await fill(database.dsn, rows)
    connection = await asyncpg.connect(database.dsn)
    stop, relay = asyncio.Event(), Relay(database, kafka, client_id="bench")
    running = asyncio.create_task(relay.run(stop, quiet))
    while not relay.ready:  # noqa: ASYNC110 -- Kafka decides
        await asyncio.sleep(0.001)

    async def work() -> None:
        while await connection.fetchval("SELECT EXISTS (SELECT FROM outbox)"):  # noqa: ASYNC110 -- the database tells
            await asyncio.sleep(0.02)

    found = await timed(work)
    stop.set()
    await running
    await connection.close()
    return found


async def raw_produce(kafka: KafkaSettings, topic: str, rows: list[Row]) -> Round:
    """Aiokafka alone with the same settings: the same keys, headers and bytes, 500 awaited at a time."""
    sender = producer(kafka, client_id="raw")
    await sender.start()

    async def send(key: str, headers: dict[str, str], body: bytes) -> None:
        await (await sender.send(topic, value=body, key=key.encode(), headers=parse_headers(headers)))

    async def work() -> None:
        for start in range(0, EVENTS, 500):
            await asyncio.gather(*[send(*row) for row in rows[start : start + 500]])

    found = await timed(work)
    await sender.stop()
    return found


async def consumer_round(
    database: Database, kafka: KafkaSettings, topic: str, *, group: str, single: bool = False
) -> Round:
    """Inbox, positions and one statement an event: pipelined for a run, or one after the other."""
    meter = Meter(EVENTS)

    async def take(connection: Connection, events: Sequence[Envelope]) -> None:
        await connection.executemany(EFFECT, [(event.id,) for event in events])
        meter.count += len(events)

    async def take_one(connection: Connection, event: Envelope) -> None:
        await connection.execute(EFFECT, event.id)
        meter.count += 1

    database.on_commit.append(meter.committed)
    stop, handler = asyncio.Event(), one_by_one(take_one) if single else take
    consumer = Consumer(database, kafka, group=group, topics=[topic], handler=handler, client_id="bench")
    running = asyncio.create_task(consumer.run(stop, quiet))
    while meter.round is None:  # noqa: ASYNC110 -- an event for each would be measured too
        await asyncio.sleep(0.02)
    stop.set()
    await running
    database.on_commit.remove(meter.committed)
    return meter.round


async def raw_consume(dsn: str, kafka: KafkaSettings, topic: str, *, single: bool = False) -> Round:
    """Aiokafka and asyncpg alone: the same statements, one transaction a batch; no inbox, nothing decoded."""
    client = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **security(kafka),
    )
    connection, meter = await asyncpg.connect(dsn), Meter(EVENTS)
    await client.start()
    client.assign([TopicPartition(topic, number) for number in range(MEETING.partitions)])
    await client.seek_to_beginning()
    while meter.round is None:
        batches = await client.getmany(timeout_ms=10, max_records=500)
        names = [(str(record.offset),) for batch in batches.values() for record in batch]
        async with connection.transaction():
            if single:
                for (name,) in names:
                    await connection.execute(EFFECT, name)
            else:
                await connection.executemany(EFFECT, names)
        meter.count += len(names)
        meter.committed()
    await client.stop()
    await connection.close()
    return meter.round


async def throughput(stack: Stack, kafka: KafkaSettings) -> dict[str, Figure]:
    """Rounds in turn; the first of each is a warm-up."""
    dsn = stack.dsn("registration")
    database = Database(dsn, pool_size=4)
    await database.open()
    await _empty_tables(dsn)
    reduce_garbage_collection()
    rounds: dict[str, list[Round]] = defaultdict(list)
    for number in range(ROUNDS + 1):
        rows, topic, group = events(), f"eoffice.bench.round{number}.v1", f"eoffice.bench.{number}"
        await _topic(stack, topic)
        rounds["produce"].append(await raw_produce(kafka, topic, rows))
        rounds["relay"].append(await relay_round(database, kafka, rows))
        for single in (False, True):
            await _empty_tables(dsn)
            ours = await consumer_round(database, kafka, topic, group=f"{group}.{single}", single=single)
            rounds[f"consumer {single}"].append(ours)
            rounds[f"consume {single}"].append(await raw_consume(dsn, kafka, topic, single=single))
    await database.close()
    taken = {name: found[1:] for name, found in rounds.items()}
    bare = "aiokafka + asyncpg, no inbox, statements"
    return {
        "relay": compare(taken["relay"], taken["produce"], unit="events/s", note="aiokafka producing the same bytes"),
        "consumer": compare(taken["consumer False"], taken["consume False"], unit="events/s", note=f"{bare} pipelined"),
        "consumer, one by one": compare(
            taken["consumer True"], taken["consume True"], unit="events/s", note=f"{bare} one by one"
        ),
    }


async def _empty_tables(dsn: str) -> None:
    """What an earlier measurement left in the outbox must not be carried in this one."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS bench_effect (event_id text)")
    await connection.execute("TRUNCATE outbox, bench_effect, inbox, stream_position")
    await connection.close()


async def _topic(stack: Stack, name: str) -> None:
    if stack.kafka is None:
        raise RuntimeError("the measurement makes topics of its own: it needs a Kafka of its own")
    admin = stack.kafka.admin()
    await asyncio.to_thread(admin.create_topics([NewTopic(name, MEETING.partitions, 1)])[name].result, 30.0)


def latency(stack: Stack) -> dict[str, Figure]:
    """Commit to the consumer's commit at a steady rate, with writer, relay and consumer in three processes."""
    folder = stack.folder / "latency"
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_empty_tables(stack.dsn("registration")))
    environment = {"BENCH_DSN": stack.dsn("registration"), **stack.kafka_environment()}
    out = {name: folder / f"{name}.json" for name in ("consumer", "relay", "writer")}
    consumer = worker(stack, "bus_worker", "consumer", str(out["consumer"]), **environment)
    consumer.wait_until_ready(lambda: "ready" in (stack.folder / "logs" / "bus_worker.log").read_text(encoding="utf-8"))
    relay = worker(stack, "bus_worker", "relay", str(out["relay"]), **environment)
    time.sleep(2.0)
    writer = worker(
        stack,
        "bus_worker",
        "writer",
        str(out["writer"]),
        "--rate",
        str(LATENCY_RATE),
        "--seconds",
        str(LATENCY_WARM_UP + LATENCY_SECONDS),
        **environment,
    )
    while writer.running:
        time.sleep(0.1)
    relay.stop()
    consumer.stop()
    return _percentiles(_read(out["writer"]), _read(out["consumer"]))


def _read(file: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    with suppress(FileNotFoundError):
        found = json.loads(file.read_text(encoding="utf-8"))
    return found


def _percentiles(committed: dict[str, float], taken: dict[str, float]) -> dict[str, Figure]:
    lost = len(committed.keys() - taken.keys())
    if lost:
        message = f"{lost} of {len(committed)} events did not arrive"
        raise RuntimeError(message)
    begin = min(committed.values()) + LATENCY_WARM_UP
    waits = [(taken[key] - at) * 1000 for key, at in committed.items() if at >= begin]
    cuts = quantiles(waits, n=100)
    note = f"{len(waits)} events at {LATENCY_RATE}/s, after {LATENCY_WARM_UP:g} s; no raw path"
    return {
        f"commit to consumer's commit, p{percent}": Figure(
            value=round(cuts[percent - 1], 1), unit="ms", cpu_us=None, raw_value=None, ratio=None, note=note
        )
        for percent in (50, 99)
    }
