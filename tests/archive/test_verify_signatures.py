"""`pasum verify` and signatures in a PDF: the log, the signers' certificates and the rendered document must agree."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfWriter

from pasum.verify import Verdict, verify_file
from services.archive.domain.package import RecordDescription, build_package
from services.archive.domain.proof import package_entry
from services.minutes.adapters.pyhanko_signer import FileKeySigner
from services.minutes.ports import Signatory

SINCE, UNTIL = datetime(2022, 1, 1, tzinfo=UTC), datetime(2072, 1, 1, tzinfo=UTC)
IN_LOG = "The package is in the archive's log, and not a byte of it has changed."


@dataclass(frozen=True, slots=True)
class Authority:
    """A root certificate and its key."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """As a reader keeps it in his folder of roots."""
        return self.certificate.public_bytes(Encoding.PEM)


def certificate(
    name: str, key: EllipticCurvePrivateKey, issuer: str, issuer_key: EllipticCurvePrivateKey, *, usage: x509.KeyUsage
) -> x509.Certificate:
    def named(common_name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])

    builder = (
        x509.CertificateBuilder(named(issuer), named(name), key.public_key(), x509.random_serial_number(), SINCE, UNTIL)
        .add_extension(x509.BasicConstraints(ca=usage.key_cert_sign, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return builder.sign(issuer_key, SHA256())


def usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


@pytest.fixture(scope="module")
def authority() -> Authority:
    key = generate_private_key(SECP256R1())
    return Authority(certificate("Test Root", key, "Test Root", key, usage=usage(certifies=True)), key)


@pytest.fixture(scope="module")
def rendered() -> bytes:
    writer, target = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(target)
    return target.getvalue().rstrip(b"\n") + b"\n"


@pytest.fixture(scope="module")
def signed(authority: Authority, rendered: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    key = generate_private_key(SECP256R1())
    own = certificate("Chair (fictitious)", key, "Test Root", authority.key, usage=usage(certifies=False))
    store = tmp_path_factory.mktemp("keys") / "chair.p12"
    store.write_bytes(
        pkcs12.serialize_key_and_certificates(b"chair", key, own, [authority.certificate], NoEncryption())
    )
    chair = Signatory(role="chair", name="Chair (fictitious)", reason="approval")
    return asyncio.run(FileKeySigner({"chair": store}).sign(rendered, [chair]))


@pytest.fixture
def judge(
    tmp_path: Path, new_log: Callable[..., Any], description: RecordDescription, authority: Authority
) -> Callable[..., Verdict]:
    """File one PDF in a package and let it be verified, alone or as part of the package."""

    def filed(pdf: bytes, *, render: bytes, root: bytes = authority.pem, member: bool = True) -> Verdict:
        described = replace(description, renders={"minutes.pdf": sha256(render).hexdigest()})
        package, log = build_package(described, documents={"minutes.pdf": pdf}, facts=[]), new_log()
        path, file, roots = tmp_path / f"{description.record}.zip", tmp_path / "minutes.pdf", tmp_path / "roots"
        path.write_bytes(package)
        path.with_suffix(".tlog-proof").write_bytes(
            bytes(log.prove(log.add(package_entry(package, record=description.record))))
        )
        file.write_bytes(pdf)
        roots.mkdir()
        (roots / "root.pem").write_bytes(root)
        return verify_file(file if member else path, checkpoint_key=log.key, trust_roots=roots)

    return filed


def english(verdict: Verdict) -> list[str]:
    return [finding.english for finding in verdict.findings]


def test_signed_minutes_are_trusted_alone_and_in_their_package(
    judge: Callable[..., Verdict], signed: bytes, rendered: bytes
) -> None:
    alone = judge(signed, render=rendered)
    assert (alone.exit_code, english(alone)) == (
        0,
        ["The file is part of the package.", IN_LOG, "Digital signatures: Chair (fictitious)"],
    )


def test_a_package_of_signed_minutes_is_trusted(judge: Callable[..., Verdict], signed: bytes, rendered: bytes) -> None:
    verdict = judge(signed, render=rendered, member=False)
    assert (verdict.exit_code, english(verdict)) == (0, [IN_LOG, "Digital signatures: Chair (fictitious)"])


@pytest.mark.parametrize("member", [True, False])
def test_minutes_that_nobody_signed_are_not_trusted(
    judge: Callable[..., Verdict], rendered: bytes, *, member: bool
) -> None:
    verdict = judge(rendered, render=rendered, member=member)
    assert (verdict.exit_code, english(verdict)[-1]) == (1, "The file has no signature.")


def test_a_signature_by_a_stranger_is_not_trusted(
    judge: Callable[..., Verdict], signed: bytes, rendered: bytes
) -> None:
    key = generate_private_key(SECP256R1())
    stranger = certificate("Test Root", key, "Test Root", key, usage=usage(certifies=True))
    verdict = judge(signed, render=rendered, root=stranger.public_bytes(Encoding.PEM))
    assert (verdict.exit_code, english(verdict)[-1]) == (
        1,
        "The certificate does not lead to a trusted root, or was not valid.",
    )


def test_minutes_that_were_signed_but_never_rendered_so_are_not_trusted(
    judge: Callable[..., Verdict], signed: bytes
) -> None:
    verdict = judge(signed, render=b"another document")
    assert (verdict.exit_code, english(verdict)[-1]) == (1, "What was signed is not the document that was rendered.")


def test_roots_that_cannot_be_read_leave_it_undecided(
    judge: Callable[..., Verdict], signed: bytes, rendered: bytes
) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    verdict = judge(signed, render=rendered, root=broken)
    assert (verdict.exit_code, english(verdict)[-1]) == (
        2,
        "No root certificate (PEM or DER) is in roots; give --trust-roots.",
    )


def test_one_root_may_be_given_as_a_file(
    judge: Callable[..., Verdict], signed: bytes, rendered: bytes, tmp_path: Path, new_log: Callable[..., Any]
) -> None:
    judge(signed, render=rendered)
    root = tmp_path / "roots" / "root.pem"
    assert verify_file(tmp_path / "minutes.pdf", checkpoint_key=new_log().key, trust_roots=root).exit_code == 0


def test_minutes_cut_back_to_what_was_rendered_are_not_in_the_package(
    judge: Callable[..., Verdict], signed: bytes, rendered: bytes, tmp_path: Path, new_log: Callable[..., Any]
) -> None:
    judge(signed, render=rendered)
    (tmp_path / "minutes.pdf").write_bytes(rendered)
    verdict = verify_file(tmp_path / "minutes.pdf", checkpoint_key=new_log().key, trust_roots=tmp_path / "roots")
    assert (verdict.exit_code, english(verdict)) == (1, ["No file of the package has exactly these bytes."])
