"""Ordinary texts, as people write them, that the newest rendering leaves word for word."""

import unicodedata

import pytest

from models.rendering import normalise

NUMERALS = (
    "求人 〇〇★〇〇 募集",
    "⓵⭐⓶⭐⓷⭐ steps",
    "፩💰፩፪፫",
    "❶★❷★❸, ★❶",
    "〇/〇/〇/〇 〇.〇.〇.〇",
)
"""Numerals that Unicode calls no letters, and that ``\\w`` without ``\\d`` matches."""

CHAT = (
    "ok😊thanks, see you at the shop tomorrow",
    "hi👋how are you? is the job still open?",
    "DM📩for details and a list of shops",
    "I❤NY shirts, KL✈JB bus, UAE✈KSA✈UK cargo",
    "IT💻HR💼QA: three desks are free",
    "A🔸B🔸C🔸D or a🔸b🔸c🔸d",
    "зп✅от 50 тысяч, оформление по ТК",
    "Travel💰money is paid back. Work✨home is possible.",
    "I❤NY or DM📩us, KL✈JB, IT💻HR, GOOD PAY💰FREE ROOM, ok😊thanks, hi👋how",
    "Any shift👍ok. Call first📞pm only! Pay weekly💵no fee😊ask for Ann✨we open at nine",
    "ok😊thanks for asking, hi👋how is the new job, we have cake and tea in the kitchen",
)

LISTS = (
    "Verkäufer (m/w/d/x), Koch m/w/x/d, Kellner w/m/d/x, Fahrer m|w|d|x, Maler m.w.d.x",
    "Clerk M/F/D/V, nurse m/f/d/v",
    "Fahrer (m/w/d) mit C/CE/B, z.B. a.m. oder p.m.",
    "f(x,y,z,t) and g(x,y,z,w), axes x/y/z/w",
    "answers a,b,d,c and b/a/d/c",
    "р/с/к/п, тел. в/о",
)

SUMS = (
    "US$20hr, S$10hr, S$3000pm, US$500week, US$2000month, R$80dia, R$1800mensal, AU$30hr",
    "pay US$20hr and S$10hr",
    "$5hourly or €9each, from R$80dia",
    "Interview@10am, Salary@25k CTC@5LPA, OPEN@9AM, call@9am-6pm, rahul1@ybl",
    "box 2×1×3 m, 10×10×5 and 20×10×10, 6÷2",
    "с8до17, выходные с10до20, с4до12",
    "PHP500daily, PHP1000weekly, KES10000monthly, Rp100ribu, RM100sehari",
    "height160cm weight50kg, start10am till10pm",
    "SG10B45 HR20A31, C10H15N C11H17NO3",
)

ALPHABETS = (
    "aɣrum d tameɣra",  # Kabyle
    "Tʋʋmd tʋmdb sẽn tarẽ tɩ b rɩk",  # Mooré
    "Үйлчилгээний ажилтан авна. Түвшинбаяр 99112233",  # Mongolian, and a name of two words
    "Шеберхана «Гүлзар» закрыта",  # one Kazakh name in a Russian text
    "σx = 2, γx and πr",
)

GREEK = (
    "Ζητείται υπάλληλος στο κέντρο που να μιλά αγγλικά, στο hr@firm.example",
    "ΖΗΤΕΙΤΑΙ ΠΡΟΣΩΠΙΚΟ ΓΙΑ ΤΟ ΚΑΤΑΣΤΗΜΑ ΠΟΥ ΑΝΟΙΓΕΙ, ΑΠΟ 18, hr@firm.example",
    "Εργασία για νέους, ωραίααα!! Βιογραφικά: hr@firm.example, από 900",
    "В Афинах: εργασία στο κέντρο, почта hr@firm.example",
)
"""Words of which every letter looks like one of another alphabet, beside an address."""

