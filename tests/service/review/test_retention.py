"""What is erased on demand and by the clock, the same promises on SQLite and on PostgreSQL."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, make_url, select, update
from sqlalchemy.orm import Session

from service.__main__ import main
from service.api.schemas import AdIn
from service.background import Background
from service.review import erasure
from service.review.erasure import Whose
from service.store import Database, Vault
from service.store.base import Base, now
from service.store.retention import drop_texts, expired, job, prune, prune_all, tidy
from service.store.tables import (
    AuditEntry,
    Campaign,
    CampaignBand,
    CampaignHour,
    CampaignKey,
    CampaignTemplate,
    Delivery,
    Feedback,
    Incident,
    IncidentExample,
    Report,
    ReportMark,
    ReportPart,
    StoredAd,
    Submission,
)
from service.submissions.intake import accept
from service.submissions.request import arrival, opened, without
from service.submissions.shapes import SubmissionRequest
from tests.live import until
from tests.service.desk import (
    KEY,
    NONE,
    SURE,
    desk_settings,
    queue,
    say,
    score,
)

WORD = "xylophone"


def count(database: Database, *tables: type[Base]) -> list[int]:
    """Rows of each table."""

    def counted(session: Session) -> list[int]:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]

    return database.read_now(counted)


def submitted(client: TestClient, *ads: dict[str, Any], **more: Any) -> str:
    """A submission that is answered; gives its id."""
    given = {"ads": list(ads), **more}
    submission: str = client.post("/v1/submissions", json=given).json()["id"]
    until(lambda: client.get(f"/v1/submissions/{submission}").json()["state"] == "done")
    return submission


def erase(client: TestClient, **whose: Any) -> dict[str, int]:
    answer = client.post("/v1/ads/erase", json=whose)
    assert answer.status_code == 200, answer.json()
    done: dict[str, int] = answer.json()
    assert done.pop("waiting") == 0
    return {name: number for name, number in done.items() if number}


# Erasing


def test_an_erased_ad_is_gone_with_all_that_was_said_of_it(
    client: TestClient, database: Database
) -> None:
    first, other = (one["ad_id"] for one in score(client, f"a {SURE}", f"b {SURE}"))
    say(client, {"ad_id": first}, {"ad_id": first, "reviewer": "ben"}, {"ad_id": other})
    report = Report(
        id="rep_1", code="c", ad=first, campaign=None, day=now(), expires_at=now()
    )  # fmt: skip
    database.write_now(lambda session: session.add(report))
    assert client.delete(f"/v1/ads/{first}").status_code == 204
    assert client.get(f"/v1/queue/{first}").status_code == 404
    assert client.get(f"/v1/queue/{other}").status_code == 200
    assert count(database, StoredAd, Feedback, Report) == [1, 1, 1]
    assert database.read_now(lambda session: session.get_one(Report, "rep_1").ad) is None
    again = client.delete(f"/v1/ads/{first}")
    assert again.json()["type"] == "/problems/unknown-id"
    assert client.delete("/v1/ads/%00").status_code == 404


def test_all_ads_of_an_author_are_erased(client: TestClient, database: Database) -> None:
    ads = [{"id": str(i), "text": f"{i} {SURE}", "author_id": f"author-{i % 2}"} for i in range(4)]
    score(client, *ads)
    along = {"text": "never kept here", "author_id": "author-1"}
    say(client, {"external_id": "1"}, {"external_id": "2"}, {"ad": along})
    assert erase(client, author_id="author-1") == {"ads": 2, "feedback": 2}
    assert {ad["external_id"] for ad in queue(client)} == {"0"}
    assert count(database, StoredAd, Feedback) == [2, 1]
    assert erase(client, author_id="author-1") == {}


def test_whose_an_ad_is_may_be_told_with_a_word_first(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, f"a {SURE}")
    along = {"text": f"a {SURE}", "author_id": "worker-9", "id": "post-4"}
    say(client, *({"ad_id": result["ad_id"], "ad": along, "reviewer": name} for name in "ab"))
    assert erase(client, author_id="worker-9") == {"feedback": 2}
    say(client, {"ad_id": result["ad_id"], "ad": along})
    assert erase(client, external_ids=["post-4"]) == {"feedback": 1}
    assert count(database, StoredAd, Feedback) == [1, 0]


def test_ads_are_erased_by_the_callers_ids_and_by_ours(
    client: TestClient, database: Database
) -> None:
    ads = [{"id": id, "text": f"a {SURE}"} for id in ("x", "x", "y", "z")]
    last = score(client, *ads)[-1]["ad_id"]
    say(client, {"ad": {"id": "x", "text": "along"}})
    assert erase(client, external_ids=["x", "y", "unknown"]) == {"ads": 3, "feedback": 1}
    assert erase(client, ad_ids=[last, "unknown"]) == {"ads": 1}
    assert count(database, StoredAd, Feedback) == [0, 0]


@pytest.mark.parametrize(
    "given",
    [{}, {"author_id": "a", "ad_ids": ["b"]}, {"external_ids": []}, {"ad_ids": ["a"] * 1001},
     {"author_id": None}, {"everything": True}, {"author_id": "a\0"}],
)  # fmt: skip
def test_nothing_is_erased_by_mistake(client: TestClient, given: dict[str, Any]) -> None:
    score(client, f"a {SURE}")
    answer = client.post("/v1/ads/erase", json=given)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"
    assert len(queue(client)) == 1


def test_an_ad_without_author_or_id_is_nobodys(client: TestClient, database: Database) -> None:
    """NULL is equal to nothing."""
    score(client, f"a {SURE}")
    whose = Whose(author=None, external_ids=(), ad_ids=("unknown",))
    vault = Vault(bytes(range(32)))
    assert asyncio.run(erasure.erase(database, vault, whose)).total() == 0
    assert count(database, StoredAd) == [1]


def test_an_erased_ad_is_taken_out_of_results_and_of_messages(
    client: TestClient, database: Database, vault: Vault
) -> None:
    endpoint = client.put("/v1/webhooks/team", json={"url": "http://127.0.0.1:9/nobody-listens"})
    assert endpoint.status_code == 201
    ads = [{"id": id, "text": f"{id} {NONE}", "author_id": id} for id in ("one", "two")]
    submission = submitted(client, *ads, webhook="team")
    before = client.get(f"/v1/submissions/{submission}").json()["results"]

    def payload() -> bytes:
        query = select(Delivery.payload).where(Delivery.submission == submission)
        sealed = database.read_now(lambda session: session.scalars(query).one())
        return vault.unseal_bytes(sealed)

    assert orjson.loads(payload())["data"]["results"] == before
    assert erase(client, author_id="one") == {"ads": 1, "results": 1, "deliveries": 1}
    after = client.get(f"/v1/submissions/{submission}").json()
    assert after["results"] == [{"id": None, "erased": True}, before[1]]
    assert orjson.loads(payload())["data"]["results"] == after["results"]
    assert (after["ads"], after["state"]) == (2, "done")


def told(client: TestClient, text: str) -> str:
    """A submission whose message does not arrive; gives its id."""
    url = {"url": "http://127.0.0.1:9/nobody-listens"}
    assert client.put("/v1/webhooks/team", json=url).status_code == 201
    ads = [{"id": name, "text": f"{name} {text}", "author_id": name} for name in ("one", "two")]
    return submitted(client, *ads, webhook="team")


def over(database: Database, *tables: type[StoredAd] | type[Submission]) -> None:
    """The time of all that is in these tables."""

    def age(session: Session) -> None:
        for table in tables:
            session.execute(update(table).values(expires_at=now() - timedelta(seconds=1)))

    database.write_now(age)


@pytest.mark.parametrize("state", ["pending", "dead"])
def test_an_ad_is_found_for_as_long_as_a_message_holds_its_answer(
    client: TestClient, database: Database, vault: Vault, url: str, state: str
) -> None:
    """Results are gone by then: a message is tried for longer, and may be replayed after that."""
    submission = told(client, NONE)
    message = Delivery.submission == submission

    def set_to(state: str) -> None:
        values = {"state": state, "due_at": now(), "lease_owner": None}
        database.write_now(lambda session: session.execute(update(Delivery).values(**values)))

    set_to(state)
    over(database, StoredAd, Submission)
    asyncio.run(prune_all(database, desk_settings(url)))
    assert count(database, Submission, StoredAd) == [0, 2]
    assert erase(client, author_id="one") == {"ads": 1, "deliveries": 1}
    sealed = database.read_now(lambda one: one.scalars(select(Delivery.payload).where(message)))
    results = orjson.loads(vault.unseal_bytes(sealed.one()))["data"]["results"]
    assert [one["id"] for one in results] == [None, "two"]
    set_to("delivered")
    asyncio.run(prune_all(database, desk_settings(url)))
    assert count(database, StoredAd) == [0], "nothing holds it any more"


def test_an_ad_is_found_for_as_long_as_its_result_is_kept(
    client: TestClient, database: Database, url: str
) -> None:
    """Its time in the queue may be the shorter one. Its text goes then."""
    submission = told(client, SURE)
    over(database, StoredAd)
    asyncio.run(prune_all(database, desk_settings(url)))
    contents = database.read_now(lambda session: session.scalars(select(StoredAd.content)).all())
    assert contents == [None, None]
    assert queue(client) == []
    assert erase(client, external_ids=["two"]) == {"ads": 1, "results": 1, "deliveries": 1}
    results = client.get(f"/v1/submissions/{submission}").json()["results"]
    assert [one["id"] for one in results] == ["one", None]


def test_texts_are_dropped_a_little_at_a_time(client: TestClient, database: Database) -> None:
    told(client, SURE)
    moment = now() + timedelta(days=31)
    done = [database.write_now(drop_texts, moment, 1) for _ in range(3)]
    assert done == [1, 1, 0]


def waits(database: Database, vault: Vault, *ads: dict[str, Any]) -> str:
    """A submission that somebody has in hand; gives its id."""
    given = SubmissionRequest.model_validate({"ads": list(ads)})
    arrived = arrival(vault, given, [one.ad() for one in given.ads], "en", None)

    def accepted(session: Session) -> str:
        id = accept(session, arrived, 1000).id
        until = now() + timedelta(hours=1)
        held = update(Submission).where(Submission.id == id)
        session.execute(held.values(lease_owner="somebody", lease_until=until))
        return id

    return database.write_now(accepted)


def test_ads_that_wait_for_an_answer_are_erased_before_it(
    client: TestClient, database: Database, vault: Vault
) -> None:
    """Also where a worker has them in hand: another answers what is left, each in its place."""
    authors = ("a", "b", "a", "c", None)
    ads = [
        {"id": str(place), "text": f"{place} {SURE}", "author_id": author}
        for place, author in enumerate(authors)
    ]
    some, all_of_it, other = (waits(database, vault, *one) for one in (ads, ads[:1], ads[1:2]))
    assert erase(client, author_id="a") == {"ads": 3, "submissions": 2}

    def answered(submission: str) -> Any:
        return client.get(f"/v1/submissions/{submission}").json()

    until(lambda: answered(some)["state"] == answered(all_of_it)["state"] == "done")
    gone = {"id": None, "erased": True}
    places = [one if one == gone else one["id"] for one in answered(some)["results"]]
    assert places == [gone, "1", gone, "3", "4"]
    assert answered(some)["ads"] == 5
    assert answered(all_of_it)["results"] == [gone]
    assert answered(other)["state"] == "queued", "nobody touched it"
    kept = database.read_now(lambda session: set(session.scalars(select(StoredAd.external_id))))
    assert kept == {"1", "3", "4"}
    assert erase(client, external_ids=["1", "4"])["ads"] == 3, "two answered, one that waits"
    assert erase(client, external_ids=["3"], ad_ids=None) == {"ads": 1, "results": 1}


def test_a_request_loses_ads_one_erasure_after_another(vault: Vault) -> None:
    def named(name: str) -> Callable[[AdIn], bool]:
        return lambda ad: ad.id == name

    given = SubmissionRequest.model_validate({"ads": [{"text": str(n), "id": n} for n in "abcd"]})
    content = arrival(vault, given, [], "th", None).content
    for name, left, places in (("b", "acd", (1,)), ("d", "ac", (1, 3)), ("a", "c", (0, 1, 3))):
        content, erased = without(vault, content, named(name))
        found = opened(vault, content)
        assert erased == 1
        assert "".join(ad.id or "" for ad in found.request.ads) == left
        assert (found.erased, found.language) == (places, "th")
    assert without(vault, content, named("b")) == (content, 0)


def test_a_submission_that_cannot_be_opened_is_told_of(
    client: TestClient, database: Database
) -> None:
    waiting = Submission(
        id="sub_1", idempotency_key=None, request_digest="", webhook=None, state="queued", ads=1,
        chars=1, request=b"", results=None, lease_owner="somebody",
        lease_until=now() + timedelta(hours=1), created_at=now(),
    )  # fmt: skip
    database.write_now(lambda session: session.add(waiting))
    answer = client.post("/v1/ads/erase", json={"author_id": "a"})
    assert answer.json() == {
        "ads": 0, "feedback": 0, "results": 0, "deliveries": 0, "reports": 0,
        "incident_examples": 0, "waiting": 1, "submissions": 0,
    }  # fmt: skip


def test_many_ads_are_erased_in_parts(client: TestClient, database: Database, vault: Vault) -> None:
    score(client, *({"id": "same", "text": f"{i} {SURE}"} for i in range(7)))
    whose = Whose(external_ids=("same",))
    done = [database.write_now(erasure.erase_some, vault, whose, 3)["ads"] for _ in range(4)]
    assert done == [3, 3, 1, 0]


def test_long_answers_are_erased_a_few_at_a_time(
    client: TestClient, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that ads stand in is opened and written anew: what it holds together has a bound."""
    for i in range(3):
        submitted(client, *({"id": "same", "text": f"{i}{j} {SURE}"} for j in range(2)))
    score(client, {"id": "same", "text": SURE})
    whose = Whose(external_ids=("same",))
    in_one = database.read_now(largest_answer)
    for room, parts in ((1, [1, 1]), (in_one + 1, [2])):
        monkeypatch.setattr(erasure, "BATCH_BYTES", room)
        done = [database.write_now(erasure.erase_some, vault, whose)["ads"] for _ in parts]
        assert done == parts
    monkeypatch.undo()
    assert erase(client, external_ids=["same"])["ads"] == 3
    assert count(database, StoredAd) == [0]


