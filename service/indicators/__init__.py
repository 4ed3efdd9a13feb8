"""What the indicators mean, where they are published, and how to say so in twenty languages.

>>> from models.labels import Indicator
>>> from service.indicators import pick, wording
>>> wording(Indicator.UPFRONT_FEE, pick("xx, en;q=0.5")).name
'Fee before work'
"""

from service.indicators.catalogue import CATALOGUE, Entry
from service.indicators.languages import FALLBACK, languages, pick
from service.indicators.sources import Source
from service.indicators.wording import Text, Wording, citation, isolate, text, wording

__all__ = [
    "CATALOGUE",
    "FALLBACK",
    "Entry",
    "Source",
    "Text",
    "Wording",
    "citation",
    "isolate",
    "languages",
    "pick",
    "text",
    "wording",
]
