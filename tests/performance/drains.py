"""Side by side: our relay, Debezium on the same table, a ready library; our consumer and FastStream's plain handler.

Debezium needs `wal_level = logical`, so PostgreSQL is restarted here: nothing else may be measured after it.
"""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from time import perf_counter, time
from uuid import uuid4

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition
from rich.console import Console

from deploy.local import debezium
from deploy.local.packages import DEBEZIUM_VERSION, PackageUnavailable
from deploy.local.processes import Process
from deploy.local.stack import Stack
from shared.contracts.registration import MEETING
from shared.database import Database
from shared.messaging.kafka import security
from shared.settings import KafkaSettings
from tests.performance import bus, bus_worker, rivals
from tests.performance.bench_environment import create_topics, worker
from tests.performance.figures import Figure, Round, alone, beside, compare

ROUNDS = 3
FEW = 2_000  # for those that need a second or more for a thousand
RATE = 200
SECONDS = 10.0
SETTLE_SECONDS = 2.0

Rounds = dict[str, list[Round]]


def measure(stack: Stack, kafka: KafkaSettings, console: Console) -> dict[str, Figure]:
    """Rates first, then latencies; last Debezium. What cannot be had is said aloud and left out."""
    rounds, figures = asyncio.run(_ours_and_rivals(stack, kafka))
    ours = _with_relay(stack, kafka)
    figures |= {f"commit to bus, our relay, {name}": alone(at, unit="ms", note=_NOTE) for name, at in ours.items()}
    try:
        figures |= _debezium(stack, kafka, rounds["relay"], ours)
    except PackageUnavailable as error:
        console.print(f"[bold red]DEBEZIUM WAS NOT MEASURED: {error}")
    return figures


_NOTE = f"to a bare consumer's hands, at {RATE}/s"


async def _ours_and_rivals(stack: Stack, kafka: KafkaSettings) -> tuple[Rounds, dict[str, Figure]]:
    """Rounds in turn; the first of each is a warm-up."""
    database = await _database(stack)
    rounds: Rounds = {"relay": [], "library": [], "consumer": [], "plain": []}
    for _ in range(ROUNDS + 1):
        rows, name = bus.events(), uuid4().hex[:8]
        topics = [f"eoffice.bench.{what}-{name}.v1" for what in ("library", "consumer", "plain")]
        await asyncio.to_thread(create_topics, stack, topics)
        rounds["relay"].append(await bus.relay_round(database, kafka, rows))
        rounds["library"].append(await rivals.library_relay(database.dsn, kafka, topics[0], rows[:FEW]))
        await bus.raw_produce(kafka, topics[1], rows)
        rounds["consumer"].append(await bus.consumer_round(database, kafka, topics[1], group=f"eoffice.bench.{name}"))
        rounds["plain"].append(await rivals.plain_consumer(database.dsn, kafka, topics[2], rows[:FEW]))
    await database.close()
    taken = {what: found[1:] for what, found in rounds.items()}
    library, plain = "faststream-outbox relaying", "FastStream's documented handler"
    return taken, {
        library: compare(taken["library"], taken["relay"], unit="events/s", note="our relay, in turn"),
        plain: compare(taken["plain"], taken["consumer"], unit="events/s", note="our consumer, in turn"),
    }


def _with_relay(stack: Stack, kafka: KafkaSettings) -> dict[str, float]:
    relay = worker(stack, "bus_worker", "relay", str(stack.folder / "relay.json"), **_environment(stack))
    found = asyncio.run(_latency(stack, kafka))
    relay.stop()
    return found


def _debezium(
    stack: Stack, kafka: KafkaSettings, ours: Sequence[Round], latency: Mapping[str, float]
) -> dict[str, Figure]:
    process = asyncio.run(_start_debezium(stack))
    found = asyncio.run(_debezium_rounds(stack, kafka, process))
    theirs = asyncio.run(_latency(stack, kafka))
    process.stop()
    title = f"Debezium {DEBEZIUM_VERSION}"
    return {
        f"{title} draining": compare(found[1:], ours, unit="events/s", note="our relay, before it in the same run"),
        **{
            f"commit to bus, {title}, {name}": beside(at, latency[name], unit="ms", note="our relay, before it")
            for name, at in theirs.items()
        },
    }


