"""The rows that facts add to minutes: opinions, decisions, actions, a number, the news item."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from services.minutes.domain.state import Minutes, PrivateText
from shared.contracts import Fact
from shared.contracts.minutes import ActionAssigned, DecisionRecorded, MinutesApproved, NewsPublished, OpinionRecorded
from shared.database import Connection

_OPINION = """
INSERT INTO opinion (opinion_id, minutes_id, organisation, speaker, agenda_item, position, text, text_en)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_DECISION = "INSERT INTO decision (decision_id, minutes_id, number, text) VALUES ($1, $2, $3, $4)"
_ACTION = """
INSERT INTO action (action_id, minutes_id, number, organisation, owner, text, due) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_TAKE = "UPDATE number_series SET last = last + 1 WHERE issuer = $1 AND year = $2"
_NEWS = "INSERT INTO news (news_id, minutes_id, item, published_at) VALUES ($1, $2, $3, $4)"


async def save_rows(connection: Connection, after: Minutes, facts: Sequence[Fact]) -> None:
    """Write the rows that `facts` add; their texts are in the state `after`."""
    for fact in facts:
        write = _WRITERS.get(type(fact))
        if write is not None:
            await write(connection, after, fact)


async def _save_opinion(connection: Connection, after: Minutes, fact: OpinionRecorded) -> None:
    said = _text(after)
    row = (fact.organisation, said.organisation_name, fact.agenda_item, fact.position, said.text, said.text_en)
    await connection.execute(_OPINION, fact.opinion_id, after.minutes_id, *row)


async def _save_decision(connection: Connection, after: Minutes, fact: DecisionRecorded) -> None:
    await connection.execute(_DECISION, fact.decision_id, after.minutes_id, fact.number, _text(after).text)


async def _save_action(connection: Connection, after: Minutes, fact: ActionAssigned) -> None:
    task = _text(after)
    row = (fact.number, fact.owner, task.organisation_name, task.text, fact.due)
    await connection.execute(_ACTION, fact.action_id, after.minutes_id, *row)


async def _take_number(connection: Connection, after: Minutes, _fact: MinutesApproved) -> None:
    if after.series is None:
        raise ValueError("an approval needs the locked series of its issuer")
    await connection.execute(_TAKE, after.series.issuer, after.series.year)


async def _save_news(connection: Connection, after: Minutes, fact: NewsPublished) -> None:
    await connection.execute(_NEWS, fact.news_id, after.minutes_id, dict(after.news_item or {}), fact.published_at)


def _text(after: Minutes) -> PrivateText:
    if after.private_text is None:
        raise ValueError("an opinion, a decision or an action needs the text of its command")
    return after.private_text


_WRITERS: Mapping[type[Fact], Callable[[Connection, Minutes, Any], Awaitable[None]]] = {
    OpinionRecorded: _save_opinion,
    DecisionRecorded: _save_decision,
    ActionAssigned: _save_action,
    MinutesApproved: _take_number,
    NewsPublished: _save_news,
}
