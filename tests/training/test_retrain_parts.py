"""The steps of a retraining that need no fit: ledger, options, reviewers, weights, splits."""

import csv
import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.__main__ import Judged
from models import bundle, trained_on
from models.labels import KINDS
from tests.conftest import TINY_RECIPE, TinyRun
from tests.training.labelled import BEGUN, WORDS, ads, write_export, write_lines
from tests.training.test_objective import PLAIN, answers
from training.corpus.row import Row, faults
from training.errors import CorpusError, RetrainError
from training.features import Batch
from training.growing import fitted_on_by
from training.losses import lure_loss
from training.near_duplicates import join_groups
from training.prepare import lock_of, prepare, prepared_row, splits_of
from training.retrain.job import JOB, corpus_digests, name_of
from training.retrain.labels import Labels, read_export
from training.retrain.ledger import BEGUN as BEGUN_FILE
from training.retrain.ledger import FILE, Ledger
from training.retrain.mix import (
    concerns,
    left_out_by,
    placed,
    require_sources,
    weights_of,
    without,
)
from training.retrain.options import (
    CHECKS,
    FLOOR_SETS,
    Options,
    numbers,
    options_of,
    read_decisions,
)
from training.retrain.page import page
from training.retrain.report import row as table_row
from training.retrain.reviewers import busiest, measure
from training.retrain.screen import Issue, copies, write_csv
from training.retrain.sources import measure_sources
from training.splits import split_of


def options(**given: Any) -> Options:
    return Options.model_validate(
        {"feedback": "x", "since": None, "base": "b", "encoder": "e", "recipe": None, **given}
    )


def test_a_step_is_done_once_and_again_where_something_changed(tmp_path: Path) -> None:
    done: list[str] = []

    def work(folder: Path) -> dict[str, Any]:
        done.append(folder.name)
        (folder / "file").write_text(str(len(done)))
        return {"n": len(done)}

    assert Ledger(tmp_path).step("collect", {"a": 1}, work) == {"n": 1}
    assert Ledger(tmp_path).step("collect", {"a": 1}, work) == {"n": 1}
    assert Ledger(tmp_path).step("collect", {"a": 2}, work) == {"n": 2}, "other options"
    (tmp_path / "1-collect" / "file").write_text("altered")
    again = Ledger(tmp_path)
    assert again.step("collect", {"a": 2}, work) == {"n": 3}, "another file"
    assert again.step("screen", {}, work) == {"n": 4}
    fresh = Ledger(tmp_path)
    fresh.step("collect", {"a": 3}, work)
    assert fresh.step("screen", {}, work) == {"n": 6}, "what it rests on is another"
    assert done.count("1-collect") == 4


def test_a_step_that_was_cut_short_begins_anew_unless_it_can_go_on(tmp_path: Path) -> None:
    def killed(folder: Path) -> dict[str, Any]:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    def left(folder: Path) -> dict[str, Any]:
        return {"left": sorted(p.name for p in folder.iterdir() if p.name != BEGUN_FILE)}

    for resumable, found in ((False, []), (True, ["half"])):
        given = {"resumable": resumable}
        with pytest.raises(KeyboardInterrupt):
            Ledger(tmp_path).step("fit", given, killed, resumable)
        assert Ledger(tmp_path).step("fit", given, left, resumable) == {"left": found}
    with pytest.raises(KeyboardInterrupt):
        Ledger(tmp_path).step("fit", {"a": 1}, killed, True)
    assert Ledger(tmp_path).step("fit", {"a": 2}, left, True) == {"left": []}, "another fit's half"


@pytest.mark.parametrize("content", [b"", b'{"inpu', b"[]", b"\xff"])
def test_a_job_goes_on_where_a_stop_left_half_of_a_small_file(
    tmp_path: Path, content: bytes
) -> None:
    ledger = Ledger(tmp_path)
    ledger.folder("fit").mkdir()
    (ledger.folder("fit") / BEGUN_FILE).write_bytes(content)
    assert ledger.step("fit", {}, lambda _: {"done": 1}, resumable=True) == {"done": 1}
    (tmp_path / JOB).write_bytes(content)
    champion: Any = None
    assert name_of(options(name="next"), champion, tmp_path) == "next"
    assert name_of(options(), champion, tmp_path) == "next", "as the job began"


