"""Load and save of minutes, in SQL over asyncpg, and what is stored of the facts of other services."""

from services.minutes import policy
from services.minutes.domain import minutes as decisions
from services.minutes.domain.commands import MinutesCommands
from services.minutes.domain.private import keep_private
from services.minutes.domain.state import Minutes, evolve
from services.minutes.observability import count_fact
from services.minutes.store.minutes import DRAFTS, load_minutes, save_minutes
from services.minutes.store.projection import project
from services.minutes.store.session import project_session
from shared.application import Aggregate

MINUTES: Aggregate[Minutes, MinutesCommands] = Aggregate(
    name="minutes",
    decide=decisions.decide,
    evolve=evolve,
    plan=policy.plan,
    load=load_minutes,
    save=save_minutes,
    keep_private=keep_private,
    count=count_fact,
)

__all__ = ["DRAFTS", "MINUTES", "project", "project_session"]
