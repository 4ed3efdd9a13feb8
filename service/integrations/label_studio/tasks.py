"""A task's data as an ad, and places in the text that it shows.

A task shows one text. Where an ad has more fields, the text is title, turns and text, one under the
other, as the model reads them, and the ad itself stands beside it in ``data.ad``.

Label Studio counts code points: its interface, tried with 1.23.2, gave the same places in a text
with emoji as Python does. Up to 1.4.0 it counted UTF-16 code units.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from models.ad import MAX_TEXT_CHARS
from models.rendering import is_blank
from service.api.reviewing import Piece
from service.api.schemas import AdIn, Span
from service.review.content import as_read
from service.review.naming import AD_ID

AD, OURS = "ad", "ad_id"
"""Fields of a task's data that our own exports have: the ad as :class:`AdIn`, and our id of it."""

Data = Mapping[str, Any]


class Refused(Exception):
    """A task or annotation that is not taken, with the reason: never a word of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An ad and how a task shows it."""

    ad: AdIn
    text: str
    starts: Mapping[str, int]
    """Where each field begins in ``text``."""

    ours: str | None = None
    """Our id of the ad, where the task came from the review queue."""

    @classmethod
    def of(cls, ad: AdIn, ours: str | None = None) -> "Shown":
        """As a task of ours shows it."""
        fields = ad.model_dump(include={"title", "text", "thread"})
        text, starts = as_read(fields)
        return cls(ad, text, starts, ours)

    def data(self, key: str) -> dict[str, Any]:
        """Of the task. ``key``: the field that the labelling interface shows."""
        given = self.ad.model_dump(mode="json", exclude_defaults=True)
        return {key: self.text, AD: given} | ({} if self.ours is None else {OURS: self.ours})

    def place(self, span: Span) -> tuple[int, int] | None:
        """Start and end of a field's span in ``text``; ``None`` where it is not shown, or not all
        of it."""
        first = self.starts.get(span.field)
        if first is None:
            return None
        start, end = first + span.start, first + span.end
        own = (one for one in self.pieces(start, end) if one.field == span.field)
        return (start, end) if sum(one.end - one.start for one in own) == end - start else None

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """The fields' parts of ``[start, end)`` in ``text``."""
        ends = [*sorted(self.starts.values())[1:], len(self.text) + 1]  # a line break between two
        fields = sorted(self.starts.items(), key=lambda one: one[1])
        for (field, first), following in zip(fields, ends, strict=True):
            low, high = max(start, first), min(end, following - 1)
            if low < high:
                yield Piece(field=field, start=low - first, end=high - first)


def shown_in(data: Data, key: str) -> Shown:
    """What a task's data holds. Raises :class:`Refused`."""
    text = data.get(key)
    if not isinstance(text, str):
        raise Refused(f"data.{key}: no text; the labelling configuration shows this field")
    ours = data.get(OURS)
    named = ours if isinstance(ours, str) and AD_ID.fullmatch(ours) else None
    if isinstance(data.get(AD), dict):
        try:
            whole = Shown.of(AdIn.model_validate(data[AD]), named)
        except ValidationError:
            whole = None
        if whole is not None and whole.text == text:
            return whole
    if len(text) > MAX_TEXT_CHARS:
        raise Refused(
            f"data.{key}: {len(text)} characters, at most {MAX_TEXT_CHARS} are read; shorten it"
        )
    try:
        ad = AdIn(text=text)
    except ValidationError:
        raise Refused(f"data.{key}: not Unicode") from None
    if is_blank(ad.ad()):
        raise Refused(f"data.{key}: nothing to read")
    return Shown(ad, text, {"text": 0}, named)


def same_words(text: str, given: object) -> bool:
    """Whether a region's own copy of its words is what stands there, white space aside."""
    return not isinstance(given, str) or squeezed(text) == squeezed(given.replace("\\n", "\n"))


def squeezed(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def chunked(ads: Iterable[Shown], most: int, chars: int) -> Iterator[list[Shown]]:
    """Ads that are scored together: at most ``most``, and ``chars`` characters, but for a single
    one that has more."""
    batch: list[Shown] = []
    size = 0
    for one in ads:
        length = len(one.text) + 1
        if batch and (len(batch) == most or size + length > chars):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch
