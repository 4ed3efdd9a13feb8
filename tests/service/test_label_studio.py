"""``/label-studio/…``: predictions for tasks, and annotations that become reviewers' words."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models.labels import HARMS, INDICATORS, KINDS
from service import access
from service.access import Scope
from service.integrations.label_studio.controls import read
from service.review.export.reading import ads
from service.review.export.rows import labelled
from service.store import Database, Vault
from service.store.tables import AuditEntry, Feedback
from tests.service.desk import (
    KINDS as DATABASES,
)
from tests.service.desk import (
    SHOWN,
    SIGN,
    desk,
    desk_settings,
    emptied,
    queue,
    score,
    url_of,
)
from tests.service.labelling import (
    CONFIG,
    annotation,
    chosen,
    deleted,
    hook,
    marked,
    prediction,
)

TEXT = f"😀😀 Fly out now, {SIGN}, ask +1 202 555 0143"
LURE = chosen("kind", "lure")
OTHERS = """<View>
  <Header value="What is it?"/>
  <Text name="post" value="$body"/>
  <Choices name="verdict" toName="post" choice="single">
    <Choice value="Lure"/><Choice value="Recruitment"/><Choice value="Other"/>
  </Choices>
  <Choices name="sure" toName="post"><Choice value="yes"/><Choice value="other"/></Choices>
  <Labels name="signs" toName="post">
    <Label value="All costs covered"/><Label value="Name of a company"/>
  </Labels>
</View>"""


@pytest.fixture(scope="module", params=DATABASES)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    with desk(desk_settings(url_of(request, tmp_path_factory), max_request_ads=2)) as client:
        yield client


@pytest.fixture
def database(served: TestClient) -> Database:
    return emptied(served)


@pytest.fixture
def client(served: TestClient, database: Database) -> TestClient:
    return served


def predicted(client: TestClient, *data: Any, config: str = CONFIG) -> list[dict[str, Any]]:
    """Predictions for tasks."""
    answer = client.post(
        "/label-studio/predict",
        json={
            "tasks": [{"id": i, "data": one, "project": 1} for i, one in enumerate(data)],
            "project": "1.1795900000",
            "label_config": config,
            "params": {"login": None, "password": None, "context": None},
        },
    )
    assert answer.status_code == 200, answer.json()
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def send(client: TestClient, message: Any, **query: str) -> dict[str, Any]:
    """What became of a webhook's message."""
    answer = client.post("/label-studio/webhook", json=message, params=query)
    assert answer.status_code == 200, answer.json()
    taken: dict[str, Any] = answer.json()
    return taken


def words(database: Database) -> list[Feedback]:
    """All words, oldest first."""
    return list(
        database.read_now(
            lambda session: session.scalars(
                select(Feedback).order_by(Feedback.created_at, Feedback.id)
            ).all()
        )
    )


def rows(database: Database) -> list[dict[str, Any]]:
    """What training would get."""
    vault = Vault(bytes(range(32)))
    found = (labelled(few, vault) for few in ads(database, None))
    return [row for row in found if row is not None]


