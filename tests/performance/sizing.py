"""From the measured cost of one registration to replicas, partitions, disks and machines for a day."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shared.contracts import SERVICE_NAMES

DAYS: Final = (1_000, 100_000, 1_000_000)
"""Registrations a day."""
PEAK: Final = 10.0
"""The busiest minute against the mean of the day: most answers come within working hours, and after a reminder."""
BUSY: Final = 0.5
"""How much of a core a process or a server may use in the busiest minute."""
LEAST_REPLICAS: Final = 2
"""So that one may be restarted."""
ROLES: Final = ("api", "consumer", "relay", "worker")
PARTITIONS: Final = 6
SECONDS_A_DAY: Final = 86_400
KEPT_DAYS: Final = 3_650
REPLICATION: Final = 3
GIB, TIB = 2**30, 2**40


def tables(cost: Mapping[str, Any]) -> str:
    """All tables as Markdown."""
    parts = [_of_processes(cost), _of_servers(cost), _of_days(cost), _replicas(cost)]
    return "\n".join(line for part in parts for line in [*part, ""])


def peak(day: int) -> float:
    """Registrations in the busiest second."""
    return day / SECONDS_A_DAY * PEAK


def replicas(cpu_ms: float, day: int) -> int:
    """Processes that are needed so that each uses at most `BUSY` of a core in the busiest minute."""
    return max(LEAST_REPLICAS, math.ceil(peak(day) * cpu_ms / 1000 / BUSY))


def _of_processes(cost: Mapping[str, Any]) -> Iterator[str]:
    yield "| service | " + " | ".join(f"{role}, CPU ms" for role in ROLES) + " | all | events processed |"
    yield "|---|" + "---|" * (len(ROLES) + 2)
    for service in SERVICE_NAMES:
        used = [cost["cpu_ms"][f"{service}-{role}"] for role in ROLES]
        cells = [f"{each:.2f}" for each in (*used, sum(used))]
        yield f"| {service} | {' | '.join(cells)} | {cost['events'][service]:.1f} |"
    memory = [[cost["memory_mib"][f"{service}-{role}"] for service in SERVICE_NAMES] for role in ROLES]
    yield f"| memory of a process, MiB | {' | '.join(f'{min(each):.0f}–{max(each):.0f}' for each in memory)} | | |"


def _of_servers(cost: Mapping[str, Any]) -> Iterator[str]:
    yield "| server | CPU ms | bytes |"
    yield "|---|---|---|"
    stored = sum(cost["database_bytes"].values())
    each = ", ".join(f"{name} {size:,}" for name, size in cost["database_bytes"].items())
    tables_and_wal = f"{stored:,} in tables and indexes ({each}); WAL {cost['wal_bytes']:,}"
    yield f"| PostgreSQL | {cost['cpu_ms']['PostgreSQL']:.2f} | {tables_and_wal} |"
    records = f"{cost['kafka_bytes']:,} ({cost['facts']:.1f} facts)"
    yield f"| Kafka, one replica | {cost['cpu_ms']['Kafka']:.2f} | {records} |"


def _of_days(cost: Mapping[str, Any]) -> Iterator[str]:
    yield "| registrations a day | " + " | ".join(f"{day:,}" for day in DAYS) + " |"
    yield "|---|" + "---|" * len(DAYS)
    ours = sum(used for name, used in cost["cpu_ms"].items() if name not in ("PostgreSQL", "Kafka"))
    rows: Sequence[tuple[str, Any]] = (
        ("in the busiest second", lambda day: f"{peak(day):.1f}"),
        ("cores of our processes, then", lambda day: f"{peak(day) * ours / 1000:.1f}"),
        ("cores of PostgreSQL, then", lambda day: f"{peak(day) * cost['cpu_ms']['PostgreSQL'] / 1000:.1f}"),
        ("cores of Kafka, then", lambda day: f"{peak(day) * cost['cpu_ms']['Kafka'] / 1000:.1f}"),
        ("facts in the busiest second", lambda day: f"{peak(day) * cost['facts']:.0f}"),
        ("WAL a day", lambda day: f"{day * cost['wal_bytes'] / GIB:.1f} GiB"),
        ("PostgreSQL grows a year", lambda day: f"{365 * day * sum(cost['database_bytes'].values()) / GIB:,.0f} GiB"),
        (
            "Kafka grows a year, 3 replicas",
            lambda day: f"{365 * day * REPLICATION * cost['kafka_bytes'] / GIB:,.0f} GiB",
        ),
        ("`outbox_published`, 7 days", lambda day: f"{7 * day * cost['kafka_bytes'] / GIB:.1f} GiB"),
    )
    for name, value in rows:
        yield f"| {name} | {' | '.join(value(day) for day in DAYS)} |"


def _replicas(cost: Mapping[str, Any]) -> Iterator[str]:
    yield "| processes of | " + " | ".join(f"{day:,} a day" for day in DAYS) + " |"
    yield "|---|" + "---|" * len(DAYS)
    for service in SERVICE_NAMES:
        for role in ROLES:
            shown = [_needed(role, cost["cpu_ms"][f"{service}-{role}"], day) for day in DAYS]
            yield f"| {service}, {role} | {' | '.join(shown)} |"
    consumers = [cost["cpu_ms"][f"{service}-consumer"] for service in SERVICE_NAMES]
    partitions = [max(PARTITIONS, *(replicas(each, day) for each in consumers)) for day in DAYS]
    yield f"| partitions of each topic | {' | '.join(map(str, partitions))} |"


def _needed(role: str, cpu_ms: float, day: int) -> str:
    """Of relays only one publishes, the others stand by: what it uses of one core is shown."""
    if role == "relay":
        return f"{LEAST_REPLICAS} (leader: {peak(day) * cpu_ms / 1000:.0%} of a core)"
    return str(replicas(cpu_ms, day))
