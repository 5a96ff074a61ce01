"""The table who is told what has a row for each fact that is heard, and the page shows it."""

import pytest

from services.notification.adapters.template_files import read_templates
from services.notification.documents import PAGE, page
from services.notification.domain.completeness import TextsMissing, check_texts, missing_texts
from services.notification.domain.order import Audience
from services.notification.domain.table_cells import Silence, Tell
from services.notification.domain.template_source import TemplateSet
from services.notification.domain.templates import channels
from services.notification.domain.who_is_told import TOLD, case_of, concerns_everybody
from services.notification.policy.tellings import TELLINGS
from services.notification.subscribers import TOPICS
from shared.contracts import CATALOGUE, Fact
from tests.architecture.guide import advice
from tests.notification import scenario

HEARD = {contract.model for contract in CATALOGUE.values() if contract.topic.name in TOPICS}
CELLS = [cell for cases in TOLD.values() for row in cases.values() for cell in row.values()]


def test_every_fact_that_is_heard_has_a_row() -> None:
    assert set(TOLD) == HEARD, advice("facts_told")


@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: fact.__name__)
def test_every_row_has_a_message_or_a_reason_for_every_audience(fact: type[Fact]) -> None:
    for row in TOLD[fact].values():
        assert set(row) == set(Audience)
        assert [audience for audience, cell in row.items() if isinstance(cell, Silence) and not cell.reason] == []


@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: fact.__name__)
def test_a_fact_that_is_told_says_how(fact: type[Fact]) -> None:
    told = any(isinstance(cell, Tell) for row in TOLD[fact].values() for cell in row.values())
    assert told == (fact in TELLINGS or concerns_everybody(fact)), "give it a line in TELLINGS of policy/tellings.py"


@pytest.mark.parametrize(
    "fact",
    [
        scenario.rescheduled(),
        scenario.rescheduled(starts_at=scenario.STARTS),
        scenario.checked_in(),
        scenario.cancelled(),
    ],
)
def test_every_fact_is_one_of_the_cases_of_its_type(fact: Fact) -> None:
    assert case_of(fact) in TOLD[type(fact)]


def test_every_message_has_a_text_on_its_channels() -> None:
    tells = [cell for cell in CELLS if isinstance(cell, Tell)]
    missing = [
        (template, channel)
        for cell in tells
        for template in cell.templates
        for channel in cell.channels
        if template not in read_templates().keys or channel not in channels(read_templates(), template)
    ]
    assert (missing, len(tells) > len(TOLD)) == ([], True)


def test_the_page_is_as_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (
            {"cancelled.yaml": None},
            ["cancelled email en", "cancelled email lo", "cancelled sms en", "cancelled sms lo"],
        ),
        (
            {"cancelled.yaml": "version: 1\nsms: {lo: [ກ]}\n"},
            ["cancelled email en", "cancelled email lo", "cancelled sms en"],
        ),
        (
            {"ticket_renewed.yaml": "version: 1\nemail: {subject: {lo: ກ}, text: ກ, facts: []}\n"},
            ["ticket_renewed email en", "ticket_renewed email lo"],
        ),
    ],
    ids=["no file", "one channel in one language", "half an e-mail"],
)
def test_a_text_that_is_missing_is_noticed_when_the_service_starts(
    change: dict[str, str | None], missing: list[str]
) -> None:
    files = {name: text for name, text in {**read_templates().files, **change}.items() if text is not None}
    with pytest.raises(TextsMissing, match=", ".join(missing)):
        check_texts(TemplateSet(files))


def test_every_text_is_there() -> None:
    assert missing_texts(read_templates()) == []
