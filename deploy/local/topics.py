"""Applies `deploy/topics.yaml` to Kafka: creates topics and users, and sets exactly the declared rights."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import yaml
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

TOPICS_FILE = Path(__file__).parents[1] / "topics.yaml"
PREFIX = "eoffice."  # names of groups and transactional ids begin with it, followed by the name of the principal

_SCRAM_ITERATIONS = 4096
_SECONDS = 90.0
_POLL_SECONDS = 0.02
_MEBIBYTE = 1024 * 1024
_RECORD_OVERHEAD = 12  # bytes of a batch header, which Kafka adds to its default limit of 1 MiB

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,248}$")]
_T = TypeVar("_T")


class TopicConflict(RuntimeError):
    """A topic exists with another number of partitions; changing it would break the order of its keys."""


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


def apply(admin: AdminClient, declared: Declared, *, passwords: Mapping[str, str], replication: int = 1) -> None:
    """Create what is `declared` and missing, and remove all other rights of these principals; repeatable.

    `passwords` has one for each principal. Topics that are no longer declared are kept, as a start must not delete
    data. Raises `TopicConflict`, or `KafkaException` if Kafka refuses.
    """
    in_sync = max(1, replication - 1)
    set_passwords(admin, {name: passwords[name] for name in declared.principals})
    _apply_topics(admin, declared, replication=replication, in_sync=in_sync)
    _apply_rights(admin, declared)


def set_passwords(admin: AdminClient, passwords: Mapping[str, str]) -> None:
    """Create SCRAM-SHA-512 users, or set the passwords of existing ones."""
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _SCRAM_ITERATIONS)
    wanted = [UserScramCredentialUpsertion(name, how, password.encode()) for name, password in passwords.items()]
    if wanted:
        _all_done(admin.alter_user_scram_credentials([*wanted]).values())


def create(admin: AdminClient, new: Sequence[NewTopic]) -> None:
    """Create topics; returns when the broker knows them."""
    if new:
        _all_done(admin.create_topics([*new], operation_timeout=_SECONDS).values())
        _until(lambda: admin.list_topics(timeout=_SECONDS).topics.keys() >= {each.topic for each in new})


def rights(declared: Declared) -> set[AclBinding]:
    """The minimum rights of all principals: for their topics, consumer groups and transactional ids."""
    return set(_rights(declared))


def granted(admin: AdminClient, principals: Iterable[str]) -> set[AclBinding]:
    """Read from Kafka the rights that `principals` have now."""
    users = {f"User:{name}" for name in principals}
    where = (ResourceType.ANY, None, ResourcePatternType.ANY)
    who = (None, None)
    what = (AclOperation.ANY, AclPermissionType.ANY)
    everybody = AclBindingFilter(*where, *who, *what)  # type: ignore[arg-type]  # -- None matches everything
    return {each for each in admin.describe_acls(everybody).result(_SECONDS) if each.principal in users}


def _rights(declared: Declared) -> Iterator[AclBinding]:
    topic, literal = ResourceType.TOPIC, ResourcePatternType.LITERAL
    for name, each in declared.topics.items():
        for principal in each.writes:
            yield _allow(topic, name, literal, principal=principal, what=AclOperation.WRITE)
        for principal in each.reads:
            yield _allow(topic, name, literal, principal=principal, what=AclOperation.READ)
        for principal in each.writes | each.reads:
            yield _allow(topic, name, literal, principal=principal, what=AclOperation.DESCRIBE)
    begins = ResourcePatternType.PREFIXED
    for principal in frozenset[str]().union(*(each.writes for each in declared.topics.values())):
        # For fencing: only one relay of the service writes at a time.
        yield _allow(
            ResourceType.TRANSACTIONAL_ID, f"{PREFIX}{principal}", begins, principal=principal, what=AclOperation.WRITE
        )
    for principal in frozenset[str]().union(*(each.reads for each in declared.topics.values())):
        yield _allow(ResourceType.GROUP, f"{PREFIX}{principal}", begins, principal=principal, what=AclOperation.READ)


def _allow(
    kind: ResourceType, name: str, pattern: ResourcePatternType, *, principal: str, what: AclOperation
) -> AclBinding:
    return AclBinding(kind, name, pattern, f"User:{principal}", "*", what, AclPermissionType.ALLOW)


def _apply_topics(admin: AdminClient, declared: Declared, *, replication: int, in_sync: int) -> None:
    there = admin.list_topics(timeout=_SECONDS).topics
    for name, topic in declared.topics.items():
        if name in there and len(there[name].partitions) != topic.partitions:
            message = f"{name} has {len(there[name].partitions)} partitions, {topic.partitions} are declared"
            raise TopicConflict(message)
    new = [
        NewTopic(name, topic.partitions, replication, config=topic.settings(in_sync=in_sync))
        for name, topic in declared.topics.items()
        if name not in there
    ]
    create(admin, new)
    _apply_settings(
        admin, {name: topic.settings(in_sync=in_sync) for name, topic in declared.topics.items() if name in there}
    )


def _apply_settings(admin: AdminClient, wanted: Mapping[str, Mapping[str, str]]) -> None:
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in wanted]
    if not resources:
        return
    changes = []
    for resource, answer in admin.describe_configs(resources).items():
        found = answer.result(_SECONDS)
        differing = {key: value for key, value in wanted[resource.name].items() if found[key].value != value}
        if differing:
            entries = [
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in differing.items()
            ]
            changes.append(ConfigResource(ConfigResource.Type.TOPIC, resource.name, incremental_configs=entries))
    if changes:
        _all_done(admin.incremental_alter_configs(changes).values())


def _apply_rights(admin: AdminClient, declared: Declared) -> None:
    there, wanted = granted(admin, declared.principals), rights(declared)
    if missing := sorted(wanted - there):
        _all_done(admin.create_acls(missing).values())
    if superfluous := sorted(there - wanted):
        _all_done(admin.delete_acls([_exactly(each) for each in superfluous]).values())
    _until(lambda: granted(admin, declared.principals) == wanted)


def _until(followed: Callable[[], bool]) -> None:
    """Wait until the broker knows what the controller has confirmed, which takes a moment."""
    until = time.monotonic() + _SECONDS
    while not followed():
        if time.monotonic() > until:
            message = "Kafka's broker does not follow its controller"
            raise TimeoutError(message)
        time.sleep(_POLL_SECONDS)


def _exactly(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _all_done(futures: "Iterable[Future[_T]]") -> None:
    for future in list(futures):
        future.result(_SECONDS)
