"""What each method of the clients does, without its I/O."""

import re
import uuid
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from service.client import answers
from service.client.asking import AdLike, Options, QueueFilter, Said, Word, as_json, full
from service.client.calls import Call, Pause, Reply, Steps, answered, nothing, reader
from service.client.errors import Refused, Unfinished, Unreadable
from service.client.parts import MAX_ADS, MAX_CHARS, cost, parts
from service.client.results import Answer, Result, Undecided
from service.client.retrying import Patience, seconds_of

Shape = TypeVar("Shape", bound=Answer)

JSON = {"Content-Type": "application/json"}
TOO_LARGE = frozenset({"/problems/batch-too-large", "/problems/body-too-large"})
POLL_S = 0.25
"""Pause before a submission is looked at again, where the service names none; doubles."""

LONGEST_POLL_S = 10.0

VISIBLE = re.compile(r"[!-~]{1,200}")
"""What the service takes as an ``Idempotency-Key``."""


def get(path: str, shape: type[Shape], query: Mapping[str, str] | None = None) -> Call[Shape]:
    """A call that changes nothing."""
    return Call("GET", path, reader(shape), query=query or {})


def post(
    path: str,
    shape: type[Shape],
    body: Mapping[str, Any],
    repeatable: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Call[Shape]:
    """A call with a JSON body."""
    return Call(
        "POST", path, reader(shape), as_json(body), headers={**JSON, **(headers or {})},
        repeatable=repeatable,
    )  # fmt: skip


def score(
    patience: Patience, ads: Iterable[AdLike], options: Mapping[str, Any]
) -> Steps[list[Result | Undecided]]:
    """Results in order, asked for in as many requests as it takes."""
    patience = patience_for(patience, options)
    named = [full(ad) for ad in ads]
    left = deque(parts(((ad, cost(ad)) for ad in named), MAX_ADS, MAX_CHARS))
    results: list[Result | Undecided] = []
    while left:
        part = left.popleft()
        call = post("/v1/score", answers.ScoreResponse, {"ads": part, **options})
        try:
            answer = yield from answered(call, patience)
        except Refused as refused:
            if refused.type not in TOO_LARGE or len(part) == 1:
                raise
            middle = len(part) // 2  # an operator who allows less than we thought
            left.extendleft([part[middle:], part[:middle]])
            continue
        if len(answer.results) != len(part):
            raise Unreadable(f"{len(answer.results)} results for {len(part)} ads")
        results += answer.results
    return results


def patience_for(patience: Patience, options: Mapping[str, Any]) -> Patience:
    """Who has a deadline has no time for another attempt."""
    return replace(patience, retries=0) if "deadline_ms" in options else patience


def submit(
    patience: Patience,
    ads: Iterable[AdLike],
    webhook: str | None,
    idempotency_key: str | None,
    options: Options,
) -> Steps[answers.Accepted]:
    """A submission; safe to repeat, since every attempt carries the same key."""
    body: dict[str, Any] = {"ads": [full(ad) for ad in ads], **options}
    if webhook is not None:
        body["webhook"] = webhook
    call = post("/v1/submissions", answers.Accepted, body, headers=once(idempotency_key))
    return (yield from answered(call, patience))


def once(key: str | None = None) -> dict[str, str]:
    """A header that makes of all attempts one; with a new key, unless there is one. Raises
    ``ValueError`` for a key that no header can carry, or that is empty: a new one in its place
    would queue twice what the program believes to be queued once."""
    if key is None:
        key = str(uuid.uuid4())
    elif not VISIBLE.fullmatch(key):
        raise ValueError(
            "idempotency_key: give 1 to 200 visible ASCII characters, such as a UUID; of a name in "
            "other letters a digest will do"
        )
    return {"Idempotency-Key": key}


def submission(patience: Patience, id: str) -> Steps[answers.Submission]:
    """A submission as it stands."""
    found, _ = yield from look(patience, id)
    return found


def look(patience: Patience, id: str) -> Steps[tuple[answers.Submission, float | None]]:
    """A submission, and when to look again, in seconds."""
    read = reader(answers.Submission)

    def both(reply: Reply) -> tuple[answers.Submission, float | None]:
        return read(reply), seconds_of(reply.headers.get("retry-after"))

    path = f"/v1/submissions/{quote(id, safe='')}"
    return (yield from answered(Call("GET", path, both), patience))


def wait(patience: Patience, id: str, timeout_s: float) -> Steps[answers.Submission]:
    """A submission once it is no longer queued. Raises
    :class:`~service.client.errors.Unfinished`."""
    end = patience.clock() + timeout_s
    longest = POLL_S
    while True:
        left_s = max(0.0, end - patience.clock())
        brief = replace(patience, total_s=min(patience.total_s, left_s))
        found, asked_s = yield from look(brief, id)
        if found.state != "queued":
            return found
        left_s = end - patience.clock()
        if left_s <= 0:
            raise Unfinished(id, timeout_s)
        # Half of it is drawn, so that many who wait do not look at once.
        pause_s = max(asked_s or 0, patience.draw(longest / 2, longest))
        yield Pause(min(pause_s, left_s))
        longest = min(LONGEST_POLL_S, longest * 2)


def feedback(patience: Patience, words: Sequence[Word]) -> Steps[list[answers.WordKept]]:
    """Words of reviewers. Said twice, the latest counts: safe to repeat."""
    call = post("/v1/feedback", answers.FeedbackResponse, {"feedback": list(words)})
    return (yield from answered(call, patience)).feedback


def queue(
    patience: Patience,
    for_reviewer: str | None,
    limit: int | None,
    after: str | None,
    wanted: QueueFilter,
) -> Steps[answers.QueuePage]:
    """A page of the review queue."""
    asked = {"for_reviewer": for_reviewer, "limit": limit, "after": after, **wanted}
    query = {name: str(value) for name, value in asked.items() if value is not None}
    return (yield from answered(get("/v1/queue", answers.QueuePage, query), patience))


def claim(
    patience: Patience, reviewer: str, count: int, again: bool, wanted: QueueFilter
) -> Steps[list[answers.QueuedAd]]:
    """Ads for a reviewer alone. Asked twice, other ads are taken too, but with ``again``, which
    gives those that the reviewer has before any other: safe to repeat."""
    body = {"reviewer": reviewer, "count": count, **wanted} | ({"again": True} if again else {})
    call = post("/v1/queue/claim", answers.ClaimResponse, body, repeatable=again)
    return (yield from answered(call, patience)).ads


def erase(patience: Patience, whose: Mapping[str, Any]) -> Steps[answers.Erased]:
    """Erase ads; safe to repeat, though the second time there is less to count."""
    named = {name: value for name, value in whose.items() if value is not None}
    return (yield from answered(post("/v1/ads/erase", answers.Erased, named), patience))


def report(patience: Patience, said: Said) -> Steps[answers.Taken]:
    """A report; safe to repeat, since every attempt carries the same key."""
    call = post("/v1/reports", answers.Taken, said, headers=once())
    return (yield from answered(call, patience))


def add_to_report(patience: Patience, code: str, said: Said) -> Steps[None]:
    """More on a report; safe to repeat, since every attempt carries the same key."""
    body, headers = as_json({"code": code, **said}), {**JSON, **once()}
    call = Call("POST", "/v1/reports/additions", nothing, body, headers=headers)
    yield from answered(call, patience)


def withdraw_report(patience: Patience, code: str) -> Steps[None]:
    """Delete a report. Asked twice, it is gone all the same: safe to repeat."""
    body = as_json({"code": code})
    call = Call("POST", "/v1/reports/withdraw", nothing, body, headers=JSON)
    yield from answered(call, patience)


def register_webhook(patience: Patience, name: str, url: str) -> Steps[answers.Webhook]:
    """An endpoint. Asked twice, the second answer no longer tells the secret."""
    path, body = f"/v1/webhooks/{quote(name, safe='')}", as_json({"url": url})
    read = reader(answers.Webhook)
    call = Call("PUT", path, read, body, headers=JSON, repeatable=False)
    return (yield from answered(call, patience))


def remove_webhook(patience: Patience, name: str) -> Steps[None]:
    """Forget an endpoint. A second time there is none."""
    path = f"/v1/webhooks/{quote(name, safe='')}"
    yield from answered(Call("DELETE", path, nothing, repeatable=False), patience)


def model(patience: Patience) -> Steps[answers.Model]:
    """What is being served."""
    return (yield from answered(get("/v1/model", answers.Model), patience))
