"""`pasum verify`: what the archive holds is trusted; one changed bit anywhere, or evidence from elsewhere, is not."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest

from pasum.verify import Outcome, Verdict, render_verdict, verify_file
from services.archive.domain.package import read_package

FLIPS = 600
BASE = "minutes-0123-2022"


def english(verdict: Verdict) -> list[str]:
    return [finding.english for finding in verdict.findings]


def flip(data: bytes, bit: int) -> bytes:
    flipped = bytearray(data)
    flipped[bit >> 3] ^= 1 << (bit & 7)
    return bytes(flipped)


@pytest.fixture
def unpacked(filed: Any, tmp_path: Path) -> Path:
    """The bag's folder, beside the package it was unpacked from."""
    with ZipFile(filed.path) as archive:
        archive.extractall(tmp_path)
    return tmp_path / BASE


def test_a_package_with_its_proof_beside_it_is_trusted(filed: Any) -> None:
    verdict = verify_file(filed.path, checkpoint_key=filed.log.key)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.TRUSTED, 0)
    assert english(verdict) == ["The package is in the archive's log, and not a byte of it has changed."]


def test_a_file_out_of_it_is_trusted_beside_the_package_or_where_it_was_unpacked(filed: Any, unpacked: Path) -> None:
    beside = filed.path.with_name("anything.json")
    beside.write_bytes((unpacked / "data" / "news.json").read_bytes())
    for file in (beside, unpacked / "data" / "news.json", unpacked / "data" / "facts.jsonl"):
        assert verify_file(file, checkpoint_key=filed.log.key).exit_code == 0


