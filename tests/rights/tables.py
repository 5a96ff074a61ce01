"""Of every route of every service, whom it admits; a route that is not here fails the tests."""

from collections.abc import Mapping
from typing import Final

from tests.rights import ANYBODY, SIGNED_IN, Admitted, anywhere, at_home, away

STAFF: Final = at_home("organiser", "desk", "secretary")
ORGANISER: Final = at_home("organiser")
OPERATOR: Final = anywhere("operator")
MEETING = "/v1/meetings/{meeting_id}"
MINUTES = "/v1/minutes/{minutes_id}"

REGISTRATION: Final[Mapping[str, Admitted]] = {
    "POST /v1/meetings": ORGANISER,
    "GET /v1/meetings": SIGNED_IN,
    f"GET {MEETING}": SIGNED_IN,
    f"PATCH {MEETING}": ORGANISER,
    f"PUT {MEETING}": ORGANISER,
    f"DELETE {MEETING}": ORGANISER,
    f"GET {MEETING}/agenda": SIGNED_IN,
    f"POST {MEETING}/agenda": ORGANISER,
    f"PATCH {MEETING}/agenda/{{item_id}}": ORGANISER,
    f"DELETE {MEETING}/agenda/{{item_id}}": ORGANISER,
    f"POST {MEETING}/open": ORGANISER,
    f"POST {MEETING}/reschedule": ORGANISER,
    f"POST {MEETING}/cancel": ORGANISER,
    f"POST {MEETING}/start": ORGANISER,
    f"POST {MEETING}/end": ORGANISER,
    f"POST {MEETING}/close": ORGANISER,
    f"GET {MEETING}/statistics": SIGNED_IN,
    f"GET {MEETING}/statistics/stream": SIGNED_IN,
    f"POST {MEETING}/invitations": ORGANISER,
    f"GET {MEETING}/invitations": STAFF,
    f"POST {MEETING}/invitations/{{invitation_id}}/extend": ORGANISER,
    f"POST {MEETING}/invitations/{{invitation_id}}/resend": ORGANISER,
    f"POST {MEETING}/invitations/{{invitation_id}}/revoke": ORGANISER,
    f"POST {MEETING}/registrations": ANYBODY,
    f"POST {MEETING}/groups": ANYBODY,
    f"POST {MEETING}/decisions": ORGANISER,
    f"POST {MEETING}/registrations/{{registration_id}}/approve": ORGANISER,
    f"POST {MEETING}/registrations/{{registration_id}}/reject": ORGANISER,
    f"POST {MEETING}/registrations/{{registration_id}}/promote": ORGANISER,
    f"POST {MEETING}/registrations/bulk": STAFF | away("focal-point"),
    f"GET {MEETING}/registrations": STAFF | at_home("focal-point") | away("focal-point"),
    f"GET {MEETING}/registrations/{{registration_id}}": ANYBODY,
    f"GET {MEETING}/registrations.csv": ORGANISER,
    f"GET {MEETING}/registrations.xlsx": ORGANISER,
    f"GET {MEETING}/registrations.json": ORGANISER,
    f"POST {MEETING}/declines": ANYBODY,
    f"POST {MEETING}/registrations/{{registration_id}}/representative": ANYBODY,
    f"POST {MEETING}/registrations/{{registration_id}}/withdraw": ANYBODY,
    f"POST {MEETING}/registrations/{{registration_id}}/decline": ANYBODY,
    f"POST {MEETING}/registrations/{{registration_id}}/accept": ANYBODY,
    f"POST {MEETING}/check-ins": at_home("desk"),
    f"GET {MEETING}/roster": at_home("desk"),
    f"GET {MEETING}/revocations": at_home("desk"),
    f"GET {MEETING}/attendance-sheet": STAFF,
    f"GET {MEETING}/badges": at_home("organiser", "desk"),
    "GET /v1/ticket-keys": ANYBODY,
    f"POST {MEETING}/imports": ORGANISER,
    f"GET {MEETING}/imports/{{import_id}}": ORGANISER,
    f"GET {MEETING}/imports/{{import_id}}/rows": ORGANISER,
    f"POST {MEETING}/imports/{{import_id}}/application": ORGANISER,
    f"DELETE {MEETING}/imports/{{import_id}}": ORGANISER,
    f"GET {MEETING}/calendar.ics": ANYBODY,
    "GET /v1/organisations/{code}/calendar.ics": ANYBODY,
    "GET /v1/organisations": ANYBODY,
    "PUT /v1/organisations/{code}": OPERATOR,
    "POST /v1/persons/{person_id}/erase": OPERATOR,
    "GET /v1/persons/{person_id}/erasure": OPERATOR,
    "GET /v1/invitation": ANYBODY,
    "GET /v1/registration": ANYBODY,
    "GET /answer/{meeting_id}": ANYBODY,
    "GET /i/{meeting}": ANYBODY,
    "GET /r": ANYBODY,
    "GET /tickets/{meeting_id}": ANYBODY,
    "GET /tickets": ANYBODY,
}
_READERS_OF_MESSAGES: Final = anywhere("operator", "secretary") | ORGANISER
NOTIFICATION: Final[Mapping[str, Admitted]] = {
    "GET /v1/messages": _READERS_OF_MESSAGES,
    "GET /v1/messages/counts": _READERS_OF_MESSAGES,
    "GET /v1/messages/{message_id}": _READERS_OF_MESSAGES,
    "POST /v1/receipts/sms": ANYBODY,
    "GET /v1/receipts/counts": OPERATOR,
    "GET /v1/templates": anywhere("operator", "organiser", "secretary"),
}
_SECRETARY: Final = at_home("secretary")
MINUTES_: Final[Mapping[str, Admitted]] = {
    "GET /v1/minutes": anywhere("secretary", "chair", "organiser"),
    f"GET {MINUTES}": at_home("secretary", "chair", "organiser"),
    f"GET {MINUTES}/document": ANYBODY,
    f"GET {MINUTES}/news": ANYBODY,
    f"POST {MINUTES}/opinions": _SECRETARY,
    f"POST {MINUTES}/decisions": _SECRETARY,
    f"POST {MINUTES}/actions": _SECRETARY,
    f"POST {MINUTES}/draft": _SECRETARY,
    f"PUT {MINUTES}/text": _SECRETARY,
    f"POST {MINUTES}/submit": _SECRETARY,
    f"POST {MINUTES}/return": at_home("chair"),
    f"POST {MINUTES}/approve": at_home("chair"),
    f"POST {MINUTES}/publish": _SECRETARY,
    "GET /v1/news": ANYBODY,
    "GET /v1/news/feed.atom": ANYBODY,
    "GET /v1/news/{news_id}": ANYBODY,
}
_CATALOGUE: Final = ("secretary", "chair", "organiser")
_ARCHIVIST: Final = anywhere("archivist")
ARCHIVE: Final[Mapping[str, Admitted]] = {
    "GET /v1/records": _ARCHIVIST | anywhere(*_CATALOGUE),
    "GET /v1/records/{record_id}": _ARCHIVIST | at_home(*_CATALOGUE),
    "GET /v1/records/{record_id}/package": _ARCHIVIST | at_home("secretary", "chair"),
    "GET /v1/records/{record_id}/proof": _ARCHIVIST | at_home(*_CATALOGUE),
    "POST /v1/records/{record_id}/hold": _ARCHIVIST,
    "POST /v1/records/{record_id}/release": _ARCHIVIST,
    "GET /v1/log/checkpoint": ANYBODY,
    "GET /v1/log/consistency": ANYBODY,
    "GET /v1/log/fsck": anywhere("operator", "archivist"),
}
OPERATIONS: Final[Mapping[str, Admitted]] = dict.fromkeys(
    (
        "GET /v1/dead-letters",
        "GET /v1/dead-letters/counts",
        "GET /v1/dead-letters/keys",
        "POST /v1/dead-letters/redrive",
        "POST /v1/dead-letters/discard",
        "GET /v1/dead-letters/{letter}",
        "POST /v1/dead-letters/{letter}/redrive",
        "POST /v1/dead-letters/{letter}/discard",
        "GET /v1/dead-jobs",
        "GET /v1/dead-jobs/counts",
        "POST /v1/dead-jobs/redrive",
        "POST /v1/dead-jobs/discard",
        "GET /v1/dead-jobs/{job}",
        "POST /v1/dead-jobs/{job}/redrive",
        "POST /v1/dead-jobs/{job}/discard",
        "GET /v1/consumer",
        "POST /v1/consumer/resume",
        "GET /v1/outbox/parked-keys",
        "POST /v1/outbox/parked-keys/release",
        "GET /v1/operator-actions",
    ),
    OPERATOR,
)
"""The same in every service."""

