"""The Merkle tree against the reference roots of Certificate Transparency and a naive reading of RFC 6962 §2.1."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.domain import merkle
from services.archive.domain.log import EMPTY_LOG, append
from services.archive.domain.merkle import Node

# The eight inputs and roots of the Certificate Transparency reference implementation.
REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not entries:
        return sha256().digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


def naive_path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*naive_path(m, entries[:k]), naive_root(entries[k:])]
    return [*naive_path(m - k, entries[k:]), naive_root(entries[:k])]


def naive_subproof(m: int, entries: list[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2, word for word."""
    if m == len(entries):
        return [] if known else [naive_root(entries)]
    k = split(len(entries))
    if m <= k:
        return [*naive_subproof(m, entries[:k], known=known), naive_root(entries[k:])]
    return [*naive_subproof(m - k, entries[k:], known=False), naive_root(entries[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def entries_of(size: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(size)]


def nodes_of(entries: list[bytes]) -> dict[Node, bytes]:
    _, stored = append(EMPTY_LOG, map(merkle.leaf_hash, entries))
    return {made.node: made.hash for made in stored}


@pytest.mark.parametrize("size", range(9))
def test_reference_roots(size: int) -> None:
    leaves = REFERENCE_LEAVES[:size]
    assert naive_root(leaves).hex() == REFERENCE_ROOTS[size]
    assert merkle.root(size, nodes_of(leaves)).hex() == REFERENCE_ROOTS[size]


def test_reference_inclusion_path() -> None:
    nodes = nodes_of(REFERENCE_LEAVES)
    assert [sibling.hex() for sibling in merkle.inclusion_proof(0, 8, nodes)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@given(st.data())
def test_a_root_of_any_earlier_size_comes_from_the_stored_nodes(data: st.DataObject) -> None:
    entries = entries_of(data.draw(st.integers(0, 200)))
    size = data.draw(st.integers(0, len(entries)))
    assert merkle.root(size, nodes_of(entries)) == naive_root(entries[:size])


@given(st.data())
def test_an_inclusion_proof_is_the_path_of_the_rfc_and_leads_to_the_root(data: st.DataObject) -> None:
    entries = entries_of(data.draw(st.integers(1, 200)))
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    stored = nodes_of(entries)
    asked = {node: stored[node] for node in merkle.inclusion_nodes(index, size)}
    path = merkle.inclusion_proof(index, size, asked)
    assert list(path) == naive_path(index, entries[:size])
    leaf, root = merkle.leaf_hash(entries[index]), naive_root(entries[:size])
    assert merkle.verify_inclusion(leaf, index=index, size=size, path=path, root=root)


@given(st.data())
def test_a_consistency_proof_is_that_of_the_rfc_and_leads_to_both_roots(data: st.DataObject) -> None:
    entries = entries_of(data.draw(st.integers(1, 200)))
    new = data.draw(st.integers(1, len(entries)))
    old = data.draw(st.integers(1, new))
    stored = nodes_of(entries)
    asked = {node: stored[node] for node in merkle.consistency_nodes(old, new)}
    path = merkle.consistency_proof(old, new, asked)
    assert list(path) == naive_subproof(old, entries[:new], known=True)
    roots = {"old_root": naive_root(entries[:old]), "new_root": naive_root(entries[:new])}
    assert merkle.verify_consistency(old, new, path=path, **roots)


def test_no_leaf_is_proven_at_another_place_or_in_another_size() -> None:
    entries = entries_of(21)
    nodes, proven = nodes_of(entries), []
    path = merkle.inclusion_proof(13, 21, nodes)
    for size in range(30):
        for index in range(-1, 30):
            for number, entry in enumerate(entries):
                leaf = merkle.leaf_hash(entry)
                if merkle.verify_inclusion(leaf, index=index, size=size, path=path, root=merkle.root(21, nodes)):
                    proven.append((number, index))
    # The same path of left and right turns also fits a few other sizes; the entry and its place it fixes.
    assert set(proven) == {(13, 13)}


@pytest.mark.parametrize("size", range(1, 20))
def test_a_longer_shorter_or_changed_path_proves_nothing(size: int) -> None:
    entries = entries_of(size)
    nodes, root, index = nodes_of(entries), naive_root(entries), size // 2
    path = list(merkle.inclusion_proof(index, size, nodes))
    others = [[*path, root], [root, *path], *([*path[:n], *path[n + 1 :]] for n in range(len(path)))]
    others += [[*path[:n], bytes(32), *path[n + 1 :]] for n in range(len(path))]
    leaf = merkle.leaf_hash(entries[index])
    assert [merkle.verify_inclusion(leaf, index=index, size=size, path=p, root=root) for p in others] == [False] * len(
        others
    )


@pytest.mark.parametrize(("old", "new"), [(old, new) for new in range(1, 14) for old in range(1, new + 1)])
def test_a_log_that_was_rewritten_is_not_consistent(old: int, new: int) -> None:
    entries = entries_of(new)
    rewritten = [b"rewritten", *entries[1:]]
    path = merkle.consistency_proof(old, new, nodes_of(rewritten))
    before, after = naive_root(entries[:old]), naive_root(rewritten)
    assert not merkle.verify_consistency(old, new, old_root=before, new_root=after, path=path)
    longer = [*path, bytes(32)]
    assert not merkle.verify_consistency(old, new, old_root=naive_root(rewritten[:old]), new_root=after, path=longer)


def test_every_tree_continues_the_empty_one_and_no_other_root_of_size_zero() -> None:
    root = naive_root(entries_of(3))
    empty = merkle.EMPTY_ROOT
    assert merkle.verify_consistency(0, 3, old_root=empty, new_root=root, path=[])
    assert merkle.verify_consistency(0, 0, old_root=empty, new_root=empty, path=[])
    assert not merkle.verify_consistency(0, 3, old_root=root, new_root=root, path=[])
    assert not merkle.verify_consistency(0, 3, old_root=empty, new_root=root, path=[root])
    assert not merkle.verify_consistency(3, 2, old_root=root, new_root=root, path=[])
    assert not merkle.verify_consistency(2, 3, old_root=root, new_root=root, path=[])
    assert not merkle.verify_consistency(3, 4, old_root=root, new_root=root, path=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (7, 3)])
def test_there_is_no_proof_of_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"no leaf {index} in a tree of {size} leaves"):
        merkle.inclusion_nodes(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_consistency_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError, match=f"no consistency proof from {old} to {new} leaves"):
        merkle.consistency_nodes(old, new)