def test_a_corpus_that_was_changed_is_another(tmp_path: Path) -> None:
    mapping, reports = tmp_path / "own.toml", tmp_path / "reports.csv"
    mapping.write_text(
        'source = "own"\nfiles = ["reports.csv"]\ntext = ["body"]\n'
        '[language]\nconstant = "en"\n[kind]\ncolumn = "verdict"\n'
    )
    reports.write_text("body,verdict\nKitchen help wanted,recruitment\n")
    asked = options(corpora=[str(mapping)])
    before = corpus_digests(asked)
    assert corpus_digests(asked) == before
    reports.write_text("body,verdict\nKitchen help wanted,lure\n")
    changed = corpus_digests(asked)
    mapping.write_text(mapping.read_text().replace('"en"', '"et"'))
    assert len({json.dumps(one) for one in (before, changed, corpus_digests(asked))}) == 3


def test_a_line_that_a_kill_cut_short_is_cut_off(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append({"step": "collect", "n": 1})
    with (tmp_path / FILE).open("a") as stream:
        stream.write('{"step": "scr')
    assert set(ledger.entries()) == {"collect"}
    ledger.append({"step": "screen", "n": 2})
    assert [json.loads(line)["n"] for line in (tmp_path / FILE).read_text().splitlines()] == [1, 2]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"source_weights": ["feedback=2"]}, "between 0 and 1"),
        ({"source_weights": ["feedback"]}, "NAME=NUMBER is expected"),
        ({"changes": ["optimise.epochs=many"]}, "NAME=NUMBER is expected"),
        ({"exclude": ["everything"]}, "checks are exact_duplicate"),
        ({"unmeasured": ["collect"]}, "--unmeasured collect: floors are of collected, written"),
        ({"name": "Week 48"}, "--name 'Week 48': small letters"),
        ({"floors": Path("nowhere.toml")}, "--floors nowhere.toml: no such file"),
    ],
)
def test_a_wrong_option_is_named(given: dict[str, Any], words: str) -> None:
    empty = dict.fromkeys(("changes", "shared", "corpora", "source_weights", "exclude", "since"))
    more = {"feedback": "x", "base": Path(), "encoder": Path(), "recipe": None}
    with pytest.raises(RetrainError, match=words):
        options_of(**{**empty, **given}, **more)  # type: ignore[arg-type]
    assert numbers(["optimise.epochs=1"], "--set") == {"optimise.epochs": 1}


def test_floors_are_of_what_evaluation_says() -> None:
    """Which runs in a process of its own, hours after the option was given."""
    assert tuple(map(str, Judged)) == FLOOR_SETS


def test_no_interval_is_shown_where_there_is_none() -> None:
    one = {"champion": 0.5, "challenger": 0.75, "change": 0.25, "low": 0.1, "high": 0.4}
    assert table_row("recall", one) == "| recall | 0.500 | 0.750 | +0.250 [+0.100, +0.400] |"
    few = one | {"low": None, "high": None, "groups": 3}
    assert (
        table_row("recall", few)
        == "| recall | 0.500 | 0.750 | +0.250 of 3 groups, too few to tell |"
    )


def test_a_password_is_told_nowhere() -> None:
    given = options(feedback="postgresql://me:secret@db.example.org/ads?password=secret")
    assert given.is_database
    assert given.told == "postgresql://db.example.org/ads"
    for secret in ("s/cret", "s?cret", "s#cret", "s@cret"):
        told = options(feedback=f"postgresql://me:{secret}@db.example.org:5432/ads?a=b").told
        assert told == "postgresql://db.example.org:5432/ads"
    assert options(feedback="sqlite:////data/ads.db").told == "sqlite:////data/ads.db"
    assert not options(feedback="folder").is_database
    assert options(feedback="store").is_database


@pytest.mark.parametrize(
    "content", [b"id,decision\n\xff,keep\n", b"id,decision\n" + b"x" * 200_000]
)
def test_decisions_that_are_no_table_are_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes(content)
    limit = csv.field_size_limit(131_072)  # another test of this process may have raised it
    try:
        with pytest.raises(RetrainError, match="no CSV in UTF-8"):
            read_decisions(path)
    finally:
        csv.field_size_limit(limit)