def test_a_file_is_trusted_wherever_it_lies_when_its_package_is_given(
    filed: Any, unpacked: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file, proof = elsewhere / "news.json", elsewhere / "renamed"
    file.write_bytes((unpacked / "data" / "news.json").read_bytes())
    proof.write_bytes(filed.proof)
    assert verify_file(file, checkpoint_key=filed.log.key).exit_code == 2
    assert verify_file(file, checkpoint_key=filed.log.key, package=filed.path).exit_code == 0
    assert verify_file(file, checkpoint_key=filed.log.key, package=filed.path, proof=proof).exit_code == 0
    beside = filed.path.with_suffix(".tlog-proof")
    assert verify_file(file, checkpoint_key=filed.log.key, proof=beside).exit_code == 0


def test_of_several_packages_beside_a_file_the_one_that_holds_it_proves_it(
    filed: Any, file_another: Callable[..., Any]
) -> None:
    other = file_another("another-0001-2022", filed.log)
    (filed.path.parent / "a-stray.zip").write_bytes(b"no package, and no proof beside it")
    for source in (other.path, other.path.with_suffix(".tlog-proof")):
        (filed.path.parent / source.name).write_bytes(source.read_bytes())
    description = filed.path.with_name("description.json")
    with ZipFile(filed.path) as archive:
        description.write_bytes(archive.read(f"{BASE}/data/record.json"))
    assert verify_file(description, checkpoint_key=filed.log.key).exit_code == 0


def test_no_single_bit_of_package_or_proof_can_change(filed: Any, tmp_path: Path) -> None:
    """Where the bit was one by which a ZIP is known, nothing can be said; everything else is refused."""
    random, survivors = Random(20220919), []  # noqa: S311 -- a repeatable choice of bits, no secret
    for number in range(FLIPS):
        package, proof = filed.package, filed.proof
        if number % 2:
            package = flip(package, random.randrange(len(package) * 8))
        else:
            proof = flip(proof, random.randrange(len(proof) * 8))
        path = tmp_path / "flipped.zip"
        path.write_bytes(package)
        path.with_suffix(".tlog-proof").write_bytes(proof)
        refusal = 1 if is_zipfile(BytesIO(package)) else 2
        if verify_file(path, checkpoint_key=filed.log.key).exit_code != refusal:
            survivors.append(number)
    assert survivors == []


def test_a_package_that_was_cut_off_is_undecided_wherever_it_ends(filed: Any) -> None:
    codes = set()
    for end in range(0, len(filed.package), 7):
        filed.path.write_bytes(filed.package[:end])
        codes.add(verify_file(filed.path, checkpoint_key=filed.log.key).exit_code)
    assert codes == {2}


def test_no_single_bit_of_a_file_can_change(filed: Any, unpacked: Path) -> None:
    file = unpacked / "data" / "minutes.json"
    content, codes = file.read_bytes(), set()
    for bit in range(len(content) * 8):
        file.write_bytes(flip(content, bit))
        codes.add(verify_file(file, checkpoint_key=filed.log.key).exit_code)
    assert codes == {1}


def test_a_file_that_was_cut_back_to_an_earlier_revision_is_refused(filed: Any, unpacked: Path) -> None:
    file = unpacked / "data" / "minutes.txt"
    file.write_bytes(file.read_bytes()[:-7])
    verdict = verify_file(file, checkpoint_key=filed.log.key)
    assert (verdict.exit_code, english(verdict)) == (1, ["No file of the package has exactly these bytes."])


def test_a_swapped_proof_is_refused(filed: Any, file_another: Callable[..., Any]) -> None:
    other = file_another("another-0001-2022", filed.log)
    swapped = verify_file(filed.path, checkpoint_key=filed.log.key, proof=other.path.with_suffix(".tlog-proof"))
    assert (swapped.exit_code, english(swapped)) == (1, ["This exact package is not in the archive's log."])


def test_another_logs_key_trusts_nothing_here(filed: Any, new_log: Callable[..., Any]) -> None:
    for foreign in (new_log(seed=2), new_log("other.example/log")):
        verdict = verify_file(filed.path, checkpoint_key=foreign.key)
        assert (verdict.exit_code, english(verdict)) == (1, ["It is not signed by the trusted key."])


def test_missing_evidence_leaves_it_undecided(filed: Any, tmp_path: Path) -> None:
    key = filed.log.key
    filed.path.with_suffix(".tlog-proof").rename(tmp_path / "away")
    told = {
        what: english(verdict)
        for what, verdict in {
            "file": verify_file(tmp_path / "no.zip", checkpoint_key=key),
            "folder": verify_file(tmp_path, checkpoint_key=key),
            "proof": verify_file(filed.path, checkpoint_key=key),
            "key": verify_file(filed.path),
            "key file": verify_file(filed.path, checkpoint_key=tmp_path / "no.vkey"),
            "key text": verify_file(filed.path, checkpoint_key=tmp_path / "away"),
        }.items()
        if verdict.exit_code == 2
    }
    assert told == {
        "file": ["The file cannot be read: no.zip"],
        "folder": [f"The file cannot be read: {tmp_path.name}"],
        "proof": ["The proof (.tlog-proof) was not found; give --proof."],
        "key": ["The log's public key is missing; give --key."],
        "key file": ["The file cannot be read: no.vkey"],
        "key text": ["The verification key is not well formed."],
    }


def test_a_verdict_without_findings_is_undecided(tmp_path: Path) -> None:
    assert Verdict(file=tmp_path, findings=()).exit_code == 2


def test_the_key_is_given_as_text_as_file_or_by_the_trust_folder(
    filed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "trust").mkdir(parents=True)
    (home / "trust" / "log.vkey").write_text(f"{filed.log.key}\n")
    assert verify_file(filed.path, checkpoint_key=str(filed.log.key)).exit_code == 0
    assert verify_file(filed.path, checkpoint_key=home / "trust" / "log.vkey").exit_code == 0
    assert verify_file(filed.path, checkpoint_key=str(home / "trust" / "log.vkey")).exit_code == 0
    monkeypatch.chdir(home)
    assert verify_file(filed.path).exit_code == 0


def test_evidence_does_not_bring_its_own_key(filed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(filed.path.parent)
    Path("trust").mkdir()
    Path("trust/log.vkey").write_text(str(filed.log.key))
    assert verify_file(filed.path).exit_code == 2
    assert verify_file(filed.path, checkpoint_key=Path("trust/log.vkey")).exit_code == 0


def test_the_page_says_it_in_lao_and_then_in_english(filed: Any) -> None:
    page = render_verdict(verify_file(filed.path, checkpoint_key=filed.log.key))
    lao, _, english_half = page.partition("\n\n")
    assert lao.splitlines()[0] == "ຜົນການກວດສອບ: ເຊື່ອຖືໄດ້"
    assert english_half.splitlines() == [
        "Verification: TRUSTED",
        "─" * 72,
        f"File: {BASE}.zip",
        "  ✓ The package is in the archive's log, and not a byte of it has changed.",
        "    Title: ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ / Consultation on the Digital Government strategy",
        f"    Record: {BASE}",
        "    Sealed: 2022-09-20 09:30:00+07:00",
        "    Facts: 5",
        f"    SHA-256 of the package: {verify_file(filed.path, checkpoint_key=filed.log.key).details[4].value}",
        "    Log: archive.example/log #6 / 8",
        f"    Log root: {filed.log.state.root.hex()}",
        f"    Trusted key: {filed.log.key}",
    ]
    assert len(page.splitlines()) <= 50


def test_the_page_of_a_refusal_says_why(filed: Any) -> None:
    filed.path.write_bytes(filed.package[:-1])
    page = render_verdict(verify_file(filed.path, checkpoint_key=filed.log.key))
    assert re.findall(r"^  [✓✗?] (.*)$", page, re.MULTILINE) == [
        "ຊຸດເອກະສານບໍ່ແມ່ນ ZIP ຫຼື ຖືກຕັດຂາດ",
        "The package is not a ZIP, or it was cut off; fetch it once more.",
    ]
    assert page.startswith("ຜົນການກວດສອບ: ຕັດສິນບໍ່ໄດ້")


def test_a_file_name_cannot_write_to_the_terminal(filed: Any, tmp_path: Path) -> None:
    path = tmp_path / "x\x1b[2K\rVerification: TRUSTED\u202e.zip"
    page = render_verdict(verify_file(path, checkpoint_key=filed.log.key))
    assert [mark for mark in page if not mark.isprintable() and mark != "\n"] == []


def test_what_the_test_flips_is_the_real_thing(filed: Any) -> None:
    assert len(read_package(filed.package).documents) == 3
