"""How much is written down about one meeting: so much that its document can still be printed and signed."""

from dataclasses import replace

import pytest

from services.minutes.domain.commands import MinutesCommands, ReviseMinutes
from services.minutes.domain.draft import Section
from services.minutes.domain.minutes import decide
from services.minutes.domain.state import Minutes, WrittenSoFar
from services.minutes.domain.writing import ACTIONS, DECISIONS, LETTERS, OPINIONS
from shared.kernel import LimitReached
from tests.minutes.facts_and_commands import ACTION, AT, DECISION, DRAFTED, OPINION, SECRETARY, STARTED, after
from tests.minutes.running_service import MinutesService, code
from tests.minutes.test_service_text import OPINION as SAID
from tests.minutes.test_service_text import opened, put

OPEN, WRITTEN = after(STARTED), after(STARTED, DRAFTED)


def edited(letters: int) -> ReviseMinutes:
    return ReviseMinutes(actor=SECRETARY, at=AT, edits={Section.QUOTE: "ກ" * letters})


@pytest.mark.parametrize(
    ("minutes", "command", "what", "limit"),
    [
        (replace(OPEN, written_so_far=WrittenSoFar(opinions=OPINIONS)), OPINION, "opinions", OPINIONS),
        (replace(OPEN, decisions=DECISIONS), DECISION, "decisions", DECISIONS),
        (replace(OPEN, actions=ACTIONS), ACTION, "actions", ACTIONS),
        (replace(OPEN, written_so_far=WrittenSoFar(letters=LETTERS)), OPINION, "letters", LETTERS),
        (
            replace(OPEN, written_so_far=WrittenSoFar(letters=LETTERS - 1)),
            replace(OPINION, text="ກ", text_en="a"),
            "letters",
            LETTERS,
        ),
        (replace(OPEN, written_so_far=WrittenSoFar(letters=LETTERS)), DECISION, "letters", LETTERS),
        (replace(OPEN, written_so_far=WrittenSoFar(letters=LETTERS)), ACTION, "letters", LETTERS),
        (replace(WRITTEN, written_so_far=WrittenSoFar(letters=LETTERS - 4)), edited(5), "letters", LETTERS),
        (replace(WRITTEN, edits={Section.OUTCOME: "ກ" * (LETTERS - 4)}), edited(5), "letters", LETTERS),
    ],
)
def test_there_is_a_last_one(minutes: Minutes, command: MinutesCommands, what: str, limit: int) -> None:
    with pytest.raises(LimitReached) as refused:
        decide(minutes, command)
    assert refused.value.details == {"what": what, "limit": limit}


@pytest.mark.parametrize(
    ("minutes", "command"),
    [
        (
            replace(OPEN, written_so_far=WrittenSoFar(opinions=OPINIONS - 1, letters=LETTERS - 1)),
            replace(OPINION, text="ກ"),
        ),
        (replace(WRITTEN, written_so_far=WrittenSoFar(letters=LETTERS - 5)), edited(5)),
        (replace(WRITTEN, edits={Section.QUOTE: "ກ" * LETTERS}), edited(5)),  # instead of what was there
    ],
)
def test_up_to_it_all_are_written_down(minutes: Minutes, command: MinutesCommands) -> None:
    assert len(decide(minutes, command)) == 1


async def test_opinions_decisions_actions_and_edits_count_together(minutes_service: MinutesService) -> None:
    minutes, long = await opened(minutes_service), "ກ" * 20_000
    for step, body in (
        *[("opinions", {**SAID, "text": {"lo": long, "en": "a" * 20_000}})] * 3,
        *[("decisions", {"text": long})] * 2,
        ("actions", {"organisation": "MTC", "text": long}),
    ):
        answer = await minutes_service.step(minutes, step, "secretary", json=body)
        assert answer.status_code == 201, answer.text
    refused = await minutes_service.step(
        minutes, "opinions", "secretary", json={**SAID, "text": {"lo": long, "en": long}}
    )
    assert (code(refused), refused.json()["details"]) == ((409, "LimitReached"), {"what": "letters", "limit": LETTERS})
    assert (await minutes_service.step(minutes, "decisions", "secretary", json={"text": long})).status_code == 201
    assert code(await minutes_service.step(minutes, "decisions", "secretary", json={"text": "ກ"})) == (
        409,
        "LimitReached",
    )


async def test_edits_count_too(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    for _ in range(9):
        await minutes_service.step(minutes, "decisions", "secretary", json={"text": "ກ" * 20_000})
    assert (await put(minutes_service, minutes, 1, quote="ກ" * 20_000)).status_code == 200
    assert code(await put(minutes_service, minutes, 2, outcome="ກ")) == (409, "LimitReached")
    assert (await put(minutes_service, minutes, 2, quote="ກ")).status_code == 200
