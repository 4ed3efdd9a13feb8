"""Judging, undoing, whole campaigns, breaks: the same promises on SQLite and on PostgreSQL."""

import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.labels import Harm, Kind
from service.console import campaign, desk
from service.console.desk import Said
from service.console.figures import MIN_SHARE, Share, figures
from service.console.shift import begin
from service.review.audit import Who
from service.store import Database, Vault
from service.store.base import now
from service.store.retention import prune
from service.store.tables import AuditEntry, Feedback, StoredAd
from tests.service.console.browsing import Reviewer, ad_on, heading
from tests.service.desk import (
    HARM,
    NEAR,
    SHOWN,
    SIGN,
    SURE,
    desk_settings,
    emptied,
    queue,
    say,
    score,
)
from tests.service.desk import (
    desk as served_desk,
)

COPY = "Kitchen work on the coast, rooms given, start on Monday, ask Omar about place {} " + SURE


def words(database: Database) -> list[Feedback]:
    return database.read_now(
        lambda session: list(session.scalars(select(Feedback).order_by(Feedback.created_at)))
    )


def acts(database: Database) -> list[tuple[str, str | None]]:
    """Action and ad of every row, the oldest first."""
    rows = database.read_now(
        lambda session: list(session.scalars(select(AuditEntry).order_by(AuditEntry.at)))
    )
    return [(row.action, row.ad) for row in rows]


def test_the_first_of_the_queue_lies_on_the_desk_until_it_is_judged(
    client: TestClient, database: Database
) -> None:
    first, second = (one["ad_id"] for one in score(client, f"job {SURE}", f"job {SURE}"))
    ana, ben = Reviewer(client), Reviewer(client, "ben")
    assert ad_on(ana.open()) == ad_on(ana.open()) == first
    assert ad_on(ben.open()) == second
    ana.decide("lure", harm=[HARM, "money_mule_recruitment", "nonsense"])
    (word,) = words(database)
    assert (word.ad, word.kind, word.harms) == (first, "lure", [HARM, "money_mule_recruitment"])
    assert word.origin == "review"
    assert heading(ana.open()) == "No ad waits for you."
    assert [one["ad_id"] for one in queue(client)] == [second]


def test_harms_go_with_lures_alone(client: TestClient, database: Database) -> None:
    score(client, f"job {SURE}")
    Reviewer(client).decide("recruitment", harm=HARM)
    assert words(database)[0].harms == []


def test_a_button_pressed_twice_is_one_word(client: TestClient, database: Database) -> None:
    score(client, f"job {SURE}", f"other job {SURE}")
    ana = Reviewer(client)
    page = ana.open()
    for _ in range(2):
        ana.send("/review/decide", page, ad=ad_on(page), kind="lure")
    assert len(words(database)) == 1


def test_marks_are_called_wrong_one_by_one(client: TestClient, database: Database) -> None:
    score(client, f"free housing, and again {SIGN} {SURE}", f"{SIGN} {SURE}")
    ana = Reviewer(client)
    page = ana.open()
    marks = re.findall(rf'value="({SHOWN}:text:[0-9]+:[0-9]+)"', page)
    assert len(marks) == 2
    ana.send(
        "/review/decide", page, ad=ad_on(page), kind="lure", wrong=[marks[1], "urgency:text:0:1"]
    )
    _, _, start, end = marks[1].split(":")
    (word,) = words(database)
    assert word.wrong_spans == {SHOWN: [{"field": "text", "start": int(start), "end": int(end)}]}
    ana.decide(looked="1")
    assert words(database)[1].wrong_spans == {}


def test_words_that_weighed_are_marked_where_no_sign_was_found(client: TestClient) -> None:
    score(client, f"job {SURE}")
    page = Reviewer(client).open()
    assert "No known sign was found." in page
    assert re.search(r"<mark>[^<]+</mark>(?!<sup>)", page)


