"""Invitations of bodies and persons, by their organiser and by their own link."""
