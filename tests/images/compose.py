"""`make compose-check`: deploy/compose.yaml from nothing to the first confirmed registration, and away again.

The images are those of `make images` (PASUM_TAG, dev) and KAFKA_IMAGE and POSTGRES_IMAGE. Everything is removed at the
end; what happened is in `.local/compose/report.json`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console

from deploy.images.checkout import ROOT
from deploy.images.engine import EngineRefused, NoEngine, engine
from deploy.local.issuer import ensure_key, issue_token
from deploy.local.pki import ensure_test_pki
from deploy.local.ports import LOOPBACK, free_ports
from pasum.api import Client
from shared.contracts import SERVICE_NAMES
from tests.images.meeting import answered, opened

FOLDER: Final = ROOT / ".local" / "compose"
PROJECT: Final = "pasum-check"
ISSUER: Final = "http://issuer:9000"
WAIT_SECONDS: Final = 600.0
_POLL_SECONDS: Final = 0.5
_NO_COMPOSE: Final = "docker compose is not here: install its plugin, version 2 (docs/howto/single-server.md)"


class NoCompose(RuntimeError):
    """There is no Docker Compose."""


class NotInTime(RuntimeError):
    """Something did not happen; the message says what."""


class Compose:
    """The project of this check: its files, variables and secrets."""

    def __init__(self, program: Sequence[str], variables: Mapping[str, str]) -> None:
        files = [word for name in ("deploy/compose.yaml", "tests/images/outside.yaml") for word in ("--file", name)]
        self._command = [*program, "--project-name", PROJECT, *files]
        self._environment = {**os.environ, **variables}

    def run(self, *arguments: str) -> str:
        """The output of a command; raises `EngineRefused`."""
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineRefused(f"docker compose {' '.join(arguments)} ended with exit code {done.returncode}")
        return done.stdout

    def read(self, url: str) -> str:
        """What a server in the network of notification answers, asked from a container there."""
        asked = f"import urllib.request; print(urllib.request.urlopen({url!r}).read().decode())"
        return self.run("exec", "-T", "mailbox", "python", "-c", asked)


def main() -> int:
    """The exit code: 0 where a registration was confirmed."""
    console, begun = Console(stderr=True), time.monotonic()
    steps: dict[str, float] = {}
    try:
        with engine():
            variables = prepared()
            compose = Compose(_compose(), variables)
            try:
                _play(compose, variables, lambda step: steps.update({step: round(time.monotonic() - begun, 1)}))
            except BaseException:
                console.print(compose.run("ps", "--all"), compose.run("logs", "--tail=15"), highlight=False)
                raise
            finally:
                compose.run("down", "--volumes", "--timeout=60")
    except (NoEngine, NoCompose, EngineRefused, NotInTime) as error:
        console.print(str(error), style="red", highlight=False, soft_wrap=True)
        return 1
    steps["everything removed"] = round(time.monotonic() - begun, 1)
    (FOLDER / "report.json").write_text(json.dumps(steps, indent=2) + "\n", encoding="utf-8")
    console.print_json(data=steps)
    return 0


def _play(compose: Compose, variables: Mapping[str, str], done: Callable[[str], None]) -> None:
    """From nothing to the mail with the ticket."""
    compose.run("up", "--detach")
    done("containers are started in their order")
    addresses = {service: f"http://{LOOPBACK}:{variables[f'{service.upper()}_PORT']}" for service in SERVICE_NAMES}
    for service in SERVICE_NAMES:
        port = variables[f"{service.upper()}_METRICS_PORT"]
        _until(f"{service} is ready", partial(_ready, f"http://{LOOPBACK}:{port}/readyz"))
    done("all services are ready")
    token = issue_token(
        FOLDER / "outside" / "issuer", issuer=ISSUER, roles=["organiser"], organisation="MTC", subject="check"
    )
    with Client(addresses["registration"], token) as organiser, Client(addresses["registration"]) as invited:
        meeting = opened(organiser, at=datetime.now(UTC) + timedelta(days=30))
        link = _until("the invitation has come by mail", lambda: _link(compose))
        done("the invitation has come by mail")
        state = answered(invited, meeting, link)
        if state != "confirmed":
            raise NotInTime(f"the answer is {state}, not confirmed")
    done("a registration is confirmed")
    _until("the ticket has come by mail", lambda: "/tickets/" in compose.read("http://127.0.0.1:9101/texts?to=vanxay"))
    done("the ticket has come by mail")


def prepared() -> dict[str, str]:
    """Make secrets, certificates and the issuer's key anew; returns the variables of deploy/compose.yaml."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    secrets, outside = FOLDER / "secrets", FOLDER / "outside"
    subprocess.run(
        ["/bin/sh", "deploy/compose/secrets.sh", str(secrets)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    pki = ensure_test_pki(FOLDER / "pki", passphrase=b"of the check")
    given = {
        "notification_sms_secret": b"of the check",
        "notification_smtp_password": b"",
        "minutes_key_passphrase": b"of the check",
        "recorder.p12": pki.keys["recorder"].read_bytes(),
        "chair.p12": pki.keys["chair"].read_bytes(),
        "root.pem": pki.root.read_bytes(),
    }
    for name, content in given.items():
        (secrets / name).write_bytes(content)
        (secrets / name).chmod(0o644)
    ensure_key(outside / "issuer")
    return {**_variables(secrets, outside), **_ports()}


def _variables(secrets: Path, outside: Path) -> dict[str, str]:
    return {
        "PASUM_TAG": os.environ.get("PASUM_TAG") or "dev",
        "SECRETS": str(secrets),
        "OUTSIDE": str(outside),
        "OUTSIDE_UID": str(os.getuid()),
        "OUTSIDE_SMS_SECRET": "of the check",
        "PORTAL_URL": "https://meetings.example",
        "MINUTES_URL": "https://minutes.example",
        "ARCHIVE_URL": "https://archive.example",
        "OIDC_ISSUER": ISSUER,
        "OIDC_JWKS_URL": f"{ISSUER}/.well-known/jwks.json",
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": "2525",
        "SMTP_SECURITY": "none",
        "SENDER_ADDRESS": "no-reply@office.example",
        "SENDER_DOMAIN": "office.example",
        "SMS_URL": f"http://{LOOPBACK}:9100/messages",
        "LOG_ORIGIN": "archive.example/log",
    }


def _ports() -> dict[str, str]:
    names = [f"{service.upper()}_{kind}" for service in SERVICE_NAMES for kind in ("PORT", "METRICS_PORT")]
    return {name: str(port) for name, port in zip(names, free_ports(len(names)), strict=True)}


def _compose() -> list[str]:
    """The command of Docker Compose 2, as a plugin or on its own."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            said = subprocess.run([*command, "version", "--short"], capture_output=True, text=True, check=False)
            if said.returncode == 0 and not said.stdout.startswith("1."):
                return command
    raise NoCompose(_NO_COMPOSE)


def _until(what: str, found: Callable[[], Any]) -> Any:
    until = time.monotonic() + WAIT_SECONDS
    while not (value := found()):
        if time.monotonic() > until:
            raise NotInTime(f"not within {WAIT_SECONDS:.0f} s: {what}")
        time.sleep(_POLL_SECONDS)
    return value


def _ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5.0, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _link(compose: Compose) -> str:
    """The token of the newest invitation, empty where none has come."""
    texts = compose.read("http://127.0.0.1:9101/texts?to=mof")
    found = re.findall(r"/a/([A-Z0-9]{16})", texts)
    return found[-1] if found else ""


if __name__ == "__main__":
    sys.exit(main())
