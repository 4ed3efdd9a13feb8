"""``python -m tests.fuzz linear``: hostile repetitions at a quarter of the longest text and at the
whole of it. Four times the characters may take about four times as long."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from statistics import median

from tqdm import tqdm

from models import bundle
from models.ad import MAX_TEXT_CHARS, Ad
from models.evasion import evasions
from models.renderer import Renderer
from models.rendering import is_blank, render
from service.api.schemas import AdIn
from service.entities import find
from service.entities.hints import hints
from service.indicators import pick
from service.integrations.html_text import html_text
from service.integrations.label_studio.controls import ConfigError
from service.integrations.label_studio.controls import read as read_config
from service.integrations.label_studio.tasks import squeezed
from service.language import detect
from service.lines import read_line
from service.pages.marking import Mark, pieces
from service.platforms.matrix_words import quoted
from service.reading import read
from service.review.subject import given_along

SHORT, LONG = MAX_TEXT_CHARS // 4, MAX_TEXT_CHARS
XML_LONG = 2**18
RATIO = 12.0
"""Above which a time is not linear: twice what four times the work takes, and then some, since
machines are busy. Quadratic work has 16."""

LEAST_S = 0.004
"""A longest text that takes less is passed over: its ratio is chance."""

UNITS = (
    "a", "я", "中", "ก", "ي", "1", "1.", "1,", "1 ", "1-", "0", "+1", "+", "(", "()", "[](",
    "((((1", "@", "a@", "a@a.", "a.a", ".a", ".", "..1", "-", "_", "a_", "/", "//", "http://",
    "http://a.", "https://a/?", "www.", "www.a", "t.me/", "t . me / ", "wa.me/1", "hxxp", "[.]",
    "m.me/",
    "[dot]", " dot ", " at ", " (at) ", "a at a dot ", "example.com ", "a.b.c.d.", "aA", "aа",
    "оo0", "0о", "1O", "O1", "a ", "a.b ", "f r e e ", "a-", "a|b|", "A", "AB ", "aa ", "aaaa",
    "\u200b", "a\u200b", "\u200d", "я\u200d", "\u3164", "a\u3164", "\u202e", "\u202ea",
    "\u202ea\u202c", "\u202d\u202ea", "\u2066\u202ea", "\u202e\n", "\u0301", "a\u0301",
    "\u0316\u0301", "\u0f73", "\u1161", "\u11a8", "가", "ㅏ", "ｶﾞ", "\ufdfa", "\ufe0f", "\U000e0041",
    "\U0001f1e6", "\U0001f1e6 ", "\U0001f1e6\U0001f1e7 ", "🅰", "ᴀ", "ᴀᴩ", "⒜",
    "⒫\u200b", "p⒫p ", "⒫ ", "\U0001f1e6\u200b", "a\u0332", "\u0332", "2O3 ",
    "w—", "[w]", "a 0 ", "a丶", "高、", "a  ", "&amp;", "&#97;", "a<b>", "a**", "a**b**", "Ⓜ", "ẉ",
    "a\u0353", "w\u0e31", "ẹ\u0301",
    "𝗮", "①", "ﬃ", "İ", "\u20dd", "\u0640", "ا\u0640",
    "\ud800", "\0", "\n", "\n\n", " ", "\t ", "\u2003", "<", "<a", "<a ", "<a \"", "<a '\"",
    "<a href=", "<a href='x' >",
    "</a", "<!--", "<!", "<?", "<b>", "<b></b>", "<script>", "<script", "&", "&a", "&amp;", "&#1",
    "&#x", "1HZ", "3aB9cD8eF7gH6jK5mN4pQ3rS2tU1vW9xYz", "bc1q", "0x", "0xa", "0x0 ", "T9 ", "T",
    "EQ", "r", "L", "USD", "USD 1", "$", "$1", "1$", "1 USD ", "1-2 ", "1-", "1 - 2 - ", "1万",
    "万", "5k", "1.000.", "1 000 ", "from 1 to ", "1/2", "1%", "per day ", "a day ", "5 USD/day ",
    "salary ", "salary 1 ", "phone ", "phone 1", "tel:", "tel 2", "whatsapp ", "whatsapp: ",
    "telegram @", "line id ", "line: a ", "id: ", "@a ", "@aaaaa", "#", "#a", "sol ", "1a", "a1",
    "1a2b", "٣", "٣٣ ", "２", "⓿", "❶", "+12025550147", "+12025550147 ", "2025550147",
    "202 555 0147 ", "202-555-0147/", "0 2 0 ", "1" * 16, "(202)", "00", "0 ", "\\", "\\n", "'",
    '"', "`", "*", "~", "=", "{", "}", ":", ";", ",", "!", "?", "? ", "。", "、", "·", "•", "一",
    "点", "點", "a点a", "|", "̶a", "а́", "é", "ß", "ﬁ", "🛫", "👩\u200d🔧", "\ufeff",
    "h t t p : / / ", "a" * 63 + ".", "x" * 30 + "@", "work from home ", "高薪招聘 ", "> ", ">\n",
    "%", "%41",
)  # fmt: skip
"""What is repeated."""

ENDS = ("", "!", "a", "1", "\n", ">", " USD", "@a.com")
"""What may end a repetition that fits until its end."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One repetition through one part."""

    part: str
    what: str
    seconds: float
    """For the longest."""

    ratio: float


