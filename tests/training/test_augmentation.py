"""Places, sums, dates and lines change; a quotation is no lure; spans stay on their words."""

import random
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.labels import Kind
from training.augment import break_lines, crop, evade, join_lines
from training.corpus.row import Span
from training.edits import Example
from training.quoting import Frame, frame_of, frames_of, quoted
from training.romanising import romanise
from training.slips import part, slip
from training.slots import change_slots, currencies, dates, names_of, places, sums

RNG = random.Random(1)


def plain(text: str) -> Example:
    return Example(text, None)


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en-NG", "Work in Thailand, fly from Thailand", "Thailand"),
        ("es", "Trabajo en Camboya", "Camboya"),
        ("th", "งานที่กัมพูชาดี", "กัมพูชา"),
        ("zh-Hant-TW", "去柬埔寨上班", "柬埔寨"),
        ("ur-Latn", "Malaysia mein kaam", "Malaysia"),
    ],
)
def test_places_change_alike_in_a_text(language: str, text: str, country: str) -> None:
    changed = places(plain(text), language, random.Random(3)).text
    assert country not in changed
    _, codes = names_of(language)
    found = [name for name in codes if name in changed]
    assert changed.count(max(found, key=len)) == text.count(country)


def test_a_name_inside_a_word_is_no_place() -> None:
    assert places(plain("Omani and Chinatown"), "en", RNG).text == "Omani and Chinatown"


def test_a_language_without_names_changes_nothing() -> None:
    assert places(plain("Cambodia"), "qqq", RNG).text == "Cambodia"


@given(st.integers(0, 1000))
def test_sums_stay_near_and_as_round(seed: int) -> None:
    text = "1,500 or 28.000 or 800 by 2026, 12:30, 0,75, 1234567890, room 12"
    changed = sums(plain(text), "en", random.Random(seed)).text
    first, _, second, _, third, *rest = changed.split()
    assert 1200 <= int(first.replace(",", "")) <= 1800
    assert int(first.replace(",", "")) % 100 == 0
    assert 22_000 <= int(second.replace(".", "")) <= 34_000
    assert 640 <= int(third) <= 960
    assert " ".join(rest) == "by 2026, 12:30, 0,75, 1234567890, room 12"


def test_currencies_keep_their_currency() -> None:
    text = "pay US$500 or ₹ 20, $7 or Rs 9"  # the last two are many countries'
    seen = {currencies(plain(text), "en", random.Random(i)).text for i in range(40)}
    assert len(seen) == 4
    assert seen == {
        f"pay {a}500 or {b} 20, $7 or Rs 9" for a in ("US$", "USD") for b in ["₹", "INR"]
    }
    assert currencies(plain("FARM 5"), "en", RNG).text == "FARM 5"


def test_round_the_clock_is_no_day() -> None:
    kept = "Support 24/7, shifts 12/24"
    assert {dates(plain(kept), "en", random.Random(i)).text for i in range(20)} == {kept}


def test_no_country_becomes_one_that_stands_there() -> None:
    for seed in range(200):
        changed = places(plain("Vietnam to Cambodia"), "en", random.Random(seed)).text
        first, _, second = changed.partition(" to ")
        assert len({first, second, "Vietnam", "Cambodia"}) == 4


def test_names_of_people_and_languages_are_no_places() -> None:
    assert places(plain("chị Nga ở Thủ Đức"), "vi", RNG).text == "chị Nga ở Thủ Đức"
    assert places(plain("ພາສາລາວ"), "lo", RNG).text == "ພາສາລາວ"
    _, codes = names_of("en")
    assert {"Myanmar", "Hong Kong"} <= set(codes)


def test_dates_keep_their_form() -> None:
    changed = dates(plain("12/05/2026 and 3.4.26, not 10-12 or 2.5 or 1/2"), "en", RNG).text
    first, _, second, rest = changed.split(" ", 3)
    day, month, year = first.split("/")
    assert (len(day), len(month), year) == (2, 2, "2026")
    assert 1 <= int(month) <= 12
    assert second.endswith(".26,")
    assert rest == "not 10-12 or 2.5 or 1/2"