def test_more_marks_may_be_wrong_than_a_request_may_name(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, " and ".join([SIGN] * 90) + SURE)
    ana = Reviewer(client)
    marks = re.findall(rf'value="({SHOWN}:text:[0-9]+:[0-9]+)"', ana.open())
    ana.decide("recruitment", wrong=marks)
    assert len((words(database)[0].wrong_spans or {})[SHOWN]) == 90
    say(client, {"ad_id": result["ad_id"], "reviewer": "ben"})
    answer = client.get("/v1/feedback/disagreements")
    assert answer.status_code == 200
    told = answer.json()["disagreements"][0]["words"][0]
    assert len(told["wrong_spans"][SHOWN]) == 90


def test_who_did_not_look_at_marks_says_nothing_of_them(
    client: TestClient, database: Database
) -> None:
    score(client, f"{SIGN} {SURE}")
    Reviewer(client).decide()
    assert words(database)[0].wrong_spans is None


def test_undo_takes_the_word_back_and_the_trail_keeps_both(
    client: TestClient, database: Database
) -> None:
    score(client, f"job {SURE}", f"other job {SURE}")
    ana = Reviewer(client)
    ad = ana.decide("other")
    assert ad_on(ana.open()) != ad
    answer = ana.send("/review/undo", ana.open())
    assert answer.headers["location"] == "/review?done=undone&n=1"
    assert words(database) == []
    assert "Ads open again: 1" in ana.open(done="undone", n="1")
    assert ad_on(ana.open()) == ad
    ana.decide("recruitment")
    assert [one for one in acts(database) if one[1] == ad] == [
        ("decide", ad), ("undo", ad), ("decide", ad),
    ]  # fmt: skip


def test_undo_pressed_twice_takes_one_decision_back(client: TestClient, database: Database) -> None:
    score(client, *(f"{place} job {SURE}" for place in ("first", "second", "third")))
    ana = Reviewer(client)
    kept = ana.decide("other")
    ad = ana.decide("lure")
    page = ana.open()
    act = re.search(r'name="act" value="(act_[0-9a-f]{32})"', page)
    assert act
    for _ in range(2):
        answer = ana.send("/review/undo", page, act=act[1])
        assert answer.headers["location"] == "/review?done=undone&n=1"
    assert [word.ad for word in words(database)] == [kept]
    assert ad_on(ana.open()) == ad
    assert Reviewer(client, "ben").send("/review/undo", act=act[1]).headers["location"].endswith(
        "late"
    )  # fmt: skip


def test_nothing_more_is_taken_back_than_was_said_in_time(
    client: TestClient, database: Database
) -> None:
    score(client, f"job {SURE}")
    ana = Reviewer(client)
    late = "/review?done=late"
    assert ana.send("/review/undo").headers["location"] == late
    ana.decide()
    assert Reviewer(client, "ben").send("/review/undo").headers["location"] == late
    assert Reviewer(client).send("/review/undo").headers["location"] == late  # of a session before
    earlier = now() - desk.UNDO - timedelta(seconds=1)
    database.write_now(lambda session: session.execute(update(AuditEntry).values(at=earlier)))
    assert ana.send("/review/undo").headers["location"] == late
    assert len(words(database)) == 1


def test_an_ad_put_aside_comes_back_for_others_alone(client: TestClient) -> None:
    score(client, f"job {SURE}")
    ana = Reviewer(client)
    page = ana.open()
    ana.send("/review/skip", page, ad=ad_on(page))
    assert heading(ana.open()) == "No ad waits for you."
    assert ad_on(Reviewer(client, "ben").open()) == ad_on(page)


def test_filters_say_which_ad_comes(client: TestClient) -> None:
    results = score(
        client,
        {"text": f"job {SURE}", "platform": "dating"},
        {
            "text": f"рабочие на склад, жильё бесплатно, звоните сегодня {NEAR}",
            "platform": "gaming",
        },
    )
    ana = Reviewer(client)
    for asked, wanted in (
        ({"platform": "gaming"}, 1), ({"platform": "dating"}, 0), ({"language": "ru"}, 1),
        ({"platform": "no such"}, 1),  # passed over: what lies on the desk stays there
    ):  # fmt: skip
        assert ad_on(ana.open(**asked)) == results[wanted]["ad_id"], asked
    listed = ana.open("/review/queue", platform="gaming")
    assert "Russian" in listed
    assert "dating</td>" not in listed
    assert heading(ana.open(incident="none")) == "No ad waits for you with this filter."


