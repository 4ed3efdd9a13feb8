"""Words with every letter in brackets are joined since rendering 5; lists stay."""

import unicodedata

import pytest

from models.ad import Ad
from models.bracketed import PAIRS
from models.evasion import Evasion, evasions
from models.rendering import normalise, render


@pytest.mark.parametrize(("left", "right"), PAIRS.items())
def test_any_brackets_are_undone(left: str, right: str) -> None:
    received = " ".join(
        "".join(f"{left}{letter}{right}" for letter in word) for word in ("earn", "money")
    )
    assert normalise(f"{received} now")[0] == "earn money now"
    assert Evasion.APART in evasions(received)


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("「E」「a」「r」「n」 【c】【a】【s】【h】, （w）（o）（w）", "Earn cash, wow"),
        ("»w«»o«»r«»k«, „v“„i“„s“„a“", "work, visa"),
        ("[w](o){r}【k】", "work"),  # mixed
        ("[ w ][ o ][ r ][ k ], [v]-[i]-[s]-[a]", "work, visa"),
        ("[ع][م][ل], (क)(मा)(एँ), 「高」「薪」「招」", "عمل, कमाएँ, 高薪招"),
        ("(f)(e)(e), (f)(o)(r), (U)(S)(D)", "fee, for, USD"),
        ("[w][0][r][k], (c)(@)(s)(h)", "work, cash"),
        ("[[P][a][r][t][y]] (3) [n][o][w]", "[Party] (3) now"),
        ("【일】【자】【리】 【급】【구】, 【薪】【資】", "일자리 급구, 薪資"),  # two among others
        ("[ທ][ຳ][ງ][າ][ນ], 「ໜີ」「ໄ」「ປ」, (Մ)(ի)(ն)(չ)(և)", "ທຳງານ, ໜີໄປ, Մինչև"),
        ("[م][ی\u200cگ][و][ی][م]", "می\u200cگویم"),
    ],
)
def test_letters_in_brackets_are_joined(received: str, plain: str) -> None:
    assert normalise(received)[0] == unicodedata.normalize("NFKC", plain)
    assert Evasion.APART in evasions(received)


HONEST = (
    "(a)(b)(c)(d), (i)(ii)(iii), (i)(v)(x), (x)(y)(z), [b][c]",
    "(S)(M)(L), [A] [B] [C], (A)(B)(B)(C), (m)(w)(d), (m/w/d), (w)(m)(d), [F][m][d]",
    "[x][x][x] [ ] [x], [y][n][y], (o)(x)(o)",
    "[C]trl, [F][1], ami(e)(s), colo(u)r, f(x)(y), word[1][2][3]",
    "<b><i><u>Job</u></i></b>, <u><b><i>Job",
    "(가)(나)(다)(라), (ア)(イ)(ウ), (イ)(ロ)(ハ), (一)(二)(三), (甲)(乙)(丙), (月)(水)(金)",
    "(أ)(ب)(ج), (ه)(و)(ز), (क)(ख)(ग), (ก)(ข)(ค)",
    "「春」「夏」「秋」「冬」, 『愛』『夢』, (株)(有), 【薪】【資】",
    "(a] [b) (c>",
)


@pytest.mark.parametrize("text", HONEST)
def test_what_is_no_word_stays(text: str) -> None:
    assert normalise(text)[0] == unicodedata.normalize("NFKC", text)
    assert evasions(text) == ()


def test_spans_hold_the_brackets_inside() -> None:
    received = "get （w）（o）（r）（k） or 「v」 「i」 「s」 「a」"
    rendered = render(Ad(received))
    assert rendered.text == "get work or visa"
    places = [received[p.start : p.end] for p in rendered.locate(4, 8)]
    assert places == ["w）（o）（r）（k"]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_earlier_versions_leave_them(version: int) -> None:
    assert (
        normalise("[w][o][r][k] 「v」「i」「s」「a」", version)[0]
        == "[w][o][r][k] 「v」「i」「s」「a」"
    )
