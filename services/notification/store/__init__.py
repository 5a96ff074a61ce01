"""Messages, their attempts and receipts, and the copies of what others have said; in SQL over asyncpg."""

from services.notification.store.attempt import (
    CountsToRecipient,
    abandon_attempts,
    begin_attempt,
    count_refusals,
    count_to_recipient,
    end_attempt,
)
from services.notification.store.calendar_entry import is_expected, load_entry, save_entry
from services.notification.store.details import Sendable, load_details, lock_message
from services.notification.store.message import MESSAGES, insert_messages, load_orders, load_unsent
from services.notification.store.people import People, load_people, load_seats, told_soon
from services.notification.store.projection import (
    keep_persons,
    keep_registrations,
    keep_tickets,
    meeting_is_over,
    postpone,
    project,
    take_postponed,
)
from services.notification.store.receipt import (
    KeptReceipt,
    keep_receipt,
    load_parked,
    lock_attempt,
    lock_provider_id,
    mark_matched,
)
from services.notification.store.unsent import load_outdated, save_cancelled

__all__ = [
    "MESSAGES",
    "CountsToRecipient",
    "KeptReceipt",
    "People",
    "Sendable",
    "abandon_attempts",
    "begin_attempt",
    "count_refusals",
    "count_to_recipient",
    "end_attempt",
    "insert_messages",
    "is_expected",
    "keep_persons",
    "keep_receipt",
    "keep_registrations",
    "keep_tickets",
    "load_details",
    "load_entry",
    "load_orders",
    "load_outdated",
    "load_parked",
    "load_people",
    "load_seats",
    "load_unsent",
    "lock_attempt",
    "lock_message",
    "lock_provider_id",
    "mark_matched",
    "meeting_is_over",
    "postpone",
    "project",
    "save_cancelled",
    "save_entry",
    "take_postponed",
    "told_soon",
]
