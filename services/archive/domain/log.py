"""The append-only log over the Merkle tree: what an append stores, and what a full check of the stored log finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.archive.domain.merkle import Node, fold, leaf_hash, node_hash


@dataclass(frozen=True, slots=True)
class LogState:
    """All that an append must know: the number of leaves, and the right edge, largest complete subtree first."""

    size: int = 0
    edge: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an edge that cannot belong to this size: one hash for each bit of it."""
        if self.size < 0 or len(self.edge) != self.size.bit_count():
            message = f"{len(self.edge)} edge hashes for {self.size} leaves"
            raise ValueError(message)

    @property
    def root(self) -> bytes:
        """The root over all leaves; of an empty log SHA-256 of nothing (RFC 6962 §2.1)."""
        return fold(self.edge)


EMPTY_LOG = LogState()


@dataclass(frozen=True, slots=True)
class StoredNode:
    """One complete subtree to be stored for ever."""

    node: Node
    hash: bytes


def append(state: LogState, leaf_hashes: Iterable[bytes]) -> tuple[LogState, tuple[StoredNode, ...]]:
    """Add leaves: the new state and the nodes that became complete (the leaves themselves are level 0).

    One leaf costs O(log n) hashes and on average two stored nodes.
    """
    size, edge, stored = state.size, list(state.edge), []
    for leaf in leaf_hashes:
        node, computed = Node(0, size), leaf
        stored.append(StoredNode(node, computed))
        while node.position & 1:
            node, computed = Node(node.level + 1, node.position >> 1), node_hash(edge.pop(), computed)
            stored.append(StoredNode(node, computed))
        edge.append(computed)
        size += 1
    return LogState(size, tuple(edge)), tuple(stored)


class Flaw(StrEnum):
    """What can be wrong with a stored log."""

    NODE_DIFFERS = "node-differs"  # a stored node is not the hash of the leaves under it
    NODE_MISSING = "node-missing"
    NODE_BEYOND_END = "node-beyond-end"  # a stored node over leaves that are not there
    ROOT_DIFFERS = "root-differs"  # a signed root is not the root of the leaves
    LEAVES_MISSING = "leaves-missing"  # a root was signed for more leaves than there are
    EDGE_DIFFERS = "edge-differs"  # what the next append would build on does not follow from the stored nodes
    CHECKPOINT_FORGED = "checkpoint-forged"  # a kept checkpoint is not signed by the log's key, or not for its size


@dataclass(frozen=True, slots=True)
class LogFinding:
    """One flaw: at a `node`, or at the `size` for which a root was signed."""

    flaw: Flaw
    node: Node | None = None
    size: int | None = None


@dataclass(slots=True)
class _Check:
    nodes: Mapping[Node, bytes] | None
    roots: Mapping[int, bytes]
    state: LogState = EMPTY_LOG
    seen: set[Node] = field(default_factory=set)
    findings: list[LogFinding] = field(default_factory=list)

    def root(self) -> None:
        if self.roots.get(self.state.size, self.state.root) != self.state.root:
            self.findings.append(LogFinding(Flaw.ROOT_DIFFERS, size=self.state.size))

    def leaf(self, entry: bytes) -> None:
        self.state, stored = append(self.state, [leaf_hash(entry)])
        self.root()
        if self.nodes is None:
            return
        for made in stored:
            self.seen.add(made.node)
            if made.node not in self.nodes:
                self.findings.append(LogFinding(Flaw.NODE_MISSING, node=made.node))
            elif self.nodes[made.node] != made.hash:
                self.findings.append(LogFinding(Flaw.NODE_DIFFERS, node=made.node))

    def end(self) -> None:
        beyond = sorted(set(self.nodes or {}) - self.seen)
        self.findings += [LogFinding(Flaw.NODE_BEYOND_END, node=node) for node in beyond]
        missing = sorted(size for size in self.roots if size > self.state.size)
        self.findings += [LogFinding(Flaw.LEAVES_MISSING, size=size) for size in missing]


def fsck(
    entries: Iterable[bytes], *, roots: Mapping[int, bytes], nodes: Mapping[Node, bytes] | None = None
) -> tuple[LogFinding, ...]:
    """Recompute the log from its entries; compare with the roots that were signed (size → root) and the stored nodes.

    Every edited, dropped or reordered entry before the largest signed size is found; a flaw at a node
    above the entry shows where.
    """
    check = _Check(nodes, roots)
    check.root()
    for entry in entries:
        check.leaf(entry)
    check.end()
    return tuple(check.findings)
