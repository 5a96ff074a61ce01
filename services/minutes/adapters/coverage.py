"""Which characters the fonts of documents can draw, as the table that the domain decides by.

`python -m services.minutes.adapters.coverage --write` writes the table; without an argument it checks that the table is
what the fonts say.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from services.minutes.adapters.glyphs import printable_characters
from services.minutes.domain import coverage
from shared.generated_page import command_line

TABLE = Path(coverage.__file__)
_WIDTH = 106


def table() -> str:
    """The module `domain/coverage.py`."""
    lines = "\n".join(f'    "{line} "' for line in wrap(" ".join(_ranges()), _WIDTH))
    return (
        '"""The characters that the fonts of documents can draw, as ranges in hexadecimal; written by '
        '`adapters/coverage.py`."""\n\n'
        f"from typing import Final\n\nRANGES: Final = (\n{lines}\n)\n"
    )


def _ranges() -> Iterator[str]:
    """`61-7a` for those that follow each other, `ad` for one alone."""
    for _, run in groupby(enumerate(sorted(printable_characters())), lambda place: place[1] - place[0]):
        codes = [code for _, code in run]
        yield f"{codes[0]:x}" if len(codes) == 1 else f"{codes[0]:x}-{codes[-1]:x}"


if __name__ == "__main__":
    sys.exit(command_line(TABLE, table(), repair="python -m services.minutes.adapters.coverage --write"))
