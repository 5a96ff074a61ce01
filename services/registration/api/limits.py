"""How often answers are taken: by one link, to one meeting, for one contact; and the pauses after wrong codes.

The answers for a contact are counted for each client: by how often others have answered for it, somebody could find out
whether it is registered.

All of it is counted in the memory of one process (`shared.http.rate_limits`). The limit of messages to one number is
notification's and exact.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from services.registration.domain.refusals import InvitationUnknown
from services.registration.domain.registration_batch import contacts_of
from shared.contracts.registration import PersonRecorded
from shared.http.rate_limits import Lockout, Rate, RateLimit

MINUTE, DAY = 60.0, 86_400.0  # seconds
CHANGES = 5  # of one answer into yes
FREE_GUESSES = 5  # wrong codes of one registration
FREE_GUESSES_OF_CLIENT = 20  # many people may be behind one address
FREE_GUESSES_OF_DESK = 50  # people who read their codes aloud are misheard
DESK_LISTS = 600  # pages of rosters and revocations per minute, of one account
PAPERS = 20  # PDF documents per minute, of one account
UPLOADS = 60  # files per minute, of one account
ANSWER_FILES = 40  # files per day, of one registration


class AnswerLimits:
    """The limits of one process."""

    def __init__(self, *, per_link: int, per_meeting: int, per_contact: int, drafts: int) -> None:
        self._link = RateLimit("answers-by-link", Rate(per_link, MINUTE))
        self._meeting = RateLimit("answers-to-meeting", Rate(per_meeting, MINUTE))
        self._contact = RateLimit("answers-of-contact", Rate(per_contact, DAY))
        self.changes = RateLimit("changes-of-answer", Rate(CHANGES, DAY))
        self.drafts = RateLimit("drafts-of-organiser", Rate(drafts, DAY))
        self.desk_lists = RateLimit("lists-of-desk", Rate(DESK_LISTS, MINUTE))
        self.papers = RateLimit("papers", Rate(PAPERS, MINUTE))
        self.uploads = RateLimit("uploads", Rate(UPLOADS, MINUTE))
        self.answer_files = RateLimit("files-of-answers", Rate(ANSWER_FILES, DAY))
        self._of_registration = Lockout("codes-of-registration", free=FREE_GUESSES)
        self._of_client = Lockout("codes-of-client", free=FREE_GUESSES_OF_CLIENT)
        self._links_of_client = Lockout("links-of-client", free=FREE_GUESSES_OF_CLIENT)
        self.of_desk = Lockout("codes-of-desk", free=FREE_GUESSES_OF_DESK)

    def answering(self, meeting_id: UUID, person: PersonRecorded, *, client: str, link: str | None) -> None:
        """Before an answer is looked at; `link` is the hash of the one that was shown. Raises `TooManyRequests`."""
        for contact in contacts_of(person):
            self._contact.check(hash((meeting_id.int, contact, client)))
        if link is not None:
            self._link.take(link)
        self._meeting.take(meeting_id.int)

    def answered(self, meeting_id: UUID, person: PersonRecorded, *, client: str) -> None:
        """The answer was taken: whoever is told of it was told once more."""
        for contact in contacts_of(person):
            self._contact.note(hash((meeting_id.int, contact, client)))

    @contextmanager
    def link(self, *, client: str) -> Iterator[None]:
        """Around what a link allows. Raises `TooManyRequests` while a client has to wait who has shown wrong ones."""
        with self._links_of_client.watch(client):
            yield

    @contextmanager
    def invitation(self, link: str | None, *, client: str) -> Iterator[None]:
        """As `link`, in one count with it, for the link of an invitation by which somebody answers, if he shows one."""
        if link is None:
            yield
            return
        self._links_of_client.check(client)
        try:
            yield
        except InvitationUnknown:
            self._links_of_client.wrong(client)
            raise

    @contextmanager
    def code(self, registration_id: UUID, *, client: str) -> Iterator[None]:
        """Around what a code allows. Raises `TooManyRequests` while the registration or the client has to wait."""
        with self._of_client.watch(client), self._of_registration.guess(registration_id):
            yield
