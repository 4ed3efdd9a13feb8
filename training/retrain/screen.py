"""A list to look at before anything is learnt from labels. It removes nothing."""

import csv
import json
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.bundle import Bundle
from models.grams import SIMILARITY, grams, similarity
from models.labels import KINDS
from training.corpus.row import Row
from training.near_duplicates import join_groups
from training.retrain.champion import Probabilities, probabilities
from training.retrain.labels import Json, Labels
from training.retrain.options import REVIEWER, Check
from training.retrain.page import page
from training.retrain.reviewers import Reviewer, measure
from training.retrain.sources import measure_sources

ISSUES, ISSUES_CSV, REVIEWERS, PAGE = "issues.json", "issues.csv", "reviewers.json", "screen.md"
SOURCES = "sources.json"
CONTEXT = 300
"""Held-out texts of the corpora that cleanlab learns the champion's sureness from, beside the
labels."""

EXCERPT_CHARS = 300
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet takes for a formula."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to look at."""

    check: Check
    id: str
    """Of the label; ``reviewer:…`` of a reviewer."""

    severity: float
    """0 to 1, within its check."""

    why: str
    kind: str = ""
    language: str = ""
    reviewers: tuple[str, ...] = ()
    text: str = ""
    """Its beginning."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found."""

    issues: list[Issue]
    reviewers: list[Reviewer]
    sources: list[Reviewer]
    counts: Json


def screen(labels: Labels, corpus: Sequence[Row], champion: Bundle, folder: Path) -> Json:
    """Look at the labels, write the list and its page to ``folder``; gives counts."""
    found = look(labels, corpus, champion)
    issues = [asdict(issue) for issue in found.issues]
    (folder / ISSUES).write_text(json.dumps(issues, indent=1, ensure_ascii=False), "utf-8")
    write_csv(folder / ISSUES_CSV, found.issues)
    people = [asdict(one) for one in found.reviewers]
    (folder / REVIEWERS).write_text(json.dumps(people, indent=1), "utf-8")
    sources = [asdict(one) for one in found.sources]
    (folder / SOURCES).write_text(json.dumps(sources, indent=1), "utf-8")
    (folder / PAGE).write_text(page(issues, people, found.counts, sources), "utf-8")
    return found.counts


def look(labels: Labels, corpus: Sequence[Row], champion: Bundle) -> Screened:
    """Every check."""
    rows, undecided = labels.rows, labels.undecided
    held = context(corpus, champion)
    texts = [*(r["text"] for r in rows), *(r["text"] for r in undecided), *(r.text for r in held)]
    said = probabilities(champion, texts)
    positions = {str(row["id"]): i for i, row in enumerate([*rows, *undecided])}
    people = measure(labels.latest, positions, said)
    sources = measure_sources(labels.latest, positions, said)
    by_ad: dict[str, list[str]] = defaultdict(list)
    for word in labels.latest:
        by_ad[str(word["ad"])].append(str(word["reviewer"]))
    suspicious = {one.reviewer for one in people if one.flags}
    unseen = out_of_sample(rows, champion)

    def issue(check: Check, row: Json, severity: float, why: str) -> Issue:
        id = str(row["id"])
        return Issue(
            check, id, round(severity, 4), why, str(row.get("kind") or ""), row["language"],
            tuple(by_ad[id]), row["text"][:EXCERPT_CHARS],
        )  # fmt: skip

    issues = [
        *(issue(*one) for one in copies(rows)),
        *(issue(*one) for one in against_corpus(rows, corpus)),
        *(
            issue("reviewers_differ", row, 1.0, f"{told(row.get('words'))}; no label, not learnt")
            for row in undecided
        ),
        *(issue("likely_label_error", *one) for one in label_errors(rows, held, said, unseen)),
        *(
            issue("suspicious_reviewer", row, 1.0, "rests on reviewers to look at alone")
            for row in rows
            if (own := by_ad[str(row["id"])]) and set(own) <= suspicious
        ),
        *(
            Issue("suspicious_reviewer", f"{REVIEWER}{one.reviewer}", 1.0, "; ".join(one.flags))
            for one in people
            if one.flags
        ),
    ]
    issues.sort(key=lambda one: (one.check, -one.severity, one.id))
    counts = {
        "labels": len(rows),
        "undecided": len(undecided),
        "issues": dict(Counter(one.check for one in issues)),
        "reviewers": len(people),
        "reviewers to look at": len(suspicious),
        "reliability": "measured" if any(one.quality is not None for one in people)
        else "unknown: too few ads were judged by two reviewers",
        "reliability of sources": {
            one.reviewer: one.quality for one in sources if one.quality is not None
        },
        "not checked for label errors, since the champion was fitted on them": len(rows)
        - len(unseen),
        "held-out corpus texts beside them": len(held),
    }  # fmt: skip
    return Screened(issues, people, sources, counts)


