"""Checks the signatures inside a PDF: who has signed, and whether the signatures are valid."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pasum.trust import Trust
from pasum.verdict import Detail, Finding, Outcome
from services.archive.domain.package import RecordDescription

if TYPE_CHECKING:
    from services.minutes.adapters.pdf_verdict import SignatureVerdict

NO_ROOTS: Final = Finding(
    Outcome.UNDECIDED,
    "ບໍ່ມີໃບຮັບຮອງຮາກເພື່ອກວດລາຍເຊັນ",
    "Root certificates for the signatures are missing; give --trust-roots.",
)
NOT_INSTALLED: Final = Finding(
    Outcome.UNDECIDED, "ບໍ່ໄດ້ຕິດຕັ້ງຕົວກວດລາຍເຊັນ PDF", "The PDF verifier is not installed (extra: minutes)."
)
NOT_AS_RENDERED: Final = Finding(
    Outcome.NOT_TRUSTED,
    "ເອກະສານທີ່ລົງລາຍເຊັນບໍ່ແມ່ນສະບັບທີ່ສ້າງຂຶ້ນ",
    "What was signed is not the document that was rendered.",
)


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings about one PDF, and the certificate of each signature."""

    findings: tuple[Finding, ...]
    signers: tuple[Detail, ...] = ()


def examine(name: str, pdf: bytes, *, description: RecordDescription, trust: Trust) -> Examined:
    """Check the signatures in a PDF; their certificates must have been valid when the record was sealed.

    The hash of the whole file in the log also covers what the signatures do not cover. The hash of the rendered
    document in the description proves that the signed document is the one that was rendered.
    """
    if not trust.roots:
        return Examined((NO_ROOTS,))
    try:
        from services.minutes.adapters.pdf_verifier import verify_pdf  # noqa: PLC0415 -- pyHanko: only PDFs need it
    except ImportError:
        return Examined((NOT_INSTALLED,))
    verdict = verify_pdf(pdf, trust.roots, moment=description.sealed_at)
    findings = [Finding(Outcome.NOT_TRUSTED, reason.lao, reason.english) for reason in verdict.findings]
    first = verdict.first_revision_sha256
    findings += [NOT_AS_RENDERED] if first is not None and description.renders.get(name, first) != first else []
    signers = ", ".join(signature.signer for signature in verdict.signatures) or "—"
    outcome = Outcome.TRUSTED if verdict.trusted and not findings else Outcome.NOT_TRUSTED
    summary = Finding(outcome, f"ລາຍເຊັນດິຈິຕອນ: {signers}", f"Digital signatures: {signers}")
    return Examined((summary, *findings), tuple(map(_signer, verdict.signatures)))


def _signer(signature: "SignatureVerdict") -> Detail:
    """The subject of the certificate, and the name that the document gives for this signature."""
    claimed = signature.claimed or signature.name or "—"
    return Detail(
        f"ໃບຮັບຮອງຂອງ {signature.field}",
        f"Certificate of {signature.field}",
        f"{signature.certificate_subject} (ເອກະສານລະບຸ / the document names: {claimed})",
    )
