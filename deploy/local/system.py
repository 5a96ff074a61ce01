"""The whole system on one machine: the stack, an issuer, an SMS gateway simulator, a mailbox, the four services."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import DidNotStart, Process, Program, http_ready, inherited, tail
from deploy.local.secrets import Secrets, ensure_secrets
from deploy.local.stack import FOLDER, SERVICES, Stack

TOGETHER = ("api,consumer,relay,worker",)
APART = ("api", "consumer", "relay", "worker")
_COUNTERPARTS = ("issuer", "sms", "mailbox", "smtp")

Report = Callable[[str], None]


class System:
    """Everything `make run` starts. `apart` gives each role of a service a process of its own, as production does."""

    def __init__(
        self, folder: Path = FOLDER, *, fresh: bool = False, apart: bool = False, address_file: Path | None = None
    ) -> None:
        self.stack = Stack(folder, fresh=fresh, durable=False, address_file=address_file)
        self.folder = self.stack.folder
        self.running: dict[str, Process] = {}
        self.urls: dict[str, str] = {}
        self._fresh = fresh
        self._roles = APART if apart else TOGETHER
        self._programs: dict[str, tuple[Program, str]] = {}
        self._report: Report = lambda _: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let all programs drain at the same time, then stop the servers they need for it."""
        if self.running:
            with ThreadPoolExecutor(len(self.running)) as pool:
                list(pool.map(Process.stop, self.running.values()))
        self.stack.stop()

    def start(self, report: Report | None = None) -> None:
        """Bring everything up, saying each step to `report`; where anything fails, nothing is left running."""
        self._report = report or self._report
        self._start_stack()
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def secrets(self) -> Secrets:
        """The keys of this system."""
        return ensure_secrets(self.folder / "secrets")

    def restart(self, name: str) -> None:
        """Start a program again that was killed or stopped; waits until it is ready."""
        program, probe = self._programs[name]
        self.running[name] = self.stack.processes.start(program)
        self.running[name].wait_until_ready(http_ready(probe))

    def start_only(self, service: str, *, roles: str) -> None:
        """The stack, the issuer and one service with these roles: what a measurement needs and no more."""
        self._start_stack()
        ports = self._choose_ports([(service, roles)])
        environment = self.environment(service, smtp_port=0)
        self._migrate(service, environment)
        self._start_issuer(ports["issuer"])
        self._serve(service, roles, ports[service, roles], environment)
        self._wait()

    def _start_stack(self) -> None:
        self._report("Kafka, PostgreSQL")
        if self._fresh:
            shutil.rmtree(self.folder / "data", ignore_errors=True)
        self.stack.start()

    def _choose_ports(self, names: Sequence[tuple[str, str]]) -> dict[Any, int]:
        """A free port for each counterpart and each process; a service's own address is that of its first process."""
        wanted = [*_COUNTERPARTS, *names]
        ports = dict(zip(wanted, free_ports(len(wanted)), strict=True))
        addresses = {service: f"http://{LOOPBACK}:{ports[service, roles]}" for service, roles in reversed(names)}
        self.urls = {name: f"http://{LOOPBACK}:{ports[name]}" for name in ("issuer", "sms", "mailbox")} | addresses
        return ports

    def _start_all(self) -> None:
        names = [(service, roles) for service in SERVICES for roles in self._roles]
        ports = self._choose_ports(names)
        environments = {service: self.environment(service, smtp_port=ports["smtp"]) for service in SERVICES}
        if self._roles is APART:
            self._report("schemas")
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda service: self._migrate(service, environments[service]), SERVICES))
        self._report("issuer, SMS simulator, mailbox")
        self._start_issuer(ports["issuer"])
        self._start_counterparts(ports)
        self._report("registration, notification, minutes, archive")
        for service, roles in names:
            self._serve(service, roles, ports[service, roles], environments[service])
        self._wait()
        metrics = {
            f"{service} {roles}": f"http://{LOOPBACK}:{ports[service, roles]}/metrics" for service, roles in names
        }
        services = {**self.urls, "metrics": metrics, "issuer_folder": str(self.folder / "issuer")}
        smtp = {"host": LOOPBACK, "port": ports["smtp"]}
        self.stack.describe({"folder": str(self.folder), "services": services, "smtp": smtp})

    def _wait(self) -> None:
        for name, process in self.running.items():
            process.wait_until_ready(http_ready(self._programs[name][1]))

    def environment(self, service: str, *, smtp_port: int = 0) -> dict[str, str]:
        """The environment of one service's processes, without their port."""
        own = {
            "registration": self._registration,
            "notification": lambda: self._notification(smtp_port),
            "minutes": self._minutes,
            "archive": self._archive,
        }[service]()
        settings = {"OIDC_ISSUER": self.urls["issuer"], "PUBLIC_URL": self.urls["registration"], **own}
        return {
            **self.stack.environment(service),
            **{f"{service.upper()}_{name}": value for name, value in settings.items()},
        }

    def _registration(self) -> dict[str, str]:
        secrets = self.secrets()
        return {"SEALING_KEYS": secrets.sealing_key, "TICKET_KEY_FILE": str(secrets.ticket_key)}

    def _notification(self, smtp_port: int) -> dict[str, str]:
        secrets = self.secrets()
        return {
            "SEALING_KEYS": secrets.sealing_key,
            "SMS_URL": self.urls["sms"],
            "SMS_SECRET": secrets.sms_secret,
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(smtp_port),
            "SMTP_SECURITY": "none",
            "MINUTES_URL": self.urls["minutes"],
        }

    def _minutes(self) -> dict[str, str]:
        pki = self.secrets().pki
        return {
            "OBJECTS_FOLDER": str(self.folder / "data" / "objects"),
            "RECORDER_KEY_FILE": str(pki.keys["recorder"]),
            "CHAIR_KEY_FILE": str(pki.keys["chair"]),
            "TRUST_ROOT_FILE": str(pki.root),
            "PUBLIC_URL": self.urls["minutes"],
        }

    def _archive(self) -> dict[str, str]:
        data = self.folder / "data"
        return {
            "OBJECTS_FOLDER": str(data / "objects"),
            "STORE_FOLDER": str(data / "archive"),
            "LOG_KEY_FILE": str(self.secrets().log_key),
            "PUBLIC_URL": self.urls["archive"],
        }

    def _migrate(self, service: str, environment: Mapping[str, str]) -> None:
        log = self.folder / "logs" / f"{service}-migrate.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            argv = [sys.executable, "-m", f"services.{service}.main", "migrate"]
            done = subprocess.run(argv, env=inherited(**environment), stdout=output, stderr=output, check=False)
        if done.returncode:
            message = f"the schema of {service} could not be brought up; the end of {log}:\n{tail(log)}"
            raise DidNotStart(message)

    def _start_issuer(self, port: int) -> None:
        argv = ["deploy.local.issuer", "--port", str(port), "--folder", str(self.folder / "issuer")]
        self._run("issuer", argv, probe=f"{self.urls['issuer']}/.well-known/jwks.json")

    def _start_counterparts(self, ports: Mapping[Any, int]) -> None:
        secrets = self.secrets()
        callback = f"{self.urls['notification']}/v1/receipts/sms"
        sms = ["--port", str(ports["sms"]), "--callback", callback, "--secret", secrets.sms_secret]
        mailbox = ["--smtp-port", str(ports["smtp"]), "--http-port", str(ports["mailbox"])]
        for name, program, folder, options in (
            ("sms", "sms_simulator", "sms", sms),
            ("mailbox", "mailbox", "mail", mailbox),
        ):
            argv = [f"deploy.local.{program}", *options, "--folder", str(self.folder / "data" / folder)]
            self._run(name, argv, probe=f"{self.urls[name]}/messages/count")

    def _serve(self, service: str, roles: str, port: int, environment: Mapping[str, str]) -> None:
        name = service if roles == TOGETHER[0] else f"{service}-{roles}"
        own = {**environment, f"{service.upper()}_HTTP_PORT": str(port)}
        argv = [f"services.{service}.main", "serve", "--roles", roles]
        if roles == TOGETHER[0]:
            argv.append("--migrate")  # its only process: nobody else waits for the schema
        self._run(name, argv, probe=f"http://{LOOPBACK}:{port}/readyz", environment=own)

    def _run(self, name: str, argv: Sequence[str], *, probe: str, environment: Mapping[str, str] | None = None) -> None:
        program = Program(
            name=name,
            argv=[sys.executable, "-m", *argv],
            log=self.folder / "logs" / f"{name}.log",
            environment=inherited(**(environment or {})),
        )
        self._programs[name] = (program, probe)
        self.running[name] = self.stack.processes.start(program)
