"""Logs that cannot carry personal data, one metric catalogue, trace context that survives anything a client sends."""

import logging
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY

from shared.kernel import Role
from shared.observability import tracing
from shared.observability.events import Log, LogEvent
from shared.observability.heartbeat import beat, forget, silence
from shared.observability.logging import configure_logging, describe, log
from shared.observability.tracing import configure_tracing, current_trace_id, current_traceparent, remote_parent, span
from tests.metrics import all_metrics
from tests.shared.lines import Lines


class OwnLog(LogEvent):
    """The list of a service whose lines need a field of its own."""

    GUEST_CALLED = "guest-called"

    @classmethod
    def fields(cls) -> frozenset[str]:
        return super().fields() | {"language"}


PHONE = "+8562055512345"
PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"


def failed(value: str) -> Exception:
    with pytest.raises(ValueError, match=r".") as raised:
        raise ValueError(value)
    return raised.value


def test_a_line_holds_listed_fields_and_counts_the_others(lines: Lines) -> None:
    dropped = REGISTRY.get_sample_value("pasum_log_fields_dropped_total")
    log.info(Log.JOB_DONE, kind="send-sms", seconds=0.5, phone=PHONE, name="ທ້າວ ຄຳ")
    line = {"event": "job-done", "level": "info", "service": "registration", "kind": "send-sms", "seconds": 0.5}
    assert lines.all() == [{**line, "dropped": 2}]
    assert REGISTRY.get_sample_value("pasum_log_fields_dropped_total") == (dropped or 0) + 2


def test_a_service_lists_events_of_its_own_and_the_fields_they_need(lines: Lines) -> None:
    log.info(OwnLog.GUEST_CALLED, kind="call", language="lo", phone=PHONE)
    log.info(Log.JOB_DONE, language="lo")
    line = {"level": "info", "service": "registration", "dropped": 1}
    assert lines.all() == [
        {**line, "event": "guest-called", "kind": "call", "language": "lo"},
        {**line, "event": "job-done"},
    ]


def test_an_event_that_is_not_listed_is_not_repeated(lines: Lines) -> None:
    log.info(f"called {PHONE}")  # type: ignore[arg-type]  # -- what the rule is about
    assert lines.all() == [{"event": "unlisted", "level": "info", "service": "registration", "dropped": 1}]


@pytest.mark.parametrize("value", [{"phone": PHONE}, object(), b"bytes", failed(PHONE)])
def test_a_listed_field_holds_plain_values_only(value: object, lines: Lines) -> None:
    log.info(Log.JOB_DONE, kind=value)
    assert lines.all() == [{"event": "job-done", "level": "info", "service": "registration", "dropped": 1}]


@pytest.mark.parametrize(
    ("value", "kept"), [(True, True), (3, 3), (0.5, 0.5), (UUID(int=1), str(UUID(int=1))), (Role.DESK, "desk")]
)
def test_a_listed_field_keeps_scalars(value: object, kept: object, lines: Lines) -> None:
    log.info(Log.JOB_DONE, kind=value)
    assert lines.all() == [{"event": "job-done", "level": "info", "service": "registration", "kind": kept}]


def test_long_texts_are_cut_and_collections_are_sorted(lines: Lines) -> None:
    log.info(Log.JOB_DONE, kind="x" * 500, roles={"desk", "chair"}, topic=None)
    (line,) = lines.all()
    assert (line["kind"], line["roles"], line["topic"]) == ("x" * 200, ["chair", "desk"], None)


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    log.debug(Log.COMMAND_ACCEPTED, command="OpenMeeting")
    assert lines.all() == []


def test_an_error_is_its_class_and_our_frames(lines: Lines) -> None:
    log.error(Log.REQUEST_FAILED, error=failed(PHONE))
    (line,) = lines.all()
    assert (line["error"]["type"], PHONE in lines.getvalue()) == ("ValueError", False)


def test_an_error_of_postgresql_names_its_state_but_not_the_row() -> None:
    error = asyncpg.UniqueViolationError(f"DETAIL: Key (phone)=({PHONE}) already exists.")
    error.__cause__ = failed(PHONE)
    described = describe(error)
    assert described == {
        "type": "asyncpg.exceptions.UniqueViolationError",
        "frames": [],
        "sqlstate": "23505",
        "cause": "ValueError",
    }


def test_frames_are_ours_where_there_are_any() -> None:
    with pytest.raises(KeyError) as ours:
        configure_logging("registration", "no such level")
    frames = [_list(describe(error)["frames"]) for error in (ours.value, failed(PHONE))]
    files = [[str(frame).partition(":")[0] for frame in one] for one in frames]
    assert files == [["shared/observability/logging.py"], ["test_observability.py"]]


def test_each_error_of_a_group_is_described() -> None:
    described = describe(ExceptionGroup("both", [failed(PHONE), KeyError(PHONE)]))
    assert [one["type"] for one in _list(described["errors"])] == ["ValueError", "KeyError"]


