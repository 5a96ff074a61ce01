"""The words of statistics."""

from typing import Final

from shared.http.glossary import Glossary, Word

WORDS: Final[Glossary] = {
    "invited": Word("seats offered to invited bodies", 60),
    "GroupInvited.invited": Word("the bodies that were invited, each with its link"),
    "Statistics.answered": Word("how many people have answered", 55),
    "states": Word("registrations by state, every state named", {"confirmed": 42, "waitlisted": 0, "declined": 6}),
    "checked_in": Word("how many people were admitted at the desk", 40),
    "present": Word("how many people are or were in the room, with the chair", 41),
    "women": Word("how many of those present are women", 17),
    "inside": Word("how many people are in the room now", 38),
    "check_ins_refused": Word("scans that were refused, by reason", {"revoked": 1}),
    "Statistics.would_have_been_refused": Word("who was let in without a network, by reason", {"revoked": 1}),
    "messages": Word("messages by channel and status", {"sms:delivered": 120, "email:sent": 38}),
    "breakdown": Word("the same by body, rank, gender and channel; null for whoever does not organise", None),
    "Breakdown.organisation": Word("by code of the body", {"MOF": {"confirmed": 3}}),
    "Breakdown.gender": Word("by gender", {"female": {"confirmed": 17}}),
    "channel": Word("by link, without one, or as a representative", {"invitation": {"confirmed": 40}}),
    "Statistics.declined": Word("how many people have declined", 6),
    "Statistics.promoted": Word("how many people had a seat from the queue", 2),
    "Statistics.walk_ins": Word("people who had not registered and were let in at the door", 2),
    "rejected": Word("how many requests were rejected", 0),
    "represented": Word("how many people have sent a representative", 4),
    "withdrawn": Word("how many people have given up their seat", 3),
    "Statistics.requested": Word("how many people wait for the organiser's decision", 0),
}
