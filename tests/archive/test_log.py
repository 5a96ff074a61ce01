"""The log grows by its right edge alone, and a full check finds whatever was done to it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.domain.log import EMPTY_LOG, Flaw, LogFinding, LogState, StoredNode, append, fsck
from services.archive.domain.merkle import EMPTY_ROOT, Node, leaf_hash, root

ENTRIES = [f"entry {number}".encode() for number in range(23)]
SIGNED = (0, 1, 7, 16, 23)


def stored_log(entries: list[bytes]) -> tuple[dict[int, bytes], dict[Node, bytes]]:
    state, stored = append(EMPTY_LOG, map(leaf_hash, entries))
    nodes = {made.node: made.hash for made in stored}
    return {size: root(size, nodes) for size in SIGNED if size <= state.size}, nodes


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 70))
def test_it_does_not_matter_in_how_many_steps_leaves_are_added(leaves: list[bytes], cut: int) -> None:
    at_once, stored = append(EMPTY_LOG, leaves)
    first, stored_first = append(EMPTY_LOG, leaves[:cut])
    second, stored_second = append(first, leaves[cut:])
    assert (at_once, stored) == (second, stored_first + stored_second)


def test_every_complete_subtree_is_stored_once() -> None:
    state, stored = append(EMPTY_LOG, map(leaf_hash, ENTRIES))
    expected = [Node(level, position) for level in range(5) for position in range(len(ENTRIES) >> level)]
    assert sorted(made.node for made in stored) == expected
    assert (state.size, len(state.edge)) == (23, 4)


def test_the_empty_log_has_the_empty_root() -> None:
    assert EMPTY_LOG.root == EMPTY_ROOT
    assert append(EMPTY_LOG, []) == (EMPTY_LOG, ())
    assert append(EMPTY_LOG, [bytes(32)]) == (LogState(1, (bytes(32),)), (StoredNode(Node(0, 0), bytes(32)),))


@pytest.mark.parametrize(("size", "edge"), [(-1, ()), (1, ()), (3, (bytes(32),)), (4, (bytes(32), bytes(32)))])
def test_an_edge_of_another_size_is_no_state(size: int, edge: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="edge hashes"):
        LogState(size, edge)


def test_a_sound_log_has_no_findings() -> None:
    roots, nodes = stored_log(ENTRIES)
    assert fsck(ENTRIES, roots=roots, nodes=nodes) == ()
    assert fsck([], roots={}) == ()


EDITS: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "edited": lambda entries, at: [*entries[:at], entries[at] + b"!", *entries[at + 1 :]],
    "dropped": lambda entries, at: [*entries[:at], *entries[at + 1 :]],
    "inserted": lambda entries, at: [*entries[:at], b"planted", *entries[at:]],
    "repeated": lambda entries, at: [*entries[:at], entries[at], *entries[at:]],
    "moved": lambda entries, at: [entries[at], *entries[:at], *entries[at + 1 :]],
    "exchanged": lambda entries, at: [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]],
}


@pytest.mark.parametrize("at", range(1, 22))
@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_drop_and_reorder_is_found_by_the_signed_roots_alone(edit: str, at: int) -> None:
    roots, _ = stored_log(ENTRIES)
    findings = fsck(EDITS[edit](ENTRIES, at), roots=roots)
    assert findings != ()
    assert {finding.flaw for finding in findings} <= {Flaw.ROOT_DIFFERS, Flaw.LEAVES_MISSING}


def test_the_stored_nodes_say_where_an_entry_was_edited() -> None:
    roots, nodes = stored_log(ENTRIES)
    findings = fsck(EDITS["edited"](ENTRIES, 5), roots=roots, nodes=nodes)
    assert [finding for finding in findings if finding.flaw is Flaw.NODE_DIFFERS] == [
        LogFinding(Flaw.NODE_DIFFERS, node=Node(0, 5)),
        LogFinding(Flaw.NODE_DIFFERS, node=Node(1, 2)),
        LogFinding(Flaw.NODE_DIFFERS, node=Node(2, 1)),
        LogFinding(Flaw.NODE_DIFFERS, node=Node(3, 0)),
        LogFinding(Flaw.NODE_DIFFERS, node=Node(4, 0)),
    ]


def test_a_planted_a_lost_and_a_surplus_node_are_found() -> None:
    roots, nodes = stored_log(ENTRIES)
    del nodes[Node(2, 3)]
    nodes |= {Node(1, 4): bytes(32), Node(1, 11): bytes(32)}
    assert fsck(ENTRIES, roots=roots, nodes=nodes) == (
        LogFinding(Flaw.NODE_DIFFERS, node=Node(1, 4)),
        LogFinding(Flaw.NODE_MISSING, node=Node(2, 3)),
        LogFinding(Flaw.NODE_BEYOND_END, node=Node(1, 11)),
    )


def test_a_log_cut_short_misses_the_leaves_that_were_signed() -> None:
    roots, _ = stored_log(ENTRIES)
    assert fsck(ENTRIES[:16], roots=roots) == (LogFinding(Flaw.LEAVES_MISSING, size=23),)


def test_a_signed_root_that_was_exchanged_is_found() -> None:
    roots, nodes = stored_log(ENTRIES)
    assert fsck(ENTRIES, roots=roots | {7: bytes(32)}, nodes=nodes) == (LogFinding(Flaw.ROOT_DIFFERS, size=7),)
