"""Campaigns: which ads belong together, counted the same on SQLite and on PostgreSQL."""

import asyncio
import json
import logging
import random
import string
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rensa import RMinHash
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import bundle
from models.ad import Ad
from models.renderer import Renderer
from models.rendering import render
from service import answering
from service.answering import runtime_answer
from service.app import create_app
from service.campaigns import counting
from service.campaigns.contacts import MOST, contacts
from service.campaigns.counting import count, look_up
from service.campaigns.joining import Plan, join
from service.campaigns.keys import Keys, keys_of, keys_of_ad
from service.campaigns.known import Known
from service.campaigns.seen import Seen
from service.campaigns.shapes import CampaignDetail, CampaignList
from service.campaigns.template import BANDS, MEETS, ROWS, bands, template
from service.engine import Engine
from service.entities import find
from service.policy.logged import LoggedResult
from service.reading import read
from service.runtime import Runtime
from service.settings import Settings
from service.store import Database, Vault
from service.store.base import Base, now
from service.store.retention import prune_all
from service.store.tables import (
    Campaign,
    CampaignBand,
    CampaignHour,
    CampaignKey,
    CampaignTemplate,
)
from tests.live import WAIT_S, StubModel, stub_engine, until
from tests.postgresql import new_database

KEEP = timedelta(days=90)
START = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)

LURE = (
    "Customer support for our office by the river, {pay} a month, flight and room are ours, no "
    "experience. You leave on Friday, the contract waits there. Write to {contact} and send a "
    "photo of your passport today, only a few places are left."
)
OTHER_LURE = (
    "Data entry at home, two hours in the evening! Like the pictures of shops and take {pay} every "
    "day. Your first task pays at once, the deposit comes back with the bonus. Ask {contact}."
)
HONEST = (
    "Nurse for the night shift at Larkfield care home, 32 hours, band five, pension and paid "
    "breaks. Interview in person, references are checked, the contract is signed before you start."
)
ALSO_HONEST = (
    "The bakery in Mill Lane looks for an apprentice from September. You learn bread and cakes for "
    "three years, go to college on Mondays and are paid by the collective agreement."
)


def lure(contact: str = "+1 202 555 0101", pay: str = "1,600 USD", text: str = LURE) -> Ad:
    return Ad(text=text.format(contact=contact, pay=pay))


def keys(vault: Vault, *ads: Ad) -> list[Keys]:
    return [keys_of_ad(vault, ad, Renderer()) for ad in ads]


def seen(
    database: Database, vault: Vault, *ads: Ad, moment: datetime = START
) -> list[tuple[str, int]]:
    """Campaign and copies of each; every one must have them."""
    found = database.write_now(count, keys(vault, *ads), moment, KEEP)
    return [(one.campaign, one.copies) for one in found if one is not None]


def rows(database: Database, table: type[Base]) -> int:
    query = select(func.count()).select_from(table)
    return database.read_now(lambda session: session.scalar(query)) or 0


TABLES: tuple[type[Base], ...] = (
    Campaign, CampaignHour, CampaignKey, CampaignTemplate, CampaignBand,
)  # fmt: skip


# --- keys


@pytest.mark.parametrize(
    "ad",
    [
        lure("+1 202 555 0177", "900 EUR"),
        lure("t.me/river_office_jobs"),
        lure("jobs@office.example.com", "2000-2500 USD"),
        Ad(text=LURE.format(contact="+1 202 555 0101", pay="1,600 USD").replace("  ", " \n")),
        Ad(text=LURE.format(contact="+1 202 555 0101", pay="1,600 USD").upper()),
        Ad(text=LURE.format(contact="+1 202 555 0101", pay="1,600 USD").replace("ff", "f\u200bf")),
        Ad(text=LURE.format(contact="+1 202 555 0101", pay="1,600 USD").replace("pass", "рaѕs")),
    ],
)
def test_a_template_is_the_same_whatever_its_contacts_sums_and_disguises(
    vault: Vault, ad: Ad
) -> None:
    (first, second) = keys(vault, lure(), ad)
    assert len(first.bands) == BANDS
    assert first.bands == second.bands


