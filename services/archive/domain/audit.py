"""A full check of the stored log: entries, nodes, right edge and every checkpoint that was ever signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.archive.domain.checkpoint import Checkpoint, open_checkpoint
from services.archive.domain.evidence import EvidenceRefused
from services.archive.domain.log import Flaw, LogFinding, LogState, fsck
from services.archive.domain.merkle import Node, root_nodes
from services.archive.domain.note import VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLog:
    """All that is stored of a log: its right edge, its entries in order, its nodes, its signed notes by size."""

    state: LogState
    entries: Sequence[bytes]
    nodes: Mapping[Node, bytes]
    notes: Mapping[int, str]


def audit_log(stored: StoredLog, *, key: VerifierKey) -> tuple[LogFinding, ...]:
    """Everything that is inconsistent; `key` is that of the log."""
    opened = {size: _opened(note, key, size=size) for size, note in stored.notes.items()}
    forged = [LogFinding(Flaw.CHECKPOINT_FORGED, size=size) for size, found in sorted(opened.items()) if found is None]
    signed = {size: found.root for size, found in opened.items() if found is not None}
    findings = fsck(stored.entries, roots={stored.state.size: stored.state.root} | signed, nodes=stored.nodes)
    return (*findings, *_edge(stored), *forged)


def _edge(stored: StoredLog) -> tuple[LogFinding, ...]:
    size = stored.state.size
    expected = tuple(stored.nodes.get(node) for node in root_nodes(size))
    return () if expected == stored.state.edge else (LogFinding(Flaw.EDGE_DIFFERS, size=size),)


def _opened(note: str, key: VerifierKey, *, size: int) -> Checkpoint | None:
    try:
        checkpoint = open_checkpoint(note.encode(), key=key)
    except EvidenceRefused:
        return None
    return checkpoint if checkpoint.size == size else None
