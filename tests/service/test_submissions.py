"""Submissions, the same promises on SQLite and on PostgreSQL: accepted means never lost, and
answered once."""

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.inference import Logits
from models.rendering import Rendered
from service.api.examples import SUBMISSION_REQUESTS
from service.app import create_app
from service.engine import Answer, Engine
from service.errors import KeyReused, Overloaded, StoreUnavailable
from service.problems import MEDIA_TYPE
from service.review.erasure import GONE, Whose, erase
from service.review.keeping import keep
from service.runtime import Runtime
from service.scoring.scorer import Scorer
from service.settings import Settings
from service.store import Database, Vault
from service.store.base import new_id, now
from service.store.tables import Delivery, StoredAd, Submission
from service.submissions.finish import finish
from service.submissions.intake import Accepted, accept, accept_event, brought
from service.submissions.leases import claim, give_back, renew, within
from service.submissions.request import Arrival, EventArrival, arrival, event_arrival
from service.submissions.scoring import parts
from service.submissions.shapes import SubmissionOut, SubmissionRequest
from service.submissions.worker import Pace, Worker
from service.webhooks import registry
from tests.live import WAIT_S, StubModel, stub_engine, until

SECRET = "xylophone-Жираф-秘密"
"""Stands in texts, and must stand nowhere else."""

POISON = "poison"
QUICK = Pace(poll_s=0.02, defect_pause_s=0, grace_s=0.1)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Model(StubModel):
    """Also fails at some texts."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = 0

    def logits(self, rendered: Rendered) -> Logits:
        if POISON in rendered.text:
            self.failed += 1
            raise RuntimeError(rendered.text)
        return super().logits(rendered)


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    yield made
    made.gate.set()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database=database_url, secret_key="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                    workers=2, max_pending_submissions=3)  # fmt: skip


@pytest.fixture
def engine(settings: Settings, model: Model) -> Iterator[Engine]:
    made = stub_engine(settings, model)
    yield made
    model.gate.set()
    made.scorer.close()


@pytest.fixture
def runtime(settings: Settings, engine: Engine, database: Database, vault: Vault) -> Runtime:
    """Without its jobs: what waits, waits."""
    return Runtime(settings, engine, database, vault)


@pytest.fixture
def served(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    """The whole service, its worker included."""
    with TestClient(create_app(settings, start=lambda _: engine)) as client:
        yield client
        engine.scorer._model.gate.set()  # type: ignore[attr-defined]


def ask(*texts: str, **more: Any) -> dict[str, Any]:
    return {"ads": [{"id": str(i), "text": text} for i, text in enumerate(texts)], **more}


def arrived(vault: Vault, *texts: str, key: str | None = None, **more: Any) -> Arrival:
    given = SubmissionRequest.model_validate(ask(*texts, **more))
    return arrival(vault, given, [one.ad() for one in given.ads], "en", key)


def hand_over(runtime: Runtime, *texts: str, **more: Any) -> str:
    """A submission straight into the database; gives its id."""
    arrival = arrived(runtime.vault, *texts, **more)
    return runtime.database.write_now(accept, arrival, 1000).id


def row(database: Database, id: str) -> Submission:
    return database.read_now(lambda session: session.get_one(Submission, id))


def count(database: Database, table: type[Any]) -> int:
    query = select(func.count()).select_from(table)
    return database.read_now(lambda session: session.scalar(query)) or 0


def finished(client: TestClient, href: str) -> dict[str, Any]:
    """Its final answer."""
    until(lambda: client.get(href).json()["state"] != "queued")
    found = client.get(href)
    assert "retry-after" not in found.headers
    SubmissionOut.model_validate_json(found.content)
    answer: dict[str, Any] = found.json()
    return answer


@asynccontextmanager
async def at_work(*workers: Worker) -> Any:
    """They work until the block ends."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(one.run(stop)) for one in workers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def eventually(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.01)


