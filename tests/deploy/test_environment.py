"""What the chart tells each service is what its settings ask for: nothing unknown, nothing missing, all of it valid."""

from collections import Counter
from operator import itemgetter

import pytest
from cryptography.fernet import Fernet

from shared.settings import DatabaseSettings, WaitingSettings
from tests.deploy.rendering import Manifest, Pod, applications, each_values, pods, render, services, values
from tests.deploy.settings import DATABASE, OF_CHART, OUTSIDE, READ, SETTINGS, variables


def service_of(pod: Pod) -> str:
    return pod.labels["app.kubernetes.io/component"].removesuffix("-migration")


def told(name: str) -> list[tuple[str, Manifest]]:
    """Every process of the services, with the name of its service."""
    return [(service_of(pod), one) for pod in pods(name, "Deployment") for one in pod.spec["containers"]]


def told_before(name: str) -> list[tuple[str, Manifest, type[DatabaseSettings]]]:
    """What migrates, or waits for that: the name of its service, and the settings that it reads."""
    waiting = [(service_of(pod), one) for pod in pods(name, "Deployment") for one in pod.spec.get("initContainers", [])]
    jobs = [pod for pod in pods(name, "Job") if pod.labels["app.kubernetes.io/component"].endswith("-migration")]
    migrating = [(service_of(pod), one) for pod in jobs for one in pod.spec["containers"]]
    return [
        *((service, one, WaitingSettings) for service, one in waiting),
        *((service, one, DatabaseSettings) for service, one in migrating),
    ]


def more(name: str) -> set[str]:
    """The variables that the values add to every container."""
    return {one["name"] for one in values(name).get("pods", {}).get("extraEnv", [])}


def out_of_a_secret(variable: str) -> str:
    """What could stand in a secret for this variable."""
    key = Fernet.generate_key().decode()
    known = {"DATABASE_DSN": "postgresql://user:password@host/database", "SEALING_KEYS": key, "SESSION_KEYS": key}
    return next((value for name, value in known.items() if variable.endswith(name)), "out-of-a-secret")


def names(container: Manifest) -> list[str]:
    return [entry["name"] for entry in container["env"]]


@each_values
def test_no_variable_is_told_twice(name: str) -> None:
    twice = [(service, key) for service, one in told(name) for key, times in Counter(names(one)).items() if times > 1]
    assert twice == []


@each_values
def test_every_variable_is_one_that_the_service_reads(name: str) -> None:
    for service, one in told(name):
        known = {key for model in READ[service] for key in variables(model)}
        assert set(names(one)) - known - OUTSIDE - more(name) == set()


@each_values
def test_every_required_variable_is_told(name: str) -> None:
    for service, one in told(name):
        needed = {key for model in READ[service] for key, required in variables(model).items() if required}
        assert needed - set(names(one)) == set()


@each_values
def test_what_migrates_or_waits_for_it_is_told_how_to_reach_the_database_and_nothing_else(name: str) -> None:
    whole = dict(told(name))
    for service, one, read in told_before(name):
        known = {*variables(read, f"{service}_"), *DATABASE, *more(name)}
        same = [entry for entry in whole[service]["env"] if entry["name"] in known]
        assert sorted(one["env"], key=itemgetter("name")) == sorted(same, key=itemgetter("name"))


@each_values
def test_every_process_of_a_service_is_told_the_same_but_where_it_listens(name: str) -> None:
    for service in services(name):
        listening = f"{service.upper()}_HTTP_HOST"
        found = {str([e for e in one["env"] if e["name"] != listening]) for each, one in told(name) if each == service}
        assert len(found) == 1


@each_values
def test_the_settings_of_a_service_accept_what_they_are_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for service, one in told(name):
        with monkeypatch.context() as environment:
            for entry in one["env"]:
                environment.setenv(entry["name"], entry.get("value", out_of_a_secret(entry["name"])))
            for model in READ[service]:
                model()


@pytest.mark.parametrize("service", SETTINGS)
def test_what_the_chart_sets_itself_are_settings_that_exist(service: str) -> None:
    own = {key.removeprefix(f"{service.upper()}_") for key in variables(SETTINGS[service])}
    assert OF_CHART[service] - own == set()


def test_numbers_keep_their_digits() -> None:
    (one, *_) = [one for service, one in told("by-role") if service == "registration"]
    said = {entry["name"]: entry.get("value") for entry in one["env"]}
    assert said["REGISTRATION_ANONYMOUS_WRITES_PER_MINUTE"] == "1000000000"
    assert (said["HTTP_CONNECTIONS"], said["SMS_DESTINATIONS"]) == ("2000", "856,66")


def test_addresses_lead_to_the_service_that_answers_there() -> None:
    said = {entry["name"]: entry.get("value") for _, one in told("by-role") for entry in one["env"]}
    assert said["NOTIFICATION_PUBLIC_URL"] == said["REGISTRATION_PUBLIC_URL"] == "https://pasum.example.gov.la"
    assert said["PORTAL_REGISTRATION_URL"] == "http://pasum-registration"
    assert said["NOTIFICATION_MINUTES_URL"] == said["MINUTES_PUBLIC_URL"] == "https://minutes.example.gov.la"


def test_only_a_process_with_the_api_listens_to_others() -> None:
    found = {pod.labels["pasum/role"]: pod for pod in pods("by-role", "Deployment")}  # of services, or the portal
    hosts = {
        role: [entry["value"] for entry in pod.spec["containers"][0]["env"] if entry["name"].endswith("_HTTP_HOST")]
        for role, pod in found.items()
    }
    local = ["127.0.0.1"]
    assert hosts == {"api": ["0.0.0.0"], "consumer": local, "relay": local, "worker": local}  # noqa: S104 -- of a pod


@each_values
def test_every_role_of_every_service_has_a_process(name: str) -> None:
    found = Counter(
        (pod.spec["containers"][0]["name"], pod.spec["containers"][0]["command"][-1])
        for pod in pods(name, "Deployment")
    )
    together, apart = ["api,consumer,relay,worker"], ["api", "consumer", "relay", "worker"]
    roles = apart if values(name).get("mode") == "by-role" else together
    pages = [(one, "api") for one in set(applications(name)) - set(services(name))]
    assert found == Counter([*((service, role) for service in services(name) for role in roles), *pages])


def test_another_release_beside_it_has_other_names() -> None:
    first, second = ({one["metadata"]["name"] for one in render(values("all-in-one"), release=name)} for name in "ab")
    assert first & second == set()
