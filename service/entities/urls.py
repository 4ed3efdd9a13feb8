"""Links, and domains without a scheme where nothing else is likelier.

``end.Start`` without a space, ``report.pdf`` and ``Node.js`` look like domains too. A name with no
scheme, ``www`` or path therefore counts only under suffixes that people give by word of mouth, and
under those that are also words or file endings (``.in``, ``.md``) only with more to go by.
"""

import re
from collections.abc import Iterator

from service.entities.domains import is_address, registered_domain
from service.entities.dots import EVASIVE_DOT
from service.entities.entity import EntityType
from service.entities.patterns import LETTER, UNSPACED, words
from service.entities.reading import Found, Reading

_LABEL = "[A-Za-z0-9-]++"
_SIGN = r"[!#-;=?-~]"
_WORLD = rf"(?<![,;:!.()*'])(?![\x00-\x7f{UNSPACED}]){LETTER}"
_WORD = rf"(?<=[/?#=&_-])(?=[{UNSPACED}]){LETTER}++"
_PATH = rf"(?P<path>(?::\d{{2,5}})?(?:[/?#](?:{_SIGN}|{_WORLD}|{_WORD})*+)?)"
"""Letters of all scripts, but not those after a comma; where words need no spaces, only those that
begin a part of it: ``/招聘/1``, and not the text after ``/apply请看``."""

_SCHEME = r"(?P<scheme>(?:h(?:tt|xx)ps?|ftp)(?: ?:| ?\[:\]) ?/ ?/ ?)"
_ALONE = r"(?<![\w@.\-/\\\u00c0-\u024f\u0400-\u052f])"
_SENTENCE_BEGINS = r"(?!Com\b)[A-Z][a-z]"
_FULL = re.compile(
    rf"{_SCHEME}(?P<host>{_LABEL}(?:(?:\.|{EVASIVE_DOT}){_LABEL})*+(?![\u00c0-\u052f])"
    rf"|[\w-]++(?:\.[\w-]++)*+){_PATH}",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"{_ALONE}(?P<host>{_LABEL}(?:\.(?!{_SENTENCE_BEGINS}){_LABEL})++){_PATH}", re.ASCII
)
_CYRILLIC = re.compile(
    rf"{_ALONE}(?P<host>(?:[а-яёіїєґ0-9-]++\.)++"
    r"(?:рф|рус|укр|бел|срб|қаз|онлайн|сайт|москва|орг|ком)(?!\w))" + _PATH,
    re.IGNORECASE,
)
_DISGUISED = re.compile(
    rf"{_ALONE}(?P<host>{_LABEL}(?:\.{_LABEL})*+(?:{EVASIVE_DOT}{_LABEL}(?:\.{_LABEL})*+)++){_PATH}",
    re.ASCII | re.IGNORECASE,
)
_EVASIVE_DOT = re.compile(EVASIVE_DOT, re.IGNORECASE)

COMMON = words("com net org info biz io co app dev xyz vip icu cc tv ai cyou asia mobi edu gov int")
"""Suffixes of more than two letters, or used beyond their country, that stand without a path."""

WORDS = words("""in is it me my no so to at be by do am as la se si ma us id im pm st ni va mu
    pa ad an ba bi ga gy ha je ki ku li mi na ne nu om re su ta te tu ve vi vu ya ye top site
    shop pro link live click today fun space world group life work online store club website
    tech agency jobs email""")
"""Suffixes that are also a word somewhere."""

FILES = words("md py sh rs zip mov ps so")
"""Suffixes that are file endings."""

SPOKEN = words("com net org info biz ru cn co io me xyz top site online club app vip")
"""Suffixes believed after a dot in disguise."""

SPACED = words("com net org ru cn info io")
"""After a dot that has only a space before it: ``a .xyz address`` is talked about, not given."""