@cache
def served() -> Renderer:
    """That of the bundle which ships."""
    return Renderer.of(bundle.load(bundle.champion()))


def whole_reading(text: str) -> object:
    """What is read of an ad beside the model."""
    ad = Ad(text, language="en")
    return read(ad, served()(ad))


def kept(text: str) -> object:
    """For reviewers."""
    return given_along(AdIn(text=text), served()) if "\ud800" not in text else None


def line(text: str) -> object:
    """Of a stream."""
    return read_line(1, '{"text": "' + text.replace('"', "'"))


def marked(text: str) -> object:
    """In a page."""
    return pieces(text, [Mark(i, i + 9, i % 7) for i in range(0, len(text), 20)])


def configured(text: str) -> object:
    """Of Label Studio."""
    try:
        return read_config(text)
    except ConfigError:
        return None


PARTS: dict[str, Callable[[str], object]] = {
    "render": lambda text: render(Ad(text)),
    "split words": lambda text: served()(Ad(text)),
    "disguises": evasions,
    "blank": lambda text: is_blank(Ad(text)),
    "language": detect,
    "entities": lambda text: find(render(Ad(text)), Ad(text)),
    "hints": lambda text: hints(text, None, None),
    "reading": whole_reading,
    "kept": kept,
    "html": html_text,
    "marking": marked,
    "line": line,
    "quoted": quoted,
    "languages of a header": pick,
    "words": squeezed,
}

XML = (
    "<!--", "<?a <!--", "<a>", "<a/>", "&amp;", "<![CDATA[", '<Text name="t{i}" value="$a"/>',
    '<Choices name="c{i}" toName="t{i}"><Choice value="lure"/></Choices>',
    '<Text name="t{i}" value="$a"/><Choices name="c{i}" toName="t{i}"/>',
    '<Choices name="c" toName="t,t,t,t">', '<Choice value="lure"/>', 'a="b" ',
)  # fmt: skip


def timed(part: Callable[[str], object], text: str) -> float:
    """Of processor time: the median of three, the first if it is short."""
    found: list[float] = []
    while len(found) < 3 and not (found and found[0] < LEAST_S / 4):
        began = time.thread_time()
        part(text)
        found.append(time.thread_time() - began)
    return median(found)


def compared(name: str, what: str, part: Callable[[str], object], short: str, long: str) -> Timed:
    """Both, measured again where they seem to differ too much: a machine has its moments."""
    best = Timed(name, what, 0.0, float("inf"))
    for _ in range(3):
        seconds = timed(part, long)
        if seconds < LEAST_S:
            return Timed(name, what, seconds, 0.0)
        found = Timed(name, what, seconds, seconds / max(timed(part, short), LEAST_S / 16))
        best = min(best, found, key=lambda one: one.ratio)
        if best.ratio < RATIO / 2:
            break
    return best


def all_timed(ends: bool = False) -> Iterator[Timed]:
    """Every part over every repetition."""
    for unit in UNITS:
        for end in ENDS if ends else ("", "!"):
            room = len(end)
            short, long = (unit * ((size - room) // len(unit)) for size in (SHORT, LONG))
            for name, part in PARTS.items():
                yield compared(name, repr(unit + "…" + end), part, short + end, long + end)
    for unit in XML:
        short, long = (xml(unit, size) for size in (XML_LONG // 4, XML_LONG))
        yield compared("labelling configuration", repr(unit + "…"), configured, short, long)


def xml(unit: str, size: int) -> str:
    """A configuration of so many characters."""
    many = (unit.replace("{i}", str(i)) for i in range(size // len(unit)))
    inside = "".join(many)
    return f"<View {inside}/>" if unit.startswith("a=") else f"<View>{inside}</View>"


def run(ends: bool) -> list[Timed]:
    """All, the worst ratio first."""
    total = len(UNITS) * (len(ENDS) if ends else 2) * len(PARTS) + len(XML)
    found = [*tqdm(all_timed(ends), total=total, unit=" times")]
    return sorted(found, key=lambda one: -one.ratio)


def table(found: list[Timed]) -> str:
    """The worst of each part."""
    worst: dict[str, Timed] = {}
    slowest: dict[str, Timed] = {}
    for one in found:
        worst.setdefault(one.part, one)
        if one.seconds > slowest.setdefault(one.part, one).seconds:
            slowest[one.part] = one
    lines = [
        "| part | worst ratio | of | slowest, ms | of |", "| --- | --- | --- | --- | --- |",
        *(
            f"| {name} | {one.ratio:.1f} | `{one.what}` | {slowest[name].seconds * 1e3:.0f} "
            f"| `{slowest[name].what}` |"
            for name, one in worst.items()
        ),
    ]  # fmt: skip
    return "\n".join(lines)
