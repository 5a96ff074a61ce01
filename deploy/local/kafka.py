"""Runs a real Kafka (KRaft) without containers; all clients must authenticate and have only the rights granted."""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from rich.console import Console

from deploy.local import java, packages
from deploy.local.brokers import MOST_REPLICAS, Node, nodes_of, settings_of
from deploy.local.ports import LOOPBACK, listens
from deploy.local.processes import GRACE_SECONDS, DidNotStart, Process, Processes, Program
from deploy.local.topology import ONE_OF_EACH, Topology

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"
PROTOCOL = "SASL_PLAINTEXT"

_HEAP = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Xlog:aot*=off",
    "--sun-misc-unsafe-memory-access=allow",
)
_LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.authorizer.logger=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)
_ANSWER_SECONDS = 5.0
_LOGIN_SECONDS = 60.0
_FORMAT_SECONDS = 60.0
_RECORD_SECONDS = 120.0


class Kafka:
    """A cluster of combined brokers and controllers on loopback; its data are in `folder`, `processes` starts it.

    All listeners require authentication: clients and brokers use SCRAM-SHA-512, controllers PLAIN; only `admin` is a
    superuser. The data are kept when it is stopped or killed; `start` with the same folder and password uses them.
    """

    def __init__(self, processes: Processes, folder: Path, *, password: str, topology: Topology = ONE_OF_EACH) -> None:
        self.password = password
        self._processes = processes
        self._folder = folder.absolute()
        self._nodes = nodes_of(topology)
        self._running: dict[int, Process] = {}

    @property
    def bootstrap(self) -> str:
        """The addresses of the SASL listeners, `host:port,…`."""
        return ",".join(f"{LOOPBACK}:{node.client}" for node in self._nodes)

    @property
    def proxied(self) -> str:
        """The addresses that the services use, `host:port,…`: those of the proxies, if there are any."""
        return ",".join(f"{LOOPBACK}:{node.proxy_port}" for node in self._nodes)

    @property
    def nodes(self) -> list[int]:
        """The numbers of the brokers."""
        return [node.number for node in self._nodes]

    @property
    def replicas(self) -> int:
        """The most replicas that a topic can have."""
        return min(MOST_REPLICAS, len(self._nodes))

    def admin(self) -> AdminClient:
        """An admin client with the superuser's account."""
        return admin_client(self.bootstrap, username=ADMIN, password=self.password)

    def wait_for_user(self, name: str, password: str) -> None:
        """Wait until `name` can log in: the brokers know a new user a moment later than the controller."""
        admin_client(self.bootstrap, username=name, password=password).list_topics(timeout=_LOGIN_SECONDS)

    def start(self) -> None:
        """Start all brokers that are not running, and wait until the cluster answers; raises `DidNotStart`."""
        jars = packages.kafka_jars()
        cache = java.start_up_cache(f"kafka-{packages.KAFKA_VERSION}", jars)
        if cache is not None and not cache.exists():
            _make_start_up_cache(cache, jars)
        options = () if cache is None or not cache.exists() else (f"-XX:AOTCache={cache}",)
        running = {number for number, process in self._running.items() if process.running}
        missing = [node for node in self._nodes if node.number not in running]
        for node in missing:
            self._format(node, self._cluster_id(), jars, options)
        self._launch(missing, jars, options)

    def launch(self, node: int) -> None:
        """Start one broker again and return when it listens, whether or not the cluster is whole."""
        cache = java.start_up_cache(f"kafka-{packages.KAFKA_VERSION}", packages.kafka_jars())
        options = () if cache is None or not cache.exists() else (f"-XX:AOTCache={cache}",)
        (one,) = (each for each in self._nodes if each.number == node)
        self._running[node] = self._processes.start(self._program(one, packages.kafka_jars(), options))
        self._running[node].wait_until_ready(partial(listens, one.client))

    def process(self, node: int) -> Process:
        """The process of one broker since its last start."""
        return self._running[node]

    def home(self, node: int) -> Path:
        """The data folder of one broker."""
        return self._folder / f"broker-{node}"

    def controller(self) -> int:
        """The broker that leads the metadata quorum, by the newest election in the brokers' files."""
        found = [(0, self._nodes[0].number)]
        for node in self._nodes:
            state = self.home(node.number) / "data" / "__cluster_metadata-0" / "quorum-state"
            with suppress(OSError, ValueError):
                noted = json.loads(state.read_text(encoding="utf-8"))
                found.append((noted["leaderEpoch"], noted["leaderId"]))
        return max(one for one in found if one[1] > 0)[1]

    def stop(self, *, seconds: float = GRACE_SECONDS) -> None:
        """Stop all brokers gracefully and at the same time: the last ones alone would wait for a quorum."""
        for process in self._running.values():
            process.ask_to_stop()
        for process in self._running.values():
            process.stop(seconds=seconds)

    def kill(self, node: int = 1) -> None:
        """SIGKILL to one broker; `start` brings it back with its data and on its ports."""
        self._running[node].kill()

    def pause(self, node: int = 1) -> None:
        """Make one broker hang (SIGSTOP)."""
        self._running[node].pause()

    def resume(self, node: int = 1) -> None:
        """Continue a paused broker."""
        self._running[node].resume()

    def record(self, cache: Path, jars: Sequence[Path]) -> None:
        """Start and stop once to write the start-up cache at `cache`."""
        for node in self._nodes:
            self._format(node, self._cluster_id(), jars, ())
        self._launch(self._nodes, jars, (f"-XX:AOTCacheOutput={cache}",))
        self.stop(seconds=_RECORD_SECONDS)

    def _launch(self, nodes: Sequence[Node], jars: Sequence[Path], options: Sequence[str]) -> None:
        for node in nodes:
            self._running[node.number] = self._processes.start(self._program(node, jars, options))
        for node in nodes:
            self._running[node.number].wait_until_ready(partial(listens, node.client))
        self._running[self._nodes[0].number].wait_until_ready(self._answers)

    def _answers(self) -> bool:
        with suppress(KafkaException):
            return len(self.admin().list_topics(timeout=_ANSWER_SECONDS).brokers) == len(self._nodes)
        return False

    def _program(self, node: Node, jars: Sequence[Path], options: Sequence[str]) -> Program:
        home = self.home(node.number)
        return Program(
            name=f"kafka-{node.number}",
            argv=java.command("kafka.Kafka", str(home / "server.properties"), options=(*_HEAP, *_LOGGING, *options)),
            environment=java.environment(jars),
            log=home / "kafka.log",
            folder=home,
            cluster="kafka",
        )

    def _format(self, node: Node, cluster: str, jars: Sequence[Path], options: Sequence[str]) -> None:
        """Write the settings and, if there are none yet, the first metadata (with the superuser's credentials)."""
        home = self.home(node.number)
        home.mkdir(parents=True, exist_ok=True)
        settings = home / "server.properties"
        settings.touch(mode=0o600)
        settings.write_text(
            settings_of(node, self._nodes, data=home / "data", admin=ADMIN, password=self.password), encoding="utf-8"
        )
        if (home / "data" / "meta.properties").exists():
            return
        user = f"{MECHANISM}=[name={ADMIN},password={self.password}]"
        tool = java.command(
            "kafka.tools.StorageTool",
            *("format", "-t", cluster, "-c", str(settings), "--add-scram", user),
            options=(*_HEAP, *_LOGGING, *options),
        )
        done = subprocess.run(
            tool, env=java.environment(jars), capture_output=True, timeout=_FORMAT_SECONDS, check=False
        )
        if done.returncode != 0:
            message = f"Kafka's storage could not be formatted:\n{done.stderr.decode(errors='replace')}"
            raise DidNotStart(message)

    def _cluster_id(self) -> str:
        """The cluster id in existing data, else a new one: 16 bytes in base64 that do not begin with a dash."""
        for node in self._nodes:
            with suppress(FileNotFoundError):
                for line in (
                    (self.home(node.number) / "data" / "meta.properties").read_text(encoding="utf-8").splitlines()
                ):
                    if line.startswith("cluster.id="):
                        return line.partition("=")[2]
        return urlsafe_b64encode(b"\0" + secrets.token_bytes(15)).decode().rstrip("=")


