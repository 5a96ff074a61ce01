"""Rendering, signing and verifying in a child process give the same results as in the service."""

import subprocess
import sys

import pytest

from deploy.local.pki import TestPki
from services.minutes.adapters.child_process import (
    CHILD_PROCESS,
    ChildProcess,
    ChildProcessFailed,
    ChildProcessRenderer,
    ChildProcessSigner,
    ChildProcessVerifier,
)
from services.minutes.adapters.typst_renderer import TypstRenderer
from services.minutes.ports import Signatory, SigningKeyMissing
from tests.minutes.meeting_of_2022 import minutes_document

RECORDER = Signatory(role="recorder", name="ທ່ານ ນາງ ແກ້ວມະນີ ຕົວຢ່າງ", reason="ຢັ້ງຢືນຄວາມຖືກຕ້ອງຂອງບົດບັນທຶກ")


async def test_the_document_has_the_same_bytes(renderer: TypstRenderer) -> None:
    assert await ChildProcessRenderer().render(minutes_document()) == await renderer.render(minutes_document())


async def test_what_is_signed_there_is_trusted_there(renderer: TypstRenderer, signing_pki: TestPki) -> None:
    rendered = await renderer.render(minutes_document())
    signed = await ChildProcessSigner(signing_pki.keys).sign(rendered, [RECORDER])
    proof = ChildProcessVerifier(signing_pki.root.read_bytes()).verify(signed)
    assert (proof.trusted, proof.findings) == (True, ())


async def test_a_refusal_comes_back_as_it_was(renderer: TypstRenderer) -> None:
    rendered = await renderer.render(minutes_document())
    with pytest.raises(SigningKeyMissing) as refused:
        await ChildProcessSigner({}).sign(rendered, [RECORDER])
    assert refused.value.details == {"role": "recorder"}


def test_a_process_that_ends_without_an_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ChildProcessFailed, match="exit code 1"):
        ChildProcess().call("trust_root_verifier:verify", (), b"")


def test_a_new_process_answers_after_the_old_one_ended(signing_pki: TestPki) -> None:
    verifier = ChildProcessVerifier(signing_pki.root.read_bytes())
    before = verifier.verify(b"no PDF")
    CHILD_PROCESS.end()
    assert verifier.verify(b"no PDF") == before
    CHILD_PROCESS.end()


def test_the_service_does_not_load_what_only_the_child_needs() -> None:
    heavy = {"typst", "pikepdf", "pyhanko", "fontTools"}
    code = "import sys, services.minutes.main; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert heavy & set(loaded) == set()
