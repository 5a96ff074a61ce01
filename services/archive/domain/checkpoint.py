"""The log's checkpoint (c2sp.org/tlog-checkpoint): origin, size and root of the tree, as a signed note."""

from base64 import b64encode
from dataclasses import dataclass

from services.archive.domain.evidence import ForeignLog, MalformedCheckpoint
from services.archive.domain.merkle import HASH_BYTES
from services.archive.domain.note import SignBytes, VerifierKey, base64, open_note, sign_note

LARGEST_SIZE = (1 << 63) - 1
LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one moment: its name for ever (a URL without scheme), its leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what the format cannot carry."""
        if not self.origin or "\n" in self.origin or not 0 <= self.size <= LARGEST_SIZE or len(self.root) != HASH_BYTES:
            raise MalformedCheckpoint(why="value")

    def __str__(self) -> str:
        """The note text: three lines, each ending in a newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, *, key: VerifierKey, sign: SignBytes) -> str:
    """The signed note; `sign` is Ed25519 with the private half of `key`, whose name must be the log's origin.

    Whoever calls it has made sure that the tree only grew since the last checkpoint it signed.
    """
    if key.name != checkpoint.origin:
        raise ForeignLog(origin=checkpoint.origin)
    return sign_note(str(checkpoint), key=key, sign=sign)


def open_checkpoint(note: bytes, *, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a signed note, when the log's own key signed it.

    Raises the refusals of `open_note`, `MalformedCheckpoint`, and `ForeignLog` when the origin is not the key's name.
    """
    checkpoint = parse_checkpoint(open_note(note, key=key))
    if checkpoint.origin != key.name:
        raise ForeignLog(origin=checkpoint.origin)
    return checkpoint


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note text; strict: no extension lines (this log writes none), one spelling for each value."""
    lines = text.split("\n")
    if len(lines) != LINES + 1 or lines[LINES]:
        raise MalformedCheckpoint(why="lines")
    size, root = decimal(lines[1]), base64(lines[2])
    if size is None or root is None:
        raise MalformedCheckpoint(why="size or root")
    return Checkpoint(lines[0], size, root)


def decimal(text: str) -> int | None:
    """An ASCII decimal without leading zeroes, of at most 19 digits, or `None`."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_SIZE)):
        return None
    return int(text) if str(int(text)) == text else None
