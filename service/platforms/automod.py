"""A rule for Discord's AutoMod from the strongest phrases of lures.

Limits as of Discord's documentation in 2026
(https://docs.discord.com/developers/resources/auto-moderation): a keyword rule has 1,000 keywords
and 100 allowed ones of 60 characters, 10 patterns of 260 in the flavour of Rust's regex; a guild
has six keyword rules. AutoMod knows words alone: where a bot can run, the bot sees more.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import StringConstraints, TypeAdapter

from service.errors import OperatorError
from service.platforms.phrases import WORD, Found, Phrase, Text
from service.platforms.plan import Call
from service.platforms.sending import Sender

MAX_KEYWORDS = 1000
MAX_KEYWORD_CHARS = 60
MAX_PATTERNS = 10
MAX_PATTERN_CHARS = 260
MAX_ALLOWED = 100
MAX_RULES = 6
KEYWORD, MESSAGE_SEND = 1, 1
BLOCK, ALERT = 1, 2

NAME = "Job offers to verify (Lurewatch)"
BLOCKED = "This looks like a job offer that should be verified first. A moderator can help."


class RuleError(OperatorError):
    """A rule that cannot be made, or that the guild has no room for."""


def rule(
    found: Found, texts: Sequence[Text], alert: str | None, block: bool = False, name: str = NAME
) -> dict[str, Any]:
    """The body of ``POST /guilds/{guild}/auto-moderation/rules``. Raises :class:`RuleError`.

    ``alert``: the channel in which moderators are told; ``block``: also keep the message back.
    """
    keywords = [keyword(one) for one in found.phrases if one.form != "numbers"][:MAX_KEYWORDS]
    patterns = [pattern(one) for one in found.phrases if one.form == "numbers"]
    patterns = [one for one in patterns if len(one) <= MAX_PATTERN_CHARS][:MAX_PATTERNS]
    if not keywords and not patterns:
        raise RuleError(
            "no phrase stands in enough lures and in few enough honest texts: give more"
        )
    actions: list[dict[str, Any]] = []
    if alert is not None:
        actions.append({"type": ALERT, "metadata": {"channel_id": alert}})
    if block:
        actions.append({"type": BLOCK, "metadata": {"custom_message": BLOCKED}})
    if not actions:
        raise RuleError("a rule does something: give the channel of an alert, or block")
    check(patterns)
    return {
        "name": name,
        "event_type": MESSAGE_SEND,
        "trigger_type": KEYWORD,
        "trigger_metadata": {
            "keyword_filter": keywords,
            "regex_patterns": patterns,
            "allow_list": allowed(found.phrases, texts),
        },
        "actions": actions,
        "enabled": True,
        "exempt_roles": [],
        "exempt_channels": [],
    }


def keyword(phrase: Phrase) -> str:
    """Whole words; in a script without spaces, anywhere.

    >>> keyword(Phrase("visa on arrival", "words", 3, 0))
    'visa on arrival'
    """
    return f"*{phrase.text}*" if phrase.form == "dense" else phrase.text


def pattern(phrase: Phrase) -> str:
    r"""In Rust's flavour, ``#`` as any number.

    >>> pattern(Phrase("earn # per day", "numbers", 3, 0))
    '(?i)\\bearn\\W{1,3}\\d[\\d.,]*\\w{0,3}\\W{1,3}per\\W{1,3}day\\b'
    """
    words = [r"\d[\d.,]*\w{0,3}" if one == "#" else re.escape(one) for one in phrase.text.split()]
    return r"(?i)\b" + r"\W{1,3}".join(words) + r"\b"


def check(patterns: Sequence[str]) -> None:
    """Each is compiled by Rust's regex. Raises :class:`RuleError`."""
    for one in patterns:
        try:
            TypeAdapter(Annotated[str, StringConstraints(pattern=one)])
        except Exception:
            raise RuleError("a pattern is none of Rust's regex; this is a bug") from None


def allowed(phrases: Sequence[Phrase], texts: Sequence[Text]) -> list[str]:
    """Longer phrases with one of ours in them that stand in honest texts and in no lure."""
    lures = [" ".join(WORD.findall(one.text.casefold())) for one in texts if one.lure]
    ours = [one.text for one in phrases if one.form == "words" and one.honest]
    found: dict[str, None] = {}
    for one in texts:
        if one.lure or len(found) >= MAX_ALLOWED:
            continue
        words = " ".join(WORD.findall(one.text.casefold()))
        for phrase in ours:
            longer = around(phrase, words)
            if longer and not any(longer in lure for lure in lures):
                found[longer] = None
    return list(found)[:MAX_ALLOWED]


def around(phrase: str, words: str) -> str | None:
    """A phrase with the word before and the word after it.

    >>> around("visa free", "we get a visa free of cost")
    'a visa free of'
    """
    before, found, after = f" {words} ".partition(f" {phrase} ")
    beside = (before.rpartition(" ")[2], phrase, after.partition(" ")[0])
    longer = " ".join(filter(None, beside))
    return longer if found and phrase != longer and len(longer) <= MAX_KEYWORD_CHARS else None


async def put(sender: Sender, guild: str, made: dict[str, Any]) -> str:
    """Add the rule to a guild, or replace that of the same name; gives its id. Raises
    :class:`RuleError` or :class:`~service.platforms.sending.NotDone`."""
    path = f"/guilds/{quote(guild, '')}/auto-moderation/rules"
    reply = await sender.make(Call("list the rules", "GET", path, repeatable=True))
    known = [one for one in TypeAdapter(list[dict[str, Any]]).validate_json(reply.body)]
    ours = next((one for one in known if one["name"] == made["name"]), None)
    if ours is not None:
        change = Call("change the rule", "PATCH", f"{path}/{ours['id']}", made, repeatable=True)
        await sender.make(change)
        return str(ours["id"])
    if sum(one["trigger_type"] == KEYWORD for one in known) >= MAX_RULES:
        raise RuleError(f"the guild has {MAX_RULES} keyword rules, and Discord takes no more")
    added = await sender.make(Call("add the rule", "POST", path, made))
    return str(TypeAdapter(dict[str, Any]).validate_json(added.body)["id"])
