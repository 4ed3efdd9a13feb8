"""Offers among honest text, and identities named in them: the label and the marked words stay."""

import random

import pytest

from training.identity import named, words
from training.padding import (
    DENSE_ROOM,
    ROOM,
    after,
    around,
    before,
    between,
    companies_of,
    company_of,
    moved,
    padded,
    part_of,
    room_for,
)
from training.quoting import spoken

TEXT = "Fly on Friday. We keep your passport. Pay is cash."
SPAN = {"indicator": "documents_or_wages_withheld", "start": 15, "end": 36}
LURE = {
    "text": TEXT, "kind": "lure", "language": "en-GB", "spans": [SPAN], "pair_key": "k",
    "harms": ["trafficking_for_forced_labour"],
}  # fmt: skip
COMPANY = "The library opens at nine. Bring your card! Tea is served."


@pytest.mark.parametrize("way", [before, after, around, between])
def test_marked_words_stay_marked_wherever_the_company_stands(way) -> None:  # type: ignore[no-untyped-def]
    for seed in range(30):
        row = way(LURE, COMPANY, random.Random(seed))
        span = row["spans"][0]
        assert row["text"][span["start"] : span["end"]] == TEXT[15:36]
        assert "library" in row["text"]
        assert (row["kind"], row["harms"]) == (LURE["kind"], LURE["harms"])
        if way is not between:
            assert TEXT in row["text"]


def test_an_insert_inside_a_span_cuts_it_off() -> None:
    row = moved(LURE, [(20, "|||")])
    assert row["text"][row["spans"][0]["start"] : row["spans"][0]["end"]] == TEXT[15:20]


def test_only_short_offers_get_company_and_only_of_their_language() -> None:
    honest = [
        {"text": COMPANY, "kind": "other", "language": "en"},
        {"text": "Büro sucht Hilfe.", "kind": "recruitment", "language": "de"},
        {"text": "Beware of this!", "kind": "about_lures", "language": "en"},
    ]
    companies = companies_of(honest)
    assert companies == {"en": [COMPANY], "de": ["Büro sucht Hilfe."]}
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
        part = part_of(text, 500, random.Random(seed))
        assert part in text
        assert 200 < len(part) <= 500


@pytest.mark.parametrize("length", [1, 60, 300, 900])
def test_company_is_of_about_the_length_asked_for_and_never_longer(length: int) -> None:
    known = [COMPANY, " ".join(f"Sentence number {i}." for i in range(99)), "Hello"]
    for seed in range(20):
        assert 0.5 * length <= len(company_of(known, length, random.Random(seed))) <= length


def test_an_offer_and_its_company_fit_a_window() -> None:
    assert room_for("Fly on Friday") == ROOM
    assert room_for("周五飞曼谷，包机票") == room_for("주말 알바 구함") == DENSE_ROOM
    companies = companies_of([{"text": COMPANY * 9, "kind": "other", "language": "en"}])
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
