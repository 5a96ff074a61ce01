"""What the archive needs from outside: a store that keeps packages until a date, and the key that signs for the log."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.archive.domain.note import VerifierKey
from shared.database import Database
from shared.objects import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPackage:
    """What is stored under a record's name besides the package (ZIP): its proof (`.tlog-proof`), and how it is kept.

    Until the end of `retain_until` nobody may delete it; while `held` (legal hold) nobody may at all.
    """

    name: str
    proof: bytes
    retain_until: date
    held: bool


class PackageMissing(Exception):
    """Nothing is stored under this name."""


class PackageStored(Exception):
    """Something else is already stored under this name; it stays as it is."""


class PackageCorrupt(Exception):
    """What is stored is not what was put: the medium is damaged, or somebody wrote to it."""


class ArchiveStore(Protocol):
    """Write-once storage of packages by name; every method raises `Unavailable` when the medium does not answer."""

    async def put(self, name: str, *, package: bytes, proof: bytes, retain_until: date) -> None:
        """Store both or neither; when it returns, both survive a power failure.

        The same again changes nothing; anything else under the same name is refused with `PackageStored`. `ValueError`
        for a name that is not lower-case letters, digits and hyphens (at most 100).
        """
        ...

    async def get(self, name: str) -> StoredPackage:
        """What is stored, without the package itself; `PackageMissing`, or `PackageCorrupt` if the proof is another."""
        ...

    def stream(self, name: str) -> AsyncIterator[bytes]:
        """The package piece by piece; the last piece only comes if the hash of all is the one taken when it was put.

        `PackageMissing` or `PackageCorrupt`.
        """
        ...

    async def names(self) -> tuple[str, ...]:
        """All stored names in order; a put that did not end is not among them."""
        ...

    async def hold(self, name: str, *, reason: str) -> None:
        """Place a legal hold; a second one changes nothing. `PackageMissing`."""
        ...

    async def release(self, name: str) -> None:
        """Lift the legal hold, if there is one. `PackageMissing`."""
        ...

    async def check(self) -> None:
        """Return if packages can be read; what it raises says what is wrong."""
        ...


class LogSigner(Protocol):
    """The log's private key, wherever it is kept; the same text gives the same signature (Ed25519, RFC 8032)."""

    @property
    def key(self) -> VerifierKey:
        """The public half, under the log's name."""
        ...

    def sign(self, text: bytes) -> bytes:
        """The signature, 64 bytes; raises `Unavailable` when the key does not answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What the routes and the effects of the archive work with.

    `retention_years`: whole calendar years after the one in which a record is closed. `public_url`: where the links to
    packages lead.
    """

    database: Database
    objects: ObjectStore
    packages: ArchiveStore
    signer: LogSigner
    retention_years: int
    public_url: str
