"""The base of every request body."""

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """What comes in: an unknown member is refused."""

    model_config = ConfigDict(extra="forbid")
