"""Wherever Telegram and Discord show words or links, they are read. The libraries of both know each
shape that is used here."""

import asyncio
import json
from typing import Any, cast

import discord
import pytest
import telegram

from service.platforms.bots import discord as discord_bot
from service.platforms.discord import Discord
from service.platforms.seen import with_links
from service.platforms.telegram import Telegram
from tests.service.platforms.given import events, seen

LURE = "Fly Thursday on a tourist visa, permit later."
LINK = "https://jobs.example.org/a"
HIDDEN = [{"type": "text_link", "offset": 0, "length": 3, "url": LINK}]
POLL = {
    "id": "1", "question": "Which?", "options": [
        {"persistent_id": "1", "text": LURE, "voter_count": 0},
        {"persistent_id": "2", "text": "No", "voter_count": 0},
    ],
    "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
    "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
}  # fmt: skip
ELSEWHERE = {"origin": {"type": "hidden_user", "date": 1763630000, "sender_user_name": "Dune"}}


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ({"poll": POLL}, f"Which?\n{LURE}\nNo"),
        (
            {"poll": {**POLL, "description": "Job", "description_entities": HIDDEN}},
            f"Which?\nJob\n{LURE}\nNo\n{LINK}",
        ),
        (
            {"poll": {**POLL, "explanation": "Ask", "explanation_entities": HIDDEN}},
            f"Which?\n{LURE}\nNo\nAsk\n{LINK}",
        ),
        (
            {"checklist": {
                "title": "To do", "tasks": [{"id": 1, "text": LURE, "text_entities": HIDDEN}],
            }},
            f"To do\n{LURE}\n{LINK}",
        ),
        (
            {"contact": {"phone_number": "5550106", "first_name": "Jobs", "last_name": LURE}},
            f"Jobs\n{LURE}\n5550106",
        ),
        (
            {"venue": {
                "location": {"latitude": 0, "longitude": 0}, "title": LURE, "address": "Pier 1",
            }},
            f"{LURE}\nPier 1",
        ),
        ({"text": "Job", "link_preview_options": {"url": LINK}}, f"Job\n{LINK}"),
        (
            {"text": "Job", "reply_markup": {"inline_keyboard": [[{"text": LURE, "url": LINK}]]}},
            f"Job\n{LURE}\n{LINK}",
        ),
        (
            {"text": "See", "external_reply": ELSEWHERE, "quote": {
                "text": LURE, "position": 0, "entities": HIDDEN,
            }},
            f"See\n{LURE}\n{LINK}",
        ),
        (
            {"text": "See", "external_reply": {**ELSEWHERE, "poll": POLL}},
            f"See\nWhich?\n{LURE}\nNo",
        ),
    ],
)  # fmt: skip
def test_telegram(shown: dict[str, Any], text: str) -> None:
    event = telegram_message(**shown)
    message = telegram.Update.de_json(event, None).message
    assert message is not None
    assert not message.api_kwargs
    assert seen(Telegram(), event).ad["text"] == text
    assert seen(Telegram(), telegram.Update.de_json(event, None).to_dict()).ad["text"] == text


def test_a_quotation_of_the_same_chat_is_not_the_sender_s() -> None:
    """The whole message comes beside it, and who wrote that."""
    answered = events("telegram")[2]["message"]["reply_to_message"]
    quote = {"text": "the flight", "position": 3}
    event = telegram_message(text="Who knows?", reply_to_message=answered, quote=quote)
    assert seen(Telegram(), event).ad["text"] == "Who knows?"


def telegram_message(**shown: Any) -> dict[str, Any]:
    """With nothing but what it shows."""
    message = {**events("telegram")[0]["message"], **shown}
    if "text" not in shown:
        del message["text"]
    return {"update_id": 1, "message": message}


