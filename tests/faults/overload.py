"""Three times as many requests as can be answered, and then as many as before."""

import threading
import time
from collections.abc import Sequence

import httpx
import numpy as np

from tests.e2e.memory import texts
from tests.faults.capacity import Load, fitting
from tests.faults.fault import Given, Outcome
from tests.faults.served import Service, Watch
from tests.faults.traffic import Answer, Seen, Traffic, one_ad, traffic

TIMES = 3.0
PROBE_EVERY_S, PROBE_S = 1.0, 5.0
"""How often somebody asks whether the service lives, and how long they wait: as our manifests for
Kubernetes have it, which restart a process that does not say so."""

ORDINARY = 1 / 3
"""Share of what can be done, by which callers ask before and after."""

DEADLINE_MS, DEADLINE_SHARE = 2000, 0.2
SPARE_S = 0.5
"""An answer in time may be so much later at its caller: it is sent, read and counted there."""

QUEUE_CHARS = 500_000
"""``max_queued_chars`` as shipped. A short run has a shorter queue, or it would never be full."""

CACHE_MB = 64.0
"""``cache_mb`` as shipped, which no two alike ads fill."""

GROWN_MB = 150.0
"""More that the requests which wait may take: 500,000 characters are some three thousand ads, each
with its connection, its request and its answer, 20 kB or so together; the rest is what the model
takes for a text."""

CREEP_MB = 30.0
"""Between one third of the time and its end, both under the same load."""

LONG_S = 60.0
"""Below which nothing is said of that."""

WAIT_MARGIN = 2.0
"""Requests take turns by their length, so that a long ad waits longer than its share of the queue,
as much as it is longer than the mean."""

NOISE_MS = 250.0
"""By which times differ on a machine that others use too."""

LEAST_SHARE = 0.5
"""Of what can be done that is still done while more is asked."""


def overload(given: Given) -> Outcome:
    """Three times as many requests as can be answered, then ordinary load again."""
    queue = round(min(QUEUE_CHARS, max(20_000, QUEUE_CHARS * given.seconds / LONG_S)))
    outcome = Outcome(
        "three times as many requests as can be answered",
        "each gets 200, 429 with `Retry-After`, or 503; memory and the wait of accepted ads stay "
        "bounded; ordinary load is answered as before within the time that the queue takes",
    )
    with Service(given, {"LUREWATCH_MAX_QUEUED_CHARS": str(queue)}) as service:
        load = fitting(service.url, min(20.0, max(1.0, given.seconds / 5)), texts(), queue)
        given.told(f"capacity {load.capacity.rate:.1f} ads a second of {load.mean_chars:.0f}")
        ordinary_s = min(60.0, max(1.5, given.seconds / 5))
        with traffic(service.url, one_ad(load.texts, 10**9), load.capacity.rate * ORDINARY) as calm:
            time.sleep(ordinary_s)
        before_mb = service.resident_mb()
        with Watch(service) as watch:
            flood = Flood(service, load, given)
            drain_s = queue / (load.chars_a_second * (1 - ORDINARY))
            rate = load.capacity.rate * ORDINARY
            with traffic(service.url, one_ad(load.texts, 2 * 10**9), rate) as later:
                flood.join()
                time.sleep(ordinary_s)
        after_mb = service.resident_mb()
    flood.judge(outcome, load, queue)
    judge_memory(outcome, given, before_mb, flood, watch.most_mb, after_mb)
    judge_recovery(outcome, calm, later, flood.ended, WAIT_MARGIN * drain_s + 5)
    late = [*flood.patient.answers, *flood.hurried.answers]
    outcome.seen["sent late, p99 ms"] = Seen(late).late_ms(0.99)
    return outcome


