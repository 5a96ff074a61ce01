"""Typesets in a child process that ends with its document, so that its memory is given back (decision 0044)."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Final

from services.registration.ports import Paper
from shared.kernel import Unavailable

TIMEOUT: Final = 120.0
"""Seconds until a document is given up."""
_PIECE: Final = 65_536  # bytes


class ChildTypesetter:
    """The `Typesetter`: one document at a time, which bounds the memory."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def pdf(self, paper: Paper) -> AsyncIterator[bytes]:
        """As `Typesetter.pdf`; names and tickets go through pipes, never into a command line or a file."""
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services.registration.adapters.typesetting"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
            )
            try:
                async with asyncio.timeout(TIMEOUT):
                    async for piece in _exchange(process, json.dumps(asdict(paper)).encode()):
                        yield piece
            except TimeoutError:
                raise Unavailable("typesetting") from None
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()


async def _exchange(process: Process, document: bytes) -> AsyncIterator[bytes]:
    assert process.stdin is not None  # noqa: S101 -- pipes were asked for
    assert process.stdout is not None  # noqa: S101 -- as above
    process.stdin.write(document)
    process.stdin.close()
    while piece := await process.stdout.read(_PIECE):
        yield piece
    if await process.wait() != 0:
        raise Unavailable("typesetting")
