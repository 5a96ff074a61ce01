"""Creates a public-key infrastructure for local runs and tests, never for production: root, issuing authority, signers.

The names in the signers' certificates contain "test". Each key is in a PKCS#12 file (RFC 7292) with the whole
certification path, readable by its owner only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNERS: Final = {"recorder": "ຜູ້ບັນທຶກ", "chair": "ປະທານກອງປະຊຸມ"}
"""The roles that sign minutes, and the titles in their certificates of office.

The common name says "(test)" besides; both may have 64 characters.
"""

_ORGANISATION: Final = "Pasum (test, not for real documents)"
_AUTHORITY_DAYS: Final = 3650
_ISSUING: Final = "issuing.p12"
_RENEW_BEFORE: Final = timedelta(days=1)

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The period in which certificates are valid (times with a zone)."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPki:
    """The paths of the files: the trust root (PEM), a PKCS#12 file for each role, one for a time stamper."""

    __test__ = False  # not a test case, whatever its name begins with

    root: Path
    keys: Mapping[str, Path]
    time_stamping: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyHolder:
    certificate: x509.Certificate
    key: _Key


def ensure_test_pki(folder: Path, *, passphrase: bytes | None = None) -> TestPki:
    """The infrastructure in `folder`; created if there is none that is valid until tomorrow and names the roles."""
    pki = _places(folder, roles=SIGNERS)
    files = (pki.root, pki.time_stamping, *pki.keys.values())
    if all(file.exists() for file in files) and _of_office(pki, passphrase):
        root = x509.load_pem_x509_certificate(pki.root.read_bytes())
        if root.not_valid_after_utc > datetime.now(UTC) + _RENEW_BEFORE:
            return pki
    return make_test_pki(folder, passphrase=passphrase)


def make_test_pki(
    folder: Path,
    *,
    signers: Mapping[str, str] = SIGNERS,
    validity: Validity | None = None,
    passphrase: bytes | None = None,
) -> TestPki:
    """Create everything new in `folder`; `validity` is that of the signers' certificates (default: as the root).

    Without a passphrase the keys are not encrypted, in files with mode 0600.
    """
    now = datetime.now(UTC)
    long = Validity(since=now - timedelta(days=_AUTHORITY_DAYS), until=now + timedelta(days=_AUTHORITY_DAYS))
    root = _authority("Pasum Test Root CA", issuer=None, validity=long)
    issuing = _authority("Pasum Test Document Signing CA", issuer=root, validity=long)
    stamping = _authority("Pasum Test Time Stamping CA", issuer=root, validity=long)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pki = _places(folder, roles=signers)
    for role, title in signers.items():
        signer = _holder(f"{title} (test)", title=title, issuer=issuing, validity=validity or long)
        _write_private(pki.keys[role], _pkcs12(signer, path=(issuing, root), passphrase=passphrase))
    _write_private(folder / _ISSUING, _pkcs12(issuing, path=(root,), passphrase=passphrase))
    stamper = _stamper("Pasum Test TSA", issuer=stamping, validity=long)
    _write_private(pki.time_stamping, _pkcs12(stamper, path=(stamping, root), passphrase=passphrase))
    _write_private(pki.root, root.certificate.public_bytes(Encoding.PEM))
    return pki


def renew_signers(folder: Path, *, passphrase: bytes | None = None) -> None:
    """New keys and certificates for the roles, from the same authority; what the old ones have signed stays valid."""
    now, pki = datetime.now(UTC), _places(folder, roles=SIGNERS)
    stored = pkcs12.load_pkcs12((folder / _ISSUING).read_bytes(), passphrase)
    if stored.cert is None or not isinstance(stored.key, ec.EllipticCurvePrivateKey):
        raise TypeError(_ISSUING)
    issuing = _KeyHolder(certificate=stored.cert.certificate, key=stored.key)
    path = (issuing, *(_KeyHolder(certificate=each.certificate, key=stored.key) for each in stored.additional_certs))
    validity = Validity(since=now - timedelta(days=1), until=now + timedelta(days=_AUTHORITY_DAYS // 2))
    for role, title in SIGNERS.items():
        signer = _holder(f"{title} (test)", title=title, issuer=issuing, validity=validity)
        _write_private(pki.keys[role], _pkcs12(signer, path=path, passphrase=passphrase))


def _of_office(pki: TestPki, passphrase: bytes | None) -> bool:
    """Whether each key's certificate has the title of its role: the certificates of earlier versions have none."""
    stores = {role: pkcs12.load_pkcs12(file.read_bytes(), passphrase) for role, file in pki.keys.items()}
    subjects = {role: store.cert.certificate.subject for role, store in stores.items() if store.cert}
    titles = {role: subject.get_attributes_for_oid(NameOID.TITLE) for role, subject in subjects.items()}
    return {role: [title.value for title in own] for role, own in titles.items()} == {
        role: [title] for role, title in SIGNERS.items()
    }


def _places(folder: Path, *, roles: Mapping[str, str]) -> TestPki:
    return TestPki(
        root=folder / "root.pem",
        keys={role: folder / f"{role}.p12" for role in roles},
        time_stamping=folder / "time-stamping.p12",
    )


def _write_private(path: Path, content: bytes) -> None:
    """Write a file atomically; other users can never read it."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    partial.replace(path)


def _pkcs12(holder: _KeyHolder, *, path: Sequence[_KeyHolder], passphrase: bytes | None) -> bytes:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    certificates = [authority.certificate for authority in path]
    return pkcs12.serialize_key_and_certificates(None, holder.key, holder.certificate, certificates, encryption)


def _authority(name: str, *, issuer: _KeyHolder | None, validity: Validity) -> _KeyHolder:
    key = _new_key()
    builder = _builder(name, key=key, issuer=issuer, validity=validity)
    constraints = x509.BasicConstraints(ca=True, path_length=None if issuer is None else 0)
    builder = builder.add_extension(constraints, critical=True)
    builder = builder.add_extension(_key_usage(certificates=True), critical=True)
    return _KeyHolder(certificate=builder.sign(issuer.key if issuer else key, hashes.SHA256()), key=key)


def _holder(name: str, *, title: str, issuer: _KeyHolder, validity: Validity) -> _KeyHolder:
    """The key and certificate of an office that signs documents; `title` is that of the office."""
    key = _new_key()
    builder = _end_entity(_builder(name, title=title, key=key, issuer=issuer, validity=validity))
    return _KeyHolder(certificate=builder.sign(issuer.key, hashes.SHA256()), key=key)


def _stamper(name: str, *, issuer: _KeyHolder, validity: Validity) -> _KeyHolder:
    """The key and certificate of a time stamper, with RSA as most of them have."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = _end_entity(_builder(name, key=key, issuer=issuer, validity=validity))
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _KeyHolder(certificate=builder.sign(issuer.key, hashes.SHA256()), key=key)


def _end_entity(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.add_extension(_key_usage(certificates=False), critical=True)


def _builder(
    name: str, *, key: _Key, issuer: _KeyHolder | None, validity: Validity, title: str | None = None
) -> x509.CertificateBuilder:
    named = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "LA"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    subject = x509.Name([*named, x509.NameAttribute(NameOID.TITLE, title)] if title else named)
    signing_key = issuer.key if issuer else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.since)
        .not_valid_after(validity.until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _key_usage(*, certificates: bool) -> x509.KeyUsage:
    """Key usage: certificates and revocation lists for an authority, content commitment for a signer."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
