"""The words of an ad as they are kept: contacts redacted, every span moved along.

Only what was read is kept. A turn beyond the last twenty is empty, in its place, so that
``thread/3`` means the same turn as in the ad that was received.
"""

from dataclasses import dataclass
from typing import Any

from models.ad import Ad
from models.rendering import Located, render
from service.api.schemas import AdIn, Span
from service.reading import Reading
from service.redaction import Cut, cuts_of, moved, redact

Content = dict[str, Any]
"""``title``, ``text`` and ``thread``, a list of ``text`` and ``role``, as :class:`AdIn` has
them."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """An ad without contacts, and how it got so."""

    content: Content
    cuts: dict[str, list[Cut]]
    lengths: dict[str, int]
    """Code points of each field as it was received; 0 where it was not read."""

    def moved(self, value: Any) -> Any:
        """The same JSON, every span in it moved from the ad as received to the redacted one."""
        if isinstance(value, dict):
            if set(value) == set(Span.model_fields):
                place = Located(value["field"], value["start"], value["end"])
                other = moved(place, self.cuts.get(place.field, []))
                return {"field": other.field, "start": other.start, "end": other.end}
            return {key: self.moved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.moved(item) for item in value]
        return value


def redacted(given: AdIn, reading: Reading) -> Redacted:
    """What may be kept of an ad."""
    entities = (*reading.entities, *reading.hidden)
    received = {"title": given.title, "text": given.text}
    received |= {f"thread/{i}": turn.text for i, turn in enumerate(given.thread)}
    cuts = {field: cuts_of(entities, field) for field in received}
    kept = {
        field: redact(words, cuts[field]) if field in reading.fields else ""
        for field, words in received.items()
    }
    thread = [
        {"text": kept[f"thread/{i}"], "role": turn.role} for i, turn in enumerate(given.thread)
    ]
    content = {"title": kept["title"], "text": kept["text"], "thread": thread}
    lengths = {f: len(words) if f in reading.fields else 0 for f, words in received.items()}
    return Redacted(content, cuts, lengths)


def fields_of(content: Content) -> dict[str, str]:
    """The words by field: what a span's positions count in."""
    turns = {f"thread/{i}": turn["text"] for i, turn in enumerate(content["thread"])}
    return {"title": content["title"], "text": content["text"], **turns}


def as_read(content: Content) -> tuple[str, dict[str, int]]:
    """One text, as the model reads it and the corpus has it: title, turns and text, one under the
    other. With it, where each field begins."""
    fields = fields_of(content)
    turns = (fields[f"thread/{i}"] for i in range(len(content["thread"])))
    ad = Ad(fields["text"], fields["title"], tuple(turns))
    lines, starts = [], {}
    offset = 0
    for part in render(ad, 1).parts:  # which fields there is room for is the same in each version
        words = fields[part.field]
        if words:
            lines.append(words)
            starts[part.field] = offset
            offset += len(words) + 1  # the line break
    return "\n".join(lines), starts


def lengths_of(content: Content | None) -> dict[str, int]:
    """Code points of each field."""
    return {} if content is None else {f: len(words) for f, words in fields_of(content).items()}
