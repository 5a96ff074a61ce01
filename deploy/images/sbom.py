"""Lists what is in an image as CycloneDX, with licences, and refuses licences that we cannot ship."""

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from deploy.images.checkout import Checkout
from deploy.images.engine import Engine

FOLDER: Final = Path(".local/images")
"""Where `make images` leaves `<target>.cdx.json`, below the checkout."""

_LIBRARIES: Final = "/opt/pasum/lib"
_FORBIDDEN: Final = re.compile(
    r"AGPL|Affero|(?<![AL])GPL|(?<!Lesser )General Public|SSPL|Server Side Public|BUSL|Business Source|Commons Clause|"
    r"non-?commercial|proprietary",
    re.IGNORECASE,
)
_PERMITTED: Final = re.compile(r"Lesser General Public|Lesser GPL|LGPL", re.IGNORECASE)


class LicenceForbidden(RuntimeError):
    """An image holds a library that we cannot ship; the message names each with its licences."""


class ListFailed(RuntimeError):
    """The list could not be made; the message is what the tool said."""


def write(engine: Engine, image: str, what: Checkout, target: str) -> Path:
    """Write the list of `image` into `FOLDER`; the same for the same image. Raises `LicenceForbidden`."""
    file = what.root / FOLDER / f"{target}.cdx.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pasum-libraries-") as folder:
        _copy_out(engine, image, Path(folder))
        (packages,) = Path(folder).glob("lib/python3.*/site-packages")
        _list(packages, file, what)
        _add_licence_fields(packages, file)
    if refused := forbidden(licences(json.loads(file.read_text(encoding="utf-8")))):
        raise LicenceForbidden(f"{image} holds what we cannot ship: {'; '.join(refused)}")
    return file


def licences(document: dict[str, Any]) -> dict[str, list[str]]:
    """The licences of each library of a CycloneDX document: SPDX names, expressions, or what its author wrote."""
    return {
        f"{one['name']} {one['version']}": sorted({_name(each) for each in one.get("licenses", [])})
        for one in document["components"]
    }


def forbidden(found: dict[str, list[str]]) -> list[str]:
    """The libraries with a licence that we cannot ship, and those that tell none."""
    return [
        f"{library} ({', '.join(names) or 'tells no licence'})"
        for library, names in found.items()
        if not names or not all(_shippable(name) for name in names)
    ]


def _shippable(name: str) -> bool:
    """Whether one of the alternatives of an expression can be shipped."""
    alternatives = re.split(r"\s+OR\s+", name)
    return any(_PERMITTED.search(each) or not _FORBIDDEN.search(each) for each in alternatives)


def _name(entry: dict[str, Any]) -> str:
    licence = entry.get("license", {})
    return str(entry.get("expression") or licence.get("id") or licence.get("name"))


def _copy_out(engine: Engine, image: str, folder: Path) -> None:
    container = engine.run("create", image).strip()
    try:
        engine.run("cp", f"{container}:{_LIBRARIES}", str(folder))
    finally:
        engine.run("rm", container)


def _add_licence_fields(packages: Path, file: Path) -> None:
    """What a library's metadata say in the field `License`: cyclonedx-py omits it where it is no name of SPDX."""
    said = {one.name: one.metadata["License"] for one in distributions(path=[str(packages)])}
    document = json.loads(file.read_text(encoding="utf-8"))
    for component in document["components"]:
        if not component.get("licenses") and (name := said.get(component["name"])):
            component["licenses"] = [{"license": {"acknowledgement": "declared", "name": name}}]
    file.write_text(json.dumps(document, indent=2, sort_keys=True), encoding="utf-8")


def _list(packages: Path, file: Path, what: Checkout) -> None:
    """Run cyclonedx-py on the libraries; the "Python" that it asks for its path knows of nothing else."""
    python = packages.parents[2] / "python"
    python.write_text(f"#!/bin/sh\necho '{json.dumps([str(packages)])}'\n", encoding="utf-8")
    python.chmod(0o700)
    options = ["--output-reproducible", "--pyproject", str(what.root / "pyproject.toml"), "--output-file", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "environment", *options, str(python)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(what.time.timestamp()))},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ListFailed(done.stderr.strip())