def test_a_project_connects_and_is_told_what_it_lacks(client: TestClient) -> None:
    def connected(schema: str) -> dict[str, Any]:
        answer = client.post(
            "/label-studio/setup",
            json={
                "project": "1.1795900000", "schema": schema, "hostname": "http://localhost:8080",
                "access_token": "of-the-owner", "extra_params": None,
            },
        )  # fmt: skip
        assert answer.status_code == 200, answer.json()
        found: dict[str, Any] = answer.json()
        return found

    name = client.get("/v1/model").json()["name"]
    whole = connected(CONFIG)
    assert whole["model_version"] == name
    assert whole["missing"] == []
    assert client.get("/label-studio/versions").json() == {"versions": [name]}
    assert client.get("/label-studio/health").json()["status"] == "UP"
    part = connected(OTHERS)
    assert part["uses"] == {"text": "post", "kind": "verdict", "harms": None, "indicators": "signs"}
    assert part["missing"][:2] == [
        "in 'verdict': about_lures, other_scam, insufficient", "<Choices> for harms",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (None, "no XML"),
        ("<View>", "no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><View>&b;</View>', "document type"),
        # What a search for comments would take for one.
        ('<?a <!-- ?><!DOCTYPE a [<!ENTITY b "c">]><View>&b;--></View>', "document type"),
        ("<a>" * 101 + "</a>" * 101, "levels"),
        ("<!--" * 250_000, "no XML"),  # not asked for the end of each
        ('<Text name="t" value="$t"/>' * 2, "no XML"),
        ('<View><Image name="i" value="$url"/></View>', "<Text>"),
        ('<View><Text name="t" value="$text"/></View>', "holds labels of ours"),
        (
            '<View><Text name="t" value="$text"/><Choices name="c" toName="t">'
            '<Choice value="other"/><Choice value="good"/></Choices></View>',
            "holds labels of ours",  # "other" alone is an answer to any question
        ),
    ],
)
def test_a_project_without_a_place_for_our_labels_is_refused(
    client: TestClient, schema: str | None, words: str
) -> None:
    answer = client.post("/label-studio/setup", json={"schema": schema})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/schema"
    assert words in answer.json()["detail"]


def test_a_configuration_of_many_texts_is_read_in_one_go() -> None:
    one = '<Text name="t{0}" value="$t"/><Choices name="c" toName="t{0}">{1}</Choices>'
    inside = "".join(one.format(i, '<Choice value="lure"/>') for i in range(5_000))
    assert read(f"<View>{inside}</View>").text == "t0"


def test_a_prediction_says_kind_harms_and_where_indicators_stand(client: TestClient) -> None:
    (found,) = predicted(client, {"text": TEXT})
    assert 0.9 < found["score"] <= 1
    assert found["model_version"] == client.get("/v1/model").json()["name"]
    by_tag = {region["from_name"]: region for region in found["result"]}
    assert by_tag["kind"]["value"] == {"choices": ["lure"]}
    (span,) = [
        region["value"] for region in found["result"] if SHOWN in region["value"].get("labels", [])
    ]
    assert (span["start"], span["text"]) == (TEXT.index(SIGN), SIGN)
    assert TEXT[span["start"] : span["end"]] == SIGN, "code points: both emoji count once"


def test_harms_are_those_from_the_bundles_threshold_on(client: TestClient) -> None:
    (found,) = predicted(client, {"text": TEXT})
    threshold = client.app.state.runtime().engine.bundle.calibration.harm_threshold  # type: ignore[attr-defined]
    (result,) = score(client, TEXT)
    over = [one["harm"] for one in result["harms"] if one["probability"] >= threshold]
    named = [r["value"]["choices"] for r in found["result"] if r["from_name"] == "harms"]
    assert named == ([over] if over else [])


def test_names_of_tags_do_not_matter(client: TestClient) -> None:
    (found,) = predicted(client, {"body": TEXT}, config=OTHERS)
    assert [(r["from_name"], r["to_name"]) for r in found["result"]] == [
        ("verdict", "post"), ("signs", "post"),
    ]  # fmt: skip
    assert found["result"][0]["value"]["choices"] == ["Lure"]
    assert found["result"][1]["value"]["labels"] == ["All costs covered"]


def test_a_task_of_several_fields_is_scored_as_the_ad_that_it_was(client: TestClient) -> None:
    ad = {"title": "🛫 Work", "thread": [{"text": f"{SIGN}?", "role": "own"}], "text": SIGN}
    shown = f"🛫 Work\n{SIGN}?\n{SIGN}"
    whole, alone = predicted(client, {"text": shown, "ad": ad}, {"text": shown})
    places = [
        [r["value"]["start"] for r in one["result"] if r["value"].get("labels") == [SHOWN]]
        for one in (whole, alone)
    ]
    assert places[0] == [shown.rindex(SIGN)], "own words are no evidence"
    assert places[1] == [shown.index(SIGN), shown.rindex(SIGN)]
    (other,) = predicted(client, {"text": f"changed {shown}", "ad": ad})
    assert len([r for r in other["result"] if r["value"].get("labels") == [SHOWN]]) == 2


