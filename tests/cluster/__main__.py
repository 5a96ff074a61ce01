"""`python -m tests.cluster`: runs the steps, prints them as a table, writes `.local/cluster/report.json`."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.cluster import api_stage, pods_stage
from tests.cluster.steps import Steps

FOLDER: Final = Path(".local/cluster")


def main() -> int:
    """Run; the exit code is 0 only if every step has passed."""
    parser = argparse.ArgumentParser(prog="make cluster-test", description=__doc__)
    parser.add_argument("--only", choices=("api", "pods"), help="one stage; both without it")
    parser.add_argument("--tag", default="dev", help="of the images, as `make images` makes them (dev)")
    parser.add_argument("--registry", default="", help="from which the cluster of KUBECONFIG pulls all images")
    options = parser.parse_args()
    console = Console()
    folder = FOLDER.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    steps = Steps(console, folder / "report.json")
    if options.only != "pods":
        api_stage.run(steps, folder / "api")
    if options.only != "api":
        steps.broken = ""
        pods_stage.run(steps, folder / "pods", tag=options.tag, registry=options.registry)
    console.print(steps.table())
    console.print(f"→ {FOLDER / 'report.json'}", highlight=False)
    return 1 if steps.failed else 0


if __name__ == "__main__":
    sys.exit(main())
