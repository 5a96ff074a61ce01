"""What most routes end in: the command of one request is carried out, and answered after the commit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from shared.application import Aggregate, Outcome, State, execute
from shared.database import Connection, Database
from shared.http import Attempt, Reply, RequestAttempt, once
from shared.kernel import Command, Key

S = TypeVar("S", bound=State)
C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class CommandOfRequest:
    """Carries out one command for one request, in a transaction of its own."""

    attempt: RequestAttempt
    database: Database

    async def __call__(
        self, aggregate: Aggregate[S, C], key: Key, command: C, reply: Callable[[Outcome[S]], Reply]
    ) -> Response:
        """Execute `command` once for each Idempotency-Key, and answer with the `reply` to what came of it.

        Raises the `Refusal` of the command or of `reply`, after which nothing is written, and those of `once`. An act
        of several commands, or with other rows, is written out in its route: `async def act …`, then `once`.
        """

        async def act(connection: Connection) -> Reply:
            return reply(await execute(connection, aggregate, key, command))

        return await once(self.attempt, act, database=self.database, actor=command.actor)


async def command_of_request(request: Request, attempt: Attempt) -> CommandOfRequest:
    """Dependency: what carries out the command of this request, on the database of its service."""
    return CommandOfRequest(attempt, request.app.state.database)


CarryOut: TypeAlias = Annotated[CommandOfRequest, Depends(command_of_request)]
