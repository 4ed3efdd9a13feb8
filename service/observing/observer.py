"""Who watches: metrics always, traces where the operator named a collector."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from models.ad import Ad
from service.observing import labels
from service.observing.metrics import Metrics
from service.observing.spans import NoTraces, Span, Traces
from service.observing.stages import Told, watched

if TYPE_CHECKING:
    from service.engine import Answer


class Seen:
    """A request that is being answered."""

    span: Span | None = None

    def __init__(self, metrics: Metrics | None, method: str, route: str) -> None:
        self._metrics = metrics
        self._method = labels.method(method)
        self._route = route
        self._began = time.perf_counter()

    def ended(self, status: int, problem: str | None, noted: Mapping[str, object]) -> None:
        """``problem``: its type. ``noted``: what the log's line says of the ads."""
        seconds = time.perf_counter() - self._began
        if self._metrics is not None:
            self._metrics.requests.labels(self._method, self._route, status).inc()
            self._metrics.request_seconds.labels(self._method, self._route).observe(seconds)
            if problem is not None:
                self._metrics.refused.labels(problem).inc()
        if self.span is not None:
            numbers = {k: v for k, v in noted.items() if isinstance(v, int | float)}
            self.span.told(**numbers)
            self.span.answered(status, problem)


class Observer:
    """One application's."""

    def __init__(self, traces: Traces | None = None) -> None:
        self.metrics = Metrics()
        self.traces: Traces = traces or NoTraces()

    @contextmanager
    def request(
        self, method: str, route: str, request_id: str, headers: Headers, unseen: bool
    ) -> Iterator[Seen]:
        """A request while it is answered. ``unseen``: one of people who may be in danger; nothing
        is told of it but a failure of ours."""
        seen = Seen(self.metrics, method, route)
        if unseen:
            with watched(None):
                yield seen
            return
        self.metrics.in_flight.inc()
        try:
            with (
                watched(self),
                self.traces.request(labels.method(method), route, request_id, headers) as span,
            ):
                seen.span = span
                yield seen
        finally:
            self.metrics.in_flight.dec()

    @contextmanager
    def job(self, name: str, **about: str | int) -> Iterator[None]:
        """Work for which nobody waits, such as a submission."""
        with watched(self), self.traces.job(name, about):
            yield

    @contextmanager
    def stage(self, name: str) -> Iterator[Told]:
        """See :class:`service.observing.stages.Watching`. What failed is not counted."""
        began = time.perf_counter()
        with self.traces.stage(name) as span:
            yield span.told
        self.metrics.stage_seconds.labels(name).observe(time.perf_counter() - began)

    def answered(self, ads: Sequence[Ad], answers: Sequence["Answer"]) -> None:
        """See :class:`service.observing.stages.Watching`."""
        self.metrics.answered(ads, answers)

    def left_out(self, part: str) -> None:
        """See :class:`service.observing.stages.Watching`."""
        self.metrics.degraded.labels(part).inc()

    def unscored(self, why: str, instead: str) -> None:
        """See :class:`service.observing.stages.Watching`."""
        self.metrics.unscored.labels(why, instead).inc()

    def close(self) -> None:
        """Send what is still to be sent."""
        self.traces.close()
