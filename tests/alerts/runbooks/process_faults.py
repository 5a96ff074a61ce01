"""Faults of single processes: settings of a wrong release, files that are away, restarts without end."""

import importlib.util
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from tests.alerts.runbooks.database_faults import MANY
from tests.alerts.runbooks.drill import Act
from tests.alerts.runbooks.office import Office

API: Final = "registration-api"
_STARTS: Final = 5
_READS: Final = 1_000


def started_with(name: str, **environment: str) -> Act:
    """A process runs with other settings."""

    def make(office: Office) -> None:
        office.kubectl.environments[name] = environment
        _restart(office, name)

    return make


def as_before(name: str) -> Act:
    """It runs with its own settings again."""

    def mend(office: Office) -> None:
        office.kubectl.environments.pop(name)
        _restart(office, name)

    return mend


def slow_clock(office: Office) -> None:
    """The clock of a node is two minutes slow."""
    found = importlib.util.find_spec("libfaketime")
    folders = list(found.submodule_search_locations or ()) if found else []
    library = next(path for folder in folders for path in sorted(Path(folder).rglob("libfaketime.so.1")))
    clock = {"LD_PRELOAD": str(library), "FAKETIME": "-120", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    started_with(API, **clock)(office)


def probed(name: str) -> Act:
    """A process is asked whether it is ready, as Kubernetes does."""
    return lambda office: httpx.get(office.system.probe(name), timeout=10)


def nothing_to_laos(office: Office) -> None:
    """The worker of notification may not send to Laos, and people register."""
    started_with("notification-worker", SMS_DESTINATIONS="66")(office)
    office.register(MANY)


def unknown_numbers(office: Office) -> None:
    """People register with numbers for which the gateway reports `undeliverable`."""
    for number in range(MANY):
        person = {"given_name": "ສົມພອນ", "rank": 80, "mobile": f"+8562055{number:02}0002"}
        office.answer({"organisation": "MOF", "person": person})


def away(_: Office, path: Path) -> None:
    """A file or folder is not where the settings say."""
    path.rename(path.with_suffix(".away"))


def back(_: Office, path: Path) -> None:
    """It is there again."""
    path.with_suffix(".away").rename(path)


def unmounted(office: Office, folder: Path) -> None:
    """A volume is not mounted: where its folder should be there is none, and none can be made."""
    folder.mkdir(parents=True, exist_ok=True)
    away(office, folder)
    folder.touch()


def mounted(office: Office, folder: Path) -> None:
    """The volume is there again."""
    folder.unlink()
    back(office, folder)


def key_of_tickets(office: Office) -> Path:
    """The file that registration reads when it starts."""
    return office.system.secrets().ticket_key


def documents(office: Office) -> Path:
    """The object store of minutes."""
    return office.system.folder / "data" / "objects"


def key_away(office: Office) -> None:
    """A release does not mount the key of tickets: the new process waits for it."""
    away(office, key_of_tickets(office))
    office.kubectl.carry_out(["rollout", "restart", f"deployment/pasum-{API}"])


def again_and_again(office: Office) -> None:
    """The worker of registration starts five times."""
    for _ in range(_STARTS):
        _restart(office, "registration-worker")


def read_much(office: Office) -> None:
    """Somebody without an account asks again and again."""
    address = urlsplit(office.system.urls["registration"])
    connection = HTTPConnection(address.hostname or "", address.port)  # no other client reads as fast
    for _ in range(_READS):
        connection.request("GET", "/v1/organisations")
        connection.getresponse().read()
    connection.close()


def _restart(office: Office, name: str) -> None:
    office.kubectl.carry_out(["rollout", "restart", f"deployment/pasum-{name}"])
    office.kubectl.carry_out(["rollout", "status", f"deployment/pasum-{name}"])
