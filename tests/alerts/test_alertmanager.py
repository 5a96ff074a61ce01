"""The example for Alertmanager: who is told of which alert, and which alerts are silenced by their cause."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Processes, Program, http_ready
from tests.alerts.rules import FOLDER, Rule, alerts
from tests.counterparts import debian, needed

EXAMPLE: Final = FOLDER / "alertmanager.yaml"
RECEIVERS: Final = {"page": "duty-phone", "ticket": "ticket-mail"}
PACKAGE: Final = "prometheus-alertmanager"

Labels = dict[str, str]


@pytest.fixture(scope="module")
def amtool() -> Path:
    """The checker of Alertmanager."""
    return needed(debian.program, PACKAGE, "amtool")


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[str]:
    """The address of a running Alertmanager with the example's routes, whose receivers tell nobody."""
    program, port = needed(debian.program, PACKAGE, "prometheus-alertmanager"), free_port()
    quiet = EXAMPLE.read_text(encoding="utf-8").partition("receivers:\n")[0]
    config = tmp_path / "alertmanager.yaml"
    config.write_text(quiet + "receivers: [{name: others}, {name: ticket-mail}, {name: duty-phone}]\n", "utf-8")
    address = f"{LOOPBACK}:{port}"
    options = [f"--config.file={config}", f"--storage.path={tmp_path}", f"--web.listen-address={address}"]
    argv = [str(program), *options, "--cluster.listen-address="]
    with Processes(tmp_path) as processes:
        running = processes.start(Program(name="alertmanager", argv=argv, log=tmp_path / "log"))
        running.wait_until_ready(http_ready(f"http://{address}/-/ready"))
        yield f"http://{address}/api/v2/alerts"


def labels_of(name: str, **more: str) -> Labels:
    """The labels of an alert as Prometheus sends it."""
    (rule,) = (each for each in alerts() if each["alert"] == name)
    return {"alertname": name, "namespace": "office", "job": "registration", **rule["labels"], **more}


def states(address: str, *sent: Labels) -> dict[str, str]:
    """Send alerts that fire; returns the state of each, by name and job."""
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = [{"labels": labels, "endsAt": until} for labels in sent]
    httpx.post(address, json=body).raise_for_status()
    found = httpx.get(address).raise_for_status().json()
    return {f"{each['labels']['alertname']} of {each['labels']['job']}": each["status"]["state"] for each in found}


def receivers(amtool: Path, labels: Labels) -> list[str]:
    """Who is told of an alert with these labels."""
    given = [f"{name}={value}" for name, value in labels.items()]
    command = [str(amtool), "config", "routes", "test", f"--config.file={EXAMPLE}", *given]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_alertmanager_accepts_the_example(amtool: Path) -> None:
    done = subprocess.run([amtool, "check-config", EXAMPLE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_a_page_rings_the_duty_phone_and_a_ticket_is_mail(amtool: Path, rule: Rule) -> None:
    told = receivers(amtool, {"alertname": rule["alert"], **rule["labels"]})
    assert told == [RECEIVERS[rule["labels"]["severity"]]]


def test_alerts_of_others_are_not_routed_to_the_duty_phone(amtool: Path) -> None:
    assert receivers(amtool, {"alertname": "Watchdog", "severity": "page"}) == ["others"]


def test_a_cause_silences_its_consequences_in_the_same_service_only(alertmanager: str) -> None:
    cause, consequence = labels_of("PasumServiceDown", pasum_role="relay"), labels_of("PasumOutboxStands")
    elsewhere = labels_of("PasumOutboxStands", job="minutes")
    assert states(alertmanager, cause, consequence, elsewhere) == {
        "PasumServiceDown of registration": "active",
        "PasumOutboxStands of registration": "suppressed",
        "PasumOutboxStands of minutes": "active",
    }


def test_the_page_of_an_objective_silences_its_ticket(alertmanager: str) -> None:
    page, ticket = labels_of("PasumHttpLatencyBurnsFast"), labels_of("PasumHttpLatencyBurnsSlowly")
    assert states(alertmanager, page, ticket) == {
        "PasumHttpLatencyBurnsFast of registration": "active",
        "PasumHttpLatencyBurnsSlowly of registration": "suppressed",
    }
