"""The proof: file in package, package in log, log under a signed root; each link holds, or it is refused."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.archive.domain.evidence import (
    EntryNotInLog,
    ForeignSignature,
    MalformedPackage,
    MalformedProof,
)
from services.archive.domain.proof import LogEntry, Proof, package_entry, parse_proof, verify_entry, verify_package

HASH = b64encode(bytes(32)).decode()


def test_an_entry_has_one_spelling() -> None:
    entry = LogEntry("package", "ab" * 32, "ບັນທຶກ-1")
    assert bytes(entry) == f'{{"kind":"package","record":"ບັນທຶກ-1","sha256":"{"ab" * 32}"}}'.encode()


def test_a_package_is_proven_by_its_proof_and_the_logs_key_alone(filed: Any) -> None:
    proven = verify_package(filed.package, filed.proof, key=filed.log.key)
    assert (proven.index, proven.checkpoint.size, proven.checkpoint.root) == (6, 8, filed.log.state.root)
    assert package_entry(filed.package, record=proven.package.description.record).sha256 == proven.sha256


def test_a_proof_reads_back_as_it_was_written(filed: Any) -> None:
    proof = parse_proof(filed.proof)
    assert bytes(proof) == filed.proof
    assert filed.proof.startswith(b"c2sp.org/tlog-proof@v1\nindex 6\n")


def test_a_log_of_one_entry_needs_no_path(new_log: Callable[..., Any]) -> None:
    log, entry = new_log(), LogEntry("fact", "ab" * 32, "/registration 1")
    proof = parse_proof(bytes(log.prove(log.add(entry))))
    assert proof.path == ()
    assert verify_entry(entry, proof, key=log.key).size == 1


def test_a_fact_is_proven_like_a_package(new_log: Callable[..., Any]) -> None:
    log = new_log()
    entries = [LogEntry("fact", f"{number:064x}", f"/registration {number}") for number in range(9)]
    log.add(*entries)
    proofs = [log.prove(index) for index in range(9)]
    assert [verify_entry(e, p, key=log.key).size for e, p in zip(entries, proofs, strict=True)] == [9] * 9
    with pytest.raises(EntryNotInLog):
        verify_entry(entries[3], proofs[4], key=log.key)


@pytest.mark.parametrize("change", [{"kind": "fact"}, {"record": "another"}, {"sha256": "00" * 32}])
def test_the_proof_fixes_every_word_of_the_entry(change: dict[str, str], filed: Any) -> None:
    entry = replace(package_entry(filed.package, record="minutes-0123-2022"), **change)
    with pytest.raises(EntryNotInLog):
        verify_entry(entry, parse_proof(filed.proof), key=filed.log.key)


def test_the_proof_of_another_package_of_the_same_log_is_refused(filed: Any, file_another: Callable[..., Any]) -> None:
    other = file_another("minutes-0124-2022", filed.log)
    assert verify_package(other.package, other.proof, key=filed.log.key).index == 14
    with pytest.raises(EntryNotInLog):
        verify_package(filed.package, other.proof, key=filed.log.key)


def test_the_same_package_in_another_log_is_refused(
    filed: Any, file_another: Callable[..., Any], new_log: Callable[..., Any]
) -> None:
    for foreign in (new_log("other.example/log", seed=1), new_log(seed=2), new_log("other.example/log", seed=2)):
        other = file_another(f"minutes-{foreign.key.key_id.hex()}", foreign)
        verify_package(other.package, other.proof, key=foreign.key)
        with pytest.raises(ForeignSignature):
            verify_package(other.package, other.proof, key=filed.log.key)


def test_a_checkpoint_from_before_the_package_proves_nothing(new_log: Callable[..., Any]) -> None:
    log, entries = new_log(), [LogEntry("fact", f"{number:064x}", str(number)) for number in range(30)]
    notes = [log.prove(log.add(entry)).checkpoint for entry in entries]
    late = log.prove(20)
    assert verify_entry(entries[20], late, key=log.key).size == 30
    for note in notes[:-1]:  # 21 to 29 leaves hold the entry too, but not by this path
        with pytest.raises(EntryNotInLog):
            verify_entry(entries[20], replace(late, checkpoint=note), key=log.key)


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: b"",
        lambda proof: proof.replace(b"@v1", b"@v2"),
        lambda proof: proof.replace(b"index 6", b"index 06"),
        lambda proof: proof.replace(b"index 6", b"index -6"),
        lambda proof: proof.replace(b"index 6\n", b""),
        lambda proof: proof.replace(b"\nindex", b"\nextra AAAA\nindex"),
        lambda proof: proof.replace(b"index 6\n", b"index 6\nAAAA\n"),
        lambda proof: proof.replace(b"index 6\n", b"index 6\nnot base64\n"),
        lambda proof: proof.replace(b"index 6\n", b"index 6\n" + f"{HASH}\n".encode() * 64),
        lambda proof: proof.replace(b"\n", b"\r\n"),
        lambda proof: proof.replace(b"\n\n", b"\n"),
        lambda proof: b"\xff" + proof,
        lambda proof: proof + b" " * 100_000,
    ],
)
def test_what_is_not_a_proof_is_refused(forge: Callable[[bytes], bytes], filed: Any) -> None:
    with pytest.raises(MalformedProof):
        parse_proof(forge(filed.proof))


def test_a_package_that_is_none_is_refused_before_its_proof_is_read(filed: Any) -> None:
    with pytest.raises(MalformedPackage):
        verify_package(b"no package", b"no proof", key=filed.log.key)


def test_a_longer_or_turned_path_is_refused(filed: Any) -> None:
    proof = parse_proof(filed.proof)
    entry = package_entry(filed.package, record="minutes-0123-2022")
    paths = [(*proof.path, bytes(32)), proof.path[:-1], tuple(reversed(proof.path)), ()]
    forged = [Proof(proof.index, path, proof.checkpoint) for path in paths]
    forged += [replace(proof, index=index) for index in (0, 5, 7, 8, 1 << 62)]
    for one in forged:
        with pytest.raises(EntryNotInLog):
            verify_entry(entry, one, key=filed.log.key)
