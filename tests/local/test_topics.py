"""A topics file says everything, or is refused."""

from pathlib import Path

import pytest
from confluent_kafka.admin import AclOperation, ResourceType
from pydantic import ValidationError

from deploy.local import topics

SAMPLE = Path(__file__).with_name("topics.yaml")


def names(declared: topics.Declared, principal: str) -> set[tuple[str, str]]:
    """What a principal may do with what."""
    return {
        (AclOperation(each.operation).name, each.name)
        for each in topics.rights(declared)
        if each.principal == f"User:{principal}"
    }


def test_each_principal_gets_its_topics_its_groups_its_transactional_ids_and_no_more() -> None:
    assert names(topics.load(SAMPLE), "minutes") == {
        ("READ", "eoffice.registration.meeting.v1"),
        ("DESCRIBE", "eoffice.registration.meeting.v1"),
        ("READ", "eoffice.registration.person.v1"),
        ("DESCRIBE", "eoffice.registration.person.v1"),
        ("WRITE", "eoffice.minutes.minutes.v1"),
        ("DESCRIBE", "eoffice.minutes.minutes.v1"),
        ("READ", "eoffice.minutes"),
        ("WRITE", "eoffice.minutes"),
    }


def test_who_only_writes_has_no_group() -> None:
    assert ("READ", "eoffice.registration") not in names(topics.load(SAMPLE), "registration")


def test_who_only_reads_has_no_transactional_id() -> None:
    only_reads = {"topics": {"a.b.v1": {"partitions": 1, "writes": ["a"], "reads": ["b"]}}, "principals": ["a", "b"]}
    declared = topics.Declared.model_validate(only_reads)
    assert {each.principal for each in topics.rights(declared) if each.restype == ResourceType.TRANSACTIONAL_ID} == {
        "User:a"
    }


def test_retention_is_in_milliseconds_and_a_compacted_topic_keeps_every_key() -> None:
    declared = topics.load(SAMPLE).topics
    assert declared["eoffice.registration.meeting.v1"].settings(in_sync=2) == {
        "cleanup.policy": "delete",
        "retention.ms": "315360000000",
        "min.insync.replicas": "2",
        "max.message.bytes": "1048588",
    }
    compacted = declared["eoffice.registration.person.v1"].settings(in_sync=1)
    assert (compacted["cleanup.policy"], compacted["retention.ms"]) == ("compact", "-1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("topics: {a.v1: {partitions: 1, reads: [nobody]}}\nprincipals: []", "a.v1: not among the principals: nobody"),
        ("topics: {a.v1: {partitions: 0}}\nprincipals: []", "greater than or equal to 1"),
        ("topics: {a.v1: {partitions: 1, retain: 3}}\nprincipals: []", "Extra inputs are not permitted"),
        ("topics: {A_v1: {partitions: 1}}\nprincipals: []", "should match pattern"),
        ("topics: {}", "Field required"),
    ],
)
def test_a_mistake_in_a_topics_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match=reason):
        topics.load(path)
