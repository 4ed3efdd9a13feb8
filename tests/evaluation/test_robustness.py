"""Attacks keep what they promise to keep, and the figures on them can be worked out by hand."""

import json
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.metrics import MIN_RATE
from evaluation.robustness import context, letters, measure, search
from evaluation.robustness.attacks import ATTACKS, STRENGTHS, Attack
from evaluation.robustness.cost import edit_distance, share_changed
from evaluation.robustness.material import available, own, read
from evaluation.robustness.romanise import romanised
from evaluation.robustness.wording import rephrased
from evaluation.robustness.words import clusters, script_of, words
from evaluation.rows import Labelled
from models.ad import SCORED_TURNS, Ad
from models.calibration import threshold_at
from models.labels import Kind
from models.rendering import Located, render
from service.engine import Engine

NAMED = {attack.name: attack for attack in ATTACKS}
LURES = {
    "en-GB": "Chat operator wanted in Vientiane, $1,900 a month, no interview. We pay the ticket "
    "and the visit visa, you hand the passport to the manager. Write on Telegram @jobs_lao today.",
    "es-MX": "Se busca gente para chat en Bangkok, sueldo de 1500 dólares al mes, sin experiencia. "
    "Te mandan el pasaje, entras como turista. WhatsApp +1 555 0134, hoy mismo.",
    "ru": "Работа в Паттайе, оклад 2000 долларов в месяц, без опыта. Билет и виза за счёт "
    "компании, паспорт хранится в офисе. Пишите в телеграм <handle>, осталось три места.",
    "zh-Hans": "招聘打字员，月薪两万，机票签证由公司出，护照到了统一保管。不用面试，今晚就走，"
    "联系 <handle>。",
    "ar-EG": "مطلوب شباب للعمل في شركة بالخارج، راتب كبير بدون خبرة ولا مقابلة، التذكرة والسكن "
    "علينا، ابعت صورة الجواز على واتساب <phone>.",
    "hi": "थाईलैंड में काम, वेतन 90,000 रुपये, इंटरव्यू नहीं। टिकट और वीज़ा कंपनी देगी, पासपोर्ट "
    "फोटो <phone> पर भेजें।",
    "th": "รับแอดมินไปทำงานที่ปอยเปต เงินเดือน 40,000 บาท ไม่ต้องมีประสบการณ์ ค่าตั๋วบริษัทออก "
    "ส่งรูปพาสปอร์ตมาที่ <phone> วันนี้",
    "my": "ထိုင်းနိုင်ငံမှာ အလုပ်ရမယ်၊ လစာ ၁၅၀၀ ဒေါ်လာ၊ လေယာဉ်လက်မှတ် အခမဲ့၊ ဆက်သွယ်ရန် <phone>",
    "km": "ត្រូវការ\u200bបុគ្គលិក\u200bធ្វើការ\u200bនៅ ប៉ោយប៉ែត ប្រាក់ខែ ១០០០ ដុល្លារ ទាក់ទង <phone>",
    "ko": "해외 상담원 모집, 월급 500만원, 항공권 제공, 면접 없음, 여권 사진 보내주세요 <handle>",
}
CASES = [
    pytest.param(attack, language, id=f"{attack.name}-{language}")
    for attack in ATTACKS
    for language, text in LURES.items()
    if attack.applies(text, language)
]


def shown(ad: Ad) -> str:
    return "\n".join([*ad.thread, ad.text])


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_attack_says_what_it_does() -> None:
    assert len(NAMED) == len(ATTACKS)
    for attack in ATTACKS:
        assert re.fullmatch(r"[A-Z][^.]+\.", attack.description)
    assert [attack.name for attack in ATTACKS if not attack.keeps_label] == ["warning around"]


@pytest.mark.parametrize(("attack", "language"), CASES)
def test_an_attack_is_seeded_and_keeps_contacts(attack: Attack, language: str) -> None:
    text = LURES[language]
    for strength in STRENGTHS:
        ad = attack.on(text, language, strength, seed=1)
        assert ad == attack.on(text, language, strength, seed=1)
        assert ad != Ad(text=text)
        for contact in re.findall(r"<\w+>|@\w+|\+1 555 \d+", text):
            assert contact in shown(ad)


