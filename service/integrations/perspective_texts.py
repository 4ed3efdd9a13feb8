"""The texts of a Perspective request as the model takes them, and back to places in the comment."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.ad import SCORED_TURNS
from service.api.schemas import AdIn, Turn
from service.errors import BatchTooLarge
from service.integrations.html_text import HtmlText, html_text
from service.integrations.perspective_shapes import Context, TextEntry
from service.integrations.utf16 import units
from service.language import Language
from service.language_tags import UNDETERMINED

MAX_COMMENT_BYTES = 20_480
"""What Perspective takes."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it was sent and as it is read."""

    sent: str
    html: HtmlText | None
    """Where it was sent as HTML."""

    @property
    def text(self) -> str:
        """As it is read."""
        return self.sent if self.html is None else self.html.text

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Code points of the text, as UTF-16 code units of the comment as sent."""
        if self.html is not None:
            start, end = self.html.source(start, end)
        return units(self.sent, start), units(self.sent, end)

    @property
    def whole(self) -> tuple[int, int]:
        """All of it, in UTF-16 code units."""
        return 0, units(self.sent, len(self.sent))


def read(
    entry: TextEntry, context: Context | None, languages: Sequence[str]
) -> tuple[Comment, AdIn]:
    """A comment, and all that is scored with it. Raises :class:`~service.errors.BatchTooLarge`."""
    comment = comment_of(entry)
    return comment, ad_of(comment, context, languages)


def comment_of(entry: TextEntry) -> Comment:
    """Raises :class:`~service.errors.BatchTooLarge`."""
    size = len(entry.text.encode())
    if size > MAX_COMMENT_BYTES:
        raise BatchTooLarge(size, MAX_COMMENT_BYTES, "bytes", "/comment/text")
    return Comment(entry.text, html_text(entry.text) if entry.type == "HTML" else None)


def ad_of(comment: Comment, context: Context | None, languages: Sequence[str]) -> AdIn:
    """As the model takes it. A hint of several languages is none."""
    return AdIn(
        text=comment.text,
        thread=tuple(Turn(text=text) for text in turns_of(context)),
        language=languages[0] if len(languages) == 1 else None,
    )


def turns_of(context: Context | None) -> list[str]:
    """What came before, oldest first: as much of it as is read."""
    if context is None:
        return []
    under = context.article_and_parent_comment
    entries = context.entries if under is None else (under.article, under.parent_comment)
    read = [entry for entry in entries if entry is not None][-SCORED_TURNS:]
    return [html_text(one.text).text if one.type == "HTML" else one.text for one in read]


def detected(language: Language) -> list[str]:
    """All languages of a text."""
    if language.mixed:
        return list(language.mixed)
    return [] if language.tag == UNDETERMINED else [language.tag]
