"""From logits to an answer: shares that add up, spans that fit, harms of lures alone."""

from itertools import pairwise

import numpy as np
import pytest

from models.ad import Ad
from models.calibration import LURE, Calibration, OperatingPoint, sigmoid
from models.inference import INDICATOR_START, Logits
from models.labels import HARMS, INDICATORS, Kind
from models.rendering import render
from service.assessment import assess, harms_of
from service.engine import Engine
from service.evidence import Evidence, evidence_of, field_of_each, is_dense, phrases, words
from service.scoring.scorer import Scored

POINTS = tuple(
    OperatingPoint(
        name=name, false_positive_rate=rate, threshold=threshold, recall=1, lures=1, honest=1
    )
    for name, rate, threshold in (("a", 0.01, 0.9), ("b", 0.05, 0.6))
)
CALIBRATION = Calibration(scale=0.5, offset=-0.2, operating_points=POINTS)


def scored(
    text: str, offsets: list[tuple[int, int]], tokens: np.ndarray, title: str = ""
) -> Scored:
    means = tokens.mean(axis=0)
    logits = Logits(
        kind=means[:6], harm=means[6:18], tokens=tokens,
        offsets=tuple(offsets),
        indicators=tokens[:, INDICATOR_START:], indicator_offsets=tuple(offsets),
        window=0, windows=1, token_count=len(tokens),
    )  # fmt: skip
    return Scored(render(Ad(text, title=title)), logits)


@pytest.mark.parametrize(
    "text", ["We pay the ticket", "招聘客服包吃住", "توظيف فوري مع سكن", "งานสบายรายได้ดี"]
)
def test_shares_add_up_to_the_logit(tiny_engine: Engine, text: str) -> None:
    (one,) = tiny_engine.scorer.score_now([Ad(text)])
    calibration = tiny_engine.bundle.calibration
    shares = calibration.scale * one.logits.tokens[:, LURE] / len(one.logits.tokens)
    assessment = assess(one, calibration)
    assert shares.sum() + assessment.constant == pytest.approx(assessment.logit, abs=1e-4)
    assert sigmoid(np.array(assessment.logit)) == pytest.approx(assessment.score)


def test_words_cover_every_token_once(tiny_engine: Engine) -> None:
    (one,) = tiny_engine.scorer.score_now(
        [Ad("Gaji 9 juta, tiket dari kantor, paspor dulu ya kak")]
    )
    runs = list(words(one.rendered.text, one.logits.offsets))
    assert runs[0][0] == 0
    assert runs[-1][1] == len(one.logits.offsets)
    assert all(end == start for (_, end), (start, _) in pairwise(runs))


LONG = "Drivers wanted in the old harbour, licence needed, paid by the week. " * 40
SHAPES = [
    Ad("We pay the ticket, you start on Monday"),
    Ad("招聘客服包吃住，机票公司出，明天就走", title="高薪"),
    Ad("งานสบายรายได้ดี ไม่ต้องมีประสบการณ์ สมัครเลย"),
    Ad("ဝန်ထမ်းအလိုရှိသည် လစာကောင်း ထမင်းကျွေး"),
    Ad(LONG, title="Drivers"),
    Ad("Send the passport photo", thread=("Hi", "What is the work?", "Chat support")),
    Ad("Send the passport photo", thread=("Hi", "What is the work?", "Chat"), own=frozenset([1])),
    Ad("Come soon", thread=(LONG, "we pay all"), own=frozenset([0])),
    Ad("Come soon", thread=("Where?", "Here", "And when?"), own=frozenset([0, 2])),
    Ad("E4sy w\u200bork, рay dаily 𝐧𝐨𝐰"),
]


@pytest.mark.parametrize("ad", SHAPES, ids=range(len(SHAPES)))
def test_evidence_the_rest_and_the_constant_add_up_to_the_logit(
    tiny_engine: Engine, ad: Ad
) -> None:
    (one,) = tiny_engine.assess_now([ad])
    shares = sum(each.share for each in one.evidence)
    scale = tiny_engine.bundle.calibration.scale  # a small model's may be near 0, and hide a fault
    told = (shares + one.rest + one.constant - one.logit) / scale
    assert told == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("ad", SHAPES, ids=range(len(SHAPES)))
def test_no_word_of_a_text_is_missing_in_its_evidence(tiny_engine: Engine, ad: Ad) -> None:
    (scored,) = tiny_engine.scorer.score_now([ad])
    offsets = scored.logits.offsets
    found = list(words(scored.rendered.text, offsets))
    fields = field_of_each(scored.rendered, offsets)
    runs = phrases(found, [1.0] * len(offsets), fields)
    held = sorted(token for first, last in runs for token in range(first, last))
    assert held == list(range(len(offsets)))


def fields(evidence: tuple[Evidence, ...]) -> set[str]:
    """Of the ad, that the evidence stands in."""
    return {one.place.field for one in evidence}


def test_own_turns_are_not_read(tiny_engine: Engine) -> None:
    thread = ("You pay no fee, ticket and room are free", "Is it legal? No visa? I am afraid")
    whole = Ad("Fly on Friday, send the passport photo now", thread=thread)
    mine = Ad(whole.text, thread=thread, own=frozenset([1]))
    (both, scored_one) = tiny_engine.scorer.score_now([whole, mine])
    calibration = tiny_engine.bundle.calibration
    assert fields(evidence_of(both, calibration)) == {"thread/0", "thread/1", "text"}
    assert fields(evidence_of(scored_one, calibration)) == {"thread/0", "text"}
    shown = assess(scored_one, calibration).indicators
    assert "thread/1" not in {place.field for one in shown for place in one.spans}
    without = Ad(whole.text, thread=thread[:1])
    (alone,) = tiny_engine.scorer.score_now([without])
    assert np.array_equal(scored_one.logits.kind, alone.logits.kind)


