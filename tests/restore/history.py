"""The history as it is after a restore: what happened after the recovery point has not happened."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

from tests.chaos.history import Answered, Attempt, Gateway, Invoked, Journal, Run, Unanswered, read

_OF_COMMANDS: Final = (Run, Invoked, Answered, Unanswered)


def acknowledged(history: Path, *, until: float) -> int:
    """How many commands were answered with success up to that moment (Unix seconds)."""
    answers = [record for _, record in read(history) if isinstance(record, Answered) and record.at <= until]
    return sum(answer.status < HTTPStatus.BAD_REQUEST for answer in answers)


def cut(history: Path, until: float, target: Path) -> int:
    """Write the history up to `until`; returns how many acknowledged commands are not in it any more.

    An answer that came later is left out: whether its command had taken effect by then, nobody can say.
    """
    lost = 0
    with Journal(target) as journal:
        for record in _records(history):
            if record.at <= until:
                journal.write(record)
            elif isinstance(record, Answered) and record.status < HTTPStatus.BAD_REQUEST:
                lost += 1
    return lost


def _records(history: Path) -> Iterator[Run | Invoked | Answered | Unanswered]:
    for _, record in read(history):
        if isinstance(record, _OF_COMMANDS):
            yield record


def forget_unknown_messages(history: Path, target: Path) -> int:
    """Write the history without the messages of the providers that no attempt is about; returns how many these were.

    They were sent after the recovery point, about facts that are lost: the restored databases cannot know them.
    """
    known: set[str] = set()
    for _, record in read(history):
        if isinstance(record, Attempt):
            known |= {record.key, record.message_id}
    forgotten = 0
    with Journal(target) as journal:
        for _, record in read(history):
            if isinstance(record, Gateway) and record.key not in known:
                forgotten += 1
            else:
                journal.write(record)
    return forgotten


def sent_twice(history: Path) -> list[str]:
    """Keys of messages that a provider was given more than once, whether or not the databases know them."""
    return [record.key for _, record in read(history) if isinstance(record, Gateway) and record.requests > 1]