def test_an_incident_filters_the_queue(client: TestClient, database: Database) -> None:
    _, second = score(client, f"job {SURE}", f"other {SURE}")

    def match(session: Session) -> None:
        session.get_one(StoredAd, second["ad_id"]).incident = "new-wave"

    database.write_now(match)
    assert [one["ad_id"] for one in queue(client, incident="new-wave")] == [second["ad_id"]]
    assert ad_on(Reviewer(client).open(incident="new-wave")) == second["ad_id"]


def test_harms_that_one_does_not_want_to_see_do_not_come(
    client: TestClient, database: Database
) -> None:
    first, second = score(client, f"job {SURE}", f"other {SURE}")

    def harms(session: Session) -> None:
        session.get_one(StoredAd, first["ad_id"]).harm = Harm.SEXUAL_EXPLOITATION
        session.get_one(StoredAd, second["ad_id"]).harm = Harm.MLM_PYRAMID

    database.write_now(harms)
    ana = Reviewer(client)
    assert ad_on(ana.open()) == first["ad_id"]
    ana.send("/review/settings", language="en", keys="1", hide=[Harm.SEXUAL_EXPLOITATION])
    page = ana.open()
    assert ad_on(page) == second["ad_id"]
    assert 'id="uncover"' not in page  # the box was left empty


def test_settings_bring_another_language(client: TestClient) -> None:
    score(client, f"{SIGN} {SURE}")
    ana = Reviewer(client)
    ana.send("/review/settings", language="ar", blur="1")
    page = ana.open()
    assert '<html lang="ar" dir="rtl">' in page
    assert "data-keys" not in page
    assert "<kbd" not in page


def test_a_break_is_proposed_and_ends_when_one_says_so(client: TestClient) -> None:
    score(client, *(f"job {i} {SURE}" for i in range(5)))
    ana = Reviewer(client)
    for _ in range(3):
        ana.decide()
    assert heading(ana.open()) == "Time for a break"
    assert "Judged: 3." in ana.open()
    assert ana.send("/review/rest").status_code == 303
    assert heading(ana.open()) == "One ad to judge"


@pytest.mark.parametrize(
    ("asked", "sat", "due"), [(7, 6.9, False), (7, 7.1, True), (0, 590.0, False)]
)
def test_a_break_is_proposed_after_minutes_too_and_they_begin_anew(
    url: str, asked: int, sat: float, due: bool
) -> None:
    settings = desk_settings(url, console_batch=0, console_break_minutes=asked)
    with served_desk(settings) as client:
        emptied(client)
        score(client, f"job {SURE}")
        ana = Reviewer(client)
        ana.sat(minutes=sat)
        assert heading(ana.open()) == ("Time for a break" if due else "One ad to judge")
        if due:
            assert "Judged: 0. Minutes: 7." in ana.open()
            assert ana.send("/review/rest").status_code == 303
            assert heading(ana.open()) == "One ad to judge"


def test_two_reviewers_judge_alone_and_then_see_each_other(twice: TestClient) -> None:
    results = score(twice, COPY.format("one"), COPY.format("two"))
    ids = {one["ad_id"] for one in results}
    ana, ben = Reviewer(twice), Reviewer(twice, "ben")
    page = ana.open()
    assert "two people judge this ad, each alone" in page
    first = ana.decide("lure")
    assert "Looks like" not in re.sub(
        r"<button.*?</button>|<dl>.*?</dl>|<details.*?</details>",
        "",
        ana.open(f"/review/ads/{first}"),
        flags=re.DOTALL,
    )
    assert ben.client.get(f"/review/ads/{first}").status_code == 404
    other = ana.decide("lure")
    assert {first, other} == ids
    seen = {ben.decide("recruitment"), ben.decide("lure")}
    assert seen == ids
    shown = ana.open(f"/review/ads/{first}")
    assert "Looks like an ordinary offer" in shown
    database: Database = twice.app.state.runtime().database  # type: ignore[attr-defined]
    assert [word.origin for word in words(database)] == ["review"] * 2 + ["second_review"] * 2


