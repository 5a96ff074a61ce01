"""Which bodies count as one at a meeting: those that have ended by its day and the one that acts for them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOverBody:
    """A body that is taken over by another one from a day on."""

    code: str
    taken_over_by: str
    valid_until: date


def acting_bodies(bodies: Iterable[TakenOverBody], day: date) -> Mapping[str, str]:
    """For each body that has ended by `day` the one that acts for it then; others act for themselves."""
    following = {one.code: one.taken_over_by for one in bodies if one.valid_until <= day}
    return {code: _last(code, following) for code in following}


def _last(code: str, following: Mapping[str, str]) -> str:
    for _ in following:
        code = following.get(code, code)
    return code


def linked_bodies(bodies: Collection[TakenOverBody], codes: Iterable[str]) -> frozenset[str]:
    """These bodies and all that ever take over, or are taken over by, one of them."""
    found = set(codes)
    while new := {code for one in bodies for code in _pair(one) if not found.isdisjoint(_pair(one))} - found:
        found |= new
    return frozenset(found)


def _pair(one: TakenOverBody) -> tuple[str, str]:
    return one.code, one.taken_over_by
