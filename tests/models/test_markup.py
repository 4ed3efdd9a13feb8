"""Markup inside words is undone since rendering 5; other signs of it stay."""

import unicodedata

import pytest

from models.ad import Ad
from models.evasion import Evasion, evasions
from models.rendering import normalise, render
from tests.models.linear import takes_linear_time


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("&#119;ork, w&#x6F;rk, c&#97;sh", "work, work, cash"),
        ("w&#8203;ork, pa&shy;y, vi&zwnj;sa", "work, pay, visa"),
        ("free&nbsp;room&amp;nbsp;now", "free room now"),
        ("R&amp;D, it&#39;s, &bull; one, caf&eacute;", "R&D, it's, • one, café"),
        ("wo<b></b>rk, p<i>a</i>id, w<!-- x -->ork", "work, paid, work"),
        ('wo<span style="color:red">rk</span> now', "work</span> now"),
        ("WO<B></B>RK, wo&lt;b&gt;rk", "WORK, work"),
        ("w**o**rk, **w**ork, wo**rk**", "work, work, work"),
        ("ca~~s~~h, pa||y||ment, v__i__sa, w*o*rk", "cash, payment, visa, work"),
        ("&#1088;абота, р**а**бота", "работа, работа"),
        ("क<b></b>मा, बा**बू**जी, ಮಾಸಿ<wbr>ಕ, ไ**ด้**", "कमा, बाबूजी, ಮಾಸಿಕ, ได้"),
        ("&#119;0rk, w&#8203;.&#8203;o.r.k", "work, work"),  # what is below is undone too
    ],
)
def test_markup_in_words_is_undone(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain


HONEST = (
    "AT&T and R&D; &foo; &; &#; a&b;c &#99999999;",
    "First<br>second, Job:<b>Cook</b> Pay<b>Weekly</b>, dear<name>here, <b>Cook</b>",
    "call <phone> or <email>, 2<b and b>3, a < b > c",
    "**Important**please read, *one* and __two__, 2**3**4, a*b*c, user__name__here",
    "f**k, s***t, Mitarbeiter*innen, Kolleg*innen, Ärzt*in",
    "wo`rk, o`g`il, ||spoiler||",
)


@pytest.mark.parametrize("text", HONEST)
def test_other_signs_stay(text: str) -> None:
    assert normalise(text)[0] == unicodedata.normalize("NFKC", text)
    assert evasions(text) == ()


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("Ⓜ️Тульская, Ⓜ Тульская", "M Тульская, M Тульская"),
        ("у Ⓜ️Тульская", "у M Тульская"),
        ("Ⓜ️oney, MONE Ⓜ️ONEY", "money, MONE MONEY"),
    ],
)
def test_the_sign_of_the_underground_is_no_letter_of_a_name(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("&#119;ork", [Evasion.STYLED]),
        ("w&#8203;ork", [Evasion.INVISIBLE]),
        ("wo<b></b>rk, w**o**rk", [Evasion.APART]),
        ("&#119;0rk, wo<i></i>rk", [Evasion.STYLED, Evasion.DIGITS, Evasion.APART]),
        ("caf&eacute; R&amp;D &bull; one&nbsp;two, **W**ork", []),
    ],
)
def test_what_hides_is_named(text: str, kinds: list[Evasion]) -> None:
    assert list(evasions(text)) == kinds
    assert evasions(text, 4) == ()


def test_spans_hold_the_markup_inside() -> None:
    received = "get wo<b></b>rk, c&#97;sh&nbsp;and 𝗮 &#118;.i.s.a Ⓜ️Лубянка"
    rendered = render(Ad(received))
    assert rendered.text == "get work, cash and a visa M Лубянка"
    places = []
    for word in ("get", "work", "cash", "and", "a visa", "M", "Лубянка"):
        at = rendered.text.index(word)
        (place,) = rendered.locate(at, at + len(word))
        places.append(received[place.start : place.end])
    assert places == [
        "get", "wo<b></b>rk", "c&#97;sh", "and", "𝗮 &#118;.i.s.a", "Ⓜ", "Лубянка",
    ]  # fmt: skip


def test_spans_of_turned_text_with_markup() -> None:
    received = "\u202ekrow\u202c in c&#97;sh"
    rendered = render(Ad(received))
    assert rendered.text == "work in cash"
    assert [(p.start, p.end) for p in rendered.locate(0, 4)] == [(1, 5)]
    assert [(p.start, p.end) for p in rendered.locate(8, 12)] == [(10, len(received))]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_earlier_versions_leave_it(version: int) -> None:
    received = "&#119;ork wo<b></b>rk w**o**rk"
    assert normalise(received, version)[0] == received


@pytest.mark.parametrize(
    "piece",
    ["&", "&amp;", "&#97;", "&#", "a<b>", "<b", "a<!--", "a*", "a**", "**a", "a**b**", "Ⓜ", "a<b "],
)
def test_the_time_is_linear(piece: str) -> None:
    assert takes_linear_time(piece, "a", "x")
