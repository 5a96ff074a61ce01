"""Verifies a signed PDF offline: whole, unchanged, signed by people whose certificates lead to a trusted root.

Several PDF readers accept a page whose content was replaced by an update after signing. Here every update after a
signature must pass pyHanko's difference analysis, the last signature must cover the whole file, and the container of a
signature may hold nothing else.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from asn1crypto import cms, x509
from pyhanko.keys.pemder import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from services.minutes.adapters.pdf_verdict import OF_INTACT_FILES, Finding, PdfVerdict, SignatureVerdict
from services.minutes.adapters.signers import Claims, claims, field_name, identity, is_of_signatory, role_of

_SIGNING: Final = KeyUsageConstraints(key_usage={"non_repudiation"})
_END_OF_FILE: Final = b"%%EOF"


def verify_pdf(pdf: bytes, trust_roots: Sequence[bytes], *, moment: datetime | None = None) -> PdfVerdict:
    """Judge all signatures of a file against the roots (PEM or DER), without any network.

    `moment` is when the certificates must have been valid, for a file whose age is proven by other means (default:
    now). Takes some milliseconds of CPU a signature and blocks meanwhile: from asynchronous code call it in a thread.
    """
    roots = [root for data in trust_roots for root in load_certs_from_pemder_data(data)]
    with ThreadPoolExecutor(max_workers=1) as thread:  # its own event loop, wherever the caller is
        return thread.submit(lambda: asyncio.run(_verdict_or_refusal(pdf, roots, moment=moment))).result()


async def _verdict_or_refusal(pdf: bytes, roots: Sequence[x509.Certificate], *, moment: datetime | None) -> PdfVerdict:
    try:
        return await _verdict(pdf, roots, moment=moment)
    except Exception:  # noqa: BLE001 -- whatever a hostile file does to a parser, the answer is a refusal
        return _refused(pdf, Finding.UNREADABLE)


async def _verdict(pdf: bytes, roots: Sequence[x509.Certificate], *, moment: datetime | None) -> PdfVerdict:
    reader = PdfFileReader(io.BytesIO(pdf))
    embedded = list(reader.embedded_regular_signatures)
    if not embedded:
        return _refused(pdf, Finding.UNSIGNED)
    first = first_revision(pdf, reader)
    claimed = claims(first)
    signatures = []
    for signature in embedded:
        context = ValidationContext(trust_roots=list(roots), moment=moment, allow_fetching=False)
        status = await async_validate_pdf_signature(signature, context, key_usage_settings=_SIGNING)
        findings = tuple(_findings(pdf, signature, status, roots=roots))
        signatures.append(_signature_verdict(signature, status, claimed=claimed, findings=findings))
    last = max(embedded, key=lambda signature: signature.signed_revision)
    whole = last.coverage is SignatureCoverageLevel.ENTIRE_FILE
    found = [finding for signature in signatures for finding in signature.findings]
    found += [] if whole else [Finding.NOT_COVERED]
    found += [] if _complete(reader, claimed) else [Finding.MISSING_SIGNATURE]
    return PdfVerdict(
        intact=set(found) <= OF_INTACT_FILES,
        trusted=not found,
        signatures=tuple(signatures),
        findings=tuple(dict.fromkeys(found)),
        sha256=_sha256(pdf),
        first_revision_sha256=_sha256(first),
    )


def first_revision(pdf: bytes, reader: PdfFileReader) -> bytes:
    """The file as it was before the first incremental update, with its final line feed."""
    after_table = reader.xrefs.get_xref_container_info(0).end_location
    end = pdf.index(_END_OF_FILE, after_table) + len(_END_OF_FILE)
    return pdf[: end + len(b"\n")]


def _findings(
    pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, roots: Sequence[x509.Certificate]
) -> Iterator[Finding]:
    if not (status.intact and status.valid):
        yield Finding.CONTENT_CHANGED
    if isinstance(status.diff_result, SuspiciousModification) or not status.docmdp_ok:
        yield Finding.CHANGED_AFTER_SIGNING
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        yield Finding.NOT_COVERED
    if not _container_is_plain(pdf, signature):
        yield Finding.TAMPERED_CONTAINER
    if status.intact and status.valid and not status.trusted:
        yield Finding.UNTRUSTED
    elif status.trusted and not _certificates_belong(signature, status, roots=roots):
        yield Finding.TAMPERED_CONTAINER


def _container_is_plain(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the one gap in the signed bytes holds the signature in DER and zeros behind it, nothing else."""
    start, length, after, _rest = (int(number) for number in signature.byte_range)
    gap = pdf[start + length : after]
    content = bytes(signature.pkcs7_content)
    hexadecimal = content.hex().encode()
    encoded = cms.ContentInfo.load(content).dump(force=True)
    return (
        start == 0
        and gap in {b"<%b>" % hexadecimal, b"<%b>" % hexadecimal.upper()}
        and content == encoded.ljust(len(content), b"\0")
        and _header(signature.signed_data) == ("v1", "data", [signature.signer_info["digest_algorithm"].dump()])
    )


def _header(signed: cms.SignedData) -> tuple[str, str, list[bytes]]:
    """The parts of a CMS container that nothing signs: version, content type, digest algorithms (RFC 5652, 5.1)."""
    algorithms = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
    return signed["version"].native, signed["encap_content_info"]["content_type"].native, algorithms


def _certificates_belong(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, roots: Sequence[x509.Certificate]
) -> bool:
    """Whether every certificate in the container is on the validated path: none was added unsigned."""
    path = status.validation_path.iter_certs(include_root=True) if status.validation_path else ()
    known = {certificate.dump() for certificate in (*path, *roots)}
    return all(certificate.dump() in known for certificate in signature.other_embedded_certs)


def _complete(reader: PdfFileReader, claimed: Claims) -> bool:
    """Whether every field, and every signatory whom the document names, has its signature (no revision was cut off)."""
    fields = {name: value for name, value, _reference in enumerate_sig_fields(reader)}
    needed = {*fields, *map(field_name, claimed.names)}
    return all(fields.get(name) is not None for name in needed) and len(fields) >= claimed.count


def _signature_verdict(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, claimed: Claims, findings: tuple[Finding, ...]
) -> SignatureVerdict:
    certificate, role, name = signature.signer_cert, role_of(signature.field_name), _text(signature, "/Name")
    own = is_of_signatory(certificate, role, name=name, claimed=claimed.names.get(role))
    return SignatureVerdict(
        field=signature.field_name,
        signer=identity(certificate),
        certificate_subject=certificate.subject.human_friendly,
        name=name,
        claimed=claimed.names.get(role),
        reason=_text(signature, "/Reason"),
        signed_at=status.signer_reported_dt,
        proven_at=_proven_time(status),
        modification=status.modification_level,
        findings=findings if own else (*findings, Finding.WRONG_SIGNER),
    )


def _proven_time(status: PdfSignatureStatus) -> datetime | None:
    stamp = status.timestamp_validity
    return stamp.timestamp if stamp and stamp.trusted and stamp.intact else None


def _text(signature: EmbeddedPdfSignature, key: str) -> str | None:
    value = signature.sig_object.get(key)
    return str(value) if value is not None else None


def _refused(pdf: bytes, finding: Finding) -> PdfVerdict:
    return PdfVerdict(
        intact=False, trusted=False, signatures=(), findings=(finding,), sha256=_sha256(pdf), first_revision_sha256=None
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
