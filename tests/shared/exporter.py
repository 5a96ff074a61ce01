"""An exporter of spans into memory, in the place of the OTLP one."""

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

EXPORTED: list[ReadableSpan] = []


class OTLPSpanExporter(InMemorySpanExporter):
    """Keeps what is exported in `EXPORTED`."""

    def shutdown(self) -> None:
        EXPORTED.extend(self.get_finished_spans())
        super().shutdown()
