"""Runs the whole system on one machine: stack, token issuer, SMS gateway simulator, mailbox and all services."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import DidNotStart, Process, Program, http_ready, inherited, tail
from deploy.local.secrets import Secrets, ensure_secrets
from deploy.local.settings import Place, settings_of, settings_of_web
from deploy.local.stack import FOLDER, Stack
from deploy.local.topology import ONE_OF_EACH, Topology
from shared.contracts import SERVICE_NAMES, WEB_NAMES

ALL_ROLES = ("api,consumer,relay,worker",)
ROLES = ("api", "consumer", "relay", "worker")
_AT_ONCE = 16  # the most processes that start at the same time
_OUTSIDE_SYSTEMS = ("issuer", "sms", "mailbox", "smtp")

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Serving:
    """One process of a service; `copy` counts from 1."""

    service: str
    roles: str
    copy: int = 1

    def name(self, *, replicas: int) -> str:
        """For example `registration-relay-2`; without number if there is one replica, without roles if it has all."""
        alone = self.roles == ALL_ROLES[0] or self.service in WEB_NAMES
        parts = (self.service, *(() if alone else (self.roles,)))
        return "-".join((*parts, *(() if replicas == 1 else (str(self.copy),))))


class System:
    """Everything that `make run` starts. With `apart` each role of a service has its own process, as in production.

    Programs whose names are in `held` are only started by `restart` or `launch`. `urls` has one address per service,
    `apis` the addresses of all its processes with the role `api`.
    """

    def __init__(
        self,
        folder: Path = FOLDER,
        *,
        fresh: bool = False,
        apart: bool = False,
        address_file: Path | None = None,
        topology: Topology = ONE_OF_EACH,
        held: Collection[str] = (),
    ) -> None:
        self.stack = Stack(folder, fresh=fresh, durable=False, address_file=address_file, topology=topology)
        self.folder = self.stack.folder
        self.running: dict[str, Process] = {}
        self.urls: dict[str, str] = {}
        self.apis: dict[str, list[str]] = {service: [] for service in SERVICE_NAMES}
        self._topology = topology
        self._held = frozenset(held)
        self._sms_url = ""
        self._fresh = fresh
        self._roles = ROLES if apart else ALL_ROLES
        self._programs: dict[str, tuple[Program, str]] = {}
        self._report: Report = lambda _: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop all programs gracefully at the same time, then the servers that they need for it."""
        if self.running:
            with ThreadPoolExecutor(len(self.running)) as pool:
                list(pool.map(Process.stop, self.running.values()))
        self.stack.stop()

    def start(self, report: Report | None = None) -> None:
        """Start everything, with a call of `report` for each step; if anything fails, nothing is left running."""
        self._report = report or self._report
        self._start_stack()
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def secrets(self) -> Secrets:
        """The secrets of this system."""
        return ensure_secrets(self.folder / "secrets")

    def restart(self, name: str) -> None:
        """Start a killed or stopped program again, and wait until it is ready."""
        self.launch(name)
        self.running[name].wait_until_ready(http_ready(self.probe(name)))

    def launch(self, name: str, **environment: str) -> None:
        """Start a program again with additional environment variables; returns at once."""
        program, _ = self._programs[name]
        own = {**(program.environment or {}), **environment}
        self.running[name] = self.stack.processes.start(replace(program, environment=own))

    def add(self, program: Program, *, probe: str) -> None:
        """Start a program as a part of the system; `probe` is the URL of its readiness check."""
        self._programs[program.name] = (program, probe)
        if program.name in self._held:
            return
        self.running[program.name] = self.stack.processes.start(program)

    def probe(self, name: str) -> str:
        """The URL of the readiness check of a program."""
        return self._programs[name][1]

    def start_only(self, **roles: str) -> None:
        """Start the stack, the issuer, and only these roles of services and web applications: to measure them."""
        self._start_stack()
        all_ = [Serving(service, only) for service, only in roles.items()]
        ports = self._choose_ports(all_)
        self._start_issuer(ports["issuer"])
        nowhere = dict.fromkeys(SERVICE_NAMES, self.urls["issuer"])  # for services that are not started; never called
        self.urls = nowhere | self.urls
        self._sms_url = self.urls["sms"]
        for one in all_:
            if one.service in WEB_NAMES:
                self._serve_pages(one, ports)
                continue
            environment = self.environment(one.service, smtp_port=ports["smtp"])
            self._migrate(one.service, environment)
            self._serve(one, ports, environment)
        self.wait()

    def _start_stack(self) -> None:
        self._report("Kafka, PostgreSQL")
        if self._fresh:
            shutil.rmtree(self.folder / "data", ignore_errors=True)
        self.stack.start()

    def _choose_ports(self, all_: Sequence[Serving]) -> dict[Any, int]:
        """A free port for each outside system and process; a service's own address is that of its first process."""
        wanted = [*_OUTSIDE_SYSTEMS, *all_, *(("metrics", one) for one in all_)]
        ports = dict(zip(wanted, free_ports(len(wanted)), strict=True))
        for one in all_:
            if "api" in one.roles and one.service in self.apis:
                self.apis[one.service].append(f"http://{LOOPBACK}:{ports[one]}")
        addresses = {one.service: f"http://{LOOPBACK}:{ports[one]}" for one in reversed(all_)}
        self.urls = {name: f"http://{LOOPBACK}:{ports[name]}" for name in ("issuer", "sms", "mailbox")} | addresses
        return ports

    def _start_all(self) -> None:
        copies = range(1, self._topology.replicas + 1)
        all_ = [Serving(service, roles, copy) for service in SERVICE_NAMES for roles in self._roles for copy in copies]
        web = [Serving(name, "api") for name in WEB_NAMES]
        ports = self._choose_ports([*all_, *web])
        smtp_port = self._topology.service_port("smtp", ports["smtp"])
        self._sms_url = f"http://{LOOPBACK}:{self._topology.service_port('sms', ports['sms'])}"
        environments = {service: self.environment(service, smtp_port=smtp_port) for service in SERVICE_NAMES}
        if len(all_) > len(SERVICE_NAMES):
            self._report("schemas")
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda service: self._migrate(service, environments[service]), SERVICE_NAMES))
        self._report("issuer, SMS simulator, mailbox")
        self._start_issuer(ports["issuer"])
        self._start_outside_systems(ports)
        self._report(", ".join(SERVICE_NAMES))
        for service in SERVICE_NAMES:
            for one in (each for each in all_ if each.service == service):
                self._serve(one, ports, environments[service])
            if len(all_) > _AT_ONCE:
                self.wait()
        for one in web:
            self._serve_pages(one, ports)
        self.wait()
        self._describe([*all_, *web], ports)

    def _describe(self, all_: Sequence[Serving], ports: Mapping[Any, int]) -> None:
        metrics = {
            one.name(replicas=self._replicas(one)): f"http://{LOOPBACK}:{ports['metrics', one]}/metrics" for one in all_
        }
        services = {**self.urls, "metrics": metrics, "issuer_folder": str(self.folder / "issuer")}
        smtp = {"host": LOOPBACK, "port": ports["smtp"]}
        self.stack.describe({"folder": str(self.folder), "services": services, "smtp": smtp})

    def wait(self) -> None:
        """Wait until all programs that run are ready; raises `DidNotStart`."""
        for name, process in self.running.items():
            process.wait_until_ready(http_ready(self._programs[name][1]))

    def environment(self, service: str, *, smtp_port: int = 0) -> dict[str, str]:
        """The environment variables of the processes of a service, or of a web application, without their ports."""
        place = self._place(smtp_port)
        if service in WEB_NAMES:
            return settings_of_web(service, place)
        own = {name: value for name, value in self._topology.settings.items() if name.startswith(f"{service.upper()}_")}
        return {**self.stack.environment(service), **settings_of(service, place), **own}

    def _place(self, smtp_port: int = 0) -> Place:
        return Place(
            folder=self.folder,
            urls=self.urls,
            secrets=self.secrets(),
            sms_url=self._sms_url or self.urls["sms"],
            smtp_port=smtp_port,
        )

    def _replicas(self, one: Serving) -> int:
        return 1 if one.service in WEB_NAMES else self._topology.replicas

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

    def _start_outside_systems(self, ports: Mapping[Any, int]) -> None:
        secrets = self.secrets()
        callback = f"{self.urls['notification']}/v1/receipts/sms"
        sms = ["--port", str(ports["sms"]), "--callback", callback, f"--secret={secrets.sms_secret}"]
        mailbox = ["--smtp-port", str(ports["smtp"]), "--http-port", str(ports["mailbox"])]
        for name, program, folder, options in (
            ("sms", "sms_simulator", "sms", sms),
            ("mailbox", "mailbox", "mail", mailbox),
        ):
            argv = [f"deploy.local.{program}", *options, "--folder", str(self.folder / "data" / folder)]
            self._run(name, argv, probe=f"{self.urls[name]}/healthz")

    def _serve(self, one: Serving, ports: Mapping[Any, int], environment: Mapping[str, str]) -> None:
        name, prefix = one.name(replicas=self._topology.replicas), one.service.upper()
        chosen = {f"{prefix}_HTTP_PORT": str(ports[one]), f"{prefix}_METRICS_PORT": str(ports["metrics", one])}
        own = {**environment, **chosen}
        argv = [f"services.{one.service}.main", "serve", "--roles", one.roles]
        if name == one.service:
            argv.append("--migrate")  # it is the only process of the service, so no other waits for the schema
        self._run(name, argv, probe=f"http://{LOOPBACK}:{ports[one]}/readyz", environment=own)

    def _serve_pages(self, one: Serving, ports: Mapping[Any, int]) -> None:
        prefix = one.service.upper()
        chosen = {f"{prefix}_HTTP_PORT": str(ports[one]), f"{prefix}_METRICS_PORT": str(ports["metrics", one])}
        environment = {**self.environment(one.service), **chosen}
        argv = [f"services.{one.service}.main", "serve"]
        self._run(one.service, argv, probe=f"http://{LOOPBACK}:{ports[one]}/readyz", environment=environment)

    def _run(self, name: str, argv: Sequence[str], *, probe: str, environment: Mapping[str, str] | None = None) -> None:
        program = Program(
            name=name,
            argv=[sys.executable, "-m", *argv],
            log=self.folder / "logs" / f"{name}.log",
            environment=inherited(**(environment or {})),
        )
        self.add(program, probe=probe)
