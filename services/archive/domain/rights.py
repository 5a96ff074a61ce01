"""Which records an actor may see: an archivist those of every body, all others those of their own body."""

from shared.kernel import Actor, Role

CATALOGUE_READERS = (Role.ARCHIVIST, Role.SECRETARY, Role.CHAIR, Role.ORGANISER)
"""Roles that find records and read their proofs."""

CONTENT_READERS = (Role.ARCHIVIST, Role.SECRETARY, Role.CHAIR)
"""Roles that download packages."""


def body_within(actor: Actor) -> str | None:
    """The body whose records the actor may know of; None for every body, "" (no body has that code) for none."""
    return None if Role.ARCHIVIST in actor.roles else actor.organisation or ""