@pytest.mark.parametrize(("attack", "language"), CASES)
def test_a_stronger_attack_changes_as_much_or_more(attack: Attack, language: str) -> None:
    text = LURES[language]
    changed = [share_changed(text, attack.on(text, language, s, seed=1)) for s in STRENGTHS]
    assert changed == sorted(changed)
    assert changed[0] > 0


def test_another_seed_gives_another_attack() -> None:
    text = LURES["en-GB"]
    fixed = {"over chat turns"}
    for name, attack in NAMED.items():
        if attack.applies(text, "en-GB"):
            made = {shown(attack.on(text, "en-GB", 0.5, seed)) for seed in range(6)}
            assert (len(made) == 1) == (name in fixed), name


@pytest.mark.parametrize("language", LURES)
def test_zero_width_renders_back_to_the_text(language: str) -> None:
    attacked = NAMED["zero-width"].on(LURES[language], language, 1.0, seed=1)
    assert attacked.text != LURES[language]
    assert render(attacked).text == render(Ad(text=LURES[language])).text


@pytest.mark.parametrize("language", ["en-GB", "ru"])
def test_look_alikes_are_read_as_the_same_letters(language: str) -> None:
    text = LURES[language]
    attacked = NAMED["look-alike letters"].on(text, language, 1.0, seed=1)
    assert len(attacked.text) == len(text)
    back = render(attacked).text
    same = sum(a == b for a, b in zip(back, text, strict=True))
    assert same >= 0.95 * len(text)  # a word of look-alikes alone can be read in either script


@pytest.mark.parametrize("language", LURES)
@pytest.mark.parametrize(
    "name",
    ["padding before", "padding after", "inside an honest ad", "posing as a warning",
     "warning around"],
)  # fmt: skip
def test_what_stands_around_a_lure_leaves_it_whole(name: str, language: str) -> None:
    for strength in STRENGTHS:
        attacked = NAMED[name].on(LURES[language], language, strength, seed=2)
        assert attacked.text.count(LURES[language]) == 1
    ends_with_it = attacked.text.endswith(LURES[language])
    begins_with_it = attacked.text.startswith(LURES[language])
    assert (begins_with_it, ends_with_it) == (name == "padding after", name == "padding before")


@pytest.mark.parametrize("language", LURES)
def test_turns_of_a_chat_join_back_to_the_text(language: str) -> None:
    text = LURES[language]
    turns = [len(NAMED["over chat turns"].on(text, language, s, 1).thread) + 1 for s in STRENGTHS]
    assert 2 <= turns[0] < turns[-1] <= SCORED_TURNS + 1
    for strength in STRENGTHS:
        attacked = NAMED["over chat turns"].on(text, language, strength, 1)
        assert bare("".join([*attacked.thread, attacked.text])) == bare(text)


def test_everyday_talk_stands_between_turns_and_none_is_too_early_to_be_read() -> None:
    for language, text in LURES.items():
        attacked = NAMED["among chat turns"].on(text, language, 1.0, 1)
        talk = set(read(own(language) or "en").turns)
        lure = [turn for turn in (*attacked.thread, attacked.text) if turn not in talk]
        assert bare("".join(lure)) == bare(text)
        assert len(attacked.thread) <= SCORED_TURNS
        assert not set(attacked.thread[::2]) & talk
        assert set(attacked.thread[1::2]) <= talk
    assert [
        len(NAMED["among chat turns"].on(LURES["en-GB"], "en", strength, 1).thread) // 2
        for strength in STRENGTHS
    ] == [2, 4, 8]


def test_a_text_of_one_word_is_one_turn() -> None:
    assert context.turns("Hello", 5) == ["Hello"]
    assert context.turns("one two three", 9) == ["one", "two", "three"]


def test_a_warning_grows_with_its_strength() -> None:
    frames = read("en").warnings
    texts = [NAMED["warning around"].on("Fly now!", "en", s, 1).text for s in STRENGTHS]
    assert any(texts[0] == f"{frame.short}\n“Fly now!”" for frame in frames)
    assert any(texts[1] == f"{frame.before}\n“Fly now!”" for frame in frames)
    assert any(texts[2] == f"{frame.before}\n“Fly now!”\n{frame.after}" for frame in frames)


