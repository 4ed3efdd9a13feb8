"""Words set apart by rarer means are joined since rendering 5, and more that is none stays."""

import unicodedata

import pytest

from models.ad import Ad
from models.evasion import Evasion, evasions
from models.rendering import normalise, render
from tests.models.linear import takes_linear_time


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("w—o—r—k a–b–r–o–a–d", "work abroad"),
        ("w:o:r:k, v;i;s;a", "work, visa"),
        ("w'o'r'k, p’a’i’d", "work, paid"),
        ("w•o•r•k F•R•E•E", "work FREE"),
        ("e^a^s^y m#o#n#e#y, r=o=o=m", "easy money, room"),
        ("s..a..l..a..r..y, p--a--i--d", "salary, paid"),
        ("w  o  r  k now, v\ti\ts\ta", "work now, visa"),
        ("w . o . r . k or w / o / r / k", "work or work"),
        ("з—а—р—п—л—а—т—а, р:а:б:о:т:а", "зарплата, работа"),
        ("ק—ש—ר, ש—כ—ר—ט", "ק—ש—ר, שכרט"),  # three are too few by themselves
        ("[w][o][r][k] abroad, (f)(r)(e)(e)", "work abroad, free"),
        ("{v}{i}{s}{a} and <r> <o> <o> <m>", "visa and room"),
        ("高/薪/招/聘", "高薪招聘"),
        ("高、薪、招、聘，包住", "高薪招聘,包住"),
        ("高，薪，招，聘", "高薪招聘"),
        ("工厂里高丶薪丶招丶聘", "工厂里高薪招聘"),
        ("w 0 r k in c a $ h", "work in cash"),
        ("w.0.r.k, m/0/n/3/y, v-1-s-a", "work, money, visa"),
        ("w 0 r k i n g from h-0-m-e", "working from home"),
        ("р а б 0 т а", "работа"),
    ],
)
def test_letters_set_apart_are_joined(received: str, plain: str) -> None:
    assert normalise(received)[0] == unicodedata.normalize("NFKC", plain)
    assert Evasion.APART in evasions(received)


HONEST = (
    "या तो ये लो, या तो ये लो या वो भी लो",  # Hindi words of one letter and a sign
    "CNH A e B R$2.000, turno B e C R$1.900, A o B o C",
    "L-M-M-J-V, M|T|W|T|F, S:T:Q:Q:S, L  M  X  J  V",
    "a.s.a.p. or a.s.a.p, P.A.Y.E. and R.S.V.P., Construcciones Alba E.I.R.L., Lyon",
    "सी.सी.टी.वी. और सी.सी.टी.वी, एन.जी.ओ.",
    "Hauptstr1b, Zone1A, Unit2C, Block1D",
    "de 17 h à 7 h, de 9 h à 5 h",
    "男、女、老、少, 东，西，南，北, 酸、甜、苦、辣",
    "会切、炒、煎、炸、烤、蒸的师傅优先，懂车、铣、刨、磨、钳",
    "A:B:C:D, a:b:c:d, x:y:z:w, 1 a 2 b 3 c, a—b—c—d",
    "[x][x][x] [ ] [x], (a)(b)(c)(d), (m)(w)(d)(x), [A] [B] [C]",
    "M  F  D  X, X\tM\tS\tL, y  n  y  n",
    "rock 'n' roll, d'y'all, 9—5, a—b, B#, C#",
    "T-0-5-A, 4 x 4, H 1 B, A 1 B 2, B 2 B",
)


@pytest.mark.parametrize("text", HONEST)
def test_what_is_no_word_stays(text: str) -> None:
    assert normalise(text)[0] == unicodedata.normalize("NFKC", text)
    assert evasions(text) == ()


def test_a_known_number_of_a_house_stays_in_leetspeak_too() -> None:
    assert normalise("w0rk, m0n3y at Hauptstr1b")[0] == "work, money at Hauptstr1b"


def test_spans_hold_what_stood_between() -> None:
    received = "get [w][o][r][k] in c a $ h, v..i..s..a"
    rendered = render(Ad(received))
    assert rendered.text == "get work in cash, visa"
    places = []
    for word in ("get", "work", "cash", "visa"):
        at = rendered.text.index(word)
        places += [received[p.start : p.end] for p in rendered.locate(at, at + len(word))]
    assert places == ["get", "w][o][r][k", "c a $ h", "v..i..s..a"]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_earlier_versions_leave_them(version: int) -> None:
    received = "w—o—r—k [v][i][s][a] 高、薪、招、聘"
    assert normalise(received, version)[0] == received


@pytest.mark.parametrize(
    "piece",
    ["w—", "[w]", "a 0 ", "0 ", "a丶", "高丶", "高、", "a  ", "a..", "a . ", "क ", "(a) ", "a:"],
)
def test_the_time_is_linear(piece: str) -> None:
    assert takes_linear_time(piece, after="xy")