def largest_answer(session: Session) -> int:
    """Bytes of a submission's answers, and of one of its ads."""
    held = erasure.bytes_held(session, session.scalars(select(Submission.id)).all())
    ads = session.scalars(select(func.length(StoredAd.result))).all()
    return int(max(held.values()) + max(ads))


def test_erasing_leaves_no_trace_on_disk(client: TestClient, database: Database, url: str) -> None:
    """Ids of the caller are kept as they are, so that they can be looked for in the files; texts
    are sealed, and stand in no file at any time."""
    secret = f"{WORD} {SURE}"
    score(client, {"id": f"id-{WORD}-1", "text": secret, "author_id": f"author-{WORD}"})
    submitted(client, {"id": f"id-{WORD}-2", "text": secret, "author_id": f"author-{WORD}"})
    say(client, {"external_id": f"id-{WORD}-1"}, {"ad": {"id": f"id-{WORD}-3", "text": WORD}})
    if database.is_sqlite:
        assert WORD.encode() in on_disk(url)
        assert secret.encode() not in on_disk(url)
        assert f"author-{WORD}".encode() not in on_disk(url)
    assert erase(client, author_id=f"author-{WORD}") == {"ads": 2, "feedback": 1, "results": 1}
    assert erase(client, external_ids=[f"id-{WORD}-3"]) == {"feedback": 1}
    assert count(database, StoredAd, Feedback) == [0, 0]
    database.write_now(lambda session: session.execute(update(Submission).values(attempts=2)))
    tidy(database)
    if database.is_sqlite:
        assert WORD.encode() not in on_disk(url)