def test_undoing_one_of_two_words_leaves_the_other(twice: TestClient) -> None:
    score(twice, f"job {SURE}")
    ana, ben = Reviewer(twice), Reviewer(twice, "ben")
    ana.decide("lure")
    ad = ben.decide("other")
    assert queue(twice) == []
    ben.send("/review/undo")
    assert ad_on(ben.open()) == ad
    database: Database = twice.app.state.runtime().database  # type: ignore[attr-defined]
    assert [word.kind for word in words(database)] == ["lure"]


def test_undo_leaves_an_ad_where_another_reviewer_has_it_by_now(twice: TestClient) -> None:
    score(twice, f"job {SURE}")
    ana, ben = Reviewer(twice), Reviewer(twice, "ben")
    ad = ana.decide("lure")
    assert ad_on(ben.open()) == ad
    assert ana.send("/review/undo").headers["location"] == "/review?done=undone&n=1"
    assert heading(ana.open()) == "No ad waits for you."
    assert ben.decide("other") == ad
    assert ad_on(ana.open()) == ad


def copies(client: TestClient, number: int) -> str:
    """Ads of one campaign; gives its id."""
    results = score(client, *(COPY.format(f"number {i}") for i in range(number)))
    (found,) = {one["campaign"]["id"] for one in results}
    return str(found)


def test_a_whole_campaign_is_decided_after_one_was_asked_twice(
    client: TestClient, database: Database
) -> None:
    name = copies(client, 6)
    score(client, f"another ad about farms {SURE}")
    ana = Reviewer(client)
    ana.decide("lure")
    assert "Looks like a deceptive offer: <bdi>1</bdi>" in ana.open()
    path = f"/review/campaigns/{name}"
    page = ana.open(path)
    assert page.count("<blockquote") == campaign.SAMPLE
    asked = ana.send(path, page, kind="lure", harm=HARM)
    assert asked.status_code == 200
    assert "Yes, for 5 ads" in asked.text
    assert len(words(database)) == 1  # nothing yet
    late = score(client, COPY.format("after one was asked"))[0]["ad_id"]
    ids = re.search(r'name="ads" value="([^"]+)"', asked.text)
    assert ids
    done = ana.send(path, asked.text, kind="lure", harm=HARM, sure="1", ads=ids[1])
    assert "n=5" in done.headers["location"]
    bulk = [word for word in words(database) if word.origin == "campaign"]
    assert len(bulk) == 5
    assert {(word.kind, *word.harms) for word in bulk} == {("lure", HARM)}
    assert late in [one["ad_id"] for one in queue(client)]  # nobody was asked about it
    rows = [one for one in acts(database) if one[0] == "bulk"]
    assert {ad for _, ad in rows} == {word.ad for word in bulk}
    twice = ana.send(path, asked.text, kind="lure", harm=HARM, sure="1", ads=ids[1])
    assert "n=5" in twice.headers["location"], "pressed twice: told what was done"
    other = ana.send(path, asked.text, kind="other", sure="1", ads=ids[1])
    assert "n=0" in other.headers["location"], "nothing of that was done"
    assert len(words(database)) == 6
    back = ana.send("/review/undo")
    assert back.headers["location"].endswith("n=5")
    assert len(words(database)) == 1


def test_a_campaign_decided_twice_at_once_is_decided_once(
    client: TestClient, database: Database
) -> None:
    name = copies(client, 6)
    ads = [ad["ad_id"] for ad in queue(client)]
    settings = desk_settings("sqlite://")
    vault: Vault = client.app.state.runtime().vault  # type: ignore[attr-defined]
    shift = begin(None, vault.hashed("reviewer", "ana"), "en", settings)
    together = Barrier(4)

    def press(_: int) -> int:
        together.wait()
        return database.write_now(
            campaign.decide, vault, settings, shift, Who(shift.reviewer), name, Kind.OTHER, (), ads
        )

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, range(4))) == [6] * 4
    assert len(words(database)) == 6
    assert [action for action, _ in acts(database)].count("bulk") == 6


