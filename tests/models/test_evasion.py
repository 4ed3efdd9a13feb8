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
        ("2O00 dollars", [Evasion.LETTERS]),
        ("w o r k and p-a-y-s", [Evasion.APART]),
        ("pleaaaaase come", [Evasion.STRETCHED]),
        ("خـــدمة عاجلة", [Evasion.STRETCHED]),
        ("\u202eevom\u202c now", [Evasion.REVERSED]),
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
    ],
)
def test_an_ordinary_text_wears_none(text: str) -> None:
    assert evasions(text) == ()


@given(st.text(max_size=120))
def test_only_what_rendering_changes_is_named(text: str) -> None:
    if normalise(text)[0] == text:
        assert evasions(text) == ()
