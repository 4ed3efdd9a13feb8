"""All entries in force, and the questions that a page asks of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self, get_args

from service.help.shapes import (
    Entry,
    HelpFile,
    Hotline,
    HotlineKind,
    Portal,
    PortalKind,
    Principle,
    Rule,
    Topic,
)
from service.help.shown import Help, Rights, ShownRule, shown_hotline, shown_portal, shown_rule
from service.help.wording import country_name, text


@dataclass(frozen=True, slots=True)
class HelpBook:
    """Entries by kind, each in the order of a page."""

    offered: tuple[str, ...]
    hotlines: tuple[Hotline, ...]
    portals: tuple[Portal, ...]
    principles: tuple[Principle, ...]
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, *files: HelpFile) -> Self:
        """The entries of several files; a later one replaces an earlier one with the same id."""
        entries: dict[str, Entry] = {}
        for file in files:
            for gone in file.remove:
                entries.pop(gone, None)
            for entry in file.entries:
                entries[entry.id] = entry
        hotlines = [one for one in entries.values() if isinstance(one, Hotline)]
        portals = [one for one in entries.values() if isinstance(one, Portal)]
        principles = [one for one in entries.values() if isinstance(one, Principle)]
        rules = [one for one in entries.values() if isinstance(one, Rule)]
        hotlines.sort(key=lambda one: get_args(HotlineKind).index(one.kind))
        portals.sort(key=lambda one: get_args(PortalKind).index(one.kind))
        principles.sort(key=lambda one: get_args(Topic).index(one.topic))
        rules.sort(key=lambda one: get_args(Topic).index(one.topic))
        named = {code for file in files for code in file.countries}
        held = {
            *(one.country for one in hotlines),
            *(one.country for one in portals),
            *(one.country for one in rules),
        }
        return cls(
            tuple(sorted(named | held)), tuple(hotlines), tuple(portals), tuple(principles),
            tuple(rules),
        )  # fmt: skip

    def countries(self) -> tuple[str, ...]:
        """Codes of all countries that a page offers, those without an entry too."""
        return self.offered

    def without_help(self) -> tuple[str, ...]:
        """Codes of the countries for which neither a help line nor a portal is known."""
        held = {*(one.country for one in self.hotlines), *(one.country for one in self.portals)}
        return tuple(code for code in self.offered if code not in held)

    def help_for(self, country: str, language: str, today: date) -> Help:
        """Who can help in a country.

        Raises:
            KeyError: ``country`` is none of ``countries()``, or ``language`` none of ours.
        """
        self._known(country)
        hotlines = tuple(
            shown_hotline(one, language, today) for one in self.hotlines if one.country == country
        )
        portals = tuple(
            shown_portal(one, language, today) for one in self.portals if one.country == country
        )
        return Help(
            country, country_name(country, language), hotlines, portals,
            None if hotlines or portals else text("general.empty", language),
            text("general.caution", language),
        )  # fmt: skip

    def rights_for(
        self, origin: str | None, destination: str | None, language: str, today: date
    ) -> Rights:
        """What standards say to everyone, and what the laws of the two countries say.

        Raises:
            KeyError: as for ``help_for``.
        """
        for country in (origin, destination):
            if country is not None:
                self._known(country)
        leaving = [r for r in self.rules if r.side == "origin" and r.country == origin]
        coming = [r for r in self.rules if r.side == "destination" and r.country == destination]
        corridor = [
            *(r for r in leaving if destination in r.partners),
            *(r for r in coming if origin in r.partners),
        ]
        general = [[r for r in side if not r.partners] for side in (leaving, coming)]
        found = bool(corridor or general[0] or general[1])
        asked = origin is not None or destination is not None

        def shown(rules: Iterable[Principle | Rule]) -> tuple[ShownRule, ...]:
            return tuple(shown_rule(one, language, today) for one in rules)

        return Rights(
            shown(self.principles), shown(general[0]), shown(general[1]), shown(corridor),
            text("general.no_rules", language) if asked and not found else None,
            text("general.not_legal_advice", language),
        )  # fmt: skip

    def entries(self) -> tuple[Entry, ...]:
        """All of them."""
        return (*self.hotlines, *self.portals, *self.principles, *self.rules)

    def stale(self, today: date) -> tuple[Entry, ...]:
        """Those that are old on a day."""
        return tuple(one for one in self.entries() if one.state(today) == "stale")

    def _known(self, country: str) -> None:
        if country not in self.offered:
            raise KeyError(country)
