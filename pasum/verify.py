"""Verifies offline that a file is in the archive, unchanged, and validly signed.

It trusts two things only: the log's public key and the root certificates of the signers. Both must come from another
source than the file. It contacts no server.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pasum.signatures import examine
from pasum.trust import Trust, Undecided, read, trusted
from pasum.verdict import Detail, Finding, Outcome, Verdict, render_verdict
from services.archive.domain.bag import PAYLOAD
from services.archive.domain.evidence import EvidenceRefused, UnreadablePackage
from services.archive.domain.note import VerifierKey
from services.archive.domain.package import locate
from services.archive.domain.proof import ProvenPackage, verify_package
from shared.kernel import OFFICE_ZONE

__all__ = ["Outcome", "Verdict", "render_verdict", "verify_file"]

PACKAGE = ".zip"
PROOF = ".tlog-proof"
PDF = ".pdf"
MAX_CANDIDATES = 100


def verify_file(
    path: Path,
    *,
    proof: Path | None = None,
    checkpoint_key: VerifierKey | str | Path | None = None,
    trust_roots: Path | None = None,
    package: Path | None = None,
) -> Verdict:
    """Verify a package (`.zip`, with its `.tlog-proof` beside it), or one file of a package that is beside it.

    `checkpoint_key` is the log's public key: its text `name+id+key`, or a file that contains it. The default is
    `trust/log.vkey` in the current folder, but not if the file lies in the current folder too: evidence must not bring
    its own key. `trust_roots` is a file or folder of certificates (PEM or DER, with any name); the default is
    `trust/roots`, under the same condition. Without roots, nothing that contains a PDF is trusted. Bad evidence gives
    a verdict; it raises nothing.
    """
    try:
        data = read(path)
        trust = trusted(checkpoint_key, trust_roots, judged=path)
        if package is None and path.suffix.lower() == PACKAGE:
            return _judge_package(path, data, proof=proof, trust=trust)
        return _judge_member(path, data, candidates=list(_candidates(path, package, proof)), trust=trust)
    except Undecided as missing:
        return Verdict(file=path, findings=(missing.finding,))
    except EvidenceRefused as refused:
        details = (Detail("SHA-256 ຂອງຟາຍ", "SHA-256 of the file", sha256(data).hexdigest()),)
        return Verdict(file=path, findings=(_refused(refused),), details=details)


def _judge_package(path: Path, data: bytes, *, proof: Path | None, trust: Trust) -> Verdict:
    proven = verify_package(data, _read_proof(path, proof), key=trust.key)
    findings, details = [_in_log()], _details(proven, trust.key)
    for name, pdf in proven.package.documents.items():
        if name.endswith(PDF):
            examined = examine(name, pdf, description=proven.package.description, trust=trust)
            findings += examined.findings
            details += examined.signers
    return Verdict(file=path, findings=tuple(findings), details=tuple(details))


def _judge_member(path: Path, data: bytes, *, candidates: list[tuple[Path, Path | None]], trust: Trust) -> Verdict:
    refusals = []
    for candidate, proof in candidates:
        try:
            proven = verify_package(read(candidate), _read_proof(candidate, proof), key=trust.key)
            place = locate(proven.package, data)
        except EvidenceRefused as refused:
            refusals.append(refused)
            continue
        findings, name = [_in_package(), _in_log()], place.removeprefix(PAYLOAD)
        details = [Detail("ບ່ອນຢູ່ໃນຊຸດເອກະສານ", "Place in the package", place), *_details(proven, trust.key)]
        if name.endswith(PDF):
            examined = examine(name, data, description=proven.package.description, trust=trust)
            findings += examined.findings
            details += examined.signers
        return Verdict(file=path, findings=tuple(findings), details=tuple(details))
    if refusals:
        raise refusals[0]
    raise Undecided("ບໍ່ພົບຊຸດເອກະສານຂອງຟາຍນີ້", "The package that this file belongs to was not found; give --package.")


def _candidates(path: Path, package: Path | None, proof: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """Packages to which it may belong: the given one, that of the given proof, the unpacked one, those beside it."""
    if package is not None or proof is not None:
        yield package or (proof or path).with_suffix(PACKAGE), proof
        return
    folder = path.resolve().parent
    bag = next((parent for parent in (folder, *folder.parents) if (parent / "bagit.txt").is_file()), None)
    unpacked_from = [bag.with_name(f"{bag.name}{PACKAGE}")] if bag else []
    for candidate in [*unpacked_from, *sorted(folder.glob(f"*{PACKAGE}"))][:MAX_CANDIDATES]:
        if candidate.is_file() and candidate.with_suffix(PROOF).is_file():
            yield candidate, None


def _read_proof(package: Path, proof: Path | None) -> bytes:
    try:
        return (proof or package.with_suffix(PROOF)).read_bytes()
    except OSError as error:
        raise Undecided("ບໍ່ພົບໃບຢັ້ງຢືນ (.tlog-proof)", "The proof (.tlog-proof) was not found; give --proof.") from error


def _in_log() -> Finding:
    return Finding(
        Outcome.TRUSTED,
        "ຊຸດເອກະສານຢູ່ໃນບັນຊີຂອງສຳນວນເກັບມ້ຽນ ແລະ ບໍ່ຖືກດັດແກ້",
        "The package is in the archive's log, and not a byte of it has changed.",
    )


def _in_package() -> Finding:
    return Finding(Outcome.TRUSTED, "ຟາຍນີ້ເປັນສ່ວນໜຶ່ງຂອງຊຸດເອກະສານ", "The file is part of the package.")


def _refused(refused: EvidenceRefused) -> Finding:
    details = ", ".join(str(refused.details[part]) for part in ("name", "why") if part in refused.details)
    suffix = f" ({details})" if details else ""
    outcome = Outcome.UNDECIDED if isinstance(refused, UnreadablePackage) else Outcome.NOT_TRUSTED
    return Finding(outcome, f"{refused.lao}{suffix}", f"{refused.english}{suffix}")


def _details(proven: ProvenPackage, key: VerifierKey) -> list[Detail]:
    description, checkpoint = proven.package.description, proven.checkpoint
    return [
        Detail(
            "ເລື່ອງ",
            "Title",
            " / ".join(str(description.title[language]) for language in ("lo", "en") if language in description.title),
        ),
        Detail("ສຳນວນ", "Record", description.record),
        Detail("ປິດສຳນວນ", "Sealed", description.sealed_at.astimezone(OFFICE_ZONE).isoformat(" ", "seconds")),
        Detail("ຈຳນວນຂໍ້ເທັດຈິງ", "Facts", str(len(proven.package.facts))),
        Detail("SHA-256 ຂອງຊຸດເອກະສານ", "SHA-256 of the package", proven.sha256),
        Detail("ບັນຊີ", "Log", f"{checkpoint.origin} #{proven.index} / {checkpoint.size}"),
        Detail("ຮາກຂອງບັນຊີ", "Log root", checkpoint.root.hex()),
        Detail("ກະແຈທີ່ເຊື່ອຖື", "Trusted key", str(key)),
    ]
