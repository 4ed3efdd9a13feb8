"""Traces to an OpenTelemetry collector, over OTLP with HTTP.

A request is traced where its caller traces it (the sampled flag of ``traceparent``), or else by
chance. A caller that says not to is obeyed. Spans are made here rather than by OpenTelemetry's
instrumentation of the framework, which writes down the address as it was asked for; and no
exception is recorded, whose message may hold what a caller sent.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers

PATH = "/v1/traces"
"""Of OTLP over HTTP, under the collector's address."""

TIMEOUT_S = 5.0
"""For one batch of spans, its repetitions included: also how long a stop may wait for a collector
that is away."""

PREFIX = "lurewatch."

log = logging.getLogger(__name__)

CONTEXT = TraceContextTextMapPropagator()


class FromHeaders(Getter[Headers]):
    """How the library reads a request's headers. ``tracestate`` is passed over: whatever a caller
    writes there would stand in the span."""

    def get(self, carrier: Headers, key: str) -> list[str] | None:
        """All values of one."""
        return carrier.getlist(key) or None if key == "traceparent" else None

    def keys(self, carrier: Headers) -> list[str]:
        """Of all."""
        return list(carrier.keys())


FROM_HEADERS = FromHeaders()


class OneSpan:
    """A :class:`service.observing.spans.Span` in a trace."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def told(self, **counts: float) -> None:
        """As attributes."""
        self._span.set_attributes({PREFIX + name: value for name, value in counts.items()})

    def answered(self, status: int, problem: str | None) -> None:
        """As OpenTelemetry's conventions for HTTP have it."""
        self._span.set_attribute("http.response.status_code", status)
        if problem is not None:
            self._span.set_attribute("error.type", problem)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


class Collected:
    """:class:`service.observing.spans.Traces` that a processor takes to where they go."""

    def __init__(self, processor: SpanProcessor, share: float, release: str) -> None:
        """``share`` of the requests whose callers say nothing."""
        names = Resource.create({"service.name": "lurewatch", "service.version": release})
        # Neither is the process's one and only: several applications may live in it.
        self._provider = TracerProvider(
            ParentBased(TraceIdRatioBased(share)), names, shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("lurewatch")

    @contextmanager
    def request(
        self, method: str, route: str, request_id: str, headers: Headers
    ) -> Iterator[OneSpan]:
        """A server's span. Its name is never the address that was asked for."""
        attributes = {
            "http.request.method": method, "http.route": route, PREFIX + "request_id": request_id,
        }  # fmt: skip
        caller = CONTEXT.extract(headers, getter=FROM_HEADERS)
        with self._tracer.start_as_current_span(
            f"{method} {route}", caller, SpanKind.SERVER, attributes,
            record_exception=False, set_status_on_exception=False,
        ) as span:  # fmt: skip
            yield OneSpan(span)

    @contextmanager
    def job(self, name: str, about: Mapping[str, str | int]) -> Iterator[OneSpan]:
        """The root of a trace, by chance."""
        attributes = {PREFIX + key: value for key, value in about.items()}
        with self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            yield OneSpan(span)

    @contextmanager
    def stage(self, name: str) -> Iterator[OneSpan]:
        """A child of what is being done."""
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            yield OneSpan(span)

    def trace_id(self) -> str | None:
        """Where it is sampled."""
        found = trace.get_current_span().get_span_context()
        return trace.format_trace_id(found.trace_id) if found.trace_flags.sampled else None

    def close(self) -> None:
        """Send what is still to be sent; gives up after :data:`TIMEOUT_S`."""
        self._provider.shutdown()


class Told(SpanExporter):
    """Another exporter, which tells once that the collector is away, and once that it is back."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """What is not taken is dropped."""
        result = self._exporter.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away != self._away:
            self._away = away
            log.log(
                logging.WARNING if away else logging.INFO,
                "traces are not taken" if away else "traces are taken",
            )
        return result

    def shutdown(self) -> None:
        """No more."""
        self._exporter.shutdown()


def to_collector(address: str, share: float, release: str) -> Collected:
    """Spans in batches, in a thread of their own. Headers that a collector asks for are taken from
    ``OTEL_EXPORTER_OTLP_HEADERS``, as every program with this exporter does."""
    exporter = OTLPSpanExporter(endpoint=address.rstrip("/") + PATH, timeout=TIMEOUT_S)
    # It tells every failed try, with the collector's own words.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return Collected(BatchSpanProcessor(Told(exporter)), share, release)
