"""The certificates of a cluster: one authority, the API server's, and the administrator's, good for a day."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)
_AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)


class Authority:
    """Signs certificates and writes them into `folder` as `<name>.crt` and `<name>.key`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject("pasum-cluster-test", "")
        builder = self._builder(self._name, self._key).add_extension(_AUTHORITY, critical=True)
        self._write("ca", builder.sign(self._key, hashes.SHA256()), self._key)

    def file(self, name: str) -> str:
        """The path of a file of this authority, such as `ca.crt`."""
        return str(self._folder / name)

    def issue(self, name: str, *, group: str = "", addresses: tuple[str, ...] = ()) -> None:
        """A certificate for a client of this name and group, or for a server at these addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_subject(name, group), key)
        if addresses:
            names = x509.SubjectAlternativeName([_address(each) for each in addresses])
            builder = builder.add_extension(names, critical=False)
        self._write(name, builder.sign(self._key, hashes.SHA256()), key)

    def key_pair(self, name: str) -> None:
        """A private key and its public key (`<name>.pub`), for the tokens of service accounts."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._private(name, key)
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (self._folder / f"{name}.pub").write_bytes(public)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
        )

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        (self._folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
        self._private(name, key)

    def _private(self, name: str, key: ec.EllipticCurvePrivateKey) -> None:
        file = self._folder / f"{name}.key"
        file.touch(mode=0o600)
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _subject(name: str, group: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, group), *parts] if group else parts)


def _address(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