def work_until(true: Callable[[], bool], *workers: Worker) -> None:
    async def working() -> None:
        async with at_work(*workers):
            await eventually(true)

    asyncio.run(working())


# --- acceptance


def test_a_submission_is_accepted_scored_and_read(served: TestClient, model: Model) -> None:
    model.gate.clear()
    answer = served.post("/v1/submissions", json=ask("One job", "Another"))
    assert answer.status_code == 202
    accepted = answer.json()
    assert list(accepted) == ["id", "state", "created_at", "ads", "href"]
    assert (accepted["state"], accepted["ads"]) == ("queued", 2)
    assert answer.headers["location"] == accepted["href"] == f"/v1/submissions/{accepted['id']}"

    waiting = served.get(accepted["href"])
    assert waiting.headers["retry-after"] == "1"
    SubmissionOut.model_validate_json(waiting.content)
    assert waiting.json() == {
        "id": accepted["id"], "state": "queued", "created_at": accepted["created_at"],
        "finished_at": None, "ads": 2, "results": None, "webhook": None,
    }  # fmt: skip

    model.gate.set()
    found = finished(served, accepted["href"])
    assert found["state"] == "done"
    assert found["finished_at"] > found["created_at"]
    scored = served.post("/v1/score", json=ask("One job", "Another")).json()["results"]
    assert [{**one, "ad_id": None} for one in found["results"]] == scored
    assert all(one["ad_id"].startswith("ad_") for one in found["results"])


@pytest.mark.parametrize("name", SUBMISSION_REQUESTS)
def test_an_example_request_is_answered(served: TestClient, name: str) -> None:
    answer = served.post("/v1/submissions", json=SUBMISSION_REQUESTS[name]["value"])
    assert answer.status_code == 202
    assert finished(served, answer.json()["href"])["state"] == "done"


def test_what_scoring_refuses_is_refused(served: TestClient, database: Database) -> None:
    for body, kind in (
        ({"ads": []}, "empty-batch"),
        (ask("a", " "), "empty-ad"),
        (ask("a", colour="red"), "invalid-request"),
        (ask("a", webhook="No Name"), "invalid-request"),
        (ask("a", webhook="nobody"), "unknown-webhook"),
    ):
        answer = served.post("/v1/submissions", json=body)
        assert answer.status_code == 422
        assert answer.json()["type"] == f"/problems/{kind}"
    assert count(database, Submission) == 0


def test_sentences_come_in_the_language_asked_for(served: TestClient) -> None:
    href = served.post(
        "/v1/submissions", json=ask("A job"), headers={"Accept-Language": "th"}
    ).json()["href"]  # fmt: skip
    assert finished(served, href)["results"][0]["indicators"][0]["language"] == "th"
    href = served.post("/v1/submissions", json=ask("A job", answer_language="sw")).json()["href"]
    assert finished(served, href)["results"][0]["indicators"][0]["language"] == "sw"


def test_the_same_key_and_body_give_the_same_answer(
    served: TestClient, database: Database, vault: Vault
) -> None:
    key = {"Idempotency-Key": SECRET[:9], "Content-Type": "application/json"}
    first = served.post("/v1/submissions", content=b'{"ads": [{"text": "a", "id": "1"}]}',
                        headers=key)  # fmt: skip
    again = served.post("/v1/submissions", content=b'{"ads":[{"id":"1", "text":"\\u0061"}]}',
                        headers=key)  # fmt: skip
    finished(served, first.json()["href"])
    later = served.post("/v1/submissions", json=ask("a") | {"ads": [{"id": "1", "text": "a"}]},
                        headers=key)  # fmt: skip
    assert first.content == again.content == later.content
    assert first.headers["location"] == later.headers["location"]
    other = served.post("/v1/submissions", json=ask("b"), headers=key)
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert count(database, Submission) == 1
    kept = row(database, first.json()["id"])
    assert kept.idempotency_key == vault.hashed("idempotency-key", SECRET[:9])


