"""Swaps that change who is meant and nothing else, and figures worked out by hand."""

import json
import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from evaluation.fairness.changes import by_dimension, figures, strongest
from evaluation.fairness.gaps import difference, gaps, side_names
from evaluation.fairness.measure import measure
from evaluation.fairness.pairs import SWAPS_EACH, Named, Pair, draw, use_of
from evaluation.fairness.subgroups import areas, three_areas
from evaluation.fairness.swaps import NEUTRAL, Swap, between, borders, in_place, inserted, replaced
from evaluation.fairness.terms import DIMENSIONS, HEAD, LANGUAGES, Terms, folded, named, of_language
from evaluation.metrics import MIN_RATE, rate
from evaluation.rows import Labelled
from models.calibration import OperatingPoint
from models.labels import Kind
from service.engine import Engine

POINT = OperatingPoint(
    name="strict", false_positive_rate=0.01, threshold=0.5, recall=0.8, lures=9, honest=9
)


def words_of(language: str) -> Terms:
    terms = of_language(language)
    assert terms is not None
    return terms


def swapped(text: str, language: str, dimension: str, after: str) -> str:
    """The one swap of ``text`` to a subgroup."""
    (found,) = [one for one in in_place(text, words_of(language), dimension) if one.after == after]
    return found.text


def row(
    text: str, is_lure: bool = False, group: str = "g", language: str = "en", **more: str
) -> Labelled:
    kind = Kind.LURE if is_lure else Kind.RECRUITMENT
    return Labelled(text, kind, group, "here", language, id=f"id-{group}", **more)  # type: ignore[arg-type]


# The lists