def test_decisions_are_the_list_given_back(tmp_path: Path) -> None:
    issue = Issue("contradiction", "ad_1", 1.0, "why", text="=1+1")
    path = tmp_path / "issues.csv"
    write_csv(path, [issue, replace(issue, id="reviewer:x"), replace(issue, id="ad_2")])
    assert read_decisions(path) == {}
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert rows[0]["text"] == "'=1+1", "no formula in a spreadsheet"
    for row, decision in zip(rows, ("Keep", "exclude", ""), strict=True):
        row["decision"] = decision
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert read_decisions(path) == {"ad_1": "keep", "reviewer:x": "exclude"}
    path.write_text("id,decision\nad_1,maybe\n")
    with pytest.raises(RetrainError, match=r":2: decision 'maybe' is neither"):
        read_decisions(path)
    path.write_text("id,decision\nad_1,keep\nad_1,exclude\n")
    with pytest.raises(RetrainError, match="both ways"):
        read_decisions(path)


def test_decisions_come_back_as_spreadsheets_save_them(tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_bytes(b"\xef\xbb\xbfdecision,check,id\r\nexclude,contradiction,ad_1\r\n")
    assert read_decisions(path) == {"ad_1": "exclude"}
    path.write_bytes(b"\xef\xbb\xbfdecision;check;id\r\nexclude;contradiction;ad_1\r\n")
    assert read_decisions(path) == {"ad_1": "exclude"}
    path.write_text("decision,name\nkeep,a\n")
    with pytest.raises(RetrainError, match="id and decision; it has decision, name"):
        read_decisions(path)
    path.write_text("decision,check,id\nkeep\n")
    with pytest.raises(RetrainError, match=":2: a decision without an id"):
        read_decisions(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "lurre"}, "kind 'lurre' is none of"),
        ({"group": None}, "group is empty"),
        ({"id": ""}, "id is empty"),
        ({"language": None}, "language is no text"),
    ],
)
def test_a_bad_label_is_told_by_its_own_file_and_line(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    rows = ads("new", 2, 1)
    write_lines(tmp_path / "a.jsonl", rows[:1])
    write_lines(tmp_path / "b.jsonl", [rows[1], {**rows[2], **change}])
    with pytest.raises(CorpusError, match=rf"b.jsonl:2: .*{words}"):
        read_export(tmp_path, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ad": None}, "no ad"),
        ({"reviewer": ""}, "no reviewer"),
        ({"kind": "lurre"}, "kind is none of lure"),
        ({"created_at": "at noon"}, "created_at: Invalid isoformat"),
    ],
)
def test_a_bad_word_is_told_by_its_line(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    folder = write_export(tmp_path / "export", ads("new", 2, 2))
    path = folder / "reviewers" / "words.jsonl"
    given = [json.loads(line) for line in path.read_text().splitlines()]
    write_lines(path, [given[0], {**given[1], **change}])
    with pytest.raises(CorpusError, match=rf"words.jsonl:2: {words}"):
        read_export(folder, None)


def test_times_without_a_zone_are_utc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        rows = [{**row, "labelled_at": "2026-11-02T03:00:00"} for row in ads("new", 1, 1)]
        write_lines(tmp_path / "a.jsonl", rows)
        assert len(read_export(tmp_path, datetime(2026, 11, 2, tzinfo=UTC)).rows) == 2
        write_lines(tmp_path / "a.jsonl", [{**rows[0], "labelled_at": "last week"}])
        with pytest.raises(CorpusError, match="labelled_at: Invalid isoformat"):
            read_export(tmp_path, BEGUN)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_labels_since_a_day_bring_their_words_along(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", ads("new", 4, 4), apart_s=86400)
    assert len(read_export(folder, None).words) == 16
    late = read_export(folder, BEGUN + timedelta(days=5))
    assert len(late.rows) == 3
    assert {word["ad"] for word in late.words} == {row["id"] for row in late.rows}
    with pytest.raises(CorpusError, match="no labels since 2030-01-01"):
        read_export(folder, datetime(2030, 1, 1, tzinfo=UTC))
    write_lines(folder / "feedback.jsonl", [*late.rows, late.rows[0]])
    with pytest.raises(CorpusError, match="1 ids stand twice"):
        read_export(folder, None)
    with pytest.raises(CorpusError, match="takes one, or a database's URL"):
        read_export(tmp_path / "none", None)


def test_ads_without_a_label_are_of_the_time_asked_for_too(tmp_path: Path) -> None:
    rows = [*ads("new", 1, 1)]
    none = {**rows[0], "kind": None}
    times = {"old": "2026-11-01", "new": "2026-11-03", "never": None, "told": None}
    open_ads = [{**none, "id": name, "labelled_at": when} for name, when in times.items()]
    label = {**rows[0], "labelled_at": "2026-11-03"}
    write_lines(tmp_path / "a.jsonl", [label, *open_ads])
    words = [
        {"ad": "told", "reviewer": "r-1", "kind": "lure", "created_at": "2026-11-03T00:00:00Z"},
        {"ad": "old", "reviewer": "r-1", "kind": "lure", "created_at": "2026-11-01T00:00:00Z"},
    ]
    (tmp_path / "reviewers").mkdir()
    write_lines(tmp_path / "reviewers" / "words.jsonl", words)
    assert len(read_export(tmp_path, None).undecided) == 4
    late = read_export(tmp_path, datetime(2026, 11, 2, tzinfo=UTC))
    assert [row["id"] for row in late.undecided] == ["new", "told"]
    write_lines(tmp_path / "a.jsonl", [label, {**none, "id": "x", "labelled_at": "last week"}])
    with pytest.raises(CorpusError, match="'x', labelled_at: Invalid isoformat"):
        read_export(tmp_path, BEGUN)


def test_copies_and_contradictions_are_listed_and_nothing_else() -> None:
    rows: list[dict[str, Any]] = [*ads("new", 3, 2)]
    exact = {**rows[0], "id": "same", "text": f"  {rows[0]['text']}".upper()}
    near = {**rows[1], "id": "near", "text": rows[1]["text"] + " Ask today.", "kind": "recruitment"}
    found = {(check, row["id"]) for check, row, _, _ in copies([*rows, exact, near])}
    assert found == {
        ("exact_duplicate", "same"),
        ("near_duplicate", "near"),
        ("contradiction", "new-1"),
        ("contradiction", "near"),
    }
    assert list(copies(rows)) == []


def judged(says: Any, count: int = 60) -> tuple[list[dict[str, Any]], dict[str, int], Any]:
    """Words of three reviewers, each ad judged by two; the champion is right nine times in ten."""
    words, said = [], np.full((count, len(KINDS)), 0.02)
    for i in range(count):
        kind = ("lure", "recruitment")[i % 2]
        right = KINDS.index(kind) if i % 10 else KINDS.index("other")
        said[i, right] = 0.9
        for k in range(2):
            name = f"r{(i + k) % 3}"
            when = (BEGUN + timedelta(minutes=i, seconds=20 * k)).isoformat()
            words.append(
                {"ad": str(i), "reviewer": name, "kind": says(name, kind), "created_at": when}
            )
    return words, {str(i): i for i in range(count)}, said


def test_honest_reviewers_are_not_flagged() -> None:
    found = measure(*judged(lambda _, kind: kind))
    assert [one.flags for one in found] == [[], [], []]
    assert all(one.quality is not None and one.quality > 0.8 for one in found)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (lambda kind: {"lure": "recruitment", "recruitment": "lure"}[kind], "agrees with others"),
        (lambda _: "recruitment", "says recruitment of 40 of 40"),
    ],
)
def test_a_reviewer_against_the_others_is_flagged(says: Any, words: str) -> None:
    found = measure(*judged(lambda name, kind: says(kind) if name == "r0" else kind, 60))
    by_name = {one.reviewer: one for one in found}
    assert any(words in flag for flag in by_name["r0"].flags)
    assert by_name["r1"].flags == by_name["r2"].flags == []
    qualities = {name: one.quality or 0 for name, one in by_name.items()}
    assert qualities["r0"] < min(qualities["r1"], qualities["r2"]) - 0.15


