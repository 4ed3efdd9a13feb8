"""Emoji in words are letters or nothing; emoji between words stay."""

import pytest

from models.rendering import normalise


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("wo💰rk", "work"),
        ("ea✨sy mon🔥ey, tra💸vel, jo💰b", "easy money, travel, job"),
        ("ра💰бота, зарпла✨та, до🔥ма", "работа, зарплата, дома"),
        (
            "Д🔥ля про✅пуска с✨рочно пришл✨ите фо💰то, С✨МС",
            "Для пропуска срочно пришлите фото, СМС",
        ),
        (
            "Sen💰d th✨e OT💰P fo🔥r th💸e jo✅b, mone✨y no✅w",
            "Send the OTP for the job, money now",
        ),
        ("r⭕⭕m, pa💲💲p⭕r✝️, ❌⭕ x", "room, passport, ❌⭕ x"),
        ("J⭕🅱️, FREE R⭕⭕Ⓜ️, mo⭕d", "Job, FREE Room, mood"),
        ("✝️i💲k📧t, r⭕⭕m, ta❌i", "tisket, room, taxi"),
        ("р⭕🅱️⭕ты, хл⭕пок", "ровоты, хлопок"),
        ("b4️⃣by m0️⃣ney w0️⃣rk", "baby money work"),  # keycaps
    ],
)
def test_emoji_in_words_are_read(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain


@pytest.mark.parametrize(
    "text",
    [
        "❌ no fee ✅ free room ⭕ visa",
        "❌no fee ✅free room",
        "💲500 weekly, 📧 hr at the desk",
        "Good pay💰Free room💰Travel",
        "Travel⭕Meals⭕Rooms",
        "วันนี้💰รายได้ดี✨มีที่พัก",
        "高薪💰包吃住⭕双休",
        "수아♥진우: 네",
    ],
)
def test_emoji_between_words_stay(text: str) -> None:
    assert normalise(text)[0] == text
