"""Whether two people with one number or address are the same person, where the organiser lets people share them."""

from dataclasses import dataclass

from shared.lao import search_key


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the form in which all its spellings are the same; `family` is empty where it is not known."""

    given: str
    family: str


def name_of(given_name: str | None, family_name: str | None) -> Name | None:
    """The name of a person; None after the erasure."""
    return Name(search_key(given_name), search_key(family_name or "")) if given_name else None


def same_person(one: Name | None, other: Name | None) -> bool:
    """The same given name, and no other family name: of either it may be unknown."""
    if one is None or other is None:
        return False
    return one.given == other.given and (one.family == other.family or not (one.family and other.family))
