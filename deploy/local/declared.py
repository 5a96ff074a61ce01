"""What `deploy/topics.yaml` declares: topics with their settings, principals, who writes and who reads."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

TOPICS_FILE = Path(__file__).parents[1] / "topics.yaml"
PREFIX = "eoffice."  # names of groups and transactional ids begin with it, followed by the name of the principal

_MEBIBYTE = 1024 * 1024
_RECORD_OVERHEAD = 12  # bytes of a batch header, which Kafka adds to its default limit of 1 MiB

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,248}$")]


class Topic(BaseModel):
    """One topic: retention, writers and readers. Without `retention_days` records are never deleted by age."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    partitions: int = Field(ge=1, le=1000)
    cleanup: Literal["delete", "compact"] = "delete"
    retention_days: int | None = Field(default=None, ge=1)
    max_message_bytes: int = Field(default=_MEBIBYTE + _RECORD_OVERHEAD, ge=1024)
    writes: frozenset[_Name] = frozenset()
    reads: frozenset[_Name] = frozenset()

    def settings(self, *, in_sync: int) -> dict[str, str]:
        """The configuration of the topic, with Kafka's names."""
        kept = -1 if self.retention_days is None else int(timedelta(days=self.retention_days).total_seconds() * 1000)
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(kept),
            "min.insync.replicas": str(in_sync),
            "max.message.bytes": str(self.max_message_bytes),
        }


class Declared(BaseModel):
    """All topics and all principals (Kafka users); all writers and readers must be principals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: dict[_Name, Topic]
    principals: tuple[_Name, ...]

    @model_validator(mode="after")
    def _all_known(self) -> Self:
        for name, topic in self.topics.items():
            if unknown := (topic.writes | topic.reads) - set(self.principals):
                message = f"{name}: not among the principals: {', '.join(sorted(unknown))}"
                raise ValueError(message)
        return self


def load(path: Path = TOPICS_FILE) -> Declared:
    """Read a topics file; raises pydantic's `ValidationError` with the place of each error."""
    return Declared.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
