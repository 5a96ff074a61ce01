"""Applies `deploy/topics.yaml` to a Kafka: what it lacks is found first, then created; other rights are taken away."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from deploy.local.declared import PREFIX, TOPICS_FILE, Declared, Topic, load
from deploy.local.rights import SECONDS, exactly, granted, in_words, rights

__all__ = [
    "PREFIX",
    "TOPICS_FILE",
    "Changes",
    "Declared",
    "Target",
    "Topic",
    "TopicConflict",
    "apply",
    "carry_out",
    "changes",
    "create",
    "granted",
    "load",
    "rights",
    "set_passwords",
]

_SCRAM_ITERATIONS = 4096
_POLL_SECONDS = 0.02

_T = TypeVar("_T")


class TopicConflict(RuntimeError):
    """A topic exists with another number of partitions; changing it would break the order of its keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a Kafka shall have, with how many replicas of a partition, of which `in_sync` confirm a record.

    `users` has the Kafka users of the principals whose passwords and rights are to be set; None where none are.
    """

    declared: Declared
    replication: int = 1
    in_sync: int = 1
    users: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a Kafka lacks; `topics` and `settings` by topic, `users` are those that do not exist."""

    target: Target
    users: Sequence[str]
    topics: Sequence[str]
    settings: Mapping[str, Mapping[str, str]]
    missing: Sequence[AclBinding]
    superfluous: Sequence[AclBinding]

    def lines(self) -> Iterator[str]:
        """Each change, one line each; a password is not among them, as Kafka does not tell whether it is the same."""
        yield from (f"user {name}: new" for name in self.users)
        yield from (
            f"topic {name}: new, {self.target.declared.topics[name].partitions} partitions" for name in self.topics
        )
        for name, differing in self.settings.items():
            yield f"topic {name}: " + ", ".join(f"{key}={value}" for key, value in sorted(differing.items()))
        yield from (f"right {in_words(each)}: new" for each in self.missing)
        yield from (f"right {in_words(each)}: taken away" for each in self.superfluous)


def apply(admin: AdminClient, declared: Declared, *, passwords: Mapping[str, str], replication: int = 1) -> None:
    """Create what is `declared` and missing, and remove all other rights of these principals; repeatable.

    `passwords` has one for each principal, which are Kafka's users. Topics that are no longer declared are kept, as a
    start must not delete data. Raises `TopicConflict`, or `KafkaException` if Kafka refuses.
    """
    users = {name: name for name in declared.principals}
    target = Target(declared=declared, replication=replication, in_sync=max(1, replication - 1), users=users)
    carry_out(admin, changes(admin, target), {name: passwords[name] for name in declared.principals})


def changes(admin: AdminClient, target: Target) -> Changes:
    """Find what a Kafka lacks, and change nothing; raises as `apply`."""
    declared, users = target.declared, [*(target.users or {}).values()]
    there = admin.list_topics(timeout=SECONDS).topics
    for name, topic in declared.topics.items():
        if name in there and len(there[name].partitions) != topic.partitions:
            message = f"{name} has {len(there[name].partitions)} partitions, {topic.partitions} are declared"
            raise TopicConflict(message)
    wanted = {name: topic.settings(in_sync=target.in_sync) for name, topic in declared.topics.items() if name in there}
    have = granted(admin, users) if users else set()
    need = rights(declared, target.users) if users else set()
    return Changes(
        target=target,
        users=sorted(set(users) - _known(admin, users)),
        topics=[name for name in declared.topics if name not in there],
        settings=_differing(admin, wanted),
        missing=sorted(need - have),
        superfluous=sorted(have - need),
    )


def carry_out(admin: AdminClient, found: Changes, passwords: Mapping[str, str]) -> None:
    """Make the changes and set the `passwords` (by Kafka user), also of users that exist; raises as `apply`."""
    target = found.target
    set_passwords(admin, passwords)
    create(admin, [_new(target, name) for name in found.topics])
    _set(admin, found.settings)
    if found.missing:
        _all_done(admin.create_acls([*found.missing]).values())
    if found.superfluous:
        _all_done(admin.delete_acls([exactly(each) for each in found.superfluous]).values())
    if users := target.users:
        _until(lambda: granted(admin, users.values()) == rights(target.declared, users))


def set_passwords(admin: AdminClient, passwords: Mapping[str, str]) -> None:
    """Create SCRAM-SHA-512 users, or set the passwords of existing ones."""
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _SCRAM_ITERATIONS)
    wanted = [UserScramCredentialUpsertion(name, how, password.encode()) for name, password in passwords.items()]
    if wanted:
        _all_done(admin.alter_user_scram_credentials([*wanted]).values())


def create(admin: AdminClient, new: Sequence[NewTopic]) -> None:
    """Create topics; returns when the broker knows them."""
    if new:
        _all_done(admin.create_topics([*new], operation_timeout=SECONDS).values())
        _until(lambda: admin.list_topics(timeout=SECONDS).topics.keys() >= {each.topic for each in new})


def _new(target: Target, name: str) -> NewTopic:
    topic = target.declared.topics[name]
    return NewTopic(name, topic.partitions, target.replication, config=topic.settings(in_sync=target.in_sync))


def _known(admin: AdminClient, users: Sequence[str]) -> set[str]:
    """Those of the users that have a SCRAM password."""
    known: set[str] = set()
    answers = admin.describe_user_scram_credentials([*users]) if users else {}
    for name, answer in answers.items() if isinstance(answers, dict) else ():
        try:
            answer.result(SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.RESOURCE_NOT_FOUND:
                raise
        else:
            known.add(name)
    return known


def _differing(admin: AdminClient, wanted: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The settings of topics that are not as they shall be."""
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in wanted]
    found = {}
    for resource, answer in (admin.describe_configs(resources) if resources else {}).items():
        there = answer.result(SECONDS)
        differing = {key: value for key, value in wanted[resource.name].items() if there[key].value != value}
        if differing:
            found[resource.name] = differing
    return found


def _set(admin: AdminClient, settings: Mapping[str, Mapping[str, str]]) -> None:
    resources = []
    for name, values in settings.items():
        entries = [
            ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in values.items()
        ]
        resources.append(ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=entries))
    if resources:
        _all_done(admin.incremental_alter_configs(resources).values())


def _until(followed: Callable[[], bool]) -> None:
    """Wait until the broker knows what the controller has confirmed, which takes a moment."""
    until = time.monotonic() + SECONDS
    while not followed():
        if time.monotonic() > until:
            message = "Kafka's broker does not follow its controller"
            raise TimeoutError(message)
        time.sleep(_POLL_SECONDS)


def _all_done(futures: "Iterable[Future[_T]]") -> None:
    for future in list(futures):
        future.result(SECONDS)