def test_an_ad_that_is_not_scored_is_read_as_it_is_asked_for(
    vault: Vault,
) -> None:
    plain = lure()
    hidden = Ad(text=plain.text.replace("passport", "p@ssport").replace("photo", "ph⭕to"))
    third, fourth = Renderer(3), Renderer(4)
    assert keys_of_ad(vault, hidden, Renderer()).bands == keys(vault, plain)[0].bands
    for version in (third, fourth):
        rendered = version(hidden)
        expected = keys_of(vault, rendered, read(hidden, rendered))
        assert keys_of_ad(vault, hidden, version) == expected
    assert keys_of_ad(vault, hidden, third).bands != keys_of_ad(vault, hidden, fourth).bands
    assert keys_of_ad(vault, plain, third) == keys_of_ad(vault, plain, fourth)


def test_contacts_and_sums_are_no_part_of_a_template() -> None:
    ad = Ad(title="Good 𝗻𝗲𝘄𝘀", text="Ask @anna_jobs on Telegram, +1 202 555 0101, 1,600 USD, now")
    rendered = render(ad)
    found = template(rendered, find(rendered, ad, "en"))
    assert found.startswith("Good news Ask")
    assert found.endswith(", now")
    for part in ("anna", "202", "0101", "600", "USD"):
        assert part not in found


@pytest.mark.parametrize(
    "text", ["Hi dear, are you looking for work?", "good job " * 40, "1" * 400]
)
def test_little_text_has_no_template(text: str) -> None:
    assert bands(" ".join(text.split())) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call +1 202 555 0101", {"number +12025550101"}),
        ("Call +1 (202) 555-01-01 or wa.me/12025550101", {"number +12025550101"}),
        ("telegram: @River_Jobs or https://t.me/river_jobs", {"account telegram:@river_jobs"}),
        ("Mail me: J.Doe+march@gmail.com", {"mail jdoe@gmail.com"}),
        ("Mail me: J.Doe+march@example.com", {"mail j.doe@example.com"}),
        ("see https://www.apply.example.com/a and example.com/b", {"site example.com"}),
        ("see https://river-jobs.blogspot.com/2026", {"site river-jobs.blogspot.com"}),
        ("see https://bit.ly/AbC9?from=x", {"site bit.ly/AbC9"}),
        ("send to 0x52908400098527886E0F7030069857D2E4169EE7",
         {"wallet ethereum:0x52908400098527886e0f7030069857d2e4169ee7"}),
        # What strangers share:
        ("find me: @river_jobs", set()),  # on which service?
        ("see https://www.facebook.com/groups/42/posts/7", set()),
        ("see https://uk.indeed.com/viewjob?jk=1", set()),
        ("apply at https://boards.greenhouse.io/river/jobs/1", set()),
        ("apply at https://river.bamboohr.com/careers/7", set()),
        ("ask at https://wa.link/ab12cd", {"site wa.link/ab12cd"}),
        ("fill in https://tally.so/r/aB1?from=x", {"site tally.so/r/aB1"}),
        ("PRODUCTION LINE: packing, day shift", set()),
        ("check the licence at https://dmw.gov.ph/agencies", set()),
        ("check at www.doe.go.th or https://www.gov.uk/check", set()),
        ("see https://blogspot.com", set()),
        ("1,600 USD a month", set()),
    ],
)  # fmt: skip
def test_contacts_that_point_to_a_writer(text: str, expected: set[str]) -> None:
    ad = Ad(text=text)
    assert set(contacts(find(render(ad), ad, "en"))) == expected


def test_a_directory_is_nobodys() -> None:
    def listed(number: int) -> Ad:
        return Ad(text="\n".join(f"Agency {i}: +1 202 555 01{i:02}" for i in range(number)))

    for number, expected in ((MOST, MOST), (MOST + 1, 0)):
        ad = listed(number)
        assert len(contacts(find(render(ad), ad, "en"))) == expected


def test_own_turns_and_earlier_turns_do_not_count(vault: Vault) -> None:
    thread = (
        "This is my own number, +1 202 555 0199, please do not share it with anybody else at all",
        lure("+1 202 555 0188").text,
    )
    alone, read_with_turns = keys(
        vault,
        lure(),
        Ad(text=lure().text, thread=thread, own=frozenset({0})),
    )
    assert alone == read_with_turns
    assert len(alone.contacts) == 1


def test_keys_need_the_installations_key(vault: Vault) -> None:
    (ours,), (theirs,) = keys(vault, lure()), keys(Vault(bytes(32)), lure())
    assert not {*ours.contacts} & {*theirs.contacts}
    assert not {*ours.bands} & {*theirs.bands}