def test_what_was_claimed_over_the_interface_stays_claimed(client: TestClient) -> None:
    """The console puts one ad on the desk, and gives back no other than that."""

    def claim(reviewer: str) -> list[str]:
        asked = {"reviewer": reviewer, "count": 2}
        ads = client.post("/v1/queue/claim", json=asked).json()["ads"]
        return [ad["ad_id"] for ad in ads]

    social = {"text": f"job {SURE}", "platform": "social"}
    first, second, third, fourth = (
        one["ad_id"] for one in score(client, *[f"job {SURE}"] * 3, social)
    )
    ana = Reviewer(client)
    assert claim("ana") == [first, second]
    assert ad_on(ana.open()) == first, "what one claimed comes before what nobody has"
    assert ad_on(ana.open(platform="social")) == fourth
    assert claim("ben") == [third], "no other is free"
    assert ad_on(ana.open()) == fourth, "it lies on the desk"
    ana.send("/review/sign-out")
    assert claim("cem") == [fourth], "the desk is cleared, and claims stay"


def test_each_sample_of_a_campaign_has_names_of_its_own_and_no_links_to_signs(
    client: TestClient,
) -> None:
    """The list of signs stands on the desk alone."""
    ads = [
        {"text": COPY.format(f"{SIGN} {i}"), "thread": [f"{SIGN} free?", "yes"]} for i in range(2)
    ]
    (name,) = {one["campaign"]["id"] for one in score(client, *ads)}
    ana = Reviewer(client)
    page = ana.open(f"/review/campaigns/{name}")
    assert page.count("<blockquote") > 2
    assert "<mark>" in page
    for one in (page, ana.open()):
        names = re.findall(r'\sid="([^"]+)"', one)
        assert len(names) == len(set(names))
        assert set(re.findall(r'href="#([^"]+)"', one)) <= set(names)


def test_what_was_said_last_leads_to_the_ad_that_was_judged(client: TestClient) -> None:
    score(client, f"job {SURE}", f"other job {SURE}")
    ana = Reviewer(client)
    ana.send("/review/settings", language="en", calm="1")
    link = re.compile(r'<a href="(/review/ads/[^"]+)">Your last decision was kept.</a>')
    for _ in range(2):  # then the queue is empty
        ad = ana.decide("other")
        found = link.search(ana.open(done="kept"))
        assert found
        assert found[1] == f"/review/ads/{ad}"
        judged = ana.open(found[1])
        assert heading(judged) == "What reviewers said"
        assert 'class="calm"' in judged
    ana.send("/review/undo")
    assert link.search(ana.open(done="kept"))[1] != f"/review/ads/{ad}"  # type: ignore[index]


def test_a_campaign_is_not_decided_for_others_or_for_ads_that_two_judge(twice: TestClient) -> None:
    name = copies(twice, 3)
    page = Reviewer(twice).open(f"/review/campaigns/{name}")
    assert "<form" in page
    assert 'name="kind"' not in page


def test_of_an_ad_that_two_judge_its_campaign_tells_nothing_before_both_have_spoken(
    twice: TestClient,
) -> None:
    name = copies(twice, 2)
    ana, ben = Reviewer(twice), Reviewer(twice, "ben")
    first = ana.decide("other_scam")
    path = f"/review/campaigns/{name}"
    assert "None yet" in ben.open(path)
    assert ben.decide("lure") == first
    assert "Reviewers differ: <bdi>1</bdi>" in ben.open(path)
    ben.send("/review/undo")
    assert "None yet" in ben.open(path)


def test_the_desk_of_another_ad_tells_nothing_of_it_either(twice: TestClient, url: str) -> None:
    copies(twice, 2)
    first = Reviewer(twice).decide("other_scam")
    with served_desk(desk_settings(url, campaigns=True)) as once:  # ads that one judges
        ben = Reviewer(once, "ben")
        page = ben.open()
        assert ad_on(page) == first
        ben.send("/review/skip", page, ad=first)
        assert "None yet" in ben.open()
        ben.send("/review/decide", page, ad=first, kind="other_scam")
        assert "Looks like a scam without a job: <bdi>1</bdi>" in ben.open()


def test_what_is_gone_is_a_page_and_no_failure(client: TestClient) -> None:
    ana = Reviewer(client)
    for path in ("/review/ads/ad_" + "0" * 32, "/review/ads/x", "/review/campaigns/cam_x"):
        answer = ana.client.get(path)
        assert answer.status_code == 404
        assert heading(answer.text) == "It is no longer there."
    nothing = {"ad": "ad_" + "0" * 32, "kind": "lure"}
    assert ana.send("/review/decide", **nothing).status_code == 404
    for path in ("/review/decide", "/review/skip"):  # no database of ours takes U+0000
        assert ana.send(path, ad="ad\0", kind="lure").status_code == 404
    assert ana.client.get("/review/audit", params={"before": "\0"}).status_code == 200
    assert ana.send("/review/decide", ad="x", kind="nonsense").status_code == 403


