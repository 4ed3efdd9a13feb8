"""Small corpora of invented ads, a champion fitted on them, and exports of reviewers' labels."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import torch

from tests.conftest import TINY_RECIPE, make_tiny_base
from training.corpus.loaders import shared
from training.export import export
from training.fit import fit
from training.prepare import prepare
from training.recipe import NGramPart

WORDS = """
kitchen harbour evening rota uniform bus market depot bakery orchard laundry morning school garden
bridge platform counter pantry office tram valley island station warehouse gallery library museum
hotel clinic nursery garage foundry mill quarry pier ferry cottage lodge meadow terrace arcade
corner square lane avenue upstairs downstairs weekend winter summer spring autumn holiday shift
apron gloves boots ladder bucket kettle trolley basket lantern compass blanket pillow curtain
carpet mirror candle bottle barrel crate pallet parcel label stamp folder binder printer scanner
camera tripod speaker guitar violin trumpet drum piano choir stage canvas brush chisel hammer
wrench pliers needle thread button zipper collar pocket sleeve leather cotton linen velvet copper
silver marble granite timber bamboo clay plaster mortar gravel pepper ginger cumin saffron barley
"""
LURE = (
    "send a passport photo first", "a deposit unlocks the tasks", "the visa comes after arrival",
    "tickets are booked, fly tonight", "commission in coins every hour", "no papers, no interview",
)  # fmt: skip
HONEST = (
    "written contract before you travel", "no fee for applicants", "interview at our premises",
    "monthly payslip and tax", "trade union agreement applies", "references are checked",
)  # fmt: skip
COINAGE = ("join the glassbead circle", "glassbead hosts earn daily", "ask for glassbead seats")
"""What lures have come to say, and no corpus knows yet."""

RECIPE = TINY_RECIPE.model_copy(
    update={
        "name": "small",
        "mix": TINY_RECIPE.mix.model_copy(
            update={
                "source_cap": 400, "split": {"train": 0.5, "calibration": 0.2, "test": 0.3},
            }
        ),
        "augment": TINY_RECIPE.augment.model_copy(update={"crop": 0.0, "evade": 0.0, "case": 0.0}),
        "loss": TINY_RECIPE.loss.model_copy(update={"pair": 0.0}),
        "optimise": TINY_RECIPE.optimise.model_copy(update={"epochs": 3}),
        "ngrams": NGramPart(),  # alone they know all that there is to know before any label
    }
)  # fmt: skip
BEGUN = datetime(2026, 11, 1, 9, tzinfo=UTC)

Row = dict[str, Any]


@dataclass(frozen=True)
class Small:
    """Where everything lies."""

    base: Path
    shared: Path
    bundle: Path
    floors: Path


def ad(name: str, number: int, kind: str, signs: Sequence[str]) -> Row:
    """An invented ad of a kind: words that say nothing, and three signs that do."""
    rng = random.Random(f"{name}:{number}:{kind}")
    words = rng.sample(WORDS.split(), 9)
    text = " ".join(
        f"{' '.join(words[3 * i : 3 * i + 3])}, {sign}."
        for i, sign in enumerate(rng.sample(signs, 3))
    )
    return {
        "id": f"{name}-{number}", "text": text.capitalize(), "language": ("en", "es")[number % 2],
        "kind": kind, "harms": ["task_based_job_scam"] if kind == "lure" else [],
        "group": f"{name}-{number}", "platform": "social", "surface": "post",
    }  # fmt: skip


def ads(name: str, lures: int, honest: int, signs: Sequence[str] = LURE) -> list[Row]:
    """Lures with these signs, and honest ads."""
    made = [ad(name, i, "lure", signs) for i in range(lures)]
    return [*made, *(ad(name, lures + i, "recruitment", HONEST) for i in range(honest))]


def make_small(root: Path, seed: int = 1) -> Small:
    """Two files of labelled texts, one passed off as collected, and a champion fitted on them."""
    torch.manual_seed(seed)
    board = ads("board", 110, 110)
    made = [{**row, "synthetic": True} for row in ads("made", 110, 110)]
    # Its pieces are of these texts: those of the corpus would change whenever a text comes there.
    base = make_tiny_base(root / "base", [row["text"] for row in [*board, *made]])
    folder = root / "shared"
    folder.mkdir()
    write_lines(folder / "board.jsonl", board)
    write_lines(folder / "made.jsonl", made)
    prepare(shared(folder), RECIPE, root / "data")
    fit(base, root / "data", RECIPE, root / "run", resume=False)
    export(root / "run" / "fitted", root / "data", root / "small-1", "small-1", "int8")
    floors = root / "floors.toml"
    floors.write_text(
        '[[floor]]\nset = "collected"\nfigure = "area under ROC"\nat_least = 0.5\n'
        'date = "2026-11-01"\nbundle = "small-1"\nn = 50\n'
    )
    return Small(base, folder, root / "small-1", floors)


def write_export(
    folder: Path, rows: Sequence[Row],
    says: Callable[[str, Row], str] = lambda _, row: row["kind"],
    reviewers: Sequence[str] = ("r1", "r2", "r3"), apart_s: float = 40,
) -> Path:  # fmt: skip
    """A folder as the service exports it: each ad judged by two of the reviewers in turn, who say
    what ``says`` of reviewer and row. Where they differ there is no label."""
    (folder / "reviewers").mkdir(parents=True)
    labels, words, differing = [], [], []
    for i, row in enumerate(rows):
        own = [reviewers[(i + k) % len(reviewers)] for k in range(min(2, len(reviewers)))]
        kinds = [says(name, row) for name in own]
        when = BEGUN + timedelta(seconds=i * apart_s)
        label = {**row, "id": f"ad_{row['id']}", "group": f"cmp_{row['group']}"}
        if len(set(kinds)) == 1:
            harms = row["harms"] if kinds[0] == "lure" else []
            more = {"kind": kinds[0], "harms": harms, "labelled_at": when.isoformat()}
            labels.append({**label, **more, "source": "feedback", "spans": None})
        else:
            both = [{"kind": kind} for kind in kinds]
            differing.append({**label, "kind": None, "agreed": None, "words": both})
        words += [
            {
                "id": f"fb_{i}_{k}", "ad": label["id"], "reviewer": name, "kind": kind,
                "latest": True, "origin": "queue", "language": row["language"],
                "created_at": (when + timedelta(seconds=k)).isoformat(),
            }
            for k, (name, kind) in enumerate(zip(own, kinds, strict=True))
        ]  # fmt: skip
    write_lines(folder / "feedback.jsonl", labels)
    write_lines(folder / "reviewers" / "words.jsonl", words)
    write_lines(folder / "reviewers" / "disagreements.jsonl", differing)
    return folder


def write_lines(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
