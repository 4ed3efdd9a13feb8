"""The Python client against the real application: both kinds of it, by the same cases."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import func, select

from service import access
from service.api import reviewing, schemas
from service.client import (
    AsyncClient,
    Client,
    LineError,
    MaybeDone,
    Problem,
    Refused,
    Result,
    Unavailable,
    Unfinished,
    Unreachable,
    Unreadable,
    answers,
    steps,
)
from service.client.parts import MAX_ADS, MAX_CHARS, cost
from service.client.retrying import Attempts, Patience, seconds_of
from service.reports import shapes as reports
from service.reports.codes import new_code
from service.runtime import open_store
from service.scoring import scorer
from service.settings import Settings
from service.store.tables import Report, ReportPart
from service.submissions import shapes as submissions
from service.webhooks import shapes as webhooks
from tests.e2e.processes import free_port
from tests.live import Service, live, until
from tests.service.calling import Flaky, Waiting, answer, break_after, lose_answer, never_answer

SECRET = "xylophone-Жираф-秘密"
"""Stands in texts, and must stand nowhere else."""

PUBLIC_KEY = "jyQt1chSKAJyVv3lf/HNwbxh3Q5mWDCmE5kSj1vDjyo="
"""Made for these tests; its private half is forgotten."""

Connect = Callable[..., Any]


def new_service(folder: Path) -> Service:
    return Service(
        data_dir=folder, review_queue=True, reports_public_key=PUBLIC_KEY, max_request_ads=100,
        webhook_private_targets=True,
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A client and the service it speaks to."""

    client: Any
    service: Service


@pytest.fixture(scope="module", params=["waiting", "awaiting", "without a network"])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    """A client of each kind."""
    service = new_service(tmp_path_factory.mktemp("data"))
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        if request.param == "without a network":
            lifespan = service.app.router.lifespan_context(service.app)
            runner.run(lifespan.__aenter__())
            stack.callback(lambda: runner.run(lifespan.__aexit__(None, None, None)))
            way = httpx.ASGITransport(service.app)
            client: Any = Waiting(runner, AsyncClient("http://localhost", transport=way))
        else:
            address = stack.enter_context(live(service.app))
            client = connected(runner, request.param, address)
        stack.callback(client.close)
        yield Asked(client, service)


@pytest.fixture
def client(asked: Asked) -> Any:
    return asked.client


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Flaky, str]]:
    """A service that can be made to fail, and its address."""
    service = new_service(tmp_path_factory.mktemp("data"))
    flaky = Flaky(service.app)
    with live(flaky) as address:
        yield service, flaky, address


@pytest.fixture
def service(behind: tuple[Service, Flaky, str]) -> Service:
    return behind[0]


@pytest.fixture
def flaky(behind: tuple[Service, Flaky, str]) -> Flaky:
    behind[1].faults.clear()
    behind[1].heard.clear()
    return behind[1]


@pytest.fixture
def address(behind: tuple[Service, Flaky, str]) -> str:
    return behind[2]


