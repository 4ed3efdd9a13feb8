"""Single letters that are no word although they stand in a row: points of a list, days, people,
sizes, boxes to tick, initials, and the short words of some languages.

What :mod:`models.apart` knows of these since version 4 of the rendering, its runs of letters tell.
"""

from itertools import pairwise

from models.apart import INDIC

COUNTED = 3
"""Places in the alphabet below which letters in order are points of a list ("1 a 2 b")."""

INITIALS = frozenset(("asap", "paye", "rsvp", "gmbh", "sarl", "sasu", "eurl", "asbl", "gbr", "aka"))
"""In small letters; of four letters and more they look like words set apart."""

# Letters of the English alphabet, by their names in Hindi.
NAMED = frozenset(
    ("ए", "बी", "सी", "डी", "ई", "जी", "जे", "के", "ओ", "पी", "टी", "यू", "वी"),
)
# Hindi words of one letter and a sign, or of one letter.
_HINDI = frozenset((
    "या", "तो", "ये", "वे", "वो", "लो", "दो", "जो", "भी", "ही", "है", "हैं", "हूँ", "हूं", "हो", "था", "थे",
    "थी", "का", "के", "की", "को", "से", "में", "मैं", "ने", "ना", "न", "व", "जा", "ले", "दे", "आ", "ओ", "जी",
    "सो",
))  # fmt: skip
_CONJUNCTIONS = frozenset("eyouaiеиіаюй")

# What Chinese and Japanese lists name by one letter each: people, directions, seasons, colours,
# meals, numbers, times of the day, subjects.
_LISTED = frozenset(
    "男女老少东西南北東春夏秋冬衣食住行上下左右甲乙丙丁戊金木水火土酸甜苦辣咸日月年大中小早午晚红黄蓝白黑绿"
    "一二三四五六七八九十周吃喝玩乐切炒煎炸烤蒸煮车铣刨磨钳焊铆钣琴棋书画听说读写"
    "朝昼晝夜晩深幼国國英数數理社語史"
    "京津沪渝冀豫云辽湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼港澳台"
)
_KOREAN = (
    "월화수목금토일" * 2,
    "초중고대",
    "상하좌우",
    "동서남북",
    "국영수과사",
    "주야비휴",
    "주야휴",
)
"""Days, schools, sides, directions, subjects and shifts that Korean names by one letter each."""

# The orders of points that are not those of code points, or not near to each other there: Arabic,
# Japanese by the old poem, Korean.
_ORDERS = (
    "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ", "いろはにほへとちりぬるを", "イロハニホヘトチリヌルヲ",
    "가나다라마바사아자차카타파하",
)  # fmt: skip
_ALEFS = str.maketrans("أإآ", "ااا")

_AGAIN = frozenset("\u0e46\u0ec6\u17d7")
"""Signs of Thai, Lao and Khmer that stand alone."""

_NUMERALS = frozenset("ivxIVX")
_TICKED = frozenset("xvonyXVONY")
"""Letters put into boxes: crosses, ticks, rings, yes and no."""

_NOTES = frozenset("ABCDEFGH")
"""Notes and chords, marks at school, classes of licences."""


def count_up(letters: str) -> bool:
    """Whether each is one of the next in its alphabet, as points of a list are and few words."""
    pairs = pairwise(letters.lower())
    return all(0 < ord(b) - ord(a) < COUNTED for a, b in pairs)


def in_an_order(letters: str) -> bool:
    """Whether they are a piece of an alphabet in an order of its own, numerals, or one over."""
    plain = letters.translate(_ALEFS)
    return (
        any(plain in order for order in _ORDERS)
        or _NUMERALS.issuperset(letters)
        or len(set(letters)) == 1
    )


def are_ticks(letters: str) -> bool:
    """Whether they tick boxes."""
    return _TICKED.issuperset(letters)


def are_notes(letters: str) -> bool:
    """Whether they are notes, or marks at school."""
    return _NOTES.issuperset(letters)


def are_korean(letters: str) -> bool:
    """Whether Korean lists name things by these."""
    return any(letters in one for one in _KOREAN)


def are_chinese(letters: str) -> bool:
    """Whether Chinese lists name things by most of these."""
    return 2 * sum(letter in _LISTED for letter in letters) > len(letters)


def are_repeated(letters: str) -> bool:
    """Whether a sign for "the word before, again" stands among them."""
    return not _AGAIN.isdisjoint(letters)


def have_conjunctions(letters: str) -> bool:
    """Whether small letters that are words stand between capitals ("A e B")."""
    small = {letter for letter in letters if letter.islower()}
    return bool(small) and small <= _CONJUNCTIONS and any(map(str.isupper, letters[1:]))


def are_short_words(syllables: tuple[str, ...]) -> bool:
    """Whether most Indic syllables are words, or none is a letter without a sign, as any word that
    is set apart has them."""
    if not any(map(INDIC.match, syllables)):
        return False
    words = sum(one in _HINDI for one in syllables)
    plain = sum(len(one) == 1 and one not in _HINDI for one in syllables)
    return 2 * words > len(syllables) or plain == 0
