"""Every signer of PDFs: what it signs verifies, a later signature keeps the earlier, any other change is noticed."""

import asyncio
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from deploy.local.pki import TestPki, make_test_pki
from services.minutes.adapters.pdf_verdict import Finding, PdfVerdict
from services.minutes.adapters.pdf_verifier import verify_pdf
from services.minutes.adapters.pyhanko_signer import FileKeySigner
from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.ports import FieldAlreadySigned, Signatory, Signer
from tests.minutes.meeting_of_2022 import minutes_document

RECORDER = Signatory(role="recorder", name="ທ່ານ ນາງ ແກ້ວມະນີ ຕົວຢ່າງ", reason="ຢັ້ງຢືນຄວາມຖືກຕ້ອງຂອງບົດບັນທຶກ")
CHAIR = Signatory(role="chair", name="ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ", reason="ຮັບຮອງບົດບັນທຶກ", location="ນະຄອນຫຼວງວຽງຈັນ")

Attack = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One document in its three stages."""

    plain: bytes
    once: bytes
    twice: bytes


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_test_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def signer(pki: TestPki) -> Signer:
    return FileKeySigner(pki.keys)


@pytest.fixture(scope="module")
def signed(signer: Signer) -> Signed:
    async def stages() -> Signed:
        plain = await TypstRenderer().render(minutes_document())
        once = await signer.sign(plain, [RECORDER], awaited=["chair"])
        return Signed(plain=plain, once=once, twice=await signer.sign(once, [CHAIR]))

    return asyncio.run(stages())


@pytest.fixture
def verify(pki: TestPki) -> Callable[[bytes], PdfVerdict]:
    return lambda pdf: verify_pdf(pdf, [pki.root.read_bytes()])


def test_a_signed_file_is_trusted(signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    verdict = verify(signed.twice)
    assert (verdict.intact, verdict.trusted, verdict.findings) == (True, True, ())


def test_each_signature_says_who_and_why_in_lao(signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    """Who: by the certificate, for a reader that shows the name of a signature as for one that shows its subject."""
    assert [(each.field, each.signer, each.name, each.reason) for each in verify(signed.twice).signatures] == [
        ("signature-recorder", "ຜູ້ບັນທຶກ (test)", "ຜູ້ບັນທຶກ (test)", RECORDER.reason),
        ("signature-chair", "ປະທານກອງປະຊຸມ (test)", "ປະທານກອງປະຊຸມ (test)", CHAIR.reason),
    ]


def test_a_second_signature_only_fills_in_its_field(signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    assert [each.modification for each in verify(signed.twice).signatures] == [
        ModificationLevel.FORM_FILLING,
        ModificationLevel.NONE,
    ]


def test_a_file_that_waits_for_the_chair_is_intact_and_not_yet_trusted(
    signed: Signed, verify: Callable[[bytes], PdfVerdict]
) -> None:
    verdict = verify(signed.once)
    assert (verdict.intact, verdict.trusted, verdict.findings) == (True, False, (Finding.MISSING_SIGNATURE,))


async def test_both_may_sign_in_one_go(signer: Signer, signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    verdict = verify(await signer.sign(signed.plain, [RECORDER, CHAIR]))
    assert (verdict.trusted, [each.field for each in verdict.signatures]) == (
        True,
        ["signature-recorder", "signature-chair"],
    )


async def test_nobody_signs_twice(signer: Signer, signed: Signed) -> None:
    with pytest.raises(FieldAlreadySigned):
        await signer.sign(signed.once, [RECORDER])


def test_signing_only_adds_to_the_file(signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    assert [signed.once[: len(signed.plain)], signed.twice[: len(signed.once)]] == [signed.plain, signed.once]
    assert verify(signed.twice).first_revision_sha256 == hashlib.sha256(signed.plain).hexdigest()


def test_no_private_key_and_no_other_paper_is_in_the_file(signed: Signed) -> None:
    with pikepdf.open(io.BytesIO(signed.twice)) as opened:
        assert (list(opened.attachments), len(opened.pages)) == (["minutes.json"], 3)


def test_another_root_is_not_trusted(signed: Signed, tmp_path: Path) -> None:
    stranger = make_test_pki(tmp_path)
    verdict = verify_pdf(signed.twice, [stranger.root.read_bytes()])
    assert (verdict.intact, verdict.trusted, verdict.findings) == (True, False, (Finding.UNTRUSTED,))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.8, 0.97])
def test_a_flipped_bit_is_refused(share: float, signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    flipped = bytearray(signed.twice)
    flipped[int(len(flipped) * share)] ^= 1
    assert verify(bytes(flipped)).trusted is False


def dictionary(key: str, name: str) -> generic.DictionaryObject:
    entries = {generic.pdf_name(key): generic.pdf_name(name)}
    return generic.DictionaryObject(entries)  # type: ignore[no-untyped-call]  # -- pyHanko is partly typed


def replace_content(pdf: bytes) -> bytes:
    """Another text on the first page, in an update after the signatures."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
        writer.update_container(page)

    return updated(pdf, change)


def annotate(pdf: bytes) -> bytes:
    """A note that covers the page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        note = dictionary("/Type", "/Annot")
        note["/Subtype"] = generic.pdf_name("/FreeText")
        note["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 800)))
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
        writer.update_container(page)

    return updated(pdf, change)


def open_action(pdf: bytes) -> bytes:
    """Something that runs when the file is opened."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        action = dictionary("/S", "/JavaScript")
        action["/JS"] = generic.pdf_string("app.alert('x')")
        writer.root["/OpenAction"] = writer.add_object(action)
        writer.update_root()  # type: ignore[no-untyped-call]  # -- pyHanko is partly typed

    return updated(pdf, change)


def one_more_field(pdf: bytes) -> bytes:
    """Room for a signature that nobody waits for, in an update that no signature covers."""
    return updated(pdf, lambda writer: append_signature_field(writer, SigFieldSpec("signature-stranger")))


def append(pdf: bytes) -> bytes:
    return pdf + b"% and a word more\n"


def rewrite(pdf: bytes) -> bytes:
    """The same document saved anew by a friendly program."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        saved = io.BytesIO()
        opened.save(saved)
    return saved.getvalue()


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    written = io.BytesIO()
    writer.write(written)  # type: ignore[no-untyped-call]  # -- pyHanko is partly typed
    return written.getvalue()


@pytest.mark.parametrize("attack", [replace_content, annotate, open_action, one_more_field, append, rewrite])
def test_what_is_done_to_the_file_after_signing_is_refused(
    attack: Attack, signed: Signed, verify: Callable[[bytes], PdfVerdict]
) -> None:
    verdict = verify(attack(signed.twice))
    assert (verdict.intact, verdict.trusted) == (False, False)


async def test_content_replaced_between_two_signatures_is_refused(
    signer: Signer, signed: Signed, verify: Callable[[bytes], PdfVerdict]
) -> None:
    verdict = verify(await signer.sign(replace_content(signed.once), [CHAIR]))
    assert (verdict.trusted, verdict.findings) == (False, (Finding.CHANGED_AFTER_SIGNING,))


def test_what_is_not_signed_is_not_trusted(signed: Signed, verify: Callable[[bytes], PdfVerdict]) -> None:
    assert [verify(pdf).findings for pdf in (signed.plain, b"", b"%PDF-1.7\nnothing")] == [
        (Finding.UNSIGNED,),
        (Finding.UNREADABLE,),
        (Finding.UNREADABLE,),
    ]


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_is_told_in_two_languages(finding: Finding) -> None:
    assert [finding.lao.isascii(), finding.english.isascii()] == [False, True]