def test_without_double_reviews_reliability_is_unknown() -> None:
    words, positions, said = judged(lambda _, kind: kind)
    found = measure(words[::2], positions, said)
    assert [one.quality for one in found] == [None] * 3
    assert measure([], {}, said) == []


def test_a_burst_is_of_words_that_came_one_by_one() -> None:
    def at(*seconds: float) -> list[dict[str, Any]]:
        return [{"created_at": (BEGUN + timedelta(seconds=s)).isoformat()} for s in seconds]

    assert busiest(at(*range(30))) == 30
    assert busiest(at(*range(0, 3000, 61))) == 1
    assert busiest(at(*(i / 1e6 for i in range(256)))) == 1, "one request"
    assert busiest([{}]) == 0


def some_labels(says: dict[str, Sequence[str]]) -> Labels:
    """Labels of kind lure, with who said so."""
    rows = [{"id": ad, "kind": "lure"} for ad in says]
    words = [
        {"ad": ad, "reviewer": name, "kind": "lure"} for ad, names in says.items() for name in names
    ]
    return Labels(rows, words, [])


def test_a_label_weighs_what_those_who_gave_it_are_worth() -> None:
    labels = some_labels({"a": ["good"], "b": ["bad"], "c": ["good", "bad"], "d": ["new"]})
    people: list[dict[str, Any]] = [
        {"reviewer": "good", "quality": 0.9},
        {"reviewer": "bad", "quality": 0.0},
        {"reviewer": "new", "quality": None},
    ]
    assert weights_of(labels, people, 1.0) == {"a": 0.9, "b": 0.1, "c": 0.9, "d": 1.0}
    assert weights_of(labels, people, 0.5)["a"] == 0.45