def admin_client(bootstrap: str, *, username: str, password: str) -> AdminClient:
    """An admin client for a SCRAM user; errors are raised, nothing is printed."""
    settings: dict[str, str | int | float | bool] = {
        "bootstrap.servers": bootstrap,
        "security.protocol": PROTOCOL,
        "sasl.mechanism": MECHANISM,
        "sasl.username": username,
        "sasl.password": password,
        "reconnect.backoff.max.ms": 200,
        "log_level": 0,
    }
    return AdminClient(settings)


def _make_start_up_cache(cache: Path, jars: Sequence[Path]) -> None:
    """Run a broker once to record which classes it loads, which halves the time of later starts; errors are ignored."""
    for old in cache.parent.glob(f"kafka-{packages.KAFKA_VERSION}-*.aot"):
        old.unlink(missing_ok=True)
    telling = Console(stderr=True).status("Recording how Kafka starts, once …")
    with telling, tempfile.TemporaryDirectory(prefix="pasum-kafka-") as folder, suppress(DidNotStart, OSError):
        incoming = Path(folder, "cache.aot")
        with Processes(Path(folder)) as processes:
            Kafka(processes, Path(folder), password=secrets.token_urlsafe()).record(incoming, jars)
        whole = cache.with_suffix(f".{os.getpid()}")
        shutil.copyfile(incoming, whole)
        whole.rename(cache)
