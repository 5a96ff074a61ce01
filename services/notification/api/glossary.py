"""What the members of requests and answers of notification mean, in plain words and with an example in Lao."""

from typing import Final

from shared.http.glossary import Glossary, Word

_WHEN: Final = "2022-09-05T02:10:00Z"

GLOSSARY: Final[Glossary] = {
    "message_id": Word("which message", "01835394-6c00-7000-8000-000000000401"),
    "meeting_id": Word("about which meeting", "01835394-6c00-7000-8000-0000000000a1"),
    "person_id": Word("to which person", "01835394-6c00-7000-8000-0000000000d1"),
    "cause": Word("the event that made it necessary", "01835394-6c00-7000-8000-000000000201"),
    "audience": Word("as what the person is told"),
    "template": Word("which text", "registered"),
    "version": Word("of the template: a hash of its text", "registered-3f9a1c2b"),
    "channel": Word("by SMS or by e-mail; null: nobody knows yet how the person can be reached", "sms"),
    "Preview.channel": Word("by SMS or by e-mail", "sms"),
    "status": Word("where it stands", "delivered"),
    "status_lo": Word("the status as a sentence, Lao", "ສົ່ງເຖິງແລ້ວ"),
    "status_en": Word("the status as a sentence, English", "It has arrived."),
    "ReceiptView.status": Word("as the gateway names it", "delivered"),
    "reason": Word("a short code, for failures; null without", None),
    "parts": Word("how many segments an SMS has; null before it is sent, and for e-mail", 2),
    "units": Word("septets or UTF-16 code units of an SMS; null for e-mail", 118),
    "created_at": Word("when it was written", _WHEN),
    "sent_at": Word("when a provider has taken it; null before", "2022-09-05T02:10:02Z"),
    "updated_at": Word("when its status has changed last", "2022-09-05T02:10:05Z"),
    "AttemptView.number": Word("which attempt, from 1", 1),
    "started_at": Word("when the provider was asked", "2022-09-05T02:10:01Z"),
    "ended_at": Word("when it has answered; null: it is being asked", "2022-09-05T02:10:02Z"),
    "outcome": Word("what it has answered; null: it is being asked", "sent"),
    "ReceiptView.at": Word("the gateway's clock", "2022-09-05T02:10:05Z"),
    "received_at": Word("our clock", "2022-09-05T02:10:05Z"),
    "repeated": Word("how often it came again", 0),
    "attempts": Word("each question to a provider"),
    "receipts": Word("what the gateway has called back with"),
    "sms": Word("SMS by status", {"delivered": 120, "sent": 3}),
    "email": Word("e-mails by status", {"sent": 38}),
    "handed_over": Word("how many a provider has had, by channel", {"sms": 123, "email": 38}),
    "kept": Word("how many receipts there are", 120),
    "unmatched": Word("how many of them speak of a message that nobody knows yet", 0),
    "previews": Word("the text in each channel and language that it has"),
    "language": Word("Lao or English", "lo"),
    "subject": Word("of an e-mail; null for SMS", None),
    "text": Word("with the longest values that are to be expected", "ທ່ານ ໄດ້ລົງທະບຽນແລ້ວ: ກອງປະຊຸມປຶກສາຫາລື 19/09 08:30"),
}
