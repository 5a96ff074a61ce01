"""The client inside the cluster: runs scripts of `in_pod`, one after the other or as a load in the background."""

import json
import subprocess
from dataclasses import dataclass
from typing import Any, Final, Self

from tests.cluster.failures import StepFailed
from tests.cluster.place import Place
from tests.cluster.surroundings import NAMESPACE, RELEASE, Surroundings
from tests.cluster.waiting import until

_ARCHIVE: Final = f"persistentVolumeClaim: {{claimName: {RELEASE}-archive}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideClient:
    """The pod `client`; create it together with the release, whose volume it mounts."""

    place: Place
    surroundings: Surroundings

    def create(self) -> None:
        """Make the pod; returns at once."""
        command = ["python", "-c", "import signal; signal.pause()"]
        self.surroundings.start_client("client", command=command, archive=_ARCHIVE)

    def wait(self) -> None:
        """Wait until it runs."""
        ready = "--for=condition=Ready"
        self.place.kubectl("wait", f"--namespace={NAMESPACE}", ready, "--timeout=120s", "pod/client", seconds=130)

    def run(self, script: str, *arguments: str, seconds: float = 600.0) -> str:
        """Run a script to its end; returns its output, raises `StepFailed`."""
        return self._exec("python", f"/scripts/{script}.py", *arguments, seconds=seconds)

    def last_line(self, script: str, *arguments: str) -> Any:
        """The JSON that a script prints on its last line."""
        return json.loads(self.run(script, *arguments).splitlines()[-1])

    def read(self, file: str) -> str:
        """A file of the pod."""
        return self._exec("python", "-c", f"print(open({file!r}).read())")

    def touch(self, file: str) -> None:
        """Make an empty file in the pod."""
        self._exec("python", "-c", f"open({file!r}, 'w')")

    def exists(self, file: str) -> bool:
        """Whether the pod has this file."""
        return self._exec("python", "-c", f"print(__import__('os').path.exists({file!r}))").strip() == "True"

    def _exec(self, *argv: str, seconds: float = 60.0) -> str:
        return self.place.kubectl("exec", f"--namespace={NAMESPACE}", "client", "--", *argv, seconds=seconds).stdout

    def start(self, *argv: str) -> "subprocess.Popen[str]":
        """Start a command in the pod; returns at once."""
        command = self.place.command("exec", f"--namespace={NAMESPACE}", "client", "--", *argv)
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class Load:
    """Registrations at a steady rate during a `with` block; `figures` afterwards: what clients saw, what is kept."""

    def __init__(self, client: InsideClient, name: str, *, rate: int = 100) -> None:
        self._client = client
        self._file = f"/tmp/{name}.json"  # noqa: S108 -- in the pod
        self._rate = rate
        self._process: subprocess.Popen[str] | None = None
        self.figures: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._process = self._client.start("python", "/scripts/load.py", f"--rate={self._rate}", self._file)
        until(self._begun, what="the load begins")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._client.touch(self._file.replace(".json", ".stop"))
        output = self._process.communicate(timeout=120)[0]
        if self._process.returncode:
            raise StepFailed(f"the load has failed: {output[-2_000:]}")
        self.figures = json.loads(self._client.read(self._file))

    def check(self) -> dict[str, Any]:
        """The figures; raises `StepFailed` if a client saw an error, or an acknowledged registration is not kept."""
        counts = self._client.last_line("count", self._file)
        figures: dict[str, Any] = {key: value for key, value in self.figures.items() if key != "meetings"} | counts
        acknowledged = figures["acknowledged"]
        wrong = []
        if figures["failed"]:
            wrong.append(f"clients saw errors: {figures['failed']}")
        if (figures["rows"], figures["events"]) != (acknowledged, acknowledged):
            wrong.append(f"{acknowledged} acknowledged, {figures['rows']} rows, {figures['events']} events")
        if figures["waiting"] or figures["dead_letters"]:
            wrong.append(f"not consumed: {figures['waiting']}, dead letters: {figures['dead_letters']}")
        if wrong:
            raise StepFailed(f"{'; '.join(wrong)}; {json.dumps(figures)}")
        return figures

    def _begun(self) -> bool:
        return self._client.exists(self._file.replace(".json", ".begun")) or self._ended()

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None
