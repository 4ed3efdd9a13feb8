"""Disguises by name, and ordinary texts that wear none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evasion import Evasion, evasions
from models.rendering import normalise


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("pay\u200bment tod\u00aday", [Evasion.INVISIBLE]),
        ("𝐄𝐚𝐬𝐲 ｍｏｎｅｙ ⓝⓞⓦ", [Evasion.STYLED]),
        ("ᴇᴀꜱʏ money", [Evasion.STYLED]),
        ("🅼🅾🅽🅴🆈 today", [Evasion.STYLED]),
        ("🇼 🇴 🇷 🇰 now", [Evasion.STYLED]),
        ("Rabоta, wоrk from hоme", [Evasion.LOOK_ALIKE]),
        ("w0rk ab1oad, m0ney", [Evasion.DIGITS]),
        ("⒥⒪⒝ and p⒜y", [Evasion.STYLED]),
        ("🇵\u200b🇦\u200b🇸\u200b🇸", [Evasion.INVISIBLE, Evasion.STYLED]),
        ("w\u0332o\u0332r\u0332k and p\u0336a\u0336y", [Evasion.STYLED]),
        ("2O00 dollars", [Evasion.LETTERS]),
        ("w o r k and p-a-y-s", [Evasion.APART]),
        ("pleaaaaase come", [Evasion.STRETCHED]),
        ("خـــدمة عاجلة", [Evasion.STRETCHED]),
        ("\u202eevom\u202c now", [Evasion.REVERSED]),
        ("\u202e\u200fevom\u202c now", [Evasion.REVERSED]),
        ("wօrk ɑnd pɑy", [Evasion.LOOK_ALIKE]),
        ("p@y in ca$h", [Evasion.DIGITS]),
        ("r⭕⭕m for pa💲💲port", [Evasion.STYLED]),
        ("wo💰rk and w/o/r/k", [Evasion.APART]),
        ("工作 ｆｒｅｅ ⓝⓞⓦ", [Evasion.STYLED]),
        ("สมัคร\u200b\u2060งาน, 博\u200b彩", [Evasion.INVISIBLE]),
        ("w\u20e3o\u20e3r\u20e3k\u20e3 1️⃣", [Evasion.STYLED]),
        ("wоrk \u200bn0thing o.k.a.y", [Evasion.LOOK_ALIKE, Evasion.DIGITS, Evasion.APART]),
    ],
)
def test_a_disguise_is_named(text: str, kinds: list[Evasion]) -> None:
    assert list(evasions(text)) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Hiring two bakers, 2,000 a month, start at 05:00.",
        "Работа на складе, оклад 45 000, график 2/2, SMM-менеджер",
        "工厂招聘普工，包吃住，月薪６０００元！",
        "مطلوب سائق توصيل براتب ثابت",
        "रसोइया चाहिए, वेतन ₹18,000",
        "ကုန်တင်ကုန်ချ အလုပ်သမား ၂ ဦး အလိုရှိသည်",
        "Schifffahrt, www.example.com, 10º piso, H1B ❤️ 👩‍🍳",
        "ngày nghỉ 1 buổi, lương 8tr",
        "EC1V 9BD, H1Bs, HbA1c, PHP1k, Al2O3, 月 火 水 木, L M X J V, S M L X",
        "стаж от3лет",
        "❌ no fee ✅Free room💰Good pay, M/F/D, gr8 4u, chic@s, $500",
        "1️⃣ Apply 2️⃣ Interview 3️⃣ Start",
        "①経験者優遇②交通費支給、㊗オープン、🈵",
        "ＯＫ、ＰＣスキル、Ｗワーク可、ＪＲ線 徒歩５分",
        "ត្រូវការ\u200bបុគ្គលិក\u200bលក់\u200bទំនិញ, รับ\u200bสมัคร\u200bพนักงาน",
        "葛\U000e0100城市で募集、辻\U000e0100さんまで",
        "Ζητείται υπάλληλος στο κέντρο, hr@firm.example",
    ],
)
def test_an_ordinary_text_wears_none(text: str) -> None:
    assert evasions(text) == ()


def test_only_what_the_version_undoes_is_named() -> None:
    text = "wоrk, p@y in ca$h, w/o/r/k"
    named = [evasions(text, version) for version in (1, 2, 3, 4)]
    assert named[0] == ()
    assert named[1] == named[2] == (Evasion.LOOK_ALIKE,)
    assert named[3] == (Evasion.LOOK_ALIKE, Evasion.DIGITS, Evasion.APART)


OLDER = {
    "pleaaaaase, wоrk at hоme": (
        (),
        (Evasion.LOOK_ALIKE,),
        (Evasion.LOOK_ALIKE, Evasion.STRETCHED),
    ),
    "2O00 a week, wоrk": ((), (Evasion.LOOK_ALIKE,), (Evasion.LOOK_ALIKE, Evasion.LETTERS)),
    "خـــدمة, wоrk": ((), (Evasion.LOOK_ALIKE,), (Evasion.LOOK_ALIKE, Evasion.STRETCHED)),
    "w\u20ddork, hоme": ((), (Evasion.LOOK_ALIKE,), (Evasion.STYLED, Evasion.LOOK_ALIKE)),
    "\u202ekrow\u202c pay\u200bment": (
        (Evasion.INVISIBLE,),
        *[(Evasion.INVISIBLE, Evasion.REVERSED)] * 2,
    ),
    "ᴊᴏʙ pay\u200bment": ((Evasion.INVISIBLE,), *[(Evasion.INVISIBLE, Evasion.STYLED)] * 2),
}
"""Disguises by text, for versions 1, 2 and 3."""


@pytest.mark.parametrize("text", OLDER)
def test_an_older_version_names_no_disguise_of_a_newer_one(text: str) -> None:
    assert tuple(evasions(text, version) for version in (1, 2, 3)) == OLDER[text]


@given(st.text(max_size=120))
def test_only_what_rendering_changes_is_named(text: str) -> None:
    if normalise(text)[0] == text:
        assert evasions(text) == ()
