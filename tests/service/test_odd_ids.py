"""Ids that no database keeps are refused before they reach one."""

from fastapi.testclient import TestClient

from service.problems import MEDIA_TYPE


def test_an_address_with_a_null_character_leads_nowhere(client: TestClient) -> None:
    paths = ("/v1/submissions/a%00b", "/v1/queue/%00", "/v1/campaigns/%00", "/v1/webhooks/%00")
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == MEDIA_TYPE


def test_an_ads_id_with_a_null_character_is_told(client: TestClient) -> None:
    for field in ("id", "author_id"):
        answer = client.post("/v1/score", json={"ads": [{"text": "a job", field: "a\0b"}]})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/ads/0/{field}"


def test_half_a_surrogate_pair_in_an_id_is_told(client: TestClient) -> None:
    body = b'{"ads": [{"text": "a job", "id": "\\ud800"}]}'
    answer = client.post("/v1/score", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
