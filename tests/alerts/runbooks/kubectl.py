"""A stand-in for kubectl: the commands of the runbooks act on the processes of the local system.

It knows the verbs that the runbooks use, and refuses all others. A Deployment `pasum-<service>-<role>` is the process
`<service>-<role>`; its replicas are one process or none.
"""

import json
import shlex
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from deploy.local.ports import LOOPBACK
from deploy.local.processes import http_ready, tail
from deploy.local.system import System

_SHIM: Final = """#!{python}
import sys, json, urllib.request
request = urllib.request.Request("{address}", json.dumps(sys.argv[1:]).encode())
answer = json.load(urllib.request.urlopen(request))
print(answer["output"])
sys.exit(answer["code"])
"""


class NotKnown(ValueError):
    """The stand-in does not know this command."""


class StandIn:
    """Carries out what the runbooks ask of kubectl."""

    def __init__(self, system: System) -> None:
        self.environments: dict[str, dict[str, str]] = {}
        self._system = system
        self._verbs: Mapping[tuple[str, ...], Callable[[str, list[str]], str]] = {
            ("get", "pods"): self._pods,
            ("get",): self._replicas,
            ("logs",): self._logs,
            ("scale",): self._scale,
            ("rollout", "restart"): self._restart,
            ("rollout", "undo"): self._undo,
            ("rollout", "status"): self._status,
            ("set", "env"): self._set,
        }

    def carry_out(self, arguments: list[str]) -> str:
        """The output of one command; raises `NotKnown`, or `DidNotStart`."""
        for verb, act in self._verbs.items():
            if tuple(arguments[: len(verb)]) == verb:
                rest = arguments[len(verb) :]
                named = next((each for each in rest if each.startswith("deployment/")), "")
                return act(named.removeprefix("deployment/pasum-"), rest)
        raise NotKnown(shlex.join(arguments))

    def stop(self, name: str) -> None:
        """Stop a process, as if its Deployment had no replicas."""
        self._system.running[name].stop()

    def start(self, name: str) -> None:
        """Start a process if it does not run."""
        if not self._system.running[name].running:
            self._system.launch(name, **self.environments.get(name, {}))

    def _pods(self, _: str, rest: list[str]) -> str:
        selected = rest[-1].rpartition("=")[2]
        states = {name: one.running for name, one in self._system.running.items() if name.startswith(selected)}
        return "\n".join(f"pasum-{name} {'Running' if runs else 'Gone'}" for name, runs in states.items())

    def _replicas(self, name: str, _: list[str]) -> str:
        return str(int(self._system.running[name].running))

    def _logs(self, name: str, _: list[str]) -> str:
        return tail(self._system.running[name].program.log)

    def _scale(self, name: str, rest: list[str]) -> str:
        (self.stop if "--replicas=0" in rest else self.start)(name)
        return "scaled"

    def _restart(self, name: str, _: list[str]) -> str:
        self.stop(name)
        self.start(name)
        return "restarted"

    def _undo(self, name: str, rest: list[str]) -> str:
        self.environments.pop(name, None)
        return self._restart(name, rest)

    def _status(self, name: str, _: list[str]) -> str:
        self._system.running[name].wait_until_ready(http_ready(self._system.probe(name)))
        return "successfully rolled out"

    def _set(self, name: str, rest: list[str]) -> str:
        given = dict(each.split("=", 1) for each in rest if "=" in each and not each.startswith("-"))
        self.environments.setdefault(name, {}).update(given)
        return self._restart(name, rest)


class Served:
    """A program `kubectl` in a folder, whose commands the stand-in of this process carries out."""

    def __init__(self, stand_in: StandIn, folder: Path) -> None:
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(stand_in))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "kubectl"
        address = f"http://{LOOPBACK}:{self._server.server_port}"
        program.write_text(_SHIM.format(python=sys.executable, address=address), encoding="utf-8")
        program.chmod(0o755)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arguments = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                answer: dict[str, Any] = {"output": stand_in.carry_out(arguments), "code": 0}
            except Exception as error:  # noqa: BLE001 -- whatever it is, the command has failed
                answer = {"output": f"{type(error).__name__}: {error}", "code": 1}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
