"""The Merkle tree of RFC 6962 (RFC 9162 §2.1) over SHA-256: roots and proofs from stored nodes, never from all leaves.

Only complete subtrees are ever stored: `Node(level, n)` is the hash over the leaves `[n << level, (n + 1) << level)`.
Such a node never changes, however far the log grows. Every other hash of the tree lies on its right edge and is folded
when it is needed. The functions `…_nodes` say which nodes a root or a proof needs, so that a store can read them in
one query.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class Node(NamedTuple):
    """The place of one complete subtree of `2 ** level` leaves: `position` counts from zero within its level."""

    level: int
    position: int


class Span(NamedTuple):
    """The leaves `[begin, end)`, as the recursion of RFC 6962 §2.1 splits them."""

    begin: int
    end: int


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry), RFC 6962 §2.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), RFC 6962 §2.1."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Iterable[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, largest (leftmost) first; of none, the empty root."""
    from_the_right = list(hashes)[::-1]
    if not from_the_right:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), from_the_right)


def span_nodes(span: Span) -> tuple[Node, ...]:
    """The complete subtrees that make up a span, from left to right: one for each bit of its length."""
    nodes, begin = [], span.begin
    for level in reversed(range((span.end - span.begin).bit_length())):
        if (span.end - span.begin) >> level & 1:
            nodes.append(Node(level, begin >> level))
            begin += 1 << level
    return tuple(nodes)


def root_nodes(size: int) -> tuple[Node, ...]:
    """The nodes that the root of the first `size` leaves is folded from."""
    return span_nodes(Span(0, size))


def root(size: int, nodes: Mapping[Node, bytes]) -> bytes:
    """The root over the first `size` leaves; `KeyError` when a node of `root_nodes(size)` is missing."""
    return fold(nodes[node] for node in root_nodes(size))


def inclusion_nodes(index: int, size: int) -> tuple[Node, ...]:
    """The nodes that `inclusion_proof` reads."""
    return tuple(chain.from_iterable(map(span_nodes, _inclusion_spans(index, size))))


def inclusion_proof(index: int, size: int, nodes: Mapping[Node, bytes]) -> tuple[bytes, ...]:
    """The audit path of one leaf in the tree of the first `size` leaves, from its sibling upwards (RFC 6962 §2.1.1).

    `ValueError` when there is no such leaf, `KeyError` when a node of `inclusion_nodes` is missing.
    """
    return tuple(_hash(span, nodes) for span in _inclusion_spans(index, size))


def consistency_nodes(old: int, new: int) -> tuple[Node, ...]:
    """The nodes that `consistency_proof` reads."""
    return tuple(chain.from_iterable(map(span_nodes, _consistency_spans(old, new))))


def consistency_proof(old: int, new: int, nodes: Mapping[Node, bytes]) -> tuple[bytes, ...]:
    """The proof that the tree of `new` leaves only appends to the tree of `old` leaves (RFC 6962 §2.1.2).

    `ValueError` unless 0 < old ≤ new, `KeyError` when a node of `consistency_nodes` is missing.
    """
    return tuple(_hash(span, nodes) for span in _consistency_spans(old, new))


def verify_inclusion(leaf: bytes, *, index: int, size: int, path: Iterable[bytes], root: bytes) -> bool:
    """Does the audit path lead from the leaf hash at `index` to the root over `size` leaves? (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            position, last = _skip_missing_siblings(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(old: int, new: int, *, old_root: bytes, new_root: bytes, path: Iterable[bytes]) -> bool:
    """Does the tree of `new` leaves begin with the tree of `old` leaves? (RFC 9162 §2.1.4.2).

    Of an empty old tree only the well-known empty root is accepted; equal sizes need equal roots and an empty path.
    """
    hashes = tuple(path)
    if not 0 < old < new:
        return not hashes and (old_root == new_root if old == new else old == 0 < new and old_root == EMPTY_ROOT)
    if old & (old - 1) == 0:
        hashes = (old_root, *hashes)
    return bool(hashes) and _consistency_roots(old - 1, new - 1, hashes) == (old_root, new_root)


def _consistency_roots(position: int, last: int, hashes: tuple[bytes, ...]) -> tuple[bytes, bytes] | None:
    while position & 1:
        position, last = position >> 1, last >> 1
    old_root = new_root = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            position, last = _skip_missing_siblings(position, last)
        else:
            new_root = node_hash(new_root, sibling)
        position, last = position >> 1, last >> 1
    return (old_root, new_root) if last == 0 else None


def _skip_missing_siblings(position: int, last: int) -> tuple[int, int]:
    """On the right edge a level without a sibling adds no hash to a path."""
    while position & 1 == 0 and position != 0:
        position, last = position >> 1, last >> 1
    return position, last


def _hash(span: Span, nodes: Mapping[Node, bytes]) -> bytes:
    return fold(nodes[node] for node in span_nodes(span))


def _split(span: Span) -> int:
    """Where RFC 6962 divides a span: after the largest power of two that is smaller than its length."""
    return span.begin + (1 << (span.end - span.begin - 1).bit_length() - 1)


def _inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    if not 0 <= index < size:
        message = f"no leaf {index} in a tree of {size} leaves"
        raise ValueError(message)
    spans, span = [], Span(0, size)
    while span.end - span.begin > 1:
        middle = _split(span)
        left, right = Span(span.begin, middle), Span(middle, span.end)
        span, sibling = (left, right) if index < middle else (right, left)
        spans.append(sibling)
    return tuple(reversed(spans))


def _consistency_spans(old: int, new: int) -> tuple[Span, ...]:
    if not 0 < old <= new:
        message = f"no consistency proof from {old} to {new} leaves"
        raise ValueError(message)
    spans, span = [], Span(0, new)
    while span.end != old:
        middle = _split(span)
        left, right = Span(span.begin, middle), Span(middle, span.end)
        span, sibling = (left, right) if old <= middle else (right, left)
        spans.append(sibling)
    if span.begin > 0:  # otherwise it is the old tree itself, whose root the verifier has
        spans.append(span)
    return tuple(reversed(spans))
