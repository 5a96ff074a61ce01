"""The people of the tests, who asks for what, and when the meeting is."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from shared.kernel import Actor, Role

START = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)  # 08:30 in Vientiane
END = START + timedelta(hours=4)
NOW = START - timedelta(days=10)


def named(name: str) -> UUID:
    """The same name gives the same identifier."""
    return uuid5(UUID(int=0), name)


MEETING = named("the consultation")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person and his registration."""

    name: str
    body: str = "MOF"
    rank: int = 80

    @property
    def person(self) -> UUID:
        return named(f"person {self.name}")

    @property
    def seat(self) -> UUID:
        return named(f"seat {self.name}")

    @property
    def code(self) -> str:
        return f"{self.name:2<6}".upper()[:6]


KEO, NOY, VANH, SENG = (Somebody(name) for name in ("keo", "noy", "vanh", "seng"))

ORGANISER = Actor(subject="organiser", roles=frozenset({Role.ORGANISER}), organisation="MTC")
OTHER_ORGANISER = replace(ORGANISER, organisation="MOF")
FOCAL_POINT = Actor(subject="focal", roles=frozenset({Role.FOCAL_POINT}), organisation="MOF")
DESK = Actor(subject="desk", roles=frozenset({Role.DESK}), organisation="MTC")
SERVICE = Actor(subject="service", roles=frozenset({Role.SERVICE}))
LINK_HOLDER = Actor(subject="link:1")
