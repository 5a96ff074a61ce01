"""Queries for the routes, on a read-only transaction (a replica in production)."""

from services.registration.views.attendance import TreatedItem, agenda_times, attendance_counts, attendance_page
from services.registration.views.check_ins import count_scans, scan_outcomes
from services.registration.views.desks import expected_people, revoked_tickets
from services.registration.views.documents import document_file, documents, invited_by_link, seated_by_link
from services.registration.views.erasures import Held, held_of_person
from services.registration.views.exports import ExportOrder, export_order, export_page
from services.registration.views.forms import (
    answer_file,
    answer_files,
    answers_of,
    answers_of_many,
    form_figures,
    form_of_meeting,
    public_form,
)
from services.registration.views.gauges import count_gauges
from services.registration.views.history import check_registered, history_of_meeting, history_of_registration
from services.registration.views.imports import count_imports, counts_of_verdicts, import_lines, participant_import
from services.registration.views.invitations import invitation_counts, invitation_of_link, invitations
from services.registration.views.meetings import (
    meeting,
    meetings,
    meetings_open_to_all,
    person_name,
    public_meeting,
    visible_meeting,
)
from services.registration.views.oparl import (
    ChangedBetween,
    published_files,
    published_meeting,
    published_meetings,
    published_organisation,
    published_organisations,
)
from services.registration.views.organisations import (
    bodies_of_meeting,
    organisation,
    organisation_changes,
    organisation_names,
    organisations,
    taken_over,
)
from services.registration.views.printing import people_to_print
from services.registration.views.registration_list import RegistrationList, RegistrationOrder, listed_registrations
from services.registration.views.registrations import (
    organisation_of,
    own_registration,
    registration_of_link,
    seat_by_code,
    seated_registrations,
    ticket_basis,
)
from services.registration.views.statistics import (
    RegistrationFigures,
    answered_and_left,
    chair_present,
    message_figures,
    registration_figures,
    scan_figures,
)
from services.registration.views.ticket_keys import SignedTicket, ticket_key_uses, tickets_signed_by

__all__ = [
    "ChangedBetween",
    "ExportOrder",
    "Held",
    "RegistrationFigures",
    "RegistrationList",
    "RegistrationOrder",
    "SignedTicket",
    "TreatedItem",
    "agenda_times",
    "answer_file",
    "answer_files",
    "answered_and_left",
    "answers_of",
    "answers_of_many",
    "attendance_counts",
    "attendance_page",
    "bodies_of_meeting",
    "chair_present",
    "check_registered",
    "count_gauges",
    "count_imports",
    "count_scans",
    "counts_of_verdicts",
    "document_file",
    "documents",
    "expected_people",
    "export_order",
    "export_page",
    "form_figures",
    "form_of_meeting",
    "held_of_person",
    "history_of_meeting",
    "history_of_registration",
    "import_lines",
    "invitation_counts",
    "invitation_of_link",
    "invitations",
    "invited_by_link",
    "listed_registrations",
    "meeting",
    "meetings",
    "meetings_open_to_all",
    "message_figures",
    "organisation",
    "organisation_changes",
    "organisation_names",
    "organisation_of",
    "organisations",
    "own_registration",
    "participant_import",
    "people_to_print",
    "person_name",
    "public_form",
    "public_meeting",
    "published_files",
    "published_meeting",
    "published_meetings",
    "published_organisation",
    "published_organisations",
    "registration_figures",
    "registration_of_link",
    "revoked_tickets",
    "scan_figures",
    "scan_outcomes",
    "seat_by_code",
    "seated_by_link",
    "seated_registrations",
    "taken_over",
    "ticket_basis",
    "ticket_key_uses",
    "tickets_signed_by",
    "visible_meeting",
]
