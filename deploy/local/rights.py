"""The rights (ACLs) that principals need, and those that Kafka grants them."""

from collections.abc import Iterable, Iterator, Mapping

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from deploy.local.declared import PREFIX, Declared

SECONDS = 90.0


def rights(declared: Declared, users: Mapping[str, str] | None = None) -> set[AclBinding]:
    """The minimum rights of all principals: for their topics, consumer groups and transactional ids.

    `users` has the Kafka users of those principals that are wanted; without it all are, under their own names.
    """
    named = users if users is not None else {name: name for name in declared.principals}
    return {
        AclBinding(kind, name, pattern, f"User:{named[principal]}", "*", what, AclPermissionType.ALLOW)
        for principal, kind, name, pattern, what in _rights(declared)
        if principal in named
    }


def granted(admin: AdminClient, users: Iterable[str]) -> set[AclBinding]:
    """Read from Kafka the rights that `users` have now."""
    wanted = {f"User:{name}" for name in users}
    where = (ResourceType.ANY, None, ResourcePatternType.ANY)
    who = (None, None)
    what = (AclOperation.ANY, AclPermissionType.ANY)
    everybody = AclBindingFilter(*where, *who, *what)  # type: ignore[arg-type]  # -- None matches everything
    return {each for each in admin.describe_acls(everybody).result(SECONDS) if each.principal in wanted}


def exactly(binding: AclBinding) -> AclBindingFilter:
    """The filter that finds this right and no other."""
    where = (binding.restype, binding.name, binding.resource_pattern_type)
    return AclBindingFilter(*where, binding.principal, binding.host, binding.operation, binding.permission_type)


def in_words(binding: AclBinding) -> str:
    """`User:minutes READ TOPIC eoffice.registration.meeting.v1`."""
    kind, what = ResourceType(binding.restype).name, AclOperation(binding.operation).name
    begins = "…" if binding.resource_pattern_type == ResourcePatternType.PREFIXED else ""
    return f"{binding.principal} {what} {kind} {binding.name}{begins}"


_Right = tuple[str, ResourceType, str, ResourcePatternType, AclOperation]


def _rights(declared: Declared) -> Iterator[_Right]:
    topic, literal = ResourceType.TOPIC, ResourcePatternType.LITERAL
    for name, each in declared.topics.items():
        for principal in each.writes:
            yield principal, topic, name, literal, AclOperation.WRITE
        for principal in each.reads:
            yield principal, topic, name, literal, AclOperation.READ
        for principal in each.writes | each.reads:
            yield principal, topic, name, literal, AclOperation.DESCRIBE
    begins = ResourcePatternType.PREFIXED
    for principal in frozenset[str]().union(*(each.writes for each in declared.topics.values())):
        # For fencing: only one relay of the service writes at a time.
        yield principal, ResourceType.TRANSACTIONAL_ID, f"{PREFIX}{principal}", begins, AclOperation.WRITE
    for principal in frozenset[str]().union(*(each.reads for each in declared.topics.values())):
        yield principal, ResourceType.GROUP, f"{PREFIX}{principal}", begins, AclOperation.READ
