"""Examples to tensors, by the same rendering and tokeniser as in serving."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from models.ad import Ad
from models.labels import HARMS, INDICATORS, KINDS, Indicator, Kind
from models.rendering import Rendered, render
from models.tokenization import Tokenizer, special_pieces
from training.augment import augment
from training.corpus.row import FEEDBACK_SOURCE, Span, spans_in
from training.edits import Example
from training.recipe import Recipe

KIND_INDEX = {kind: i for i, kind in enumerate(KINDS)}
HARM_INDEX = {harm: i for i, harm in enumerate(HARMS)}
INDICATOR_INDEX = {indicator: i for i, indicator in enumerate(INDICATORS)}


@dataclass(frozen=True, slots=True)
class Features:
    """One text, tokenised and labelled. ``None`` masks a loss."""

    ids: list[int]  # special tokens included
    kind: int | None
    harms: list[float] | None  # (12,)
    marks: list[tuple[int, int]] | None  # (token, indicator), the token counted with <s> as 0
    pair: str  # pair key, or "" where it has no twin
    cut: bool = False  # whether the text was longer than the window
    weight: float = 1.0  # how hard it pulls
    old: bool = True  # whether it stands beside reviewers' labels, and is none of them


def features(
    row: dict[str, Any], tokenizer: Tokenizer, recipe: Recipe, rng: random.Random | None
) -> Features:
    """Features of a prepared row; augmented where ``rng`` is given.

    A text longer than ``train_tokens`` gives a window: a random one in training, else the first. A
    text about lures has the room of a served window, from its start: its frame says what it is.
    """
    example = Example(row["text"], spans_in(row))
    about = row["kind"] == Kind.ABOUT_LURES  # in part, a quotation would be a lure
    whole = about or row.get("whole", False)  # and company would be an offer
    if rng is not None:
        changed = augment(example, recipe.augment, rng, row["language"], whole)
        example = changed if changed.text.strip() else example
    rendered = render(Ad(text=example.text))
    encoding = tokenizer.encode(rendered.text, add_special_tokens=False)
    shape = recipe.shape
    room = (max(shape.train_tokens, shape.window_tokens) if whole else shape.train_tokens) - 2
    spare = max(0, len(encoding.ids) - room)
    signs = token_marks(rendered, encoding.offsets, example.spans or ())
    low = 0
    if rng is not None and not whole:
        shown = [token for token, _ in signs] if row["kind"] == Kind.LURE else []
        low = window(spare, room, shown, rng)
    begin, end, unknown = special_pieces(tokenizer)
    ids = encoding.ids[low : low + room] or [unknown]
    if rng is not None and recipe.augment.drop:
        ids = [unknown if rng.random() < recipe.augment.drop else id for id in ids]
    marks = None
    if example.spans is not None:
        marks = [(token - low + 1, i) for token, i in signs if low <= token < low + room]
    harms = row["harms"]
    return Features(
        ids=[begin, *ids, end],
        kind=None if row["kind"] is None else KIND_INDEX[row["kind"]],
        # Harms are learnt given that the text is a lure, as they are answered.
        harms=one_hot(harms) if row["kind"] == "lure" and harms else None,
        marks=marks,
        pair=row["pair_key"] or "",
        cut=spare > 0,
        weight=row.get("weight", 1.0),
        old=row["source"] != FEEDBACK_SOURCE,
    )


def token_marks(
    rendered: Rendered, offsets: Sequence[tuple[int, int]], spans: Sequence[Span]
) -> list[tuple[int, int]]:
    """``(token, indicator)`` for every token that stands for a code point of a span."""
    found = []
    for token, (start, stop) in enumerate(offsets):
        places = rendered.locate(start, stop) if spans else []
        found += [
            (token, INDICATOR_INDEX[Indicator(span.indicator)])
            for span in spans
            if any(place.start < span.end and span.start < place.end for place in places)
        ]
    return found


def window(spare: int, room: int, signs: Sequence[int], rng: random.Random) -> int:
    """The first token of a part of ``room`` tokens of a text with ``spare`` more. Of a lure with
    marks, one around the token of a mark: a part that shows nothing is as an honest ad's, and would
    teach that any firm's words about itself speak for a lure."""
    low = rng.randint(0, spare)
    if not signs or any(low <= token < low + room for token in signs):
        return low
    token = rng.choice(signs)
    return rng.randint(max(0, token - room + 1), min(spare, token))


def one_hot(harms: Sequence[str]) -> list[float]:
    """``(12,)`` in the order of :data:`models.labels.HARMS`."""
    return [float(harm in harms) for harm in HARMS]


@dataclass(frozen=True, slots=True)
class Batch:
    """A padded batch and its labels; ``-100`` and ``nan`` mean not labelled."""

    input_ids: Tensor  # (ads, tokens)
    attention_mask: Tensor  # (ads, tokens)
    real: Tensor  # (ads, tokens)
    kind: Tensor  # (ads,)
    harms: Tensor  # (ads, 12)
    marks: Tensor  # (ads, tokens, indicators)
    marked: Tensor  # (ads,): 1 where somebody marked the text
    pairs: list[tuple[int, int]]  # a lure and its honest twin, both in this batch
    weight: Tensor  # (ads,): how hard each pulls
    old: Tensor  # (ads,): 0 where a reviewer's label is what is to be learnt

    @property
    def inputs(self) -> tuple[Tensor, Tensor, Tensor]:
        """What the model takes."""
        return self.input_ids, self.attention_mask, self.real


def collate(items: Sequence[Features], pad: int) -> Batch:
    """Pad to the longest."""
    longest = max(len(item.ids) for item in items)
    ads = len(items)
    input_ids = torch.full((ads, longest), pad)
    mask, real = torch.zeros(ads, longest), torch.zeros(ads, longest)
    marks = torch.zeros(ads, longest, len(INDICATORS))
    harms = torch.full((ads, len(HARMS)), torch.nan)
    for i, item in enumerate(items):
        length = len(item.ids)
        input_ids[i, :length] = torch.tensor(item.ids)
        mask[i, :length] = 1
        real[i, 1 : length - 1] = 1
        if item.harms is not None:
            harms[i] = torch.tensor(item.harms)
        for token, indicator in item.marks or ():
            marks[i, token, indicator] = 1
    lures = {item.pair: i for i, item in enumerate(items) if item.pair and item.kind == 0}
    pairs = [
        (lures[item.pair], i)
        for i, item in enumerate(items)
        if item.pair in lures and item.kind not in (0, None)
    ]
    return Batch(
        input_ids, mask, real,
        torch.tensor([-100 if item.kind is None else item.kind for item in items]),
        harms, marks,
        torch.tensor([float(item.marks is not None) for item in items]),
        pairs,
        torch.tensor([item.weight for item in items], dtype=torch.float32),
        torch.tensor([float(item.old) for item in items]),
    )  # fmt: skip
