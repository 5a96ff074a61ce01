"""A collector of traces in the test's own process: takes OTLP over HTTP (protobuf) and keeps the spans."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deploy.local.ports import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedSpan:
    """One span as it was exported; `texts` is everything else in it that is text."""

    service: str
    name: str
    trace: str
    identifier: str
    parent: str
    attributes: Mapping[str, str]
    texts: tuple[str, ...]


@dataclass(slots=True)
class Collector:
    """The spans that have arrived, in their order."""

    url: str
    spans: list[CollectedSpan] = field(default_factory=list)

    def of_trace(self, trace: str) -> list[CollectedSpan]:
        """The spans of one trace."""
        return [span for span in list(self.spans) if span.trace == trace]

    def path(self, span: CollectedSpan) -> list[tuple[str, str]]:
        """Service and name of all spans from the root of the trace to this one."""
        known = {each.identifier: each for each in self.of_trace(span.trace)}
        above = self.path(known[span.parent]) if span.parent in known else []
        return [*above, (span.service, span.name)]


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector that listens as long as the block lasts."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _Receiver)
    kept = Collector(f"http://{LOOPBACK}:{server.server_port}")
    server.kept = kept  # type: ignore[attr-defined] # -- for the handler, which is made for each request
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        kept: Collector = self.server.kept  # type: ignore[attr-defined] # -- see collector
        kept.spans.extend(_spans(ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _spans(request: ExportTraceServiceRequest) -> Iterator[CollectedSpan]:
    for resource in request.resource_spans:
        of_resource = {each.key: each.value.string_value for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield CollectedSpan(
                    service=of_resource["service.name"],
                    name=span.name,
                    trace=span.trace_id.hex(),
                    identifier=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    attributes={each.key: str(each.value) for each in span.attributes},
                    texts=(span.status.message, *(event.name for event in span.events)),
                )