def test_what_fails_is_told_in_the_language_of_the_session(client: TestClient) -> None:
    ana = Reviewer(client)
    ana.send("/review/settings", language="es")
    for answer in (
        ana.client.get("/review/ads/x"), ana.client.post("/review/skip", data={"token": "old"}),
    ):  # fmt: skip
        assert answer.headers["Content-Language"] == "es"


def test_the_trail_tells_who_did_what_in_which_request(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, f"xylophone {SURE}")
    ana = Reviewer(client, "ana-of-the-night")
    answer = ana.send("/review/decide", ad=result["ad_id"], kind="lure", harm=HARM)
    say(client, {"ad_id": result["ad_id"], "kind": "other"})
    client.delete(f"/v1/ads/{result['ad_id']}")
    trail = ana.open("/review/audit")
    for part in (
        "sign_in", "decide", "feedback", "erase", result["ad_id"], HARM,
        answer.headers["X-Request-ID"],
    ):  # fmt: skip
        assert part in trail, part
    assert re.search(r"<td>[0-9-]{10} [0-9:]{8} UTC</td>", trail)
    assert "xylophone" not in trail
    assert "ana-of-the-night" not in trail
    rows = database.read_now(lambda session: list(session.scalars(select(AuditEntry))))
    actors = {row.actor for row in rows if row.action in ("sign_in", "decide")}
    assert actors == {words_by(client, "ana-of-the-night")}
    assert "decide" not in re.findall(r"<td>(\w+)", ana.open("/review/audit", action="erase"))


def words_by(client: TestClient, name: str) -> str:
    vault: Vault = client.app.state.runtime().vault  # type: ignore[attr-defined]
    return vault.hashed("reviewer", name)


def test_the_trail_is_read_page_by_page_and_ends_with_time(
    client: TestClient, database: Database
) -> None:
    (result,) = score(client, f"job {SURE}")
    ana = Reviewer(client)
    page = ana.open()
    for _ in range(60):
        ana.send("/review/skip", page, ad=result["ad_id"])
    page = ana.open("/review/audit")
    assert page.count("<tr>") == 51
    further = re.search(r'href="(/review/audit\?before=[^"]+)"', page)
    assert further
    assert ana.open(further[1]).count("<tr>") == 1 + 61 - 50
    for days, gone in ((6, 0), (8, 61)):
        done = database.write_now(prune, desk_settings("sqlite://"), now() + timedelta(days=days))
        assert done["audit"] == gone


def test_a_statement_of_reasons_is_drafted_beside_the_ad(client: TestClient) -> None:
    score(client, f"job {SURE}")
    ana = Reviewer(client)
    ad = ad_on(ana.open())
    assert "decision_facts" in ana.open(f"/review/ads/{ad}/statement")


def test_a_draft_tells_what_others_say_only_to_who_judged_the_ad(client: TestClient) -> None:
    (result,) = score(client, f"job {SURE}")
    address = f"/review/ads/{result['ad_id']}/statement"
    ana, ben = Reviewer(client), Reviewer(client, "ben")

    def drafted() -> str:
        return ben.open(address).partition("<pre")[2].partition("</pre>")[0]

    before = drafted()
    assert "judge the ad first" in before
    ana.decide("recruitment")
    assert drafted() == before
    answer = ana.client.get(address)
    assert answer.status_code == 404, "reviewers call it no lure"
    assert "decision_facts" not in answer.text