def test_languages_an_attack_cannot_be_done_to_are_left_out() -> None:
    cases = {
        "rewording": {"en-GB", "es-MX", "ru", "zh-Hans", "ar-EG", "hi"},
        "romanisation": {"ru", "hi", "ko"},
        "code-switching": {"en-GB", "es-MX", "ru", "zh-Hans", "ar-EG", "hi", "th"},
        "leetspeak": {"en-GB", "es-MX", "ru"},
        "look-alike letters": {"en-GB", "es-MX", "ru", "ar-EG"},
        "typos": set(LURES) - {"zh-Hans", "ko"},
    }
    for name, languages in cases.items():
        assert {tag for tag, text in LURES.items() if NAMED[name].applies(text, tag)} == languages
    assert not NAMED["rewording"].applies("Kaam hai, paisa roz", "hi-Latn")


def test_words_of_all_scripts() -> None:
    def of(text: str) -> list[str]:
        return [text[start:end] for start, end in words(text)]

    assert of("Write to a@example.com or <phone>, it's 5 p.m.") == [
        "Write", "to", "or", "it", "s", "p", "m",
    ]  # fmt: skip
    assert of("招聘打字员，月薪两万") == ["招聘打字", "员", "月薪两万"]
    assert of("काम पर") == ["काम", "पर"]
    assert clusters("น้ำ") == ["น้", "ำ"]
    assert clusters("वीज़ा") == ["वी", "ज़ा"]
    assert [script_of(text) for text in ("pay 5", "работа ok", "12")] == ["LATIN", "CYRILLIC", ""]


def test_tricks_on_one_word() -> None:
    rng = random.Random(3)
    assert render(Ad(text=letters.zero_width("ticket", rng))).text == "ticket"
    assert re.fullmatch(r"t(.)i\1c\1k\1e\1t", letters.spaced("ticket", rng))
    assert letters.split("ticket", rng).replace(" ", "") == "ticket"
    assert re.fullmatch(r"[\d@!|$]+", letters.leet("oils", rng))
    assert set(letters.emoji_letters("box", rng)) >= {"⭕", "❌"}
    for _ in range(20):
        wrong = letters.typo("ticket", rng)
        assert wrong != "ticket"
        assert wrong[0] == "t"
        assert 1 <= edit_distance("ticket", wrong) <= 2


def test_words_in_latin_letters() -> None:
    cases = {
        "Работа": "Rabota",
        "ЩИТ": "SHHIT",
        "ежемесячно": "ezhemesyachno",
        "қызмет": "қызмет",  # a Kazakh letter, which the table does not hold
        "구인": "guin",
        "काम": "kam",
        "टिकट": "tikat",
        "कंपनी": "kanpani",
        "கடன்": "katan",
        "ตั๋ว": "ตั๋ว",
    }
    assert {word: romanised(word, random.Random(1)) for word in cases} == cases


def test_phrases_are_whole_words_and_keep_their_capitals() -> None:
    def said(text: str, strength: float = 1.0) -> str:
        table = {
            "pay": ("wage",),
            "a month": ("monthly",),
            "pay a month": ("wages",),
            "护照": ("证件",),
        }
        return rephrased(text, table, strength, random.Random(1))

    assert (
        said("Pay in May. PAY! Payment, repay <pay>") == "Wage in May. WAGE! Payment, repay <pay>"
    )
    assert said("the pay a month") == "the wages"  # the longest
    assert said("把护照交来") == "把证件交来"
    assert said("nothing here") == "nothing here"
    assert said("pay pay pay pay", 0.5).split().count("wage") == 2


@pytest.mark.parametrize("name", sorted(available()))
def test_each_language_has_all_that_attacks_need(name: str) -> None:
    texts = read(name)
    assert own(name) == name
    assert len(set(texts.turns)) == 8
    assert len(set(texts.ads)) == 3
    assert len(texts.warnings) == 2
    assert len(set(texts.poses)) == 4
    assert len(texts.switches) >= 20
    for table in (texts.switches, texts.rewordings):
        for phrase, others in table.items():
            assert phrase == phrase.lower()
            assert phrase not in others


