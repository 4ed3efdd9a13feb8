"""Labels with the corpora: weighed by who gave them, in one split with their near-copies, and every
one accounted for."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, replace
from math import prod
from pathlib import Path
from typing import Any

from models.bundle import Bundle
from models.trained_on import TrainedOn
from training.corpus import loaders
from training.corpus.row import WRITTEN_SOURCE, Row
from training.errors import RetrainError
from training.growing import fitted_on, fitted_on_by, settled
from training.near_duplicates import join_groups
from training.prepare import load as load_data
from training.prepare import prepare, splits_of
from training.recipe import Recipe
from training.retrain.labels import ROWS, SOURCE, Json, Labels, write_lines
from training.retrain.labels import read as read_labels
from training.retrain.options import REVIEWER, Options
from training.retrain.screen import ISSUES, REVIEWERS, SOURCES
from training.retrain.sources import source_of

DATA, FATES, HELD, FROZEN = "data", "labels.csv", "held", "frozen"
BETWEEN = "near texts of two splits: a frozen text stays unseen"
LEAST_WEIGHT = 0.1
"""Of a label of the least reliable reviewer: it still counts."""


def corpora(options: Options) -> tuple[list[Row], list[Row]]:
    """All corpus rows, and those of them that only a mapping knows how to read."""
    rows = [] if options.without_written else loaders.written()
    for folder in options.shared:
        rows += loaders.shared(folder)
    own = [row for named in options.corpora for row in loaders.mapped(named)]
    if any(row.source == SOURCE for row in (*rows, *own)):
        raise RetrainError(f"a corpus is named {SOURCE!r}, which is the name of reviewers' labels")
    return [*rows, *own], own


def mix(
    options: Options, recipe: Recipe, collected: Path, screened: Path, champion: Bundle,
    decisions: Mapping[str, str], folder: Path,
) -> Json:  # fmt: skip
    """Write the data set to fit on and the texts to judge on; gives counts and concerns.

    ``collected`` and ``screened``: folders of those steps. Raises
    :class:`~training.errors.RetrainError` where nothing is left to learn.
    """
    labels = read_labels(collected)
    issues = json.loads((screened / ISSUES).read_text("utf-8"))
    people = json.loads((screened / REVIEWERS).read_text("utf-8"))
    measured = screened / SOURCES  # jobs that were screened before there was one go on
    sources = json.loads(measured.read_text("utf-8")) if measured.is_file() else []
    corpus, mapped = corpora(options)
    require_sources(options, corpus)
    left_out = left_out_by(options, labels, issues, decisions)
    heard = without(labels, excluded(decisions))
    weights = weights_of(heard, people, options.source_weights.get(SOURCE, 1.0), sources)
    read = loaders.read(collected / ROWS, loaders.shared_row)
    rows = [
        replace(row, weight=weights[row.id.removeprefix(f"{SOURCE}:")])
        for row in read
        if row.id.removeprefix(f"{SOURCE}:") not in left_out
    ]
    corpus = [
        replace(row, weight=row.weight * options.source_weights.get(row.source, 1.0))
        for row in corpus
    ]
    seen = fitted_on_by(champion)
    # Corpora grow beside labels that the champion learnt, as beside any text.
    before = [*corpus, *learnt(rows, seen)]
    groups = join_groups([row.text for row in before], [row.group for row in before])
    _, between = settled(before, groups, recipe, seen)
    gone = {row.id for row in between if row.source != SOURCE}
    corpus = [row for row in corpus if row.id not in gone]
    rows, torn = placed(rows, corpus, recipe, seen)
    left_out |= {row.id.removeprefix(f"{SOURCE}:"): BETWEEN for row in torn}
    require_some(rows)
    lock = prepare([*corpus, *rows], recipe, folder / DATA, seen)
    dataset, _ = load_data(folder / DATA)
    split = {row["id"]: row["split"] for row in dataset if row["source"] == SOURCE}
    late = [row for row in rows if row.id not in split]
    left_out |= {row.id.removeprefix(f"{SOURCE}:"): BETWEEN for row in late}
    rows = [row for row in rows if row.id in split]
    require_some(rows)
    (folder / HELD).mkdir()
    held = [row for row in rows if split[row.id] == "test"]
    write_lines(folder / HELD / f"{SOURCE}.jsonl", [plain(row) for row in held])
    mapped = [row for row in mapped if row.id not in gone]
    write_frozen(folder / FROZEN, mapped, {row["id"]: row["split"] for row in dataset})
    write_fates(folder / FATES, labels, left_out, split, weights)
    return {
        "labels": len(labels.rows),
        "left out": dict(Counter(left_out.values())),
        "used": dict(Counter(split.values())),
        "weights": {
            "lowest": min(row.weight for row in rows),
            "mean": round(sum(row.weight for row in rows) / len(rows), 3),
        },
        "corpus left out": len(gone),
        "rows": lock["rows"],
        "data": lock["sha256"],
        "concerns": concerns(options, heard, issues, decisions, left_out),
    }


def require_some(rows: Sequence[Row]) -> None:
    """Raise :class:`~training.errors.RetrainError` where no label is left."""
    if not rows:
        raise RetrainError("no label is left to learn from")


def require_sources(options: Options, corpus: Sequence[Row]) -> None:
    """Raise :class:`~training.errors.RetrainError` where a source was weighed that is not there."""
    known = {SOURCE, *(row.source for row in corpus)}
    strange = sorted(options.source_weights.keys() - known)
    if strange:
        raise RetrainError(
            f"--source-weight {strange[0]}: no text is of it; sources are "
            f"{', '.join(sorted(known))}"
        )


def excluded(decisions: Mapping[str, str]) -> set[str]:
    """Reviewers whose words a person decided to leave out."""
    return {
        name.removeprefix(REVIEWER)
        for name, decision in decisions.items()
        if name.startswith(REVIEWER) and decision == "exclude"
    }


def without(labels: Labels, gone: Set[str]) -> Labels:
    """The labels as they are, without the words of some reviewers."""
    words = [word for word in labels.words if str(word["reviewer"]) not in gone]
    return replace(labels, words=words)


def left_out_by(
    options: Options, labels: Labels, issues: Sequence[Json], decisions: Mapping[str, str]
) -> dict[str, str]:
    """Why each label that is left out is: a decision of a person, or a check that was named. A
    label that a person keeps stays, whatever a check says. One that has no more than half of its
    reviewers without those that were excluded is no label."""
    found: dict[str, str] = {}
    by_check = {one["id"]: one["check"] for one in issues if one["check"] in options.exclude}
    heard = without(labels, excluded(decisions))
    before, after = reviewers_of(labels.latest), reviewers_of(heard.latest)
    by_ad = speakers(heard)
    for row in labels.rows:
        id = str(row["id"])
        if decisions.get(id) == "exclude":
            found[id] = "decided"
        elif decisions.get(id) == "keep":
            continue
        elif after[id] < before[id] and 2 * len(by_ad[id]) <= len(after[id]):
            found[id] = "reviewer decided"
        elif id in by_check:
            found[id] = by_check[id]
    known = {str(row["id"]) for row in (*labels.rows, *labels.undecided)}
    known |= {f"{REVIEWER}{word['reviewer']}" for word in labels.words}
    unknown = [id for id in decisions if id not in known]
    if unknown:
        what = "reviewer" if unknown[0].startswith(REVIEWER) else "label"
        raise RetrainError(f"--decisions names {unknown[0]!r}, which is no {what} of this job")
    return found


def reviewers_of(words: Iterable[Json]) -> dict[str, set[str]]:
    """Who spoke of each ad."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        found[str(word["ad"])].add(str(word["reviewer"]))
    return found