@pytest.mark.parametrize(
    ("similarity", "least", "most"), [(0.3, 0.0, 0.02), (0.7, 0.93, 1.0), (0.9, 1.0, 1.0)]
)
def test_similar_texts_meet_and_others_do_not(similarity: float, least: float, most: float) -> None:
    """Sets of invented 5-grams with exactly this similarity, always the same ones."""
    draw = random.Random(7)

    def signature(grams: list[str]) -> list[tuple[int, ...]]:
        made = RMinHash(num_perm=ROWS * BANDS, seed=1)
        made.update(grams)
        values = made.digest()
        return [tuple(values[i : i + ROWS]) for i in range(0, ROWS * BANDS, ROWS)]

    met = 0
    for _ in range(400):
        grams = ["".join(draw.choices(string.ascii_lowercase, k=5)) for _ in range(200)]
        both = round(200 * similarity)
        half = both + (200 - both) // 2
        one, other = signature(grams[:half]), signature(grams[:both] + grams[half:])
        met += sum(map(tuple.__eq__, one, other)) >= MEETS
    assert least <= met / 400 <= most


# --- counting


def test_a_template_with_other_contacts_is_one_campaign(database: Database, vault: Vault) -> None:
    found = [
        *seen(database, vault, lure("+1 202 555 0101")),
        *seen(database, vault, lure("+1 202 555 0102", "900 EUR")),
        *seen(database, vault, lure("river@example.com", "2,000 USD")),
    ]
    assert len({campaign for campaign, _ in found}) == 1
    assert [copies for _, copies in found] == [1, 2, 3]


def test_a_changed_template_is_known_and_its_copies_too(database: Database, vault: Vault) -> None:
    changed = LURE.replace("by the river", "near the new harbour").replace("Friday", "Sunday")
    further = changed.replace("no experience", "nothing to learn").replace("office", "company")
    found = [
        *seen(database, vault, lure("+1 202 555 0101")),
        *seen(database, vault, lure("+1 202 555 0102", text=changed)),
        *seen(database, vault, lure("+1 202 555 0103", text=further)),
    ]
    assert len({campaign for campaign, _ in found}) == 1


def test_a_contact_with_other_words_is_one_campaign(database: Database, vault: Vault) -> None:
    (first,) = seen(database, vault, lure("+1 202 555 0101"))
    (second,) = seen(database, vault, lure("wa.me/12025550101", text=OTHER_LURE))
    (third,) = seen(database, vault, lure("+1 202 555 0109", text=OTHER_LURE))
    assert {first[0]} == {second[0], third[0]}
    assert third[1] == 3


def test_ads_that_share_nothing_stay_apart(database: Database, vault: Vault) -> None:
    ads = [lure("+1 202 555 0101"), lure("+1 202 555 0102", text=OTHER_LURE),
           Ad(text=HONEST), Ad(text=ALSO_HONEST)]  # fmt: skip
    found = seen(database, vault, *ads)
    assert len({campaign for campaign, _ in found}) == len(ads)
    assert {copies for _, copies in found} == {1}


def test_an_ad_without_keys_has_no_campaign(database: Database, vault: Vault) -> None:
    assert database.write_now(count, keys(vault, Ad(text="Hi dear")), START, KEEP) == [None]
    assert [rows(database, table) for table in TABLES] == [0] * len(TABLES)


def test_ads_of_one_request_see_each_other(database: Database, vault: Vault) -> None:
    ads = [lure("+1 202 555 0101"), Ad(text="Hi dear"), Ad(text=HONEST), lure("+1 202 555 0102")]
    first, second, third, fourth = database.write_now(count, keys(vault, *ads), START, KEEP)
    assert first is not None
    assert third is not None
    assert second is None
    assert fourth == Seen(first.campaign, 2)
    assert third.copies == 1
    assert seen(database, vault, *ads[:1], *ads[:1]) == [(first.campaign, 3), (first.campaign, 4)]


def test_two_campaigns_that_share_an_ad_stay_two(database: Database, vault: Vault) -> None:
    one, other = "+1 202 555 0101", "+1 202 555 0102"
    (first, _), (second, _) = (
        *seen(database, vault, lure(one)),
        *seen(database, vault, lure(other, text=OTHER_LURE), moment=START + timedelta(hours=1)),
    )
    assert first != second
    warning = Ad(text=f"Beware of both of them: {one} and {other}. They took the papers of many.")
    assert seen(database, vault, warning) == [(first, 2)]  # the older
    assert seen(database, vault, lure(other, text=OTHER_LURE)) == [(second, 2)]
    both = Ad(text=f"{other}, +1 202 555 0103")
    assert seen(database, vault, both) == [(second, 3)]
    assert seen(database, vault, lure("+1 202 555 0103")) == [(second, 4)]  # contact over template


