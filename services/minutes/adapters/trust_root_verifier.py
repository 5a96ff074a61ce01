"""The `Verifier`: signatures judged against one trust root, with the same code that anybody verifies a file with."""

from collections.abc import Sequence

from services.minutes.adapters.pdf_verifier import verify_pdf
from services.minutes.ports import Proof


def verify(roots: Sequence[bytes], pdf: bytes) -> Proof:
    """One file, by a verifier of its own."""
    return TrustRootVerifier(*roots).verify(pdf)


class TrustRootVerifier:
    """Judges by `roots` (PEM or DER)."""

    def __init__(self, *roots: bytes) -> None:
        self._roots = roots

    def verify(self, pdf: bytes) -> Proof:
        """As `services.minutes.ports.Verifier.verify`."""
        verdict = verify_pdf(pdf, self._roots)
        found = [*verdict.findings, *(finding for each in verdict.signatures for finding in each.findings)]
        return Proof(
            trusted=verdict.trusted,
            render_sha256=verdict.first_revision_sha256,
            findings=tuple(dict.fromkeys(finding.english for finding in found)),
        )
