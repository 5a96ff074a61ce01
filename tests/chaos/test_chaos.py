"""Two minutes under fire: processes, brokers and PostgreSQL are killed, stopped, put to sleep, and nothing is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KINDS = "kill,terminate,zombie,broker-kill,controller-kill,postgres-stop,postgres-kill,cut,gateway-deaf,poison"
RUN = ("--seed", "20220919", "--minutes", "2", "--pace", "8", "--brokers", "3", "--replicas", "1", "--kinds", KINDS)


@pytest.mark.timeout(900)
def test_two_minutes_of_faults_leave_no_trace(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tests.chaos.run", *RUN, "--folder", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=850, check=False)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    wrongs = ("not_carried_out", "not_recovered", "stuck", "problems", "findings")
    told = {name: report.get(name, "there was no verdict") for name in wrongs}
    assert (done.returncode, report["state"], told) == (0, "passed", {name: [] for name in wrongs}), done.stdout[-9000:]
    assert set(report["faults"]) == set(KINDS.split(","))
    assert report["acknowledged"] > 0