def speakers(labels: Labels) -> dict[str, set[str]]:
    """Reviewers who gave each ad the kind that it has."""
    kinds = {str(row["id"]): row["kind"] for row in labels.rows}
    agreeing = (word for word in labels.latest if word["kind"] == kinds.get(str(word["ad"])))
    return reviewers_of(agreeing)


def weights_of(
    labels: Labels, people: Sequence[Json], weight: float, sources: Sequence[Json] = ()
) -> dict[str, float]:
    """How hard each label pulls: the ``weight`` of all times the probability that not all of those
    who gave it are wrong, their reliability taken as independent. A reviewer whose own is unknown
    has that of the source by which the ad came to them; where that is unknown too, it counts full.
    """
    quality = {one["reviewer"]: one["quality"] for one in people}
    of_source = {one["reviewer"]: one["quality"] for one in sources}
    came_by = {(str(word["ad"]), str(word["reviewer"])): source_of(word) for word in labels.latest}
    by_ad = speakers(labels)
    found = {}
    for row in labels.rows:
        ad, known = str(row["id"]), []
        for name in by_ad[ad]:
            own = quality.get(name)
            reliability = of_source.get(came_by[ad, name]) if own is None else own
            if reliability is not None:
                known.append(reliability)
        right = max(LEAST_WEIGHT, 1 - prod(1 - one for one in known)) if known else 1.0
        found[ad] = round(weight * right, 4)
    return found


