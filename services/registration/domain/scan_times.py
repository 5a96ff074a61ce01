"""When somebody came, by two clocks: that of the server, and that of a device, which may be wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.registration.domain.commands import CheckIn

LONGEST_OFFLINE: Final = timedelta(days=31)
"""From a scan until it is received; if it seems longer, the device's clock was wrong, or set between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTimes:
    """When a scan was made, as far as it can be known, and how far the device's clock is ahead of ours in seconds."""

    came_at: datetime
    clock_skew: int | None


def scan_times(command: CheckIn) -> ScanTimes:
    """Online the server's clock; offline the device's, corrected by what it showed when the scan was sent.

    Where that leads to a moment too long ago, nothing is known: then he came when the scan was received.
    """
    if not command.offline:
        return ScanTimes(came_at=command.at, clock_skew=_seconds((command.sent_at or command.scanned_at) - command.at))
    if command.sent_at is not None and timedelta(0) <= command.sent_at - command.scanned_at <= LONGEST_OFFLINE:
        ago = command.sent_at - command.scanned_at
        return ScanTimes(came_at=command.at - ago, clock_skew=_seconds(command.sent_at - command.at))
    if command.scanned_at > command.at:
        return ScanTimes(came_at=command.at, clock_skew=_seconds(command.scanned_at - command.at))
    known = command.at - command.scanned_at <= LONGEST_OFFLINE
    return ScanTimes(came_at=command.scanned_at if known else command.at, clock_skew=None)


def _seconds(difference: timedelta) -> int:
    return round(difference.total_seconds())
