"""Whose signatures minutes bear: the certificate's identity decides, and nobody who must sign may be missing."""

import asyncio
import io
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field

from deploy.local.pki import SIGNERS, TestPki, make_test_pki
from services.minutes.adapters.pdf_verdict import Finding, PdfVerdict
from services.minutes.adapters.pdf_verifier import verify_pdf
from services.minutes.adapters.pyhanko_signer import FileKeySigner
from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.ports import ROLE_TITLES, CertificateOfAnother, Signatory
from tests.minutes.meeting_of_2022 import minutes_document

RECORDER_NAME, CHAIR_NAME = "ທ່ານ ນາງ ແກ້ວມະນີ ຕົວຢ່າງ", "ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ"
RECORDER = Signatory(role="recorder", name=RECORDER_NAME, reason="ຢັ້ງຢືນ")
CHAIR = Signatory(role="chair", name=CHAIR_NAME, reason="ຮັບຮອງ")


@dataclass(frozen=True, slots=True)
class Forged:
    """A signature in the field of a role, with whatever key and under whatever name the forger likes."""

    role: str
    key: str
    name: str | None


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_test_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def rendered() -> bytes:
    """Minutes whose attached text says who signs, as the service renders them."""
    document = minutes_document()
    signatures = [{"role": block.role, "name": block.name} for block in document.signatures]
    document = replace(document, data={**document.data, "signatures": signatures})
    return asyncio.run(TypstRenderer().render(document))


@pytest.fixture(scope="module")
def recorded(pki: TestPki, rendered: bytes) -> bytes:
    """The recorder has signed, and the chair's field is not reserved."""
    return asyncio.run(FileKeySigner(pki.keys).sign(rendered, [RECORDER]))


def forge(pdf: bytes, keys: TestPki, forged: Forged) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec(f"signature-{forged.role}"))
    metadata = PdfSignatureMetadata(
        field_name=f"signature-{forged.role}",
        md_algorithm="sha256",
        name=forged.name,
        certify=b"/ByteRange" not in pdf,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES,
    )
    signer = SimpleSigner.load_pkcs12_data(keys.keys[forged.key].read_bytes(), other_certs=(), passphrase=None)
    finished = io.BytesIO()
    PdfSigner(metadata, signer=signer).sign_pdf(writer, output=finished)
    return finished.getvalue()


def judge(pdf: bytes, pki: TestPki) -> PdfVerdict:
    return verify_pdf(pdf, [pki.root.read_bytes()])


def test_the_titles_of_local_certificates_are_those_of_the_signing_roles() -> None:
    assert SIGNERS == ROLE_TITLES


async def test_the_verdict_names_the_certificate_and_beside_it_whom_the_document_names(
    pki: TestPki, rendered: bytes
) -> None:
    verdict = judge(await FileKeySigner(pki.keys).sign(rendered, [RECORDER, CHAIR]), pki)
    assert (verdict.trusted, [(each.signer, each.claimed) for each in verdict.signatures]) == (
        True,
        [("ຜູ້ບັນທຶກ (test)", RECORDER_NAME), ("ປະທານກອງປະຊຸມ (test)", CHAIR_NAME)],
    )


@pytest.mark.parametrize(
    "forged",
    [
        Forged("chair", key="recorder", name=CHAIR_NAME),
        Forged("chair", key="recorder", name="ປະທານກອງປະຊຸມ (test)"),
        Forged("chair", key="recorder", name="ຜູ້ບັນທຶກ (test)"),
        Forged("chair", key="recorder", name=None),
        Forged("chair", key="chair", name=RECORDER_NAME),
    ],
)
def test_a_signature_is_refused_when_its_certificate_is_somebody_elses(
    pki: TestPki, rendered: bytes, forged: Forged
) -> None:
    pdf = forge(forge(rendered, pki, Forged("recorder", "recorder", None)), pki, forged)
    verdict = judge(pdf, pki)
    assert (verdict.trusted, verdict.findings) == (False, (Finding.WRONG_SIGNER,))


async def test_the_recorder_cannot_sign_for_the_chair(pki: TestPki, rendered: bytes) -> None:
    swapped = FileKeySigner({"recorder": pki.keys["recorder"], "chair": pki.keys["recorder"]})
    with pytest.raises(CertificateOfAnother):
        await swapped.sign(rendered, [RECORDER, CHAIR])


def test_a_file_cut_back_to_the_first_signature_lacks_the_chairs(
    pki: TestPki, rendered: bytes, recorded: bytes
) -> None:
    signer = FileKeySigner(pki.keys)
    reserved = asyncio.run(signer.sign(rendered, [RECORDER], awaited=["chair"]))
    whole = asyncio.run(signer.sign(reserved, [CHAIR]))
    for cut in (whole[: len(reserved)], recorded):
        assert (judge(cut, pki).trusted, judge(cut, pki).findings) == (False, (Finding.MISSING_SIGNATURE,))


def test_a_signature_in_a_field_of_another_name_is_nobodys_that_the_document_names(
    pki: TestPki, recorded: bytes
) -> None:
    stranger = forge(recorded, pki, Forged("witness", key="chair", name=None))
    assert judge(stranger, pki).trusted is False


def test_a_certificate_of_a_person_signs_for_that_person(tmp_path: Path, rendered: bytes, pki: TestPki) -> None:
    """Its holder is called as the document calls the signatory, who is honoured there besides."""
    own = make_test_pki(tmp_path, signers={"chair": "ສັນຕິສຸກ ສິມມາລາວົງ"})
    with pytest.raises(CertificateOfAnother):  # (test) is part of the name: this is somebody else
        asyncio.run(FileKeySigner(own.keys).sign(rendered, [CHAIR]))
    named = replace(CHAIR, name="ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ (test)")
    signed = asyncio.run(FileKeySigner({**pki.keys, **own.keys}).sign(rendered, [named]))
    assert judge(signed, own).signatures[0].signer == "ສັນຕິສຸກ ສິມມາລາວົງ (test)"
