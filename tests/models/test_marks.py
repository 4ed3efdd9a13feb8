"""Marks that disguise words go; marks that spelling needs stay."""

import unicodedata

import pytest

from models.ad import Ad
from models.evasion import Evasion, evasions
from models.rendering import normalise, render


def marked(words: str, *marks: str) -> str:
    """The words with the marks on their letters, in turn."""
    letters = enumerate(words)
    return "".join(c + marks[i % len(marks)] if c.isalpha() else c for i, c in letters)


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        (marked("easy work", "\u0353"), "easy work"),
        (marked("easy work", "\u0489"), "easy work"),
        ("pa\u0353y for wo\u0489rk", "pay for work"),  # one such mark is enough
        (marked("free room and pay", "\u0323"), "free room and pay"),
        ("a visa for " + marked("work", "\u0323"), "a visa for work"),
        ("your " + marked("passport", "\u0301"), "your passport"),
        (marked("money, fee", "\u0308"), "money, fee"),  # ö and ë are composed, m with it is not
        ("\u00f6\u00e9" + marked("work", "\u0323"), "\u00f6\u00e9work"),  # beside other neighbours
        ("w\u0323ork\u0323 r\u0323o\u0323o\u0323m\u0323", "w\u0323ork\u0323 room"),  # half is few
        (marked("work", "\u032f", "\u0329", "\u031b\u0315"), "work"),
        (marked("зарплата сразу", "\u0301"), "зарплата сразу"),
        (marked("работа", "\u0483"), "работа"),
        (marked("paid work", "\u0e31"), "paid work"),  # of Thai, Arabic, Hebrew and Hindi
        (marked("paid work", "\u064b", "\u05b8", "\u0902"), "paid work"),
        (marked("高薪招聘", "\u0323"), "高薪招聘"),
        (marked("توظيف سريع", "\u0323"), "توظيف سريع"),
        ("জন\u0324্য\u0324, মা\u0324, จ\u0301บ\u0301, ደ\u0308ሞ, 人\u0324", "জন্য, মা, จบ, ደሞ, 人"),
    ],
)
def test_marks_that_disguise_go(received: str, plain: str) -> None:
    assert normalise(received)[0] == unicodedata.normalize("NFKC", plain)


SPELT = (
    "Tuyển người phụ bếp, được trả lương tuần, không cần kinh nghiệm, gọi buổi sáng",
    "Ọṣẹ àti iṣẹ́ ọṣọṣẹ, iṣẹ́ ọ̀fẹ́ fún gbogbo ẹ̀kọ́",  # Yoruba
    "Ọrụ ụlọ, ọnụ ụzọ",  # Igbo
    "Kṛṣṇa, viṣṇu, ḥaḍāra, Ṣaḥīḥ",
    "Āboltiņš, žēlīgi, křížový, průvodčí, łódź, öööh",
    "замо́к и мука́, её, ёлка, йод, Ѓорѓи",
    "مَطْلُوبٌ سَائِقٌ, שָׁלוֹם לְכֻלָּם",
    "रसोइया चाहिए, रिश्तेदारों को, พนักงานที่นี่, ကုန်တင်",
    "Whatsappിൽ, Facebookে, Gulfിൽ ജോലി",  # endings that begin with a vowel sign
    "g̃uahẽ ñañẽẽ, tâi-gí, chhit-khí-á, kò͘-tiàm",
    "Ζητείται σερβιτόρος, ἀνθρώπῳ",
    "/t̪en/, [d͡ʒ], 1\u0353",
)


@pytest.mark.parametrize("text", SPELT)
def test_marks_that_spelling_needs_stay(text: str) -> None:
    for received in (text, unicodedata.normalize("NFD", text)):
        assert normalise(received)[0] == unicodedata.normalize("NFKC", text)
        assert evasions(received) == ()


def test_a_mark_is_a_styled_letter() -> None:
    assert evasions(marked("work", "\u0323")) == (Evasion.STYLED,)
    assert evasions(marked("work", "\u0323"), 4) == ()


def test_the_span_of_a_word_holds_its_marks() -> None:
    received = f"get {marked('work', chr(0x353))} and {marked('room', chr(0x323))} now"
    rendered = render(Ad(received))
    assert rendered.text == "get work and room now"
    for word in ("work", "room", "now"):
        at = rendered.text.index(word)
        (place,) = rendered.locate(at, at + len(word))
        assert received[place.start : place.start + 1] == word[0]
        assert place.end >= received.index(word[-1], place.start) + 1
    assert rendered.locate(18, 21)[0].end == len(received)


@pytest.mark.parametrize("version", [2, 3, 4])
def test_earlier_versions_leave_them(version: int) -> None:
    received = marked("room", "\u0323")
    assert normalise(received, version)[0] == unicodedata.normalize("NFKC", received)