@pytest.fixture(params=["waiting", "awaiting"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients of one kind, which wait no longer than they are told to."""
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())

        def made(address: str, *given: Any, **named: Any) -> Any:
            client = connected(runner, request.param, address, *given, **named)
            inner = client.client if isinstance(client, Waiting) else client
            inner._patience = replace(inner._patience, draw=lambda low, high: 0)
            stack.callback(client.close)
            return client

        yield made


def connected(runner: asyncio.Runner, kind: str, *given: Any, **named: Any) -> Any:
    """A client over the network."""
    if kind == "waiting":
        return Client(*given, **named)
    return Waiting(runner, AsyncClient(*given, **named))


# What both do.


def test_ads_are_scored_in_order(client: Any) -> None:
    ads = [{"text": "Free visa", "id": "a"}, {"text": "Farm work", "id": "b", "title": "Pickers"}]
    results = client.score([*ads, "a text alone"])
    assert [result.id for result in results] == ["a", "b", None]
    assert all(isinstance(result, Result) for result in results)
    assert results[0].kind == "lure"
    assert results[0].decision == "review"
    assert results[0].evidence[0].span.of(ads[0]) == "F"
    assert client.score([]) == []


def test_options_reach_every_call(client: Any) -> None:
    options = {"answer_language": "th", "entity_values": True, "statement_of_reasons": True}
    ad = "Write to work@example.org"
    streamed = client.score_stream([ad], **options)
    accepted = client.submit([ad], **options)
    for result in (
        client.score([ad], **options)[0], next(streamed), client.wait(accepted.id).results[0],
    ):  # fmt: skip
        assert result.indicators[0].language == "th"
        assert result.statement_of_reasons.automated_detection
    (result,) = client.score([ad], **options)
    assert result.entities[0].value == "work@example.org"


def test_many_ads_are_sent_in_parts(asked: Asked) -> None:
    ads = [{"text": f"job {i}", "id": str(i)} for i in range(600)]
    assert asked.service.settings.max_request_ads == 100, "less than the client takes for granted"
    assert [result.id for result in asked.client.score(ads)] == [ad["id"] for ad in ads]


def test_a_stream_gives_results_and_what_is_wrong(client: Any) -> None:
    ads = [{"text": f"job {i}", "id": str(i)} for i in range(150)]
    ads[99] = {"text": "  "}
    found = list(client.score_stream(ads))
    assert len(found) == 150
    wrong = found.pop(99)
    assert isinstance(wrong, LineError)
    assert (wrong.line, wrong.error) == (100, "text: nothing to read")
    assert [result.id for result in found] == [ad["id"] for ad in ads if "id" in ad]


def test_a_stream_takes_ads_when_they_are_wanted(client: Any) -> None:
    taken: list[int] = []

    def ads() -> Iterator[str]:
        for i in range(1000):
            taken.append(i)
            yield f"job {i}"

    results = client.score_stream(ads(), at_once=1)
    for i in range(3):
        assert next(results).decision
        assert len(taken) == i + 1
    results = client.score_stream(ads())
    next(results)
    assert len(taken) == 3 + 64


def test_a_long_ad_is_a_part_of_its_own(client: Any) -> None:
    ads = ["short", "x" * 20_000, {"text": "y", "thread": ["ż" * 20_000] * 5}, "short"]
    assert [type(one) for one in client.score_stream(ads)] == [Result] * 4


def test_a_submission_is_waited_for(client: Any) -> None:
    accepted = client.submit([{"text": "Free visa", "id": "a"}, "Farm work"])
    assert accepted.ads == 2
    done = client.wait(accepted.id)
    assert done.state == "done"
    assert [result.id for result in done.results] == ["a", None]
    assert done == client.submission(accepted.id)
    assert isinstance(done.results[0], Result)


def test_a_key_of_ones_own_makes_a_submission_once(client: Any) -> None:
    first = client.submit(["Free visa"], idempotency_key="mine")
    assert client.submit(["Free visa"], idempotency_key="mine") == first
    assert client.submit(["Free visa"]).id != first.id
    with pytest.raises(Refused, match="came before with another body"):
        client.submit(["Farm work"], idempotency_key="mine")


@pytest.mark.parametrize("key", ["заявка-1", "reports of 27 November", "", "a\nb", "a" * 201])
def test_a_key_that_no_header_carries_is_told_before_anything_is_sent(
    client: Any, key: str
) -> None:
    with pytest.raises(ValueError, match=r"^idempotency_key: give 1 to 200 visible ASCII"):
        client.submit(["Free visa"], idempotency_key=key)


def test_client_and_service_take_the_same_keys() -> None:
    assert steps.VISIBLE == submissions.VISIBLE


def test_waiting_has_an_end(asked: Asked) -> None:
    client, service = asked.client, asked.service
    service.model.gate.clear()
    accepted = client.submit(["Free visa"])
    with pytest.raises(Unfinished, match=rf"{accepted.id} is still queued after 0.1 s") as caught:
        client.wait(accepted.id, timeout_s=0.1)
    assert caught.value.submission == accepted.id
    service.model.gate.set()
    assert client.wait(accepted.id).state == "done"


def test_reviewing(client: Any) -> None:
    ads = [{"text": f"job {i}", "id": f"reviewed-{i}", "author_id": "u", "platform": "dating"}
           for i in range(3)]  # fmt: skip
    kept = {result.id: result.ad_id for result in client.score(ads)}
    page = client.queue(platform="dating", limit=2)
    assert len(page.ads) == 2
    assert len(client.queue(platform="dating", limit=2, after=page.after).ads) == 1
    assert client.queue(platform="gaming").ads == []
    (claimed,) = client.claim("reviewer-7", platform="dating")
    (same,) = client.claim("reviewer-7", again=True, platform="dating")
    assert same.ad_id == claimed.ad_id
    assert len(client.queue(for_reviewer="reviewer-8", platform="dating").ads) == 2
    word = {"ad_id": claimed.ad_id, "kind": "lure", "reviewer": "reviewer-7"}
    other = {"external_id": "reviewed-2", "kind": "recruitment", "reviewer": "reviewer-7"}
    said = client.feedback([word, other])
    assert [one.ad_id for one in said] == [claimed.ad_id, kept["reviewed-2"]]
    assert client.erase(external_ids=["reviewed-0"]).ads == 1
    assert client.erase(author_id="u").ads == 2
    assert client.queue(platform="dating").ads == []


def test_reporting(client: Any) -> None:
    taken = client.report(what_happened="The work was another one", relation="self")
    assert taken.code
    assert taken.advice
    client.add_to_report(taken.code, real="twelve hours a day")
    client.withdraw_report(taken.code)
    client.withdraw_report(taken.code)
    with pytest.raises(Refused) as caught:
        client.withdraw_report(new_code())
    assert caught.value.type == "/problems/unknown-id"


def test_webhooks(client: Any) -> None:
    """The signed message itself: tests/e2e/test_clients.py."""
    with pytest.raises(Refused) as caught:
        client.register_webhook("ours", "ftp://127.0.0.1/hook")
    assert caught.value.type == "/problems/webhook-refused"
    with pytest.raises(Refused) as caught:
        client.submit(["Free visa"], webhook="ours")
    assert caught.value.type == "/problems/unknown-webhook"
    made = client.register_webhook("ours", "http://127.0.0.1:9/hook")
    assert made.secret.startswith("whsec_")
    assert client.register_webhook("ours", "http://127.0.0.1:9/other").secret is None
    client.remove_webhook("ours")
    with pytest.raises(Refused):
        client.remove_webhook("ours")


def test_the_model_is_named(asked: Asked) -> None:
    model = asked.client.model()
    assert model.name == asked.service.engine.name
    assert model.operating_points[0].threshold > 0


def test_a_refusal_tells_all(client: Any) -> None:
    with pytest.raises(Refused) as caught:
        client.score(["fine", {"text": SECRET, "platform": "tv", SECRET: 1}])
    problem = caught.value
    assert (problem.type, problem.status) == ("/problems/invalid-request", 422)
    assert problem.title == "The request does not fit the schema"
    assert problem.detail.startswith("/ads/1")
    assert {place["pointer"] for place in problem.errors} == {"/ads/1/platform", "/ads/1"}
    assert SECRET not in str(problem)
    with pytest.raises(Problem) as unknown:
        client.submission("sub_../../v1/model")
    assert unknown.value.status == 404
    with pytest.raises(Refused, match="unicode string") as half:
        client.score(["half a character: \ud83d"])
    assert half.value.errors[0]["pointer"] == "/ads/0/text"


# When something fails.


def test_a_key_is_sent(connect: Connect, tmp_path: Path) -> None:
    service = Service(data_dir=tmp_path, authentication="on")
    database, _ = open_store(service.settings)
    _, key = database.write_now(access.add, "tests", {access.Scope.REVIEW})
    database.close()
    with live(service.app) as address:
        assert connect(address, key).queue().ads == []
        with pytest.raises(Refused) as caught:
            connect(address).queue()
        assert caught.value.type == "/problems/unauthenticated"


def test_scoring_sends_the_key_too(connect: Connect, tmp_path: Path) -> None:
    service = Service(data_dir=tmp_path, authentication="on")
    database, _ = open_store(service.settings)
    _, key = database.write_now(access.add, "tests", {access.Scope.SCORE})
    database.close()
    with live(service.app) as address:
        client = connect(address, key)
        assert len(client.score(["Free visa"])) == 1
        assert len(list(client.score_stream(["Free visa"]))) == 1
        assert client.wait(client.submit(["Free visa"]).id).state == "done"
        stranger = connect(address)
        for ask in (
            lambda: stranger.score(["Free visa"]),
            lambda: list(stranger.score_stream(["Free visa"])),
            lambda: stranger.submit(["Free visa"]),
            lambda: stranger.submission("sub_" + "0" * 32),
        ):
            with pytest.raises(Refused) as caught:
                ask()
            assert caught.value.type == "/problems/unauthenticated"


OVERLOADED = b'{"type": "/problems/overloaded", "title": "Full", "status": 429, "limit": 5}'


PROBLEM = "application/problem+json"
AWAY = b'{"type": "/problems/store-unavailable", "title": "The database is away", "status": 503}'
MAYBE = b'{"type": "/problems/maybe-done", "title": "It may have been done", "status": 504}'

FAULTS: list[list[Any]] = [
    [answer(503)],
    [answer(502), answer(504)],
    [answer(429, OVERLOADED, content_type=PROBLEM, retry_after="0")],
    [lose_answer],
    [lose_answer, answer(503), lose_answer],
]
ASK: dict[str, Callable[[Any], Any]] = {
    "score": lambda client: client.score(["Free visa"]),
    "stream": lambda client: list(client.score_stream(["Free visa"])),
    "model": lambda client: client.model(),
    "submit": lambda client: client.submit(["Free visa"]),
    "queue": lambda client: client.queue(),
    "erase": lambda client: client.erase(author_id="u"),
    "feedback": lambda client: client.feedback(
        [{"ad": {"text": "Free visa"}, "kind": "lure", "reviewer": "reviewer-7"}]
    ),
}


@pytest.mark.parametrize("ask", ASK)
def test_what_fails_by_chance_is_asked_again(
    connect: Connect, flaky: Flaky, address: str, ask: str
) -> None:
    client = connect(address)
    for faults in FAULTS:
        flaky.faults[:] = faults
        flaky.heard.clear()
        assert ASK[ask](client)
        assert len(flaky.heard) == len(faults) + 1


@pytest.mark.parametrize(
    "fault", [answer(429, retry_after="1"), answer(503, AWAY, retry_after="1")]
)
def test_it_waits_as_long_as_it_is_asked_to(
    connect: Connect, flaky: Flaky, address: str, fault: Any
) -> None:
    flaky.faults.append(fault)
    began = time.monotonic()
    assert connect(address).model()
    assert time.monotonic() - began >= 1


def test_waiting_has_an_end_while_the_service_is_away(
    connect: Connect, flaky: Flaky, address: str
) -> None:
    flaky.faults.append(answer(503, retry_after="1"))
    with pytest.raises(Unavailable):
        connect(address).wait("sub_1", timeout_s=0.5)
    assert len(flaky.heard) == 1


def test_a_submission_whose_answer_was_lost_is_not_made_twice(
    connect: Connect, flaky: Flaky, address: str, service: Service
) -> None:
    flaky.faults.append(lose_answer)
    client = connect(address)
    accepted = client.submit(["Free visa"])
    first, second = (headers["idempotency-key"] for _, headers in flaky.heard)
    assert first == second
    begun = service.model.begun
    assert client.wait(accepted.id).state == "done"
    assert client.wait(accepted.id).id == accepted.id
    assert service.model.begun - begun <= 1
    client.submit(["Free visa"])
    assert flaky.heard[-1][1]["idempotency-key"] != first


@pytest.mark.parametrize(("ask", "path"), [
    (lambda client: client.register_webhook("twice", "http://127.0.0.1:9/"), "/v1/webhooks/twice"),
    (lambda client: client.claim("reviewer-7"), "/v1/queue/claim"),
])  # fmt: skip
def test_what_may_not_be_done_twice_is_not_sent_twice(
    connect: Connect, flaky: Flaky, address: str, ask: Callable[[Any], Any], path: str
) -> None:
    """Nor is it told as if it had not been done."""
    client = connect(address)
    flaky.faults += [answer(503, AWAY, content_type=PROBLEM), lose_answer]
    with pytest.raises(MaybeDone) as caught:
        ask(client)
    assert isinstance(caught.value, Unreachable)
    for status in (500, 502, 503, 504):  # a proxy's, which may have handed it on
        flaky.faults.append(answer(status))
        with pytest.raises(MaybeDone, match=f"^HTTP status {status}$") as caught:
            ask(client)
        assert isinstance(caught.value, Unavailable)
    flaky.faults.append(answer(504, MAYBE, content_type=PROBLEM))
    with pytest.raises(MaybeDone, match="It may have been done"):
        ask(client)
    assert [heard for heard, _ in flaky.heard] == [path] * 7


def test_what_was_surely_not_done_is_told_as_that(
    connect: Connect, flaky: Flaky, address: str
) -> None:
    flaky.faults.append(answer(503, AWAY, content_type=PROBLEM))
    with pytest.raises(Unavailable) as refused:
        connect(address, retries=0).claim("reviewer-7")
    with pytest.raises(Unreachable) as unheard:
        connect(f"http://127.0.0.1:{free_port()}", retries=1).claim("reviewer-7")
    assert not isinstance(refused.value, MaybeDone)
    assert not isinstance(unheard.value, MaybeDone)


def test_an_answer_that_is_late_may_have_been_one(
    connect: Connect, flaky: Flaky, address: str
) -> None:
    flaky.faults.append(never_answer)
    with pytest.raises(MaybeDone, match="no answer: ReadTimeout; it may have been done"):
        connect(address, timeout_s=0.5).claim("reviewer-7")
    assert len(flaky.heard) == 1


def test_ads_asked_for_again_are_asked_for_until_they_come(
    connect: Connect, flaky: Flaky, address: str
) -> None:
    client = connect(address)
    client.score([{"text": "job", "id": "again-1", "platform": "gaming"}])
    flaky.faults.append(lose_answer)
    with pytest.raises(MaybeDone):
        client.claim("reviewer-9", platform="gaming")
    flaky.faults.append(lose_answer)
    (held,) = client.claim("reviewer-9", again=True, platform="gaming")
    assert client.queue(for_reviewer="reviewer-8", platform="gaming").ads == []
    assert client.erase(ad_ids=[held.ad_id]).ads == 1


def test_a_report_whose_answer_was_lost_is_one_with_one_code(
    connect: Connect, flaky: Flaky, address: str, service: Service
) -> None:
    """It was taken, added to and withdrawn; then nobody heard of it."""
    client = connect(address)
    losses = [lose_answer, answer(504, MAYBE, content_type=PROBLEM), answer(503)]
    before = kept(service)
    flaky.faults += losses
    taken = client.report(what_happened="something")
    keys = {headers["idempotency-key"] for _, headers in flaky.heard}
    assert len(flaky.heard) == len(losses) + 1
    assert len(keys) == 1
    flaky.faults += losses
    client.add_to_report(taken.code, real="twelve hours a day")
    assert kept(service) == (before[0] + 1, before[1] + 2)
    flaky.faults += losses
    client.withdraw_report(taken.code)
    assert kept(service) == before


def kept(service: Service) -> tuple[int, int]:
    """Reports, and their parts."""
    database = service.app.state.runtime().database
    found: tuple[int, int] = database.read_now(
        lambda session: tuple(
            session.scalar(select(func.count()).select_from(table))
            for table in (Report, ReportPart)
        )
    )
    return found


def test_a_stream_that_breaks_off_goes_on_where_it_was(
    connect: Connect, flaky: Flaky, address: str
) -> None:
    flaky.faults += [break_after(10), break_after(0), break_after(20), answer(503)]
    ads = [{"text": f"job {i}", "id": str(i)} for i in range(100)]
    ads[30] = {"text": ""}
    found = list(connect(address, retries=2).score_stream(ads, at_once=50))
    wrong = found.pop(30)
    assert wrong.line == 31
    assert [result.id for result in found] == [ad["id"] for ad in ads if "id" in ad]
    assert len(flaky.heard) == 2 + 4


def test_a_stream_without_progress_ends(connect: Connect, flaky: Flaky, address: str) -> None:
    flaky.faults += [break_after(1), *[break_after(0)] * 2]
    results = connect(address, retries=2).score_stream(["one", "two"])
    assert next(results).decision
    with pytest.raises(Unreachable, match="no answer: RemoteProtocolError"):
        next(results)
    assert len(flaky.heard) == 1 + 2


def test_a_stream_that_the_service_closes_is_taken_up_again(
    connect: Connect, flaky: Flaky, address: str
) -> None:
    flaky.faults.append(answer(200, b'{"closed": "nothing came for 60 s"}\n'))
    assert [result.id for result in connect(address).score_stream([{"text": "a", "id": "1"}])] == [
        "1"
    ]
    assert len(flaky.heard) == 2


def test_too_much_is_told_with_its_facts(connect: Connect, flaky: Flaky, address: str) -> None:
    """A pause that is longer than all patience is not begun."""
    told = {"content_type": "application/problem+json", "retry_after": "3600"}
    flaky.faults.append(answer(429, OVERLOADED, **told))
    with pytest.raises(Unavailable, match="Full") as caught:
        connect(address, patience_s=5).score(["Free visa"])
    assert caught.value.type == "/problems/overloaded"
    assert caught.value.facts["limit"] == 5
    assert len(flaky.heard) == 1


@pytest.mark.parametrize("status", [500, 502])
def test_an_error_of_another_is_told_by_its_status(
    connect: Connect, flaky: Flaky, address: str, status: int
) -> None:
    flaky.faults.append(answer(status, SECRET.encode(), content_type="application/problem+json"))
    with pytest.raises(Unavailable, match=f"^HTTP status {status}$") as caught:
        connect(address, retries=0).model()
    assert (caught.value.type, caught.value.status) == ("about:blank", status)


@pytest.mark.parametrize("fault", [
    answer(200, f'{{"results": "{SECRET}"}}'.encode()),
    answer(200, SECRET.encode()),
    answer(200, b'{"results": []}'),
    answer(200, b'{"score": 1}\n'),
    answer(200, (b'{"line": 1, "error": ""}\n') * 2),
])  # fmt: skip
def test_what_is_no_answer_of_the_service_is_told(
    connect: Connect, flaky: Flaky, address: str, fault: Any
) -> None:
    client = connect(address)
    for ask in (client.score, lambda ads: list(client.score_stream(ads))):
        flaky.faults = [fault]
        with pytest.raises(Unreadable, match=r"base address|0 results") as caught:
            ask(["Free visa"])
        assert SECRET not in str(caught.value)


def test_a_redirect_is_not_followed(connect: Connect, flaky: Flaky, address: str) -> None:
    """The key and the ads are for the address that was given."""
    for ask in (lambda c: c.score(["Free visa"]), lambda c: list(c.score_stream(["Free visa"]))):
        flaky.faults = [answer(307, location="https://example.com/")]
        with pytest.raises(Refused, match="HTTP status 307"):
            ask(connect(address))


class Closing(BaseHTTPRequestHandler):
    """Closes the first connections without a word."""

    words = 0

    def do_GET(self) -> None:
        Closing.words += 1
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_nobody_there(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ThreadingHTTPServer(("127.0.0.1", 0), Closing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        Closing.words = 0
        with pytest.raises(Unreachable, match="no answer: RemoteProtocolError"):
            connect(address, retries=2).model()
        assert Closing.words == 3
        server.shutdown()
        thread.join()
    with pytest.raises(Unreachable, match="no answer: ConnectError"):
        connect(address, retries=1).score([SECRET])
    with pytest.raises(Unreachable, match="no answer: ConnectError"):
        list(connect(address, retries=1).score_stream([SECRET]))
    assert "asking again after ConnectError" in caplog.text
    assert SECRET not in caplog.text


def test_no_answer_in_time(connect: Connect, service: Service, address: str) -> None:
    service.model.gate.clear()
    client = connect(address, timeout_s=0.2, retries=0)
    with pytest.raises(Unreachable, match="no answer: ReadTimeout"):
        client.score(["Free visa"])
    service.model.gate.set()
    until(lambda: service.scorer._waiting == 0)


@pytest.mark.parametrize("address", [
    "", "service", "ftp://service", "http://", "http://localhost:port", "http://[::1", "http://\0",
])  # fmt: skip
def test_an_address_that_is_none(connect: Connect, address: str) -> None:
    with pytest.raises(ValueError, match="give an address such as"):
        connect(address)


@pytest.mark.parametrize("key", ["lw_\u00e9", "lw_one\nlw_two", "lw_one two"])
def test_a_key_that_is_none(connect: Connect, address: str, key: str) -> None:
    """Nothing of it is told, and nothing tried that cannot be sent."""
    with pytest.raises(ValueError, match="key: give it as") as caught:
        connect(address, key)
    assert key not in str(caught.value)


def test_a_key_out_of_a_file_may_end_in_a_line_feed(connect: Connect, address: str) -> None:
    for key in ("lw_abc\n", "\n", ""):
        assert connect(address, key, retries=0).model()


def test_both_are_closed_by_with(address: str) -> None:
    with Client(address) as waiting:
        assert waiting.model()
    with pytest.raises(RuntimeError, match="closed"):
        waiting.model()

    async def work() -> None:
        async with AsyncClient(address) as awaiting:
            assert await awaiting.model()

            async def ads() -> Any:
                for text in ("one", "two"):
                    yield text

            results = [one async for one in awaiting.score_stream(ads(), at_once=1)]
            assert len(results) == 2
        with pytest.raises(RuntimeError, match="closed"):
            await awaiting.model()

    asyncio.run(work())


# When it asks again.


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_pauses_grow_to_a_limit() -> None:
    patience = Patience(12, 1000, draw=lambda low, high: high, clock=Clock())
    attempts = Attempts(patience)
    assert [attempts.pause() for _ in range(13)] == [
        0.25, 0.5, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20, None,
    ]  # fmt: skip


def test_pauses_are_drawn_from_nothing_on() -> None:
    attempts = Attempts(Patience(3, 1000, draw=lambda low, high: low, clock=Clock()))
    assert [attempts.pause(), attempts.pause(7), attempts.pause()] == [0, 7, 0]


def test_no_attempt_begins_after_all_patience() -> None:
    clock = Clock()
    attempts = Attempts(Patience(99, 10, draw=lambda low, high: 0, clock=clock))
    assert attempts.pause(10) == 10
    clock.now = 8
    assert attempts.pause(3) is None
    assert attempts.pause(2) == 2


@pytest.mark.parametrize(("header", "seconds"), [
    (None, None), ("7", 7), (" 0 ", 0), ("soon", None), ("-1", None), ("²", None),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
    (f"Wed, 21 Oct {'9' * 20} 07:28:00 GMT", None),
    (f"Wed, 21 Oct 2015 07:28:00 +{'9' * 20}", None),
])  # fmt: skip
def test_when_to_come_back(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header) == seconds
    assert (seconds_of("Wed, 21 Oct 2150 07:28:00 GMT") or 0) > 10**9


# What it knows of the service.

PAIRS = [
    (schemas.ScoreResponse, answers.ScoreResponse),
    (schemas.LineError, LineError),
    (schemas.ModelCard, answers.Model),
    (submissions.AcceptedOut, answers.Accepted),
    (submissions.SubmissionOut, answers.Submission),
    (reviewing.FeedbackResponse, answers.FeedbackResponse),
    (reviewing.QueuePage, answers.QueuePage),
    (reviewing.ClaimResponse, answers.ClaimResponse),
    (reviewing.Erased, answers.Erased),
    (reports.Taken, answers.Taken),
    (webhooks.WebhookRegistered, answers.Webhook),
]


def form(shape: type[BaseModel]) -> Any:
    """A shape's fields and theirs, whatever they are called: names, kinds, what must be there."""
    whole = shape.model_json_schema(mode="serialization")
    defined = whole.get("$defs", {})

    def of(schema: Any) -> Any:
        if "$ref" in schema:
            return of(defined[schema["$ref"].rpartition("/")[2]])
        if "anyOf" in schema:
            return ["any", *sorted((of(one) for one in schema["anyOf"]), key=repr)]
        if "properties" in schema:
            return {name: of(one) for name, one in sorted(schema["properties"].items())}
        if schema["type"] == "array":
            return ["array", of(schema["items"])]
        if schema["type"] == "object":
            return ["object", of(schema["additionalProperties"])]
        return schema["type"]

    return of(whole)


@pytest.mark.parametrize(("theirs", "ours"), PAIRS)
def test_answers_have_the_fields_of_the_service(
    theirs: type[BaseModel], ours: type[BaseModel]
) -> None:
    assert form(theirs) == form(ours)


def test_a_newer_service_is_understood() -> None:
    line = {"line": 3, "error": "x", "pointer": "/text"}
    assert LineError.model_validate(line).model_dump() == line
    kept = {"id": "w", "ad_id": None, "queue": "escalated", "since": {"day": 1}}
    assert answers.WordKept.model_validate(kept).model_dump() == kept


def test_it_knows_the_limits_of_the_service() -> None:
    assert Settings.model_fields["max_request_ads"].default == MAX_ADS
    assert Settings.model_fields["max_request_chars"].default == MAX_CHARS
    ads: list[dict[str, Any]] = [
        {"text": "x"},
        {"text": "x" * 300, "title": "y" * 20},
        {"text": "x", "thread": ["y" * 20_000, {"text": "z", "role": "own"}]},
        {"text": "x" * 60, "thread": ["y" * 20, {"text": "z" * 30, "role": "own"}]},
    ]
    for ad in ads:
        assert cost(ad) == scorer.cost(schemas.AdIn.model_validate(ad).ad())
    assert cost({"text": 7, "thread": [None]}) == cost({}), "for the service to refuse"


def test_it_loads_nothing_of_the_service() -> None:
    heavy = (
        "import sys, service.client\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}\n"
        "      & {'numpy', 'onnxruntime', 'sqlalchemy', 'fastapi', 'tokenizers', 'models',\n"
        "         'starlette', 'uvicorn', 'orjson', 'phonenumbers'}),\n"
        "      *sorted(name for name in sys.modules if name.startswith('service.')\n"
        "              and not name.startswith('service.client')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", heavy], cwd=Path(__file__).parents[2], capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == ""
