"""The clock of a device: what it shows, and by how much somebody has set it since a scan."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")  # of Linux; elsewhere a clock that was set goes unnoticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the clock shows; `ahead`: seconds by which it is ahead of the time since the start `boot` of the device."""

    at: datetime
    boot: str | None = None
    ahead: float = 0.0


Clock = Callable[[], Reading]


def now() -> Reading:
    """The clock of this device; the time since its start counts on while it sleeps."""
    at = datetime.now(UTC)
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return Reading(at=at)
    return Reading(at=at, boot=boot, ahead=at.timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME))


def as_shown_by(clock: Reading, scan: Mapping[str, Any]) -> dict[str, Any]:
    """A scan as the server takes it, its time by the clock of now where that was set since the scan (same start)."""
    sent = {name: value for name, value in scan.items() if name not in ("boot", "ahead", "known_as")}
    if clock.boot is not None and scan.get("boot") == clock.boot:
        step = timedelta(seconds=clock.ahead - scan["ahead"])
        sent["scanned_at"] = (datetime.fromisoformat(scan["scanned_at"]) + step).isoformat()
    return sent