def test_a_task_that_cannot_be_read_gets_an_empty_prediction(client: TestClient) -> None:
    found = predicted(
        client, {"text": "x" * 20_001}, {"text": TEXT}, {"text": " "}, {"body": TEXT}, {"text": 3}
    )
    assert [bool(one["result"]) for one in found] == [False, True, False, False, False]
    assert "at most 20000" in found[0]["error"]
    assert "nothing to read" in found[2]["error"]
    assert "data.text" in found[3]["error"]


def test_more_tasks_than_a_request_may_hold_are_scored_in_parts(client: TestClient) -> None:
    texts = [f"[{'9' if i % 2 else '-9'}] offer {i}" for i in range(5)]
    found = predicted(client, *({"text": one} for one in texts))
    assert [one["score"] > 0.5 for one in found] == [False, True, False, True, False]
    assert queue(client) == [], "nothing is kept of them"


def test_an_annotation_is_a_word_once_until_it_changes_or_is_deleted(
    client: TestClient, database: Database
) -> None:
    first = hook("ANNOTATION_CREATED", annotation(7, LURE, marked(TEXT, SIGN)), {"text": TEXT})
    assert send(client, first)["kept"] == 1
    assert send(client, first) == {
        "kept": 0, "known": 1, "withdrawn": 0, "skipped": 0, "refused": [],
    }  # fmt: skip
    (word,) = words(database)
    assert (word.kind, word.origin, word.external_id) == ("lure", "review", "label-studio/1")
    assert word.reviewer != "label-studio/1"
    later = annotation(7, chosen("kind", "other"), updated_at="2026-11-28T21:20:00Z")
    assert send(client, hook("ANNOTATION_UPDATED", later, {"text": TEXT}))["kept"] == 1
    assert [row["kind"] for row in rows(database)] == ["other"]
    assert send(client, first)["known"] == 1
    assert [row["kind"] for row in rows(database)] == ["other"], "an old message changes nothing"
    again = annotation(7, LURE, marked(TEXT, SIGN), updated_at="2026-11-28T21:22:00Z")
    assert send(client, hook("ANNOTATION_UPDATED", again, {"text": TEXT}))["kept"] == 1
    assert [row["kind"] for row in rows(database)] == ["lure"], "back to what was said first"
    other = annotation(8, LURE, completed_by=2)
    assert send(client, hook("ANNOTATION_CREATED", other, {"text": TEXT}))["kept"] == 1
    assert send(client, deleted(7, 99))["withdrawn"] == 3
    assert [word.kind for word in words(database)] == ["lure"]
    assert send(client, deleted(*range(600)))["withdrawn"] == 1


def test_contacts_are_redacted_and_spans_move_along(client: TestClient, database: Database) -> None:
    said = annotation(1, LURE, marked(TEXT, "0143", "move_to_messenger"), marked(TEXT, SIGN))
    send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}))
    (row,) = rows(database)
    assert row["text"] == f"😀😀 Fly out now, {SIGN}, ask <phone>"
    found = {one["indicator"]: row["text"][one["start"] : one["end"]] for one in row["spans"]}
    assert found == {SHOWN: SIGN, "move_to_messenger": "<phone>"}
    assert row["spans"][0]["start"] == row["text"].index(SIGN), "two emoji before it"


def test_spans_are_told_against_what_was_predicted(client: TestClient, database: Database) -> None:
    began = prediction(
        chosen("kind", "lure", id="lw-bundle-1-kind"),
        marked(TEXT, SIGN, id="lw-bundle-1-1"),
        marked(TEXT, "now", "urgency", id="lw-bundle-1-2"),
        model="bundle-1",
    )
    said = annotation(
        1, LURE, marked(TEXT, SIGN), marked(TEXT, "Fly out", "urgency"), prediction=began
    )
    send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}))
    (word,) = words(database)
    at = TEXT.index("Fly out")
    end = TEXT.index("now")
    assert word.missed_spans == {"urgency": [{"field": "text", "start": at, "end": at + 7}]}
    assert word.wrong_spans == {"urgency": [{"field": "text", "start": end, "end": end + 3}]}
    assert (word.model, word.score) == ("bundle-1", 0.9)
    (row,) = rows(database)
    assert [row["text"][s["start"] : s["end"]] for s in row["spans"]] == ["Fly out", SIGN]


