"""Finds out what a file is in a child process (`file_types.py`), so that the library's memory is given back."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Final

from shared.kernel import Unavailable

TIMEOUT: Final = 30.0
"""Seconds until it is given up."""


class ChildFileTypes:
    """The `FileTypes`: one child process for each file."""

    async def type_of(self, file: Path) -> str:
        """As `FileTypes.type_of`."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.registration.adapters.file_types", str(file)),
            stdout=PIPE,
            stderr=DEVNULL,
        )
        try:
            async with asyncio.timeout(TIMEOUT):
                found, _ = await process.communicate()
        except TimeoutError:
            raise Unavailable("type of a file") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise Unavailable("type of a file")
        return found.decode()
