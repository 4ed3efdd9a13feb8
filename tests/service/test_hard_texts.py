"""Texts that hang or crash a server somewhere: each is answered in bounded time, by the real model,
while others are served."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from models.ad import MAX_TEXT_CHARS
from models.bundle import load
from service.app import create_app
from service.settings import Settings
from tests.conftest import TinyRun
from tests.live import live

BOUND_S = 60.0
"""For one text on a busy machine."""

ALL = MAX_TEXT_CHARS
TEXTS = {
    "longer than the model has positions": "seasonal work " * (ALL // 14),
    "one word": "w" * ALL,
    "one word of another script": "ท" * ALL,
    "nothing that the tokeniser keeps": "\u2028\u3000\u2029a",
    "combining marks alone": "\u0301\u0489\u20dd" * 3_000,
    "a letter under many marks": "e" + "\u0301" * (ALL - 1),
    "emoji alone": "🛫💰" * 5_000,
    "emoji joined to one": "👩\u200d" * 9_000 + "👩",
    "flags": "🇰🇭🇲🇲" * 2_000,
    "letters set apart": "w o r k " * 2_500,
    "digits": "0123456789" * 2_000,
    "brackets": "([{<" * 5_000,
    "directions": "a\u202eb\u202d" * 4_000,
    "noncharacters": "\ufffe\uffff\U0010ffff" * 3_000,
    "private use": "\ue000\uf8ff" * 5_000,
    "controls": "\x01\x1b[31m\x7f" * 2_000,
    "addresses": "http://a.a/" * 1_800,
    "sums": "$1,000.00 " * 2_000,
    "spaces and a letter": " " * (ALL - 1) + "a",
    "lines": "a\n" * (ALL // 2),
}


@pytest.fixture(scope="module")
def address(tiny_run: TinyRun) -> Iterator[str]:
    settings = Settings(bundle_dir=tiny_run.bundle, workers=2, review_queue=True, campaigns=True)
    with live(create_app(settings)) as address:
        yield address


def post(address: str, ad: object) -> httpx.Response:
    body = {"ads": [ad]}
    return httpx.post(f"{address}/v1/score", json=body, timeout=BOUND_S)


def test_the_first_is_longer_than_the_positions(tiny_run: TinyRun) -> None:
    text = TEXTS["longer than the model has positions"]
    tokens = load(tiny_run.bundle).tokenizer.encode(text, add_special_tokens=False)
    assert len(tokens.ids) > 512


@pytest.mark.parametrize("name", TEXTS)
def test_a_hard_text_is_answered_while_others_are(address: str, name: str) -> None:
    with ThreadPoolExecutor(2) as callers:
        hard = callers.submit(post, address, {"text": TEXTS[name]})
        while not hard.done():
            began = time.monotonic()
            assert post(address, {"text": "Pickers wanted, June to September"}).status_code == 200
            assert time.monotonic() - began < BOUND_S
        answer = hard.result()
    assert answer.status_code == 200, name
    (result,) = answer.json()["results"]
    assert 0 <= result["score"] <= 1
    for one in result["evidence"]:
        assert 0 <= one["span"]["start"] < one["span"]["end"] <= len(TEXTS[name])


@pytest.mark.parametrize("field", ["text", "title", "thread"])
@pytest.mark.parametrize("half", ["\\ud83d", "\\udeeb", "\\udeeb\\ud83d", "a\\ud800b"])
def test_halves_of_characters_are_refused_by_name(address: str, field: str, half: str) -> None:
    value = f'["{half}"]' if field == "thread" else f'"{half}"'
    text = "" if field == "text" else '"text": "x", '
    body = f'{{"ads": [{{{text}"{field}": {value}}}]}}'
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{address}/v1/score", content=body, headers=headers, timeout=BOUND_S)
    assert answer.status_code in (400, 422)
    assert post(address, {"text": "still served"}).status_code == 200


def test_a_title_and_turns_of_marks_are_answered(address: str) -> None:
    ad = {"text": "x", "title": "\u0301" * 500, "thread": ["\u200d🛫" * 400] * 50}
    assert post(address, ad).status_code == 200