def on_disk(url: str) -> bytes:
    """Every byte of the database's files."""
    folder = Path(make_url(url).database or "").parent
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


# The clock


def filled(session: Session, moment: datetime, name: str) -> None:
    """One row of everything that expires, whose time is over at ``moment``."""
    results, kept = moment - timedelta(hours=72), moment - timedelta(days=90)
    submission = {
        "idempotency_key": None, "request_digest": "", "webhook": None, "ads": 1, "chars": 1,
        "request": None, "results": None, "lease_owner": "somebody",
        "lease_until": now() + timedelta(hours=1), "created_at": moment,
    }  # fmt: skip
    message = {"endpoint": "team", "submission": None, "payload": b"", "created_at": results}
    number = int.from_bytes(name.encode()[:4], "big")
    session.add_all(
        [
            Submission(id=f"sub_{name}", state="done", expires_at=moment, **submission),
            Submission(id=f"wait_{name}", state="queued", expires_at=None, **submission),
            Delivery(id=f"sent_{name}", state="delivered", due_at=kept, delivered_at=results,
                     **message),
            Delivery(id=f"dead_{name}", state="dead", due_at=results, **message),
            Delivery(id=f"due_{name}", state="pending", due_at=kept, **message),
            StoredAd(
                id=f"ad_{name}", language="en", kind="lure", score=0.5, decision="review",
                priority=1, policy="", model="", result=b"", created_at=moment, expires_at=moment,
            ),
            Feedback(
                id=f"fb_{name}", about="", reviewer="", origin="review", kind="other", harms=[],
                language="en", created_at=moment, expires_at=moment,
            ),
            Report(id=f"rep_{name}", code=name, day=moment, expires_at=moment),
            ReportMark(id=f"mark_{name}", expires_at=moment),
            Campaign(id=f"cam_{name}", ads=1, first_seen=kept, last_seen=kept),
            Incident(
                name=name, definition=b"", harms=[], false_positive_rate=0.01, revision=name,
                created_at=moment, updated_at=moment, expires_at=moment,
            ),
            AuditEntry(
                id=f"aud_{name}", at=moment, action="skip", act=name, detail={}, expires_at=moment
            ),
        ]
    )  # fmt: skip
    session.flush()
    session.add_all(
        [
            ReportPart(report=f"rep_{name}", sealed=b"", day=moment),
            CampaignKey(key=name, campaign=f"cam_{name}", last_seen=kept),
            CampaignHour(campaign=f"cam_{name}", hour=kept, ads=1),
            CampaignTemplate(id=number, campaign=f"cam_{name}", last_seen=kept),
            IncidentExample(
                id=f"inx_{name}",
                incident=name,
                position=0,
                counter=False,
                kind="lure",
                language="en",
                content=b"",
                external_id=None,
                ad=None,
                author=None,
                bundle="",
                learnt=b"",
            ),
        ]
    )
    session.flush()
    session.add(CampaignBand(band=number, template=number))


