"""The traces of a meeting: from the request to the SMS, through all services, and nothing about people in them."""

import re
import time

from deploy.local.system import System
from shared.contracts import CATALOGUE, SERVICE_NAMES, WEB_NAMES
from tests.e2e.first_hour import FirstHour
from tests.e2e.spans import CollectedSpan, Collector

PATIENCE_SECONDS = 60.0
REGISTER = "POST /v1/meetings/{meeting_id}/registrations"
HEARD = ("handle registration.participant-registered.v1", "handle registration.person-recorded.v1")
"""Whichever of the two arrives last makes the message possible: they are in different topics."""
TYPES = "|".join(map(re.escape, CATALOGUE))
NAME = re.compile(
    rf"(GET|HEAD|POST|PUT|PATCH|DELETE) (/[a-z0-9_{{}}/.-]*|unmatched)"
    rf"|consume|handle ({TYPES})|job [a-z-]+|hand over (sms|email)"
)
ATTRIBUTES = {"http.response.status_code"}


def awaited(traces: Collector, name: str) -> CollectedSpan:
    """The first span of that name with a path from the request; processes send their spans a moment later."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        for span in list(traces.spans):
            if span.name == name and traces.path(span)[0] == ("registration", REGISTER):
                return span
        time.sleep(0.2)
    raise TimeoutError(name)


def test_one_trace_leads_from_the_answer_of_a_participant_to_his_sms(
    system: System, first_hour: FirstHour, traces: Collector
) -> None:
    assert (first_hour.page_run.exit_code, len(system.running) > 0) == (0, True)
    request, heard, *sending = traces.path(awaited(traces, "hand over sms"))
    assert request == ("registration", REGISTER)
    assert heard in [("notification", name) for name in HEARD]
    assert sending == [("notification", "job send-sms"), ("notification", "hand over sms")]


def test_spans_say_what_was_done_and_nothing_about_people(first_hour: FirstHour, traces: Collector) -> None:
    """Names are templates and types of ours; there is one attribute; no message of an exception."""
    awaited(traces, "hand over sms")
    assert first_hour.page_run.exit_code == 0
    spans = list(traces.spans)
    assert sorted({span.name for span in spans if not NAME.fullmatch(span.name)}) == []
    assert {name for span in spans for name in span.attributes} == ATTRIBUTES
    assert sorted({text for span in spans for text in span.texts if not re.fullmatch(r"\w*", text)}) == []
    assert {span.service for span in spans} == {*SERVICE_NAMES, *WEB_NAMES}
