"""The rows of registrations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, TextClause, text
from sqlmodel import Field

from services.registration.domain.registration_states import ONE_EACH, RegistrationState, sql_list
from services.registration.tables.base import Row
from shared.columns import IDENTIFIER, MOMENT

_HOT = {"fillfactor": 80}
_SEATED = text(f"state IN ({sql_list(ONE_EACH)})")
_DECLINED = text(f"state = '{RegistrationState.DECLINED}'")
_ENDED = text(f"state NOT IN ({sql_list(ONE_EACH)})")
_LINKED = text("link_hash IS NOT NULL")
_BY_INVITATION = text("invitation_id IS NOT NULL")
_WAITLISTED = text(f"state = '{RegistrationState.WAITLISTED}'")
_SHARED = {one: text(f"shared_{one} IS NOT NULL") for one in ("mobile", "email")}
_UNPROVEN = text("proof = 'unproven'")
_REQUESTED = text(f"state = '{RegistrationState.REQUESTED}'")


def _contacts(name: str, states: TextClause) -> list[Index]:
    """The unique indexes of numbers and of addresses: who has none is not in them, and none can serve the other."""
    return [
        Index(f"{name}_{one}", "meeting_id", one, unique=True, postgresql_where=text(f"{states} AND {one} IS NOT NULL"))
        for one in ("mobile", "email")
    ]


class RegistrationRow(Row, table=True):
    """One person's answer: `state` is a `RegistrationState`; `position` counts up and is shown to nobody.

    `checked_in_at` is when he first came, `entered_at` when he last came in, `left_at` when he last went out.
    `ticket_key` has signed the ticket with `ticket_serial`; null where a version before this column wrote it.
    `walk_in`: he had not registered; `over_capacity`: no seat was free for him.
    `mobile` and `email` are empty where they belong to another registration, which `same_contact_as` names. Where the
    organiser lets people share them, they stand in `shared_mobile` and `shared_email` then, and he is another person.
    `told_again_at` is when the person was last told that somebody has registered with his number or address. `proof`:
    `store/proof.py`; `client_hash` is a keyed hash of the address from which he was registered, until he is proven.
    `confirm_code` is his short code, sealed, until he is proven; `confirm_tries` is how often one was shown for it.
    """

    __tablename__ = "registration"
    __table_args__ = (
        *_contacts("registration", _SEATED),
        *_contacts("registration_declined", _DECLINED),
        *_contacts("registration_requested", _REQUESTED),
        Index("registration_shared_mobile", "meeting_id", "shared_mobile", postgresql_where=_SHARED["mobile"]),
        Index("registration_shared_email", "meeting_id", "shared_email", postgresql_where=_SHARED["email"]),
        Index("registration_queue", "meeting_id", "position", postgresql_where=_WAITLISTED),
        Index("registration_code", "meeting_id", "code", unique=True),
        Index("registration_link", "link_hash", unique=True, postgresql_where=_LINKED),
        Index("registration_of_meeting", "meeting_id", "registration_id"),
        Index("registration_person", "person_id"),
        Index("registration_invitation", "invitation_id", "state", postgresql_where=_BY_INVITATION),
        Index("registration_unproven", "meeting_id", "client_hash", postgresql_where=_UNPROVEN),
        Index("registration_held", "held_until", postgresql_where=text("held_until IS NOT NULL")),
        Index("registration_ended", "meeting_id", postgresql_where=_ENDED),
        {"postgresql_with": _HOT},
    )

    registration_id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.meeting_id")
    person_id: UUID
    invitation_id: UUID | None = None
    organisation: str = Field(sa_type=Text)
    rank: int
    state: str = Field(sa_type=Text)
    position: int | None = None
    code: str = Field(sa_type=IDENTIFIER)
    link_hash: bytes | None = None
    represents: UUID | None = None
    mobile: str | None = Field(default=None, sa_type=IDENTIFIER)
    email: str | None = Field(default=None, sa_type=IDENTIFIER)
    reason: str | None = Field(default=None, sa_type=Text)
    promoted: bool = False
    promoted_at: datetime | None = Field(default=None, sa_type=MOMENT)
    promotion_reason: str | None = Field(default=None, sa_type=Text)
    promotion_note: str | None = Field(default=None, sa_type=Text)
    group_id: UUID | None = None
    ticket_serial: int = 0
    ticket_key: str | None = Field(default=None, sa_type=IDENTIFIER)
    checked_in_at: datetime | None = Field(default=None, sa_type=MOMENT)
    entered_at: datetime | None = Field(default=None, sa_type=MOMENT)
    left_at: datetime | None = Field(default=None, sa_type=MOMENT)
    answered_at: datetime = Field(sa_type=MOMENT)
    walk_in: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    over_capacity: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    same_contact_as: UUID | None = None
    told_again_at: datetime | None = Field(default=None, sa_type=MOMENT)
    proof: str | None = Field(default=None, sa_type=Text)
    held_until: datetime | None = Field(default=None, sa_type=MOMENT)
    client_hash: bytes | None = None
    confirm_code: str | None = Field(default=None, sa_type=Text)
    confirm_tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    shared_mobile: str | None = Field(default=None, sa_type=IDENTIFIER)
    shared_email: str | None = Field(default=None, sa_type=IDENTIFIER)
