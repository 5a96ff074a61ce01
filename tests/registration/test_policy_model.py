"""Whatever happens to a meeting: after each step the service and a model of plain Python agree on everybody."""

from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.api.registrations.registration_group import created
from services.registration.flows import register_participants
from shared.kernel import Refusal
from tests.registration.running_service import RegistrationService, person, registration_request
from tests.registration.seating_model import SeatingModel

BODIES = ("MOF", "MOH", "MTC")
LIMITS = [
    {},
    {"MOF": (1, None)},
    {"MOF": (2, 2), "MOH": (1, None)},
    {"MOH": (0, 1)},
    {"MOF": (0, 2), "MOH": (2, 3)},
]
SEATS = """
SELECT registration_id::text AS id, state FROM registration WHERE meeting_id::text = $1 ORDER BY position NULLS FIRST
"""
COUNTS = (
    "SELECT confirmed, waitlisted, requested, coalesce(taken, '{}') AS taken FROM meeting WHERE meeting_id::text = $1"
)
WHO = st.integers(0, 30)
BODY = st.sampled_from(BODIES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.lists(BODY, min_size=1, max_size=4)),
        st.tuples(st.just("register_group"), st.lists(BODY, min_size=2, max_size=3)),
        st.tuples(st.just("register_group"), st.lists(BODY, min_size=2, max_size=3)),
        st.tuples(st.just("withdraw"), WHO),
        st.tuples(st.just("withdraw"), WHO),
        st.tuples(st.just("approve"), st.lists(WHO, min_size=1, max_size=3)),
        st.tuples(st.just("reject"), WHO),
        st.tuples(st.just("promote"), WHO),
        st.tuples(st.just("change_capacity"), st.integers(3, 7)),
        st.tuples(st.just("change_limits"), st.sampled_from(LIMITS)),
        st.tuples(st.just("change_passing"), st.booleans()),
        st.tuples(st.just("change_waiting_list"), st.booleans()),
        st.tuples(st.just("change_approval"), st.booleans()),
    ),
    min_size=4,
    max_size=25,
)


