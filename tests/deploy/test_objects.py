"""Where documents and packages are: volumes that only their writers may write, or buckets with a user a service."""

import pytest
from helm_python import HelmValuesError

from tests.deploy.rendering import Manifest, Pod, manifests, pods, render, selected, values

CA = {"name": "objects-ca", "mountPath": "/etc/pasum/objects-ca", "readOnly": True}
SERVER = {
    "KIND": "s3",
    "ENDPOINT": "https://objects.example.gov.la:9000",
    "REGION": "vientiane",
    "PATH_STYLE": "true",
    "CA_FILE": "/etc/pasum/objects-ca/ca.crt",
}


def told(pod: Pod, store: str) -> dict[str, str]:
    """What the process is told of a store: a value, or secret and key."""
    (one,) = pod.spec["containers"]
    return {entry["name"].removeprefix(store): _text(entry) for entry in one["env"] if entry["name"].startswith(store)}


def _text(entry: Manifest) -> str:
    if "value" in entry:
        return str(entry["value"])
    key = entry["valueFrom"]["secretKeyRef"]
    return f"{key['name']}: {key['key']}"


@pytest.mark.parametrize(
    ("service", "store", "own"),
    [
        (
            "registration",
            "REGISTRATION_OBJECTS_",
            ("pasum-meetings", "registration-s3: access-key-id", "registration-s3: secret-access-key"),
        ),
        (
            "minutes",
            "MINUTES_OBJECTS_",
            ("pasum-documents", "minutes-s3: access-key-id", "minutes-s3: secret-access-key"),
        ),
        ("archive", "ARCHIVE_OBJECTS_", ("pasum-documents", "archive-s3: key", "archive-s3: secret")),
        ("archive", "ARCHIVE_STORE_", ("pasum-packages", "archive-s3: key", "archive-s3: secret")),
    ],
)
def test_each_service_has_a_user_of_its_own_in_s3(service: str, store: str, own: tuple[str, ...]) -> None:
    expected = SERVER | dict(zip(("BUCKET", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), own, strict=True))
    found = [pod for pod in pods("s3", "Deployment") if pod.labels["app.kubernetes.io/component"] == service]
    assert [told(pod, store) for pod in found] == [expected] * 4


def test_with_s3_no_pod_has_a_volume_that_holds_data() -> None:
    assert manifests("s3", "PersistentVolumeClaim") == []
    for pod in pods("s3"):
        assert [volume for volume in pod.spec["volumes"] if "persistentVolumeClaim" in volume] == []
        mounted = [mount for one in pod.spec["containers"] for mount in one["volumeMounts"] if mount == CA]
        service = pod.labels["app.kubernetes.io/component"]
        assert mounted == ([CA] if service in {"registration", "minutes", "archive"} else [])


def test_only_those_who_read_or_write_documents_reach_s3() -> None:
    reached = set()
    for pod in pods("s3", "Deployment"):
        for policy in manifests("s3", "NetworkPolicy"):
            ports = [port["port"] for rule in policy["spec"].get("egress", []) for port in rule["ports"]]
            if selected(policy["spec"]["podSelector"], pod.labels) and 9000 in ports:
                reached.add(pod.of)
    assert reached == {
        f"pasum-{service}-{role}" for service in ("registration", "minutes", "archive") for role in ("api", "worker")
    }


@pytest.mark.parametrize(
    "path",
    [
        "objects/s3/bucket",
        "registration/s3/existingSecret",
        "registration/s3/bucket",
        "minutes/s3/existingSecret",
        "archive/s3/existingSecret",
        "archive/s3/bucket",
        "networkPolicy/objects/peers",
    ],
)
def test_what_s3_needs_is_asked_for(path: str) -> None:
    given = values("s3")
    *names, last = path.split("/")
    place = given
    for name in names:
        place = place[name]
    del place[last]
    with pytest.raises(HelmValuesError, match=f"'/{path}'"):
        render(given)
