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
        ("m丶o丶n丶e丶y, д丶е丶н丶ь丶г丶и, ع丶م丶ل丶ك", "money, деньги, عملك"),
        ("wーoーrーk, w丨o丨r丨k", "work, work"),
        ("w※o※r※k, f‖r‖e‖e, v§i§s§a, p→a→i→d", "work, free, visa, paid"),
        ("w___o___r___k, v*-*i*-*s*-*a", "work, visa"),
        ("e·a·r·n f~o~r~t~y, m=o=s=t o=f i=t", "earn forty, most of it"),
        ("m=o=n=e=y, e+v+e+r+y, w+e+e+k, U=S=D", "money, every, week, USD"),
        ("क=मा=एँ, क_मा_एँ, কা~জে~র, ப^ண^ம்", "कमाएँ, कमाएँ, কাজের, பணம்"),
        ("م=ی\u200cخ=و=ا=م, ه.ف.ت.ه\u200cای", "می\u200cخوام, هفته\u200cای"),
        ("ส่ ง ป ระวัติ, ราย=ไ=ด้=ดี, ท=ำ=ง=าน", "ส่งประวัติ, รายได้ดี, ทำงาน"),
        ("ໜັ=ງ=ສື=ດີ, လ=စာ=က=ောင်း", "ໜັງສືດີ, လစာကောင်း"),
        ("일*자*리, 채=용=공=고 급~구", "일자리, 채용공고 급~구"),
        ("채_용_공_고 급_구, 주  급  지  급", "채용공고 급구, 주급지급"),
        ("w*o*r*k2, 18h*o*u*r*s", "work2, 18hours"),
    ],
)
def test_letters_set_apart_are_joined(received: str, plain: str) -> None:
    assert normalise(received)[0] == unicodedata.normalize("NFKC", plain)
    assert Evasion.APART in evasions(received)


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("g o o d  m o n e y", "good money"),
        ("e  a  r  n    m  o  n  e  y now", "earn money now"),
        ("g..o..o..d m..o..n..e..y", "good money"),
        ("easy   g o o d   money", "easy good money"),
        ("g - o - o - d  m - o - n - e - y", "good money"),
        ("[g] [o] [o] [d]  [p] [a] [y]  now", "good pay now"),
        ("G o o d M o n e y", "Good Money"),
        ("G  o  o  d  M  o  n  e  y", "Good Money"),
        ("e a r n m=o=n=e=y", "earn money"),  # the m is no letter of the first
        ("g o o d p a y", "good pay"),
        ("g o o d p a y", "good pay"),
        ("  g o o d\n  m o n e y  ", "  good\n  money  "),
        ("g o o d m o n e y", "goodmoney"),  # nothing tells
    ],
)
def test_a_space_is_left_between_words(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain
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
    "E-A-D-G-B-E, A B B A, A-A-B-C, C-G-A-F",
    "A→B→C→D, a=b=c, E=m=c, i=j;k=l, x_X T_T o_o_o_o ^_^",
    "朝・昼・夜・深夜, ホール・朝・夜・キッチン, 国/英/数/理/社, 好。行。嗯。哦",
    "월·화·수·목·금, 월  화  수  목, 초·중·고, 상/중/하, 주/야/비/휴",
    "난 왜 또 이 걸 안 해, 하~하~하",
    "อ่าน/ดู/ฟัง, ก.พ.ร., ว้าว ๆ มาก ๆ ๆ ๆ",
    "हा-हा-हा, जी~जी~जी, बी=सी=डी",
    "བ་མ་ད་ཀ, ና፡ሂ፡ድ፡ና",
    "5 à 7 h, m w d, A B C D",
    '"y","n","y","n", [\'a\',\'b\',\'c\']',
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
    [
        "w—",
        "[w]",
        "a 0 ",
        "0 ",
        "a丶",
        "高丶",
        "高、",
        "a  ",
        "a..",
        "a . ",
        "क ",
        "(a) ",
        "a:",
        "a ",
        "각*",
        "ก=",
        "「a」 ",
        "w o r k=",
        "w~o~r~k a~b ",
        "a‌b=",
    ],
)
def test_the_time_is_linear(piece: str) -> None:
    assert takes_linear_time(piece, after="xy")
