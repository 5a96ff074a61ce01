"""Load and save of messages, their attempts and receipts, and the copies of what others have said; in SQL over asyncpg."""

from services.notification.domain import message as messages
from services.notification.domain.message import Commands, Message
from services.notification.store.attempt import abandon_attempts, begin_attempt, count_refusals, end_attempt
from services.notification.store.details import load_details, lock_message
from services.notification.store.message import load_message, load_unsent, save_message
from services.notification.store.projection import load_seats, project, resume_postponed
from services.notification.store.receipt import (
    Matched,
    Parked,
    Stored,
    keep_receipt,
    lock_provider_id,
    mark_matched,
    match_attempt,
    parked_receipts,
)
from shared.application import Aggregate

MESSAGES: Aggregate[Message, Commands] = Aggregate(
    name="message",
    decide=messages.decide,
    evolve=messages.evolve,
    plan=messages.plan,
    load=load_message,
    save=save_message,
)

__all__ = [
    "MESSAGES",
    "Matched",
    "Parked",
    "Stored",
    "abandon_attempts",
    "begin_attempt",
    "count_refusals",
    "end_attempt",
    "keep_receipt",
    "load_details",
    "load_seats",
    "load_unsent",
    "lock_message",
    "lock_provider_id",
    "mark_matched",
    "match_attempt",
    "parked_receipts",
    "project",
    "resume_postponed",
]
