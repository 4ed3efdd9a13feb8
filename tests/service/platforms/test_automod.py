"""Phrases of lures, and Discord's rule made of them."""

import asyncio
import json
import time
from typing import Any, cast

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.platforms.automod import (
    MAX_ALLOWED,
    MAX_KEYWORD_CHARS,
    MAX_PATTERN_CHARS,
    MAX_PATTERNS,
    RuleError,
    around,
    check,
    put,
    rule,
)
from service.platforms.discord import Discord
from service.platforms.phrases import Limits, Phrase, Text, mined
from service.platforms.sending import Sender
from tests.service.platforms.server import Api, serving

ALERT = "350000000000000001"


def lure(text: str, *words: str, **more: Any) -> Text:
    """A lure whose evidence is these words of it."""
    spans = [(text.index(one), text.index(one) + len(one)) for one in words or (text,)]
    return Text(text, True, tuple(spans), **more)


def honest(text: str) -> Text:
    return Text(text, False)


TEXTS = [
    lure("Visa on arrival, fly Thursday, ask Amaranth", "Visa on arrival", "fly Thursday"),
    lure("We give visa on arrival and a room", "visa on arrival"),
    lure("Easy typing, VISA ON ARRIVAL, good money", "VISA ON ARRIVAL"),
    lure("You earn $500 per day from a phone", "earn $500 per day"),
    lure("Friends earn 900 per day here", "earn 900 per day"),
    lure("earn €1,200 per day, no boss", "earn €1,200 per day"),
    honest("Tourists get a visa for ninety days, waiter wanted"),
    honest("Cooks earn a fair wage per month"),
]


ROOMY = Limits(most_chance=1.0)
"""For a few texts, which prove nothing."""


def found(texts: list[Text], **limits: Any) -> list[tuple[str, str]]:
    return [
        (one.text, one.form)
        for one in mined(texts, Limits(**{"most_chance": 1.0, **limits})).phrases
    ]


def test_frequent_phrases_are_found_and_cover_the_lures() -> None:
    result = mined(TEXTS, ROOMY)
    assert {(one.form, one.lures, one.honest) for one in result.phrases} == {
        ("words", 3, 0), ("numbers", 3, 0),
    }  # fmt: skip
    assert (result.lures, result.covered, result.honest, result.hit) == (6, 6, 2, 0)


def test_copies_of_one_template_count_once() -> None:
    copies = [lure("visa on arrival for all", group="c1") for _ in range(9)]
    assert found(copies) == []
    same = [
        lure("visa on  arrival for all"),
        lure("Visa on arrival, for all!"),
        lure("visa on arrival for all"),
    ]
    assert found(same) == []


def test_what_honest_texts_say_too_is_left_out() -> None:
    lures = [lure(f"flight ticket paid {x}", "flight ticket paid") for x in ("aa", "bb", "cc")]
    assert found(lures)
    said = [honest("Season work, flight ticket paid, contract"), honest("bakery"), honest("farm")]
    assert found([*lures, *said]) == []


def test_few_honest_texts_prove_little() -> None:
    lures = [lure(f"{x} flight ticket paid", "flight ticket paid") for x in ("aa", "bb", "cc")]
    few = [honest(f"farm {i} picks fruit") for i in range(6)]
    more = [honest(f"farm {i} picks fruit") for i in range(7)]
    assert not mined([*lures, *few]).phrases  # 1 in 84 by chance
    assert mined([*lures, *more]).phrases  # 1 in 120


def test_contacts_and_placeholders_are_in_no_phrase() -> None:
    texts = []
    for x in ("aa", "bb", "cc"):
        text = f"{x} write Amaranth Birch on Telegram <handle> tonight please"
        start = text.index("Amaranth")
        texts.append(lure(text, contacts=((start, start + len("Amaranth Birch")),)))
    phrases = " ".join(phrase for phrase, _ in found(texts))
    assert phrases
    for barred in ("amaranth", "birch", "handle"):
        assert barred not in phrases


def test_words_without_evidence_are_in_no_phrase() -> None:
    texts = [lure(f"{x} visa on arrival; our big green door", "visa on arrival") for x in "abc"]
    assert all("green" not in phrase for phrase, _ in found(texts))


def test_single_words_and_short_ones_are_no_phrase() -> None:
    assert found([lure(f"work {x}", "work") for x in ("12", "13", "14")]) == []
    assert found([lure(f"{x}: to be, or so", "to be") for x in ("aaa", "bbb", "ccc")]) == []


