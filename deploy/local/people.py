"""The test people of the local issuer: one for each role, who sign in without a password."""

from dataclasses import dataclass

from shared.kernel import Role


@dataclass(frozen=True, slots=True)
class TestPerson:
    """Somebody who does not exist, with one role."""

    __test__ = False  # no class of tests

    role: Role
    organisation: str | None
    lao: str
    english: str


PEOPLE = (
    TestPerson(Role.ORGANISER, "MTC", "ຜູ້ຈັດກອງປະຊຸມ", "Organiser"),
    TestPerson(Role.FOCAL_POINT, "MOF", "ຜູ້ປະສານງານ", "Focal point"),
    TestPerson(Role.SECRETARY, "MTC", "ເລຂາກອງປະຊຸມ", "Secretary"),
    TestPerson(Role.CHAIR, "MTC", "ປະທານກອງປະຊຸມ", "Chair"),
    TestPerson(Role.DESK, "MTC", "ຜູ້ຕ້ອນຮັບ", "Desk"),
    TestPerson(Role.ARCHIVIST, None, "ຜູ້ຮັກສາເອກະສານ", "Archivist"),
    TestPerson(Role.OPERATOR, None, "ຜູ້ດູແລລະບົບ", "Operator"),
)
