"""Who can help in a country, where to check an agency, and what the rules on fees, contracts and
passports say: published facts with their sources and dates, nothing else.

>>> from datetime import date
>>> from service.help import load
>>> load().help_for("VN", "en", date(2026, 1, 1)).hotlines[0].numbers
('111',)
"""

from service.help.book import HelpBook
from service.help.load import load
from service.help.shapes import Hotline, Portal, Principle, Rule, Source
from service.help.shown import Cited, Help, Rights, ShownHotline, ShownPortal, ShownRule
from service.help.wording import country_name, text

__all__ = [
    "Cited",
    "Help",
    "HelpBook",
    "Hotline",
    "Portal",
    "Principle",
    "Rights",
    "Rule",
    "ShownHotline",
    "ShownPortal",
    "ShownRule",
    "Source",
    "country_name",
    "load",
    "text",
]