def test_every_place_of_a_sign_that_was_filled_in_may_come_back(
    client: TestClient, database: Database
) -> None:
    """An answer may show one sign more often than a request to /v1/feedback may name it."""
    text = f"Fly out now, {SIGN}. " * 70
    (filled,) = predicted(client, {"text": text})
    places = [one for one in filled["result"] if one["type"] == "labels"]
    assert len(places) == 70
    taken = send(client, hook("ANNOTATION_CREATED", annotation(1, LURE, *places), {"text": text}))
    assert (taken["kept"], taken["refused"]) == (1, [])
    (row,) = rows(database)
    assert len(row["spans"]) == 70


def test_a_region_drawn_again_and_again_is_one(client: TestClient, database: Database) -> None:
    """However many regions overlap, no more is kept than the text has room for."""
    said = annotation(1, LURE, *[marked(TEXT, SIGN)] * 50, *[marked(TEXT, f"{SIGN},")] * 50)
    assert send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}))["kept"] == 1
    (row,) = rows(database)
    (span,) = row["spans"]
    assert row["text"][span["start"] : span["end"]] == f"{SIGN},"


def test_a_prediction_that_is_not_repeated_is_made_again(
    client: TestClient, database: Database
) -> None:
    """Label Studio repeats one only where its version is the project's."""
    (filled_in,) = predicted(client, {"text": TEXT})
    kept = [region for region in filled_in["result"] if region["type"] == "choices"]
    said = annotation(1, *kept, marked(TEXT, "Fly out", "urgency"), parent_prediction=5)
    send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}))
    (word,) = words(database)
    assert list(word.wrong_spans or {}) == [SHOWN], "it was filled in, and taken away"
    assert list(word.missed_spans or {}) == ["urgency"]
    assert (word.model, word.score) == (filled_in["model_version"], filled_in["score"])
    older = [{**region, "id": "lw-before-1-kind"} for region in kept]
    said = annotation(2, *older, task=2, updated_at="2026-11-28T21:20:00Z")
    send(client, hook("ANNOTATION_CREATED", said, {"text": f"{TEXT} 2"}, task=2))
    assert words(database)[-1].model is None, "another bundle had said something else"


def test_another_backends_prediction_is_not_taken_for_ours(
    client: TestClient, database: Database
) -> None:
    theirs = prediction(marked(TEXT, SIGN, id="x1"), model="theirs")
    odd = prediction(marked(TEXT, SIGN, id="lw-a\0b-1"), model="a\0b")
    other = prediction(marked(f"1{TEXT}", SIGN, id="lw-b-1"), model="b")  # of words since changed
    for number, began in enumerate((theirs, odd, other, {}, 5, None)):
        said = annotation(number, LURE, marked(TEXT, SIGN), task=number, prediction=began)
        message = hook("ANNOTATION_CREATED", said, {"text": f"{TEXT} {number}"}, task=number)
        assert send(client, message)["kept"] == 1
    assert [word.model for word in words(database)] == [None] * 6
    assert {tuple(word.missed_spans or ()) for word in words(database)} == {(SHOWN,)}


def test_without_labels_for_indicators_nobody_looked_at_spans(
    client: TestClient, database: Database
) -> None:
    config = OTHERS.replace("Labels", "Ignored")
    said = annotation(1, chosen("verdict", "Recruitment"))
    send(client, hook("ANNOTATION_CREATED", said, {"body": TEXT}, config=config))
    (word,) = words(database)
    assert (word.kind, word.wrong_spans, word.missed_spans) == ("recruitment", None, None)