@dataclass(slots=True)
class Both:
    """The service and the model, led through the same steps; `seats` are the registrations of the numbered people."""

    service: RegistrationService
    path: str
    model: SeatingModel
    seats: list[dict[str, Any]] = field(default_factory=list)

    async def patched(self, **changes: Any) -> None:
        headers = self.service.organiser.headers
        assert (await self.service.http.patch(self.path, json=changes, headers=headers)).status_code == 200
        self.model.move_up()

    async def register(self, bodies: list[str]) -> None:
        """One transaction for all of them, each alone."""
        first = len(self.seats)
        asked = [registration_request(self.path, first + place, body=body) for place, body in enumerate(bodies)]
        async with self.service.database.transaction() as connection:
            outcomes = await register_participants(connection, [(one, copy_context()) for one in asked])
        for body, outcome in zip(bodies, outcomes, strict=True):
            assert not isinstance(outcome, Refusal)
            answer, number = created(outcome), len(self.seats)
            self.seats.append(answer.model_dump(mode="json"))
            state = self.model.come([number], [body])
            assert (answer.state, answer.position) == (state, self.model.place(number))

    async def register_group(self, bodies: list[str]) -> None:
        numbers = range(len(self.seats), len(self.seats) + len(bodies))
        people = [{**person(number), "organisation": body} for number, body in zip(numbers, bodies, strict=True)]
        answer = await self.service.anybody.post(f"{self.path}/groups", {"organisation": "MPI", "people": people})
        state = self.model.come(list(numbers), bodies)
        if state == "refused":
            assert answer.json()["code"] == "GroupTooLarge"
            return
        self.seats += answer.json()["people"]
        told = [(one["state"], one["position"]) for one in answer.json()["people"]]
        assert told == [(state, self.model.place(number)) for number in numbers]

    async def withdraw(self, who: int) -> None:
        number = who % max(len(self.seats), 1)
        if number in {*self.model.seated, *self.model.order, *self.model.asked}:
            await self.service.withdrawn(self.path, self.seats[number])
            self.model.leave(number)

    async def approve(self, people: list[int]) -> None:
        numbers = [number % max(len(self.seats), 1) for number in people if self.seats]
        if not numbers:
            return
        sent = [{"registration_id": self.seats[one]["registration_id"], "decision": "approve"} for one in numbers]
        answer = await self.service.organiser.post(f"{self.path}/decisions", {"decisions": sent})
        approved: set[int] = set()
        for number, row in zip(numbers, answer.json()["rows"], strict=True):
            if number in self.model.asked:
                approved |= {*self.model.approve(number)}
            if number in approved:
                approved.remove(number)  # named again, it is no request any more
                told = row["decided"]["state"], row["decided"]["position"]
                assert told == (self.model.state(number), self.model.place(number))
            else:
                assert row["refused"]["code"] == "NotRequested"

    async def reject(self, who: int) -> None:
        if not self.seats:
            return
        number = who % len(self.seats)
        where = f"{self.path}/registrations/{self.seats[number]['registration_id']}/reject"
        answer = await self.service.organiser.post(where, {"reason": "ບ່ອນນັ່ງຈຳກັດ"})
        assert answer.status_code == (200 if number in self.model.asked else 409)
        if number in self.model.asked:
            self.model.asked.remove(number)

    async def promote(self, who: int) -> None:
        if not self.model.queue:
            return
        party = self.model.queue[who % len(self.model.queue)]
        where = f"{self.path}/registrations/{self.seats[party[-1]]['registration_id']}/promote"
        answer = await self.service.organiser.post(where, {"reason": "ຜູ້ນຳສະເໜີ"})
        fits = self.model.fit(party)
        assert answer.status_code == (200 if fits else 409)
        if fits:
            self.model.queue.remove(party)
            self.model.seated += party

    async def change_capacity(self, capacity: int) -> None:
        self.model.capacity = capacity
        await self.patched(capacity=capacity)

    async def change_limits(self, limits: dict[str, tuple[int, int | None]]) -> None:
        self.model.limits = limits
        rules = [{"organisation": body, "reserved": kept, "most": most} for body, (kept, most) in limits.items()]
        await self.patched(organisation_seats=rules)

    async def change_passing(self, passing: bool) -> None:  # noqa: FBT001 -- a drawn value
        self.model.passing = passing
        await self.patched(may_pass_groups=passing)

    async def change_waiting_list(self, by_hand: bool) -> None:  # noqa: FBT001 -- a drawn value
        self.model.by_hand = by_hand
        await self.patched(waiting_list="manual" if by_hand else "automatic")

    async def change_approval(self, approval: bool) -> None:  # noqa: FBT001 -- a drawn value
        self.model.approval = approval
        await self.patched(policy="with-approval" if approval else "open")

    async def agree(self) -> None:
        """Everybody is where the model has him, the queue in its order, and the counts are those of the rows."""
        meeting_id = self.path.rpartition("/")[2]
        numbers = {seat["registration_id"]: number for number, seat in enumerate(self.seats)}
        rows = await self.service.rows(SEATS, meeting_id)
        kept = {state: [numbers[row["id"]] for row in rows if row["state"] == state] for state in STATES}
        model = self.model
        assert (sorted(kept["confirmed"]), kept["waitlisted"], sorted(kept["requested"])) == (
            sorted(model.seated),
            model.order,
            sorted(model.asked),
        )
        [counts] = await self.service.rows(COUNTS, meeting_id)
        taken = {body: model.sitting(body) for body in model.limits}
        assert tuple(counts) == (len(model.seated), len(model.order), len(model.asked), taken)


STATES = ("confirmed", "waitlisted", "requested")


@given(steps=STEPS, capacity=st.integers(3, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_seats_and_queue_are_those_of_the_model(
    shared_service: RegistrationService, steps: list[tuple[str, Any]], capacity: int
) -> None:
    both = Both(shared_service, await shared_service.opened(capacity=capacity), SeatingModel(capacity))
    for step, value in steps:
        before = len(both.model.seated)
        act: Callable[[Any], Awaitable[None]] = getattr(both, step)
        await act(value)
        await both.agree()
        assert len(both.model.seated) <= max(both.model.capacity, before)
