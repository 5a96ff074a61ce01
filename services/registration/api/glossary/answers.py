"""The words of answers: registrations, requests, the queue."""

from typing import Final

from services.registration.api.glossary.identifiers import ANSWER
from shared.http.glossary import Glossary, Word

WORDS: Final[Glossary] = {
    "registration_id": Word("which answer of a person", ANSWER),
    "registration": Word("which answer of a person", ANSWER),
    "GroupInput.people": Word(
        "who comes together",
        [
            {"honorific": "ທ່ານ ນາງ", "given_name": "ສີດາ", "rank": 80, "mobile": "020 5555 1235"},
            {"honorific": "ທ່ານ", "given_name": "ທອງໃບ", "rank": 90, "mobile": "020 5555 1236"},
        ],
    ),
    "GroupRegistered.people": Word("one for each person, in their order"),
    "group_id": Word("the same for people who have registered together; null without", None),
    "GroupRegistered.group_id": Word("which group", "01835394-6c00-7000-8000-0000000000e1"),
    "state": Word("what has become of the answer", "confirmed"),
    "position": Word("in the queue, from 1: one more than the people before; null where one does not wait", None),
    "place": Word("in the queue, from 1: one more than the people before you; null without", None),
    "reason": Word("why, in the words of whoever says it", "ຕິດວຽກດ່ວນ"),
    "Revocation.reason": Word("why; the contact of the body reads it", "ເຊີນຜິດອົງການ"),
    "confirm_code": Word("the six digits that only the message to the person has", "048213"),
    "decision": Word("what the organiser says to the request", "reject"),
    "DecisionInput.reason": Word("needed to reject", "ບ່ອນນັ່ງຈຳກັດ"),
    "DecisionInput": Word("a decision", {"registration_id": ANSWER, "decision": "reject", "reason": "ບ່ອນນັ່ງຈຳກັດ"}),
    "decisions": Word("one decision for each request"),
    "decided": Word("what was decided; null where it was refused", None),
    "Verdicts.decided": Word("how many decisions were carried out", 1),
    "refused": Word("why it was not carried out; null where it was", None),
    "Verdicts.refused": Word("how many decisions were not carried out", 0),
    "RequestDecided.state": Word("confirmed, waitlisted where no seat is free, or rejected", "confirmed"),
    "Verdict.decided": Word(
        "what has become of the request", {"registration_id": ANSWER, "state": "confirmed", "position": None}
    ),
    "rows": Word("one for each row, in their order"),
    "ChunkRegistered.registered": Word("how many people were registered", 1),
    "representative": Word("who comes instead"),
    "represents": Word("the registration in whose place this person comes; null without", None),
    "promoted": Word("whether the seat came from the queue", example=False),
    "Promoted.promoted": Word("the registrations that have a seat now", [ANSWER]),
    **{
        f"{model}.over_capacity": Word("whether the person was let in although no seat was free", example=False)
        for model in ("RegistrationView", "ScanResult")
    },
    "promoted_at": Word("when the seat came from the queue; null without", None),
    "promotion_reason": Word("why the person has moved up; null without", None),
    "promotion_note": Word("why, in the organiser's words; null without", None),
    "ticket": Word("the text of the QR code", None),
    "answered_at": Word("when the answer was given", "2022-09-05T02:10:00Z"),
    "checked_in_at": Word("when the person first came; null before", None),
    "entered_at": Word("when the person last came in; null before", None),
    "left_at": Word("when the person last went out; null before", None),
    "moves": Word("changes of time or place since the answer, the oldest first"),
    "moved_at": Word("when it was changed", "2022-09-08T03:00:00Z"),
    "old_starts_at": Word("when the meeting was to begin", "2022-09-18T08:30:00+07:00"),
    "old_ends_at": Word("when the meeting was to end", "2022-09-18T12:00:00+07:00"),
    "old_venue": Word("where it was to be", {"lo": "ຫ້ອງປະຊຸມນ້ອຍ"}),
    "last-event-id": Word("the last `id` that was read", "3f9a1c2b7d4e5f60718293a4"),
    "meeting": Word("the meeting as it is now"),
    "pages.meeting": Word("the short identifier of the meeting, as links have it", "AAGDTVHMAA4ACAAAAAAAAAAAU"),
    "pages.answer": Word("which answer is asked for first", "confirm"),
    "order": Word("in which order", "precedence"),
    "organisations_invited": Word("how many bodies are invited", 21),
}
