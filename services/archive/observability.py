"""What the archive measures beyond every service: its records by phase, and those that were sealed."""

from prometheus_client import Counter, Gauge

from services.archive.domain.state import Record
from shared.contracts import Fact
from shared.contracts.archive import RecordSealed

RECORDS = Gauge(
    "pasum_records", "Records in the archive by phase, counted by one process for all: take the max.", ("phase",)
)
RECORDS_SEALED = Counter("pasum_records_sealed", "Records that this process has sealed. Add up the processes.")


def count_fact(_: Record, fact: Fact) -> None:
    """Count a record that is sealed."""
    if isinstance(fact, RecordSealed):
        RECORDS_SEALED.inc()