def placed(
    rows: Sequence[Row], corpus: Sequence[Row], recipe: Recipe, seen: TrainedOn
) -> tuple[list[Row], list[Row]]:
    """The labels with groups that put them where their near-copies are, and those that are near
    texts of two splits.

    The split of a corpus text, drawn before labels came, stays: a label may follow it, and never
    move it, unless the champion learnt that label before the corpus text came. Labels near no
    corpus text share a group with each other. Of several groups a label takes one that the champion
    knows, where it knows any.
    """
    old = learnt(rows, seen)
    stays = {row.id for row in old}
    before = [*corpus, *old]
    own = join_groups([row.text for row in before], [row.group for row in before])
    splits = splits_of(before, own, recipe, seen)
    both = [*corpus, *rows]
    joined = join_groups([row.text for row in both], [row.group for row in both])
    near: dict[str, dict[str, str]] = defaultdict(dict)
    for row, first, group in zip(corpus, own, joined, strict=False):
        name = near[group].setdefault(splits[first], row.group)
        if seen.holds(row.group) and not seen.holds(name):
            near[group][splits[first]] = row.group
    names: dict[str, list[str]] = defaultdict(list)
    for row, group in zip(rows, joined[len(corpus) :], strict=True):
        names[group].append(row.group)
    chosen = {
        group: next((n for n in sorted(known) if seen.holds(n)), min(known))
        for group, known in names.items()
    }
    kept, torn = [], []
    for row, group in zip(rows, joined[len(corpus) :], strict=True):
        if len(near[group]) > 1:
            torn.append(row)
        else:
            follows = next(iter(near[group].values()), chosen[group])
            kept.append(replace(row, group=row.group if row.id in stays else follows))
    return kept, torn


def learnt(rows: Sequence[Row], seen: TrainedOn) -> list[Row]:
    """Labels that the champion was fitted on under their own group: they were near no corpus."""
    return [row for row, own in zip(rows, fitted_on(rows, seen), strict=True) if own]


def concerns(
    options: Options, labels: Labels, issues: Sequence[Json], decisions: Mapping[str, str],
    left_out: Mapping[str, str],
) -> list[str]:  # fmt: skip
    """Reasons to hold a bundle whatever its figures say: what nobody looked at."""
    found = []
    used = {str(row["id"]) for row in labels.rows} - set(left_out)
    settled = {id for id, decision in decisions.items() if decision == "keep"}
    by_ad = speakers(labels)
    agreed = {id for id, names in by_ad.items() if len(names) > 1}
    errors = {one["id"] for one in issues if one["check"] == "likely_label_error"}
    open_ = (errors & used) - settled - agreed
    if len(open_) > options.max_unsettled * len(used):
        found.append(
            f"{len(open_)} of {len(used)} labels are likely wrong, and nobody decided: look at "
            "2-screen/screen.md, and give --decisions"
        )
    people = [
        one["id"]
        for one in issues
        if one["check"] == "suspicious_reviewer" and one["id"].startswith(REVIEWER)
    ]
    speaking = {name for id in used for name in by_ad[id]}
    for id in people:
        if id not in decisions and id.removeprefix(REVIEWER) in speaking:
            found.append(f"{id[:24]} stands out, and nobody decided: look at 2-screen/screen.md")
    return found


def write_fates(
    path: Path, labels: Labels, left_out: Mapping[str, str], split: Mapping[str, str],
    weights: Mapping[str, float],
) -> None:  # fmt: skip
    """What became of every label."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "kind", "language", "split", "weight", "left out because"))
        for row in labels.rows:
            id = str(row["id"])
            writer.writerow(
                (id, row["kind"], row["language"], split.get(f"{SOURCE}:{id}", ""), weights[id],
                 left_out.get(id, ""))
            )  # fmt: skip


def write_frozen(folder: Path, mapped: Sequence[Row], split: Mapping[str, str]) -> None:
    """Held-out texts of corpora that evaluation cannot read by itself, a file a source."""
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in mapped:
        if split.get(row.id) in ("test", "left_out"):  # some are left out between two splits
            by_source[row.source].append(row)
    if by_source:
        folder.mkdir()
    for source, rows in by_source.items():
        name = "".join(char if char.isalnum() or char in "_-." else "-" for char in source)
        write_lines(folder / f"{name}.jsonl", [plain(row) for row in rows])


def plain(row: Row) -> dict[str, Any]:
    """As evaluation reads a collected text."""
    told = asdict(row)
    del told["note"], told["pair"], told["weight"]
    for name in ("id", "group"):  # evaluation puts the file's name before them
        told[name] = told[name].removeprefix(f"{row.source}:")
    told["synthetic"] = row.synthetic or row.source == WRITTEN_SOURCE
    return told
