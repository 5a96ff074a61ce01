"""What the members of requests and answers of the routes for operators mean."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from shared.http.glossary import Glossary, Word
from shared.operations.api import dead_jobs, dead_letter_views, dead_letters, operations, operators

_KEY: Final = "01835394-6c00-7000-8000-0000000000a1"
_WHEN: Final = "2022-09-19T01:20:00Z"
_ERROR: Final = "shared.contracts.UnknownType"
_LETTERS: Final = ("DeadLetterView", "DeadLetterContent")
_JOBS: Final = ("DeadJobView", "DeadJobContent")
_LETTERS_AND_JOBS: Final = (*_LETTERS, *_JOBS)
_WHY: Final = Word("why the operator does it; it is recorded", "ລະບົບ SMS ກັບມາໃຊ້ໄດ້ແລ້ວ")

_WORDS: Final[Glossary] = {
    **{f"{model}.id": Word("which dead letter", 17) for model in _LETTERS},
    **{f"{model}.state": Word("open, redriven or discarded", "open") for model in _LETTERS},
    **{f"{model}.id": Word("which job", 4) for model in _JOBS},
    **{f"{model}.name": Word("which of its kind", _KEY) for model in _JOBS},
    "ActionView.id": Word("which act", 9),
    "Decoded.id": Word("which event", "01835394-6c00-7000-8000-000000000201"),
    "letter": Word("which dead letter", 17),
    "job": Word("which job", 4),
    "consumer": Word("which consumer group", "notification"),
    "topic": Word("which topic", "eoffice.registration.meeting.v1"),
    "partition": Word("which partition of the topic", 3),
    "offset": Word("where in the partition", 4711),
    "key": Word("the key of the event; later ones with the same key wait", _KEY),
    "Raw.key": Word("the key of the record"),
    "error": Word("the reason: the class of the error", _ERROR),
    **{f"{model}.attempts": Word("how often it was tried", 5) for model in _LETTERS_AND_JOBS},
    "ReasonCount.state": Word("dead, or parked: it waits behind a dead one", "dead"),
    "DeadJobContent.state": Word("of the job", "dead"),
    "first_at": Word("when it failed first", _WHEN),
    "last_at": Word("when it failed last", _WHEN),
    "handled_by": Word("who redrove or discarded it; null: nobody yet", None),
    "handled_why": Word("why; null: nobody yet", None),
    "Octets": Word("bytes", {"text": "MTC", "hex": "4d5443"}),
    "Octets.text": Word("the bytes as text; null where they are no UTF-8", "MTC"),
    "hex": Word("the bytes in hexadecimal", "4d5443"),
    "HeaderView.name": Word("which header", "ce_type"),
    "headers": Word("the headers of the record"),
    "value": Word("the bytes"),
    "raw": Word("the record as it was read"),
    "decoded": Word("the event; null if it cannot be decoded"),
    "source": Word("which service has published it", "/registration"),
    "type": Word("which kind of event", "registration.meeting-opened.v1"),
    "Decoded.subject": Word("which aggregate", _KEY),
    "time": Word("when it happened", _WHEN),
    "sequence": Word("its number among the events of its aggregate; null without", 2),
    "correlation_id": Word("what it belongs to", "4bf92f3577b34da6a3ce929d0e0e4736"),
    "actor": Word("who did it; null where nobody did", "user:42"),
    "data": Word("the members of the event; null where they are withheld", {"meeting_id": _KEY}),
    "withheld": Word("the content holds personal data, and the actor's roles do not cover it", example=False),
    "kind": Word("which kind of job", "send-message"),
    **{f"{model}.created_at": Word("when it was made", _WHEN) for model in _JOBS},
    "finished_at": Word("when it was given up", _WHEN),
    "payload": Word("what the job works with", {"message_id": _KEY}),
    "due_at": Word("when it is tried next", _WHEN),
    "deadline": Word("after which it is not tried any more; null: never", None),
    "count": Word("how many", 3),
    "oldest": Word("when the oldest of them failed", _WHEN),
    "newest": Word("when the newest of them failed", _WHEN),
    "why": _WHY,
    "OfKind.reason": Word("only those that failed by this error; null: all of the kind", None),
    "OfReason.reason": Word("only those that failed by this error", _ERROR),
    "OfReason.topic": Word("only those of this topic; null: of all", None),
    "Failed.reason": Word("why it failed again", _ERROR),
    "reason": Word("only those that failed by this error", _ERROR),
    "ConsumerView.reason": Word("why it has halted; null: it has not", None),
    "ConsumerView.topic": Word("on which topic; null: it has not halted", None),
    "after": Word("go on after this letter", 0),
    "scope": Word("the letter alone, or all that wait with its key", "letter"),
    "jobs": Word("how many jobs were changed", 3),
    "Changed.most": Word("how many jobs one call changes; call again while it changes as many", 1000),
    "letters": Word("how many letters", 500),
    "Done.letters": Word("how many letters were handled", 1),
    "SweepView.letters": Word("how many letters were handled", 3),
    "waiting": Word("how many events wait behind it", 0),
    "failed": Word("the letters that have failed again"),
    "SweepView.next": Word("pass it as `after`; null when all were handled", None),
    "halted_at": Word("since when the consumer has halted; null: it has not", None),
    "allowed": Word("how many more dead letters are allowed", 0),
    "allowed_until": Word("until when; null: none are", None),
    "parked_at": Word("since when its facts wait", _WHEN),
    "since": Word("since when", _WHEN),
    "ActionView.at": Word("when", _WHEN),
    "who": Word("who did it", "user:42"),
    "act": Word("what was done", "redrive"),
    "ActionView.what": Word("with what", "dead letter 17"),
    "ActionView.why": Word("why", "ລະບົບ SMS ກັບມາໃຊ້ໄດ້ແລ້ວ"),
    "state": Word("only those in this state", "open"),
    "older_than": Word("only letters that were stored before", _WHEN),
    "newer_than": Word("only letters that were stored since", _WHEN),
}


def _models() -> Iterator[type[BaseModel]]:
    for module in (dead_jobs, dead_letter_views, dead_letters, operations, operators):
        found = (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, BaseModel))
        yield from (one for one in found if one.__module__ == module.__name__)


def _of_these_routes() -> Iterator[tuple[str, Word]]:
    """The words for these models and routes alone: those of a service mean other things by the same names."""
    for model in _models():
        for name in model.model_fields:
            own = f"{model.__name__}.{name}"
            if word := _WORDS.get(own) or _WORDS.get(name):
                yield own, word
    yield from ((f"operations.{name}", word) for name, word in _WORDS.items() if "." not in name)
    yield "Octets", _WORDS["Octets"]


GLOSSARY: Final[Glossary] = dict(_of_these_routes())
