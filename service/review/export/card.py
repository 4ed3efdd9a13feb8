"""The card of an exported data set: what is in it, how much, and what it must not be taken for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.review.agreement import latest
from service.store.tables import Feedback

PARQUET = """\
---
pretty_name: Labels of reviewers
task_categories:
- text-classification
configs:
- config_name: default
  data_files:
  - split: train
    path: {train}
- config_name: words
  data_files:
  - split: train
    path: {words}
---
"""

TEXT = """\
# Labels of reviewers

Ads that Lurewatch scored or was told of, as people judged them. One row an ad: the kind that more than half of its
reviewers give, each with their latest word. Contacts were replaced (`<phone>`, `<url>` …) before anything was kept; what
else a text says of people is still in it. **Keep it like the ads themselves, and publish none of it.**

| | |
| --- | --- |
| ads with a word on them | {ads} |
| labelled rows | {rows} |
| without a label: reviewers differ, none of their kinds has more than half | {undecided} |
| without a text, so without a row | {textless} |
| words, of how many reviewers | {words}, {reviewers} |
| ads that two or more judged; of these, all with the same kind | {double}; {same} |
| ads on which reviewers differ in kind or harms | {differing} |
| rows with labelled spans | {spans} |
| first and last word | {first} to {last} |

{tables}
## Files

* {train_line}
* `reviewers/words{ending}`: every word, also those that were taken back, with who said it (a keyed hash), when, how the
  ad came to them, and what the model had said: for measuring reviewers.
* `reviewers/disagreements.jsonl`: ads on which reviewers differ, with the latest word of each.

`python -m training prepare --shared THIS_FOLDER` reads `feedback.jsonl`; `datasets.load_dataset(THIS_FOLDER)` the rows,
`load_dataset(THIS_FOLDER, "words")` the words.

## What to know

* Reviewers saw what the model and its policy brought to them: labels are no sample of a platform's ads, unless their
  `origin` is `sample`.
* `spans` is null where no reviewer looked at spans, which masks their loss. Where one did, they are the shown ones, less
  the wrong, plus the missed. Texts that offer nothing have none.
* `group` is the campaign, else the ad: near-copies belong on one side of a split. `harms` empty on a lure: not labelled.
"""  # noqa: E501


@dataclass(slots=True)
class Counts:
    """What went by while an export was written."""

    ads: int = 0
    rows: int = 0
    textless: int = 0
    words: int = 0
    reviewers: int = 0
    double: int = 0
    same: int = 0
    differing: int = 0
    spans: int = 0
    first: datetime | None = None
    last: datetime | None = None
    by: dict[str, Counter[str]] = field(
        default_factory=lambda: {"kind": Counter(), "language": Counter(), "platform": Counter()}
    )

    def add(
        self, words: Sequence[Feedback], row: dict[str, Any] | None, differs: dict[str, Any] | None
    ) -> None:
        """One ad more, with what was written of it."""
        counting = latest(words)
        self.ads += 1
        self.words += len(words)
        self.textless += all(word.content is None for word in words)
        self.double += len(counting) > 1
        self.same += len(counting) > 1 and len({word.kind for word in counting}) == 1
        self.differing += differs is not None
        times = [word.created_at for word in words]
        self.first = min([*times, *([self.first] if self.first else [])])
        self.last = max([*times, *([self.last] if self.last else [])])
        if row is not None:
            self.rows += 1
            self.spans += row["spans"] is not None
            for name, counted in self.by.items():
                counted[row[name] or "not given"] += 1


def card(counts: Counts, form: str, train: str, words: str) -> str:
    """The text of README.md."""
    ending = ".jsonl" if form == "jsonl" else ".parquet"
    files = {"parquet": [f"`{train}`"], "jsonl": ["`feedback.jsonl`"]}
    named = files.get(form, [*files["parquet"], *files["jsonl"]])
    head = PARQUET.format(
        train="feedback.jsonl" if form == "jsonl" else train, words=f"{words}{ending}"
    )
    return head + TEXT.format(
        ads=counts.ads, rows=counts.rows, textless=counts.textless,
        undecided=counts.ads - counts.rows - counts.textless, words=counts.words,
        reviewers=counts.reviewers, double=counts.double, same=counts.same,
        differing=counts.differing, spans=counts.spans,
        first=f"{counts.first:%Y-%m-%d}", last=f"{counts.last:%Y-%m-%d}",
        tables="".join(table(name, counted) for name, counted in counts.by.items()),
        train_line=f"{' and '.join(named)}: the rows", ending=ending,
    )  # fmt: skip


def table(name: str, counted: Counter[str]) -> str:
    """Rows by one of their columns, the most frequent first."""
    lines = "".join(f"| {value} | {times} |\n" for value, times in counted.most_common())
    return f"| {name} | rows |\n| --- | --- |\n{lines}\n"