EVERYTHING = (
    Submission, Delivery, StoredAd, Feedback, Report, ReportMark, ReportPart, Campaign, CampaignKey,
    CampaignHour, CampaignTemplate, CampaignBand, Incident, IncidentExample,
    AuditEntry,
)  # fmt: skip
KEPT = {"api_keys", "webhook_endpoints", "alembic_version"}
"""What stays until somebody deletes it."""


def test_what_has_had_its_time_is_deleted_and_nothing_else(
    client: TestClient, database: Database, url: str
) -> None:
    settings, moment = desk_settings(url), now()
    database.write_now(filled, moment, "over")
    database.write_now(filled, moment + timedelta(seconds=1), "soon")
    done = database.write_now(prune, settings, moment)
    assert set(done.values()) == {1, 2}
    assert done["deliveries"] == 2
    left = count(database, *EVERYTHING)
    # Of the first: the submission that waits and the message that is due.
    assert left == [3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert not any(database.write_now(prune, settings, moment).values())


def test_every_table_has_a_rule(url: str) -> None:
    by_rule = {table.__tablename__ for table in expired(desk_settings(url), now())}
    with_others = {"report_parts", "campaign_bands", "incident_examples"}
    assert by_rule | with_others | KEPT >= set(Base.metadata.tables)
    for name in with_others:
        (key,) = Base.metadata.tables[name].foreign_keys
        assert key.ondelete == "CASCADE"


def test_a_little_at_a_time(client: TestClient, database: Database, url: str) -> None:
    moment = now()
    for name in ("aaaa", "bbbb", "cccc", "dddd", "eeee"):
        database.write_now(filled, moment, name)
    settings = desk_settings(url)
    ads = [database.write_now(prune, settings, moment, 2)["ads"] for _ in range(4)]
    assert ads == [2, 2, 1, 0]


def test_large_rows_are_fewer_at_a_time(database: Database, url: str) -> None:
    """On SQLite everybody waits meanwhile, and what is deleted is written over."""
    moment = now()

    def fill(session: Session) -> None:
        for i in range(3):
            session.add(
                Submission(
                    id=f"sub_{i}", idempotency_key=None, request_digest="", webhook=None,
                    state="done", ads=256, chars=1, request=None, results=bytes(5_000_000),
                    created_at=moment, finished_at=moment, expires_at=moment,
                )
            )  # fmt: skip

    database.write_now(fill)
    settings = desk_settings(url)
    done = [database.write_now(prune, settings, moment)["submissions"] for _ in range(3)]
    assert done == [2, 1, 0]


def test_pruning_goes_on_until_nothing_is_left(
    client: TestClient, database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "__defaults__", (2,))
    for name in ("aaaa", "bbbb", "cccc"):
        database.write_now(filled, now(), name)
    total = asyncio.run(prune_all(database, desk_settings(url)))
    assert (total["ads"], total["deliveries"]) == (3, 6)
    assert count(database, StoredAd, ReportPart, CampaignBand) == [0, 0, 0]


def test_two_processes_prune_at_once(client: TestClient, database: Database, url: str) -> None:
    for name in ("aaaa", "bbbb", "cccc"):
        database.write_now(filled, now(), name)
    settings = desk_settings(url)

    async def both() -> int:
        done = await asyncio.gather(*(prune_all(database, settings) for _ in range(2)))
        return sum(one["ads"] for one in done)

    assert asyncio.run(both()) == 3


def test_the_job_prunes_when_it_starts_and_ends_when_it_is_told(
    client: TestClient, database: Database, url: str
) -> None:
    database.write_now(filled, now(), "over")

    async def run() -> None:
        background = Background({"retention": job(database, desk_settings(url))})
        while count(database, StoredAd) != [0]:
            await asyncio.sleep(0.01)
        await background.close()

    asyncio.run(asyncio.wait_for(run(), 60))


def test_room_is_given_back_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'lurewatch.db'}")
    database.migrate()
    moment = now()

    def fill(session: Session) -> None:
        for i in range(300):
            session.add(
                Feedback(
                    id=f"fb_{i}", about="", reviewer="", origin="review", kind="other", harms=[],
                    language="en", created_at=moment, expires_at=moment, content=bytes(20_000),
                )
            )  # fmt: skip

    database.write_now(fill)
    tidy(database)
    full = (tmp_path / "lurewatch.db").stat().st_size
    settings = desk_settings(str(database.engine.url))
    assert asyncio.run(prune_all(database, settings))["feedback"] == 300
    assert (tmp_path / "lurewatch.db").stat().st_size < full / 4
    assert (tmp_path / "lurewatch.db-wal").stat().st_size == 0
    database.close()