def test_figures_count_what_is_kept(client: TestClient, database: Database, vault: Vault) -> None:
    results = score(client, *(f"job {i} {SURE}" for i in range(30)))
    ids = [one["ad_id"] for one in results]
    say(client, *({"ad_id": ad, "kind": "lure", "reviewer": "ana"} for ad in ids))
    say(
        client,
        *(
            {"ad_id": ad, "kind": "other" if i < 6 else "lure", "reviewer": "ben"}
            for i, ad in enumerate(ids[:24])
        ),
    )
    say(
        client,
        *(
            {"ad_id": ad, "kind": "other", "reviewer": "eve", "origin": "appeal",
             "overturned": i < 5}
            for i, ad in enumerate(ids[:10])
        ),
    )  # fmt: skip

    def older(session: Session) -> None:
        rows = session.scalars(select(StoredAd).order_by(StoredAd.created_at)).all()
        for i, row in enumerate(rows):
            row.created_at = row.created_at - timedelta(hours=i + 1)

    database.write_now(older)
    found = database.read_now(figures, desk_settings("sqlite://"), now())
    assert sum(n for _, n in found.volume) == 30
    assert sum(n for _, kinds in found.decisions for n in kinds) == 54
    assert (found.agreement.hits, found.agreement.of) == (18, 24)
    low, high = found.agreement.interval
    assert low < found.agreement.percent == 75 < high
    assert (found.appeals.hits, found.appeals.of, found.appeals.enough) == (5, 10, False)
    assert all(one.index is None for one in found.drift)
    waited = [one.half for one in found.latency if one.half is not None]
    assert waited
    page = Reviewer(client).open("/review/figures")
    assert "75.0 %" in page
    assert "18 / 24" in page
    assert "Too few to say" in page
    assert page.count('<svg class="plot"') == 4


def test_scores_that_moved_stand_out(client: TestClient, database: Database) -> None:
    (one,) = score(client, f"job {SURE}")

    def fill(session: Session) -> None:
        first = session.get_one(StoredAd, one["ad_id"])
        same = {c.key: getattr(first, c.key) for c in StoredAd.__table__.columns}
        for week, centre in ((3, 0.5), (2, 0.5), (1, 0.9)):
            for i in range(220):
                session.add(
                    StoredAd(
                        **{
                            **same,
                            "id": f"ad_{week:04d}{i:028d}",
                            "score": centre + (i % 100) / 1000,
                            "created_at": now() - timedelta(days=7 * week),
                        }
                    )
                )

    database.write_now(fill)
    found = database.read_now(figures, desk_settings("sqlite://"), now())
    assert [round(one.index, 1) if one.index is not None else None for one in found.drift][:2] == [
        None, 0.0,
    ]  # fmt: skip
    assert found.drift[2].index is not None
    assert found.drift[2].index > 1


def test_many_ads_are_counted_in_little_memory(client: TestClient, database: Database) -> None:
    (one,) = score(client, f"job {SURE}")
    times, since = 10_000, now() - timedelta(days=9)

    def fill(session: Session) -> None:
        first = session.get_one(StoredAd, one["ad_id"])
        same = {c.key: getattr(first, c.key) for c in StoredAd.__table__.columns}
        session.execute(
            insert(StoredAd),
            [{**same, "id": f"ad_{i:032d}", "created_at": since} for i in range(times)],
        )

    database.write_now(fill)
    assert used(database) < 3_000_000


def used(database: Database) -> int:
    """Bytes at most in Python's own memory while figures are counted."""
    settings = desk_settings("sqlite://")
    database.read_now(figures, settings, now())  # what is read once
    tracemalloc.start()
    found = database.read_now(figures, settings, now())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(number for _, number in found.volume) == 10_001
    return most


def test_a_share_of_few_is_not_told() -> None:
    assert not Share(9, MIN_SHARE - 1).enough
    assert Share(10, MIN_SHARE).enough


def test_two_who_decide_at_once_are_both_heard(database: Database, client: TestClient) -> None:
    """A claim that lapsed while one was reading: both words count, and the ad is done."""
    (result,) = score(client, f"job {SURE}")
    settings = desk_settings("sqlite://")
    vault: Vault = client.app.state.runtime().vault  # type: ignore[attr-defined]
    for name in ("ana", "ben"):
        shift = begin(None, vault.hashed("reviewer", name), "en", settings)
        said = Said(result["ad_id"], Kind.LURE)
        assert database.write_now(desk.decide, vault, settings, shift, Who(shift.reviewer), said)
    assert len(words(database)) == 2
    assert queue(client) == []
