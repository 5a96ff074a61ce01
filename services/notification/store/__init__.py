"""Messages, their attempts and receipts, and the copies of what others have said; in SQL over asyncpg."""

from services.notification.store.attempt import (
    Begun,
    abandon_attempts,
    begin_attempt,
    count_refusals,
    count_to_recipient,
    end_attempt,
)
from services.notification.store.calendar_entry import load_entry, save_entry
from services.notification.store.details import Sendable, load_details, lock_message
from services.notification.store.message import MESSAGES, insert_messages, load_orders, load_unsent
from services.notification.store.people import People, load_people, load_seats
from services.notification.store.projection import (
    keep_answers,
    keep_persons,
    keep_tickets,
    project,
    resume_postponed,
)
from services.notification.store.receipt import keep_receipt, lock_provider_id, match_parked, match_receipt
from services.notification.store.unsent import load_outdated, save_cancelled

__all__ = [
    "MESSAGES",
    "Begun",
    "People",
    "Sendable",
    "abandon_attempts",
    "begin_attempt",
    "count_refusals",
    "count_to_recipient",
    "end_attempt",
    "insert_messages",
    "keep_answers",
    "keep_persons",
    "keep_receipt",
    "keep_tickets",
    "load_details",
    "load_entry",
    "load_orders",
    "load_outdated",
    "load_people",
    "load_seats",
    "load_unsent",
    "lock_message",
    "lock_provider_id",
    "match_parked",
    "match_receipt",
    "project",
    "resume_postponed",
    "save_cancelled",
    "save_entry",
]