def test_a_reviewer_of_unknown_worth_has_that_of_the_source() -> None:
    labels = some_labels({"a": ["good"], "b": ["new"], "c": ["new", "other"], "d": ["new"]})
    for word in labels.words:
        word["origin"] = "sample" if word["ad"] == "d" else "appeal"
    people: list[dict[str, Any]] = [
        {"reviewer": "good", "quality": 0.9},
        {"reviewer": "new", "quality": None},
    ]
    sources: list[dict[str, Any]] = [
        {"reviewer": "appeal", "quality": 0.5},
        {"reviewer": "sample", "quality": None},
    ]
    assert weights_of(labels, people, 1.0, sources) == {"a": 0.9, "b": 0.5, "c": 0.75, "d": 1.0}


def by_way_of(appeals: Any) -> tuple[list[dict[str, Any]], dict[str, int], Any]:
    """Ads that were reviewed and sampled; of every second one an appeal says what ``appeals``
    makes of the kind."""
    words, positions, said = judged(lambda _, kind: kind)
    for i, word in enumerate(words):
        word["origin"] = ("review", "sample")[i % 2]
    more = [
        {**word, "reviewer": f"a{i}", "origin": "appeal", "kind": appeals(word["kind"])}
        for i, word in enumerate(words[::4])
    ]
    return [*words, *more], positions, said


def test_a_source_against_the_others_is_worth_less() -> None:
    turned = {"lure": "recruitment", "recruitment": "lure"}
    right, wrong = (
        {one.reviewer: one for one in measure_sources(*by_way_of(appeals))}
        for appeals in (lambda kind: kind, turned.__getitem__)
    )
    assert right["appeal"].words == 30
    assert right["appeal"].quality is not None
    assert right["appeal"].quality > 0.8
    assert wrong["appeal"].quality is not None
    assert wrong["appeal"].quality < min(wrong[s].quality or 0 for s in ("review", "sample")) - 0.15
    assert all(one.flags == [] for one in wrong.values())


def test_of_one_source_alone_reliability_is_unknown() -> None:
    words, positions, said = judged(lambda _, kind: kind)
    (one,) = measure_sources(words, positions, said)
    assert (one.reviewer, one.words, one.quality) == ("not given", 120, None)
    split = [{**word, "ad": "0", "kind": kind} for word in words[:2] for kind in KINDS[:2]]
    assert measure_sources(split, positions, said) == [], "half say one thing, half another"


def test_only_what_was_asked_for_is_left_out() -> None:
    labels = some_labels({"a": ["x"], "b": ["y"], "c": ["x", "y"], "d": ["z"]})
    issues = [{"check": "near_duplicate", "id": "a"}, {"check": "likely_label_error", "id": "d"}]
    assert left_out_by(options(), labels, issues, {}) == {}
    asked = options(exclude=["near_duplicate"])
    assert left_out_by(asked, labels, issues, {}) == {"a": "near_duplicate"}
    assert left_out_by(asked, labels, issues, {"a": "keep", "d": "exclude"}) == {"d": "decided"}
    gone = left_out_by(options(), labels, issues, {"reviewer:x": "exclude"})
    assert gone == {"a": "reviewer decided"}, "of two reviewers one is left"
    with pytest.raises(RetrainError, match="'e', which is no label"):
        left_out_by(options(), labels, issues, {"e": "keep"})