@given(st.integers(0, 10_000))
def test_slots_keep_spans_on_their_words(seed: int) -> None:
    text = "Go to Laos for $1,200 by 12/05/2026 as tourist now"
    words = ("$1,200", "as tourist", "now")
    spans = tuple(Span("urgency", text.index(w), text.index(w) + len(w)) for w in words)
    changed = change_slots(Example(text, spans), "en", random.Random(seed))
    assert changed.spans is not None
    shown = [changed.text[s.start : s.end] for s in changed.spans]
    assert shown[1:] == ["as tourist", "now"]
    assert shown[0][-4] == ","


def test_lines_join_and_break() -> None:
    text = "Ann: are you free?\n\nme: when. Where is it?"
    joined = join_lines(plain(text), random.Random(1)).text
    assert "\n" not in joined
    assert joined.startswith("Ann: are you free?")
    broken = {break_lines(plain("One. Two. Three."), random.Random(i)).text for i in range(20)}
    ways = ("One.", " Two.", " Three."), ("One.", "\nTwo.", "\nThree.")
    assert broken == {"One." + two[1] + three[2] for two in ways for three in ways}


def test_a_crop_keeps_a_mark() -> None:
    text = "Plain words here for all. " * 30 + "Come as a tourist."
    start = text.index("as a")
    example = Example(text, (Span("no_work_permit", start, start + 12),))
    for seed in range(40):
        cut = crop(example, random.Random(seed))
        assert cut.spans
        assert cut.text[cut.spans[0].start : cut.spans[0].end] == "as a tourist"


def test_disguises_of_every_kind() -> None:
    seen = "".join(
        evade(plain("bonus agency maximum boat"), random.Random(i)).text for i in range(99)
    )
    for sign in ("⭕", "🅰", "\u200b", "0", "о", "🅼"):
        assert sign in seen


QUOTED = "Fly to Dubai on Monday, the company pays all, bring your passport"
WARNING = f'My cousin got this: "{QUOTED}" Is it real?'


def test_frames_are_the_words_around_a_quotation() -> None:
    assert frame_of(WARNING) == Frame('My cousin got this: "', '" Is it real?')
    assert (
        frame_of('He said "yes" and left, and nobody knows where the bus went after that.') is None
    )
    assert frame_of(WARNING + WARNING) is None  # which of the two it warns of cannot be told


def test_a_quoted_lure_is_about_lures() -> None:
    about = {"text": WARNING, "kind": Kind.ABOUT_LURES, "language": "en-GB", "pair_key": ""}
    lure = about | {"text": "Like videos, get paid", "kind": Kind.LURE, "pair_key": "k"}
    frames = frames_of([about, lure])
    made = quoted(lure, frames, 1.0, random.Random(1))
    assert made["text"] == 'My cousin got this: "Like videos, get paid" Is it real?'
    assert (made["kind"], made["harms"], made["spans"]) == (Kind.ABOUT_LURES, [], [])
    assert made["pair_key"] == "", "it no longer ranks above its honest twin"
    assert quoted(lure, frames, 0.0, random.Random(1)) is lure
    assert quoted(about, frames, 1.0, random.Random(1)) is about
    assert quoted(lure | {"language": "th"}, frames, 1.0, random.Random(1))["text"] == lure["text"]


@given(st.text(max_size=200), st.integers(0, 1000))
def test_slips_keep_placeholders_and_first_letters(text: str, seed: int) -> None:
    slipped = slip(plain(f"{text} <phone> overtime"), random.Random(seed)).text
    assert "<phone>" in slipped
    assert slipped.split()[-1].startswith("o")


