"""The base class of the models of request bodies."""

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """A request body; unknown members are refused."""

    model_config = ConfigDict(extra="forbid")