_NOT_HOSTS = frozenset(("asp.net", "vb.net", "ado.net", "paint.net", "co.co.co"))
_PACKAGES = frozenset(("com", "org", "net", "java", "javax"))
_PLACES = frozenset(("of", "the", "a", "and", "or", "is", "to", "in"))
_CODE = re.compile(r"[(_\u00c0-\u052f]")
_CUE = re.compile(
    r"(?:visit|web|site|link|url|сайте?|ссылк\w{0,4}|网址|网站|官网|網站|サイト|사이트|เว็บ|เว็บไซต์|वेबसाइट|"
    r"ওয়েবসাইট|سائٹ|موقع|الموقع|sitio|página|lien|situs|trang)[\s:\-]{0,4}$"
)
_SENTENCE = ".,:;!?'*_~"


def find_urls(reading: Reading) -> Iterator[Found]:
    """Links in order of trust: with a scheme, plain, Cyrillic, in disguise."""
    text = reading.latin
    if ":" in text:
        yield from _full(reading)
    for match in _PLAIN.finditer(text) if "." in text else ():
        if not reading.taken(*match.span()) and _likely(reading, match):
            yield from _found(match, match["host"], path=_path(reading, match))
    for match in _CYRILLIC.finditer(reading.text) if not text.isascii() else ():
        yield from _found(match, match["host"])
    if _EVASIVE_DOT.search(text):
        yield from _disguised(reading)


def _full(reading: Reading) -> Iterator[Found]:
    for match in _FULL.finditer(reading.text):
        host = match["host"]
        folded = reading.latin[match.start("host") : match.end("host")]
        host = folded if folded.isascii() else host
        yield from _found(match, _EVASIVE_DOT.sub(".", host), match["scheme"])


def _disguised(reading: Reading) -> Iterator[Found]:
    for match in _DISGUISED.finditer(reading.latin):
        host = _EVASIVE_DOT.sub(".", match["host"])
        labels = host.lower().split(".")
        suffixes = SPACED if " ." in match["host"] else SPOKEN
        if labels[-1] in suffixes and labels[-2] not in _PLACES and len(labels[-2]) > 1:
            yield from _found(match, host, path=_path(reading, match))


def _path(reading: Reading, match: re.Match[str]) -> str:
    """The path of a link found in the Latin form of a text, as typed if it is not all Latin."""
    path: str = match["path"]
    return path if path.isascii() else reading.text[slice(*match.span("path"))]


def _found(
    match: re.Match[str], host: str, scheme: str = "", path: str | None = None
) -> Iterator[Found]:
    """The link, if a public suffix ends it or it is a whole link to an address."""
    host = host.lower()
    domain = registered_domain(host)
    if domain is None and not (scheme and is_address(host)):
        return
    path = _trimmed(match["path"] if path is None else path)
    address = host + path
    if scheme:
        address = f"{'https' if 's' in scheme.lower() else 'http'}://{address}"
    end = match.end("host") + len(path)
    yield Found(EntityType.URL, match.start(), end, address, domain=domain)


def _trimmed(path: str) -> str:
    """Without what belongs to the sentence: last punctuation, and a bracket opened before."""
    while path and (path[-1] in _SENTENCE or (path[-1] == ")" and "(" not in path)):
        path = path[:-1]
    return path


def _likely(reading: Reading, match: re.Match[str]) -> bool:
    """Whether a name with a dot is meant as a domain."""
    host, path = match["host"], _trimmed(match["path"])
    labels = host.lower().split(".")
    name, suffix = labels[-2], labels[-1]
    typed = reading.text[match.start() : match.end("host")]
    if _CODE.match(reading.text, match.end()) or labels[0] in _PACKAGES:
        return False
    if host.lower() in _NOT_HOSTS or not any(c.isascii() and c.isalpha() for c in typed):
        return False
    if labels[0] == "www" and len(labels) > 2:
        return True
    if len(name) < 2 or not (re.search("[a-z]", name) or suffix in ("com", "net", "cn")):
        return False
    if not host.endswith(suffix) and suffix != "com" and not (host.isupper() and suffix in COMMON):
        return False  # a new sentence: "END.START"
    if len(path) > 1:
        return True
    if suffix in FILES:
        return False
    if suffix not in WORDS:
        return len(suffix) == 2 or suffix in COMMON
    before = reading.lower[max(0, match.start() - 24) : match.start()]
    return bool(
        re.search(r"[\d-]", name) or (len(labels) > 2 and len(name) > 2) or _CUE.search(before)
    )
