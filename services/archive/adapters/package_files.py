"""The three files of a stored package, which have the same names in a folder and in a bucket.

```
<name>.zip  <name>.tlog-proof  retention.json    the hashes of the other two, and how long they are kept
```
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from services.archive.ports import PackageCorrupt, StoredPackage
from shared.objects import ObjectCorrupt, checked_pieces

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What `retention.json` says: two SHA-256 (hexadecimal) and a date."""

    package_sha256: str
    proof_sha256: str
    retain_until: date


def read_retention(name: str, content: bytes | None) -> Retention:
    """The content of `retention.json`; `PackageCorrupt` if it is missing or was not written by `files_of`."""
    try:
        stored = json.loads(content or b"")
        kept_until = date.fromisoformat(stored.pop("retain_until"))
        return Retention(**stored, retain_until=kept_until)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackageCorrupt(name) from error


def stored_package(name: str, retention: Retention, proof: bytes | None, *, held: bool) -> StoredPackage:
    """What is stored besides the package; `PackageCorrupt` if the proof is missing or another."""
    if proof is None or sha256(proof).hexdigest() != retention.proof_sha256:
        raise PackageCorrupt(name)
    return StoredPackage(name=name, proof=proof, retain_until=retention.retain_until, held=held)


async def checked_package(name: str, retention: Retention, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a package, the last one only if the hash of all is right; `PackageCorrupt`."""
    try:
        async for piece in checked_pieces(pieces, sha256=retention.package_sha256):
            yield piece
    except ObjectCorrupt as error:
        raise PackageCorrupt(name) from error


def hold_file(reason: str) -> bytes:
    """The file that is there while a legal hold lies on a package."""
    return json.dumps({"reason": reason}, ensure_ascii=False).encode()
