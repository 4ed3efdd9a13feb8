"""The counted part of the corpus's card, written between two marks in CARD.md."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from models.grams import SIMILARITY
from training.corpus.amend import CHANGES, REVIEWS, was_read
from training.corpus.row import Row
from training.corpus.store import counts, file_of
from training.corpus.surface import measure, pairs_of
from training.near_duplicates import join_groups

CARD = Path(__file__).parent / "CARD.md"
BEGIN, END = "<!-- counted: python -m training corpus card -->", "<!-- end of what is counted -->"


def counted(rows: Sequence[Row], reviews: Path = REVIEWS) -> str:
    """Counts, near-duplicates, surface bias and second readers' changes, as Markdown."""
    parts = [
        f"**{len(rows):,} texts** in {len({file_of(row.language) for row in rows})} files.",
        by_language(rows),
    ]
    told = counts(rows)
    for what in ("kind", "harm", "platform", "surface", "indicator"):
        parts.append(table([what, "texts"], told[what].items()))
    joined = join_groups([row.text for row in rows], [row.group for row in rows])
    apart = sum(row.group != group for row, group in zip(rows, joined, strict=True))
    parts.append(
        f"Near-duplicates (5-gram Jaccard similarity of {SIMILARITY} and more) outside their own "
        f"pair: {apart} of {len(rows):,} texts."
    )
    figure = measure(pairs_of(rows))
    parts.append(
        f"Surface features alone tell {figure.right:.0%} of {figure.pairs:,} lure and honest pairs "
        f"apart, 95 % interval {figure.low:.0%} to {figure.high:.0%}; chance is 50 %. The honest "
        f"twin is the longer one in {figure.honest_longer:.0%}. Weights (above 0 speaks for the "
        "lure): " + ", ".join(f"{name} {w:+.2f}" for name, w in figure.weights.items()) + "."
    )
    parts.append(second_readers(rows, reviews))
    return "\n\n".join(part for part in parts if part)


def by_language(rows: Sequence[Row]) -> str:
    """Texts of each file by kind."""
    kinds = ("lure", "recruitment", "about_lures", "other_scam", "other", "insufficient")
    files: dict[str, Counter[str]] = {}
    for row in rows:
        files.setdefault(file_of(row.language)[:-6], Counter())[row.kind or ""] += 1
    lines = (
        [name, found.total(), *(found[kind] for kind in kinds)]
        for name, found in sorted(files.items())
    )
    return table(["language", "texts", *kinds], lines)


def second_readers(rows: Sequence[Row], reviews: Path) -> str:
    """What second readers changed, over all their reviews."""
    if not reviews.is_file():
        return ""
    record = json.loads(reviews.read_text("utf-8"))
    covered = [(review["batches"], review.get("file")) for review in record.values()]
    unread = sum(
        not any(was_read(row.id, row.language, batches, file) for batches, file in covered)
        for row in rows
    )
    second = {name: r for name, r in record.items() if r.get("reading", 2) == 2}
    third = [r for r in record.values() if r.get("reading", 2) == 3]
    lines = [[name, *changed([review])] for name, review in second.items()]
    lines.append(["all second readings", *changed(list(second.values()))])
    if third:
        lines.append(["third reading, a sample", *changed(third)])
    return (
        f"Second readers, by file or set of batches: share of texts changed. {unread:,} texts have "
        "had none. What a third reader, who did not know the second, still changed in a sample "
        "drawn over all languages stands in the last line.\n\n"
        + table(["review", "texts", *CHANGES], lines)
    )


def changed(reviews: Sequence[dict[str, Any]]) -> list[str]:
    """Texts read, and the share of them changed in each respect."""
    texts = sum(review["texts"] for review in reviews)
    shares = [sum(review[what] for review in reviews) / max(1, texts) for what in CHANGES]
    return [str(texts), *(f"{share:.1%}" for share in shares)]


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table, numbers to the right."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in [head, rule, *lines])


def current(rows: Sequence[Row], path: Path = CARD) -> str:
    """The card as it should read: what people wrote, and the counted part of today."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{counted(rows)}\n\n{END}{after}"


def write(rows: Sequence[Row], path: Path = CARD) -> None:
    """Put the counted part in its place in the card."""
    path.write_text(current(rows, path), "utf-8")
