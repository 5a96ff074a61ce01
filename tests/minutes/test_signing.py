"""Who may not sign: refused before anything is signed, by the certificate's own words."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from pyhanko.sign import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper, HTTPTimeStamper

from deploy.local.pki import SIGNERS, TestPki, Validity, ensure_test_pki, make_test_pki
from deploy.local.ports import free_port
from services.minutes.adapters.pdf_verdict import Finding
from services.minutes.adapters.pdf_verifier import verify_pdf
from services.minutes.adapters.pyhanko_signer import FileKeySigner
from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.ports import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnfit,
    Signatory,
    SigningKeyMissing,
)
from shared.kernel import Unavailable
from tests.minutes.meeting_of_2022 import minutes_document

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CHAIR = Signatory(role="chair", name="ທ່ານ ປະທານ", reason="ຮັບຮອງ")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return asyncio.run(TypstRenderer().render(minutes_document()))


async def test_an_expired_certificate_signs_nothing(pdf: bytes, tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path, validity=Validity(since=NOW - 2 * DAY, until=NOW - DAY))
    with pytest.raises(CertificateExpired) as refusal:
        await FileKeySigner(pki.keys).sign(pdf, [CHAIR])
    assert refusal.value.details["role"] == "chair"


async def test_a_certificate_of_tomorrow_signs_nothing_today(pdf: bytes, tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path, validity=Validity(since=NOW + DAY, until=NOW + 2 * DAY))
    with pytest.raises(CertificateNotYetValid):
        await FileKeySigner(pki.keys).sign(pdf, [CHAIR])


async def test_a_role_without_a_key_cannot_sign(pdf: bytes, tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path)
    (tmp_path / "recorder.p12").unlink()
    with pytest.raises(SigningKeyMissing):
        await FileKeySigner(pki.keys).sign(pdf, [Signatory(role="recorder", name="ກ", reason="ຂ")])


async def test_a_certificate_without_its_path_cannot_sign(pdf: bytes, tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path)
    key, certificate, _path = pkcs12.load_key_and_certificates(pki.keys["chair"].read_bytes(), None)
    alone = tmp_path / "alone.p12"
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    alone.write_bytes(pkcs12.serialize_key_and_certificates(b"chair", key, certificate, None, NoEncryption()))
    with pytest.raises(CertificateUnfit):
        await FileKeySigner({"chair": alone}).sign(pdf, [CHAIR])


async def test_no_time_stamp_means_no_signature(pdf: bytes, tmp_path: Path) -> None:
    nobody = HTTPTimeStamper(f"http://127.0.0.1:{free_port()}/tsa", timeout=1)
    signer = FileKeySigner(make_test_pki(tmp_path).keys, time_stamper=nobody)
    with pytest.raises(Unavailable):
        await signer.sign(pdf, [CHAIR])


async def test_a_time_stamp_proves_when_it_was_signed(pdf: bytes, tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path)
    authority = SimpleSigner.load_pkcs12_data(pki.time_stamping.read_bytes(), other_certs=())
    hour_ago = NOW.replace(microsecond=0) - timedelta(hours=1)
    stamper = DummyTimeStamper(
        authority.signing_cert, authority.signing_key, certs_to_embed=authority.cert_registry, fixed_dt=hour_ago
    )
    signed = await FileKeySigner(pki.keys, time_stamper=stamper).sign(pdf, [CHAIR])
    verdict = verify_pdf(signed, [pki.root.read_bytes()])
    assert (verdict.trusted, [each.proven_at for each in verdict.signatures]) == (True, [hour_ago])


async def test_a_key_may_be_locked_with_a_passphrase(pdf: bytes, tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path, passphrase=b"open sesame")
    signed = await FileKeySigner(pki.keys, passphrase=b"open sesame").sign(pdf, [CHAIR])
    assert verify(signed, pki) == ()


async def test_a_signature_is_not_trusted_after_its_certificate_ended_unless_its_age_is_proven(
    pdf: bytes, tmp_path: Path
) -> None:
    pki = make_test_pki(tmp_path, validity=Validity(since=NOW - DAY, until=NOW + DAY))
    signed = await FileKeySigner(pki.keys).sign(pdf, [CHAIR])
    assert [verify(signed, pki, at=at) for at in (NOW + 3 * DAY, NOW + timedelta(hours=1))] == [
        (Finding.UNTRUSTED,),
        (),
    ]


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    pki = make_test_pki(tmp_path)
    assert {file.stat().st_mode & 0o777 for file in (pki.root, pki.time_stamping, *pki.keys.values())} == {0o600}


def test_a_second_run_keeps_the_keys_of_the_first(tmp_path: Path) -> None:
    assert contents(ensure_test_pki(tmp_path).keys) == contents(ensure_test_pki(tmp_path).keys)


def test_missing_keys_are_made_anew(tmp_path: Path) -> None:
    before = contents(ensure_test_pki(tmp_path).keys)
    (tmp_path / "chair.p12").unlink()
    after = contents(ensure_test_pki(tmp_path).keys)
    assert (set(after), set(before.values()) & set(after.values())) == (set(SIGNERS), set())


def test_keys_of_no_office_are_made_anew(tmp_path: Path) -> None:
    before = contents(make_test_pki(tmp_path, signers=dict.fromkeys(SIGNERS, "ຜູ້ໃດກໍ່ບໍ່ຮູ້")).keys)
    after = contents(ensure_test_pki(tmp_path).keys)
    assert set(before.values()) & set(after.values()) == set()
    assert contents(ensure_test_pki(tmp_path).keys) == after


def test_nobody_can_take_a_test_certificate_for_a_real_one(tmp_path: Path) -> None:
    root = x509.load_pem_x509_certificate(make_test_pki(tmp_path).root.read_bytes())
    assert root.subject.rfc4514_string() == "CN=Pasum Test Root CA,O=Pasum (test\\, not for real documents),C=LA"


def contents(keys: Mapping[str, Path]) -> dict[str, bytes]:
    return {role: path.read_bytes() for role, path in keys.items()}


def verify(pdf: bytes, pki: TestPki, *, at: datetime | None = None) -> tuple[Finding, ...]:
    return verify_pdf(pdf, [pki.root.read_bytes()], moment=at).findings
