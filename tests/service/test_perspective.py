"""``comments:analyze`` and ``comments:suggestscore``: the shape, its places and its errors; by
Google's own client where a client matters."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from googleapiclient import discovery
from googleapiclient.errors import HttpError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.labels import HARMS
from service.access import Scope, add
from service.api.examples import HONEST, LURE
from service.app import create_app
from service.integrations.perspective import ATTRIBUTES
from service.settings import Settings
from service.store import Database, Vault
from service.store.base import Base
from service.store.tables import AuditEntry, Feedback
from tests.live import StubModel, live, stub_engine

SECRET = "xylophone-Жираф-秘密"
KEY = "lw_a-key-that-must-stand-nowhere"
PATH = "/v1alpha1/comments:analyze"


def post(client: TestClient, text: str = LURE, path: str = PATH, **body: Any) -> Any:
    comment = {"comment": {"text": text}, "requestedAttributes": {"FAKE_JOB_AD": {}}}
    headers = {"content-type": "application/json"}  # written so that any string can be
    return client.post(path, content=json.dumps(comment | body), headers=headers)


def score_of(client: TestClient, **ad: object) -> Any:
    return client.post("/v1/score", json={"ads": [ad]}).json()["results"][0]


def utf16(text: str, begin: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * begin : 2 * end].decode("utf-16-le")


def test_an_attribute_for_the_score_and_one_for_each_harm(client: TestClient) -> None:
    answer = post(client, requestedAttributes={name: {} for name in ATTRIBUTES}, clientToken="t-1")
    assert answer.status_code == 200
    assert answer.headers["x-model"] == "tiny-1"
    body = answer.json()
    assert body["clientToken"] == "t-1"
    assert body["languages"] == body["detectedLanguages"] == ["en"]
    assert list(body["attributeScores"]) == ["FAKE_JOB_AD", *(harm.upper() for harm in HARMS)]
    result = score_of(client, text=LURE)
    values = {n: one["summaryScore"]["value"] for n, one in body["attributeScores"].items()}
    assert values["FAKE_JOB_AD"] == result["score"]
    assert max(values.values()) == result["score"]
    for one in result["harms"]:
        assert values[one["harm"].upper()] == pytest.approx(one["probability"] * result["score"])


def test_without_annotations_the_whole_comment_is_one_span(client: TestClient) -> None:
    (scores,) = post(client, "🛫 " + LURE).json()["attributeScores"].values()
    (span,) = scores["spanScores"]
    assert span["begin"] == 0
    assert span["end"] == len(LURE) + 3  # the aeroplane has two code units
    assert span["score"] == scores["summaryScore"]
    assert span["score"]["type"] == "PROBABILITY"


@pytest.mark.parametrize("text", ["🛫🛫 " + LURE, "𝘃𝗶𝘀𝗮 later, e\u0301te\u0301, fr\u200bee ticket"])
def test_spans_are_in_utf_16_units_of_the_comment(client: TestClient, text: str) -> None:
    (scores,) = post(client, text, spanAnnotations=True).json()["attributeScores"].values()
    result = score_of(client, text=text)
    places = sorted((one["span"]["start"], one["span"]["end"]) for one in result["evidence"])
    words = [text[start:end] for start, end in places]
    assert [utf16(text, one["begin"], one["end"]) for one in scores["spanScores"]] == words
    assert all(0 <= one["score"]["value"] <= 1 for one in scores["spanScores"])


def test_spans_of_html_are_in_the_html(client: TestClient) -> None:
    html = "<p title='🛫'>" + LURE.replace("visa", "<b>visa</b> &amp; more") + "</p>"
    comment = {"text": html, "type": "HTML"}
    marked = post(client, comment=comment, spanAnnotations=True).json()["attributeScores"]
    plain = LURE.replace("visa", "visa & more") + "\n"
    result = score_of(client, text=plain)
    assert marked["FAKE_JOB_AD"]["summaryScore"]["value"] == result["score"]
    found = [utf16(html, one["begin"], one["end"]) for one in marked["FAKE_JOB_AD"]["spanScores"]]
    places = sorted((one["span"]["start"], one["span"]["end"]) for one in result["evidence"])
    for sent, (start, end) in zip(found, places, strict=True):
        read = plain[start:end]
        words = sent.replace("<b>", "").replace("</b>", "").replace("&amp;", "&")
        assert words == read.removesuffix("\n")  # the break of `</p>` has no length


def test_a_span_is_worth_what_a_text_of_its_words_would_be() -> None:
    """The stub calls one token a lure with a logit of 9, and nothing else is read."""
    with TestClient(create_app(Settings(), lambda s: stub_engine(s, StubModel()))) as client:
        body = post(client, "x", spanAnnotations=True).json()
    (scores,) = body["attributeScores"].values()
    assert scores["spanScores"][0]["score"]["value"] == pytest.approx(
        scores["summaryScore"]["value"]
    )


def test_an_attribute_under_its_threshold_is_left_out(client: TestClient) -> None:
    score = score_of(client, text=LURE)["score"]
    wanted: dict[str, Any] = {
        "FAKE_JOB_AD": {"scoreThreshold": score},
        "MONEY_MULE_RECRUITMENT": {},
    }
    assert set(post(client, requestedAttributes=wanted).json()["attributeScores"]) == set(wanted)
    wanted["FAKE_JOB_AD"] = {"scoreThreshold": min(1.0, score + 1e-6)}
    left = post(client, requestedAttributes=wanted).json()["attributeScores"]
    assert set(left) == {"MONEY_MULE_RECRUITMENT"}


def test_the_context_is_read_with_the_comment(client: TestClient) -> None:
    thread = ["Hi, still looking for work?", "Yes, what is it?"]
    entries = [{"text": thread[0]}, {"text": f"<p>{thread[1]}</p>", "type": "HTML"}]
    answer = post(client, context={"entries": entries}).json()
    expected = score_of(client, text=LURE, thread=[thread[0], thread[1] + "\n"])["score"]
    assert answer["attributeScores"]["FAKE_JOB_AD"]["summaryScore"]["value"] == expected
    both = {"articleAndParentComment": {"article": entries[0], "parentComment": entries[1]}}
    assert post(client, context=both).json() == answer
    many = post(client, context={"entries": [{"text": "hello"}] * 60 + entries})
    assert many.status_code == 200


def test_all_languages_of_a_comment_are_told(client: TestClient) -> None:
    text = (
        "The flight and the room are paid by the company, you only bring your passport. "
        "บริษัทออกค่าตั๋วเครื่องบินและค่าที่พักให้ทั้งหมด ไม่ต้องมีประสบการณ์"
    )
    answer = post(client, text, languages=["en", "th", "pt-BR"]).json()
    assert set(answer["detectedLanguages"]) == {"en", "th"}
    assert answer["languages"] == ["en", "th", "pt-BR"]
    assert post(client, "ok").json()["detectedLanguages"] == []


def test_names_of_both_forms_and_nulls_are_taken(client: TestClient) -> None:
    """As the JSON form of protocol buffers takes them; older clients send names with `_`."""
    body = {
        "comment": {"text": LURE, "type": None},
        "requested_attributes": {"FAKE_JOB_AD": {"score_type": "PROBABILITY"}},
        "context": None, "languages": None, "client_token": "t", "sessionId": "s",
    }  # fmt: skip
    answer = client.post(PATH, json=body)
    assert answer.status_code == 200
    assert answer.json()["clientToken"] == "t"


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ({"requestedAttributes": {"TOXICITY": {}}}, "NOT_SUPPORTED", "requestedAttributes"),
        ({"requestedAttributes": {}}, "INVALID_REQUEST", "requestedAttributes"),
        ({"requestedAttributes": {f"{SECRET} x": {}}}, "INVALID_REQUEST", "requestedAttributes"),
        ({"requestedAttributes": {"FAKE_JOB_AD": {"scoreType": "RAW"}}}, "INVALID_REQUEST",
         "requestedAttributes.FAKE_JOB_AD.scoreType"),
        ({"requestedAttributes": {"FAKE_JOB_AD": {"scoreThreshold": 2}}}, "INVALID_REQUEST",
         "requestedAttributes.FAKE_JOB_AD.scoreThreshold"),
        ({"comment": {"text": " "}}, "EMPTY_AD", "comment.text"),
        ({"comment": {"text": "<p></p>", "type": "HTML"}}, "EMPTY_AD", "comment.text"),
        ({"comment": {"text": "ж" * 10_241}}, "BATCH_TOO_LARGE", "comment.text"),
        ({"comment": {"text": "x" * 20_001}}, "INVALID_REQUEST", "comment.text"),
        ({"comment": {"text": "\ud800"}}, "INVALID_REQUEST", "comment.text"),
        ({"comment": {"text": "x", "type": SECRET}}, "INVALID_REQUEST", "comment.type"),
        ({"languages": [SECRET]}, "INVALID_REQUEST", "languages.0"),
        ({"context": {"entries": [{"text": "x"}], "articleAndParentComment": {}}},
         "INVALID_REQUEST", "context"),
        ({SECRET: 1}, "INVALID_REQUEST", ""),
    ],
)  # fmt: skip
def test_refusals_are_in_googles_shape(
    client: TestClient, body: dict[str, Any], reason: str, field: str
) -> None:
    answer = post(client, **body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    info, bad = error["details"]
    assert info["reason"] == reason
    assert bad["fieldViolations"][0]["field"] == field
    assert SECRET not in answer.text


def test_foreign_attributes_may_be_dropped(client: TestClient) -> None:
    wanted: dict[str, Any] = {"TOXICITY": {}, "FAKE_JOB_AD": {}}
    answer = post(client, requestedAttributes=wanted, dropUnsupportedAttributes=True)
    assert set(answer.json()["attributeScores"]) == {"FAKE_JOB_AD"}


def test_a_body_that_is_refused_early_is_in_googles_shape_too(client: TestClient) -> None:
    large = client.post(PATH, json={"comment": {"text": "x" * 200_000}})
    assert large.status_code == large.json()["error"]["code"] == 413
    for headers in ({"content-type": "text/plain"}, {"content-type": "application/json"}):
        answer = client.post(PATH, content=b"{", headers=headers)
        assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert client.get(PATH).json()["error"]["status"] == "UNIMPLEMENTED"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, authentication="on", review_queue=True, queue_from="nudge",
        campaigns=True,
    )  # fmt: skip


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = Database(settings.database_url)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def guarded(settings: Settings, database: Database) -> Iterator[tuple[TestClient, str]]:
    """A service that asks for keys and keeps what it may, with a key."""
    _, key = database.write_now(add, "forum", [Scope.SCORE, Scope.REVIEW])
    with TestClient(create_app(settings, lambda s: stub_engine(s, StubModel()))) as client:
        yield client, key


def test_the_key_comes_as_googles_clients_send_it(
    guarded: tuple[TestClient, str], database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    client, key = guarded
    _, other = database.write_now(add, "reads nothing", [Scope.REPORTS])
    with caplog.at_level(logging.DEBUG):
        assert post(client, path=f"{PATH}?key={key}").status_code == 200
        assert client.post(PATH, json={}, headers={"x-goog-api-key": key}).status_code == 400
        none, wrong = post(client), post(client, path=f"{PATH}?key={KEY}")
        denied = post(client, path=f"{PATH}?key={other}")
    assert none.json()["error"]["status"] == wrong.json()["error"]["status"] == "UNAUTHENTICATED"
    assert denied.json()["error"]["status"] == "PERMISSION_DENIED"
    assert [none.status_code, wrong.status_code, denied.status_code] == [401, 401, 403]
    lines = "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records if served(r))
    assert '"path"' in lines.replace("'", '"')
    for secret in (key, other, KEY):
        assert secret not in lines


def served(record: logging.LogRecord) -> bool:
    """Not of the client that the test itself uses."""
    return not record.name.startswith(("httpx", "httpcore", "httpx2"))


def test_what_is_not_to_be_stored_is_not(
    guarded: tuple[TestClient, str], database: Database
) -> None:
    client, key = guarded
    path = f"{PATH}?key={key}"
    assert post(client, path=path, doNotStore=True).status_code == 200
    assert database.read_now(tables_in_use) == {"api_keys"}
    assert post(client, path=path).status_code == 200
    assert {"ads", "campaigns"} < database.read_now(tables_in_use)


def tables_in_use(session: Session) -> set[str]:
    """Those with a row."""
    tables = Base.metadata.tables.values()
    return {table.name for table in tables if session.execute(table.select()).first()}


def suggest(client: TestClient, key: str, text: str, /, **body: Any) -> Any:
    scores = body.pop("scores")
    given = {name: {"summaryScore": {"value": value}} for name, value in scores.items()}
    request = {"comment": {"text": text}, "attributeScores": given, "clientToken": "t"} | body
    return client.post(f"/v1alpha1/comments:suggestscore?key={key}", json=request)


def test_a_suggestion_becomes_feedback(
    guarded: tuple[TestClient, str], database: Database, settings: Settings
) -> None:
    client, key = guarded
    scores = {"FAKE_JOB_AD": 0.9, "TASK_BASED_JOB_SCAM": 0.8, "ADVANCE_FEE_JOB_SCAM": 0.2}
    told = suggest(
        client, key, LURE, scores=scores, communityId=SECRET, languages=["en"],
        context={"entries": [{"text": "call +1 202 555 0143"}]},
    )  # fmt: skip
    assert told.status_code == 200
    assert told.json() == {
        "detectedLanguages": ["en"], "requestedLanguages": ["en"], "clientToken": "t",
    }  # fmt: skip
    assert suggest(client, key, HONEST, scores={"FAKE_JOB_AD": 0}).status_code == 200
    noted = database.read_now(lambda session: session.scalars(select(AuditEntry)).all())
    assert [(row.action, row.key is not None) for row in noted if row.action == "feedback"] == [
        ("feedback", True), ("feedback", True)
    ]  # fmt: skip
    lure, honest = database.read_now(
        lambda session: [
            (row.kind, row.harms, row.reviewer, row.content, row.origin)
            for row in session.scalars(select(Feedback).order_by(Feedback.created_at))
        ]
    )
    assert lure[:2] == ("lure", ["task_based_job_scam"])
    assert honest[0] != "lure"
    assert honest[1] == []
    assert lure[2] != honest[2]
    assert SECRET not in lure[2]
    assert lure[3] is not None
    kept = Vault.open(None, settings.data_dir / "key", may_make=False).unseal(lure[3])["content"]
    assert kept["text"] == LURE
    assert kept["thread"][0]["text"].startswith("call ")
    assert "0143" not in str(kept)


@pytest.mark.parametrize(
    "scores",
    [
        {"TOXICITY": 1.0},
        {"TASK_BASED_JOB_SCAM": 0.1},  # not whether it is a lure at all
        {"FAKE_JOB_AD": 0.1, "TASK_BASED_JOB_SCAM": 0.9},  # both cannot be
        {"FAKE_JOB_AD": 7},
        {},
    ],
)
def test_a_suggestion_that_says_nothing_is_refused(
    guarded: tuple[TestClient, str], database: Database, scores: dict[str, float]
) -> None:
    client, key = guarded
    answer = suggest(client, key, LURE, scores=scores)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert database.read_now(lambda session: session.scalars(select(Feedback)).all()) == []


def test_googles_own_client(settings: Settings, database: Database) -> None:
    _, key = database.write_now(add, "forum", [Scope.SCORE])
    app = create_app(settings, lambda s: stub_engine(s, StubModel()))
    with live(app) as url, discovery.build(
        "commentanalyzer", "v1alpha1", developerKey=key, static_discovery=False,
        discoveryServiceUrl=f"{url}/$discovery/rest?version=v1alpha1", cache_discovery=False,
    ) as api:  # fmt: skip
        body: Any = {"comment": {"text": LURE}, "requestedAttributes": {"FAKE_JOB_AD": {}}}
        answer = api.comments().analyze(body=body).execute()
        assert answer["attributeScores"]["FAKE_JOB_AD"]["summaryScore"]["value"] > 0.5
        body["requestedAttributes"] = {"TOXICITY": {}}
        with pytest.raises(HttpError) as caught:
            api.comments().analyze(body=body).execute()
        assert caught.value.status_code == 400
        assert "FAKE_JOB_AD" in caught.value.reason
        suggestion = {"comment": {"text": LURE}, "attributeScores": {}}
        with pytest.raises(HttpError) as caught:
            api.comments().suggestscore(body=suggestion).execute()
        assert caught.value.status_code == 403  # the key has no scope to review
