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


@pytest.mark.parametrize("text", [*NUMERALS, *CHAT, *LISTS, *SUMS, *ALPHABETS])
def test_an_honest_text_stays_word_for_word(text: str) -> None:
    normal = unicodedata.normalize("NFKC", text)
    assert normalise(text)[0] == normal
