"""Which records an actor may see: an archivist those of every body, others of their own and its predecessors."""

from shared.kernel import Actor, Role

CATALOGUE_READERS = (Role.ARCHIVIST, Role.SECRETARY, Role.CHAIR, Role.ORGANISER)
"""Roles that find records and read their proofs."""

CONTENT_READERS = (Role.ARCHIVIST, Role.SECRETARY, Role.CHAIR)
"""Roles that download packages."""


def bodies_within(actor: Actor) -> frozenset[str] | None:
    """The bodies whose records the actor may know of; None for every body."""
    return None if Role.ARCHIVIST in actor.roles else actor.bodies
