"""Tracing through HTTP, outbox, Kafka, consumer and job: W3C `traceparent` between processes, OpenTelemetry inside.

Trace and span ids are always created and passed on (about 4 µs a span). Spans are recorded and exported only if
`OTEL_EXPORTER_OTLP_ENDPOINT` is set (docs/howto/tracing.md). A span never records the message of an exception, as that
may quote a row.
"""

import importlib
import os
import re

from opentelemetry import context, trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags

# https://www.w3.org/TR/trace-context/#traceparent-header; version `ff` is never valid. OpenTelemetry's own propagator
# is not used here: it takes 6.7 µs and this 2.9 µs, once for each request and event, and it logs a warning for what
# clients send wrong.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_LONGEST = 256
_IDS = RandomIdGenerator()
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"

_provider: TracerProvider | None = None


def configure_tracing(service: str) -> bool:
    """Start to record and export spans, if an exporter is configured and installed; returns whether it is."""
    global _provider  # noqa: PLW0603 -- one provider a process, as OpenTelemetry itself has it
    exporter = _exporter()
    if exporter is None:
        return False
    _provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    return True


def stop_tracing() -> None:
    """Export the spans that are not exported yet, and stop; may block while the collector does not answer."""
    global _provider  # noqa: PLW0603 -- see configure_tracing
    if _provider is not None:
        _provider.shutdown()
        _provider = None


def current_traceparent() -> str | None:
    """The `traceparent` of the current span, or None outside any span."""
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return None
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"


def current_trace_id() -> str | None:
    """The current trace id (32 hexadecimal digits), which is in the logs, problems and traces of one request."""
    here = trace.get_current_span().get_span_context()
    return f"{here.trace_id:032x}" if here.is_valid else None


def remote_parent(traceparent: str | None) -> SpanContext | None:
    """The span context in a `traceparent`, or None if it is missing or malformed (then a new trace begins)."""
    if not traceparent or len(traceparent) > _LONGEST:
        return None
    match = _TRACEPARENT.fullmatch(traceparent)
    if match is None:
        return None
    trace_id, span_id, flags = match.groups()
    parent = SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16) & 1)
    )
    return parent if parent.is_valid else None


class span:  # noqa: N801 -- used like a function; a class, because a generator costs twice the time
    """Context of one span: a child of the remote `traceparent`, else of the current span, else of a new trace."""

    __slots__ = ("_here", "_parent", "_token")

    def __init__(self, name: str, *, traceparent: str | None = None, kind: SpanKind = SpanKind.INTERNAL) -> None:
        remote = remote_parent(traceparent)
        self._parent = trace.set_span_in_context(NonRecordingSpan(remote)) if remote else context.get_current()
        if _provider is None:
            self._here = _identifiers(self._parent)
        else:
            self._here = _provider.get_tracer(__name__).start_span(name, self._parent, kind)

    def __enter__(self) -> Span:
        self._token = context.attach(trace.set_span_in_context(self._here, self._parent))
        return self._here

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if error is not None:
            self._here.set_status(Status(StatusCode.ERROR, type(error).__name__))
        context.detach(self._token)
        self._here.end()


def _identifiers(parent: context.Context) -> Span:
    """A span with identifiers only, which is not recorded."""
    above = trace.get_current_span(parent).get_span_context()
    trace_id, flags = (above.trace_id, above.trace_flags) if above.is_valid else (_IDS.generate_trace_id(), _SAMPLED)
    return NonRecordingSpan(SpanContext(trace_id, _IDS.generate_span_id(), is_remote=False, trace_flags=flags))


def _exporter() -> SpanExporter | None:
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return None
    try:
        module = importlib.import_module(_EXPORTER)
    except ModuleNotFoundError:
        return None
    exporter: SpanExporter = module.OTLPSpanExporter()
    return exporter
