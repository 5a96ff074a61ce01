"""The log's rows: appended one transaction after the other, an entry once, however often it is tried."""

from dataclasses import dataclass

from services.archive.domain.log import LogState, append
from services.archive.domain.merkle import leaf_hash
from services.archive.domain.proof import LogEntry
from shared.database import Connection

_LOCK = """
INSERT INTO log (id, size, edge) VALUES (1, 0, '{}')
ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING size, edge
"""
_KNOWN = "SELECT position, sha256, root FROM log_entry WHERE kind = $1 AND record = $2"
_ENTRY = "INSERT INTO log_entry (position, kind, sha256, record, root) VALUES ($1, $2, $3, $4, $5)"
_NODES = """
INSERT INTO log_node (level, position, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
"""
_GROW = "UPDATE log SET size = $1, edge = $2 WHERE id = 1"
_CHECKPOINT = "INSERT INTO log_checkpoint (size, note) VALUES ($1, $2) ON CONFLICT DO NOTHING"


class EntryDiffers(Exception):
    """The log holds another hash under this name: what was logged cannot be changed, nor logged twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Where an entry lies, and the tree that ends with it."""

    index: int
    root: bytes

    @property
    def size(self) -> int:
        """The number of entries of the tree that ends with this one."""
        return self.index + 1


async def append_entry(connection: Connection, entry: LogEntry) -> Logged:
    """Append, or find what an earlier attempt has appended; waits for any other append. Raises `EntryDiffers`."""
    state = await _locked(connection)
    known = await connection.fetchrow(_KNOWN, entry.kind, entry.record)
    if known is not None:
        if known["sha256"] != entry.sha256:
            raise EntryDiffers(entry.record)
        return Logged(index=known["position"], root=known["root"])
    after, nodes = append(state, [leaf_hash(bytes(entry))])
    await connection.execute(_ENTRY, state.size, entry.kind, entry.sha256, entry.record, after.root)
    levels, positions, hashes = zip(*((*made.node, made.hash) for made in nodes), strict=True)
    await connection.execute(_NODES, levels, positions, hashes)
    await connection.execute(_GROW, after.size, after.edge)
    return Logged(index=state.size, root=after.root)


async def keep_checkpoint(connection: Connection, size: int, note: str) -> None:
    """Keep what was signed for a tree of `size` entries."""
    await connection.execute(_CHECKPOINT, size, note)


async def _locked(connection: Connection) -> LogState:
    """The log as the last append left it, locked until the end of the transaction; empty at the very first."""
    (row,) = await connection.fetch(_LOCK)
    return LogState(row["size"], tuple(row["edge"]))