def test_a_campaign_that_is_not_seen_for_long_is_forgotten(
    database: Database, vault: Vault
) -> None:
    (first,) = seen(database, vault, lure())
    (again,) = seen(database, vault, lure(), moment=START + timedelta(days=80))
    (later,) = seen(database, vault, lure(), moment=START + timedelta(days=160))
    assert [again, later] == [(first[0], 2), (first[0], 3)]
    end = START + timedelta(days=160) + KEEP + timedelta(days=1)
    assert database.read_now(look_up, keys(vault, lure()), end, KEEP) == [None]
    (new,) = seen(database, vault, lure(), moment=end)
    assert new[1] == 1
    assert new[0] != first[0]
    assert seen(database, vault, lure(), moment=end) == [(new[0], 2)]


def test_what_has_expired_is_deleted(database: Database, vault: Vault) -> None:
    seen(database, vault, lure(), Ad(text=HONEST), moment=now() - timedelta(days=91))
    (kept,) = seen(database, vault, lure("+1 202 555 0102", text=OTHER_LURE), moment=now())
    asyncio.run(prune_all(database, Settings()))
    found = {table.__tablename__: rows(database, table) for table in TABLES}
    assert found == {
        "campaigns": 1, "campaign_hours": 1, "campaign_keys": 1, "campaign_templates": 1,
        "campaign_bands": BANDS,
    }  # fmt: skip
    assert seen(database, vault, lure(text=OTHER_LURE), moment=now()) == [(kept[0], 2)]


def test_looking_up_counts_nothing(database: Database, vault: Vault) -> None:
    ((campaign, _),) = seen(database, vault, lure("+1 202 555 0101"))
    asked = keys(vault, lure("+1 202 555 0102"), Ad(text=HONEST), Ad(text="Hi dear"))
    assert database.read_now(look_up, asked, START, KEEP) == [campaign, None, None]
    assert seen(database, vault, lure()) == [(campaign, 2)]


def test_writers_at_once_make_one_campaign_and_count_every_ad(
    database: Database, vault: Vault
) -> None:
    """Each round has texts that nobody has seen, given by every writer in an order of its own, one
    with a contact that is the same, one with a contact of the writer's."""
    writers, rounds = 6, 4
    barrier = threading.Barrier(writers)
    found: list[list[Seen | None]] = []
    failures: list[BaseException] = []

    def write(own: int) -> None:
        try:
            for turn in range(rounds):
                batch = keys(
                    vault,
                    Ad(text=f"{invented(turn)} +1 202 555 01{turn:02}"),
                    Ad(text=f"{invented(turn + rounds)} writer{own}x{turn}@example.com"),
                )
                random.Random(own).shuffle(batch)
                barrier.wait(WAIT_S)
                found.append(database.write_now(count, batch, START, KEEP))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(own,)) for own in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    copies: dict[str, list[int]] = {}
    for batch in found:
        for one in batch:
            assert one is not None
            copies.setdefault(one.campaign, []).append(one.copies)
    assert all(sorted(numbers) == [*range(1, writers + 1)] for numbers in copies.values())
    assert len(copies) == rows(database, Campaign) == 2 * rounds
    assert rows(database, CampaignTemplate) == 2 * rounds


def invented(seed: int) -> str:
    """Words that no other seed has."""
    draw = random.Random(seed)
    return " ".join("".join(draw.choices(string.ascii_lowercase, k=6)) for _ in range(30))


