"""The page of an evaluation, from figures that the real counting gives on invented texts."""

import copy
import re
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

import evaluation.fairness.gaps
import evaluation.fairness.subgroups
import evaluation.report
from evaluation import metrics
from evaluation.abstention import abstention
from evaluation.curves import curves
from evaluation.fairness.changes import by_dimension, strongest
from evaluation.fairness.gaps import gaps
from evaluation.fairness.pairs import Pair
from evaluation.fairness.subgroups import areas
from evaluation.fairness.swaps import Swap
from evaluation.figures import METRICS, figures, kind_scores, metrics_at
from evaluation.metrics import MIN_EACH, rate
from evaluation.report.cells import number
from evaluation.report.decisions import outcome
from evaluation.report.definitions import DEFINITIONS
from evaluation.report.headline import headline
from evaluation.report.page import page
from evaluation.report.tables import tables
from evaluation.rows import Labelled
from evaluation.run import FORMAT, worst
from evaluation.slices import sliced
from models.calibration import OperatingPoint
from models.labels import Harm, Kind
from models.text_sets import COLLECTED, WRITTEN
from service.policy.decide import decide
from service.policy.facts import Facts
from service.policy.load import DEFAULT, load

VOID = {"meta", "link", "br", "img", "hr", "input"}
HOSTILE = (
    '</style></td><script>alert(1)</script><img src=//example.org/x onerror="x">\'&amp;{{7*7}}'
)
POINTS = tuple(
    OperatingPoint(
        name=name, false_positive_rate=0.01, threshold=at, recall=0.5, lures=50, honest=50
    )
    for name, at in (("high_precision", 0.8), ("balanced", 0.6), ("high_recall", 0.4))
)


def rows_of(synthetic: bool) -> list[Labelled]:
    """Thirty lures and thirty others, of two languages and three platforms."""
    return [
        Labelled(
            text=f"Invented ad {i}: packers wanted",
            kind=Kind.LURE if i % 2 else (Kind.RECRUITMENT, Kind.ABOUT_LURES)[i // 2 % 2],
            group=f"g{i // 2}",
            source="written" if synthetic else "reports",
            language=("en", "sw-KE", "th")[i % 3],
            id=f"ad-{i}",
            harms=(Harm.TASK_SCAM,) if i % 2 else (),
            platform=("social", "gaming")[i % 5 == 0],
            year=2025,
            synthetic=synthetic,
        )
        for i in range(60)
    ]


def set_of(synthetic: bool) -> dict[str, Any]:
    rows = rows_of(synthetic)
    noise = np.random.default_rng(3).beta(2, 5, len(rows))
    scores = np.array([1 - x if r.is_lure else x for r, x in zip(rows, noise, strict=True)])
    said = np.zeros(len(rows), dtype=bool)
    counts = {"precision": 0.5, "recall": 0.25, "F1": 0.333, "shown": 2, "marked": 4}
    return {
        "all": figures(rows, scores, POINTS, metrics_at(POINTS)),
        "kinds": kind_scores(rows, scores),
        "kind accuracy": 0.75,
        "abstention": abstention(rows, scores, said),
        "slices": sliced(rows, scores, POINTS),
        "spans": {
            "texts": 7, "all": {"characters": counts}, "languages": {"sw": {"characters": counts}},
        },
        "curves": curves(rows, scores),
        "worst": worst(rows, scores),
    }  # fmt: skip


def attacked() -> dict[str, Any]:
    """What two attacks left, in the shape of ``evaluation.robustness.measure``."""
    before, after = (
        asdict(rate(np.arange(10) < n, [str(i) for i in range(10)])) for n in (9, 4)
    )  # fmt: skip
    strengths = {
        name: {"lures": 10, "recall": {"0.01": {"before": before, "after": after}}, "tokens": {}}
        for name in ("0.25", "1")
    }
    told = {"description": "Of an invented kind.", "keeps label": True, "strengths": strengths}
    return {"seed": 1, "attacks": {"typos & more": told, "padding": told}}


def swapped() -> dict[str, Any]:
    """What invented swaps changed, in the shape of ``evaluation.fairness.measure``."""
    rows = rows_of(False)[:20]
    swap = Swap("gender", "male", "female", ("packers (m)", "packers (f)"), "old", "new")
    pairs = [
        Pair(row, way, swap, 0.3, 0.3 + i / 100)
        for i, row in enumerate(rows)
        for way in ("in place", "inserted")
    ]
    scores = np.linspace(0, 1, len(rows))
    named = [frozenset({("gender", ("female", "male")[i % 4 > 1])}) for i in range(len(rows))]
    return {
        "texts": 20,
        "left out": 3,
        "targets": {"mean change": 0.02},
        "swaps": by_dimension(pairs, POINTS),
        "strongest": strongest(pairs),
        "subgroups": areas(rows, scores, named),
        "gaps": gaps(rows, scores, named, POINTS),
    }


def told_in(value: Any) -> set[str]:
    """Every key, and every leaf that is no fraction, as words."""
    if isinstance(value, dict):
        return {str(key) for key in value} | told_in(list(value.values()))
    if isinstance(value, list | tuple):
        return {words for one in value for words in told_in(one)}
    return {str(value)} if isinstance(value, str) or type(value) is int else set()


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "bundle": "tiny-1",
        "created": "2026-01-01",
        "minimum of each class": MIN_EACH,
        "thresholds": {point.name: point.threshold for point in POINTS},
        "leakage": {
            "texts": 120, "groups": 60, "shared": [], "near": [["ad-7", 0.81]], "similarity": 0.7,
        },
        "sets": {COLLECTED: set_of(False), WRITTEN: set_of(True)},
        "fairness": swapped(),
        "robustness": attacked(),
    }  # fmt: skip