async def _start_debezium(stack: Stack) -> Process:
    if stack.postgres is None:
        raise RuntimeError("the measurement restarts PostgreSQL: it needs one of its own")
    password = "bench"  # noqa: S105 -- of a role in a cluster that is thrown away
    shutil.rmtree(stack.folder / "debezium", ignore_errors=True)  # offsets in a database of an earlier run
    await debezium.switch_on_logical_decoding(stack.postgres)
    await debezium.prepare(stack.postgres.dsn("registration"), password=password)
    process, streams = debezium.start(
        stack.processes,
        stack.folder / "debezium",
        service="registration",
        dsn=stack.postgres.dsn("registration", user=debezium.ROLE, password=password),
        kafka=stack.kafka_environment("registration"),
    )
    process.wait_until_ready(streams)
    return process


async def _debezium_rounds(stack: Stack, kafka: KafkaSettings, process: Process) -> list[Round]:
    database = await _database(stack)
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, **security(kafka))
    await reader.start()
    await asyncio.sleep(SETTLE_SECONDS)
    found = [await _debezium_round(database, reader, process) for _ in range(ROUNDS + 1)]
    await reader.stop()
    await database.close()
    return found


async def _debezium_round(database: Database, reader: AIOKafkaConsumer, process: Process) -> Round:
    """From the commit of all rows to the last of them in the topic; the CPU is that of Kafka Connect."""
    rows = bus.events()
    before, cpu = await _end(reader), _cpu(process)
    started = await bus.fill(database.dsn, rows)
    async with asyncio.timeout(rivals.PATIENCE):
        while await _end(reader) - before < len(rows):  # noqa: ASYNC110 -- Kafka tells
            await asyncio.sleep(0.02)
    seconds = perf_counter() - started
    await _execute(database, "TRUNCATE outbox")
    return Round(rate=len(rows) / seconds, cpu_us=(_cpu(process) - cpu) / len(rows) * 1e6)


def _cpu(process: Process) -> float:
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


async def _end(reader: AIOKafkaConsumer) -> int:
    """How many records the topic has had."""
    return sum((await reader.end_offsets(_partitions())).values())


def _partitions() -> list[TopicPartition]:
    return [TopicPartition(MEETING.name, number) for number in range(MEETING.partitions)]


async def _latency(stack: Stack, kafka: KafkaSettings) -> dict[str, float]:
    """Milliseconds from a commit to a bare consumer's hands, at a steady rate; p50 and p99."""
    database = await _database(stack)
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, fetch_max_wait_ms=100, **security(kafka))
    await reader.start()
    reader.assign(_partitions())
    await reader.seek_to_end()
    await asyncio.sleep(SETTLE_SECONDS)
    arrived: dict[str, float] = {}
    reading = asyncio.create_task(_read(reader, arrived))
    committed = await bus_worker.write(database, rate=RATE, seconds=SECONDS)
    async with asyncio.timeout(60.0):
        while not committed.keys() <= arrived.keys():  # noqa: ASYNC110 -- Kafka decides
            await asyncio.sleep(0.05)
    reading.cancel()
    await reader.stop()
    await _execute(database, "TRUNCATE outbox")
    await database.close()
    waits = [(arrived[key] - at) * 1000 for key, at in committed.items()]
    return {"p50": median(waits), "p99": quantiles(waits, n=100)[98]}


async def _read(reader: AIOKafkaConsumer, arrived: dict[str, float]) -> None:
    async for record in reader:
        arrived[record.key.decode()] = time()


async def _database(stack: Stack) -> Database:
    database = Database(stack.dsn("registration"), pool_size=4)
    await database.open()
    await _execute(database, "CREATE TABLE IF NOT EXISTS bench_effect (event_id text)")
    await _execute(database, "TRUNCATE outbox, bench_effect")
    return database


async def _execute(database: Database, statement: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(statement)


def _environment(stack: Stack) -> dict[str, str]:
    return {"BENCH_DSN": stack.dsn("registration"), **stack.kafka_environment()}
