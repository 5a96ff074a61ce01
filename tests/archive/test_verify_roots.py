"""`pasum verify --trust-roots`: certificates of any name and encoding are used, or the verdict is open and says why."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from deploy.local.pki import make_test_pki
from pasum.verify import Verdict, verify_file

MISSING = "Root certificates for the signatures are missing; give --trust-roots."
UNSIGNED = "The file is not a readable PDF."
"""Said by whoever has looked into the PDF of these packages."""


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_test_pki(tmp_path_factory.mktemp("pki")).root.read_bytes()


@pytest.fixture(scope="module")
def der(pem: bytes) -> bytes:
    return load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


@pytest.fixture
def judged(filed_pdf: Any) -> Callable[[Path | None], tuple[int, str]]:
    """The exit code, and what is said last of a package with a PDF, by these roots."""

    def judge(roots: Path | None) -> tuple[int, str]:
        verdict: Verdict = verify_file(filed_pdf.path, checkpoint_key=filed_pdf.log.key, trust_roots=roots)
        return verdict.exit_code, verdict.findings[-1].english

    return judge


@pytest.mark.parametrize("name", ["root.pem", "ROOT.CER", "root.der", "Root.CRT", "root", "root.txt"])
@pytest.mark.parametrize("encoding", ["PEM", "DER"])
def test_a_root_is_used_whatever_its_file_is_called(
    judged: Callable[[Path | None], tuple[int, str]],
    tmp_path: Path,
    pem: bytes,
    der: bytes,
    name: str,
    encoding: str,
) -> None:
    root = tmp_path / "roots" / name
    root.parent.mkdir()
    root.write_bytes(pem if encoding == "PEM" else der)
    (root.parent / "README").write_bytes(b"where these are from")
    (root.parent / "older").mkdir()
    assert judged(root) == judged(root.parent) == (1, UNSIGNED)


def test_without_a_root_nothing_with_a_pdf_in_it_is_trusted(
    judged: Callable[[Path | None], tuple[int, str]], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "root.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    none_in = "No root certificate (PEM or DER) is in {}; give --trust-roots."
    assert judged(None) == (2, MISSING)
    assert judged(tmp_path / "empty") == (2, none_in.format("empty"))
    assert judged(tmp_path / "other") == (2, none_in.format("other"))
    assert judged(tmp_path / "other" / "root.pem") == (2, none_in.format("root.pem"))
    assert judged(tmp_path / "no-such-folder") == (2, "The file cannot be read: no-such-folder")


def test_a_pdf_alone_is_judged_by_the_same_rule(filed_pdf: Any) -> None:
    pdf = filed_pdf.path.with_name("minutes.pdf")
    pdf.write_bytes(b"%PDF-1.7\nnot a drawn page, only bytes that must not change\n%%EOF\n")
    verdict = verify_file(pdf, checkpoint_key=filed_pdf.log.key)
    assert (verdict.exit_code, [finding.english for finding in verdict.findings]) == (
        2,
        [
            "The file is part of the package.",
            "The package is in the archive's log, and not a byte of it has changed.",
            MISSING,
        ],
    )


def command(filed: Any, *more: str) -> list[str]:
    return [sys.executable, "-c", "from pasum.main import main; main()", "verify", str(filed.path), *more]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_whoever_stops_reading_gets_the_same_exit_code(filed: Any, code: int) -> None:
    if code == 1:
        filed.path.write_bytes(filed.package + b"\n")
    key = () if code == 2 else ("--key", str(filed.log.key))
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command(filed, *key), stdout=writing, stderr=subprocess.PIPE, cwd=filed.path.parent, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (code, b"")


def test_the_command_explains_its_exit_codes(filed: Any) -> None:
    done = subprocess.run([*command(filed)[:3], "verify", "--help"], capture_output=True, text=True, check=True)
    said = " ".join(done.stdout.split())
    assert "Exit code 0: trusted. 1: not to be trusted. 2: undecided" in said