def test_an_excluded_reviewer_has_no_vote() -> None:
    labels = some_labels({"a": ["x", "y"], "b": ["x", "y"], "c": ["x", "z"]})
    for ad in ("a", "c"):
        labels.words.append({"ad": ad, "reviewer": "w", "kind": "recruitment"})
    gone = left_out_by(options(), labels, [], {"reviewer:x": "exclude"})
    assert gone == dict.fromkeys("ac", "reviewer decided"), "one says lure, one does not"
    kept = left_out_by(options(), labels, [], {"reviewer:x": "exclude", "a": "keep"})
    assert kept == {"c": "reviewer decided"}
    assert left_out_by(options(), labels, [], {"reviewer:w": "exclude"}) == {}
    heard = without(labels, {"x"})
    people: list[dict[str, Any]] = [
        {"reviewer": "x", "quality": 0.9},
        {"reviewer": "y", "quality": 0.5},
    ]
    assert weights_of(heard, people, 1.0)["b"] == 0.5
    errors = [{"check": "likely_label_error", "id": "b"}]
    assert concerns(options(), labels, errors, {}, {"a": "", "c": ""}) == [], "two agree"
    assert len(concerns(options(), heard, errors, {}, {"a": "", "c": ""})) == 1
    with pytest.raises(RetrainError, match="'reviewer:v', which is no reviewer"):
        left_out_by(options(), labels, [], {"reviewer:v": "exclude"})


def test_a_source_that_is_not_there_is_not_weighed() -> None:
    require_sources(options(source_weights={"feedback": 0.5}), [])
    with pytest.raises(
        RetrainError, match=r"--source-weight feedbak: no text is of it; .*feedback"
    ):
        require_sources(options(source_weights={"feedbak": 0.5}), [])


def test_what_nobody_looked_at_is_a_concern() -> None:
    labels = some_labels({str(i): ["x"] for i in range(10)})
    errors = [{"check": "likely_label_error", "id": str(i)} for i in range(3)]
    person = {"check": "suspicious_reviewer", "id": "reviewer:x"}
    assert concerns(options(), labels, errors[:2], {}, {}) == []
    (told,) = concerns(options(), labels, errors, {}, {})
    assert told.startswith("3 of 10 labels are likely wrong")
    assert concerns(options(), labels, errors, {"0": "keep"}, {}) == []
    assert len(concerns(options(), labels, [person], {}, {})) == 1
    assert concerns(options(), labels, [person], {"reviewer:x": "keep"}, {}) == []
    gone = {str(i): "reviewer decided" for i in range(10)}
    assert concerns(options(), labels, [*errors, person], {}, gone) == []


def test_a_label_follows_its_near_copies_and_moves_none_of_them(tiny_run: TinyRun) -> None:
    words = random.Random(1).sample(WORDS.split(), 96)
    middle = words[:60]
    names = {split_of(name, TINY_RECIPE.mix.split, 1): name for name in map(str, range(50))}

    def row(name: str, own: list[str], group: str, source: str) -> Row:
        return Row(name, " ".join(own), "en", "lure", None, None, group, source)

    # Each shares four fifths of its words with what lies between them, and half with the other.
    left = row("left", [*middle[:48], *words[60:72]], names["train"], "board")
    right = row("right", [*words[72:84], *middle[12:]], names["test"], "board")
    corpus = [left, right]
    labels = [
        row("by train", [*left.text.split(), "now"], "feedback:1", "feedback"),
        row("by test", [*right.text.split(), "now"], "feedback:2", "feedback"),
        row("far", words[84:], "feedback:3", "feedback"),
    ]
    seen = fitted_on_by(bundle.load(tiny_run.bundle))
    kept, torn = placed(labels, corpus, TINY_RECIPE, seen)
    assert torn == []
    assert [row.group for row in kept] == [names["train"], names["test"], "feedback:3"]
    between = row("between", middle, "feedback:4", "feedback")
    kept, torn = placed([*labels, between], corpus, TINY_RECIPE, seen)
    assert {row.id for row in torn} == {"by train", "by test", "between"}
    assert [row.id for row in kept] == ["far"]