class Flood:
    """More than can be done, for a while; most callers wait, some have a deadline."""

    def __init__(self, service: Service, load: Load, given: Given) -> None:
        self.seconds = given.seconds
        rate = TIMES * load.capacity.rate
        hurried = one_ad(load.texts, 4 * 10**9, deadline_ms=DEADLINE_MS)
        self._all = (
            Traffic(service.url, one_ad(load.texts, 3 * 10**9), rate * (1 - DEADLINE_SHARE),
                    seed=given.seed),
            Traffic(service.url, hurried, rate * DEADLINE_SHARE, seed=given.seed + 10**6),
        )  # fmt: skip
        self.began = time.monotonic()
        for one in self._all:
            one.start()
        with Probes(service) as self.probes:
            time.sleep(given.seconds / 3)
            self.third_mb = service.resident_mb()
            time.sleep(max(0.0, self.began + given.seconds - time.monotonic()))
        self.end_mb = service.resident_mb()
        for one in self._all:
            one.end()
        self.ended = time.monotonic()

    def join(self) -> None:
        """Wait for what is owed."""
        self.patient, self.hurried = (one.stop() for one in self._all)

    def judge(self, outcome: Outcome, load: Load, queue: int) -> None:
        """What callers got."""
        patient, hurried = self.patient, self.hurried
        everyone = Seen([*patient.answers, *hurried.answers])
        done = [one for one in everyone.answers if one.status == 200]
        seconds = max((one.at + one.took_s for one in done), default=self.ended) - self.began
        rate = len(done) / seconds
        bound_s = WAIT_MARGIN * queue / (rate * load.mean_chars) if rate else 0.0
        outcome.seen |= {
            "ads a second that can be done": round(load.capacity.rate, 1),
            "offered": round(len(everyone.answers) / self.seconds, 1),
            "answered a second meanwhile": round(rate, 1),
            "answers": everyone.statuses(),
            "accepted, p50 ms": patient.quantile_ms(0.5),
            "accepted, p99 ms": patient.quantile_ms(0.99),
            "accepted may take, ms": round(bound_s * 1000),
            "refused, p99 ms": patient.quantile_ms(0.99, 429),
            f"answers to callers with {DEADLINE_MS} ms": hurried.statuses(),
            "of them with 200, longest ms": hurried.quantile_ms(1.0),
            "health probes": self.probes.seen.statuses(),
            "health probes, longest ms": self.probes.seen.quantile_ms(1.0),
        }
        failed = [one for one in self.probes.seen.answers if one.status != 200]
        outcome.expect(not failed, f"{len(failed)} health probes failed")
        for status in sorted({one.status for one in everyone.answers} - {200, 429, 503}):
            said = {one.said for one in everyone.answers if one.status == status}
            outcome.broken.append(f"answers with status {status or 'none'}: {sorted(said)}")
        silent = [one for one in everyone.answers if one.status == 429 and not one.retry_after]
        outcome.expect(not silent, f"{len(silent)} answers 429 without Retry-After")
        outcome.expect(all(one.decided for one in done), "a good answer without a decision")
        longest_s = max((own_s(one) for one in patient.answers if one.status == 200), default=0.0)
        outcome.expect(longest_s <= bound_s, f"an accepted ad took {longest_s:.1f} s")
        late = [
            one for one in hurried.answers
            if one.status == 200 and own_s(one) > DEADLINE_MS / 1000 + SPARE_S
        ]  # fmt: skip
        outcome.expect(not late, f"{len(late)} answers came after their deadline")
        outcome.expect(
            rate >= LEAST_SHARE * load.capacity.rate, f"only {rate:.1f} ads a second were answered"
        )


class Probes:
    """Asks whether the service lives, on connections of their own, while a ``with`` lasts."""

    def __init__(self, service: Service) -> None:
        self.seen = Seen()
        self._url = f"{service.url}/health/live"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> "Probes":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._stop.wait(PROBE_EVERY_S):
            began, status, said = time.monotonic(), 0, ""
            try:
                status = httpx.get(self._url, timeout=PROBE_S).status_code
            except httpx.TransportError as error:
                said = type(error).__name__
            took = time.monotonic() - began
            self.seen.answers.append(Answer(began, took, status, False, said))


def own_s(one: Answer) -> float:
    """Time from when it was sent."""
    return one.took_s - one.late_s


def judge_memory(
    outcome: Outcome, given: Given, before_mb: float, flood: Flood, most_mb: float, after_mb: float
) -> None:
    """The bound, and whether it creeps under the same load."""
    outcome.seen |= {
        "memory before, MB": round(before_mb),
        "at a third, MB": round(flood.third_mb),
        "at the end, MB": round(flood.end_mb),
        "most, MB": round(most_mb),
        "after, MB": round(after_mb),
    }
    bound = before_mb + CACHE_MB + GROWN_MB
    outcome.expect(most_mb <= bound, f"memory rose to {most_mb:.0f} MB, above {bound:.0f} MB")
    creep = flood.end_mb - flood.third_mb
    if given.seconds >= LONG_S:
        outcome.expect(creep <= CREEP_MB, f"memory crept up by {creep:.0f} MB under the same load")


def judge_recovery(
    outcome: Outcome, calm: Seen, later: Seen, ended: float, within_s: float
) -> None:
    """When ordinary load is answered as before."""
    usual_ms = calm.quantile_ms(0.95)
    limit_s = max(2 * usual_ms, usual_ms + NOISE_MS) / 1000
    recovered = recovery_s(later.answers, ended, limit_s)
    outcome.seen |= {
        "ordinary load before, p95 ms": usual_ms,
        "after, as before from second": recovered,
        "after, answers": later.statuses(),
    }
    outcome.expect(calm.statuses().keys() <= {"200"}, f"before: {calm.statuses()}")
    outcome.expect(
        recovered is not None and recovered <= within_s,
        f"ordinary load was not answered as before within {within_s:.0f} s",
    )


def recovery_s(answers: Sequence[Answer], since: float, limit_s: float) -> int | None:
    """The first second after ``since`` from which on all answers were good and 95 of 100 within
    the limit; ``None`` where there is none."""
    last = max((one.at for one in answers), default=since)
    for second in range(int(last - since) + 1):
        rest = [one for one in answers if one.at >= since + second]
        took = [one.took_s for one in rest]
        if not rest or any(one.status != 200 for one in rest):
            continue
        if float(np.quantile(took, 0.95)) <= limit_s:
            return second
    return None