@pytest.fixture
def one_set(measured: dict[str, Any]) -> dict[str, Any]:
    """A copy with the collected set alone, to be changed."""
    own = copy.deepcopy(measured)
    del own["sets"][WRITTEN]
    return own


@pytest.fixture(scope="module")
def html(measured: dict[str, Any]) -> str:
    return page(measured, {})


class Parsed(HTMLParser):
    """Tags with their attributes, the text between them, and whether every tag was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.section = ""
        self.by_section: dict[str, str] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self.section = dict(attrs)["aria-labelledby"] or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another, at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self.by_section[self.section] = self.by_section.get(self.section, "") + data

    def attributes(self, *names: str) -> list[str]:
        return [value or "" for _, given in self.tags for n, value in given.items() if n in names]


def of_rates(recalls: tuple[float, float], falses: tuple[float, float]) -> dict[str, Any]:
    """A collected set of 2,000 texts, with an interval of 0.05 to both sides."""
    found: dict[str, Any] = {"texts": 2000, "groups": 1900, "lures": 400, "others": 1600}
    for name, recall, false in zip(("strict", "wide"), recalls, falses, strict=True):
        for what, value in (("recall", recall), ("false positives", false)):
            low, high = max(0.0, value - 0.05), value + 0.05
            found[f"{what} at {name}"] = {"value": value, "low": low, "high": high}
    thresholds = {"strict": 0.8, "wide": 0.4}
    return {"thresholds": thresholds, "sets": {COLLECTED: {"all": found}}}


def test_the_headline_by_hand() -> None:
    assert headline(of_rates((0.724, 0.866), (0.0104, 0.0512))) == (
        "Of 100 real lures Lurewatch sends 72 to review (67 to 78) and 15 more get a notice; of "
        "1,000 real texts that are not lures it sends 10 to review (0 to 61) and 41 more get a "
        "notice (in brackets: 95 % intervals; measured on 2,000 real texts, 400 of them lures)."
    )


def test_a_rate_above_nothing_is_never_called_nothing() -> None:
    assert "it sends fewer than 1 to review" in headline(of_rates((0.7, 0.8), (0.0004, 0.01)))
    assert "it sends 0 to review" in headline(of_rates((0.7, 0.8), (0.0, 0.01)))


def test_a_small_sample_is_called_one() -> None:
    found = of_rates((0.7, 0.8), (0.01, 0.02))
    assert "small sample" not in headline(found)
    found["sets"][COLLECTED]["all"]["recall at strict"]["low"] = 0.5
    assert "a small sample, so read the ranges" in headline(found)


def test_too_few_real_texts_give_no_figure(measured: dict[str, Any]) -> None:
    few = copy.deepcopy(measured)
    few["sets"][COLLECTED]["all"] |= {"lures": 1, "others": 60}
    assert headline(few) == (
        "Too few real texts were measured for a headline: 1 lure and 60 other texts, where at "
        "least 10 of each are needed."
    )


def test_written_texts_never_speak_in_the_headline(measured: dict[str, Any]) -> None:
    written = measured | {"sets": {WRITTEN: measured["sets"][WRITTEN]}}
    said = headline(written)
    assert said.startswith("No real texts were measured")
    assert not re.search(r"\d", said)


def test_outcomes_are_those_of_the_service() -> None:
    policy = load(DEFAULT, POINTS)
    limits = {point.name: point.threshold for point in POINTS}
    named = {"review": "review", "notice": "nudge", "nothing": "allow"}
    for score in (0.0, 0.39, 0.4, 0.7, 0.79, 0.8, 1.0):
        assert named[outcome(score, limits)] == decide(policy, Facts(score, Kind.LURE)).decision
    assert outcome(1.0, {}) == "nothing"


def test_the_page_is_well_formed_and_its_references_are_met(html: str) -> None:
    parsed = Parsed(html)
    assert parsed.open == []
    ids = parsed.attributes("id")
    assert len(ids) == len(set(ids))
    wanted = {value.removeprefix("#") for value in parsed.attributes("href", "aria-labelledby")}
    wanted |= set(re.findall(r"url\(#([^)]*)\)", html))
    assert wanted
    assert wanted <= set(ids)


def test_nothing_is_asked_for_from_outside(html: str) -> None:
    parsed = Parsed(html)
    assert all(value.startswith("#") for value in parsed.attributes("href", "src", "xlink:href"))
    assert not {tag for tag, _ in parsed.tags} & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"https?://|@import|url\((?!#)", html)


def test_every_section_is_there_in_order(html: str) -> None:
    assert list(Parsed(html).by_section)[1:] == [
        "headline", "measured", "figures", "slices", "explanations", "fairness", "robustness",
        "worst", "definitions",
    ]  # fmt: skip


def test_every_slice_is_on_the_page(measured: dict[str, Any], html: str) -> None:
    shown = {name: table for name, table in captions_and_rows(html)}
    for name, found in measured["sets"].items():
        assert found["slices"]
        for dimension, own in found["slices"].items():
            assert list(own) == shown[f"By {dimension}, {name} texts"]


def captions_and_rows(html: str) -> list[tuple[str, list[str]]]:
    """Caption of each table, with its row headings."""
    bodies = re.findall(r"<caption>(.*?)</caption>.*?<tbody>(.*?)</tbody>", html, re.DOTALL)
    heading = r'<th scope="row"><bdi>(.*?)</bdi>'
    return [(caption, re.findall(heading, body)) for caption, body in bodies]


def test_figures_stand_with_their_intervals(measured: dict[str, Any], html: str) -> None:
    recall = measured["sets"][COLLECTED]["slices"]["language"]["sw"]["recall at balanced"]
    values = [f"{100 * recall[name]:.1f}" for name in ("value", "low", "high")]
    wanted = '<bdi>{} %</bdi> <span class="interval">{} to {}</span>'.format(*values)
    rows = re.findall(r"<tr><th scope=\"row\"><bdi>sw</bdi></th>(.*?)</tr>", html, re.DOTALL)
    assert any(wanted in row for row in rows)


def test_a_one_sided_slice_and_a_small_one_say_why_they_have_no_figure() -> None:
    none = {"value": None, "low": None, "high": None}
    found = {
        "lo": {"area under ROC": none | {"lures": 1, "others": 3}},
        "km": {"area under ROC": none | {"lures": 0, "others": 9}},
    }
    (table,) = tables("By language", found)
    texts = [(row.cells[0].text, row.cells[0].counted_on) for row in table.rows]
    assert texts == [("too few", "1 lure, 3 others"), ("one class only", "0 lures, 9 others")]


@pytest.mark.parametrize(
    ("value", "words"),
    [(12284, "12,284"), (0.5, "0.500"), (0.0, "0.000"), (0.00042, "0.0004"), (1171.66, "1,171.7")],
)
def test_numbers_keep_the_digits_that_say_something(value: float, words: str) -> None:
    assert number(value) == words


def test_what_is_missing_is_said_to_be_missing(one_set: dict[str, Any]) -> None:
    less = one_set
    del less["fairness"], less["robustness"]
    less["sets"][COLLECTED] |= {"spans": {}, "curves": {}, "slices": {}, "worst": []}
    less["leakage"] = "not recorded by this bundle"
    said = Parsed(page(less, {})).by_section
    assert "Not measured in this run" in said["fairness"]
    assert "Not measured in this run" in said["robustness"]
    assert "No text of this set is marked" in said["explanations"]
    assert "No curves" in said["figures"]
    assert "No slices were measured" in said["slices"]
    assert "None are listed" in said["worst"]
    assert "not recorded by this bundle" in said["measured"]
    assert "may flatter" in said["headline"]


def test_an_answer_without_any_set_still_makes_a_page() -> None:
    said = Parsed(page({}, {})).by_section
    assert "No real texts were measured" in said["headline"]
    assert said["measured"].count("No set was measured") == 1
    assert f"the page is made for {FORMAT}" in said["measured"]


def test_a_value_nobody_knew_of_is_shown_all_the_same(one_set: dict[str, Any]) -> None:
    more = one_set
    more["weather"] = {"rain": {"monday": 0.1234, "deep": {"er": [1, 2, "three"]}}, "empty": {}}
    more["sets"][COLLECTED]["mood"] = [{"name": "calm", "n": 17}, {"name": "tense", "n": 18}]
    more["robustness"] = {"attacks": ["renamed", {"recall": 0.456}]}
    more["fairness"]["odd"] = {"a": {"value": "x", "low": [], "high": {}, "texts": [3, "four"]}}
    more["fairness"]["gaps"] = {"pinned": {"value": 0.2, "low": -0.1, "high": 0.3, "pairs": 31}}
    said = Parsed(page(more, {})).by_section
    for words in ("rain", "monday", "0.123", "1, 2, three", "empty", "calm", "17", "tense"):
        assert words in said["further"]
    assert "renamed" in said["robustness"]
    assert "0.456" in said["robustness"]
    for words in ("0.200", "-0.100 to 0.300", "31 pairs", "left out", "3, four"):
        assert words in said["fairness"]


@pytest.mark.parametrize("part", ["fairness", "robustness"])
def test_no_key_and_no_count_of_a_probe_is_left_out(
    measured: dict[str, Any], html: str, part: str
) -> None:
    said = Parsed(html).by_section[part]
    shape = {"value", "low", "high", "before", "attacks", "strengths", "swaps", "texts", "groups"}
    wanted = told_in(measured[part])
    assert len(wanted) > 20
    assert sorted(word for word in wanted - shape if word.lower() not in said.lower()) == []


def test_recall_under_attack_is_drawn_and_told(html: str) -> None:
    said = Parsed(html).by_section["robustness"]
    assert "Recall under attack" in said
    assert said.count("typos & more") >= 3  # on the axis, in both tables
    assert "40.0 %" in said


def test_hostile_words_stay_words(html: str, one_set: dict[str, Any]) -> None:
    bad = one_set
    found = bad["sets"][COLLECTED]
    found["worst"][0] |= {"id": HOSTILE}
    found["slices"] = {HOSTILE: {HOSTILE: found["slices"]["language"]["sw"]}}
    bad["robustness"]["attacks"] = {HOSTILE: bad["robustness"]["attacks"]["padding"]}
    bad |= {"bundle": HOSTILE, "fairness": {HOSTILE: {HOSTILE: HOSTILE}}}
    parsed = Parsed(page(bad, {HOSTILE: f"\u202e{HOSTILE}"}))
    assert parsed.open == []
    known = {tag for tag, _ in Parsed(html).tags} | {"blockquote"}
    assert {tag for tag, _ in parsed.tags} <= known
    assert not [name for _, given in parsed.tags for name in given if name.startswith("on")]
    assert f"\u202e{HOSTILE}" in parsed.words
    assert "49" not in [word.strip() for word in parsed.words]


def test_a_text_is_shown_only_where_it_was_given(html: str, one_set: dict[str, Any]) -> None:
    first, second = (one["id"] for one in one_set["sets"][COLLECTED]["worst"][:2])
    with_one = page(one_set, {first: "مطلوب عمال تعبئة"})
    assert "blockquote" not in html
    assert second in html
    (shown,) = [given for tag, given in Parsed(with_one).tags if tag == "blockquote"]
    assert shown["dir"] == "auto"
    assert "unicode-bidi: isolate" in with_one


def test_what_no_file_can_hold_is_replaced(one_set: dict[str, Any], tmp_path: Path) -> None:
    first = one_set["sets"][COLLECTED]["worst"][0]["id"]
    given = page(one_set, {first: "a\x00b\x1bc\ud800d\ne"})
    (tmp_path / "report.html").write_text(given, "utf-8")
    assert "a\ufffdb\ufffdc?d\ne" in given


def test_the_same_figures_give_the_same_bytes_whatever_matplotlib_is_set_to(
    measured: dict[str, Any], html: str
) -> None:
    with matplotlib.rc_context({"xtick.major.size": 20, "svg.hashsalt": None}):
        assert page(measured, {}) == html


def test_every_metric_and_every_source_is_defined() -> None:
    terms = " | ".join(one.term for one in DEFINITIONS)
    assert [name for name in METRICS if name.partition(" at ")[0] not in terms] == []
    modules = (metrics, evaluation.fairness.gaps, evaluation.fairness.subgroups)
    told = [m.__doc__ for m in modules] + [
        one.__doc__
        for module in modules
        for one in vars(module).values()
        if getattr(one, "__module__", "") == module.__name__
    ]
    years = {year for words in told for year in re.findall(r"\b(?:19|20)\d\d\b", words or "")}
    assert years
    assert years <= set(re.findall(r"\d{4}", " ".join(one.source for one in DEFINITIONS)))


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_words_and_lines_can_be_told_from_the_paper(scheme: int) -> None:
    css = (Path(evaluation.report.__path__[0]) / "page.css.j2").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    papers = [luminance(colours.pop(name)) for name in ("paper", "band")]
    del colours["rule"]  # grid lines and borders only part what is told apart by space already
    for name, colour in colours.items():
        least = 4.5 if name in ("ink", "muted", "link") else 3
        for paper in papers:
            low, high = sorted((luminance(colour), paper))
            assert (high + 0.05) / (low + 0.05) >= least, name
