"""From a rendered text to logits, by the bundle's ONNX model. Training measures with it what
serving answers with it.

One text a call and no padding: on CPUs padded batches lose more than they gain, and an ad's score
cannot depend on what it shares a batch with, since it shares one with nothing.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.bundle import INPUT, OUTPUTS, STATES, Bundle, Limits
from models.calibration import LURE
from models.errors import BundleDamaged, BundleMismatch
from models.labels import HARMS, KINDS
from models.ngrams import NGrams
from models.norms import FUSIONS, with_quick_norms
from models.rendering import Rendered
from models.tokenization import Tokenizer, special_pieces

FOLDER = "session.model_external_initializers_file_folder_path"
STOP_SPINNING = "session.force_spinning_stop"

WORTH_MORE = 12
"""Tokens from which more threads than one are quicker at a text: with two on two processors 12 take
0.79 of the time, 24 to 96 take 0.69 to 0.82 (medians of 15 rounds in turns, AVX2), and up to twice
the processor time."""

Float32s = NDArray[np.float32]
Offsets = tuple[tuple[int, int], ...]

HARM_START, INDICATOR_START = len(KINDS), len(KINDS) + len(HARMS)
"""Columns of a token's logits: kinds, then harms, then indicators."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A window of a text, special tokens included in ``ids`` only."""

    ids: tuple[int, ...]
    offsets: Offsets
    """Of each real token: ``[start, end)`` in the rendered text."""


@dataclass(frozen=True, slots=True)
class Logits:
    """What the model says of one text: the window with the highest lure logit speaks for it, with a
    lure logit that knows of the others; see :func:`together`."""

    kind: Float32s
    """``(6,)``, the mean of ``tokens[:, :6]``."""

    harm: Float32s
    """``(12,)``, the mean of the next twelve columns."""

    tokens: Float32s
    """``(tokens, logits)``, of the window that speaks."""

    offsets: Offsets
    """Of those tokens, in the rendered text."""

    indicators: Float32s
    """``(all tokens, indicators)``, of every window: a sign counts wherever in a text it stands.
    Where windows overlap, a token's highest."""

    indicator_offsets: Offsets
    """Of those tokens, in the rendered text."""

    window: int
    """Which window spoke, from 0."""

    windows: int
    """How many there were."""

    token_count: int
    """Tokens that the model read, overlaps counted twice."""

    embedding: Float32s | None = None
    """``(hidden,)``: the mean of the tokens' states in the window that speaks;
    :meth:`models.embedding.Background.place` gives it a place. ``None`` from a bundle of the first
    format."""

    tokenise_s: float = 0.0
    """Seconds that cutting the text into tokens and windows took."""


class Outputs(NamedTuple):
    """What the graph gives for one window, without the batch axis; see
    :data:`models.bundle.OUTPUTS`."""

    kind: Float32s
    harm: Float32s
    indicators: Float32s
    tokens: Float32s
    states: Float32s | None = None


def windows(tokenizer: Tokenizer, text: str, limits: Limits) -> list[Tokens]:
    """The text as windows of at most ``limits.window_tokens``, the last one filled backwards.

    At least one, even for a text of which the tokeniser leaves nothing.
    """
    encoding = tokenizer.encode(text, add_special_tokens=False)
    ids, offsets = encoding.ids, encoding.offsets
    begin, end, unknown = special_pieces(tokenizer)
    room = limits.window_tokens - 2
    if not ids:  # nothing but spaces in the eyes of the tokeniser: judged as an unknown piece
        return [Tokens((begin, unknown, end), ((0, len(text)),))]
    return [
        Tokens((begin, *ids[low:high], end), tuple(offsets[low:high]))
        for low, high in cuts(len(ids), room, limits.overlap_tokens)
    ]


