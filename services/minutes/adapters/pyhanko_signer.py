"""Signs PDFs with pyHanko: PAdES baseline (ETSI EN 319 142-1), invisibly, with keys in PKCS#12 files."""

import asyncio
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import (
    InvisSigSettings,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from services.minutes.adapters.signers import field_name, identity, may_sign
from services.minutes.ports import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateOfAnother,
    CertificateUnfit,
    FieldAlreadySigned,
    Signatory,
    SigningKeyMissing,
)
from shared.kernel import Unavailable

DIGEST: Final = "sha256"
KEY_USAGE: Final = frozenset({"non_repudiation"})
TIME_STAMPING: Final = "time-stamping authority"
RETRY_AFTER: Final = 60.0
"""Seconds until a signing that got no time stamp may be tried again."""

# PDF/A wants the widget printable, PDF/UA wants it off the page: both together only so.
_INVISIBLE: Final = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)


def sign(  # noqa: PLR0917 -- another process sends its arguments in their order
    keys: Mapping[str, Path],
    passphrase: bytes | None,
    pdf: bytes,
    signatories: Sequence[Signatory],
    awaited: Sequence[str],
) -> bytes:
    """One file, by a signer of its own."""
    return asyncio.run(FileKeySigner(keys, passphrase=passphrase).sign(pdf, signatories, awaited=awaited))


class FileKeySigner:
    """The `Signer` for local runs and small offices: each role's key in a PKCS#12 file with its certification path.

    Without a time-stamping authority signatures are PAdES B-B, with one B-T; where no time stamp is given the
    signing fails.
    """

    def __init__(
        self, keys: Mapping[str, Path], *, passphrase: bytes | None = None, time_stamper: TimeStamper | None = None
    ) -> None:
        """Take the file of each role; they are read when somebody signs, so that a renewed key needs no restart."""
        self._keys = dict(keys)
        self._passphrase = passphrase
        self._time_stamper = time_stamper

    async def sign(self, pdf: bytes, signatories: Sequence[Signatory], *, awaited: Sequence[str] = ()) -> bytes:
        """As `services.minutes.ports.Signer.sign`; all signatories' certificates are checked before the first signs."""
        return await asyncio.to_thread(lambda: asyncio.run(self._sign(pdf, signatories, awaited)))

    async def _sign(self, pdf: bytes, signatories: Sequence[Signatory], awaited: Sequence[str]) -> bytes:
        signers = {signatory.role: await self._signer(signatory) for signatory in signatories}
        roles = (*signers, *awaited)
        for signatory in signatories:
            pdf = await self._signed(pdf, signatory, signer=signers[signatory.role], roles=roles)
        return pdf

    async def _signer(self, signatory: Signatory) -> SimpleSigner:
        """The key of a role, refused when its certificate would not make a valid signature of this person now."""
        role = signatory.role
        try:
            data = self._keys[role].read_bytes()
        except (KeyError, FileNotFoundError):
            raise SigningKeyMissing(role=role) from None
        signer: SimpleSigner = SimpleSigner.load_pkcs12_data(data, other_certs=(), passphrase=self._passphrase)
        await _check(signer, role=role, at=datetime.now(UTC))
        if not may_sign(signer.signing_cert, role, names=(signatory.name,)):
            raise CertificateOfAnother(role=role)
        return signer

    async def _signed(self, pdf: bytes, signatory: Signatory, *, signer: SimpleSigner, roles: Sequence[str]) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        fields = {name: value for name, value, _reference in enumerate_sig_fields(writer.prev)}
        name = field_name(signatory.role)
        if fields.get(name) is not None:
            raise FieldAlreadySigned(role=signatory.role)
        for role in roles:
            if field_name(role) not in fields:
                append_signature_field(
                    writer, SigFieldSpec(field_name(role), readable_field_name=role, invis_sig_settings=_INVISIBLE)
                )
        first = all(value is None for value in fields.values())
        finished = io.BytesIO()
        metadata = _metadata(signatory, name=identity(signer.signing_cert), certify=first)
        pdf_signer = PdfSigner(metadata, signer=signer, timestamper=self._time_stamper)
        try:
            await pdf_signer.async_sign_pdf(writer, output=finished)
        except TimestampRequestError as error:
            raise Unavailable(TIME_STAMPING, retry_after=RETRY_AFTER) from error
        return finished.getvalue()


def _metadata(signatory: Signatory, *, name: str, certify: bool) -> PdfSignatureMetadata:
    """The first signature certifies: after it only the other signatures may be filled in (DocMDP level 2).

    `name` is the certificate's: a reader that shows the name of a signature never shows an unproven one.
    """
    return PdfSignatureMetadata(
        field_name=field_name(signatory.role),
        md_algorithm=DIGEST,
        name=name,
        reason=signatory.reason,
        location=signatory.location,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES,
    )


async def _check(signer: SimpleSigner, *, role: str, at: datetime) -> None:
    """Refuse a path that is not valid at this moment, does not end in its root, or is not for signing documents."""
    own = signer.signing_cert
    others = list(signer.cert_registry)
    for certificate in (own, *others):
        if at > certificate.not_valid_after:
            raise CertificateExpired(role=role, until=certificate.not_valid_after.isoformat())
        if at < certificate.not_valid_before:
            raise CertificateNotYetValid(role=role, since=certificate.not_valid_before.isoformat())
    roots = [certificate for certificate in others if certificate.self_issued]
    context = ValidationContext(trust_roots=roots, other_certs=others, moment=at, allow_fetching=False)
    validator = CertificateValidator(own, validation_context=context)
    try:
        await validator.async_validate_usage(set(KEY_USAGE))  # type: ignore[no-untyped-call]  # -- not annotated there
    except (PathError, ValidationError) as error:
        raise CertificateUnfit(role=role) from error
