"""``POST /v1/score`` over the small bundle: answers, and every way to be refused."""

import json
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.ad import MAX_TEXT_CHARS, MAX_TURNS
from models.labels import KINDS
from service.problems import MEDIA_TYPE

SECRET = "xylophone-Жираф-秘密"
"""Stands in texts, and must stand nowhere else."""


def post(client: TestClient, body: object) -> Any:
    return client.post("/v1/score", json=body)


def test_results_come_in_order_with_their_ids(client: TestClient) -> None:
    ads = [{"text": f"Job number {i}", "id": str(i)} for i in (3, 1, 2)]
    answer = post(client, {"ads": ads})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["id"] for result in results] == ["3", "1", "2"]
    for result in results:
        assert list(result["kinds"]) == list(KINDS)
        assert sum(result["kinds"].values()) == pytest.approx(1)
        assert result["score"] == result["kinds"]["lure"]
        assert result["decision"] in ("allow", "nudge", "review")
        assert result["model"] == "tiny-1"


def test_every_field_is_taken(client: TestClient) -> None:
    ad = {
        "text": "the last turn", "id": "a", "title": "t", "platform": "dating", "surface": "chat",
        "language": "zh-Hant-TW", "thread": ["one", "two"], "author_id": "x",
        "posted_at": "2026-11-25T10:00:00Z",
    }  # fmt: skip
    assert post(client, {"ads": [ad]}).status_code == 200


def test_spans_point_into_the_text_as_received(client: TestClient) -> None:
    text = "🛫 fr\u200bee ticket, 𝘃𝗶𝘀𝗮 later, e\u0301te\u0301"
    (result,) = post(client, {"ads": [{"text": text, "title": "𝗔 title"}]}).json()["results"]
    fields = {"text": text, "title": "𝗔 title"}
    assert result["evidence"]
    for one in result["evidence"]:
        span = one["span"]
        words = fields[span["field"]][span["start"] : span["end"]]
        assert words
        assert words == words.strip()


def test_a_long_text_is_read_in_windows(client: TestClient) -> None:
    (result,) = post(client, {"ads": [{"text": "seasonal work " * 700}]}).json()["results"]
    assert result["windows"] > 3


@pytest.mark.parametrize(
    ("body", "status", "kind", "place"),
    [
        ({"ads": []}, 422, "empty-batch", "/ads"),
        ({"ads": [{"text": "ok"}] * 5}, 422, "batch-too-large", "/ads"),
        ({"ads": [{"text": "ok"}, {"text": " \u200b\n"}]}, 422, "empty-ad", "/ads/1/text"),
        ({"ads": [{"text": ""}]}, 422, "empty-ad", "/ads/0/text"),
        ({"ads": [{}]}, 422, "invalid-request", "/ads/0/text"),
        ({"ads": [{"text": 7}]}, 422, "invalid-request", "/ads/0/text"),
        ({"ads": [{"text": "x" * (MAX_TEXT_CHARS + 1)}]}, 422, "invalid-request", "/ads/0/text"),
        ({"ads": [{"text": "x", "txet": "y"}]}, 422, "invalid-request", "/ads/0/txet"),
        ({"ads": [{"text": "x", "a/b c": 1}]}, 422, "invalid-request", "/ads/0"),
        ({"ads": [{"text": "x", "platform": "tv"}]}, 422, "invalid-request", "/ads/0/platform"),
        ({"ads": [{"text": "x", "language": "??"}]}, 422, "invalid-request", "/ads/0/language"),
        ({"ads": [{"text": "x", "thread": ["y"] * (MAX_TURNS + 1)}]}, 422, "invalid-request",
         "/ads/0/thread"),
        ({"ads": "x"}, 422, "invalid-request", "/ads"),
        ([], 422, "invalid-request", ""),
        ({"ads": [{"text": "x" * 20_000}] * 4 + [{"text": "x" * 20_000}] * 2}, 413,
         "body-too-large", ""),
        ({"ads": [{"text": "x" * 19_000}] * 3}, 422, "batch-too-large", "/ads"),
        ({"ads": [{"text": "\ufdfa" * 1_000}] * 3}, 422, "batch-too-large", "/ads"),  # 54,000 read
    ],
)  # fmt: skip
def test_refusals_name_place_and_kind(
    client: TestClient, body: object, status: int, kind: str, place: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["type"] == f"/problems/{kind}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert place in problem["detail"] or place == problem.get("pointer")


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (b"{", 400, "bad-json"),
        (b"", 422, "invalid-request"),
        (b"\xff\xfe", 400, "bad-json"),
        (b"[" * 9_000, 400, "bad-json"),  # nesting without end
        (b"[" * 90_000, 413, "body-too-large"),  # not even read
        (b'{"ads": [{"text": "\\ud800"}]}', 422, "invalid-request"),  # a lone surrogate
        (b'{"ads": [{"text": "x", "id": 1e999}]}', 422, "invalid-request"),
    ],
)
def test_bodies_that_are_not_right_json(
    client: TestClient, content: bytes, status: int, kind: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/score", content=content, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")


