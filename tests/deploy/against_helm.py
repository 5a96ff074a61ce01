"""Helm 3 and Helm 4 themselves render, lint and pack the chart as the tests do: `make chart-peers`, not `make test`.

They are built from source, which takes minutes the first time.
"""

import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.counterparts import go
from tests.deploy.rendering import CHART, NAMESPACE, VALUES, Manifest, each_values, manifests

each_helm = pytest.mark.parametrize("version", ["helm3", "helm4"])
KUBERNETES = "--kube-version=1.37"  # a Helm that was built from source assumes another one


def helm(version: str, *arguments: str) -> str:
    """What Helm prints; raises `CalledProcessError`, or `CounterpartUnavailable` where it cannot be built."""
    command = [str(go.program(version)), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def by_name(found: list[Manifest]) -> dict[tuple[str, str], Manifest]:
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


@each_helm
@each_values
def test_it_renders_what_the_tests_have_seen(version: str, name: str) -> None:
    given = ["template", "pasum", str(CHART), f"--namespace={NAMESPACE}", f"--values={VALUES[name]}", KUBERNETES]
    rendered = [one for one in yaml.safe_load_all(helm(version, *given)) if one]
    assert by_name(rendered) == by_name(manifests(name))


@each_helm
@each_values
def test_it_finds_nothing_to_warn_of(version: str, name: str) -> None:
    said = helm(version, "lint", "--strict", str(CHART), f"--values={VALUES[name]}", KUBERNETES)
    assert "1 chart(s) linted, 0 chart(s) failed" in said


@each_helm
def test_a_missing_value_is_refused_with_its_path(version: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        helm(version, "template", "pasum", str(CHART), f"--values={VALUES['all-in-one']}", "--set=sms.url=", KUBERNETES)
    assert "at '/sms/url'" in refused.value.stderr


@each_helm
def test_the_package_has_what_a_release_needs_and_nothing_of_the_tests(version: str, tmp_path: Path) -> None:
    helm(version, "package", str(CHART), f"--destination={tmp_path}")
    (package,) = tmp_path.glob("*.tgz")
    with tarfile.open(package) as packed:
        names = {name.removeprefix("pasum/") for name in packed.getnames()}
    wanted = {str(path.relative_to(CHART)) for path in CHART.rglob("*") if path.is_file()}
    assert names == {name for name in wanted if not name.startswith("ci/")}
