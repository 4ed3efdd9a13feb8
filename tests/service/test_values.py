"""What JSON holds is counted before each value of it can be told wrong."""

import json
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.api.schemas import LineError
from service.lines import read_line
from service.values import MAX_VALUES, VALUES_PER_AD, Values, values_in
from tests.fuzz.texts import jsons
from tests.live import Service


def opened(value: Any) -> int:
    """Commas and brackets that JSON has around its values."""
    if isinstance(value, dict):
        return max(1, len(value)) + sum(map(opened, value.values()))
    return max(1, len(value)) + sum(map(opened, value)) if isinstance(value, list) else 0


@given(value=jsons(), ascii=st.booleans(), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_counted_alike_however_the_bytes_come(value: Any, ascii: bool, cuts: list[int]) -> None:
    written = json.dumps(value, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    assert values_in(written) == opened(value)
    values = Values()
    for start, end in pairwise([0, *sorted(min(cut, len(written)) for cut in cuts), len(written)]):
        values.feed(written[start:end])
    assert values.count == opened(value)


@given(st.lists(st.sampled_from([b'"', b"\\", b"[", b",", b"a", b'\\"']), max_size=30))
def test_what_is_no_json_is_counted_somehow(pieces: list[bytes]) -> None:
    values = Values()
    for piece in pieces:
        values.feed(piece)
    assert values.count == values_in(b"".join(pieces))


@pytest.mark.parametrize("content", [b'"' + b'\\"' * 2**20, b'"\\' * 2**20, b'"' * 2**21])
def test_strings_without_an_end_are_looked_at_once(content: bytes) -> None:
    values_in(content)


@pytest.mark.parametrize(
    "body",
    [
        b'{"ads": [' + b"0," * 40_000 + b"0]}",
        b'{"ads": [{"text": "a", ' + b",".join(b'"%d":0' % i for i in range(11_000)) + b"}]}",
        b"[" + b"[]," * 30_000 + b"0]",
    ],
)
def test_a_body_of_more_values_than_ads_can_have_is_refused(
    client: TestClient, body: bytes
) -> None:
    answer = client.post("/v1/score", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert (answer.json()["limit"], answer.json()["unit"]) == (10_800, "values")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_json_in_another_encoding_is_not_read_uncounted(encoding: str) -> None:
    """A letter such as ∀ has a byte there that would be taken for a quote."""
    body = '{"ads": [{"text": "∀"}, ' + "0," * 40_000 + "0]}"
    with TestClient(Service().app) as client:
        answer = client.post(
            "/v1/score",
            content=body.encode(encoding),
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/bad-json"
    assert "UTF-8" in answer.json()["detail"]


def test_a_request_with_everything_has_fewer() -> None:
    ad = {
        "text": 1, "id": 1, "title": 1, "platform": 1, "surface": 1, "language": 1, "author_id": 1,
        "posted_at": 1, "thread": [{"text": "[[,", "role": "own"}] * 50,
    }  # fmt: skip
    assert values_in(json.dumps({"ads": [ad] * 256})) < MAX_VALUES + VALUES_PER_AD * 256


def test_a_line_of_more_values_than_an_ad_has_is_told() -> None:
    found = read_line(3, '{"text": "a", "thread": [' + "0," * MAX_VALUES + "0]}")
    assert found == LineError(line=3, error=f"the line has more than {MAX_VALUES} values")
