"""Every hostile text into every text member of a service's requests; what was answered, and what it has written."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from shared.contracts import CATALOGUE
from shared.database import Database
from tests.hostile.fields import Document, Field
from tests.hostile.texts import BLANK, LINES, SIGNATURE, TAKEN, UNUSABLE, harm, mixtures

NO_TEXT: Final = {  # members that take any string: why
    "ticket": "what a camera reads is answered with a refusal in the list, not with an error",
    "cursor": "opaque; what is no cursor of ours is refused as one",
    "mobile": "read as a number, and refused as one",
    "email": "where it is bound by no format (of somebody at the entrance): the same, as an address",
    "rule": "a rule of recurrence, refused as one",
    "organisation": "of somebody at the entrance: looked up, and what is none is said beside his entry",
    "q": "a text may be looked for that shows nothing",
}
OPERATING: Final = ("/v1/dead-", "/v1/outbox", "/v1/consumer")
"""What operators send, the same in every service: but for why they do it, it is compared with what is stored."""
MACHINES: Final = ("/v1/receipts",)
"""What a provider's program sends, signed."""
SAMPLE: Final = 3
"""Of so many texts each member is asked for one; the next member for the next ones."""
SAMPLE_OF_CODES: Final = 11
"""The same for members that only take codes, dates and the like."""
LONGEST_PATH: Final = 4_000  # characters of a query that a server takes
JSON: Final = {"content-type": "application/json"}
Send = Callable[[str, Mapping[str, Any], bytes | None], Awaitable[httpx.Response]]
"""Route, query, JSON body."""


@dataclass(slots=True)
class Answers:
    """What one service has answered; findings are what should not have been."""

    counts: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def note(self, one: Field, name: str, answer: httpx.Response, *, expected: bool) -> None:
        self.counts[answer.status_code] += 1
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or not expected:
            self.findings.append(f"{one.route} {one.pointer}: {name}: {answer.status_code} {answer.text[:200]}")


async def ask_everything(document: Document, send: Send, *, leaving: tuple[str, ...] = ()) -> Answers:
    """Ask each member for some of the texts, in turn, so that each text is tried; `leaving` are paths to leave out."""
    answers = Answers()
    for turn, one in enumerate(each for each in document.fields() if not _below(each, leaving)):
        step = SAMPLE if one.free else SAMPLE_OF_CODES
        for name, text, usable in list(_texts(one))[turn % step :: step]:
            told = await _sent(document, send, one, text)
            answers.note(one, name, told, expected=_as_expected(one, told, usable=usable))
    return answers


def _below(one: Field, paths: tuple[str, ...]) -> bool:
    return bool(paths) and one.route.partition(" ")[2].startswith(paths)


def _texts(one: Field) -> Iterator[tuple[str, str, bool | None]]:
    """Name, text, and whether it is to be taken; None where either may be."""
    compared = _below(one, OPERATING) and one.path != ("why",)
    exempt = not one.free or str(one.path[-1]) in NO_TEXT or compared or _below(one, MACHINES)
    longest = one.schema.get("maxLength")
    lines = longest is not None and longest > 1_000
    yield from ((name, text, None if exempt else False) for name, text in {**BLANK, **UNUSABLE}.items())
    yield from ((name, text, None if exempt else lines) for name, text in LINES.items())
    seed = sum(map(ord, one.route + one.pointer))
    for name, text in {**TAKEN, **mixtures(4, seed=seed)}.items():
        too_long = longest is not None and len(text) > longest  # it may fit in its stored form
        yield name, text, None if exempt or too_long else True
    if longest:
        yield "as long as may be", "ກ" * longest, None if exempt else True
        yield "too long", "ກ" * (longest + 1), None if exempt else False
        yield "much too long", "\u0301" * min(longest * 20, 100_000), None if exempt else False


async def _sent(document: Document, send: Send, one: Field, text: str) -> httpx.Response:
    if one.place == "query":
        return await send(one.route, {str(one.path[0]): text.encode("utf-8", "replace")[:LONGEST_PATH]}, None)
    body = document.holding(document.body_of(one.route), one.path, text)
    return await send(one.route, {}, json.dumps(body).encode())  # half a surrogate pair can only be sent escaped


def _as_expected(one: Field, told: httpx.Response, *, usable: bool | None) -> bool:
    if usable is None or one.place == "query":
        return True
    problem = told.json() if told.is_error else {}
    blamed = str(problem.get("field", "")).startswith(one.pointer) and problem.get("code") == "InvalidRequest"
    unreadable = problem.get("code") == "InvalidCharacters"  # NUL and half surrogates, for the body as a whole
    refused = blamed or unreadable or _blamed_alone(one, told)
    return not refused if usable else refused


def _blamed_alone(one: Field, told: httpx.Response) -> bool:
    """Whether a list is taken and this one entry of it is not, because of this member."""
    entries = told.json().get("results", []) if told.is_success and told.content else []
    invalid = [entry for entry in entries if entry["outcome"] == "invalid"]
    fields = [problem["field"] for entry in invalid for problem in entry.get("problems") or ()]
    return any(field and one.pointer.endswith(field) for field in fields)


async def harm_in_events(database: Database) -> list[str]:
    """What stands in the outbox that may stand in no event, or that its reader could not read."""
    async with database.reading() as connection:
        rows = await connection.fetch("SELECT type, payload FROM outbox WHERE payload IS NOT NULL")
    found = []
    for row in rows:
        CATALOGUE[row["type"]].model.model_validate_json(row["payload"])
        found += [f"{row['type']}: {flaw}" for text in strings(json.loads(row["payload"])) if (flaw := harm(text))]
    return found


def strings(value: Any) -> Iterator[str]:
    """All texts of a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from strings(inner)
        case list():
            for inner in value:
                yield from strings(inner)


def harm_in_log(written: str) -> list[str]:
    """Lines that are no JSON object, or that hold what somebody has written."""
    return [line for line in written.splitlines() if SIGNATURE in line or not isinstance(json.loads(line), dict)]
