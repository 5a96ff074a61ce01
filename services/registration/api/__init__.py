"""The HTTP routes of registration, one resource a file."""

from fastapi import APIRouter

from services.registration.api import (
    answers,
    bulk,
    check_ins,
    desks,
    drafts,
    exports,
    imports,
    invitation_changes,
    invitations,
    lifecycle,
    listing,
    meeting_changes,
    meetings,
    organisations,
    own_invitation,
    own_registration,
    pages,
    persons,
    registrations,
    seats,
    statistics,
    ticket_keys,
)

ROUTERS: tuple[APIRouter, ...] = (
    registrations.router,  # the busiest first: routes are tried in their order
    seats.router,
    answers.router,
    own_registration.router,
    own_registration.by_link,
    own_invitation.router,
    check_ins.router,
    desks.router,
    ticket_keys.router,
    bulk.router,
    imports.router,
    exports.router,
    meetings.router,
    drafts.router,
    meeting_changes.router,
    lifecycle.router,
    listing.router,
    statistics.router,
    invitations.router,
    invitation_changes.router,
    organisations.router,
    persons.router,
    pages.router,
)