Found = tuple[Check, Json, float, str]


def copies(rows: Sequence[Json]) -> Iterable[Found]:
    """Later copies of a text, and texts of which another label says otherwise."""
    exact: dict[str, Json] = {}
    joined = join_groups([row["text"] for row in rows], [f"{i}" for i in range(len(rows))])
    members: dict[str, list[Json]] = defaultdict(list)
    for row, group in zip(rows, joined, strict=True):
        members[group].append(row)
        key = " ".join(row["text"].split()).casefold()
        if key in exact:
            yield "exact_duplicate", row, 1.0, f"the text of {exact[key]['id']}"
        elif row is not members[group][0]:
            first = members[group][0]["id"]
            yield "near_duplicate", row, 0.5, f"of {first} and {len(members[group]) - 2} others"
        exact.setdefault(key, row)
    for alike in members.values():
        kinds = Counter(row["kind"] for row in alike)
        if len(kinds) > 1:
            words = ", ".join(f"{kind} {times}" for kind, times in kinds.most_common())
            why = f"near-copies are labelled {words}"
            for row in alike:
                yield "contradiction", row, 1 - kinds[row["kind"]] / len(alike), why


def against_corpus(rows: Sequence[Json], corpus: Sequence[Row]) -> Iterable[Found]:
    """Labels of near-copies of a corpus text that says otherwise."""
    if not corpus:
        return
    texts = [*(row.text for row in corpus), *(row["text"] for row in rows)]
    groups = join_groups(texts, [str(i) for i in range(len(texts))])
    known: dict[str, list[Row]] = defaultdict(list)
    for other, group in zip(corpus, groups, strict=False):
        known[group].append(other)
    for row, group in zip(rows, groups[len(corpus) :], strict=True):
        own = grams(row["text"])
        for other in known.get(group, ()):
            theirs = grams(other.text)
            near = similarity(own, theirs)
            if other.kind not in (None, row["kind"]) and near >= SIMILARITY:
                why = f"{other.id}, {near:.0%} the same, is {other.kind}"
                yield "contradicts_corpus", row, near, why
                break


def told(words: Sequence[Json] | None) -> str:
    """What reviewers said, counted."""
    if not words:
        return "nobody decided"
    counts = Counter(word["kind"] for word in words).most_common()
    return "reviewers say " + ", ".join(f"{kind} {times}" for kind, times in counts)


def context(corpus: Sequence[Row], champion: Bundle) -> list[Row]:
    """Corpus texts that the champion was not fitted on, spread over the corpus."""
    seen = champion.trained_on()
    if seen is None:
        return []
    held = [row for row in corpus if row.kind is not None and not seen.holds(row.group)]
    return held[:: max(1, len(held) // CONTEXT)][:CONTEXT]


def out_of_sample(rows: Sequence[Json], champion: Bundle) -> list[int]:
    """Positions of labels on texts that the champion was not fitted on."""
    seen = champion.trained_on()
    if seen is None:
        return list(range(len(rows)))
    return [i for i, row in enumerate(rows) if seen.nearest(row["text"]) < SIMILARITY]


def label_errors(
    rows: Sequence[Json], held: Sequence[Row], said: Probabilities, unseen: Sequence[int]
) -> Iterable[tuple[Json, float, str]]:
    """Labels that are likely wrong by confident learning (Northcutt, Jiang and Chuang 2021), as
    cleanlab computes it from the champion's out-of-sample probabilities."""
    from cleanlab.filter import find_label_issues

    if not unseen:
        return
    labels = [KINDS.index(rows[i]["kind"]) for i in unseen]
    labels += [KINDS.index(row.kind) for row in held if row.kind is not None]
    own = np.concatenate([said[list(unseen)], said[len(said) - len(held) :]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of kinds that hardly occur: as it must be
        ranked = find_label_issues(
            np.array(labels), own, return_indices_ranked_by="self_confidence", n_jobs=1
        )
    for place in ranked:
        if place < len(unseen):
            row, at = rows[unseen[place]], own[place]
            guess = KINDS[int(at.argmax())]
            trust = float(at[labels[place]])
            yield (
                row,
                1 - trust,
                f"the champion gives {row['kind']} {trust:.2f}, {guess} " + (f"{at.max():.2f}"),
            )


def write_csv(path: Path, issues: Sequence[Issue]) -> None:
    """For a spreadsheet, with a column to decide in. A text that would start a formula there gets
    an apostrophe before it."""
    names = ("decision", "check", "id", "severity", "kind", "language", "why", "reviewers", "text")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        for one in issues:
            row: Mapping[str, Any] = {
                **asdict(one), "decision": "", "reviewers": " ".join(one.reviewers),
                "text": f"'{one.text}" if one.text.startswith(FORMULA) else one.text,
            }  # fmt: skip
            writer.writerow(row)
