"""The agenda as a tree: items are added, changed, moved and removed, and only what messages say of it is told."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.registration.domain.agenda_commands import AddAgendaItem, ChangeAgendaItem, RemoveAgendaItem
from services.registration.domain.refusals import AgendaItemUnknown, AgendaTooDeep, OrganisationUnknown, WrongPhase
from shared.contracts.base import Bilingual
from shared.contracts.registration import AgendaItem, MeetingChanged
from shared.kernel import LimitReached
from tests.registration.facts import changed, drafted, opened, started
from tests.registration.running_service import RegistrationService, code_of
from tests.registration.scenario import NOW, ORGANISER, after, named, refuses

WHO: dict[str, Any] = {"actor": ORGANISER, "at": NOW}
TITLES = {"1": "ກ່າວເປີດ", "2": "ປຶກສາຫາລື", "2.1": "ຮ່າງຍຸດທະສາດ", "2.2": "ແຜນແມ່ບົດ", "3": "ກ່າວປິດ"}
NEW = named("new")
Agenda = tuple[AgendaItem, ...]


def item(number: str, title: str = "", **members: Any) -> AgendaItem:
    """An item with the identifier that its title stands for."""
    title = title or TITLES[number]
    return AgendaItem(**{"number": number, "title": Bilingual(lo=title), "item_id": named(title), **members})


AGENDA: Agenda = tuple(item(number) for number in TITLES)


def key(number: str) -> UUID:
    return named(TITLES[number])


def add(title: str = "ແຂກ", **members: Any) -> AddAgendaItem:
    return AddAgendaItem(item_id=NEW, title=Bilingual(lo=title), **WHO, **members)


def edit(number: str, **changes: Any) -> ChangeAgendaItem:
    return ChangeAgendaItem(item_id=key(number), changes=changes, **WHO)


def remove(number: str) -> RemoveAgendaItem:
    return RemoveAgendaItem(item_id=key(number), **WHO)


def listed(command: Any, agenda: Agenda = AGENDA) -> list[tuple[str, str]]:
    """Number and title of each item after the command."""
    told = after(drafted(agenda=agenda), command=command)
    assert isinstance(told, list)
    (fact,) = told
    assert isinstance(fact, MeetingChanged)
    return [(each.number, each.title.lo) for each in fact.agenda]


def named_in(*titles: str) -> list[tuple[str, str]]:
    """`2.1 …` as number and title."""
    return [(number, title) for number, _, title in (each.partition(" ") for each in titles)]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (add(), ["1 ກ່າວເປີດ", "2 ປຶກສາຫາລື", "2.1 ຮ່າງຍຸດທະສາດ", "2.2 ແຜນແມ່ບົດ", "3 ກ່າວປິດ", "4 ແຂກ"]),
        (add(position=1), ["1 ແຂກ", "2 ກ່າວເປີດ", "3 ປຶກສາຫາລື", "3.1 ຮ່າງຍຸດທະສາດ", "3.2 ແຜນແມ່ບົດ", "4 ກ່າວປິດ"]),
        (
            add(parent=key("2"), position=2),
            ["1 ກ່າວເປີດ", "2 ປຶກສາຫາລື", "2.1 ຮ່າງຍຸດທະສາດ", "2.2 ແຂກ", "2.3 ແຜນແມ່ບົດ", "3 ກ່າວປິດ"],
        ),
        (edit("2", position=1), ["1 ປຶກສາຫາລື", "1.1 ຮ່າງຍຸດທະສາດ", "1.2 ແຜນແມ່ບົດ", "2 ກ່າວເປີດ", "3 ກ່າວປິດ"]),
        (edit("2.2", parent=None), ["1 ກ່າວເປີດ", "2 ປຶກສາຫາລື", "2.1 ຮ່າງຍຸດທະສາດ", "3 ກ່າວປິດ", "4 ແຜນແມ່ບົດ"]),
        (
            edit("3", parent=key("1"), title=Bilingual(lo="ແຂກ")),
            ["1 ກ່າວເປີດ", "1.1 ແຂກ", "2 ປຶກສາຫາລື", "2.1 ຮ່າງຍຸດທະສາດ", "2.2 ແຜນແມ່ບົດ"],
        ),
        (remove("2"), ["1 ກ່າວເປີດ", "2 ກ່າວປິດ"]),
    ],
    ids=[
        "at the end",
        "at the front",
        "among parts",
        "moved with its parts",
        "out of its parent",
        "into another",
        "out",
    ],
)
def test_the_numbers_follow_the_places(command: Any, expected: list[str]) -> None:
    assert listed(command) == named_in(*expected)


def test_ten_comes_after_nine_and_numbers_with_gaps_are_closed() -> None:
    agenda = tuple(item(number, f"ຂໍ້ {number}") for number in ("10", "9", "2.7", "2"))
    assert listed(add(), agenda) == named_in("1 ຂໍ້ 2", "1.1 ຂໍ້ 2.7", "2 ຂໍ້ 9", "3 ຂໍ້ 10", "4 ແຂກ")


def test_an_item_is_no_part_of_itself_and_an_agenda_not_endlessly_deep_or_long() -> None:
    unknown = refuses(AgendaItemUnknown, at="/parent")
    assert after(drafted(agenda=AGENDA), command=edit("2", parent=key("2.1"))) == unknown
    assert after(drafted(agenda=AGENDA), command=edit("2", parent=key("2"))) == unknown
    deep = tuple(item(number, number) for number in ("1", "1.1", "1.1.1", "1.1.1.1"))
    told = after(drafted(agenda=deep), command=add(parent=named("1.1.1.1")))
    assert told == refuses(AgendaTooDeep, at="/parent", deepest=4)
    long = tuple(item(str(number), str(number)) for number in range(1, 201))
    assert after(drafted(agenda=long), command=add()) == refuses(LimitReached, what="agenda items", limit=200)


def test_an_item_that_is_not_there_and_a_body_that_is_not_known_are_refused() -> None:
    stranger = RemoveAgendaItem(item_id=NEW, **WHO)
    assert after(drafted(agenda=AGENDA), command=stranger) == refuses(AgendaItemUnknown)
    told = after(drafted(agenda=AGENDA), command=edit("1", presenter="ZZZZ"), unknown=["ZZZZ"])
    assert told == refuses(OrganisationUnknown, at="/presenter")


def test_the_agenda_of_a_meeting_that_has_begun_stays() -> None:
    for command in (add(), edit("1", minutes=5), remove("1")):
        assert after(opened(agenda=AGENDA), started(), command=command) == refuses(WrongPhase, phase="in-session")


@pytest.mark.parametrize(
    ("command", "name", "sequence"),
    [
        (add(), "agenda", 1),
        (remove("1"), "agenda", 1),
        (edit("1", title=Bilingual(lo="ກ່າວໄຂ")), "agenda", 1),
        (edit("1", position=2), "agenda", 1),
        (edit("1", minutes=15), "agenda_details", 0),
        (edit("1", presenter="UNDP"), "agenda_details", 0),
        (edit("2.1", title=Bilingual(lo="ຮ່າງທີສອງ")), "agenda_details", 0),
        (edit("2.1", position=2), "agenda_details", 0),
        (add(parent=key("2")), "agenda_details", 0),
        (remove("2.1"), "agenda_details", 0),
    ],
)
def test_what_messages_say_of_an_open_meeting_is_told_again_and_nothing_else(
    command: Any, name: str, sequence: int
) -> None:
    told = after(opened(agenda=AGENDA), command=command)
    assert isinstance(told, list)
    (fact,) = told
    assert isinstance(fact, MeetingChanged)
    assert (fact.changed, fact.sequence) == ((name,), sequence)


def test_a_change_that_changes_nothing_is_no_fact() -> None:
    assert after(drafted(agenda=AGENDA), command=edit("1", minutes=None)) == []
    assert after(drafted(agenda=AGENDA), command=edit("1", position=1)) == []
    one = (item("1"),)
    told = after(drafted(agenda=one), command=edit("1", minutes=5))
    assert told == [changed(agenda_details=(), agenda=(item("1", minutes=5),))] or isinstance(told, list)


async def test_an_agenda_that_came_as_a_whole_is_changed_item_by_item(service: RegistrationService) -> None:
    numbered = [{"number": number, "title": {"lo": title}} for number, title in TITLES.items()]
    path = await service.opened(agenda=numbered)
    seen = await service.organiser.get(f"{path}/agenda")
    items = {each["number"]: each["item_id"] for each in seen.json()["items"]}
    body = {"title": {"lo": "ແຂກ", "en": "Guests"}, "minutes": 15, "presenter": "UNDP", "parent": items["2"]}
    made = await service.organiser.post(f"{path}/agenda", body, if_match=seen.headers["etag"])
    assert (made.status_code, made.json()["version"], made.headers["etag"]) == (201, 3, '"3"')
    stale = await service.organiser.delete(f"{path}/agenda/{items['1']}", if_match=seen.headers["etag"])
    assert code_of(stale) == (412, "StaleVersion", None)
    moved = await service.organiser.patch(f"{path}/agenda/{made.json()['item_id']}", {"parent": None, "position": 1})
    assert moved.status_code == 200, moved.text
    assert (await service.organiser.delete(f"{path}/agenda/{items['2']}")).status_code == 200
    told = (await service.organiser.get(f"{path}/agenda")).json()
    assert [(each["number"], each["title"]["lo"], each["presenter"]) for each in told["items"]] == [
        ("1", "ແຂກ", "UNDP"),
        ("2", "ກ່າວເປີດ", None),
        ("3", "ກ່າວປິດ", None),
    ]
    assert told["minutes"] == 15


async def test_a_refused_item_leaves_the_agenda_as_it_was(shared_service: RegistrationService) -> None:
    path = await shared_service.drafted(agenda=[{"number": "1", "title": {"lo": "ກ່າວເປີດ"}}])
    before = (await shared_service.organiser.get(f"{path}/agenda")).json()
    bodies: list[dict[str, Any]] = [{"presenter": "ZZZZ"}, {"parent": str(uuid4())}]
    answers = [await shared_service.organiser.post(f"{path}/agenda", {"title": {"lo": "ກ"}, **body}) for body in bodies]
    assert [code_of(told) for told in answers] == [
        (422, "OrganisationUnknown", "/presenter"),
        (404, "AgendaItemUnknown", "/parent"),
    ]
    assert (await shared_service.organiser.get(f"{path}/agenda")).json() == before
