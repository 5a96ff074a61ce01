"""From a fact to the commands that follow from it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.notification.domain.changes import CHANGES, LONGER, NEW_DOCUMENTS
from services.notification.domain.commands import CancelMessage, Commands, ComposeMessage, ReleaseMessage
from services.notification.domain.order import Content, Order
from services.notification.domain.recipient import Recipient, told_once
from services.notification.domain.table_cells import Tell
from services.notification.domain.who_is_told import TOLD, case_of, concerns_everybody
from services.notification.policy.context import SERVICE, ReactionContext
from services.notification.policy.tellings import EVERYBODY, NOBODY, TELLINGS, Needs, Telling
from shared.contracts import Fact
from shared.contracts.notification import CancelReason
from shared.contracts.registration import PersonErased, PersonRecorded

Reaction: TypeAlias = tuple[UUID, Commands]

_HOW_TOLD: Final[Mapping[type[Fact], Telling]] = {
    kind: TELLINGS.get(kind) or (EVERYBODY if concerns_everybody(kind) else NOBODY) for kind in TOLD
}


def react(fact: Fact, context: ReactionContext) -> Sequence[Reaction]:
    """The commands that follow from a fact, each with the message it is for; the same fact gives the same messages."""
    match fact:
        case PersonRecorded():
            return [(message, ReleaseMessage(actor=SERVICE, at=context.at)) for message in context.unsent]
        case PersonErased():
            return [
                (message, CancelMessage(actor=SERVICE, at=context.at, reason=CancelReason.PERSON_ERASED))
                for message in context.unsent
            ]
        case _:
            wanted = (order for order in orders_of(fact, context) if not _told_soon(order, context))
            orders = {order.message_id: order for order in wanted}  # chair and contact may be one
            return [(key, ComposeMessage(actor=SERVICE, at=context.at, order=order)) for key, order in orders.items()]


def meeting_of(fact: Fact) -> UUID | None:
    """The meeting whose people a reaction must know, if it must."""
    return _needed(fact, Needs.MEETING, "meeting_id")


def seat_of(fact: Fact) -> UUID | None:
    """The registration that a reaction must know, if it must."""
    return _needed(fact, Needs.SEAT, "registration_id")


def _needed(fact: Fact, needs: Needs, member: str) -> UUID | None:
    found: UUID | None = getattr(fact, member, None) if _HOW_TOLD[type(fact)].needs is needs else None
    return found


def orders_of(fact: Any, context: ReactionContext) -> Iterator[Order]:
    """The messages that the table wants for a fact."""
    row = TOLD[type(fact)][case_of(fact)]
    for recipient in told_once(_HOW_TOLD[type(fact)].recipients(fact, context), row):
        cell = row[recipient.audience]
        if isinstance(cell, Tell):
            yield from _orders(cell, recipient, fact, context)


def _orders(cell: Tell, recipient: Recipient, fact: Any, context: ReactionContext) -> Iterator[Order]:
    template = recipient.notice if recipient.notice in cell.templates else cell.templates[0]
    own = _HOW_TOLD[type(fact)].content(fact, context)
    named = {name: getattr(fact, name) for name in cell.values}
    content = Content(
        calendar=cell.calendar,
        registration=recipient.registration_id,
        about=recipient.about,
        revision=recipient.revision,
        **own | {"values": named | own.get("values", {})},
    )
    left = tuple(channel for channel in cell.channels if channel not in recipient.told_elsewhere)
    alone = cell.how == "one" and left == cell.channels  # nothing else tells the person
    for channels in [left] if cell.how == "one" and left else [(channel,) for channel in left]:
        yield Order(
            meeting_id=fact.meeting_id,
            person_id=recipient.person_id,
            cause=context.cause,
            template=template,
            channels=channels,
            if_impossible="fail" if alone else "leave",
            content=content,
            audience=recipient.audience,
            not_before=_not_before(template, context),
        )


def _told_soon(order: Order, context: ReactionContext) -> bool:
    """Whether a message that waits says it already: the reader finds all new documents by his link."""
    return order.template == NEW_DOCUMENTS and order.person_id in context.told_soon


def _not_before(template: str, context: ReactionContext) -> datetime | None:
    """Until when a message waits, so that several become one."""
    if not context.quiet:
        return None
    if template == NEW_DOCUMENTS:
        return context.at + LONGER * context.quiet
    return context.at + context.quiet if template in CHANGES else None