def test_a_corpus_text_does_not_move_a_label_that_was_learnt() -> None:
    names = {split_of(name, TINY_RECIPE.mix.split, 1): name for name in map(str, range(50))}
    text = " ".join(random.Random(1).sample(WORDS.split(), 40))
    label = Row("feedback:1", text, "en", "lure", None, None, f"{names['train']}", "feedback")
    seen = trained_on.of([label.group], [text])
    for split in ("test", "calibration"):
        new = Row("n", f"{text} now", "en", "lure", None, None, names[split], "board")
        (kept,), torn = placed([label], [new], TINY_RECIPE, seen)
        assert (kept.group, torn) == (label.group, [])
        rows = [new, kept]
        groups = join_groups([row.text for row in rows], [row.group for row in rows])
        assert set(splits_of(rows, groups, TINY_RECIPE, seen).values()) == {"train"}


@pytest.mark.parametrize("order", [1, -1])
def test_a_label_near_a_new_text_goes_where_the_champion_learnt(tmp_path: Path, order: int) -> None:
    """And not by the name of the new text, in whatever order the corpora are named."""
    learnt = (
        "bakery hands wanted for the winter in a small town by the sea with a written contract and "
        "a room nearby "
    )
    new = f"{learnt}and a bus that leaves every hour from th"
    shares = TINY_RECIPE.mix.split

    def drawn(split: str) -> str:
        names = (f"own:{i}" for i in range(1000))
        return next(name for name in names if split_of(name, shares, TINY_RECIPE.seed) == split)

    def row(id: str, text: str, group: str) -> Row:
        source = id.partition(":")[0]
        return Row(id, text, "en", "recruitment", (), None, group, source)

    corpus = [row("own:new", new, drawn("test")), row("own:learnt", learnt, drawn("train"))]
    corpus = corpus[::order]
    label = row("feedback:x", f"{new}then ask the foreman about gloves and boots to", "feedback:x")
    seen = trained_on.of([drawn("train")], [learnt])
    (kept,), torn = placed([label], corpus, TINY_RECIPE, seen)
    assert torn == []
    assert kept.group == drawn("train")
    lock = prepare([*corpus, kept], TINY_RECIPE, tmp_path / "data", seen)
    assert (lock["rows"], lock.get("left_out_between")) == (3, None)


def test_a_full_weight_leaves_the_data_as_it_was() -> None:
    row = Row("a", "text", "en", "lure", None, None, "g", "s")
    full, half = (prepared_row(replace(row, weight=w), "g", "train") for w in (1.0, 0.5))
    old = {name: value for name, value in full.items() if name != "weight"}
    assert lock_of([old])["sha256"] == lock_of([full])["sha256"] != lock_of([half])["sha256"]
    assert faults(replace(row, weight=1.5)) == ["weight 1.5 is not between 0 and 1"]


@settings(deadline=None)
@given(st.floats(0, 1))
def test_a_text_of_less_weight_pulls_less(weight: float) -> None:
    outputs, batch = answers([2.0, -1.0], [0, 1])
    fields = {name: getattr(batch, name) for name in Batch.__slots__}
    lighter = Batch(**{**fields, "weight": torch.tensor([weight, 1.0])})
    both, alone = (answers([2.0, -1.0], [0, 1]), answers([-1.0], [1]))
    first = lure_loss(*both, PLAIN) * 2 - lure_loss(*alone, PLAIN)
    expected = (weight * first + lure_loss(*alone, PLAIN)) / 2
    assert float(lure_loss(outputs, lighter, PLAIN)) == pytest.approx(float(expected), abs=1e-5)


def test_a_strangers_text_fetches_nothing_where_the_list_is_read() -> None:
    counts = {"labels": 1, "undecided": 0, "reviewers": 0, "reliability": "unknown"}
    issue = asdict(Issue("contradiction", "ad_1", 1.0, "why"))
    text = "Room\nfree ![](https://pictures.example/1) ``` <img src=//pictures.example/2>"
    shown = page([{**issue, "text": text}], [], counts).splitlines()
    assert f"  > ```` {' '.join(text.split())} ````" in shown


def test_copies_without_number_are_joined_in_linear_time() -> None:
    texts = ["Bakery hands wanted for the winter, contract before you travel, call 1234"] * 4000
    texts[3000] = "Bakery hands wanted for the winter, contract before you travel, write 99"
    begun = time.process_time()
    assert set(join_groups(texts, [f"g{i}" for i in range(len(texts))])) == {"g0"}
    assert time.process_time() - begun < 4, "each against each of the others took 9"


def test_every_check_has_a_title() -> None:
    from training.retrain.page import MEANINGS

    assert set(MEANINGS) == set(CHECKS)