def test_harms_left_from_before_the_kind_was_changed_are_no_part_of_it(
    client: TestClient, database: Database
) -> None:
    harm = chosen("harms", HARMS[0])
    for number, kind in enumerate(("lure", "other")):
        said = annotation(number, chosen("kind", kind), harm, task=number)
        send(client, hook("ANNOTATION_CREATED", said, {"text": f"{TEXT} {number}"}, task=number))
    assert {word.kind: word.harms for word in words(database)} == {"lure": [HARMS[0]], "other": []}


def test_several_annotators_of_a_bulk_have_a_word_each(
    client: TestClient, database: Database
) -> None:
    one = hook("", annotation(1, LURE, task=4), {"text": TEXT}, 4)
    two = hook("", annotation(2, chosen("kind", "other"), task=4, completed_by={"id": 2}), {})
    three = hook("", annotation(3, LURE, task=5), {"text": f"{TEXT}!"}, 5)
    taken = send(
        client,
        {
            "action": "ANNOTATIONS_CREATED",
            "annotation": [one["annotation"], two["annotation"], three["annotation"]],
            "task": [three["task"], one["task"]],
            "project": one["project"],
        },
        instance="ngo-2",
        origin="sample",
    )
    assert taken["kept"] == 3
    found = words(database)
    assert {word.origin for word in found} == {"sample"}
    assert sorted(word.external_id or "" for word in found) == [
        "ngo-2/4", "ngo-2/4", "ngo-2/5",
    ]  # fmt: skip
    assert len({word.reviewer for word in found}) == 2
    assert len({word.about for word in found}) == 2
    assert send(client, deleted(1, 2, 3))["withdrawn"] == 0, "of another Label Studio"
    assert send(client, deleted(1, 2, 3), instance="ngo-2")["withdrawn"] == 3


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (annotation(1), "no kind is chosen"),
        (annotation(1, chosen("kind", "lure", "other")), "2 kinds"),
        (annotation(1, chosen("kind", "secretly good")), "none of our labels"),
        (annotation(1, LURE, chosen("harms", "boredom")), "none of our labels"),
        (annotation(1, LURE, completed_by=None), "completed_by"),
        (annotation(1, LURE, marked(TEXT * 2, TEXT * 2)), f"{len(TEXT)} code points"),
        (annotation(1, LURE, marked(f"1{TEXT}", SIGN)), "others than the text's"),
        (
            annotation(1, LURE, {**marked(TEXT, SIGN), "value": {"labels": [SHOWN]}}),
            "`start` and `end`",
        ),
        ({**annotation(1, LURE), "result": "lure"}, "result: Input should be a valid list"),
        (annotation(1, LURE, task=2), "task: Input should be"),
        (annotation(1, LURE, updated_at="2026-11-28T21:19:26"), "updated_at: Input should have"),
    ],
)
def test_an_annotation_that_is_no_label_is_refused_with_the_reason(
    client: TestClient, database: Database, said: dict[str, Any], reason: str
) -> None:
    taken = send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}))
    (refused,) = taken["refused"]
    assert refused["annotation"] == 1
    assert reason in refused["reason"]
    assert not any(piece in refused["reason"] for piece in (SIGN, "Fly", "0143", "secretly"))
    assert words(database) == []


@pytest.mark.parametrize("more", [{"completed_by": 10**300}, {"task": 10**300}])
def test_an_id_that_no_database_has_is_refused(client: TestClient, more: dict[str, int]) -> None:
    said = annotation(1, LURE, **more)
    found = send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}, said["task"]))
    assert len(found["refused"]) == 1


def test_the_trail_tells_of_words_and_of_those_taken_back(
    client: TestClient, database: Database
) -> None:
    said = hook("ANNOTATION_CREATED", annotation(1, LURE), {"text": TEXT})
    for _ in range(2):
        send(client, said)
    (word,) = words(database)
    send(client, deleted(1))
    trail = database.read_now(
        lambda session: list(session.scalars(select(AuditEntry).order_by(AuditEntry.at)))
    )
    assert [(one.action, one.word) for one in trail] == [("feedback", None), ("undo", word.id)]
    assert all(one.request_id for one in trail)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_calendar_has_is_refused(client: TestClient, when: str) -> None:
    said = annotation(1, LURE, updated_at=when)
    found = send(client, hook("ANNOTATION_CREATED", said, {"text": TEXT}))
    assert found["refused"][0]["reason"].startswith("updated_at")


