"""PostgreSQL goes away under a service that counts campaigns, fills a queue and takes submissions.

Once it is ended as by a power cut and started again, once it hangs: its connections stay open and
nobody answers. The second is the worse one, since nothing says that it is away.
"""

import time
from collections.abc import Callable

from tests.faults.accepted import undecided
from tests.faults.ads import TEXTS
from tests.faults.fault import Given, Outcome
from tests.faults.postgres import standing
from tests.faults.served import Service
from tests.faults.traffic import Seen, one_ad, traffic

SCORES, SUBMISSIONS = 10.0, 3.0
"""A second."""

ORDINARY_S = 1.0
"""Before the first fault."""

WAITS_S = 10.0
"""No answer waits longer for the database; see the guide on what fails."""

OWN_S = 2.0
"""What an answer may take beside: scoring, on a busy machine."""

RECOVERED_S = 10.0
"""Within which all is well again: promised are "seconds"."""


def database(given: Given) -> Outcome:
    """PostgreSQL is killed and comes back, then hangs and goes on, under scores and submissions."""
    outcome = Outcome(
        "PostgreSQL away, then hanging",
        "scores go on, with `degraded` parts, none waits more than ten seconds; submissions get "
        "503 `store-unavailable`; what was accepted is decided; no restart is needed",
    )
    with standing(given.folder / "postgresql") as server:
        settings = {
            "LUREWATCH_DATABASE": server.url,
            "LUREWATCH_CAMPAIGNS": "true",
            "LUREWATCH_REVIEW_QUEUE": "true",
        }
        with Service(given, settings) as service:
            body = one_ad(TEXTS)
            with (
                traffic(service.url, body, SCORES, seed=given.seed) as scores,
                traffic(
                    service.url, body, SUBMISSIONS, path="/v1/submissions", seed=given.seed + 1
                ) as submissions,
            ):
                time.sleep(ORDINARY_S)
                spans = [
                    during(given, server.kill, server.start),
                    during(given, server.hang, server.go_on),
                ]
            judge(outcome, scores, submissions, spans)
            accepted = [one.id for one in submissions.of(202).answers]
            lost = undecided(service.url, accepted)
            outcome.seen["submissions accepted"] = len(accepted)
            outcome.seen["accepted and not decided"] = len(lost)
            outcome.expect(not lost, f"{len(lost)} accepted submissions were not decided")
    return outcome


Span = tuple[float, float, float]
"""When it went, when it was back, and when the next thing began; as ``time.monotonic`` counts."""


def during(given: Given, go: Callable[[], None], back: Callable[[], None]) -> Span:
    """Away for as long as is asked for, then there for long enough to see it recover."""
    gone = time.monotonic()
    go()
    time.sleep(given.seconds)
    back()
    there = time.monotonic()
    time.sleep(min(given.seconds, RECOVERED_S) + 1)
    return gone, there, time.monotonic()


def judge(outcome: Outcome, scores: Seen, submissions: Seen, spans: list[Span]) -> None:
    """What was seen in both, and whether it was promised."""
    outcome.seen["scores"] = scores.statuses()
    outcome.seen["submissions"] = submissions.statuses()
    for name, (gone, there, end) in zip(("away", "hanging"), spans, strict=True):
        away, later = scores.between(gone, there), scores.between(there, end)
        lacking = sum(bool(one.degraded) for one in away.answers)
        outcome.seen[f"{name}: s"] = round(there - gone, 1)
        outcome.seen[f"{name}: scores, of them degraded"] = f"{len(away.answers)}, {lacking}"
        outcome.seen[f"{name}: slowest score, s"] = away.slowest_s()
        handed = submissions.between(gone, there)
        outcome.seen[f"{name}: slowest submission, s"] = handed.slowest_s()
        bad = [one for one in later.answers if one.degraded]
        bad += [one for one in submissions.between(there, end).answers if one.status != 202]
        # What the next fault caught on its way says nothing of this one.
        ends = [at for one in bad if (at := one.at + one.took_s) < end]
        recovered = max(ends, default=there) - there
        outcome.seen[f"{name}: well again after, s"] = round(recovered, 2)
        most = WAITS_S + OWN_S
        for what, seen in (("score", away), ("submission", handed)):
            slowest = seen.slowest_s()
            outcome.expect(
                not slowest > most, f"{name}: a {what} took {slowest} s, promised are {WAITS_S:g}"
            )
        outcome.expect(recovered <= RECOVERED_S, f"{name}: well again after {recovered:.1f} s")
    outcome.expect(set(scores.statuses()) == {"200"}, f"scores: {scores.statuses()}")
    said = {one.said for one in submissions.answers if one.status in (503, 504)}
    outcome.expect(
        set(submissions.statuses()) <= {"202", "503", "504"}
        and said <= {"store-unavailable", "maybe-done"},
        f"submissions: {submissions.statuses()} {sorted(said)}",
    )
    outcome.expect(bool(said), "no submission was refused: the database was not away")
