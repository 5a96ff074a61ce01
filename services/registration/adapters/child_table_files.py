"""Reads tables in a child process with limits of memory and processor time: a file made to harm ends it, not us.

`python -m services.registration.adapters.child_table_files` is the child process: the file on standard input, pickled
rows on standard output.
"""

import io
import pickle
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from services.registration.adapters.table_files import TableFiles
from services.registration.domain.import_refusals import UnreadableFile
from services.registration.ports import Table, TableRow
from shared.kernel import Unavailable

MEMORY_BYTES: Final = 160 * 1024 * 1024
"""What a file may take, itself included, besides the modules that read it (about 60 MB)."""
PROCESSOR_SECONDS: Final = 120
_BATCH: Final = 200  # rows that are sent together
_REFUSED: Final = 65  # the exit code: EX_DATAERR
_ENDED_FROM_OUTSIDE: Final = (-signal.SIGKILL, -signal.SIGTERM)


class ChildTableFiles:
    """The `TableReader`: one child process for each file."""

    def read(self, file: BinaryIO, media_type: str) -> Table:
        """As `TableReader.read`; this and the rows raise `Unavailable` where somebody else ended the child process."""
        process = subprocess.Popen(  # noqa: S603 -- this module, and a media type of ours
            (sys.executable, "-m", "services.registration.adapters.child_table_files", media_type),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin is not None  # noqa: S101 -- pipes were asked for
        assert process.stdout is not None  # noqa: S101 -- as above
        with suppress(BrokenPipeError), process.stdin as to_child:
            shutil.copyfileobj(file, to_child)
        sheet, others = _received(process, process.stdout)
        return Table(rows=_rows(process, process.stdout), sheet=sheet, other_sheets=others)


def _rows(process: "subprocess.Popen[bytes]", output: IO[bytes]) -> Iterator[TableRow]:
    """All rows; whoever stops before the last ends the child."""
    try:
        while batch := _received(process, output):
            for line, cells in batch:
                yield TableRow(line=line, cells=cells)
    finally:
        process.kill()
        output.close()
        process.wait()


def _received(process: "subprocess.Popen[bytes]", output: IO[bytes]) -> Any:
    try:
        return pickle.load(output)  # noqa: S301 -- written by our own child
    except (EOFError, pickle.UnpicklingError):
        output.close()
        if process.wait() in _ENDED_FROM_OUTSIDE:
            raise Unavailable("reading of lists") from None
        raise UnreadableFile from None


def _send(table: Table, output: IO[bytes]) -> None:
    """The names of the sheets, the rows, and an empty batch as the sign that they were all."""
    pickle.dump((table.sheet, table.other_sheets), output)
    while batch := [(row.line, tuple(row.cells)) for row in islice(table.rows, _BATCH)]:
        pickle.dump(batch, output)
    pickle.dump([], output)
    output.flush()


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 1))


if __name__ == "__main__":
    _limit()
    try:
        _send(TableFiles().read(io.BytesIO(sys.stdin.buffer.read()), sys.argv[1]), sys.stdout.buffer)
    except (UnreadableFile, MemoryError):
        sys.exit(_REFUSED)