def test_what_says_nothing_of_an_ad_is_left_alone(client: TestClient, database: Database) -> None:
    skipped = annotation(1, was_cancelled=True)
    assert send(client, hook("ANNOTATION_CREATED", skipped, {"text": TEXT}))["skipped"] == 1
    for action in ("PROJECT_UPDATED", "TASKS_CREATED", "TASKS_DELETED", "LABEL_LINK_CREATED"):
        assert send(client, {"action": action, "tasks": [{"id": 1}]})["kept"] == 0
    assert words(database) == []


def test_training_is_not_started_from_there(client: TestClient) -> None:
    answer = client.post("/label-studio/webhook", json={"action": "START_TRAINING", "project": {}})
    assert answer.status_code == 422
    assert "python -m training retrain" in answer.json()["detail"]


def test_a_word_on_an_ad_of_the_queue_closes_it_and_reopens_it_when_it_is_deleted(
    client: TestClient, database: Database
) -> None:
    score(client, {"text": TEXT, "id": "theirs-1"})
    (waiting,) = queue(client)
    data = {"text": waiting["text"], "ad_id": waiting["ad_id"]}
    said = annotation(1, LURE, marked(waiting["text"], "Fly out", "urgency"))
    send(client, hook("ANNOTATION_CREATED", said, data))
    assert queue(client) == []
    (word,) = words(database)
    assert (word.ad, word.external_id) == (waiting["ad_id"], "theirs-1")
    assert list(word.wrong_spans or {}) == [SHOWN], "it was shown, and is not marked"
    assert list(word.missed_spans or {}) == ["urgency"]
    assert send(client, deleted(1))["withdrawn"] == 1
    assert [ad["ad_id"] for ad in queue(client)] == [waiting["ad_id"]]


def test_each_call_wants_a_key_with_its_scope(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'closed.db'}"
    with desk(desk_settings(url, authentication="on")) as client:
        database: Database = client.app.state.runtime().database  # type: ignore[attr-defined]
        keys = {
            scope: database.write_now(access.add, scope, {scope})[1]
            for scope in (Scope.SCORE, Scope.REVIEW)
        }

        def basic(key: str) -> dict[str, str]:
            return {"Authorization": f"Basic {base64.b64encode(f'any:{key}'.encode()).decode()}"}

        def asked(path: str, headers: dict[str, str]) -> int:
            if path in ("health", "versions"):
                return client.get(f"/label-studio/{path}", headers=headers).status_code
            body = {
                "setup": {"schema": CONFIG},
                "predict": {"tasks": [{"data": {"text": TEXT}}], "label_config": CONFIG},
                "webhook": hook("ANNOTATION_CREATED", annotation(1, LURE), {"text": TEXT}),
            }[path]
            return client.post(f"/label-studio/{path}", json=body, headers=headers).status_code

        for path in ("health", "versions", "setup", "predict"):
            assert asked(path, {}) == 401, path
            assert asked(path, basic("lw_wrong")) == 401, path
            assert asked(path, {"Authorization": "Basic ???"}) == 401, path
            assert asked(path, basic(keys[Scope.REVIEW])) == 403, path
            assert asked(path, basic(keys[Scope.SCORE])) == 200, path
        assert asked("webhook", {}) == 401
        assert asked("webhook", basic(keys[Scope.SCORE])) == 403
        assert asked("webhook", {"Authorization": f"Bearer {keys[Scope.REVIEW]}"}) == 200


def test_all_labels_have_a_place_in_the_configuration() -> None:
    for label in (*KINDS, *HARMS, *INDICATORS):
        assert f'alias="{label}"' in CONFIG
