"""Which records somebody may know of: an archivist those of every body, everybody else those of his own."""

from shared.kernel import Actor, Role

CATALOGUE_READERS = (Role.ARCHIVIST, Role.SECRETARY, Role.CHAIR, Role.ORGANISER)
"""Who finds records and reads their proofs."""

CONTENT_READERS = (Role.ARCHIVIST, Role.SECRETARY, Role.CHAIR)
"""Who is handed packages."""


def body_within(actor: Actor) -> str | None:
    """The body whose records the actor may know of; None for every body, "" (no body has that code) for none."""
    return None if Role.ARCHIVIST in actor.roles else actor.organisation or ""