def test_there_are_texts_in_many_languages() -> None:
    assert len(available()) >= 12
    assert {"en", "es", "ru", "zh-Hans", "id", "ar", "hi", "vi", "pt", "fr"} <= {
        name for name in available() if read(name).rewordings
    }
    tags = {"zh-TW": "zh-Hant", "zh": "zh-Hans", "zh-Hans-CN": "zh-Hans", "fil-PH": "tl",
            "pt-BR": "pt", "hi-Latn": None, "my": None}  # fmt: skip
    assert {tag: own(tag) for tag in tags} == tags


def test_the_honest_texts_are_in_no_training_text() -> None:
    corpus = Path(__file__).parents[2] / "training" / "corpus" / "written"
    written = "\n".join(
        json.loads(line)["text"]
        for file in sorted(corpus.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    )
    for name in available():
        texts = read(name)
        for one in (*texts.turns, *texts.ads, *texts.poses):
            assert one not in written


def test_the_edit_distance_is_that_of_the_plain_algorithm() -> None:
    def plain(old: str, new: str) -> int:
        row = list(range(len(new) + 1))
        for i, a in enumerate(old, 1):
            left = [i]
            for j, b in enumerate(new, 1):
                left.append(min(row[j] + 1, left[-1] + 1, row[j - 1] + (a != b)))
            row = left
        return row[-1]

    rng = random.Random(5)
    for _ in range(300):
        old, new = ("".join(rng.choices("abc", k=rng.randint(0, 12))) for _ in range(2))
        assert edit_distance(old, new) == plain(old, new)
    assert edit_distance("x" * 3000, "x" * 1000 + "y") == 2000


def test_cost_counts_what_is_added_and_what_is_changed() -> None:
    assert share_changed("abcd", Ad(text="abXd")) == 0.25
    assert share_changed("abcd", Ad(text="abcd and more")) == 9 / 4
    assert share_changed("ab cd", Ad(text="cd", thread=("ab",))) == 0.2  # a line for a space


def row(number: int, language: str, text: str, kind: Kind = Kind.LURE) -> Labelled:
    return Labelled(text, kind, f"g{number}", "test", language)


HONEST = [
    "We meet at the lake on Saturday, bring bread and the blue blanket.",
    "Bakery in Leeds wants a baker, written contract, interview in the shop.",
    "El partido se juega el domingo a las once en la cancha de siempre.",
    "Бабушка передала варенье, забеги вечером на чай.",
]


@pytest.fixture
def rows() -> list[Labelled]:
    lures = [row(i, language, text) for i, (language, text) in enumerate(LURES.items())]
    return lures + [row(90 + i, "en", text, Kind.OTHER) for i, text in enumerate(HONEST)]


def test_a_sample_is_spread_over_languages_with_one_text_of_a_group() -> None:
    many = [row(i, "en", f"lure {i}") for i in range(20)]
    few = [row(100, "ru", "копия"), row(100, "ru", "копия!"), row(101, "th-TH", "งาน")]
    drawn = measure.spread([*many, *few], seed=1)
    assert {one.language for one in drawn[:3]} == {"en", "ru", "th-TH"}
    assert Counter(one.group for one in drawn).most_common(1)[0][1] == 1
    assert len(drawn) == 22
    assert drawn == measure.spread([*many, *few], seed=1)
    assert drawn != measure.spread([*many, *few], seed=2)


def test_figures_by_hand(tiny_engine: Engine, rows: list[Labelled]) -> None:
    found = measure.measure(tiny_engine, rows, rates=(0.25,), seed=3)
    assert json.loads(json.dumps(found)) == found
    honest = np.array([one.score for one in tiny_engine.assess_now([Ad(t) for t in HONEST])])
    threshold = threshold_at(honest, 0.25)  # the second highest of four
    assert found["thresholds"] == {"0.25": threshold}
    assert (honest >= threshold).sum() == 1

    told = found["attacks"]["romanisation"]
    assert told["can be done to"] == 3  # Russian, Hindi, Korean
    figures = told["strengths"]["0.5"]
    assert (figures["lures"], figures["unchanged"], figures["languages"]) == (3, 0, 3)
    chosen = {tag: LURES[tag] for tag in ("ru", "hi", "ko")}
    ads = [NAMED["romanisation"].on(text, tag, 0.5, 3) for tag, text in chosen.items()]
    before = tiny_engine.assess_now([Ad(text) for text in chosen.values()])
    after = tiny_engine.assess_now(ads)
    few = figures["recall"]["0.25"]["before"]
    assert (few["value"], few["texts"]) == (None, 3)
    changes = [new.score - old.score for old, new in zip(before, after, strict=True)]
    assert figures["score change"] == pytest.approx(np.mean(changes))
    assert figures["tokens"]["after"] == pytest.approx(np.mean([one.tokens for one in after]))
    costs = [share_changed(text, ad) for text, ad in zip(chosen.values(), ads, strict=True)]
    assert figures["characters changed"] == pytest.approx(np.mean(costs))


def test_recall_by_hand(tiny_engine: Engine, rows: list[Labelled]) -> None:
    assert len(LURES) == MIN_RATE
    lures = [one for one in rows if one.is_lure]
    clean = dict(
        zip(LURES.values(), tiny_engine.assess_now([Ad(one.text) for one in lures]), strict=True)
    )
    threshold = sorted(one.score for one in clean.values())[4]
    attack = NAMED["zero-width"]
    told = measure.under_attack(tiny_engine, attack, 0.5, lures, clean, {"0.25": threshold}, 3)
    after = tiny_engine.assess_now([attack.on(one.text, one.language, 0.5, 3) for one in lures])
    recall = told["recall"]["0.25"]
    assert recall["before"]["value"] == pytest.approx(0.6)
    assert recall["after"]["value"] == pytest.approx(np.mean([a.score >= threshold for a in after]))
    assert recall["after"]["low"] <= recall["after"]["value"] <= recall["after"]["high"]


def test_a_quoted_lure_that_is_flagged_is_a_mistake_and_no_recall(
    tiny_engine: Engine, rows: list[Labelled]
) -> None:
    found = measure.measure(tiny_engine, rows, per_attack=2)
    for name, told in found["attacks"].items():
        for figures in told["strengths"].values():
            assert figures["lures"] <= 2
            assert ("recall" in figures) == NAMED[name].keeps_label
            assert ("wrongly flagged" in figures) != NAMED[name].keeps_label


def test_a_lure_that_stays_as_it_is_does_not_count_as_caught(tiny_engine: Engine) -> None:
    plain = row(1, "en", "Nothing in this is a phrase of the table, apart from passport.")
    without = row(2, "en", "Zzz qqq xxx.")
    (known,) = tiny_engine.assess_now([Ad(text=plain.text)])
    told = measure.under_attack(
        tiny_engine, NAMED["rewording"], 1.0, [plain, without], {plain.text: known}, {"0.1": 0.0}, 1
    )
    assert (told["lures"], told["unchanged"]) == (1, 1)
    assert told["recall"]["0.1"]["after"]["texts"] == 1
    alone = measure.under_attack(
        tiny_engine, NAMED["rewording"], 1.0, [without], {}, {"0.1": 0.0}, 1
    )
    assert alone == {"lures": 0, "unchanged": 1}


def test_lures_and_others_are_both_needed(tiny_engine: Engine, rows: list[Labelled]) -> None:
    with pytest.raises(ValueError, match="10 and 0 given"):
        measure.measure(tiny_engine, [one for one in rows if one.is_lure])


def test_a_text_in_parts_is_the_text_again() -> None:
    for text in LURES.values():
        parts, indices = search.cut(text)
        assert "".join(parts) == text
        assert all(parts[i].strip() and "<" not in parts[i] for i in indices)


@pytest.mark.parametrize("ranking", ["evidence", "leave-one-out"])
def test_the_search_finds_a_way_past_and_stops_there(
    tiny_engine: Engine, ranking: search.Ranking
) -> None:
    text = LURES["en-GB"]
    (known,) = tiny_engine.assess_now([Ad(text=text)])
    found = search.evade(tiny_engine, text, "en", known.score, ranking)
    (now,) = tiny_engine.assess_now([Ad(text=found.text)])
    assert found.flagged  # a score at the threshold is
    assert found.evaded
    assert now.score < known.score
    assert len(found.tricks) == 1  # one that lowers it is enough
    assert 1 < found.queries < search.BUDGET
    assert found == search.evade(tiny_engine, text, "en", known.score, ranking)


def test_the_search_goes_on_lowering_the_score(tiny_engine: Engine) -> None:
    text = LURES["en-GB"]
    asked = [search.evade(tiny_engine, text, "en", 0.0, budget=b) for b in (20, 60, 120)]
    assert [one.queries for one in asked] == [20, 60, 120]
    logits = [one.logit for one in tiny_engine.assess_now([Ad(one.text) for one in asked])]
    assert logits == sorted(logits, reverse=True)
    assert len(asked[0].tricks) < len(asked[-1].tricks)


@pytest.mark.parametrize("ranking", ["evidence", "leave-one-out"])
@pytest.mark.parametrize("budget", [1, 5, 40])
def test_the_search_never_asks_more_than_it_may(
    tiny_engine: Engine, ranking: search.Ranking, budget: int
) -> None:
    found = search.evade(tiny_engine, LURES["es-MX"], "es", 0.0, ranking, budget)
    assert not found.evaded
    assert found.queries == budget


def test_what_is_not_flagged_needs_no_search(tiny_engine: Engine) -> None:
    found = search.evade(tiny_engine, LURES["ru"], "ru", 1.1)
    assert (found.flagged, found.evaded, found.queries, found.tricks) == (False, False, 1, ())
    assert found.text == LURES["ru"]


def test_a_search_that_may_leave_nothing_out_keeps_every_word(tiny_engine: Engine) -> None:
    found = search.evade(tiny_engine, LURES["en-GB"], "en", 0.0, budget=80, leave_out=False)
    assert search.DELETION not in found.tricks
    assert found.tricks


def test_evidence_ranks_the_words_that_speak_for_a_lure(tiny_engine: Engine) -> None:
    text = LURES["en-GB"]
    parts, _ = search.cut(text)
    shares = {"passport to": 0.4, "Vientiane": -0.3, "interview": 0.2, "hand": 0.1}
    (known,) = tiny_engine.assess_now([Ad(text=text)])
    evidence = tuple(
        replace(
            known.evidence[0],
            place=Located("text", text.index(said), text.index(said) + len(said)),
            share=share,
        )
        for said, share in shares.items()
    )
    ranked = search.by_evidence(replace(known, evidence=evidence), parts)
    assert [parts[i] for i in ranked] == ["passport", " to ", "interview", "hand"]


def test_search_figures_by_hand(tiny_engine: Engine) -> None:
    texts = list(LURES.values())
    scores = [one.score for one in tiny_engine.assess_now([Ad(text=text) for text in texts])]
    *low, _, a, b = [texts[i] for i in np.argsort(scores)]
    tags = {text: tag for tag, text in LURES.items()}
    rows = [row(i, "en", text, Kind.OTHER) for i, text in enumerate(low)]
    rows += [row(20, tags[a], a), row(21, tags[b], b), row(22, "zz", low[0])]
    told = search.measure_search(tiny_engine, rows, budget=30)
    assert json.loads(json.dumps(told)) == told
    assert told["threshold"] == np.nextafter(sorted(scores)[-4], np.inf)
    assert told["missed unattacked"] == 1
    assert told["languages"] == {}  # one text each
    each = [search.evade(tiny_engine, x, tags[x], told["threshold"], budget=30) for x in (a, b)]
    assert told["all"]["evaded"]["texts"] == 2
    assert told["all"]["evaded"]["value"] is None, "of two texts"
    assert ("median queries" in told["all"]) == any(one.evaded for one in each)


def test_outcomes_by_hand() -> None:
    def of(number: int, evaded: bool, queries: int, *tricks: str) -> tuple[Labelled, search.Found]:
        return row(number, "en", "x"), search.Found(True, evaded, queries, 10, tricks, "y")

    told = search.outcome(
        [
            of(1, True, 9, "typo"),
            of(2, True, 21, "typo", "deletion", "split"),
            of(3, False, 150, *["leetspeak"] * 10),
        ]
        * 4
    )
    assert told["evaded"]["value"] == pytest.approx(2 / 3)
    assert told["median queries"] == 15
    assert told["median share of words changed"] == pytest.approx(0.2)
    assert told["mean share of words left out"] == pytest.approx(0.05)
    assert told["tricks"] == {"typo": 8, "deletion": 4, "split": 4}
    assert set(search.outcome([of(4, False, 150)])) == {"evaded"}
