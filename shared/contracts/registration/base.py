"""The topics of registration, and the base of all facts about a meeting."""

from uuid import UUID

from shared.contracts.base import Fact, Topic, Value

ORGANISATION = Topic(
    name="eoffice.registration.organisation.v1",
    owner="registration",
    readers=("notification", "minutes", "archive"),
    compacted=True,
)
PERSON = Topic(
    name="eoffice.registration.person.v1",
    owner="registration",
    readers=("notification", "minutes"),
    compacted=True,
    personal_data=True,
)
MEETING = Topic(
    name="eoffice.registration.meeting.v1",
    owner="registration",
    readers=("notification", "minutes", "archive"),
)


class OwnLink(Value):
    """The link by which a person sees and changes his own answer: the SHA-256 of its token, and all of it sealed."""

    token_sha256: str
    sealed: str


class MeetingFact(Fact):
    """A fact about one meeting: its key on the topic is the meeting, so that all of a meeting come in one order."""

    meeting_id: UUID
