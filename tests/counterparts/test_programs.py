"""Programs of others are had once, and who lacks one is told what to do."""

import subprocess
from pathlib import Path

import pytest

from tests.counterparts import CounterpartUnavailable, chromium, debian, go, needed


def test_a_program_is_built_once_and_runs() -> None:
    built = needed(go.program, "versitygw")
    changed = built.stat().st_mtime_ns
    assert (go.program("versitygw"), built.stat().st_mtime_ns) == (built, changed)
    assert subprocess.run([built, "--version"], capture_output=True, check=False).returncode == 0


def test_one_program_of_several_is_asked_for_by_name() -> None:
    with pytest.raises(ValueError, match="too many values"):
        go.program("kubernetes")


def test_without_go_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PASUM_CACHE", str(tmp_path))
    with pytest.raises(CounterpartUnavailable, match="built with Go, which is not installed"):
        go.program("versitygw")
    with pytest.raises(CounterpartUnavailable, match="no apt to download prometheus"):
        debian.program("prometheus", "promtool")
    with pytest.raises(CounterpartUnavailable, match="as root on Debian: apt-get install chromium-headless-shell"):
        chromium.program()


def test_what_cannot_be_built_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "tools.go").write_text('import _ "example.invalid/odd"\n')
    (tmp_path / "odd" / "go.mod").write_text("module odd\n")
    monkeypatch.setenv("PASUM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(go, "_HERE", tmp_path)
    with pytest.raises(CounterpartUnavailable, match=r"go build example\.invalid/odd failed"):
        go.program("odd")
