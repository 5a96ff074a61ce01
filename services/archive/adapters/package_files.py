"""The three files of a stored package, which have the same names in a folder and in a bucket.

```
<name>.zip  <name>.tlog-proof  retention.json    the hashes of the other two, and how long they are kept
```
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Final

from services.archive.ports import PackageCorrupt, StoredPackage

PACKAGE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
RETENTION: Final = "retention.json"
"""Written last: without it a package counts as not stored."""


def files_of(name: str, *, package: bytes, proof: bytes, retain_until: date) -> Mapping[str, bytes]:
    """Name → content, in the order in which they are written; `ValueError` for an unfit name."""
    if not PACKAGE_NAME.fullmatch(name):
        message = f"not a name for a package: {name!r}"
        raise ValueError(message)
    retention = {
        "package_sha256": sha256(package).hexdigest(),
        "proof_sha256": sha256(proof).hexdigest(),
        "retain_until": retain_until.isoformat(),
    }
    return {f"{name}.zip": package, f"{name}.tlog-proof": proof, RETENTION: json.dumps(retention).encode()}


def stored_package(name: str, files: Mapping[str, bytes | None], *, held: bool) -> StoredPackage:
    """What the files say; `PackageCorrupt` if one is missing or not what was put."""
    package, proof = files[f"{name}.zip"], files[f"{name}.tlog-proof"]
    if package is None or proof is None:
        raise PackageCorrupt(name)
    try:
        retention = json.loads(files[RETENTION] or b"")
        expected = (retention["package_sha256"], retention["proof_sha256"])
        retain_until = date.fromisoformat(retention["retain_until"])
    except (KeyError, TypeError, ValueError) as error:
        raise PackageCorrupt(name) from error
    if (sha256(package).hexdigest(), sha256(proof).hexdigest()) != expected:
        raise PackageCorrupt(name)
    return StoredPackage(name=name, package=package, proof=proof, retain_until=retain_until, held=held)


def hold_file(reason: str) -> bytes:
    """The file that is there while a legal hold lies on a package."""
    return json.dumps({"reason": reason}, ensure_ascii=False).encode()