def test_a_key_that_is_none_is_refused(served: TestClient) -> None:
    reason = "give 1 to 200 visible ASCII characters, such as a UUID"
    for key in ("", "a" * 201, "two words", "caf\xe9", "tab\t"):
        answer = served.post(
            "/v1/submissions", json=ask("a"), headers={b"Idempotency-Key": key.encode("latin-1")}
        )
        assert (answer.status_code, answer.headers["content-type"]) == (422, MEDIA_TYPE)
        assert answer.json()["errors"] == [{"pointer": "Idempotency-Key", "detail": reason}]


def test_requests_that_race_with_one_key_are_one(database: Database, vault: Vault) -> None:
    """Eight at once, each in a transaction of its own; half of them with another body."""
    start = threading.Barrier(8)
    found: list[Accepted] = []
    refused: list[KeyReused] = []
    bodies = [arrived(vault, text, key="k") for text in ("one", "other")]

    def hand_in(number: int) -> None:
        start.wait()
        try:
            found.append(database.write_now(accept, bodies[number % 2], 1000))
        except KeyReused as error:
            refused.append(error)

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(refused) == 4
    assert len({one.id for one in found}) == 1
    assert count(database, Submission) == 1


def test_a_race_that_is_lost_late_gives_what_the_winner_got(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The winner commits after the loser looked and before it writes."""
    from service.submissions import intake

    winner = database.write_now(accept, arrived(vault, "one", key="k"), 1000)
    looked: list[Arrival] = []
    real = intake.earlier

    def too_early(session: Session, given: Arrival) -> Accepted | None:
        looked.append(given)
        return None if len(looked) == 1 else real(session, given)

    monkeypatch.setattr(intake, "earlier", too_early)
    assert database.write_now(accept, arrived(vault, "one", key="k"), 1000) == winner
    looked.clear()
    with pytest.raises(KeyReused):
        database.write_now(accept, arrived(vault, "other", key="k"), 1000)
    assert count(database, Submission) == 1


def event(vault: Vault, body: bytes, *texts: str) -> EventArrival:
    """A platform's, with a part for each text."""
    given = [SubmissionRequest.model_validate(ask(text)) for text in texts]
    pairs = [(one, [ad.ad() for ad in one.ads]) for one in given]
    return event_arrival(vault, "mastodon", body, pairs, "en")


def test_an_event_is_queued_once_whatever_its_parts(database: Database, vault: Vault) -> None:
    first = database.write_now(accept_event, event(vault, b"body", "a", "b", "c"), 1000)
    again = database.write_now(accept_event, event(vault, b"body", "another"), 1000)
    assert again == first
    assert [one.again for one in (*first, *again)] == [False] * 3 + [True] * 3
    other = database.write_now(accept_event, event(vault, b"other", "a", "b", "c"), 1000)
    assert {one.id for one in other}.isdisjoint(one.id for one in first)
    assert count(database, Submission) == 6


def test_an_event_that_cannot_be_queued_whole_is_not_queued(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write_now(accept, arrived(vault, "one"), 1000)
    given = event(vault, b"body", "a", "b", "c")
    with pytest.raises(Overloaded):
        database.write_now(accept_event, given, 1)
    with monkeypatch.context() as patch:
        ids = iter([new_id("sub"), new_id("sub")])
        patch.setattr("service.submissions.intake.new_id", lambda kind: next(ids))
        with pytest.raises(StopIteration):  # there is no third
            database.write_now(accept_event, given, 1000)
    assert count(database, Submission) == 1
    assert len(database.write_now(accept_event, given, 2)) == 3, "asked of the first alone"


def test_an_event_that_comes_twice_at_once_is_queued_once(database: Database, vault: Vault) -> None:
    start = threading.Barrier(6)
    found: list[list[Accepted]] = []

    def hand_in() -> None:
        given = event(vault, b"body", "a", "b", "c")
        start.wait()
        found.append(database.write_now(accept_event, given, 1000))

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(one == found[0] for one in found)
    assert count(database, Submission) == 3


def test_parts_of_an_event_are_looked_for_at_one_moment(database: Database, vault: Vault) -> None:
    """One after the other, an event that another process queues meanwhile is seen in part, taken
    for one of which the rest has expired, and queued twice."""
    asked: list[str] = []

    def told(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if "FROM submissions" in statement:
            asked.append(statement)

    sqlalchemy.event.listen(database.engine, "before_cursor_execute", told)
    assert database.write_now(brought, event(vault, b"body", "a", "b", "c")) == []
    sqlalchemy.event.remove(database.engine, "before_cursor_execute", told)
    assert len(asked) == 1


def test_an_event_whose_results_are_gone_is_scored_anew(database: Database, vault: Vault) -> None:
    given = event(vault, b"body", "a", "b")
    first = database.write_now(accept_event, given, 1000)
    expire = update(Submission).values(expires_at=now())
    database.write_now(lambda session: session.execute(expire))
    later = database.write_now(accept_event, given, 1000)
    assert {one.id for one in later}.isdisjoint(one.id for one in first)


@pytest.mark.parametrize("gone", [0, 1, 2])
@pytest.mark.parametrize("texts", ["abc", "ab", "abcd"])
def test_an_event_a_part_of_which_is_gone_is_scored_anew(
    database: Database, vault: Vault, gone: int, texts: str
) -> None:
    first = database.write_now(accept_event, event(vault, b"body", "a", "b", "c"), 1000)
    expire = update(Submission).where(Submission.id == first[gone].id).values(expires_at=now())
    database.write_now(lambda session: session.execute(expire))
    given = event(vault, b"body", *texts)  # cut into other parts, where limits are others now
    later = database.write_now(accept_event, given, 1000)
    assert len(later) == len(texts)
    assert not any(one.again for one in later)
    assert {one.id for one in later}.isdisjoint(one.id for one in first)
    known = database.write_now(accept_event, event(vault, b"body", "a"), 1000)
    assert [one.id for one in known] == [one.id for one in later]


def test_parts_are_filled_up_to_either_bound() -> None:
    ads = SubmissionRequest.model_validate(ask("x" * 100, "x" * 100, "x", "x", "x", "x")).ads
    assert [len(part) for part in parts(ads, 200, 3)] == [2, 3, 1]
    assert [len(part) for part in parts(ads, 10, 3)] == [1] * 6
    assert [len(part) for part in parts(ads, 250)] == [3, 3]


def test_too_many_that_wait_are_refused(served: TestClient, model: Model) -> None:
    model.gate.clear()
    keys = [{"Idempotency-Key": f"k{i}"} for i in range(4)]
    hrefs = [
        served.post("/v1/submissions", json=ask("a"), headers=key).json()["href"]
        for key in keys[:3]
    ]
    full = served.post("/v1/submissions", json=ask("a"), headers=keys[3])
    assert full.status_code == 429
    assert full.headers["retry-after"] == "5"
    assert full.json()["type"] == "/problems/overloaded"
    assert (full.json()["limit"], full.json()["unit"]) == (3, "submissions")
    known = served.post("/v1/submissions", json=ask("a"), headers=keys[0])
    assert known.json()["href"] == hrefs[0]
    model.gate.set()
    for href in hrefs:
        finished(served, href)
    assert served.post("/v1/submissions", json=ask("a"), headers=keys[3]).status_code == 202


def test_an_id_that_names_nothing_is_told(served: TestClient, database: Database) -> None:
    key = {"Idempotency-Key": "k"}
    first = served.post("/v1/submissions", json=ask("a"), headers=key).json()
    finished(served, first["href"])
    expire = update(Submission).values(expires_at=now())
    database.write_now(lambda session: session.execute(expire))
    for id in (first["id"], "sub_" + "0" * 32, "sub_%00", "x"):
        answer = served.get(f"/v1/submissions/{id}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/unknown-id"
    fresh = served.post("/v1/submissions", json=ask("b"), headers=key)
    assert fresh.status_code == 202  # an expired submission gives up its key
    assert fresh.json()["id"] != first["id"]


# --- leases


def claimed(
    database: Database, owner: str, at_s: float, lease_s: float = 60, held: tuple[str, ...] = (),
    chars: int = 10_000, most: int = 64,
) -> list[str]:  # fmt: skip
    moment = NOON + timedelta(seconds=at_s)
    until = moment + timedelta(seconds=lease_s)
    found = database.write_now(claim, owner, moment, until, held, chars, most)
    return [one.id for one in found]


def test_a_lease_keeps_others_away_until_it_runs_out(runtime: Runtime) -> None:
    database, id = runtime.database, hand_over(runtime, "a")
    assert claimed(database, "ana", 0) == [id]
    assert claimed(database, "ben", 59) == []
    database.write_now(renew, "ana", [id], NOON + timedelta(seconds=90))
    assert claimed(database, "ben", 61) == []
    assert claimed(database, "ana", 91, held=(id,)) == []  # she has it in hand
    assert claimed(database, "ben", 91) == [id]
    assert row(database, id).attempts == 2
    database.write_now(renew, "ana", [id], NOON + timedelta(days=1))  # too late
    database.write_now(give_back, "ana", [id])
    assert row(database, id).lease_owner == "ben"
    database.write_now(give_back, "ben", [id], NOON + timedelta(seconds=100))
    assert claimed(database, "ana", 99) == []
    assert claimed(database, "ana", 100) == [id]


def test_the_oldest_are_taken_first_and_no_more_than_asked(runtime: Runtime) -> None:
    ids = [hand_over(runtime, "a" * 100) for _ in range(5)]
    assert claimed(runtime.database, "ana", 0, chars=150) == ids[:2]
    assert claimed(runtime.database, "ana", 0, chars=0) == []
    assert claimed(runtime.database, "ben", 0, most=2) == ids[2:4]
    assert within([("a", 500), ("b", 1)], 10) == ["a"]  # one larger than any bound is taken


def test_claims_at_once_share_and_never_overlap(runtime: Runtime) -> None:
    ids = {hand_over(runtime, "a") for _ in range(40)}
    start = threading.Barrier(4)
    taken: list[str] = []

    def take(owner: str) -> None:
        start.wait()
        while found := claimed(runtime.database, owner, 0, most=3):
            taken.extend(found)

    threads = [threading.Thread(target=take, args=(name,)) for name in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = claimed(runtime.database, "e", 0)  # what all had passed over while others looked at it
    assert len(taken + left) == 40
    assert set(taken + left) == ids


def test_a_worker_that_is_late_changes_nothing(runtime: Runtime) -> None:
    """Its lease ran out, and another took the submission, before or after finishing."""
    database, vault = runtime.database, runtime.vault
    id = hand_over(runtime, "a")
    claimed(database, "ana", 0)
    claimed(database, "ben", 61)
    done = (vault, runtime.settings)
    assert database.write_now(finish, *done, "ana", id, [], False) is None
    assert row(database, id).state == "queued"
    assert database.write_now(finish, *done, "ben", id, [], False) == "failed"
    first = row(database, id)
    for owner in ("ana", "ben"):
        assert database.write_now(finish, *done, owner, id, [], False) is None
    later = row(database, id)
    assert (later.results, later.finished_at) == (first.results, first.finished_at)


# --- the worker


def test_what_a_dead_worker_held_is_done_by_another(runtime: Runtime) -> None:
    id = hand_over(runtime, "a")
    assert claimed(runtime.database, "dead", 0, lease_s=0.01) == [id]
    worker = Worker(lambda: runtime, QUICK)
    work_until(lambda: row(runtime.database, id).state == "done", worker)
    kept = row(runtime.database, id)
    assert (kept.request, kept.lease_owner, kept.attempts) == (None, None, 2)
    assert kept.finished_at is not None
    assert kept.expires_at == kept.finished_at + timedelta(hours=72)


def test_a_worker_holds_on_while_it_works(runtime: Runtime, model: Model) -> None:
    model.gate.clear()
    short = replace(runtime, settings=runtime.settings.model_copy(update={"lease_s": 1}))
    id = hand_over(runtime, "a")
    owner, seen = Worker(lambda: short, QUICK), set()

    def renewed() -> bool:
        seen.add(row(runtime.database, id).lease_until)
        return len(seen) > 3

    async def working() -> None:
        async with at_work(owner):
            await eventually(renewed)
            assert row(runtime.database, id).lease_owner == owner.id
            model.gate.set()
            await eventually(lambda: row(runtime.database, id).state == "done")

    asyncio.run(working())
    assert row(runtime.database, id).attempts == 1


def test_an_answer_that_was_begun_before_an_ad_was_erased_is_not_given(
    runtime: Runtime, model: Model
) -> None:
    id = hand_over(runtime, "a", "b")
    whose = Whose(external_ids=("0",))

    async def run() -> None:
        async with at_work(Worker(lambda: runtime, QUICK)):
            await eventually(lambda: model.begun > 0)
            erased = await erase(runtime.database, runtime.vault, whose)
            assert (erased["ads"], erased["submissions"]) == (1, 1)
            model.gate.set()
            await eventually(lambda: row(runtime.database, id).state == "done")

    model.gate.clear()
    asyncio.run(run())
    results = orjson.loads(runtime.vault.unseal_bytes(row(runtime.database, id).results or b""))
    assert results[0] == GONE
    assert results[1]["id"] == "1"
    assert count(runtime.database, StoredAd) == 1


def test_workers_of_two_processes_share(
    settings: Settings, runtime: Runtime, model: Model, database_url: str
) -> None:
    """Each with a database of its own; so much waits that neither may hold it all."""
    ids = [hand_over(runtime, *["a" * 4000] * 2) for _ in range(4)]
    model.gate.clear()
    other_engine = stub_engine(settings, model)
    other = Runtime(settings, other_engine, Database(database_url), runtime.vault)
    workers = Worker(lambda: runtime, QUICK), Worker(lambda: other, QUICK)

    def owners() -> set[str | None]:
        query = select(Submission.lease_owner).distinct()
        return set(runtime.database.read_now(lambda session: session.scalars(query).all()))

    async def working() -> None:
        async with at_work(*workers):
            await eventually(lambda: owners() >= {one.id for one in workers})
            model.gate.set()
            await eventually(lambda: all(row(runtime.database, i).state == "done" for i in ids))

    asyncio.run(working())
    other_engine.scorer.close()
    other.database.close()
    assert [row(runtime.database, id).attempts for id in ids] == [1] * 4
    assert model.begun == count(runtime.database, StoredAd) == 8


def test_a_worker_that_stops_gives_back_what_it_could_not_finish(
    runtime: Runtime, model: Model
) -> None:
    model.gate.clear()
    id = hand_over(runtime, "a")
    work_until(
        lambda: row(runtime.database, id).lease_owner is not None, Worker(lambda: runtime, QUICK)
    )
    kept = row(runtime.database, id)
    assert (kept.state, kept.lease_owner, kept.lease_until) == ("queued", None, None)
    model.gate.set()
    work_until(lambda: row(runtime.database, id).state == "done", Worker(lambda: runtime, QUICK))


def test_a_poisonous_ad_takes_no_other_with_it(runtime: Runtime, model: Model) -> None:
    id = hand_over(runtime, "a", POISON, "b")
    alone = hand_over(runtime, POISON)
    work_until(
        lambda: all(row(runtime.database, i).state != "queued" for i in (id, alone)),
        Worker(lambda: runtime, QUICK),
    )
    kept = row(runtime.database, id)
    assert (kept.state, kept.attempts, kept.request) == ("done", 4, None)
    results = orjson.loads(runtime.vault.unseal_bytes(kept.results or b""))
    assert [one["id"] for one in results] == ["0", "1", "2"]
    assert results[1] == {"id": "1", "error": "internal"}
    assert results[0]["ad_id"] != results[2]["ad_id"]
    failed = row(runtime.database, alone)
    assert failed.state == "failed"
    assert runtime.vault.unseal_bytes(failed.results or b"") == b'[{"id":"0","error":"internal"}]'
    assert model.failed == 8
    assert count(runtime.database, StoredAd) == 2


def test_an_ad_that_cannot_be_kept_is_answered_all_the_same(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep_most(*given: Any, **named: Any) -> Any:
        if any(one.given.text == "odd" for one in given[3]):
            raise ValueError("no row can be made of it")
        return keep(*given, **named)

    monkeypatch.setattr("service.submissions.finish.keep", keep_most)
    id = hand_over(runtime, "odd", "even")
    work_until(lambda: row(runtime.database, id).state == "done", Worker(lambda: runtime, QUICK))
    results = orjson.loads(runtime.vault.unseal_bytes(row(runtime.database, id).results or b""))
    assert [one["ad_id"] is None for one in results] == [True, False]
    assert [one["score"] > 0.5 for one in results] == [True, True]


def test_a_full_scorer_and_a_database_that_is_away_are_waited_for(runtime: Runtime) -> None:
    waited: list[str] = []

    class FullAtFirst(Engine):
        __slots__ = ()

        async def answer(self, *given: Any, **named: Any) -> list[Answer]:
            if "full" not in waited:
                waited.append("full")
                raise Overloaded(1, 0)
            return await super().answer(*given, **named)

    class AwayAtFirst(Database):
        def write(self, work: Any, *given: Any, **named: Any) -> Awaitable[Any]:  # type: ignore[override]
            if work.__name__ in ("claim", "finish") and work.__name__ not in waited:
                waited.append(work.__name__)
                raise StoreUnavailable("away")
            return super().write(work, *given, **named)

    engine = runtime.engine
    away = AwayAtFirst(runtime.settings.database_url)
    full = FullAtFirst(engine.bundle, engine.scorer, engine.policy)
    id = hand_over(runtime, "a")
    worker = Worker(lambda: replace(runtime, engine=full, database=away), QUICK)
    work_until(lambda: row(runtime.database, id).state == "done", worker)
    away.close()
    assert waited == ["claim", "full", "finish"]
    assert row(runtime.database, id).attempts == 1


def test_a_large_submission_is_scored_in_parts(runtime: Runtime, model: Model) -> None:
    """Never so much of it in the scorer that others would be refused."""
    id = hand_over(runtime, *["a" * 15_000] * 3)
    most = 0

    class Watched(Scorer):
        def _admit(self, ads: Any) -> int:
            nonlocal most
            admitted = super()._admit(ads)
            most = max(most, self._waiting)
            return admitted

    engine = replace(runtime.engine, scorer=Watched(model, 2, 500_000))
    worker = Worker(lambda: replace(runtime, engine=engine), QUICK)
    work_until(lambda: row(runtime.database, id).state == "done", worker)
    engine.scorer.close()
    assert most == 15_000


def test_a_finished_submission_is_one_line_without_words(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "service.submissions")
    id = hand_over(runtime, SECRET, POISON + SECRET)
    work_until(lambda: row(runtime.database, id).state == "done", Worker(lambda: runtime, QUICK))
    (line,) = [one for one in caplog.records if one.getMessage() == "submission done"]
    said = vars(line)
    assert (said["submission"], said["ads"]) == (id, 2)
    assert said["decisions"] == {"review": 1}
    assert said["milliseconds"] >= 0
    assert all(SECRET not in one.getMessage() for one in caplog.records)


# --- what is told and what is kept


def test_the_webhook_is_told_the_bytes_that_every_reader_gets(
    served: TestClient, database: Database, vault: Vault, model: Model
) -> None:
    database.write_now(registry.register, vault, "ours", "https://192.0.2.1/never")
    model.gate.clear()
    href = served.post("/v1/submissions", json=ask("a", webhook="ours")).json()["href"]
    waiting = {"endpoint": "ours", "message": None, "state": "pending", "attempts": 0}
    assert served.get(href).json()["webhook"] == waiting
    model.gate.set()
    found = finished(served, href)
    message = database.read_now(lambda session: session.scalars(select(Delivery)).one())
    payload = vault.unseal_bytes(message.payload)
    told = json.loads(payload)
    assert told == {
        "type": "submission.completed", "timestamp": found["finished_at"],
        "data": {"id": found["id"], "state": "done", "results": found["results"]},
    }  # fmt: skip
    assert found["webhook"]["message"] == message.id
    assert found["webhook"]["state"] == "pending"
    results = vault.unseal_bytes(row(database, found["id"]).results or b"")
    assert results in payload
    assert results in served.get(href).content


def test_where_nothing_could_be_scored_the_webhook_is_told_so(runtime: Runtime) -> None:
    runtime.database.write_now(registry.register, runtime.vault, "ours", "https://192.0.2.1/never")
    id = hand_over(runtime, POISON, webhook="ours")
    work_until(lambda: row(runtime.database, id).state == "failed", Worker(lambda: runtime, QUICK))
    message = runtime.database.read_now(lambda session: session.scalars(select(Delivery)).one())
    told = json.loads(runtime.vault.unseal_bytes(message.payload))
    assert told["type"] == "submission.failed"
    assert told["data"]["results"] == [{"id": "0", "error": "internal"}]


def test_an_endpoint_removed_meanwhile_loses_no_answer(runtime: Runtime) -> None:
    runtime.database.write_now(registry.register, runtime.vault, "ours", "https://192.0.2.1/never")
    id = hand_over(runtime, "a", webhook="ours")
    runtime.database.write_now(registry.remove, "ours")
    work_until(lambda: row(runtime.database, id).state == "done", Worker(lambda: runtime, QUICK))
    message = runtime.database.read_now(lambda session: session.scalars(select(Delivery)).one())
    assert message.state == "dead"


def test_no_file_holds_a_word_of_an_ad(tmp_path: Path, model: Model) -> None:
    """Neither while it is queued, nor when it is done, nor after the service stopped."""
    settings = Settings(data_dir=tmp_path, workers=2)
    engine = stub_engine(settings, model)
    words = [form for text in (SECRET, SECRET[:9], SECRET[-2:])
             for form in (text.encode(), text.encode("utf-16-le"))]  # fmt: skip

    def wordless() -> bool:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {"lurewatch.db", "key"}
        return not any(word in path.read_bytes() for path in files for word in words)

    ad = {"text": SECRET, "title": SECRET, "thread": [SECRET], "author_id": SECRET, "id": "1"}
    with TestClient(create_app(settings, start=lambda _: engine)) as client:
        model.gate.clear()
        href = client.post(
            "/v1/submissions", json={"ads": [ad], "entity_values": True},
            headers={"Idempotency-Key": SECRET[:9]},
        ).json()["href"]  # fmt: skip
        assert wordless()
        model.gate.set()
        finished(client, href)
        assert wordless()
    assert wordless()


def test_the_review_queue_gets_its_ads_from_submissions_too(runtime: Runtime) -> None:
    on = runtime.settings.model_copy(update={"review_queue": True})
    id = hand_over(runtime, "Call +1 202 555 0143 now", "b")
    worker = Worker(lambda: replace(runtime, settings=on), QUICK)
    work_until(lambda: row(runtime.database, id).state == "done", worker)
    kept = runtime.database.read_now(lambda session: session.scalars(select(StoredAd)).all())
    results = orjson.loads(runtime.vault.unseal_bytes(row(runtime.database, id).results or b""))
    assert {one.id for one in kept} == {one["ad_id"] for one in results}
    assert all(one.submission == id and one.queue == "open" for one in kept)
