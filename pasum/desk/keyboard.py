"""What is scanned or typed at a desk: tickets, codes, names, people who have not registered."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.console import Console

from pasum.desk.entrance import Entrance, Said, code_of
from pasum.desk.file import DeskFile, name_of
from pasum.desk.words import ASK_THE_NAME, CHOOSE, HOW_TO_WALK_IN, NO_SUCH_CODE, NOBODY, ON_THE_LIST

console = Console(highlight=False, soft_wrap=True)
GENDERS: Final[Mapping[str, str]] = {"ຍິງ": "female", "f": "female", "female": "female"} | dict.fromkeys(
    ("ຊາຍ", "m", "male"), "male"
)
LONGEST_NAME: Final = 100
_LONGEST: Final[Mapping[str, int]] = {"organisation": 40, "mobile": 40}
_PARTS: Final = 4


class Keyboard:
    """One desk as its staff uses it; who was found last can be chosen by number."""

    def __init__(self, file: DeskFile, entrance: Entrance) -> None:
        self._file, self._entrance = file, entrance
        self._found: list[str] = []

    def typed(self, text: str) -> None:
        """Do what was scanned or typed, and say what came of it."""
        if text.startswith("/"):
            self._offer(self._file.people(text[1:]), nobody=NOBODY)
        elif text.startswith("#"):
            self._choose(text[1:])
        elif text.startswith("+"):
            self._walk_in(text.lstrip("+"), sure=text.startswith("++"))
        elif code := code_of(text):
            self._code(code)
        else:
            _show(self._entrance.ticket(text))

    def _code(self, code: str) -> None:
        people = self._entrance.people_of_code(code)
        self._offer(people, nobody=NO_SUCH_CODE)
        if people:
            console.print(ASK_THE_NAME, style="yellow")

    def _offer(self, people: list[dict[str, Any]], *, nobody: str) -> None:
        for number, person in enumerate(people, 1):
            told = (name_of(person), person["position_title"] or "", person["organisation"])
            console.print(f"  #{number} {' · '.join(told)}")
        console.print(CHOOSE if people else nobody)
        self._found = [person["registration_id"] for person in people]

    def _choose(self, number: str) -> None:
        chosen = self._found[int(number) - 1 : int(number)] if number.isdecimal() and int(number) else []
        if chosen:
            _show(self._entrance.listed(chosen[0]))
        else:
            console.print(NOBODY)

    def _walk_in(self, text: str, *, sure: bool) -> None:
        person = walk_in_of(text)
        if person is None:
            console.print(HOW_TO_WALK_IN, style="yellow")
            return
        alike = [] if sure else self._file.people(name_of({"honorific": None, "family_name": None, **person}))
        if alike:
            self._offer(alike, nobody=NOBODY)
            console.print(ON_THE_LIST, style="yellow")
        else:
            _show(self._entrance.walk_in(person))


def walk_in_of(text: str) -> dict[str, str] | None:
    """Somebody from `name surname; body; telephone; gender`, all but the name may be missing; None where it is none."""
    parts = [part.strip() for part in text.split(";")]
    given, _, family = parts[0].partition(" ")
    if not given or len(parts) > _PARTS:
        return None
    organisation, mobile, gender = [*parts[1:], "", "", ""][:3]
    if gender and gender.lower() not in GENDERS:
        return None
    told = {"given_name": given, "family_name": family.strip(), "organisation": organisation.upper(), "mobile": mobile}
    told["gender"] = GENDERS.get(gender.lower(), "")
    return {name: value[: _LONGEST.get(name, LONGEST_NAME)] for name, value in _filled(told.items())}


def _filled(told: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in told if value]


def _show(said: Said) -> None:
    console.print(str(said), style="bold red" if said.reason else "bold green")
