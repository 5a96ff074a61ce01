"""The HTTP routes of registration, one resource a file, grouped by subject."""

from fastapi import APIRouter

from services.registration.api import persons
from services.registration.api.attendance import attendance, session_steps
from services.registration.api.check_in import blocking, check_ins, desks, papers, ticket_keys, ticket_reissue
from services.registration.api.directory import changes, organisations
from services.registration.api.documents import documents, downloads, files
from services.registration.api.form import answer_files, forms
from services.registration.api.form import answers as form_answers
from services.registration.api.glossary import GLOSSARY as GLOSSARY
from services.registration.api.invitations import (
    invitation_changes,
    invitation_group,
    invitation_list,
    invitations,
    own_invitation,
    reminders,
)
from services.registration.api.lists import exports, imports
from services.registration.api.meetings import (
    agenda,
    calendars,
    copies,
    drafts,
    lifecycle,
    listing,
    meeting_changes,
    meetings,
    series,
)
from services.registration.api.oparl import lists as oparl_lists
from services.registration.api.oparl import single as oparl
from services.registration.api.privacy import privacy_notice
from services.registration.api.registrations import (
    answering_for,
    answers,
    bulk,
    confirming,
    groups,
    history,
    own_registration,
    pages,
    registrations,
    requests,
    seats,
    waiting_list,
)
from services.registration.api.statistics import statistics

ROUTERS: tuple[APIRouter, ...] = (
    registrations.router,  # the busiest first: routes are tried in their order
    seats.router,
    answers.router,
    groups.router,
    requests.router,
    waiting_list.router,
    answering_for.router,
    confirming.router,
    own_registration.router,
    own_registration.by_link,
    history.router,
    own_invitation.router,
    check_ins.router,
    desks.router,
    blocking.router,
    papers.router,
    ticket_keys.router,
    ticket_reissue.router,
    bulk.router,
    imports.router,
    exports.router,
    meetings.router,
    drafts.router,
    copies.router,
    series.router,
    session_steps.router,
    attendance.router,
    agenda.router,
    files.router,
    documents.router,
    downloads.router,
    meeting_changes.router,
    forms.router,
    form_answers.router,
    answer_files.router,
    lifecycle.router,
    listing.router,
    statistics.router,
    invitations.router,
    invitation_list.router,
    reminders.router,
    invitation_group.router,
    invitation_changes.router,
    calendars.router,
    organisations.router,
    changes.router,
    persons.router,
    privacy_notice.router,
    pages.router,
    oparl.router,
    oparl_lists.router,
)
