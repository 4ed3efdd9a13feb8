"""A page in one language: how its templates say sentences."""

from abc import ABC, abstractmethod
from functools import cache

from markupsafe import Markup, escape

from models.labels import Indicator
from service.help.wording import locale_of
from service.indicators import CATALOGUE, Text, Wording, citation, languages, wording
from service.indicators.languages import direction


@cache
def own_names() -> dict[str, str]:
    """Each language in itself. Worked out when the first page is shown: 19 MB of locales are read
    for it, which a process that shows none has no use for."""
    return {one: str(locale_of(one).get_display_name()) for one in languages()}


class Speaking(ABC):
    """What pages for people and pages for reviewers share."""

    language: str

    @abstractmethod
    def say(self, key: str) -> Text:
        """A sentence by its key."""

    @property
    def direction(self) -> str:
        """How the language is written."""
        return direction(self.language)

    @property
    def languages(self) -> dict[str, str]:
        """All, each in itself."""
        return own_names()

    def say_html(self, key: str, **put_in: object) -> Markup:
        """A sentence as an element, where it is in another language than the page; ``put_in``
        replaces what stands in braces."""
        found = self.say(key)
        words = found.text
        for name, value in put_in.items():
            words = words.replace(f"{{{name}}}", str(value))
        return self.html(Text(words, found.language, found.direction))

    def html(self, shown: Text) -> Markup:
        """A text, escaped, with its language and direction where they are not the page's."""
        if shown.language == self.language:
            return escape(shown.text)
        element = Markup('<span lang="{}" dir="{}">{}</span>')
        return element.format(shown.language, shown.direction, shown.text)

    def plain(self, key: str) -> str:
        """A sentence as a bare string, for attributes."""
        return self.say(key).text

    def sign(self, indicator: Indicator) -> Wording:
        """What an indicator means."""
        return wording(indicator, self.language)

    def source(self, indicator: Indicator) -> Text:
        """Where it is published."""
        return citation(CATALOGUE[indicator].source, self.language)
