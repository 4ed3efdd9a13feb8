"""Leetspeak: digits and signs for letters inside words, read as letters.

Digits stand in words for other reasons too. Arabic, Urdu and Bengali in Latin letters write sounds
with 2, 3 and 5 to 9; chats write "gr8" and "b4"; there are sums, codes, handles and addresses. So
a *text* has to be in leetspeak before its doubtful words are read: two of its words at least must
hold, between letters, what nobody puts there (0, 1, @, $, €), and half as many as those with other
digits. A number between letters, of two digits and more, is no such sign ("start10am"). Before that
a word is read only where it is sure by itself: 0 or 1 inside it, as since rendering 2, or a sign of
money or an @ between letters ("ca$h", "p@y"), if it is no sum, time or address ("S$10hr",
"open@9am", "rahul1@ybl").

The table is the customary one (4 for a, 3 for e, ...). That of the attack "leetspeak" in
:mod:`evaluation.robustness.letters` was in view when this was written, and is contained in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.alphabets import CYRILLIC, GREEK_CYRILLIC, LATIN

LATIN_SIGNS = {
    "0": "o", "2": "z", "3": "e", "4": "a", "5": "s", "6": "b", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "€": "e", "!": "i", "|": "l",
}  # fmt: skip
"""And 1, which is i or l: see :func:`_i_or_l`."""

CYRILLIC_SIGNS = {
    "0": "о", "3": "з", "4": "ч", "6": "б", "7": "т", "8": "в", "@": "а", "€": "е", "$": "с",
}  # fmt: skip

MIN_WORDS = 2
"""Surely disguised words from which a text is in leetspeak."""

BEYOND_DOUBT = 6
"""Surely disguised words from which only sums, quantities, handles and codes in capitals are left
in a text; fewer do where they are a third of its words."""

SHORTEST_KEY = 8
"""Characters from which capitals after small letters make a key of a word with digits."""

MAX_WORD = 24
"""Characters: longer runs of letters and digits are keys and addresses."""

SENTENCE = 3
"""Characters after an exclamation mark, and one more before it, from which it ends a sentence."""

_SIGNS = "0-9@$€!|"
_LATIN = LATIN.replace(
    "\u00c0-\u024f", "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
)  # without × and ÷
_LETTERS = _LATIN + GREEK_CYRILLIC
_LETTER = re.compile(f"[{_LETTERS}]")
_IS_CYRILLIC = re.compile(f"[{CYRILLIC}]")
_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(rf"(?<![\w#=])(?:(?<!\d[.,])|(?=[{_LETTERS}]))[{_LETTERS}{_SIGNS}]+(?![\w])")
_CONTACT = re.compile(
    r"://|^\W*www\.|@[\w-]{1,64}\.\w|^[\w.-]{0,64}/[\w-]{0,64}\?"
    r"|\w@(?:ybl|ibl|axl|apl|upi|paytm|ok(?:axis|sbi|icici|hdfcbank))\b"
    r"|[\w-]\.(?:com|org|net|me|io|ru|info|biz|co|app|link|shop|top|xyz|site|online|example|pro|work"
    r"|jobs|careers|agency|club|vip|live|store|website|space|page|tech|digital|world|today|click|cloud"
    r"|cc|tv|ws|tk|ly|gg|dev|ai|cn|vn|ph|ua|kz|uz|uk|eu|de|fr|pl|br|tr|asia|mobi|icu|fun|win)\b",
    re.IGNORECASE,
)
"""Links and addresses, those of payments in India too, which stay as they are."""

# Arabic, Urdu and Bengali in Latin letters write sounds with 2, 3, 5, 6, 7, 8 and 9: a Latin word
# is read as disguised by itself only where a 0 or a 1 stands inside it.
# Two letters on one side at least: "H1B" is a visa. "Rp1jt" and "USD1k" are sums.
_NO_SUM = "".join(f"(?<!{code}[01])" for code in ("Rp", "RP", "rp", "RM", "Rs", "USD", "IDR"))
DIGIT_INSIDE = re.compile(
    f"(?:(?<=[{LATIN}]{{2}})[01](?=[{LATIN}])|(?<=[{LATIN}])[01](?=[{LATIN}][{LATIN}0-9])){_NO_SUM}"
    f"|(?<=[{GREEK_CYRILLIC}])[0346](?=[{GREEK_CYRILLIC}])"
)
"""A digit inside a word that is one by itself."""

CURRENCIES = (
    "Rp|RP|rp|RM|Rs|KSh|Ksh|USh|TSh|USD|EUR|GBP|IDR|INR|PHP|MYR|THB|VND|AED|PKR|BDT|NPR|KES|NGN|BRL"
    "|MXN|LKR|TZS|UGX|GHS|ZAR|SAR|QAR|OMR|KWD|BHD|SGD|HKD|MMK|KHR|LAK|ETB|XAF|XOF|TRY|KZT|AUD|CAD"
)
"""Before a sum without a space, for a group of :mod:`re`."""

_QUICK = re.compile(f"[{_LETTERS}][0-9@$€|]+[{_LETTERS}]")
_INSIDE = re.compile(f"(?<=[{_LETTERS}])[{_SIGNS}]+(?=[{_LETTERS}])")
_LEADING_SIGNS = re.compile(f"[{_SIGNS}]*")
_SURE_SIGN = re.compile("[01@$€]")
_SURE_CYRILLIC = re.compile("[034678@]")
# Of two digits and more, the first no 0, and not 1 alone.
_NUMBER = re.compile(r"(?!11+$)[1-9]\d+")
_CODES = "Rp|Rs|RM|USD|EUR|GBP|IDR|INR|PHP|MYR|THB|VND|AED|PKR|BDT|NPR|KES|NGN|BRL|MXN|S"
_DOLLARS = "US|R|S|A|AU|C|CA|NZ|HK|NT|TW|SG|MX|MEX|J|Z|N|TT|RD"
_MONEY = re.compile(
    rf"(?:{_CODES})\d+\w{{0,3}}|(?:{_CODES}|LKR|TZS|UGX|GHS|ZAR|SAR|QAR|OMR|KWD)[1-9]\d+[^\W\d_]*"
    r"|[a-z]{0,3}[$€]\d[\d.,]*(?:k|m|mn|b|usd|cad|aud|eur|a|h|/?h|/?mo)?|[a-z]{0,3}[$€][sd]?|[a-z]{0,4}\d+[$€]"
    rf"|(?:{_DOLLARS})[$€]\d[\d.,]*[^\W\d_]*|[a-z]{{0,3}}[$€][1-9][\d.,]{{2,}}[^\W\d_]*"
    r"|[a-z]{2,}\d{2,}(?:p|php|k|usd|eur|rs|rb|tk|inr|jt|m|x|h|d)"
    r"|[a-z]{2,}[1-9]\d+(?:am|pm|hr|hrs|hours|days|kg|cm|km|yrs)",
    re.ASCII | re.IGNORECASE,
)
# "$5hourly" and "CTC@5LPA"; and in leetspeak "$4fe" and "auct@1on".
_SUM = re.compile(r"[a-zA-Z]{0,3}[$€]\d[\d.,]*[^\W\d_]*")
_AT_NUMBER = re.compile(r"[^\W\d_]{3,}@\d+[^\W\d_]{0,4}")
_AT_TIME = re.compile(r"[^\W\d_]{3,}@(?:\d+(?:am|pm|hr|hrs|k|lpa)|\d{2,})", re.IGNORECASE)
_HANDLE = re.compile(r"@[a-z]+[a-z\d]*", re.ASCII | re.IGNORECASE)
_LONG_HANDLE = re.compile(r"@[a-z][a-z\d]{4,}", re.ASCII | re.IGNORECASE)
# Spanish and Portuguese write both genders at once: "tod@s".
_BOTH_GENDERS = re.compile("[^\\W\\d_]+@s?")
_ADDRESS = re.compile(r"\w{2,}@[^\W\d_]{3,}")

_UNITS = (
    "k|m|mn|bn|b|h|hr|hrs|hour|hours|d|day|days|w|wk|wks|week|weeks|mo|month|months|y|yr|yrs|yo"
    "|year|years|min|mins|s|sec|am|pm|st|nd|rd|th|kg|g|gm|gr|mg|lb|lbs|km|m2|cm|mm|ml|l|gb|mb|tb"
    "|hp|kw|v|x|usd|eur|aed|inr|idr|myr|thb|php|pkr|rs|rb|rm|jt|tr|tl|mil|star|pax|bhk|br"
    "|peso|pesos|million|mio|cr|lac|lakh|e|er|a|o|c|f|i|de|en|u|jam|hari|bln|thn|th|saat|gün|ay|días|dias|h00|h30"
)
_QUANTITY = re.compile(rf"\d+(?:{_UNITS})|\d+x\d+\w{{0,2}}|\d+h\d+\w{{0,4}}", re.IGNORECASE)
_KEY = re.compile(r".*[a-z][\d@$€!|]*[A-Z]")  # "Zuo5UB", "Free40PHP"
_LEADING = re.compile(r"(?!0)\d+[^\W\d_]+|\d{2,}[^\W\d_]+")  # "4hours", "500watt"
_SIGNS_ALONE = re.compile(r"[\d!|$@]*\d[!|@][\d!|$@]+|[\d!|$@]*@\d[\d!|$@]*")  # "8@5!5", "1@$7"
# "covid19", "win32", and a lucky number in a name ("zhang88w").
_NUMBERED = re.compile(r"[^\W\d_]{3,}(?:\d{2,}|([2689])\1+[^\W\d_]?)")
_CAPITALS = re.compile(
    r"(?=.*\d)[A-Z0-9]{1,4}|[A-Z]{1,3}\d{2,}[A-Z]{0,3}"
    r"|(?:[A-Z]{1,3}\d{2,4}){2,}[A-Z]{0,3}\d?",  # "SG10B45", "C11H17NO3"
    re.ASCII,
)
_CODE = re.compile(
    rf"{_CAPITALS.pattern}|[A-Za-z]\d{{1,4}}[a-z]?|\d[A-Za-z]|[a-zA-Z]{{1,3}}\d", re.ASCII
)
# What means itself in any text, though a 0 or a 1 stands inside: sums and times, postcodes of
# London, visas, classes of licences, and what a laboratory measures.
_MEANS_ITSELF = re.compile(
    rf"(?:{CURRENCIES})[01](?:k|K|m|M|mn|jt|rb|tr|cr|lakh)"
    r"|[^\W\d_]+1(?:jt|juta|rb|ribu|tr)|(?:[Aa]t|[Bb]y|[Ff]rom|[Tt]o|[Tt]ill|[Uu]ntil)1(?:am|pm|AM|PM)"
    r"|EC1[AMNRVY]|WC1[ABEHNRVX]|SW1[AEHPVWXY]|SE1P|NW1W"
    r"|EB1[ABC]?s?|[HLOPE]1[AB]s|[CD]1[CD]?E|(?:Hb)?A1[cC]|IL1[AB]"
)
# "Hauptstr1b", "Zone1A".
_PLACE = re.compile(
    r"[^\W\d_]*(?:str|stra[sß]+e|weg|platz|gasse|allee|haus|hof|road"
    r"|street|lane|zone|zona|block|blk|unit|flat|apt|tower|gate|hall|lot|room|floor|level)[0-9]{1,3}[a-h]",
    re.IGNORECASE,
)
_CHAT = re.compile(r"[^\W\d_]+[28][^\W\d_]?|[24][^\W\d_]+", re.ASCII)  # "gr8", "m8s", "2moro"
_CYRILLIC_QUANTITY = re.compile(
    r"\d+-?(?:[а-я]{1,3}|час\w*|дн\w*|лет|год\w*|руб\w*|тыс\w*|мес\w*)"
    r"|(?:с|от|з|від|із)\d{1,2}(?:до|по)\d{1,2}\D{0,3}|(?:с|от|з|від|із)\d{1,2}(?:до|по)"
    r"|(?:от|до|на|с|за|по|через|около|від|із|з|понад)\d{1,2}"
    r"(?:лет|год[ау]?|годов|рок\w{1,2}|мес|месяц\w{0,2}|міс\w{0,5}|день|дн[яіей]{1,2}|недел\w{1,2}"
    r"|час|час[аоу]\w?|годин\w?|руб\w{0,5}|тыс\w{0,4}|тис\w{0,4}|смен\w?|человек\w?|чел|к|ч)",
    re.I,
)

_VOWELS = frozenset("aeiouyàáâãäåèéêëìíîïòóôõöùúûüýăơư034@")
_BEFORE_L = frozenset("bcfgkps568$")


def found_in(text: str) -> bool:
    """Whether a sign may stand for a letter: a quick look."""
    return bool(_QUICK.search(text))


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    text: str
    cyrillic: bool

    @property
    def letters(self) -> int:
        return len(_LETTER.findall(self.text))

    @property
    def sure(self) -> bool:
        """Whether it holds between its letters what nobody puts there."""
        inside = _INSIDE.findall(self.text)
        if not inside or self.letters < 2 or self.kept_always:
            return False
        if DIGIT_INSIDE.search(self.text):
            return not self._is_key
        if self.kept:
            return False
        leading = _LEADING_SIGNS.findall(self.text)[0]
        if _ADDRESS.fullmatch(self.text) or (
            not leading and len(inside) == 1 and _NUMBER.fullmatch(inside[0])
        ):
            return False
        sign = _SURE_CYRILLIC if self.cyrillic else _SURE_SIGN
        return any(map(sign.search, [leading[:1], *inside]))

    @property
    def sure_alone(self) -> bool:
        """Whether it is read in a text that is not in leetspeak too."""
        if self.kept_always and (self.cyrillic or self.text[0] == "@" or self.means_itself):
            return False
        if DIGIT_INSIDE.search(self.text):
            return not self._is_key
        inside = "".join(_INSIDE.findall(self.text))
        return self.sure and any(sign in inside for sign in ("@" if self.cyrillic else "$€@"))

    @property
    def _is_key(self) -> bool:
        return len(self.text) > SHORTEST_KEY and _KEY.match(self.text) is not None

    @property
    def is_place(self) -> bool:
        """Whether it is a street or a zone with a number and a letter."""
        return self.text[-2:-1].isdigit() and _PLACE.fullmatch(self.text) is not None

    @property
    def doubtful(self) -> bool:
        """Whether only such digits stand in it that romanised languages use."""
        return any(char in "2356789" for char in self.text) and not self.sure and not self.kept

    @property
    def kept(self) -> bool:
        """Whether it is a sum, a code, a quantity or chat shorthand."""
        if self.cyrillic:
            return bool(_CYRILLIC_QUANTITY.fullmatch(self.text))
        return (
            self.kept_always
            or _fits(self.text, _CHAT, _LEADING, _CODE, _HANDLE, _SUM, _AT_NUMBER)
            or not _LETTER.search(self.text)
            or bool(_KEY.match(self.text))
        )

    @property
    def kept_always(self) -> bool:
        """Whether it is a sum, a time or a quantity, or a handle."""
        if self.cyrillic:
            return bool(_CYRILLIC_QUANTITY.fullmatch(self.text))
        if not _LETTER.search(self.text):
            return not _SIGNS_ALONE.fullmatch(self.text)
        if _HANDLE.fullmatch(self.text):
            return self.text[1:].isalpha() or bool(_LONG_HANDLE.fullmatch(self.text))
        return self.means_itself or _fits(
            self.text, _MONEY, _AT_TIME, _BOTH_GENDERS, _QUANTITY, _NUMBERED
        )

    @property
    def means_itself(self) -> bool:
        """Whether it is a sum or a code that a reader takes for one even where it could be said."""
        return _MEANS_ITSELF.fullmatch(self.text) is not None

    def read(self, wide: bool) -> dict[int, str]:
        """Letters for its signs, by index in the text: all of them, or (not ``wide``) those that
        follow a letter, a number at the end left out."""
        capitals = self.letters > 1 and self.text.isupper()
        first, last = self._ends() if not wide else (0, len(self.text))
        found = {}
        for i in range(first, last):
            char = self.text[i]
            if self.cyrillic:
                letter = CYRILLIC_SIGNS.get(char)
            else:
                letter = _i_or_l(self.text, i) if char == "1" else LATIN_SIGNS.get(char)
            if letter:
                found[self.start + i] = letter.upper() if capitals else letter
        return found

    def _ends(self) -> tuple[int, int]:
        """Where its letters begin, and where a number after them does."""
        letters = [found.start() for found in _LETTER.finditer(self.text)]
        after = len(self.text) - letters[-1] - 1
        one_more = after == 1 and self.text[-1] in "01345$"
        return letters[0], letters[-1] + 1 + one_more


def _fits(word: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(word) for pattern in patterns)


def read(text: str, version: int) -> dict[int, str]:
    """Letters for the signs at these indices; since version 5 of the rendering, numbers of houses
    and zones stay."""
    words = [word for word in _words(text) if version < 5 or not word.is_place]
    sure = sum(word.sure for word in words)
    doubtful = sum(word.doubtful for word in words)
    leet = sure >= MIN_WORDS and 2 * sure >= doubtful
    many = sure >= BEYOND_DOUBT or (sure > MIN_WORDS and 3 * sure >= len(_CHUNK.findall(text)))
    beyond_doubt = leet and many and sure >= doubtful
    capitals = text.isupper()
    found: dict[int, str] = {}
    for word in words:
        kept = word.kept
        if kept and beyond_doubt:
            kept = word.kept_always or (not capitals and _fits(word.text, _CAPITALS))
        if word.sure_alone or (leet and not kept):
            found |= word.read(leet)
    return found


def _words(text: str) -> Iterator[_Word]:
    """Those that hold letters and signs; contacts left out."""
    for chunk in _CHUNK.finditer(text):
        inside = chunk.group()
        if inside.isalpha() or _CONTACT.search(inside):
            continue
        for found in _TOKEN.finditer(inside):
            start = chunk.start() + found.start()
            for at, token in _sentences(found.group()):
                if 0 < len(token) <= MAX_WORD and not token.isalpha() and not token.isdigit():
                    yield _Word(start + at, token, bool(_IS_CYRILLIC.search(token)))


def _sentences(token: str) -> Iterator[tuple[int, str]]:
    """What stands between exclamation marks that are none of a word's letters: those at its end,
    where small letters and capitals change, or between two pieces of some length."""
    pieces = token.split("!")
    begin = 0
    start = 0
    for i, piece in enumerate(pieces):
        start += len(piece) + 1
        after = pieces[i + 1] if i + 1 < len(pieces) else ""
        cut = (
            not after
            or (piece[-1:].islower() and after[0].isupper())
            or (piece[-1:].isupper() and after[0].islower())
            or (after.isdigit() and not _INSIDE.search(piece))
            or (len(piece) > SENTENCE and len(after) >= SENTENCE)
        )
        if cut:
            yield begin, token[begin : start - 1].rstrip("!")
            begin = start


def _i_or_l(word: str, at: int) -> str:
    """A 1 is an l beside another one, between vowels, before a vowel at the beginning or after a
    letter that l follows there ("c1ean"), after a vowel at the end, and after e or u before a
    consonant; the first of three is an i, and so are all others."""
    before, after = word[at - 1 : at].lower(), word[at + 1 : at + 2].lower()
    if "1" in (before, after):
        return "i" if after == "1" and word[at + 2 : at + 3] == "1" else "l"
    if after in _VOWELS:
        return "l" if not before or before in _VOWELS or before in _BEFORE_L else "i"
    if before in _VOWELS:
        return "l" if not after or before in "eu3" else "i"
    return "i"