SERVICES: Final = {
    "registration": REGISTRATION,
    "notification": NOTIFICATION,
    "minutes": MINUTES_,
    "archive": ARCHIVE,
}
NOTES: Final[Mapping[str, str]] = {
    f"POST {MEETING}/registrations": "by link where the meeting is by invitation",
    f"POST {MEETING}/groups": "by link where the meeting is by invitation",
    f"POST {MEETING}/registrations/bulk": "a focal point the people of his own body",
    f"GET {MEETING}/registrations": "a focal point sees the people of his own body",
    f"POST {MEETING}/declines": "by link",
    f"GET {MEETING}/registrations/{{registration_id}}": "with the code of the registration",
    f"POST {MEETING}/registrations/{{registration_id}}/representative": "with the code of the registration",
    f"POST {MEETING}/registrations/{{registration_id}}/withdraw": "with the code of the registration",
    f"POST {MEETING}/registrations/{{registration_id}}/decline": "with the code of the registration",
    f"POST {MEETING}/registrations/{{registration_id}}/accept": "with the code of the registration",
    "GET /v1/invitation": "with the token of a link to an invitation",
    "GET /v1/registration": "with the token of the link to the own registration",
    "GET /v1/meetings": "drafts are seen by the organiser's own body alone",
    f"GET {MEETING}": "a draft by the organiser's own body alone",
    "POST /v1/receipts/sms": "signed with the gateway's secret",
    "GET /v1/minutes": "those of the own body",
    f"GET {MINUTES}/document": "once it is published; before, secretary and chair of the own body",
    "GET /v1/records": "an archivist of every body, all others of their own",
    "GET /v1/dead-letters/{letter}": "the content of a person's letter only to an operator who is a secretary too",
}
