"""The words of persons and bodies."""

from typing import Final

from shared.http.glossary import Glossary, Word

WORDS: Final[Glossary] = {
    "person_id": Word("which person", "01835394-6c00-7000-8000-0000000000d1"),
    "person": Word("who it is"),
    "contact": Word("who receives the link for the body, by SMS or e-mail"),
    "honorific": Word("how he is addressed", "ທ່ານ"),
    "given_name": Word("the given name", "ສຸກສະຫວັນ"),
    "family_name": Word("the family name", "ພົມມະຈັນ"),
    "position_title": Word("what he is in his body", "ຫົວໜ້າພະແນກ"),
    "rank": Word("the rank as a number: 10 president … 50 vice-minister … 100 officer", 80),
    "Breakdown.rank": Word("by rank", {"80": {"confirmed": 12}}),
    "mobile": Word("the mobile number, in any usual form", "020 5555 1234"),
    "email": Word("the e-mail address", "souksavanh@example.gov.la"),
    "language": Word("in which language he is told: Lao or English", "lo"),
    "gender": Word("female, male or not stated", "female"),
    "fictitious": Word("a made-up person, for demonstrations and tests", example=False),
    "organisation": Word("the code of a body", "MOF"),
    "CoHostContact.organisation": Word("the code of the co-host", "UNDP"),
    "name": Word("what the body is called", {"lo": "ກະຊວງການເງິນ", "en": "Ministry of Finance"}),
    "OrganisationView.code": Word("the code of the body", "MOF"),
    "code": Word("of the registration: shown at the entrance, and asked for wherever the answer is changed", "7K3MPQ"),
    "RegistrationView.code": Word("null: a code is known to its person alone, who may act with it", None),
    "on": Word("only bodies that existed on this day", "2022-09-19"),
    "q": Word("what is looked for, in any spelling", "ນ້ຳງື່ມ"),
    "erased": Word("whether the person was erased", example=True),
    "dropped": Word("what the erasure takes away"),
    "kept": Word("what stays, and why"),
    "service": Word("which service has it", "registration"),
    "DroppedData.what": Word("what it is", "the name, the number and the address of the person"),
    "KeptData.what": Word("what it is", "answers, by identifier, state, body and rank"),
    "KeptData.why": Word("why it stays", "seats and figures stay as they were"),
    "KeptData.rows": Word("how many of them", 1),
    "proven": Word("whether somebody has answered for the person, or nobody had to", example=True),
    "held_until": Word("where he is not proven: when the seat, the place or the request is given up", None),
    "same_contact_as": Word("another registration of the meeting with the same number or address", None),
    "shared_contacts": Word("whether several people may have one number or address", example=False),
    "unproven": Word("what people have who register without a link, until somebody answers for them", "held"),
    "unproven_minutes": Word("for how long people who are not proven hold a seat, in minutes", 1_440),
}