EMBED = {
    "type": "rich", "url": LINK, "title": "Title", "description": "Described",
    "author": {"name": "Author", "url": "https://jobs.example.org/b"},
    "fields": [{"name": "Field", "value": LURE, "inline": False}], "footer": {"text": "Foot"},
}  # fmt: skip
ATTACHMENT = {
    "id": "360000000000000001", "filename": "a.png", "size": 1, "url": "https://cdn.example.org/a",
    "proxy_url": "https://cdn.example.org/a", "description": LURE,
}  # fmt: skip
MEDIA = {"url": "https://cdn.example.org/a", "proxy_url": "https://cdn.example.org/a"}
LAYOUT = [
    {"type": 17, "id": 1, "accent_color": None, "spoiler": False, "components": [
        {"type": 10, "id": 2, "content": LURE},
        {"type": 9, "id": 3, "components": [{"type": 10, "id": 4, "content": "Room free"}],
         "accessory": {"type": 2, "id": 5, "style": 5, "label": "Apply", "url": LINK}},
        {"type": 12, "id": 6, "items": [
            {"media": MEDIA, "description": "A desk", "spoiler": False},
        ]},
    ]},
    {"type": 1, "id": 7, "components": [
        {"type": 3, "id": 8, "custom_id": "c", "placeholder": "Choose", "options": [
            {"label": "Now", "value": "n", "description": "At once"},
        ]},
    ]},
]  # fmt: skip


@pytest.mark.parametrize("forwarded", [False, True])
@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (
            {"embeds": [EMBED]},
            f"Author\nTitle\nDescribed\nField\n{LURE}\nFoot\nhttps://jobs.example.org/b\n{LINK}",
        ),
        ({"attachments": [ATTACHMENT]}, LURE),
        (
            {"components": LAYOUT},
            f"{LURE}\nRoom free\nApply\nA desk\nChoose\nNow\nAt once\n{LINK}",
        ),
    ],
)
def test_discord(shown: dict[str, Any], text: str, forwarded: bool) -> None:
    event = json.loads(json.dumps(events("discord")[2 if forwarded else 0]))
    place = event["d"]["message_snapshots"][0]["message"] if forwarded else event["d"]
    place.update({"content": "", "embeds": [], **shown})
    assert seen(Discord(), event).ad["text"] == text
    assert seen(Discord(), handed_over(event)).ad["text"] == text


def test_polls_of_discord() -> None:
    event = json.loads(json.dumps(events("discord")[0]))
    event["d"]["content"] = ""
    event["d"]["poll"] = {
        "question": {"text": "Which?"}, "allow_multiselect": False, "layout_type": 1,
        "expiry": "2017-06-30T15:02:11.103000+00:00", "answers": [
            {"answer_id": 1, "poll_media": {"text": LURE}},
            {"answer_id": 2, "poll_media": {"text": "No", "emoji": {"id": None, "name": "✋"}}},
        ],
    }  # fmt: skip
    assert seen(Discord(), event).ad["text"] == f"Which?\n{LURE}\nNo"
    assert seen(Discord(), handed_over(event)).ad["text"] == f"Which?\n{LURE}\nNo"


def handed_over(event: dict[str, Any]) -> dict[str, Any]:
    """What the bot makes of the library's message."""

    async def made() -> dict[str, Any]:
        async with discord.Client(intents=discord.Intents.none()) as client:
            state: Any = client._connection
            guild = state._add_guild_from_data({
                "id": event["d"]["guild_id"], "name": "Guild", "roles": [], "emojis": [],
                "features": [], "members": [], "threads": [], "channels": [
                    {"id": event["d"]["channel_id"], "type": 0, "name": "work", "position": 0,
                     "permission_overwrites": [], "nsfw": False, "rate_limit_per_user": 0},
                ],
            })  # fmt: skip
            channel = guild.get_channel(int(event["d"]["channel_id"]))
            data = cast(Any, json.loads(json.dumps(event["d"])))
            return discord_bot.created(discord.Message(state=state, channel=channel, data=data))

    return asyncio.run(made())


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("See https://t.me/acme", False),
        ("See (https://t.me/acme).", False),
        ("[Apply](https://t.me/acme)", False),
        ("https://t.me/acme!\nhttps://t.me/acme_jobs", False),
        ("See https://t.me/acme_jobs", True),
        ("See https://t.me/acme?start=1", True),
        ("See https://t.me/acme.example.org", True),
        ("See https://t.me/acme\u200b_jobs", True),  # shown as one word
        ("See https://example.org/?to=https://t.me/acme", True),
        ("See acme", True),
    ],
)
def test_a_link_is_shown_only_where_it_stands_whole(text: str, hidden: bool) -> None:
    link = "https://t.me/acme"
    assert with_links(text, [link]) == (f"{text}\n{link}" if hidden else text)