def cuts(count: int, room: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Borders of the windows over ``count`` tokens.

    >>> list(cuts(10, 4, 1))
    [(0, 4), (3, 7), (6, 10)]
    """
    low = 0
    while low + room < count:
        yield low, low + room
        low += room - overlap
    yield max(0, count - room), count


def together(lures: NDArray[np.float64]) -> float:
    """The lure logit of a text from those of its windows: the logarithm of their mean odds.

    A lure may stand in any one window, and in which is not known beforehand; if each is as likely,
    what speaks for a lure somewhere is the mean of what speaks for one in each. The highest alone
    grows with the number of windows: of 226 honest ads of a job board that no fit had seen, six
    windows each in the mean, 44 % lay above what 2 % of other texts reached, and 15 % so.

    >>> together(np.array([2.0, 2.0]))
    2.0
    """
    return float(np.logaddexp.reduce(lures) - np.log(len(lures)))


def raised(logits: Float32s, by: float) -> Float32s:
    """With another lure logit, the last axis being kinds or a token's logits."""
    changed = logits.copy()
    changed[..., LURE] += by
    return changed


def with_ngrams(ngrams: NGrams, rendered: Rendered, window: Tokens, answer: Outputs) -> Outputs:
    """The answer for a window with what n-grams say of it: the share of its characters goes to each
    token's lure logit, so that their mean stays the window's."""
    text, ends = window_text(rendered, window)
    until = np.zeros(len(text) + 1)
    ngrams.shares(text).cumsum(dtype=np.float64, out=until[1:])
    at_end = until[ends]
    shares = at_end.copy()
    shares[1:] -= at_end[:-1]
    kind, tokens = answer.kind.copy(), answer.tokens.copy()
    kind[LURE] += until[-1] + ngrams.constant
    tokens[:, LURE] += shares * len(shares) + ngrams.constant
    return answer._replace(kind=kind, tokens=tokens)


def window_text(rendered: Rendered, window: Tokens) -> tuple[str, NDArray[np.int64]]:
    """The characters that a window's tokens stand for, and where each token ends in them, the last
    one where the text does."""
    low, high = window.offsets[0][0], window.offsets[-1][1]
    text = rendered.text[low:high]
    ends = np.array([stop - low for _, stop in window.offsets]).clip(0, len(text))
    ends[-1] = len(text)
    return text, np.maximum.accumulate(ends)


def over_windows(cut: list[Tokens], answers: list[Float32s]) -> tuple[Float32s, Offsets]:
    """Indicator logits of all tokens of a text, each token once."""
    columns = [tokens[:, INDICATOR_START:] for tokens in answers]
    if len(cut) == 1:
        return columns[0], cut[0].offsets
    highest: dict[tuple[int, int], Float32s] = {}
    for window, rows in zip(cut, columns, strict=True):
        for offset, row in zip(window.offsets, rows, strict=True):
            highest[offset] = np.maximum(highest[offset], row) if offset in highest else row
    return np.stack(list(highest.values())), tuple(highest)


Spread = Callable[[Sequence[Callable[[], Outputs]]], list[Outputs]]
"""Does all of them, and gives what each gave, in order."""


def in_turn(works: Sequence[Callable[[], Outputs]]) -> list[Outputs]:
    """One after another."""
    return [work() for work in works]


def never() -> bool:
    """It is not alone, as far as anybody knows."""
    return False


class Model:
    """An ONNX session and its tokeniser. Safe to call from several threads at once.

    Raises :class:`BundleDamaged` or :class:`BundleMismatch` for a graph it cannot run.
    """

    def __init__(
        self, model: bytes, tokenizer: Tokenizer, limits: Limits, threads: int = 1,
        folder: Path | None = None, alone: int = 0, ngrams: NGrams | None = None,
    ) -> None:  # fmt: skip
        """``folder``: where the file lies that a light ``model`` left its tensors in. ``alone``:
        threads for a text that has the processors to itself; where they are more than ``threads``,
        a second session is kept for it (30 MB on the shipped bundle). ``ngrams``: what is added to
        the lure logit."""
        try:
            content = with_quick_norms(model)
            self._session = session(content, threads, folder)
            self._wide = session(content, alone, folder) if alone > threads else None
        except Exception as error:  # the library's errors share no base
            raise BundleDamaged(f"the ONNX graph cannot be loaded: {error}") from None
        found = [value.name for value in self._session.get_outputs()]
        known = ([*OUTPUTS], [*OUTPUTS, STATES])
        if [value.name for value in self._session.get_inputs()] != [INPUT] or found not in known:
            raise BundleMismatch(f"the ONNX graph answers {found}, expected are {known[1]}")
        self._tokenizer = tokenizer
        self._limits = limits
        self._ngrams = ngrams
        self.spread: Spread = in_turn
        """How the windows of a long text are read. Whoever has threads to spare may put in another
        way before the first text."""

        self.is_alone: Callable[[], bool] = never
        """Whether nothing else is read beside the window that this thread reads; likewise."""

    @classmethod
    def of(cls, loaded: Bundle, threads: int = 1) -> "Model":
        """What a bundle says, whole."""
        return cls(
            loaded.read_model(), loaded.tokenizer, loaded.manifest.limits, threads,
            ngrams=loaded.ngrams(),
        )  # fmt: skip

    def logits(self, rendered: Rendered) -> Logits:
        """Logits of one text, whatever its length."""
        began = time.perf_counter()
        cut = windows(self._tokenizer, rendered.text, self._limits)
        tokenise_s = time.perf_counter() - began
        answers = self.spread([partial(self.run, window.ids) for window in cut])
        if self._ngrams is not None:
            answers = [
                with_ngrams(self._ngrams, rendered, window, answer)
                for window, answer in zip(cut, answers, strict=True)
            ]
        lures = np.array([answer.kind[LURE] for answer in answers], dtype=np.float64)
        best = int(lures.argmax())
        kind, harm, _, tokens, states = answers[best]
        indicators, offsets = over_windows(cut, [answer.tokens for answer in answers])
        if self._limits.windows == "mean_odds" and len(cut) > 1:
            change = together(lures) - lures.max()
            kind, tokens = raised(kind, change), raised(tokens, change)
        return Logits(
            kind=kind,
            harm=harm,
            tokens=tokens,
            offsets=cut[best].offsets,
            indicators=indicators,
            indicator_offsets=offsets,
            window=best,
            windows=len(cut),
            token_count=sum(len(window.ids) for window in cut),
            embedding=None if states is None else states.mean(axis=0),
            tokenise_s=tokenise_s,
        )

    def run(self, ids: tuple[int, ...]) -> Outputs:
        """The outputs for one window."""
        chosen = self._session
        if self._wide is not None and len(ids) >= WORTH_MORE and self.is_alone():
            chosen = self._wide
        given = chosen.run(None, {INPUT: np.array([ids], dtype=np.int64)})
        return Outputs(*(one[0] for one in given))


def session(content: bytes, threads: int, folder: Path | None) -> ort.InferenceSession:
    """A session of the graph. Raises whatever the library raises."""
    options = ort.SessionOptions()
    if folder is not None:
        options.add_session_config_entry(FOLDER, str(folder))
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads wait for each other in a loop only while a text is read, or they would keep the
    # processor from whatever comes next.
    options.add_session_config_entry(STOP_SPINNING, "1")
    # The arena grows in powers of two and never shrinks with varying lengths (ORT #11627).
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    made = ort.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=FUSIONS
    )
    made._model_bytes = None  # the library keeps them for fallbacks that we never use
    return made
