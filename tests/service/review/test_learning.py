"""The learning order of the queue, the same on SQLite and on PostgreSQL: over a model that places
texts by the themes that they name and scores them as they say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from models.inference import Logits
from models.picking import CANDIDATES
from models.rendering import Rendered
from service.__main__ import main
from service.app import create_app
from service.engine import Engine
from service.review.learning import LISTED
from service.settings import Settings
from service.store import Database
from service.store.base import new_id, now
from service.store.tables import CampaignHour, StoredAd
from tests.live import stub_engine
from tests.service.desk import (
    KEY,
    NEAR,
    SURE,
    Told,
    desk,
    desk_settings,
    emptied,
    queue,
    say,
    score,
)
from tests.service.incidents.scene import background, embedding_of

WORTHY, LESS = "[2.2]", "[3]"
"""Raw logits: both above the threshold of `review`, the first nearer to it."""


class Placing(Told):
    """Its texts have places too."""

    def logits(self, rendered: Rendered) -> Logits:
        return replace(super().logits(rendered), embedding=embedding_of(rendered.text))


def engine_of(settings: Settings) -> Engine:
    return replace(stub_engine(settings, Placing()), background=background())


@pytest.fixture(scope="module")
def placed(url: str) -> Iterator[TestClient]:
    settings = desk_settings(url, campaigns=True)
    with TestClient(create_app(settings, start=engine_of)) as client:
        yield client


@pytest.fixture
def store(placed: TestClient) -> Database:
    return emptied(placed)


@pytest.fixture
def client(placed: TestClient, store: Database) -> TestClient:
    return placed


def to_learn(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    return queue(client, order="learning", **asked)


def reasons(ad: dict[str, Any]) -> dict[str, str]:
    return {one["reason"]: one["words"] for one in ad["learning"]["reasons"]}


def claim(client: TestClient, reviewer: str, count: int) -> list[dict[str, Any]]:
    asked = {"reviewer": reviewer, "count": count, "order": "learning"}
    answer = client.post("/v1/queue/claim", json=asked)
    assert answer.status_code == 200, answer.json()
    ads: list[dict[str, Any]] = answer.json()["ads"]
    return ads


def test_the_usual_order_stays_the_greatest_harm_first(client: TestClient) -> None:
    score(client, f"a sure one {SURE}", f"an unsure one {NEAR}")
    for asked in ({}, {"order": "harm"}):
        ads = queue(client, **asked)
        assert [ad["text"].split()[1] for ad in ads] == ["sure", "unsure"]
        assert [ad["learning"] for ad in ads] == [None, None]


def test_the_least_sure_comes_first_and_says_so(client: TestClient) -> None:
    score(client, f"a sure one {SURE}", f"an unsure one {NEAR}")
    first, second = to_learn(client)
    assert first["text"].split()[1] == "unsure"
    assert "logits from a threshold" in reasons(first)["unsure"]
    assert first["learning"]["value"] > second["learning"]["value"]
    assert second["learning"]["reasons"]  # why it is there, though nothing raises it


def test_copies_of_one_text_do_not_fill_a_batch(client: TestClient) -> None:
    campaign = "Night porters for the riverside lodge, a bed is included, ask for the manager today"
    score(client, *(f"{campaign}, room {i} {WORTHY}" for i in range(8)))
    others = ("bakers", "divers", "tailors", "welders", "nurses")
    score(client, *(f"{one} wanted at the harbour, call in {LESS}" for one in others))
    ads = to_learn(client, limit=5)
    assert sum(campaign in ad["text"] for ad in ads) == 1
    assert len(queue(client)) == 13


def test_an_ad_like_a_labelled_one_comes_after_others(client: TestClient) -> None:
    labelled, like, unlike = score(
        client,
        f"rate a hotel by telephone, paid weekly {WORTHY}",
        f"stars for a hotel, each evening {WORTHY}",
        f"parcel labels printed at home {LESS}",
    )
    assert to_learn(client, limit=1)[0]["ad_id"] in (labelled["ad_id"], like["ad_id"])
    say(client, {"ad_id": labelled["ad_id"]})
    ads = to_learn(client)
    assert [ad["ad_id"] for ad in ads] == [unlike["ad_id"], like["ad_id"]]
    assert "similarity" in reasons(ads[0])["novel"]


def test_a_campaign_that_was_labelled_waits_for_the_others(client: TestClient) -> None:
    text = "Drivers for the coast road, the van is ours, two free days each week, start tomorrow"
    first, copy, other = score(
        client, f"{text} {WORTHY}", f"{text}! {WORTHY}", f"gardeners, mornings {LESS}"
    )
    say(client, {"ad_id": first["ad_id"]})
    assert [ad["ad_id"] for ad in to_learn(client)] == [other["ad_id"], copy["ad_id"]]


def test_a_growing_campaign_says_how_it_grows(client: TestClient, store: Database) -> None:
    text = "Ushers for the summer stage, apply at the box office, evenings and two matinees a week"
    score(client, f"{text} {WORTHY}", f"florist, mornings only {WORTHY}")

    def grow(session: Session) -> None:
        (ad,) = [ad for ad in queue(client) if "Ushers" in ad["text"]]
        changed = update(CampaignHour).where(CampaignHour.campaign == ad["campaign"])
        session.execute(changed.values(ads=40))

    store.write_now(grow)
    first, second = to_learn(client)
    assert "Ushers" in first["text"]
    assert reasons(first)["growing"] == "its campaign had 40 ads in the last 24 hours"
    assert "growing" not in reasons(second)


def test_a_language_with_few_labels_is_preferred(client: TestClient) -> None:
    score(
        client,
        f"Fruit pickers wanted for the summer season, a contract in writing before you go {WORTHY}",
        f"Se buscan recolectores de fruta para el verano, contrato escrito antes de ir {WORTHY}",
    )
    first, second = to_learn(client)
    # The background holds English and no Spanish.
    assert [ad["result"]["language"]["tag"] for ad in (first, second)] == ["es", "en"]
    assert reasons(first)["rare_language"] == "0 labelled texts in es"
    assert "rare_language" not in reasons(second)


def test_claimed_ads_are_the_reviewers_alone(client: TestClient) -> None:
    score(client, *(f"{word} wanted {LESS}" for word in ("cook", "guide", "clerk", "smith")))
    mine, theirs = claim(client, "ana", 2), claim(client, "ben", 5)
    assert len(mine) == len(theirs) == 2
    assert not {ad["ad_id"] for ad in mine} & {ad["ad_id"] for ad in theirs}
    assert all(ad["claimed_until"] and ad["learning"] for ad in (*mine, *theirs))
    assert claim(client, "cem", 5) == []
    again = {"reviewer": "ana", "count": 5, "order": "learning", "again": True}
    held = client.post("/v1/queue/claim", json=again).json()["ads"]
    assert {ad["ad_id"] for ad in held} == {ad["ad_id"] for ad in mine}


def test_two_reviewers_are_not_given_copies_of_one_ad(client: TestClient) -> None:
    text = "Packers for the spice market, shifts from noon, wages on Friday, ask at the green gate"
    score(client, f"{text} {WORTHY}", f"{text}! {WORTHY}", f"tuner for pianos {LESS}")
    (first,), (second,) = claim(client, "ana", 1), claim(client, "ben", 1)
    assert "Packers" in first["text"]
    assert "pianos" in second["text"]


def test_filters_hold(client: TestClient) -> None:
    score(client, {"text": f"cook {LESS}", "platform": "dating"}, f"clerk {LESS}")
    (ad,) = to_learn(client, platform="dating")
    assert ad["text"].startswith("cook")
    say(client, {"ad_id": ad["ad_id"]})
    assert to_learn(client, platform="dating") == []


def test_what_has_no_second_page_refuses_a_place_in_it(client: TestClient) -> None:
    after = f"1.1796000000000001.ad_{'0' * 32}"
    answer = client.get("/v1/queue", params={"order": "learning", "after": after})
    assert answer.status_code == 422
    assert "leave it out" in str(answer.json()["errors"])


def test_of_thousands_that_wait_the_worthiest_are_found(
    client: TestClient, store: Database
) -> None:
    """More than are looked at, half of them copies of one campaign; the ones worth most came
    last, and few are read again."""
    model = client.app.state.runtime().engine.scorer._model  # type: ignore[attr-defined]
    (template,) = score(client, f"keeper of bees {LESS}")
    thousands(store, template["ad_id"], 2 * LISTED + 200)
    score(client, *(f"{word} wanted {LESS}" for word in ("baker", "diver", "tailor")))
    before = model.begun
    ads = to_learn(client, limit=3)
    assert {ad["text"].split()[0] for ad in ads} == {"baker", "diver", "tailor"}
    assert model.begun - before <= CANDIDATES


def thousands(store: Database, ad_id: str, count: int) -> None:
    """So many copies of an ad: half of one campaign and least sure of all, half of none and
    sure."""

    def write(session: Session) -> None:
        row = session.get(StoredAd, ad_id)
        assert row is not None
        shared = {column.key: getattr(row, column.key) for column in StoredAd.__table__.columns}
        rows = [
            {
                **shared, "id": new_id("ad"), "created_at": now() - timedelta(hours=1),
                "campaign": "cam_big" if i % 2 else None, "uncertainty": 1.0 if i % 2 else 1e-6,
            }
            for i in range(count)
        ]  # fmt: skip
        session.execute(insert(StoredAd), rows)
        # A campaign of which one ad is on somebody's desk is for later.
        row.campaign, row.claimed_by = "cam_big", "f" * 32
        row.claimed_until = now() + timedelta(minutes=5)

    store.write_now(write)


def test_the_command_prints_what_to_label_next(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    with desk(desk_settings(url)) as client:
        score(client, *(f"{word} wanted at the harbour {SURE}" for word in ("baker", "diver")))
        score(client, {"text": f"clerk on +1 202 555 0143 by noon {NEAR}", "platform": "dating"})
    for name, value in (("DATABASE", url), ("SECRET_KEY", KEY), ("WORKERS", "1")):
        monkeypatch.setenv(f"LUREWATCH_{name}", value)
    assert main(["queue", "next", "--count", "2"]) == 0
    shown = capsys.readouterr()
    first, second = map(json.loads, shown.out.splitlines())
    assert first["text"] == f"clerk on <phone> by noon {NEAR}"
    assert first["learning"]["value"] > second["learning"]["value"]
    assert first["claimed_until"] is None
    assert "2 ads to label" in shown.err
    assert main(["queue", "next", "--platform", "dating"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["queue", "next", "--platform", "nowhere"]) == 2
    assert "--platform" in capsys.readouterr().err


def test_a_bundle_without_embeddings_picks_by_all_else(url: str) -> None:
    settings = desk_settings(url)
    with TestClient(create_app(settings, start=lambda told: stub_engine(told, Told()))) as client:
        emptied(client)
        score(client, f"a sure one {SURE}", f"an unsure one {NEAR}")
        first, second = to_learn(client)
        assert first["text"].split()[1] == "unsure"
        assert "novel" not in reasons(first) | reasons(second)