def test_scripts_without_spaces() -> None:
    texts = [lure(f"{x}落地签即可入职", "落地签即可") for x in ("速来", "高薪", "今晚")]
    assert found(texts) == [("落地签即可", "dense")]
    assert found([*texts, honest("落地签即可旅游")]) == []
    made = rule(mined(texts, ROOMY), texts, ALERT)
    assert made["trigger_metadata"]["keyword_filter"] == ["*落地签即可*"]


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.builds(
            lambda text, is_lure: Text(text, is_lure, ((0, len(text)),)),
            st.text(st.sampled_from("abc dé'9$-<>落ำ\n"), max_size=60),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_every_rule_is_within_discord_s_limits(texts: list[Text]) -> None:
    try:
        made = rule(mined(texts, Limits(2, 0.0, 1.0)), texts, ALERT)
    except RuleError:
        return
    triggers = made["trigger_metadata"]
    assert all(0 < len(one) <= MAX_KEYWORD_CHARS for one in triggers["keyword_filter"])
    assert all(0 < len(one) <= MAX_PATTERN_CHARS for one in triggers["regex_patterns"])
    assert len(triggers["regex_patterns"]) <= MAX_PATTERNS
    check(triggers["regex_patterns"])
    said = [one.text.casefold() for one in texts if not one.lure]
    assert not any(one.strip("*") in text for one in triggers["keyword_filter"] for text in said)


def test_many_phrases_are_cut_to_what_a_rule_takes() -> None:
    phrases = [Phrase(f"phrase number {i:04}x", "words", 3, 0) for i in range(1200)]
    phrases += [Phrase(f"earn # number {i:04}x", "numbers", 3, 0) for i in range(30)]
    many = mined([])
    many = type(many)(tuple(phrases), 1, 1, 0, 0)
    triggers = rule(many, [], ALERT)["trigger_metadata"]
    assert len(triggers["keyword_filter"]) == 1000
    assert len(triggers["regex_patterns"]) == 10


@pytest.mark.parametrize(
    ("words", "longer"),
    [
        ("a visa free of cost", "a visa free of"), ("visa free of cost", "visa free of"),
        ("a visa free", "a visa free"), ("visa free", None), ("evisa free of", None),
        ("a visa freely", None), ("", None), (f"{'a' * 60} visa free", None),
        ("my evisa free and visa free too", "and visa free too"),
    ],
)  # fmt: skip
def test_the_words_around_a_phrase(words: str, longer: str | None) -> None:
    assert around("visa free", words) == longer


def test_one_long_word_is_searched_once() -> None:
    """A hundred thousand letters took twenty seconds."""
    began = time.thread_time()
    assert around("visa free", "a" * 100_000) is None
    assert time.thread_time() - began < 1


def test_what_honest_texts_say_around_a_phrase_is_allowed() -> None:
    lures = [
        lure(f"{x} flight ticket paid tonight", "flight ticket paid") for x in ("aa", "bb", "cc")
    ]
    said = [
        honest("the return flight ticket paid yearly"),
        *(honest(f"farm {i}") for i in range(9)),
    ]
    texts = [*lures, *said]
    result = mined(texts, Limits(most_honest=0.1, most_chance=1.0))
    assert result.hit == 1
    allowed = rule(result, texts, ALERT)["trigger_metadata"]["allow_list"]
    assert allowed
    assert len(allowed) <= MAX_ALLOWED
    assert all(one in "the return flight ticket paid yearly" for one in allowed)


def test_a_rule_alerts_and_blocks_only_where_it_was_asked() -> None:
    result = mined(TEXTS, ROOMY)
    assert [one["type"] for one in rule(result, TEXTS, ALERT)["actions"]] == [2]
    both = rule(result, TEXTS, ALERT, block=True)["actions"]
    assert [one["type"] for one in both] == [2, 1]
    with pytest.raises(RuleError, match="a rule does something"):
        rule(result, TEXTS, None)
    with pytest.raises(RuleError, match="give more"):
        rule(mined([]), [], ALERT)


def test_the_library_reads_the_rule() -> None:
    made = {
        **rule(mined(TEXTS, ROOMY), TEXTS, ALERT),
        "id": "1",
        "guild_id": "2",
        "creator_id": "3",
    }
    client = discord.Client(intents=discord.Intents.none())
    guild: Any = discord.Object(2)
    read = discord.AutoModRule(data=cast(Any, made), guild=guild, state=client._connection)
    assert read.trigger.type is discord.AutoModRuleTriggerType.keyword
    assert read.trigger.keyword_filter == made["trigger_metadata"]["keyword_filter"]
    assert read.actions[0].channel_id == int(ALERT)


def put_into(api: Api, address: str, made: dict[str, Any]) -> str:
    async def run() -> str:
        sender = Sender(Discord(base=address), "secret")
        try:
            return await put(sender, "2", made)
        finally:
            await sender.aclose()

    return asyncio.run(run())


@pytest.fixture
def made() -> dict[str, Any]:
    return rule(mined(TEXTS, ROOMY), TEXTS, ALERT)


def test_a_rule_is_added(made: dict[str, Any]) -> None:
    with serving([(200, [], {}), (200, {"id": "77"}, {})]) as (api, address):
        assert put_into(api, address, made) == "77"
    assert [one.method for one in api.heard] == ["GET", "POST"]
    assert api.heard[1].path == "/guilds/2/auto-moderation/rules"
    assert api.heard[1].json == json.loads(json.dumps(made))


def test_a_rule_of_the_same_name_is_replaced(made: dict[str, Any]) -> None:
    known = [{"id": "5", "name": made["name"], "trigger_type": 1}]
    with serving([(200, known, {})]) as (api, address):
        assert put_into(api, address, made) == "5"
    assert [(one.method, one.path) for one in api.heard][1] == (
        "PATCH", "/guilds/2/auto-moderation/rules/5",
    )  # fmt: skip


def test_a_guild_with_six_keyword_rules_is_full(made: dict[str, Any]) -> None:
    known = [{"id": str(i), "name": str(i), "trigger_type": 1} for i in range(6)]
    with serving([(200, known, {})]) as (api, address), pytest.raises(RuleError, match="no more"):
        put_into(api, address, made)
    assert len(api.heard) == 1
