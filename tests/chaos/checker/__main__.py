"""`python -m tests.chaos.checker HISTORY [--json]`: the verdict; ends with 1 if all is not well, 2 without any."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from tests.chaos.checker import judge, read_history
from tests.chaos.history import BadLine

WRONG, NO_HISTORY = 1, 2


def main() -> int:
    """Read, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.checker", description=__doc__)
    parser.add_argument("history", type=Path)
    parser.add_argument("--json", action="store_true", help="figures and findings as JSON")
    chosen = parser.parse_args()
    try:
        verdict = judge(read_history(chosen.history))
    except (BadLine, OSError) as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        return NO_HISTORY
    if chosen.json:
        json.dump(verdict.as_json(), sys.stdout, ensure_ascii=False, indent=2)
    else:
        verdict.show(Console())
    return 0 if verdict.true else WRONG


if __name__ == "__main__":
    sys.exit(main())
