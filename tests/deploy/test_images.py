"""The Dockerfile: a target for each service, with its own libraries and code only, and as the chart expects it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import yaml

from deploy.images.build import TARGETS
from deploy.images.pinned import pinned_config
from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.deploy.rendering import CHART, ROOT, pods

DOCKERFILE: Final = ROOT / "deploy" / "images" / "Dockerfile"
LABELS: Final = {"title", "description", "vendor", "licenses", "version", "revision"}


@cache
def stages() -> Mapping[str, tuple[str, ...]]:
    """The instructions of each stage, by its name; continued lines are one."""
    text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, list[str]] = {}
    for line in lines:
        if begun := re.fullmatch(r"FROM (\S+) AS (\S+)", line):
            found[begun[2]] = [line]
        elif found:
            found[list(found)[-1]].append(line)
    return {name: tuple(instructions) for name, instructions in found.items()}


def instructions(stage: str, word: str) -> list[str]:
    """What follows `word` in this stage and in those that it is made from."""
    first, *own = stages()[stage]
    base = first.split()[1]
    inherited = instructions(base, word) if base in stages() else []
    return [*inherited, *(line.removeprefix(f"{word} ") for line in own if line.startswith(f"{word} "))]


def test_every_service_and_the_command_of_operators_have_a_target() -> None:
    assert [name for name, lines in stages().items() if lines[0].startswith("FROM runtime")] == [*TARGETS]
    assert [*TARGETS] == [*SERVICE_NAMES, *WEB_NAMES, "pasum"]


@pytest.mark.parametrize("service", [*SERVICE_NAMES, *WEB_NAMES])
def test_a_service_has_its_own_libraries_and_its_own_code_alone(service: str) -> None:
    synced = [each for run in instructions(f"{service}-files", "RUN") for each in re.findall(r"uv sync ([^&]*)", run)]
    assert [re.findall(r"--extra (\S+)", each) for each in synced] == [[], [service]]
    assert all({"--frozen", "--no-dev", "--no-install-project"} <= set(each.split()) for each in synced)
    copied = [line.split()[0] for line in instructions(f"{service}-files", "COPY")]
    assert copied == ["deploy/images/layers.py", "shared", "services/__init__.py", f"services/{service}"]


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_runs_as_the_user_of_the_chart_and_leaves_its_probes_to_it(target: str) -> None:
    uid = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))["pods"]["uid"]
    assert instructions(target, "USER") == [f"{uid}:{uid}"]
    assert instructions(target, "HEALTHCHECK") == ["NONE"]


def test_the_commands_of_the_chart_are_those_of_the_images() -> None:
    found = [one for pod in pods("by-role", "Deployment") for one in pod.spec["containers"]]
    commands = {tuple(one["command"][:3]) for one in found}
    entries = {
        tuple(yaml.safe_load(instructions(service, "ENTRYPOINT")[0])) for service in (*SERVICE_NAMES, *WEB_NAMES)
    }
    assert commands == entries


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_says_what_it_is(target: str) -> None:
    labels = " ".join(instructions(target, "LABEL"))
    assert set(re.findall(r"org\.opencontainers\.image\.(\w+)=", labels)) == LABELS


def test_nothing_comes_from_the_web_but_the_libraries_of_the_lock() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert re.findall(r"(?mi)^ADD .*|https?://|\bcurl\b|\bwget\b|\bapt-get\b|^# *syntax *=", text) == []
    assert re.findall(r"pip install .*", text) == ['pip install --no-cache-dir --target /opt/uv "uv==${UV_VERSION}"']


def test_two_builds_of_one_commit_have_one_configuration() -> None:
    layers = {"rootfs": {"type": "layers", "diff_ids": ["sha256:1"]}}
    anew, from_cache = (
        {
            **layers,
            "created": f"{day}T13:00:00.123Z",
            "history": [{"created": f"{day}T12:59:00Z", "created_by": "COPY"}],
        }
        for day in ("2026-11-26", "2026-11-20")
    )
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    assert pinned_config(anew, moment) == pinned_config(from_cache, moment)
    assert pinned_config(anew, moment)["created"] == "2026-11-25T00:00:00Z"


def test_the_bases_are_arguments() -> None:
    bases = {lines[0].split()[1] for lines in stages().values()} - stages().keys()
    assert bases == {"${BASE}", "${BUILD_BASE}"}


@pytest.mark.parametrize(
    "dockerfile", [DOCKERFILE, *sorted((ROOT / "tests" / "containers").rglob("Dockerfile"))], ids=str
)
def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    program = shutil.which("hadolint", path=Path(sys.executable).parent)
    assert program is not None
    done = subprocess.run([program, "--no-color", str(dockerfile)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
