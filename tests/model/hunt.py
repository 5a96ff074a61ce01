"""More seeds than a test has time for: `python -m tests.model.hunt [--seeds 10000] [--first 0] [--mutants]`."""

import argparse
import sys

import structlog

from tests.model.mutants import MOST_SEEDS, MUTANTS, TRUE, first_catch


def main() -> int:
    """Say of each world which seed breaks it first; 1 where one of the true ones breaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=MOST_SEEDS, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first one")
    parser.add_argument("--mutants", action="store_true", help="of the planted bugs, not of the true code")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    broken = 0
    for name, world in (MUTANTS if asked.mutants else TRUE).items():
        found = first_catch(world, range(asked.first, asked.first + asked.seeds))
        broken += found is not None
        sys.stdout.write(f"{name}: {'holds' if found is None else f'seed {found[0]}: {found[1]}'}\n")
    return int(broken > 0 and not asked.mutants)


if __name__ == "__main__":
    sys.exit(main())