def test_a_campaign_that_is_deleted_meanwhile_is_founded_anew(
    postgresql: str, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing, which only PostgreSQL lets others do."""
    database = Database(new_database(postgresql))
    database.migrate()
    ((old, _),) = seen(database, vault, lure())
    begun: list[int] = []

    def slow(batch: list[Keys], found: Known, moment: datetime) -> Plan:
        plan = join(batch, found, moment)
        if not begun:
            database.write_now(lambda session: session.execute(delete(Campaign)))
        begun.append(1)
        return plan

    monkeypatch.setattr(counting, "join", slow)
    ((new, copies),) = seen(database, vault, lure("+1 202 555 0102"))
    database.close()
    assert new != old
    assert (copies, len(begun)) == (1, 2)


def test_no_contact_and_no_word_is_on_disk(tmp_path: Path, vault: Vault) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.migrate()
    seen(database, vault, lure("unmistakable@example.com"), lure("+1 202 555 0143"))
    database.close()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"cam_" in content
    for word in (b"unmistakable", b"example.com", b"5550143", b"river", b"passport"):
        assert word not in content


# --- answers


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database=database_url, campaigns=True, workers=2, review_queue=True,
                    secret_key="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")  # fmt: skip


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = stub_engine(settings, StubModel())
    yield made
    made.scorer.close()


@pytest.fixture
def served(settings: Settings, engine: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(settings, start=lambda _: engine)) as client:
        yield client


def scored(client: TestClient, *ads: Ad, **more: Any) -> list[dict[str, Any]]:
    answer = client.post("/v1/score", json={"ads": [{"text": ad.text, **more} for ad in ads]})
    assert answer.status_code == 200
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_every_way_of_asking_counts_in_the_same_campaigns(served: TestClient) -> None:
    first, short = scored(served, lure("+1 202 555 0101"), Ad(text="Hi dear"))
    assert first["campaign"]["copies"] == 1
    assert short["campaign"] is None
    line = json.dumps({"text": lure("+1 202 555 0102").text})
    streamed = served.post("/v1/score/stream", content=line,
                           headers={"content-type": "application/x-ndjson"})  # fmt: skip
    assert streamed.json()["campaign"] == {"id": first["campaign"]["id"], "copies": 2}
    body = {"ads": [{"text": lure("+1 202 555 0103").text}]}
    href = served.post("/v1/submissions", json=body).json()["href"]
    until(lambda: served.get(href).json()["state"] == "done")
    (submitted,) = served.get(href).json()["results"]
    assert submitted["campaign"] == {"id": first["campaign"]["id"], "copies": 3}


def test_one_chat_is_no_campaign(served: TestClient) -> None:
    turns = [
        "Good evening, I saw your profile and you seem a serious person, are you working now?",
        lure("+1 202 555 0101").text,
        HONEST,
        "And how do I get there? I was never abroad, and my family asks who pays the way back.",
    ]
    for at, text in enumerate(turns):
        body = {"ads": [{"text": text, "thread": turns[:at], "surface": "chat"}]}
        (result,) = served.post("/v1/score", json=body).json()["results"]
        assert result["campaign"]["copies"] == 1


def test_nothing_is_counted_unless_it_is_wanted(database: Database, vault: Vault) -> None:
    settings = Settings(workers=1)
    engine = stub_engine(settings, StubModel())
    runtime = Runtime(settings, engine, database, vault)
    (answer,) = asyncio.run(runtime_answer(runtime, [lure()]))
    engine.scorer.close()
    assert answer.campaign is None
    assert rows(database, Campaign) == 0


def test_without_the_database_ads_are_answered_without_a_campaign(
    vault: Vault, engine: Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = Database("postgresql://127.0.0.1:9/none")
    runtime = Runtime(settings, engine, away, vault)
    with caplog.at_level(logging.ERROR):
        answers = asyncio.run(runtime_answer(runtime, [lure(), Ad(text=HONEST)]))
    assert [one.campaign for one in answers] == [None, None]
    (line,) = [one for one in caplog.records if one.name == answering.__name__]
    assert line.ads == 2  # type: ignore[attr-defined]
    assert "river" not in caplog.text
    away.close()


def test_an_answer_does_not_wait_for_a_database_that_is_stuck(
    tmp_path: Path, vault: Vault, engine: Engine, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(answering, "PATIENCE_S", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'stuck.db'}")
    database.migrate()
    writing, done = threading.Event(), threading.Event()

    def write() -> None:
        def hold(session: Session) -> None:
            session.execute(select(1))  # now it has the one writer's place
            writing.set()
            done.wait(WAIT_S)

        database.write_now(hold)

    thread = threading.Thread(target=write)
    thread.start()
    assert writing.wait(WAIT_S)
    (answer,) = asyncio.run(runtime_answer(Runtime(settings, engine, database, vault), [lure()]))
    done.set()
    thread.join()
    assert answer.campaign is None
    until(lambda: rows(database, Campaign) == 1)  # late, but counted
    database.close()


POLICY = """
version: 1
name: copies
revision: 1
rules:
  - name: copied
    when: {campaign: {at_least: 3}}
    then: {at_least: review, priority: 20}
"""


def test_a_policy_decides_by_the_size_of_a_campaign(tmp_path: Path) -> None:
    """Through the shipped model, and an honest ad: no more than the copies change the decision."""
    path = tmp_path / "copies.yaml"
    path.write_text(POLICY)
    settings = Settings(
        bundle_dir=bundle.champion(), policy=path, campaigns=True, data_dir=tmp_path, workers=1
    )
    with TestClient(create_app(settings)) as client:
        results = [
            scored(client, Ad(text=f"{HONEST} Tel. +1 202 555 01{i:02}"))[0] for i in range(3)
        ]
        other = scored(client, Ad(text=ALSO_HONEST))[0]
    assert [one["decision"] for one in results] == ["allow", "allow", "review"]
    assert results[2]["reasons"] == [{"reason": "copied", "rule": "copied", "decision": "review"}]
    assert [one["campaign"]["copies"] for one in results] == [1, 2, 3]
    assert other["decision"] == "allow"
    assert [LoggedResult.model_validate(one).facts().copies for one in results] == [1, 2, 3]


# --- what reviewers see


def counted_at(client: TestClient, moment: datetime, vault: Vault, *ads: Ad) -> str:
    """Straight into the database of the service."""
    runtime: Runtime = client.app.state.runtime()  # type: ignore[attr-defined]
    found = runtime.database.write_now(count, keys(vault, *ads), moment, KEEP)
    assert found[0] is not None
    return found[0].campaign


def test_campaigns_are_listed_by_size_and_by_growth(served: TestClient, vault: Vault) -> None:
    old = counted_at(served, now() - timedelta(days=20), vault, *[lure()] * 5)
    week = counted_at(served, now() - timedelta(days=3), vault, *[Ad(text=HONEST)] * 4)
    day = counted_at(served, now(), vault, *[Ad(text=ALSO_HONEST)] * 3)
    counted_at(served, now(), vault, lure("+1 202 555 0102", text=OTHER_LURE))

    def listed(**asked: Any) -> list[tuple[str, int, int, int]]:
        answer = CampaignList.model_validate(served.get("/v1/campaigns", params=asked).json())
        return [(c.id, c.ads, c.last_24_hours, c.last_7_days) for c in answer.campaigns]

    assert listed() == [(old, 5, 0, 0), (week, 4, 0, 4), (day, 3, 3, 3)]
    assert listed(order="last_24_hours") == [(day, 3, 3, 3)]
    assert [one[0] for one in listed(order="last_7_days")] == [week, day]
    assert [one[0] for one in listed(limit=1)] == [old]
    assert [one[0] for one in listed(at_least=5)] == [old]
    assert len(listed(at_least=1)) == 4
    assert served.get("/v1/campaigns", params={"order": "texts"}).status_code == 422


def test_a_campaign_is_told_by_days_with_its_ads_that_are_kept(
    served: TestClient, vault: Vault
) -> None:
    before = (now() - timedelta(days=1)).replace(hour=23)
    campaign = counted_at(served, before, vault, lure(), lure())
    counted_at(served, before.replace(hour=1), vault, lure())
    (result,) = scored(served, lure(), id="post-1")
    answer = served.get(f"/v1/campaigns/{campaign}")
    assert answer.status_code == 200
    found = CampaignDetail.model_validate(answer.json())
    assert (found.id, found.ads) == (campaign, 4)
    assert sum(one.ads for one in found.days) == 4
    assert Counter({one.day: one.ads for one in found.days})[before.date()] >= 3
    (kept,) = found.kept
    assert (kept.ad_id, kept.external_id) == (result["ad_id"], "post-1")
    assert (kept.decision, kept.queue) == ("review", "open")
    assert "river" not in answer.text


def test_a_campaign_that_is_none(served: TestClient) -> None:
    for campaign_id in ("cam_" + "0" * 32, "cam_1", "%00", "ad_" + "0" * 32):
        answer = served.get(f"/v1/campaigns/{campaign_id}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-id")


def test_campaigns_ask_for_a_key_where_the_others_do(settings: Settings, engine: Engine) -> None:
    closed = settings.model_copy(update={"authentication": "on"})
    with TestClient(create_app(closed, start=lambda _: engine)) as client:
        for path in ("/v1/campaigns", "/v1/campaigns/cam_" + "0" * 32):
            assert client.get(path).status_code == 401
