"""Reviewers' labels as the job reads them: rows with the agreed label, and the words on them."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.labels import KINDS
from training.corpus import loaders
from training.corpus.row import FEEDBACK_SOURCE
from training.corpus.tables import rows_of
from training.errors import CorpusError

SOURCE = FEEDBACK_SOURCE
ROWS, WORDS, UNDECIDED = f"{SOURCE}.jsonl", "words.jsonl", "undecided.jsonl"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Labels:
    """What was collected."""

    rows: list[Json]
    """An ad each, with the kind that more than half of its reviewers gave."""

    words: list[Json]
    """Every reviewer's word; empty where nobody kept them."""

    undecided: list[Json]
    """Ads with a text on which no kind has more than half."""

    @property
    def latest(self) -> list[Json]:
        """The words that count: each reviewer's last on an ad."""
        return [word for word in self.words if word.get("latest", True)]

    def counts(self) -> Json:
        """By kind, language and reviewer; no text."""
        reviewers = Counter(str(word["reviewer"]) for word in self.latest)
        return {
            "labels": len(self.rows),
            "undecided": len(self.undecided),
            "words": len(self.words),
            "by kind": counted(row["kind"] for row in self.rows),
            "by language": counted(row["language"] for row in self.rows),
            "by reviewer": dict(reviewers.most_common()),
            "by origin": counted(word.get("origin") or "not given" for word in self.latest),
        }


def counted(values: Iterable[Any]) -> dict[str, int]:
    """Times of each, the most frequent first."""
    return dict(Counter(map(str, values)).most_common())


def read_export(folder: Path, since: datetime | None) -> Labels:
    """A folder in the layout of ``python -m service feedback export``; any folder of ``.jsonl``
    files with ``id``, ``text``, ``language``, ``kind`` and ``group`` will do, without words.

    Raises :class:`~training.errors.CorpusError` where rows are wrong or there are none.
    """
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder; --feedback takes one, or a database's URL")
    files = sorted(folder.glob("*.jsonl")) or sorted(folder.glob("data/train-*.parquet"))
    for path in files:  # so that a bad row is told by its own file and line
        loaders.read(path, loaders.shared_row)
    rows = [row for path in files for row in objects(path)]
    words = [w for end in ("jsonl", "parquet") for w in words_of(folder / f"reviewers/words.{end}")]
    differing = one_of(folder / "reviewers/disagreements.jsonl")
    differing += [row for row in rows if row.get("kind") is None]
    open_ads = [row for row in differing if row.get("agreed") is None and row.get("text")]
    labels = Labels(
        rows=[row for row in rows if row.get("kind") is not None and is_since(row, since)],
        words=words,
        undecided=since_then(open_ads, words, since),
    )
    known = {str(row["id"]) for row in (*labels.rows, *labels.undecided)}
    kept = Labels(
        labels.rows, [w for w in words if str(w["ad"]) in known], labels.undecided
    )  # fmt: skip
    if not kept.rows:
        raise CorpusError(f"{folder}: no labels" + (f" since {since:%Y-%m-%d}" if since else ""))
    twice = [name for name, times in Counter(str(r["id"]) for r in kept.rows).items() if times > 1]
    if twice:
        raise CorpusError(f"{folder}: {len(twice)} ids stand twice, such as {twice[0]!r}")
    return kept


def is_since(row: Json, since: datetime | None) -> bool:
    """Whether a label is of the time asked for."""
    if since is None:
        return True
    if not row.get("labelled_at"):
        raise CorpusError(f"label {row['id']!r} has no labelled_at: leave --since out")
    return has_time(row, "labelled_at", since)


def since_then(rows: list[Json], words: Sequence[Json], since: datetime | None) -> list[Json]:
    """Those of the ads without an agreed label that were looked at, or had a word, at that time or
    later; an ad that tells no time is none of them."""
    if since is None:
        return rows
    told = {str(word["ad"]) for word in words if has_time(word, "created_at", since)}
    return [row for row in rows if str(row["id"]) in told or has_time(row, "labelled_at", since)]


def has_time(row: Json, name: str, since: datetime) -> bool:
    """Whether it names a time, and that is at ``since`` or later."""
    if not row.get(name):
        return False
    try:
        return moment_of(row[name]).timestamp() >= since.timestamp()
    except ValueError as error:
        raise CorpusError(f"ad {row.get('id', row.get('ad'))!r}, {name}: {error}") from None


def moment_of(when: Any) -> datetime:
    """A time in ISO 8601, of UTC where it names no zone. Raises ``ValueError``."""
    moment = when if isinstance(when, datetime) else datetime.fromisoformat(str(when))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def words_of(path: Path) -> list[Json]:
    """Reviewers' words in a file; none where it is not there. Raises
    :class:`~training.errors.CorpusError` naming the line of a wrong one."""
    found = []
    for number, word in rows_of(path) if path.is_file() else ():
        if isinstance(word, Exception):
            raise CorpusError(f"{path}:{number}: {word}")
        missing = [name for name in ("ad", "reviewer", "kind") if word.get(name) in (None, "")]
        if missing:
            raise CorpusError(f"{path}:{number}: no {missing[0]}")
        if word["kind"] not in KINDS:
            raise CorpusError(f"{path}:{number}: kind is none of {', '.join(KINDS)}")
        try:
            moment_of(word.get("created_at") or datetime.now(UTC))
        except ValueError as error:
            raise CorpusError(f"{path}:{number}: created_at: {error}") from None
        found.append(word)
    return found


def one_of(path: Path) -> list[Json]:
    """A file's objects; none where it is not there."""
    return list(objects(path)) if path.is_file() else []


def objects(path: Path) -> list[Json]:
    """Every row of a file, or :class:`~training.errors.CorpusError`."""
    found = []
    for number, row in rows_of(path):
        if isinstance(row, Exception):
            raise CorpusError(f"{path}:{number}: {row}")
        found.append(row)
    return found


def write(labels: Labels, folder: Path) -> None:
    """As :func:`read` takes it; every row is checked as training would read it."""
    for name, rows in ((ROWS, labels.rows), (WORDS, labels.words), (UNDECIDED, labels.undecided)):
        write_lines(folder / name, rows)
    loaders.read(folder / ROWS, loaders.shared_row)


def read(folder: Path) -> Labels:
    """What :func:`write` wrote."""
    return Labels(*(one_of(folder / name) for name in (ROWS, WORDS, UNDECIDED)))


def write_lines(path: Path, rows: Sequence[Json]) -> None:
    """JSON lines; times in ISO 8601."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    text = "".join(json.dumps(row, ensure_ascii=False, default=plain) + "\n" for row in rows)
    path.write_text(text, "utf-8")
