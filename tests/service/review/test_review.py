"""The reviewers' queue and their words, the same promises on SQLite and on PostgreSQL."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select, update

from service import access
from service.access import Scope
from service.api.examples import CLAIMS, ERASURES, FEEDBACK
from service.api.reviewing import Claim, EraseRequest, FeedbackRequest, QueueFilter
from service.policy.decide import margin
from service.policy.thresholds import Cuts
from service.review import queue as waiting
from service.review.closing import wanted
from service.store import Database, Vault
from service.store.base import now
from service.store.tables import Campaign, Feedback, StoredAd
from tests.service.desk import (
    HARM,
    MILD,
    NEAR,
    NONE,
    SHOWN,
    SIGN,
    SURE,
    desk,
    desk_settings,
    queue,
    refused,
    say,
    score,
    words_at,
)

SECRET = "xylophone-Жираф-秘密"
"""Stands in texts, and must stand nowhere else."""

PHONE = "+1 202 555 0143"


def rows(database: Database) -> list[Feedback]:
    query = select(Feedback).order_by(Feedback.created_at)
    return database.read_now(lambda session: list(session.scalars(query)))


# The queue


def test_only_what_a_person_should_see_is_queued(client: TestClient) -> None:
    results = score(client, f"job {SURE}", f"job {MILD}", f"job {NONE}")
    assert [one["ad_id"] is not None for one in results] == [True, False, False]
    (ad,) = queue(client)
    assert ad["ad_id"] == results[0]["ad_id"]
    assert ad["text"] == f"job {SURE}"
    assert ad["result"]["score"] == results[0]["score"]


def test_contacts_are_gone_and_spans_are_moved(client: TestClient) -> None:
    turns = [f"old turn {i} call {PHONE}" for i in range(3)]
    turns += [f"turn {i}" for i in range(18)]
    own = {"text": f"my number is {PHONE}, is there {SIGN}?", "role": "own"}
    (result,) = score(
        client,
        {
            "id": "post-1",
            "title": f"{PHONE} or write boss@example.org, {SIGN}",
            "text": f"see https://example.com/apply/xylophone or {PHONE} for {SIGN} {SURE}",
            "thread": [*turns, own],
            "author_id": "author-81",
            "platform": "gaming",
        },
    )
    (ad,) = queue(client)
    assert (ad["external_id"], ad["result"]["platform"]) == ("post-1", "gaming")
    assert ad["title"] == f"<phone> or write <email>, {SIGN}"
    assert ad["text"] == f"see <url> or <phone> for {SIGN} {SURE}"
    # 22 turns, of which the last 20 were read: nobody looked for contacts in the others.
    texts = [turn["text"] for turn in ad["thread"]]
    assert texts[:3] == ["", "", "old turn 2 call <phone>"]
    assert ad["thread"][21] == {"text": f"my number is <phone>, is there {SIGN}?", "role": "own"}
    words = json.loads(json.dumps(ad), parse_float=lambda _: None)  # shares have any digits
    assert "555" not in json.dumps(words)
    assert "example" not in json.dumps(ad)
    (shown,) = ad["result"]["indicators"]
    assert shown["indicator"] == SHOWN
    assert {span["field"] for span in shown["spans"]} >= {"title", "text"}
    assert {words_at(ad, span) for span in shown["spans"]} == {SIGN}
    placeholders = [words_at(ad, s) for one in ad["result"]["entities"] for s in one["spans"]]
    assert sorted(placeholders) == ["<email>", "<phone>", "<phone>", "<phone>", "<url>"]
    assert result["indicators"][0]["spans"] != shown["spans"]  # those of the ad as received


def test_nothing_of_an_ad_stands_in_the_database_unsealed(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, {"text": f"{SECRET} {SURE}", "author_id": "author-81"})
    say(client, {"ad_id": result["ad_id"], "reviewer": "reviewer-ana"})

    def everything(session: Any) -> str:
        found = [
            vars(row) for table in (StoredAd, Feedback) for row in session.scalars(select(table))
        ]
        return repr(found)

    found = database.read_now(everything)
    assert result["ad_id"] in found
    for word in ("xylophone", "author-81", "reviewer-ana", "indicators"):
        assert word not in found


def test_the_worst_come_first_and_among_them_the_least_sure(client: TestClient) -> None:
    texts = [f"a {SURE}", f"b {NEAR}", "c [2.6]", f"d {NEAR}", "e [6]"]
    results = {one["ad_id"]: one for one in score(client, *texts)}
    ads = queue(client)
    bands = [min(results[ad["ad_id"]]["priority"], 99) // 10 for ad in ads]
    assert bands == sorted(bands, reverse=True)
    assert len(set(bands)) > 1
    for ad, following in pairwise(ads):
        same = ad["result"]["priority"] // 10 == following["result"]["priority"] // 10
        assert not same or ad["uncertainty"] >= following["uncertainty"]
    # In the upper band 6 is nearer to the threshold than 9. Copies stand in the order they came.
    assert [ad["text"][0] for ad in ads if ad["text"][0] in "ae"] == ["e", "a"]
    assert [ad["text"][0] for ad in ads if ad["text"][0] in "bd"] == ["b", "d"]


@pytest.mark.parametrize(
    ("score", "nearest"),
    [(0.5, 0.0), (0.88, 0.0), (0.7, 0.847), (1.0, 11.823), (0.0, 13.816)],
)
def test_a_margin_is_to_the_nearest_threshold(score: float, nearest: float) -> None:
    cuts = Cuts(nudge=0.5, review=0.88, block=float("inf"))
    assert margin(score, cuts) == pytest.approx(nearest, abs=0.001)


def test_pages_hold_though_ads_leave_the_queue(client: TestClient) -> None:
    texts = [f"{i} {(SURE, NEAR)[i % 2]}" for i in range(9)]
    score(client, *texts)
    whole = [ad["ad_id"] for ad in queue(client)]
    seen, asked = [], {"limit": 4}
    while True:
        page = client.get("/v1/queue", params=asked).json()
        seen += [ad["ad_id"] for ad in page["ads"]]
        say(client, {"ad_id": page["ads"][-1]["ad_id"]})  # the very ad that the page ends with
        if page["after"] is None:
            break
        asked = {"limit": 4, "after": page["after"]}
    assert seen == whole
    assert len(queue(client)) == 6


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [({"after": "1.2"}, "?after"), ({"after": "1.1.ad_" + "é" * 32}, "?after"),
     ({"limit": 0}, "?limit"), ({"limit": 101}, "?limit"), ({"platfrom": "x"}, "?platfrom"),
     ({"platform": "tv"}, "?platform"), ({"campaign": "cam_\0"}, "?campaign"),
     ({"for_reviewer": ""}, "?for_reviewer")],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told(
    client: TestClient, asked: dict[str, Any], pointer: str
) -> None:
    answer = client.get("/v1/queue", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_the_queue_is_filtered(client: TestClient, database: Database) -> None:
    score(
        client,
        {"text": f"quiero trabajar contigo en casa, escribe pronto {SURE}", "platform": "dating"},
        {"text": f"work from home, write to me as soon as you can {SURE}", "platform": "social"},
    )
    spanish, english = sorted(queue(client), key=lambda ad: ad["text"])
    database.write_now(
        lambda session: session.add(Campaign(id="cam_1", ads=7, first_seen=now(), last_seen=now()))
    )
    database.write_now(
        lambda session: session.execute(
            update(StoredAd).where(StoredAd.id == english["ad_id"]).values(campaign="cam_1")
        )
    )
    assert spanish["campaign_ads"] is None
    harm = spanish["result"]["harms"][0]["harm"]
    for asked, expected in (
        ({"platform": "dating"}, {spanish["ad_id"]}),
        ({"language": "en"}, {english["ad_id"]}),
        ({"campaign": "cam_1"}, {english["ad_id"]}),
        ({"campaign": "cam_2"}, set()),
        ({"decision": "review", "harm": harm}, {spanish["ad_id"], english["ad_id"]}),
        ({"decision": "block"}, set()),
        ({"harm": "money_mule_recruitment"}, set()),
    ):
        assert {ad["ad_id"] for ad in queue(client, **asked)} == expected, asked
    assert queue(client, campaign="cam_1")[0]["campaign_ads"] == 7


def test_an_expired_ad_is_gone_before_it_is_deleted(client: TestClient, database: Database) -> None:
    (result,) = score(client, f"a {SURE}")
    address = f"/v1/queue/{result['ad_id']}"
    assert client.get(address).json()["text"] == f"a {SURE}"
    database.write_now(lambda session: session.execute(update(StoredAd).values(expires_at=now())))
    assert queue(client) == []
    assert client.get(address).json()["type"] == "/problems/unknown-id"
    assert client.get("/v1/queue/%00").status_code == 404
    assert refused(client, {"ad_id": result["ad_id"]})["type"] == "/problems/unknown-id"


# Claims


def claim(client: TestClient, reviewer: str, **more: Any) -> list[str]:
    answer = client.post("/v1/queue/claim", json={"reviewer": reviewer, **more})
    assert answer.status_code == 200, answer.json()
    return [ad["ad_id"] for ad in answer.json()["ads"]]


def test_two_reviewers_are_not_given_the_same_ad(client: TestClient) -> None:
    score(client, *(f"{i} {SURE}" for i in range(3)))
    first, second, third = (ad["ad_id"] for ad in queue(client))
    assert claim(client, "ana") == [first]
    assert claim(client, "ben", count=2) == [second, third]
    assert claim(client, "ana") == []
    assert [ad["ad_id"] for ad in queue(client, for_reviewer="ana")] == [first]
    held = queue(client)
    assert [ad["ad_id"] for ad in held] == [first, second, third]
    assert all(ad["claimed_until"] for ad in held)


def test_a_claim_whose_answer_was_lost_gives_the_same_ads_again(client: TestClient) -> None:
    score(client, *(f"{i} {SURE}" for i in range(4)))
    lost = claim(client, "ana", count=2)
    assert claim(client, "ana", count=2, again=True) == lost
    (last,) = {ad["ad_id"] for ad in queue(client)} - set(claim(client, "ben", count=1)) - {*lost}
    assert claim(client, "ana", count=9, again=True) == [*lost, last], "and what is free"
    say(client, {"ad_id": lost[0]})
    assert claim(client, "ana", count=9, again=True) == [lost[1], last], "judged: not again"
    assert claim(client, "cem", count=9, again=True) == []


def test_a_claim_ends_by_itself(client: TestClient, database: Database) -> None:
    (result,) = score(client, f"a {SURE}")
    assert claim(client, "ana") == [result["ad_id"]]
    past = now() - timedelta(seconds=1)
    database.write_now(lambda session: session.execute(update(StoredAd).values(claimed_until=past)))
    assert queue(client)[0]["claimed_until"] is None
    assert claim(client, "ben") == [result["ad_id"]]


def test_a_claim_takes_only_what_was_asked_for(client: TestClient) -> None:
    score(client, {"text": f"a {SURE}", "platform": "dating"}, f"b {SURE}")
    (dating,) = queue(client, platform="dating")
    assert claim(client, "ana", count=100, platform="dating") == [dating["ad_id"]]


def test_racing_claims_share_the_queue(
    client: TestClient, database: Database, vault: Vault
) -> None:
    score(client, *(f"{i} {(SURE, NEAR)[i % 2]}" for i in range(40)))

    def take(reviewer: int) -> list[str]:
        found: list[str] = []
        while True:
            ads = database.write_now(waiting.claim, vault, QueueFilter(), f"reviewer-{reviewer}", 3)
            if not ads:
                return found
            found += [ad.ad_id for ad in ads]

    with ThreadPoolExecutor(6) as pool:
        shares = list(pool.map(take, range(6)))
    taken = [ad for share in shares for ad in share]
    # Who passes over what another one holds may find nothing, and stop; a round later all is given.
    taken += take(6)
    assert len(taken) == len(set(taken)) == 40


# Words


def test_a_word_closes_the_ad_and_is_copied(client: TestClient, database: Database) -> None:
    (result,) = score(
        client,
        {"id": "post-1", "text": f"{SIGN} {SURE}", "author_id": "u", "platform": "dating",
         "surface": "chat"},
    )  # fmt: skip
    claim(client, "ana")
    (kept,) = say(client, {"ad_id": result["ad_id"], "harms": ["money_mule_recruitment", HARM]})
    assert kept == {"id": kept["id"], "ad_id": result["ad_id"], "queue": "done"}
    assert queue(client) == []
    ad = client.get(f"/v1/queue/{result['ad_id']}").json()
    assert (ad["queue"], ad["feedback"], ad["claimed_until"]) == ("done", 1, None)
    (row,) = rows(database)
    assert row.id == kept["id"]
    assert (row.kind, row.harms) == ("lure", [HARM, "money_mule_recruitment"])
    assert (row.external_id, row.platform, row.surface) == ("post-1", "dating", "chat")
    assert (row.model, row.score, row.decision) == (
        result["model"], result["score"], result["decision"],
    )  # fmt: skip
    assert row.wrong_spans is None
    assert row.author is not None
    assert row.content is not None


def test_no_word_replaces_another(client: TestClient, database: Database) -> None:
    (result,) = score(client, f"a {SURE}")
    ad = {"ad_id": result["ad_id"]}
    say(client, ad, {**ad, "kind": "recruitment"})
    say(client, {**ad, "kind": "other"})
    assert [row.kind for row in rows(database)] == ["lure", "recruitment", "other"]
    assert len({row.created_at for row in rows(database)}) == 3


def test_the_callers_id_means_the_newest_ad(client: TestClient, database: Database) -> None:
    score(client, {"id": "x", "text": f"first {SURE}"})
    (second,) = score(client, {"id": "x", "text": f"second {SURE}"})
    (kept,) = say(client, {"external_id": "x"})
    assert kept["ad_id"] == second["ad_id"]
    assert [ad["text"] for ad in queue(client)] == [f"first {SURE}"]


def test_ids_that_are_wrong_are_named_and_nothing_is_kept(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, f"a {SURE}")
    problem = refused(
        client, {"ad_id": result["ad_id"]}, {"ad_id": "ad_" + "0" * 32}, {"external_id": SECRET}
    )
    assert problem["type"] == "/problems/unknown-id"
    assert [one["pointer"] for one in problem["errors"]] == [
        "/feedback/1/ad_id", "/feedback/2/external_id",
    ]  # fmt: skip
    assert "xylophone" not in json.dumps(problem)
    assert rows(database) == []
    assert len(queue(client)) == 1


def test_spans_outside_of_the_text_are_named(client: TestClient) -> None:
    (result,) = score(client, {"text": f"{SURE} ask {PHONE}", "thread": ["a turn"]})
    (ad,) = queue(client)
    length = len(ad["text"])
    assert length < len(f"{SURE} ask {PHONE}")
    spans = [
        {"field": "text", "start": 0, "end": length},
        {"field": "text", "start": 0, "end": length + 1},
        {"field": "thread/0", "start": 0, "end": 6},
        {"field": "thread/1", "start": 0, "end": 1},
        {"field": "title", "start": 0, "end": 1},
    ]
    problem = refused(client, {"ad_id": result["ad_id"], "missed_spans": {SHOWN: spans}})
    assert problem["type"] == "/problems/bad-span"
    assert [one["pointer"] for one in problem["errors"]] == [
        f"/feedback/0/missed_spans/{SHOWN}/{i}" for i in (1, 3, 4)
    ]
    assert f"'text' has {length} code points" in problem["detail"]


@pytest.mark.parametrize(
    ("word", "pointer", "told"),
    [
        ({}, "/feedback/0", "name the ad"),
        ({"ad_id": "ad", "kind": "other", "harms": [HARM]}, "/feedback/0", "only for `kind` lure"),
        ({"ad_id": "ad", "overturned": True}, "/feedback/0", "only for `origin` appeal"),
        ({"ad": {"text": " \u200b"}}, "/feedback/0", "nothing to read"),
        ({"ad_id": "ad", "kind": "scam"}, "/feedback/0/kind", "Input should be"),
        ({"ad_id": "ad", "reviewer": ""}, "/feedback/0/reviewer", "at least 1 character"),
        ({"ad_id": "ad", "wrong_spans": {SHOWN: [{"field": "text", "start": 3, "end": 3}]}},
         f"/feedback/0/wrong_spans/{SHOWN}/0", "`end` must be greater"),
        ({"ad_id": "ad", "wrong_spans": {SHOWN: [{"field": "body", "start": 3, "end": 4}]}},
         f"/feedback/0/wrong_spans/{SHOWN}/0/field", "pattern"),
        ({"ad_id": "ad", "wrong_spans": {"xylophone": []}}, "/feedback/0/wrong_spans", ""),
    ],
)  # fmt: skip
def test_words_that_make_no_sense_are_refused(
    client: TestClient, word: dict[str, Any], pointer: str, told: str
) -> None:
    problem = refused(client, word)
    assert problem["type"] == "/problems/invalid-request"
    assert problem["errors"][0]["pointer"].startswith(pointer)
    assert told in problem["errors"][0]["detail"]


def test_a_request_has_an_end(client: TestClient) -> None:
    word = {"kind": "other", "reviewer": "ana", "ad": {"text": "x"}}
    for given in ([], [word] * 257):
        assert client.post("/v1/feedback", json={"feedback": given}).status_code == 422
    long = {**word, "ad": {"text": "x" * 20_000}}
    problem = refused(client, *[long] * 11)
    assert problem["type"] == "/problems/batch-too-large"
    assert problem["pointer"] == "/feedback"


def test_an_ad_given_along_is_redacted_and_its_spans_moved(
    client: TestClient, database: Database, vault: Vault
) -> None:
    text = f"call {PHONE} about {SIGN}"
    start = text.index(SIGN)
    ad = {"id": "post-9", "text": text, "title": f"{SECRET} {PHONE}", "author_id": "u"}
    (kept,) = say(
        client,
        {"ad": ad, "missed_spans": {SHOWN: [
            {"field": "text", "start": start, "end": start + len(SIGN)},
            {"field": "text", "start": 7, "end": 10},  # a part of the number
        ]}},
    )  # fmt: skip
    assert (kept["ad_id"], kept["queue"]) == (None, None)
    (row,) = rows(database)
    assert row.content is not None
    content = vault.unseal(row.content)["content"]
    assert content["text"] == f"call <phone> about {SIGN}"
    assert content["title"] == f"{SECRET} <phone>"
    assert row.missed_spans is not None
    spans = row.missed_spans[SHOWN]
    assert [words_at(content, span) for span in spans] == [SIGN, "<phone>"]
    assert (row.external_id, row.author, row.model) == ("post-9", vault.author("u"), None)
    say(client, {"external_id": "post-9", "reviewer": "ben"})  # known by now
    say(client, {"ad": {**ad, "id": "post-10"}, "reviewer": "eva"})  # the same words
    assert len({row.about for row in rows(database)}) == 1
    outside = {SHOWN: [{"field": "text", "start": 0, "end": len(text) + 1}]}
    assert refused(client, {"ad": ad, "wrong_spans": outside})["type"] == "/problems/bad-span"


def test_words_on_an_ad_kept_without_its_text_need_the_text(
    client: TestClient, database: Database, vault: Vault
) -> None:
    text = f"call {PHONE} about {SIGN} {SURE}"
    (result,) = score(client, {"id": "post-1", "text": text})

    def forget(session: Any) -> None:  # as an ad of a submission is kept
        session.execute(
            update(StoredAd).values(content=None, queue=None, result=vault.seal(result))
        )

    database.write_now(forget)
    spans = {SHOWN: [{"field": "text", "start": 0, "end": 4}]}
    problem = refused(client, {"ad_id": result["ad_id"], "wrong_spans": spans})
    assert "no text is kept of this ad; give it as `ad`" in problem["detail"]
    assert client.get(f"/v1/queue/{result['ad_id']}").status_code == 404
    say(client, {"ad_id": result["ad_id"]})
    say(client, {"ad_id": result["ad_id"], "ad": {"text": text}, "wrong_spans": spans})
    without, row = rows(database)
    assert without.content is None
    assert row.about == without.about == result["ad_id"]
    assert row.content is not None
    opened = vault.unseal(row.content)
    assert opened["content"]["text"] == f"call <phone> about {SIGN} {SURE}"
    (span,) = opened["shown"][SHOWN]
    assert words_at(opened["content"], span) == SIGN
    assert row.score == result["score"]


def test_other_words_than_those_that_are_kept_are_another_subject(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, {"id": "post-1", "text": f"a {SURE}", "author_id": "u"})
    ad = {"text": f"b {SURE}"}
    (kept,) = say(client, {"ad_id": result["ad_id"], "ad": ad})
    assert (kept["ad_id"], kept["queue"]) == (result["ad_id"], "done")
    (row,) = rows(database)
    assert row.about.startswith("txt_")
    assert (row.ad, row.external_id, row.score) == (result["ad_id"], "post-1", None)
    assert row.author is not None  # so that erasing finds it


def test_an_appeal_may_come_after_the_ad_has_expired(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, {"id": "post-1", "text": f"a {SURE}"})
    say(client, {"ad_id": result["ad_id"]})
    database.write_now(lambda session: session.execute(delete(StoredAd)))
    appeal = {"kind": "recruitment", "origin": "appeal", "overturned": True, "reviewer": "ben"}
    say(client, {"ad_id": result["ad_id"], **appeal}, {"external_id": "post-1", **appeal})
    first, *appeals = rows(database)
    for row in appeals:
        assert row.about == first.about
        assert row.score == first.score
        assert row.content is not None
        assert row.overturned


def test_an_ad_given_along_with_an_id_that_has_expired_is_found_by_it(client: TestClient) -> None:
    ad_id = "ad_" + "0" * 32
    say(client, {"ad_id": ad_id, "ad": {"text": "a"}, "kind": "other"})
    say(client, {"ad_id": ad_id, "reviewer": "ben", "kind": "other"})
    assert client.delete(f"/v1/ads/{ad_id}").status_code == 204


# Two reviewers


def test_an_ad_drawn_for_two_stays_until_two_have_spoken(url: str, database: Database) -> None:
    with desk(desk_settings(url, double_review_share=1)) as client:
        (result,) = score(client, f"a {SURE}")
        ad = {"ad_id": result["ad_id"]}
        assert [say(client, ad)[0]["queue"] for _ in range(2)] == ["open", "open"]
        assert queue(client, for_reviewer="ana") == []
        assert claim(client, "ana") == []
        assert claim(client, "ben") == [result["ad_id"]]
        assert say(client, {**ad, "reviewer": "ben"})[0]["queue"] == "done"


def test_two_who_speak_at_once_close_the_ad(url: str, database: Database) -> None:
    with desk(desk_settings(url, double_review_share=1)) as client:
        results = score(client, *(f"{i} {SURE}" for i in range(12)))
        words = [
            {"ad_id": one["ad_id"], "reviewer": who} for one in results for who in ("ana", "ben")
        ]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda word: say(client, word), words))
        assert queue(client) == []


def test_the_share_of_ads_for_two_is_kept() -> None:
    drawn = [wanted(f"ad_{i:032x}", 0.25) for i in range(4000)]
    assert set(drawn) == {1, 2}
    assert 0.22 < drawn.count(2) / 4000 < 0.28
    assert wanted("ad_1", 0) == 1
    assert wanted("ad_1", 1) == 2


def disagreements(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/v1/feedback/disagreements", params=asked)
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def test_disagreements_are_listed_with_both_words(client: TestClient) -> None:
    ads = [one["ad_id"] for one in score(client, *(f"{i} {SURE}" for i in range(5)))]
    say(
        client,
        {"ad_id": ads[0], "kind": "recruitment"}, {"ad_id": ads[0], "reviewer": "ben"},
        {"ad_id": ads[1], "harms": [HARM]}, {"ad_id": ads[1], "reviewer": "ben"},
        {"ad_id": ads[2]}, {"ad_id": ads[2], "reviewer": "ben"},  # agree
        # changed their mind, and agree
        {"ad_id": ads[3], "kind": "other"}, {"ad_id": ads[3], "reviewer": "ben"}, {"ad_id": ads[3]},
        {"ad_id": ads[4], "kind": "other"}, {"ad_id": ads[4]},  # with themselves
    )  # fmt: skip
    found = disagreements(client)
    assert found["after"] is None
    harms, kinds = found["disagreements"]
    assert (kinds["ad_id"], kinds["text"], kinds["agreed"]) == (ads[0], f"0 {SURE}", None)
    assert [word["kind"] for word in kinds["words"]] == ["recruitment", "lure"]
    assert len({word["reviewer"] for word in kinds["words"]}) == 2
    assert (harms["ad_id"], harms["agreed"]) == (ads[1], "lure")
    assert [word["harms"] for word in harms["words"]] == [[HARM], []]
    page = disagreements(client, limit=1)
    assert page["disagreements"] == [harms]
    assert disagreements(client, limit=1, after=page["after"]) == {
        "disagreements": [kinds], "after": None,
    }  # fmt: skip
    say(client, {"ad_id": ads[0], "reviewer": "eva"})
    settled = disagreements(client)["disagreements"][0]
    assert (settled["ad_id"], settled["agreed"], len(settled["words"])) == (ads[0], "lure", 3)


# Who may, and what is told


def test_all_of_it_needs_the_scope(url: str, database: Database) -> None:
    calls = (
        ("GET", "/v1/queue"), ("GET", "/v1/queue/ad_1"), ("POST", "/v1/queue/claim"),
        ("POST", "/v1/feedback"), ("GET", "/v1/feedback/disagreements"),
        ("DELETE", "/v1/ads/ad_1"), ("POST", "/v1/ads/erase"),
    )  # fmt: skip
    _, other = database.write_now(access.add, "a", {Scope.SCORE, Scope.ADMIN, Scope.REPORTS})
    _, right = database.write_now(access.add, "b", {Scope.REVIEW})
    with desk(desk_settings(url, authentication="on")) as client:
        for method, path in calls:

            def status(method: str = method, path: str = path, **headers: str) -> int:
                body: Any = {"json": {}} if method == "POST" else {}
                return client.request(method, path, headers=headers, **body).status_code

            assert status() == 401, path
            assert status(Authorization=f"Bearer {other}") == 403, path
            assert status(Authorization=f"Bearer {right}") in (200, 404, 422), path


def test_no_word_reaches_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "service"):
        (result,) = score(client, {"id": SECRET, "text": f"{SECRET} {SURE}", "author_id": SECRET})
        claim(client, SECRET)
        queue(client, for_reviewer=SECRET)
        say(client, {"external_id": SECRET, "reviewer": SECRET})
        say(client, {"ad": {"text": SECRET}, "kind": "other"})
        disagreements(client)
        client.post("/v1/ads/erase", json={"author_id": SECRET})
        client.delete(f"/v1/ads/{result['ad_id']}")
    lines = [repr(vars(record)) for record in caplog.records if record.name.startswith("service")]
    assert lines
    assert not any("xylophone" in line for line in lines)


@pytest.mark.parametrize("name", FEEDBACK)
def test_examples_of_feedback_are_right(name: str) -> None:
    FeedbackRequest.model_validate_json(json.dumps(FEEDBACK[name]["value"]))


def test_other_examples_are_right(client: TestClient) -> None:
    for one in CLAIMS.values():
        Claim.model_validate(one["value"])
        assert client.post("/v1/queue/claim", json=one["value"]).status_code == 200
    for one in ERASURES.values():
        EraseRequest.model_validate(one["value"])
        assert client.post("/v1/ads/erase", json=one["value"]).status_code == 200
    along = FEEDBACK["an ad that you send along"]["value"]
    assert client.post("/v1/feedback", json=along).status_code == 201
