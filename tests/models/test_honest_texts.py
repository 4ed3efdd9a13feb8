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

ABBREVIATIONS = (
    "reserved: p.w.d, o.b.c, f.o.c. of U.P.S.C and N.T.P.C",
    "Entwickler (m/w/d) bei B.A.S.F und S.I.X.T",
)


@pytest.mark.parametrize("text", ABBREVIATIONS)
def test_short_runs_stay_beside_acronyms(text: str) -> None:
    plain = normalise(text)[0]
    kept = [word for word in text.split() if not word.isupper()]
    assert [word for word in plain.split() if not word.isupper()] == kept


@pytest.mark.parametrize("text", [*NUMERALS, *CHAT, *LISTS])
def test_an_honest_text_stays_word_for_word(text: str) -> None:
    normal = unicodedata.normalize("NFKC", text)
    assert normalise(text)[0] == normal