def _list(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value


def test_a_library_is_heard_without_its_values(lines: Lines) -> None:
    logging.getLogger("aiokafka.consumer").warning("No answer from %s", PHONE)
    logging.getLogger("asyncio").error(f"lost {PHONE}", exc_info=failed(PHONE))  # noqa: G004 -- as some libraries do
    logging.getLogger("uvicorn.error").info("Started")
    first, second = lines.all()
    assert (first["library"], first["what"]) == ("aiokafka.consumer", "No answer from %s")
    assert (second["library"], second["error"]["type"]) == ("asyncio", "ValueError")
    assert (second["what"][:8], PHONE in lines.getvalue()) == ("logging.", False)


def test_a_line_carries_the_trace(lines: Lines) -> None:
    with span("GET", traceparent=PARENT):
        log.info(Log.JOB_DONE)
    log.info(Log.JOB_DONE)
    assert [line.get("trace_id") for line in lines.all()] == ["ab" * 16, None]


def test_a_span_continues_the_callers_trace_with_an_identifier_of_its_own() -> None:
    with span("GET", traceparent=PARENT):
        outer = current_traceparent()
        with span("inner"):
            inner = current_traceparent()
    seen = [str(one).split("-") for one in (outer, inner)]
    assert [(version, trace, flags) for version, trace, _, flags in seen] == [("00", "ab" * 16, "01")] * 2
    assert len({seen[0][2], seen[1][2], "cd" * 8}) == 3


def test_the_callers_decision_not_to_record_is_handed_on() -> None:
    with span("GET", traceparent=PARENT[:-1] + "0"):
        assert str(current_traceparent())[-2:] == "00"


@pytest.mark.parametrize(
    "traceparent",
    [
        None,
        "",
        "x",
        PARENT.upper(),
        f"ff{PARENT[2:]}",
        f"00-{'0' * 32}-{'cd' * 8}-01",
        f"00-{'ab' * 16}-{'0' * 16}-01",
        f"{PARENT}\n",
        PARENT + "-" + "x" * 10_000,
        "ປະຊຸມ",
    ],
)
def test_a_bad_traceparent_begins_a_new_trace(traceparent: str | None) -> None:
    with span("GET", traceparent=traceparent):
        begun = current_trace_id()
    assert (len(str(begun)), begun == "ab" * 16, current_trace_id(), current_traceparent()) == (32, False, None, None)


def test_a_span_ends_with_the_error_that_ended_it() -> None:
    with pytest.raises(ValueError, match="mine"), span("GET"):
        raise ValueError("mine")
    assert current_trace_id() is None


def test_spans_are_exported_only_where_an_exporter_is_configured_and_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    without = configure_tracing("registration")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(tracing, "_EXPORTER", "no.such.module")
    assert (without, configure_tracing("registration")) == (False, False)


def test_an_exported_span_names_the_error_but_not_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "memory")
    monkeypatch.setattr(tracing, "_EXPORTER", "tests.shared.exporter")
    from tests.shared.exporter import EXPORTED  # noqa: PLC0415 -- the module the exporter is looked up in

    assert configure_tracing("registration") is True
    with pytest.raises(ValueError, match="856"), span("POST /v1/meetings", traceparent=PARENT):
        raise ValueError(PHONE)
    tracing.stop_tracing()
    tracing.stop_tracing()
    (one,) = EXPORTED
    assert (one.name, one.status.description, one.events, one.parent) == (
        "POST /v1/meetings",
        "ValueError",
        (),
        remote_parent(PARENT),
    )


def test_every_metric_is_ours_and_says_what_it_means() -> None:
    catalogue = list(all_metrics())
    described = [metric for one in catalogue for metric in one.describe()]
    assert len({one.name for one in described}) == len(described)
    assert [one.name for one in described if not one.name.startswith("pasum_") or not one.documentation] == []
    labels = {label for one in catalogue for label in one._labelnames}  # noqa: SLF001 -- it has no public name
    bounded = {"aggregate", "command", "outcome", "refusal", "code", "route", "method", "status", "reason", "topic"}
    bounded |= {"state", "kind", "loop", "channel", "consumer", "name", "limit", "certificate"}
    assert labels == bounded | {"generation", "partition", "phase", "seats", "step"}


def test_a_loop_is_silent_until_it_beats_and_after_it_is_forgotten() -> None:
    before = silence("a-loop")
    beat("a-loop")
    beating = silence("a-loop"), REGISTRY.get_sample_value("pasum_loop_heartbeat", {"loop": "a-loop"})
    forget("a-loop")
    forget("a-loop")
    after = silence("a-loop"), REGISTRY.get_sample_value("pasum_loop_heartbeat", {"loop": "a-loop"})
    assert (before, beating[0] < 60, (beating[1] or 0) > 0, after) == (float("inf"), True, True, (float("inf"), None))