def test_slips_change_some_words_and_leave_spans_on_them() -> None:
    text = "Warehouse helpers wanted every weekend, transport from station included"
    start = text.index("transport")
    example = Example(text, (Span("all_costs_covered", start, start + len("transport")),))
    changed = [slip(example, random.Random(seed)) for seed in range(60)]
    words = [one.text[s.start : s.end] for one in changed for s in one.spans or ()]
    assert len(words) == 60  # a slip empties no word
    assert all(word.startswith("t") and 8 <= len(word) <= 10 for word in words)
    assert 2 <= len(set(words)) < 40  # some of them changed, most did not
    assert words.count("transport") > 40


@pytest.mark.parametrize("text", ["ที่นี่รับสมัครงาน", "काम की तलाश है", "နေ့စဉ် လစာ"])
def test_slips_do_not_part_a_letter_from_its_marks(text: str) -> None:
    for seed in range(40):
        slipped = slip(plain(text), random.Random(seed)).text
        assert Counter(c for c in slipped if unicodedata.category(c).startswith("M")) == Counter(
            c for c in text if unicodedata.category(c).startswith("M")
        )


@pytest.mark.parametrize(
    "text", ["नौकरी और मुफ्त रहने की जगह", "ስራ ፈላጊዎች ይደውሉልን", "Потрібні складальники"]
)
def test_words_of_every_script_hold_slips(text: str) -> None:
    slipped = {slip(plain(text), random.Random(seed), 1.0).text for seed in range(20)}
    assert len(slipped - {text}) > 3


def test_a_recipe_says_how_many_words_hold_slips() -> None:
    text = "warehouse helpers wanted every weekend transport from station included " * 20

    def changed(most: float) -> int:
        words = [slip(plain(text), random.Random(s), most).text.split() for s in range(20)]
        return sum(a != b for one in words for a, b in zip(one, text.split(), strict=True))

    assert changed(0.1) < changed(0.3) < changed(0.9)


@given(st.text(max_size=200), st.integers(0, 1000))
def test_parted_words_keep_their_letters_and_placeholders(text: str, seed: int) -> None:
    given = f"{text} <phone> overtime"
    parted = part(plain(given), random.Random(seed)).text
    assert "<phone>" in parted
    assert parted.replace(" ", "") == given.replace(" ", "")


def test_parted_words_keep_their_spans() -> None:
    text = "Warehouse helpers wanted, transport from station included"
    start = text.index("transport")
    example = Example(text, (Span("all_costs_covered", start, start + len("transport")),))
    for seed in range(40):
        made = part(example, random.Random(seed), 1.0)
        assert [made.text[s.start : s.end].replace(" ", "") for s in made.spans or ()] == [
            "transport"
        ]


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Требуются РАБОТНИКИ", "Trebuyutsya RABOTNIKI"),
        ("सड़क पर नौकरी", "saddak par naukarii"),
        ("직원 모집", "jigweon mojib"),
        ("ሥራ", "seraa"),
    ],
)
def test_words_are_written_in_latin_letters(text: str, latin: str) -> None:
    made = {romanise(plain(text), random.Random(seed)).text for seed in range(30)}
    assert latin in made  # a text whole, others in part
    assert all(len(one.split()) == len(text.split()) for one in made)


@pytest.mark.parametrize(
    "text", ["Helpers wanted <phone>", "招聘客服包吃住", "مطلوب عمال", "รับสมัคร"]
)
def test_what_cannot_be_read_out_stays(text: str) -> None:
    assert romanise(plain(text), random.Random(1)).text == text


def test_romanised_words_keep_their_spans() -> None:
    text = "Склад, жилье бесплатно, <phone>"
    start = text.index("жилье")
    example = Example(text, (Span("all_costs_covered", start, start + len("жилье бесплатно")),))
    for seed in range(20):
        made = romanise(example, random.Random(seed))
        (span,) = made.spans or ()
        assert made.text[span.start : span.end].split()[-1] in ("бесплатно", "besplatno")
        assert made.text.endswith(", <phone>")