def test_the_languages_asked_for_are_there() -> None:
    assert set(LANGUAGES) >= {
        "en", "es", "fr", "pt", "ru", "uk", "zh", "zh-Hant", "ar", "hi", "ur", "bn", "id", "vi",
        "th", "tl", "tr", "sw", "am", "my", "de",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_dimension(language: str) -> None:
    terms = words_of(language)
    assert set(terms.groups) == set(terms.phrases) == set(DIMENSIONS)
    for dimension in DIMENSIONS:
        assert any(len(group) > 1 for group in terms.groups[dimension]), dimension
        assert len(terms.phrases[dimension]) > 1, dimension
    assert sorted(frame.use for frame in terms.frames) == ["ad", "ad", "message", "place"]
    assert all(frame.text.count("{}") == 1 for frame in terms.frames)
    assert all(bool(frame.neutral) == (frame.use != "place") for frame in terms.frames)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_listed_once_found_whole_and_swaps_there_and_back(language: str) -> None:
    terms, seen = words_of(language), set()
    for dimension in DIMENSIONS:
        for group in terms.groups[dimension]:
            ring = [*group, *list(group)[:1]]
            for one, other in pairwise(ring):
                word = group[one]
                assert len(word) >= HEAD
                assert folded(word) not in seen, word
                seen.add(folded(word))
                (hit,) = terms.find(word)
                assert (hit.start, hit.end) == (0, len(word))
                assert (hit.word.dimension, hit.word.subgroup) == (dimension, one)
                there = replaced(word, terms, [hit], other)
                assert there is not None
                assert there.text == group[other]
                back = replaced(there.text, terms, list(terms.find(there.text)), one)
                assert back is not None
                assert back.text == word


def test_another_script_has_no_list() -> None:
    assert of_language("hi-Latn") is None
    assert of_language("kk") is None
    assert of_language("zh-Hans-CN") is of_language("zh") is not of_language("zh-Hant-TW")
    assert named("दुबई", "hi-Latn") == frozenset()


# Swaps in place


def test_a_swap_keeps_all_else_byte_for_byte() -> None:
    before, after = "\tHi 👋\r\n  ask for the ", "\u00a0team … <phone> 🇳🇵\u200d \n\n"
    for swap in in_place(f"{before}Kenyan{after}", words_of("en"), "nationality"):
        assert swap.text == f"{before}{swap.words[1]}{after}"
        assert swap.control == f"{before}Kenyan{after}"


@pytest.mark.parametrize(
    ("text", "language", "dimension", "after", "expected"),
    [
        ("WOMEN wanted", "en", "gender", "male", "MEN wanted"),
        ("Women wanted", "en", "gender", "male", "Men wanted"),
        ("a nepali cook", "en", "nationality", "IN", "an indian cook"),
        ("A Nepali cook", "en", "nationality", "IN", "An Indian cook"),
        ("İŞİTME ENGELLİLER", "tr", "disability", "blind", "GÖRME ENGELLİLER"),
        ("KADINLAR başvursun", "tr", "gender", "male", "ERKEKLER başvursun"),
        ("ERKEKLER", "tr", "gender", "female", "KADINLAR"),
        ("Kamboçya’ya gel", "tr", "places", "DE", "Almanya'ya gel"),
    ],
)
def test_a_swap_respects_capitals(
    text: str, language: str, dimension: str, after: str, expected: str
) -> None:
    assert swapped(text, language, dimension, after) == expected


@pytest.mark.parametrize(
    ("language", "text", "dimension", "after", "expected"),
    [
        ("am", "ሥራው በካምቦዲያ ነው", "places", "JP", "ሥራው በጃፓን ነው"),
        ("ar", "نرحب بالنساء", "gender", "male", "نرحب بالرجال"),
        ("bn", "কম্বোডিয়ায় কাজ", "places", "PL", "পোল্যান্ডে কাজ"),
        ("de", "Arbeit auf den Philippinen", "places", "PT", "Arbeit in Portugal"),
        ("en", "in Phnom Penh, Cambodia 🇰🇭", "places", "DE", "in Berlin, Germany 🇩🇪"),
        ("es", "buscamos las mujeres", "gender", "male", "buscamos los hombres"),
        ("fr", "un poste au Cambodge", "places", "PL", "un poste en Pologne"),
        ("hi", "म्यांमार में काम", "places", "JP", "जापान में काम"),
        ("id", "orang Kenya boleh", "nationality", "NP", "orang Nepal boleh"),
        ("my", "မွတ်စလင် လျှောက်ပါ", "religion", "christian", "ခရစ်ယာန် လျှောက်ပါ"),
        ("pt", "vagas nas Filipinas", "places", "PT", "vagas em Portugal"),
        ("ru", "работа в Камбодже", "places", "PT", "работа в Португалии"),
        ("sw", "wanawake waombe", "gender", "male", "wanaume waombe"),
        ("th", "รับผู้หญิงทำงาน", "gender", "male", "รับผู้ชายทำงาน"),
        ("tl", "para sa mga babae", "gender", "male", "para sa mga lalaki"),
        ("tr", "Laos'ta iş", "places", "PT", "Portekiz'de iş"),
        ("uk", "робота на Філіппінах", "places", "PL", "робота в Польщі"),
        ("ur", "لڑکیوں کے لیے", "gender", "male", "لڑکوں کے لیے"),
        ("vi", "tuyển nữ sang Lào", "places", "KR", "tuyển nữ sang Hàn Quốc"),
        ("zh", "欢迎穆斯林应聘", "religion", "hindu", "欢迎印度教徒应聘"),
        ("zh-Hant", "地點在緬甸", "places", "PL", "地點在波蘭"),
    ],
)
def test_a_swap_reads_as_intended(
    language: str, text: str, dimension: str, after: str, expected: str
) -> None:
    assert swapped(text, language, dimension, after) == expected


@pytest.mark.parametrize(
    ("language", "text", "dimension"),
    [
        ("zh", "在印度尼西亚和印度洋", "nationality"),
        ("zh", "缅甸人优先", "places"),  # people, not a place
        ("th", "รับสมัครคนเมียนมา", "places"),
        ("my", "မြန်မာလူမျိုးများ", "places"),
        ("th", "ลาวาภูเขาไฟ", "places"),
        ("hi", "मुस्लिमों", "religion"),  # a vowel sign goes on with the word
        ("en", "the womenfolk of Kenyans2go", "gender"),
        ("en", "you must speak Chinese", "nationality"),
        ("tr", "Laos'lu", "places"),
        ("uk", "біля порту", "places"),
    ],
)
def test_a_word_inside_another_is_left_alone(language: str, text: str, dimension: str) -> None:
    assert in_place(text, words_of(language), dimension) == []


def test_the_longest_listed_word_is_taken() -> None:
    assert named("去印度尼西亚", "zh") == {("places", "ID")}
    assert named("去印度", "zh") == {("places", "IN")}
    assert named("South Korea", "en") == {("places", "KR")}


def test_who_is_there_already_is_no_counterpart() -> None:
    assert in_place("women and men", words_of("en"), "gender") == []
    found = in_place("Kenyans and Indians", words_of("en"), "nationality")
    assert found
    assert not any({one.before, one.after} == {"KE", "IN"} for one in found)


def test_one_person_named_twice_is_swapped_twice() -> None:
    assert swapped("women, ladies", "en", "gender", "male") == "men, gentlemen"


def test_hubs_are_swapped_for_other_places_alone() -> None:
    found = in_place("in Laos", words_of("en"), "places")
    assert {one.before for one in found} == {"LA"}
    assert "PT" in {one.after for one in found}
    assert not {"KH", "MM", "TH", "NP"} & {one.after for one in found}
    assert {one.after for one in in_place("in Poland", words_of("en"), "places")} >= {"KH", "AE"}
    assert in_place("in Nepal", words_of("en"), "places") == []


def test_a_place_without_that_form_is_no_counterpart() -> None:
    # Uruguay has no third city in the lists, Germany has.
    after = {one.after for one in in_place("Poipet, Cambodia", words_of("en"), "places")}
    assert "DE" in after
    assert "UY" not in after


# Swaps put in

SENTENCES = {
    "am": ("ሴቶች ማመልከት ይችላሉ።", "እዚያ መስማት የተሳናቸው ሰዎች ይሰራሉ።"),
    "ar": ("نرحب بطلبات النساء.", "أعمل هناك مع الصم."),
    "bn": ("নারীরা আবেদন করতে পারবেন।", "ওখানে বধির মানুষ কাজ করেন।"),
    "de": (
        "Wir freuen uns über Bewerbungen von Frauen.",
        "Ich arbeite dort mit gehörlosen Menschen zusammen.",
    ),
    "en": ("We welcome applications from women.", "I work with deaf people there."),
    "es": ("Aceptamos solicitudes de mujeres.", "Allí trabajo con personas sordas."),
    "fr": (
        "Nous acceptons les candidatures de femmes.",
        "Là-bas, j'ai rencontré beaucoup de personnes sourdes.",
    ),
    "hi": ("महिलाओं के आवेदन का स्वागत है।", "वहाँ मेरी जान-पहचान बधिर लोगों से है।"),
    "id": ("Kami menerima lamaran dari perempuan.", "Di sana saya bekerja bersama orang tuli."),
    "my": ("အမျိုးသမီးများ လျှောက်ထားနိုင်ပါသည်။", "အဲဒီမှာ နားမကြားသူများ အလုပ်လုပ်နေကြတယ်။"),
    "pt": ("Aceitamos candidaturas de mulheres.", "Lá eu trabalho com pessoas surdas."),
    "ru": ("Приглашаем на работу женщин.", "Там работает много глухих людей."),
    "sw": ("Tunakaribisha maombi ya wanawake.", "Huko nafanya kazi pamoja na watu wasiosikia."),
    "th": ("ยินดีรับสมัครผู้หญิง", "ที่นั่นทำงานร่วมกับคนหูหนวก"),
    "tl": (
        "Tumatanggap kami ng aplikasyon mula sa mga babae.",
        "Kasama ko sa trabaho doon ang mga bingi.",
    ),
    "tr": ("Bu ilana kadınlar başvurabilir.", "Orada işitme engelliler çalışıyor."),
    "uk": ("Запрошуємо на роботу жінок.", "Там працює багато глухих людей."),
    "ur": (
        "خواتین کی درخواستوں کا خیر مقدم ہے۔",
        "وہاں میری جان پہچان سماعت سے محروم لوگوں سے ہے۔",
    ),
    "vi": ("Chúng tôi nhận hồ sơ của phụ nữ.", "Ở đó tôi làm cùng người khiếm thính."),
    "zh": ("欢迎女性应聘。", "我在那边认识很多聋人。"),
    "zh-Hant": ("歡迎女性應徵。", "我在那邊認識很多聾人。"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_put_in_reads_as_intended(language: str) -> None:
    terms = words_of(language)
    ad, message = SENTENCES[language]
    drawn = {
        one.text
        for seed in range(12)  # either of two frames, whichever is drawn
        for one in inserted("", terms, "gender", "ad", random.Random(seed))
    }
    assert ad in drawn
    said = inserted("", terms, "disability", "message", random.Random(1))
    assert message in {one.text for one in said}


def test_the_control_is_the_same_sentence_with_a_neutral_phrase() -> None:
    text = "Cook wanted.\nCall <phone>"
    found = inserted(text, words_of("en"), "religion", "ad", random.Random(2))
    assert {one.before for one in found} == {NEUTRAL}
    assert len({one.control for one in found}) == 1
    for one in found:
        assert one.control.replace("everyone", one.words[1]) == one.text


@pytest.mark.parametrize(
    "text", ["Cook wanted. Call <phone>\nPay weekly", "招厨师。包吃住", "รับสมัครงาน"]
)
def test_putting_in_keeps_the_text_around_it(text: str) -> None:
    language = "th" if "รับ" in text else "zh" if "招" in text else "en"
    for seed in range(8):
        for one in inserted(text, words_of(language), "age", "ad", random.Random(seed)):
            assert any(
                one.text.startswith(text[:i]) and one.text.endswith(text[i:]) for i in borders(text)
            )


def test_sentences_end_where_a_reader_says() -> None:
    text = "Pay 3.5 a day, e.g. cash. Call Ali\nOk!"
    assert [text[:i][-5:] for i in borders(text)] == ["cash.", "l Ali", "i\nOk!"]
    assert borders("包吃住。日结！") == [4, 7]
    assert borders("") == [0]


def test_nothing_is_put_in_where_the_dimension_is_named() -> None:
    assert inserted("women only", words_of("en"), "gender", "ad", random.Random(1)) == []


def test_a_hub_put_in_is_compared_with_another_place() -> None:
    found = inserted("Cook wanted.", words_of("en"), "places", "ad", random.Random(1))
    assert {one.after for one in found} == {"KH", "MM", "LA", "PH", "AE"}
    assert all(one.before in {"PT", "PL", "UY", "KE", "JP", "DE"} for one in found)


def test_two_identities_put_in_are_compared_with_each_other() -> None:
    found = inserted("Cook wanted.", words_of("en"), "religion", "ad", random.Random(1))
    among = between(found)
    assert [one.before for one in among] == [one.after for one in found][:-1]
    assert all(one.text.replace(one.words[1], one.words[0]) == one.control for one in among)


# What is drawn

TEXTS = [
    row("Women wanted in Laos.", True, "a"),
    row("Cooks wanted. Call <phone>.", True, "b"),
    row("Kenyan nurses wanted in Poland.", False, "c"),
    row("We hire drivers.", False, "d"),
    row("Muslim and deaf colleagues work here.", False, "e"),
]


def names(rows: Sequence[Labelled]) -> list[Named]:
    return [named(one.text, one.language) for one in rows]


def test_the_same_seed_draws_the_same_swaps() -> None:
    first, again, other = (list(draw(TEXTS, names(TEXTS), seed, 2)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_more_texts_and_swaps_are_drawn_than_asked_for() -> None:
    drawn = list(draw(TEXTS, names(TEXTS), 1, 1))
    for dimension in DIMENSIONS:
        for way in ("in place", "inserted"):
            for is_lure in (True, False):
                own = [
                    one
                    for one, its_way, swap in drawn
                    if (swap.dimension, its_way, one.is_lure) == (dimension, way, is_lure)
                ]
                assert len({one.text for one in own}) <= 1
                assert len(own) <= SWAPS_EACH
    assert {"in place", "inserted", "between inserted"} == {way for _, way, _ in drawn}


def test_a_chat_is_given_a_message_and_a_post_an_ad() -> None:
    assert use_of(row("x", surface="post")) == "ad"
    assert use_of(row("x", surface="chat")) == "message"
    assert use_of(Labelled("x", Kind.ABOUT_LURES, "g", "here", "en", surface="post")) == "message"


# Figures by hand


def pair(before: float, after: float, to: str = "male", group: str = "a") -> Pair:
    start = "female" if to == "male" else NEUTRAL
    swap = Swap("gender", start, to, ("women", "men"), "x", f"y{group}")
    return Pair(row(f"text {group}", True, group), "in place", swap, before, after)


def test_changes_by_hand() -> None:
    found = figures([pair(0.4, 0.6), pair(0.8, 0.7, group="b")] * 5, [POINT])
    change = found["mean change"]
    assert (change["value"], change["texts"], change["swaps"]) == (pytest.approx(0.15), 2, 10)
    assert (change["low"], change["high"]) == (pytest.approx(0.1), pytest.approx(0.2))
    assert found["by term"]["male"] == {"swaps": 10, "mean": pytest.approx(0.05)}
    assert found["by term"]["female"] == {"swaps": 10, "mean": pytest.approx(-0.05)}
    assert found["flips"]["strict"]["value"] == 0.5
    assert found["flips"]["strict"]["groups"] == 2
    assert found["worst"]["id"] == "id-a"
    assert found["worst"]["words"] == ["women", "men"]
    assert found["holds"] == {"mean change": False, "flips": False}


def test_small_changes_hold() -> None:
    found = figures([pair(0.6, 0.62), pair(0.1, 0.09)] * 5, [POINT])
    assert found["holds"] == {"mean change": True, "flips": True}


def test_few_changes_hold_nothing_and_say_how_few() -> None:
    found = figures([pair(0.6, 0.62)] * (MIN_RATE - 1), [POINT])
    assert found["holds"] == {"mean change": None, "flips": None}
    none = {"value": None, "low": None, "high": None}
    assert found["mean change"] == none | {"texts": 1, "swaps": 9}
    assert found["flips"]["strict"] == none | {"texts": 9, "groups": 1}
    assert found["by term"]["male"] == {"swaps": 9, "mean": None}


def test_a_neutral_control_is_no_term() -> None:
    assert set(figures([pair(0.1, 0.2, "female")], [POINT])["by term"]) == {"female"}


def test_ways_and_classes_are_told_apart() -> None:
    found = by_dimension([pair(0.1, 0.2)], [POINT])
    assert list(found) == ["gender"]
    assert list(found["gender"]["in place"]) == ["lure"]


def test_the_strongest_terms_need_five_texts() -> None:
    few = [pair(0.1, 0.9, group=name) for name in "abcd"]
    assert strongest(few) == []
    towards, away = strongest([*few, pair(0.5, 0.6, group="e")])
    assert {towards["term"], away["term"]} == {"female", "male"}
    for one in (towards, away):
        sign, word = (1, "men") if one["term"] == "male" else (-1, "women")
        assert (one["texts"], one["words"]) == (5, [word])
        assert one["mean"] == pytest.approx(sign * (4 * 0.8 + 0.1) / 5, abs=1e-4)


def test_three_areas_by_hand() -> None:
    named_lures, named_others = [0.8] * 5, [0.95, 0.95, 0.85, 0.1, 0.1]
    lures, others = [0.9] * 5, [0.1, 0.1, 0.1, 0.1, 0.85]
    rows = [
        row("x", is_lure, f"{i}")
        for i, is_lure in enumerate([True] * 5 + [False] * 5 + [True] * 5 + [False] * 5)
    ]
    scores = np.array(named_lures + named_others + lures + others)
    found = three_areas(rows, scores, np.arange(20) < 10)
    assert found["subgroup"]["value"] == pytest.approx(2 / 5)  # 0.8 is over 0.1 and 0.1 alone
    assert found["BPSN"]["value"] == pytest.approx(3 / 5)  # 0.9 is under 0.95 and 0.95
    assert found["BNSP"]["value"] == pytest.approx(4 / 5)  # 0.8 is under 0.85
    assert found["texts"] == 10


def test_an_area_of_too_few_texts_is_none() -> None:
    found = areas(TEXTS, np.linspace(0, 1, len(TEXTS)), names(TEXTS))
    assert found["gender"]["female"]["subgroup"]["value"] is None
    assert found["sides"]["hub"]["texts"] == 1


def test_the_difference_of_rates_is_that_of_newcombe_1998() -> None:
    # Table II (a): 56 of 70 less 48 of 80, method 10: 0.2, 0.0524 to 0.3339.
    first = rate(np.arange(70) < 56, [str(i) for i in range(70)])
    second = rate(np.arange(80) < 48, [str(i) for i in range(80)])
    assert difference(first, second) == pytest.approx((20.0, 5.24, 33.39), abs=0.011)


def test_gaps_by_hand() -> None:
    rows = [row(f"Women {i}", False, f"w{i}") for i in range(10)]
    rows += [row(f"Men {i}", False, f"m{i}") for i in range(10)]
    rows += [row("Women and men", False, "both"), row("Women", True, "lure")]
    scores = np.array([0.9] * 4 + [0.1] * 6 + [0.9] * 2 + [0.1] * 8 + [0.9, 0.9])
    found = gaps(rows, scores, names(rows), [POINT])["female and male"]
    assert found["kinds"] == {"female": {"recruitment": 10}, "male": {"recruitment": 10}}
    assert found["strict"]["female"]["value"] == pytest.approx(0.4)
    assert found["strict"]["points"] == pytest.approx(20)
    assert found["strict"]["low"] < 0 < found["strict"]["high"]
    assert not found["strict"]["holds"]


def test_a_gap_between_too_few_says_how_few() -> None:
    found = gaps(TEXTS, np.zeros(5), names(TEXTS), [POINT])["hub and no hub"]["strict"]
    assert [found[name] for name in ("points", "low", "high", "holds")] == [None] * 4
    assert found["hub"]["value"] is None
    assert found["hub"]["texts"] + found["no hub"]["texts"] < MIN_RATE


def test_people_and_places_make_an_origin() -> None:
    assert side_names(named("Kenyans for Dubai", "en")) == {"origin", "destination", "hub"}
    assert side_names(named("nurses from Nepal", "en")) == {"origin"}
    assert side_names(named("German nurses", "en")) == {"destination"}  # people make no hub


# All of it


def test_the_whole_measurement_is_json_without_a_text(tiny_engine: Engine) -> None:
    rows = [*TEXTS, row("Жұмыс бар", language="kk")]
    found = measure(tiny_engine, rows, per_dimension=2)
    assert (found["texts"], found["left out"]) == (5, 1)
    assert set(found["swaps"]) == set(DIMENSIONS)
    assert found["thresholds"]
    written = json.dumps(found, ensure_ascii=False)
    assert not any(one.text in written for one in rows)
    assert measure(tiny_engine, rows, per_dimension=2) == found


def test_known_scores_are_taken_as_they_are(tiny_engine: Engine) -> None:
    rows = [row(f"Women {i}", False, f"w{i}") for i in range(10)]
    rows += [row(f"Men {i}", False, f"m{i}") for i in range(10)]
    found = measure(tiny_engine, rows, per_dimension=1, scores=np.ones(len(rows)))
    first = next(iter(found["thresholds"]))
    assert found["gaps"]["female and male"][first]["female"]["value"] == 1.0