def test_strong_neighbours_of_one_sign_are_a_phrase() -> None:
    runs = [(0, 1), (1, 2), (2, 4), (4, 5), (5, 6)]
    shares = [1.0, 0.9, 0.4, 0.3, 0.05, -0.8]
    one_field = [0] * 6
    assert phrases(runs, shares, one_field) == [(0, 4), (4, 5), (5, 6)]
    two_fields = [0, 0, 0, 1, 1, 1]  # a border inside the third word
    assert phrases(runs, shares, two_fields) == [(0, 3), (3, 4), (4, 5), (5, 6)]


def test_a_phrase_ends_where_its_field_does() -> None:
    tokens = np.zeros((4, 49), np.float32)
    tokens[:, LURE] = [4, 4, 3, 3]
    offsets = [(0, 7), (7, 13), (13, 18), (18, 23)]
    for title in ("tourist visas", "tourist visa"):  # the line break in either field's token
        one = scored("Visa soon", offsets, tokens, title=title)
        found = evidence_of(one, CALIBRATION)
        assert [(each.place.field, each.place.start, each.place.end) for each in found] == [
            ("title", 0, len(title)), ("text", 0, 9),
        ]  # fmt: skip
    assert [each.share for each in found] == pytest.approx([0.5 * 8 / 4, 0.5 * 6 / 4])


def test_every_share_stands_in_its_own_field(tiny_engine: Engine) -> None:
    calibration = tiny_engine.bundle.calibration
    spaced = [ad for ad in SHAPES if not is_dense(ad.text[0]) and not ad.own]
    for one in tiny_engine.scorer.score_now(spaced):
        logits, rendered = one.logits, one.rendered
        of_tokens: dict[str, float] = {}
        weight = calibration.scale / len(logits.offsets)
        for (start, end), lure in zip(logits.offsets, logits.tokens[:, LURE], strict=True):
            at = end - len(rendered.text[start:end].lstrip())
            (place,) = rendered.locate(at, at + 1)  # a line break alone is counted to what follows
            of_tokens[place.field] = of_tokens.get(place.field, 0.0) + float(lure) * weight
        told: dict[str, float] = {}
        for each in evidence_of(one, calibration):
            told[each.place.field] = told.get(each.place.field, 0.0) + each.share
        assert {f: s / calibration.scale for f, s in told.items()} == pytest.approx(
            {f: s / calibration.scale for f, s in of_tokens.items()}, abs=1e-3
        )


def test_words_of_scripts_without_spaces_end_where_pieces_do_and_tear_no_vowel_off() -> None:
    text = "ไปทำงาน"  # pieces: ไป | ท | ำงาน, the third beginning with a vowel sign
    assert list(words(text, ((0, 2), (2, 3), (3, 7)))) == [(0, 1), (1, 2), (2, 3)]
    text = "ကို"  # a vowel sign of category M begins the second piece
    assert list(words(text, ((0, 1), (1, 3)))) == [(0, 2)]
    assert list(words("ab cd", ((0, 1), (1, 2), (2, 5)))) == [(0, 2), (2, 3)]


def test_evidence_is_a_word_without_the_space_before_it() -> None:
    tokens = np.zeros((3, 49), np.float32)
    tokens[:, LURE] = [0.1, 4, 2]
    found = evidence_of(scored("go free now", [(0, 2), (2, 7), (7, 11)], tokens), CALIBRATION)
    assert [(one.place.start, one.place.end) for one in found] == [(3, 11), (0, 2)]
    assert found[0].share == pytest.approx(0.5 * 6 / 3)


@pytest.mark.parametrize("most", [0, 1, 2, 3, 100])
def test_the_strongest_evidence_is_the_first_of_all(tiny_engine: Engine, most: int) -> None:
    calibration = tiny_engine.bundle.calibration
    for one in tiny_engine.scorer.score_now(SHAPES):
        everything = evidence_of(one, calibration)
        assert evidence_of(one, calibration, most) == everything[:most]


def test_tokens_of_an_indicator_make_spans() -> None:
    """Over a gap of one token they are one span; a run without a sure token is none."""
    tokens = np.full((8, 49), -9, np.float32)
    tokens[[0, 2], INDICATOR_START + 3] = 3
    tokens[6, INDICATOR_START + 3] = 0.1  # over the threshold, and no more
    tokens[4, INDICATOR_START + 5] = 0.1
    text = "aa bb cc dd ee ff gg hh"
    offsets = [(max(0, 3 * i - 1), 3 * i + 2) for i in range(8)]
    (shown,) = assess(scored(text, offsets, tokens), CALIBRATION).indicators
    assert shown.indicator == INDICATORS[3]
    assert [text[p.start : p.end] for p in shown.spans] == ["aa bb cc"]


def test_harms_are_for_lures_alone_and_at_least_one() -> None:
    logits = np.full(len(HARMS), -3.0)
    logits[4] = -2
    assert list(harms_of(logits, Kind.LURE, CALIBRATION)) == [HARMS[4]]
    logits[[1, 2]] = [1, 2]
    assert list(harms_of(logits, Kind.LURE, CALIBRATION)) == [HARMS[2], HARMS[1]]
    assert harms_of(logits, Kind.RECRUITMENT, CALIBRATION) == {}
