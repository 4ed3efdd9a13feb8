"""E-mail addresses, written plainly or in disguise (``name (at) mail dot com``)."""

import re
from collections.abc import Iterator

from service.entities.domains import has_suffix
from service.entities.dots import AT, DOT, EVASIVE_AT, EVASIVE_DOT
from service.entities.entity import EntityType
from service.entities.patterns import LETTER, words
from service.entities.reading import Found, Reading

_LOCAL = r"(?<![\w.%+-])(?P<local>[A-Za-z0-9][\w.%+-]{0,63}+)"
_LABEL = r"[A-Za-z0-9-]++"
_ADDRESS = re.compile(
    rf"{_LOCAL}(?P<at>{AT})(?P<domain>{_LABEL}(?:{DOT}{_LABEL})++)", re.ASCII | re.IGNORECASE
)
_SCRIPTS = (
    r"A-Za-z\u00c0-\u024f\u1e00-\u1eff", r"\u0400-\u052f", r"\u0370-\u03ff\u1f00-\u1fff",
    r"\u0530-\u058f", r"\u10a0-\u10ff", r"\u0590-\u05ff", r"\u0600-\u06ff", r"\u0900-\u0dff",
)  # fmt: skip
_LOCALS = "|".join(
    rf"(?<![{letters}\d_.%+-])[{letters}\d_][{letters}\d_.%+-]{{0,63}}+" for letters in _SCRIPTS
)
"""Of one script each: a word in another may touch it (``邮箱anna@``)."""

_WORLD = re.compile(
    rf"(?P<local>{_LOCALS})@(?P<domain>(?:(?:{LETTER}|-)++\.)+(?:[A-Za-z]++|{LETTER}++))"
)
_WORLD_WORD = re.compile(rf"{LETTER}++")
_DOT = re.compile(DOT, re.IGNORECASE)
_EVASIVE_DOT = re.compile(EVASIVE_DOT, re.IGNORECASE)
_EVASIVE_AT = re.compile(EVASIVE_AT, re.IGNORECASE)
_CUE = re.compile(
    r"(?:mail|correo|почт\w*|пошт\w*|邮箱|邮件|郵箱|信箱|メール|메일|อีเมล|ईमेल|ইমেইল|ایمیل|بريد|إيميل|"
    r"ایمیل|e-posta|eposta|thư|barua pepe|ኢሜይል|cv|resume|send|write)[^@]{0,20}$"
)
_NOT_LOCAL = words("""at us me work here meet apply contact visit find follow see join hiring
    is are on and or from office located job team shop store home check hello a the open live
    now event""")
MAX_LABELS = 5


def find_emails(reading: Reading) -> Iterator[Found]:
    """Addresses whose domain ends in a public suffix."""
    text = reading.latin
    if "@" in text and not reading.text.isascii():
        yield from _of_the_world(reading)
    if "@" not in text and not _EVASIVE_AT.search(text):
        return
    for match in _ADDRESS.finditer(text):
        domain = _domain(match["domain"])
        if domain is None:
            continue
        host, length = domain
        disguised = bool(_EVASIVE_DOT.search(match["domain"][:length]))
        if not _meant(reading, match, disguised):
            continue
        value = f"{match['local'].rstrip('.-')}@{host}".lower()
        yield Found(EntityType.EMAIL, match.start(), match.start("domain") + length, value)


def _of_the_world(reading: Reading) -> Iterator[Found]:
    """Addresses with letters beyond ASCII (RFC 6531): ``вася@почта.рф``, ``info@müller.de``. Those
    that are ASCII but for look-alikes of its letters are not among them."""
    text = _WORLD_WORD.sub(lambda word: _folded(reading, word), reading.text)
    for match in _WORLD.finditer(text):
        domain = _domain(match["domain"])
        if domain is None or reading.latin[slice(*match.span())].isascii():
            continue
        host, length = domain
        value = f"{match['local'].rstrip('.-')}@{host}".lower()
        if not value.isascii():
            yield Found(EntityType.EMAIL, match.start(), match.start("domain") + length, value)


def _folded(reading: Reading, word: re.Match[str]) -> str:
    """A word of Latin letters and look-alikes in Latin letters, any other as it stands."""
    latin = reading.latin[slice(*word.span())]
    mixed = latin.isascii() and any(char.isascii() and char.isalpha() for char in word.group())
    return latin if mixed else word.group()


def _domain(written: str) -> tuple[str, int] | None:
    """Host with a public suffix at the beginning of ``written``, and its length as written.

    The next sentence may follow without a space, so labels are left off the end until it fits.
    """
    dots = list(_DOT.finditer(written))[:MAX_LABELS]
    ends = [*(dot.start() for dot in dots), len(written)][: MAX_LABELS + 1]
    for end in reversed(ends[1:]):
        host = _DOT.sub(".", written[:end]).lower()
        if has_suffix(host):
            return host, end
    return None


def _meant(reading: Reading, match: re.Match[str], disguised: bool) -> bool:
    """Whether an at sign, a word or a sign with spaces, is that of an address."""
    sign, local = match["at"], match["local"]
    if sign == "@":
        follows = reading.latin[match.end() : match.end() + 2]
        return not (local == "git" and follows.startswith(":")) and not follows.startswith("(")
    if sign.strip() == "@":
        telling = bool(re.search(r"[\d._-]", local)) or disguised
        cue = _CUE.search(reading.lower[max(0, match.start() - 30) : match.start()])
        if cue or telling:
            return True
        return sign == " @ " and local.lower() not in _NOT_LOCAL
    if sign.lower() == " at ":
        return disguised and local.lower() not in _NOT_LOCAL
    return True