# From the shell


@pytest.fixture
def environment(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUREWATCH_DATABASE", url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)


@pytest.mark.usefixtures("environment")
def test_the_shell_checks_and_prunes(
    client: TestClient, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    database.write_now(filled, now(), "over")
    assert main(["store", "check"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["migrated"]
    assert (found["rows"]["ads"], found["expired"]["ads"]) == (1, 1)
    assert (found["rows"]["submissions"], found["expired"]["submissions"]) == (2, 1)
    assert main(["store", "prune"]) == 0
    assert json.loads(capsys.readouterr().out)["ads"] == 1
    assert main(["store", "check"]) == 0
    assert not any(json.loads(capsys.readouterr().out)["expired"].values())


def test_checking_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUREWATCH_DATABASE", f"sqlite:///{tmp_path / 'new' / 'lurewatch.db'}")
    assert main(["store", "check"]) == 2
    assert "no database is there yet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "lurewatch.db").touch()
    assert main(["store", "check"]) == 1
    assert not json.loads(capsys.readouterr().out)["migrated"]
    monkeypatch.setenv("LUREWATCH_DATABASE", "postgresql://user:hidden@127.0.0.1:9/none")
    assert main(["store", "check"]) == 2
    told = capsys.readouterr().err
    assert "the database cannot be reached" in told
    assert "hidden" not in told
