"""Offers among honest text, and identities named in them: the label and the marked words stay."""

import random
from typing import Any

import pytest

from training.corpus.row import Span
from training.edits import Example
from training.identity import named, words
from training.padding import (
    DENSE_ROOM,
    ROOM,
    Known,
    after,
    around,
    before,
    between,
    companies_of,
    company_of,
    moved,
    padded,
    part_of,
    plain,
    room_for,
)
from training.quoting import spoken

TEXT = "Fly on Friday. We keep your passport. Pay is cash."
SPAN = {"indicator": "documents_or_wages_withheld", "start": 15, "end": 36}
LURE = {
    "text": TEXT, "kind": "lure", "language": "en-GB", "spans": [SPAN], "pair_key": "k",
    "harms": ["trafficking_for_forced_labour"],
}  # fmt: skip
WORDS = "The library opens at nine. Bring your card! Tea is served."
COMPANY = Example(WORDS, (Span("all_costs_covered", 44, 57),))


@pytest.mark.parametrize("way", [before, after, around, between])
def test_marked_words_stay_marked_wherever_the_company_stands(way) -> None:  # type: ignore[no-untyped-def]
    for seed in range(30):
        row = way(LURE, COMPANY, random.Random(seed))
        span = next(one for one in row["spans"] if one["indicator"] == SPAN["indicator"])
        assert row["text"][span["start"] : span["end"]] == TEXT[15:36]
        assert "library" in row["text"]
        assert (row["kind"], row["harms"]) == (LURE["kind"], LURE["harms"])
        if way is not between:
            assert TEXT in row["text"]


@pytest.mark.parametrize("way", [before, after, around, between])
def test_what_the_company_shows_stays_marked_too(way) -> None:  # type: ignore[no-untyped-def]
    for seed in range(30):
        row = way(LURE, COMPANY, random.Random(seed))
        shown = {one["indicator"]: row["text"][one["start"] : one["end"]] for one in row["spans"]}
        assert shown["documents_or_wages_withheld"] == TEXT[15:36]
        if WORDS[44:57] in row["text"]:  # of long company not all is taken
            assert shown["all_costs_covered"] == WORDS[44:57] == "Tea is served"
        unmarked = way(LURE, Example(WORDS, None), random.Random(seed))
        assert unmarked == row | {"spans": None}, "its marks are not known, and none is taught"


def test_a_marked_offer_has_marked_company_where_there_is_any() -> None:
    every, marked = Example("Unread. " * 9, None), Example("Read and marked. " * 9, ())
    for seed in range(30):
        row = padded(LURE, {"en": Known([every, marked], [marked])}, random.Random(seed))
        assert "Unread" not in row["text"]
        assert row["spans"] is not None
        bare = LURE | {"spans": None}
        assert padded(bare, {"en": Known([every], [])}, random.Random(seed))["spans"] is None
        alone = padded(LURE, {"en": Known([every], [])}, random.Random(seed))
        assert (alone["spans"] is None) == ("Unread" in alone["text"])


def test_an_insert_inside_a_span_parts_it() -> None:
    row = moved(LURE, [(20, plain("|||"))])
    shown = [row["text"][span["start"] : span["end"]] for span in row["spans"]]
    assert shown == [TEXT[15:20], TEXT[20:36]]


def test_only_short_offers_get_company_and_only_of_their_language() -> None:
    honest: list[dict[str, Any]] = [
        {"text": WORDS, "kind": "other", "language": "en", "spans": []},
        {"text": "Büro sucht Hilfe.", "kind": "recruitment", "language": "de", "spans": None},
        {"text": "Beware of this!", "kind": "about_lures", "language": "en", "spans": []},
    ]
    companies = companies_of(honest)
    read, unread = plain(WORDS), Example("Büro sucht Hilfe.", None)
    assert companies == {"en": Known([read], [read]), "de": Known([unread], [])}
    done = [padded(LURE, companies, random.Random(i)) for i in range(50)]
    assert 30 < sum(row["text"] != TEXT for row in done) < 50
    assert all(row.get("whole") for row in done if row["text"] != TEXT)
    for other in (
        LURE | {"kind": "about_lures"},
        LURE | {"language": "th"},
        LURE | {"text": TEXT * 20},
    ):
        assert all(padded(other, companies, random.Random(i)) is other for i in range(20))


def test_long_company_is_cut_to_a_part_of_it() -> None:
    text = " ".join(f"Sentence number {i}." for i in range(200))
    for seed in range(20):
        part = part_of(plain(text), 500, random.Random(seed)).text
        assert part in text
        assert 200 < len(part) <= 500


@pytest.mark.parametrize("length", [1, 60, 300, 900])
def test_company_is_of_about_the_length_asked_for_and_never_longer(length: int) -> None:
    long = " ".join(f"Sentence number {i}." for i in range(99))
    known = [COMPANY, plain(long), plain("Hello")]
    for seed in range(20):
        found = company_of(known, length, random.Random(seed))
        assert 0.5 * length <= len(found.text) <= length
        for span in found.spans or ():
            assert found.text[span.start : span.end] in WORDS[44:57]


def test_an_offer_and_its_company_fit_a_window() -> None:
    assert room_for("Fly on Friday") == ROOM
    assert room_for("周五飞曼谷，包机票") == room_for("주말 알바 구함") == DENSE_ROOM
    companies = companies_of([{"text": WORDS * 9, "kind": "other", "language": "en", "spans": []}])
    done = [padded(LURE, companies, random.Random(i))["text"] for i in range(50)]
    assert max(map(len, done)) <= ROOM + 10
    assert max(map(len, done)) > 0.8 * ROOM


def test_an_identity_is_named_in_lures_and_honest_ads_alike() -> None:
    for kind in ("lure", "recruitment"):
        rows = [named(LURE | {"kind": kind}, 1.0, random.Random(i)) for i in range(60)]
        assert len({row["text"] for row in rows}) > 40
        for row in rows:
            span = row["spans"][0]
            assert row["text"][span["start"] : span["end"]] == TEXT[15:36]
            assert row["kind"] == kind
    scam = LURE | {"kind": "other_scam"}
    assert named(scam, 1.0, random.Random(1)) is scam
    assert named(LURE, 0.0, random.Random(1)) is LURE


def test_every_frame_takes_one_filler() -> None:
    assert len(words()) >= 20
    for language, own in words().items():
        assert spoken(language) == language
        for frame in (*own["frames"], *own["place_frames"]):
            assert frame.count("{}") == 1, frame
        assert min(len(own["groups"]), len(own["places"])) >= 12
