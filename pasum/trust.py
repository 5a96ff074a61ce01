"""Loads what a verification trusts: the log's public key, and the root certificates of the signers."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pasum.verdict import Finding, Outcome
from services.archive.domain.evidence import MalformedKey
from services.archive.domain.note import VerifierKey, parse_key

TRUST = Path("trust")
LOG_KEY = "log.vkey"
ROOTS = "roots"


class Undecided(Exception):
    """Something that is needed for a verdict is missing or cannot be read."""

    def __init__(self, lao: str, english: str) -> None:
        super().__init__(english)
        self.finding = Finding(Outcome.UNDECIDED, lao, english)


@dataclass(frozen=True, slots=True)
class Trust:
    """The log's public key, and root certificates (DER), if there are any."""

    key: VerifierKey
    roots: tuple[bytes, ...]


def trusted(key: VerifierKey | str | Path | None, roots: Path | None, *, judged: Path) -> Trust:
    """The given key and roots; by default those in `trust/` in the current folder.

    That default is not used if the file `judged` lies in the current folder too: a file must not bring its own key.
    Raises `Undecided` if the key is missing or something cannot be read.
    """
    return Trust(_key(key, judged), _roots(roots or _default(ROOTS, judged)))


def read(path: Path) -> bytes:
    """The bytes of a file; raises `Undecided` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Undecided(f"ອ່ານຟາຍບໍ່ໄດ້: {path.name}", f"The file cannot be read: {path.name}") from error


def _key(given: VerifierKey | str | Path | None, judged: Path) -> VerifierKey:
    if isinstance(given, VerifierKey):
        return given
    with suppress(MalformedKey):  # then the text is the path of a key
        return parse_key(str(given))
    source = given or _default(LOG_KEY, judged)
    if source is None:
        raise Undecided("ບໍ່ມີກະແຈສາທາລະນະຂອງບັນຊີ", "The log's public key is missing; give --key.")
    try:
        return parse_key(read(Path(source)).decode("utf-8", "replace"))
    except MalformedKey as error:
        raise Undecided(MalformedKey.lao, MalformedKey.english) from error


def _default(name: str, judged: Path) -> Path | None:
    beside = TRUST.resolve().parent == judged.resolve().parent
    return TRUST / name if (TRUST / name).exists() and not beside else None


def _roots(source: Path | None) -> tuple[bytes, ...]:
    """The certificates in a file or in all files of a folder; raises `Undecided` if there are none."""
    if source is None:
        return ()
    found = tuple(certificate for file in _files(source) for certificate in _certificates(read(file)))
    if not found:
        english = f"No root certificate (PEM or DER) is in {source.name}; give --trust-roots."
        raise Undecided(f"ບໍ່ມີໃບຮັບຮອງຮາກ (PEM ຫຼື DER) ຢູ່ໃນ {source.name}", english)
    return found


def _files(source: Path) -> list[Path]:
    """The file itself, or the files in a folder."""
    if not source.is_dir():
        return [source]
    try:
        return sorted(file for file in source.iterdir() if file.is_file())
    except OSError as error:
        raise Undecided(f"ເປີດໂຟນເດີບໍ່ໄດ້: {source.name}", f"The folder cannot be read: {source.name}") from error


def _certificates(content: bytes) -> list[bytes]:
    """The certificates (as DER) in the bytes of a PEM or DER file; empty for anything else."""
    try:
        return [each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(content)]
    except ValueError:
        pass
    try:
        return [x509.load_der_x509_certificate(content).public_bytes(Encoding.DER)]
    except ValueError:
        return []
