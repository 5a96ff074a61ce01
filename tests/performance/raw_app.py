"""The raw limit of the HTTP path: a bare FastAPI handler that inserts the same two rows in one asyncpg statement."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

SCHEMA = """
CREATE TABLE IF NOT EXISTS raw_registration (
  registration_id uuid PRIMARY KEY, meeting_id uuid, given_name text, mobile text, state text);
CREATE TABLE IF NOT EXISTS raw_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid UNIQUE, topic text, payload bytea);
"""
INSERT = """
WITH row AS (INSERT INTO raw_registration VALUES ($1, $2, $3, $4, 'confirmed'))
INSERT INTO raw_outbox (event_id, topic, payload) VALUES ($5, 'raw', $6)
"""
SELECT = "SELECT state FROM raw_registration WHERE meeting_id = $1 AND registration_id = $2"


class Person(BaseModel):
    """As the real API reads it, without its rules."""

    given_name: str
    mobile: str
    rank: int


class Registration(BaseModel):
    """As above."""

    organisation: str
    person: Person


class Created(BaseModel):
    """As above."""

    registration_id: UUID
    state: str


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """A pool of the same size as the service's."""
    async with asyncpg.create_pool(os.environ["RAW_DSN"], min_size=1, max_size=8) as pool:
        await pool.execute(SCHEMA)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=life)


@app.post("/v1/meetings/{meeting_id}/registrations", status_code=201)
async def register(meeting_id: UUID, body: Registration) -> Created:
    """Two rows, one statement, one commit."""
    registration = uuid4()
    payload = body.model_dump_json().encode()
    await app.state.pool.execute(
        INSERT, registration, meeting_id, body.person.given_name, body.person.mobile, uuid4(), payload
    )
    return Created(registration_id=registration, state="confirmed")


@app.get("/v1/meetings/{meeting_id}/registrations/{registration_id}")
async def read(meeting_id: UUID, registration_id: UUID) -> Created:
    """One row by its key."""
    row = await app.state.pool.fetchrow(SELECT, meeting_id, registration_id)
    return Created(registration_id=registration_id, state=row["state"] if row else "unknown")


@app.get("/readyz")
async def readyz() -> dict[str, str]:
    """Ready."""
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["RAW_PORT"]),
        log_level="warning",
        access_log=False,
        loop="uvloop",
        http="httptools",
    )
