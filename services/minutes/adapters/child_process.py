"""Rendering, signing and verifying in a child process that ends when it was not called for a while.

Minutes are signed a few times a day; the libraries for it take as much memory as all the rest of the service. A
function is named and not passed, so that only the child process imports its module.

`python -m services.minutes.adapters.child_process` is the child process: pickled calls on standard input, results on
standard output.
"""

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final

from services.minutes.ports import MinutesDocument, Proof, Signatory

CALL_TIMEOUT: Final = 45.0
"""Seconds until a call is given up: less than an attempt of a job may take."""
IDLE_TIMEOUT: Final = 10.0
"""Seconds without a call after which the child ends."""

_ADAPTERS: Final = "services.minutes.adapters"


class ChildProcessFailed(RuntimeError):
    """The child ended without an answer."""


class ChildProcessRenderer:
    """The `Renderer`: Typst in a process of its own."""

    async def render(self, document: MinutesDocument) -> bytes:
        """As `services.minutes.ports.Renderer.render`."""
        return await asyncio.to_thread(CHILD_PROCESS.call, "typst_renderer:render", document)


class ChildProcessSigner:
    """The `Signer`: pyHanko, with the key files of the roles, in a process of its own."""

    def __init__(self, keys: Mapping[str, Path], *, passphrase: bytes | None = None) -> None:
        """As `FileKeySigner.__init__`."""
        self._keys = dict(keys)
        self._passphrase = passphrase

    async def sign(self, pdf: bytes, signatories: Sequence[Signatory], *, awaited: Sequence[str] = ()) -> bytes:
        """As `services.minutes.ports.Signer.sign`."""
        call = ("pyhanko_signer:sign", self._keys, self._passphrase, pdf, tuple(signatories), tuple(awaited))
        return await asyncio.to_thread(CHILD_PROCESS.call, *call)


class ChildProcessVerifier:
    """The `Verifier` by `roots` (PEM or DER), in a process of its own."""

    def __init__(self, *roots: bytes) -> None:
        self._roots = roots

    def verify(self, pdf: bytes) -> Proof:
        """As `services.minutes.ports.Verifier.verify`."""
        proof: Proof = CHILD_PROCESS.call("trust_root_verifier:verify", self._roots, pdf)
        return proof


class ChildProcess:
    """One process, started by the first call and after each end; one call at a time, which bounds the memory."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._idle = Timer(IDLE_TIMEOUT, self.end)

    def call(self, function: str, *arguments: object) -> Any:
        """What `module:function` of these adapters returns; blocks until then, at most `CALL_TIMEOUT` seconds.

        Raises what the function raises, and `ChildProcessFailed` where there was no answer. Nothing of the document is
        written into a command line or a log.
        """
        with self._lock:
            self._idle.cancel()
            self._process = self._process or _start()
            succeeded, outcome = self._exchange(self._process, (function, arguments))
            self._idle = Timer(IDLE_TIMEOUT, self.end)
            self._idle.daemon = True
            self._idle.start()
        if not succeeded:
            raise outcome
        return outcome

    def end(self) -> None:
        """End the process; the next call starts another."""
        with self._lock:
            self._end()

    def _exchange(self, process: "subprocess.Popen[bytes]", call: object) -> tuple[bool, Any]:
        if process.stdin is None or process.stdout is None:
            raise ChildProcessFailed("no pipes")
        timeout = Timer(CALL_TIMEOUT, process.kill)
        timeout.daemon = True
        timeout.start()
        try:
            pickle.dump(call, process.stdin)
            process.stdin.flush()
            answer: tuple[bool, Any] = pickle.load(process.stdout)  # noqa: S301 -- written by our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            raise ChildProcessFailed(f"exit code {self._end()}") from None
        finally:
            timeout.cancel()
        return answer

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(OSError):
            process.communicate()
        return process.returncode


CHILD_PROCESS: Final = ChildProcess()


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and our own module
        [sys.executable, "-m", f"{_ADAPTERS}.child_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _outcome(function: str, arguments: Sequence[object]) -> tuple[bool, object]:
    module, _, name = function.partition(":")
    try:
        return True, getattr(import_module(f"{_ADAPTERS}.{module}"), name)(*arguments)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the parent raises it
        return False, error


def _main() -> None:
    """Answer calls until the parent closes the pipe or has ended."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers, suppress(EOFError):
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not be read as an answer
        while True:
            pickle.dump(_outcome(*pickle.load(sys.stdin.buffer)), answers)  # noqa: S301 -- written by our own parent
            answers.flush()


if __name__ == "__main__":
    _main()