CODES = (
    "20 Old Street, London EC1V 9BD, near WC1E 7HU and SW1Y 6DN",
    "We file H1Bs, L1As, EB1A and EB1C petitions",
    "HbA1c and A1C checks, IL1B assay",
    "PHP1k daily, KSh1m, AED1k, GBP1m; gaji1jt, bonus1juta; at1pm or by1am",
    "Class1HGV, C1CE or C1E licence",
    "стаж от3лет, график на4часа, до6мес, за3дня, від3років",
)
"""A 0 or a 1, in Cyrillic a 3, 4 or 6, between letters that stay."""

FORMULAS = ("Al2O3, Fe2O3, H2O2, N2O4", "C6H12O6 and MgAl2O4", "keys A2O2, rm2O5x")
"""An O between digits that is one."""

DAYS_AND_SIZES = (
    "Horario L M X J V, también L M M J V S D",
    "open M T W T F, geöffnet M D M D F",
    "シフト 月 火 水 木 金, 土 日 祝 も可",
    "周 一 二 三 四 五",
    "график п в с ч п, ימים א ב ג ד ה",
    "Sizes S M L X, Kategorie B C C E",
)

POINTS_OF_A_LIST = (
    "⒜ age ⒝ sex ⒞ place",
    "⒜包吃住⒝双休⒞五险, ⒜경력 ⒝신입",
    "⒜Experience⒝Age⒞Language, ⒜ ⒝ ⒞ ⒟",
    "⒞Company, ⒤ one, ⒜⒝⒞ two",
    "see⒜ or see⒝",
)

FLAGS = ("🇹🇭🇰🇭, 🇹🇭 🇰🇭, 🇵🇭✈🇦🇪",)

STRUCK_OUT = ("1̶0̶0̶€ 80€, rent $̶9̶0̶ $80",)

OWN_ORDER = ("مطلوب سائق בתל אביב", "a≠b, 1̶0̶0̶ 80", "ⲁ̅ⲃ̅")

CONTACTS = ("@j0bs2day", "zhang88w", "jobs4u-h1re.pro", "rahul1@ybl", "h1ring-n0w.work")

LEET = "7r41n1n9 p@id, $4l4ry, m0n3y, n0w, fr0m h0me, w0rk"


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_stays_in_leetspeak_too(contact: str) -> None:
    plain = normalise(f"{LEET} {contact} {LEET}")[0]
    assert f" {contact} " in plain
    assert plain.startswith("training paid, salary, money, now")
    assert normalise(f"w0rk in ca$h, ask {contact}")[0] == f"work in cash, ask {contact}"


ABBREVIATIONS = (
    "reserved: p.w.d, o.b.c, f.o.c. of U.P.S.C and N.T.P.C",
    "Entwickler (m/w/d) bei B.A.S.F und S.I.X.T",
)


@pytest.mark.parametrize("text", ABBREVIATIONS)
def test_short_runs_stay_beside_acronyms(text: str) -> None:
    plain = normalise(text)[0]
    kept = [word for word in text.split() if not word.isupper()]
    assert [word for word in plain.split() if not word.isupper()] == kept


HONEST = (
    *NUMERALS, *CHAT, *LISTS, *SUMS, *ALPHABETS, *GREEK, *CODES, *FORMULAS, *DAYS_AND_SIZES,
    *POINTS_OF_A_LIST, *FLAGS, *STRUCK_OUT, *OWN_ORDER,
)  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_text_stays_word_for_word(text: str) -> None:
    normal = unicodedata.normalize("NFKC", text)
    assert normalise(text)[0] == normal


def test_codes_do_not_make_a_text_leetspeak() -> None:
    text = "Offices at EC1V 9BD and WC1E 7HU, orang2 and gr8 m8s"
    assert normalise(text)[0] == text


CONTROLS = (
    "\u202e\u202d{}\u202c\u202c",
    "\u202e\u2066{}\u2069\u202c",
    "\u202d{}\u202c",
    "\u202e\u202c{}",
    "\u202e\u200f\u202c{}",
)


@pytest.mark.parametrize("controls", CONTROLS)
def test_text_that_controls_leave_in_its_order_stays(controls: str) -> None:
    text = "call +972 50 123 4567 now"
    assert normalise(controls.format(text))[0] == text