def test_text_with_nul_and_controls_is_scored(client: TestClient) -> None:
    assert post(client, {"ads": [{"text": "a\x00b\x1b[31mc"}]}).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(client: TestClient, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = client.post("/v1/score", content=b'{"ads": [{"text": "x"}]}', headers=headers)
    assert answer.status_code == 415
    assert "send 'application/json'" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/score", 405), ("DELETE", "/v1/model", 405)],
)
def test_the_routers_own_errors(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "see /docs" in answer.json()["detail"]


def test_a_defect_gives_nothing_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("service.api.score.is_blank", broken)
    answer = post(client, {"ads": [{"text": "x"}]})
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "/problems/internal", "title": "Internal error", "status": 500,
        "request_id": answer.headers["x-request-id"],
    }  # fmt: skip


def test_text_is_in_no_log_and_no_error(
    client: TestClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from service import logs

    kept = logging.root.handlers[:], logging.root.level
    logs.configure(logging.DEBUG)
    try:
        post(client, {"ads": [{"text": SECRET, "author_id": SECRET}]})
        answers = [
            post(client, {"ads": [{"text": SECRET, SECRET: SECRET}]}),
            client.get(f"/v1/{SECRET}"),
            post(client, {"ads": [{"text": [SECRET]}]}),
            client.post("/v1/score", content=f'{{"ads": "{SECRET}',
                        headers={"content-type": "application/json"}),
        ]  # fmt: skip

        def broken(*_: object) -> None:
            raise ZeroDivisionError(SECRET)

        monkeypatch.setattr("service.api.score.is_blank", broken)
        answers.append(post(client, {"ads": [{"text": SECRET}]}))
    finally:
        logging.root.handlers[:], logging.root.level = kept
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["message"] == "request"]
    assert [line["status"] for line in requests] == [200, 422, 404, 422, 400, 500]
    assert requests[0]["ads"] == 1
    assert sum(requests[0]["decisions"].values()) == 1
    assert any(line.get("error") == "ZeroDivisionError" for line in lines)
    assert SECRET not in written
    assert all(SECRET not in answer.text for answer in answers)


def test_a_request_id_is_kept_if_it_is_one(client: TestClient) -> None:
    assert client.get("/health/live", headers={"x-request-id": "a-1"}).headers[
        "x-request-id"
    ] == "a-1"  # fmt: skip
    forged = client.get("/health/live", headers={"x-request-id": 'a"} {"level'})
    assert len(forged.headers["x-request-id"]) == 32


def test_model_tells_what_it_is(client: TestClient) -> None:
    card = client.get("/v1/model").json()
    assert card["name"] == "tiny-1"
    assert card["max_request_ads"] == 4
    assert [point["name"] for point in card["operating_points"]] == [
        "high_precision", "balanced", "high_recall",
    ]  # fmt: skip
    assert "## Limits" in card["card"]


def test_health(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "model": "tiny-1"}
