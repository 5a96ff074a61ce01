"""The log lines of the running system have only listed events and fields (docs/reference/logs.md)."""

import json
from typing import Any

from deploy.local.system import System
from shared.contracts import SERVICE_NAMES
from tests.e2e.first_hour import FirstHour
from tests.logs import OF_EVERY_LINE, lists


def lines(system: System, service: str) -> list[dict[str, Any]]:
    """All lines that the process of a service has written."""
    log = system.folder / "logs" / f"{service}.log"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_every_line_has_a_listed_event_and_listed_fields(system: System, first_hour: FirstHour) -> None:
    assert first_hour.page_run.exit_code == 0
    fields = {str(event): events.fields() | set(OF_EVERY_LINE) for events in lists().values() for event in events}
    written = [line for service in SERVICE_NAMES for line in lines(system, service)]
    assert sorted({line["event"] for line in written} - set(fields)) == []
    assert sorted({name for line in written for name in set(line) - fields[line["event"]]}) == []
    assert [line for line in written if "dropped" in line or line["event"] == "unlisted"] == []


def test_every_line_says_when_how_serious_and_which_service(system: System, first_hour: FirstHour) -> None:
    assert first_hour.page_run.exit_code == 0
    for service in SERVICE_NAMES:
        found = lines(system, service)
        assert {line["service"] for line in found} == {service}
        assert [line for line in found if not {"event", "level", "timestamp", "service"} <= set(line)] == []


def test_each_event_and_field_is_explained() -> None:
    assert [str(event) for events in lists().values() for event in events if not event.meaning] == []
