"""Strimzi's objects are the catalogue: the same topics, the same settings, exactly the same rights."""

from typing import Any

from confluent_kafka.admin import AclBinding, AclOperation, ResourcePatternType, ResourceType

from deploy.local.topics import load, rights
from tests.deploy.rendering import manifests, render, values

DECLARED = load()


def test_every_topic_is_as_declared() -> None:
    found = {one["spec"]["topicName"]: one["spec"] for one in manifests("by-role", "KafkaTopic")}
    assert found.keys() == DECLARED.topics.keys()
    for name, topic in DECLARED.topics.items():
        assert (found[name]["partitions"], found[name]["replicas"]) == (topic.partitions, 3)
        assert found[name]["config"] == topic.settings(in_sync=2)


def test_every_user_has_the_declared_rights_and_no_other() -> None:
    granted = {right for one in manifests("by-role", "KafkaUser") for right in _rights(one)}
    assert granted == {_of(each) for each in rights(DECLARED)}


def test_users_log_in_as_the_services_do() -> None:
    found = manifests("by-role", "KafkaUser")
    assert {one["spec"]["authentication"]["type"] for one in found} == {"scram-sha-512"}
    assert {one["metadata"]["name"] for one in found} == set(DECLARED.principals)


def test_they_belong_to_the_named_kafka_and_topics_outlive_the_release() -> None:
    for one in manifests("by-role", "KafkaTopic", "KafkaUser"):
        assert (one["metadata"]["namespace"], one["metadata"]["labels"]["strimzi.io/cluster"]) == ("kafka", "pasum")
    kept = {one["metadata"]["annotations"]["helm.sh/resource-policy"] for one in manifests("by-role", "KafkaTopic")}
    assert kept == {"keep"}


def test_a_user_may_have_another_name() -> None:
    given = values("by-role")
    given["minutes"]["kafka"]["username"] = "office-minutes"
    found = {one["metadata"]["name"] for one in render(given) if one["kind"] == "KafkaUser"}
    assert found == {"registration", "notification", "office-minutes", "archive"}


Right = tuple[str, str, str, str, str]


def _rights(user: dict[str, Any]) -> set[Right]:
    acls = user["spec"]["authorization"]["acls"]
    return {
        (
            user["metadata"]["name"],
            one["resource"]["type"].lower(),
            one["resource"]["name"],
            one["resource"]["patternType"],
            operation.lower(),
        )
        for one in acls
        for operation in one["operations"]
    }


def _of(binding: AclBinding) -> Right:
    kind = ResourceType(binding.restype).name.lower().replace("_", "")
    pattern = {"LITERAL": "literal", "PREFIXED": "prefix"}[ResourcePatternType(binding.resource_pattern_type).name]
    principal = binding.principal.removeprefix("User:")
    return principal, kind, binding.name, pattern, AclOperation(binding.operation).name.lower()
