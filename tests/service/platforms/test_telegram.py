"""Telegram in private: who asks is answered, as the checker answers, so often an hour."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from models.ad import Ad
from models.inference import Logits
from models.labels import INDICATORS, KINDS, Kind
from models.rendering import Rendered
from service.api.results import Wanted
from service.api.results import result as told_of
from service.api.schemas import AdIn
from service.client import AsyncClient, Result
from service.indicators import languages
from service.pages.reading import HEADLINES, read
from service.platforms import asked
from service.platforms.bots.moderator import Moderator
from service.platforms.plan import Plan
from service.platforms.seen import Skipped
from service.platforms.telegram import Telegram, TelegramOptions
from service.settings import Settings
from tests.live import Service, StubModel, live, stub_engine
from tests.service.platforms.given import DECISIONS, SIGN, result, seen

LURE = "Fly Thursday on a tourist visa, permit later. Send a photo of your passport."
MOMENT = 1763631000
MAX_MESSAGE_CHARS = 4096
"""https://core.telegram.org/bots/api#sendmessage"""


def question(text: str = LURE, number: int = 7, at: int = MOMENT, **more: Any) -> dict[str, Any]:
    """A message in private."""
    person = {"id": 5550103, "is_bot": False, "first_name": "Cedar", "language_code": "es"}
    message = {
        "message_id": number, "date": at, "chat": {"id": 5550103, "type": "private"},
        "from": person, "text": text, **more,
    }  # fmt: skip
    return {"update_id": number, "message": message}


def answered(plan: Plan) -> str:
    """What the one who asked is told."""
    (call,) = plan.calls
    assert call.path == "/sendMessage"
    assert call.body is not None
    assert call.body["chat_id"] == 5550103
    words: str = call.body["text"]
    return words


@pytest.mark.parametrize("decision", DECISIONS)
def test_who_asks_is_answered_whatever_the_decision(decision: str) -> None:
    adapter = Telegram(TelegramOptions(moderators="-7"))
    one = seen(adapter, question())
    words = answered(adapter.plan(one, result(decision)))
    assert "verificar" in words  # their program is in Spanish
    assert "embajada" in words


@pytest.mark.parametrize("decision", DECISIONS)
def test_nobody_is_told_a_number_or_a_sign(decision: str) -> None:
    """Whoever writes lures can ask too."""
    adapter = Telegram()
    one = seen(adapter, question())
    words = answered(adapter.plan(one, result(decision, score=0.8731)))
    assert "0.87" not in words
    assert str(SIGN["name"]) not in words
    assert decision not in words
    assert words == answered(adapter.plan(one, result("block", score=0.99)))


def test_nothing_found_is_said_and_is_no_all_clear() -> None:
    adapter = Telegram()
    one = seen(adapter, question("Waiter wanted, written contract."))
    allowed = result("allow", score=0.01, kind="recruitment", indicators=[])
    words = answered(adapter.plan(one, allowed))
    assert words == asked.answer("nothing", "es")
    assert words != answered(adapter.plan(one, result("review")))


def test_who_asks_is_not_the_author() -> None:
    assert "author_id" not in seen(Telegram(), question()).ad


def test_a_picture_without_words_is_answered() -> None:
    found = Telegram().read(question(text="", photo=[]))
    assert isinstance(found, Skipped)
    assert found.plan is not None
    assert answered(found.plan) == asked.answer("too_little", "es")


@pytest.mark.parametrize("text", [" ", "\u200b\u200b", "\u3164 \u00ad"])
def test_what_only_looks_empty_is_answered(text: str) -> None:
    """The service refuses such a text, so that no result would come."""
    found = Telegram().read(question(text))
    assert isinstance(found, Skipped)
    assert found.plan is not None
    assert answered(found.plan) == asked.answer("too_little", "es")


@pytest.mark.parametrize("caption", [None, 0, 1, 2])
def test_an_album_is_answered_for_its_caption(caption: int | None) -> None:
    """And once where it has none; a picture more is no question more."""
    adapter = Telegram(TelegramOptions(questions_per_hour=2))
    found = [
        adapter.read(picture(number, LURE if number == caption else "")) for number in range(4)
    ]
    read = [number for number, one in enumerate(found) if isinstance(one, list)]
    told = [number for number, one in enumerate(found) if isinstance(one, Skipped) and one.plan]
    assert read == ([] if caption is None else [caption])
    assert told == ([] if caption == 0 else [0])
    last = adapter.read(question(number=9))
    assert isinstance(last, list) == (caption in (None, 0))


def test_every_caption_of_an_album_is_read() -> None:
    adapter = Telegram()
    assert all(isinstance(adapter.read(picture(number, LURE)), list) for number in range(3))


def test_albums_are_told_apart_and_forgotten_in_time() -> None:
    albums = asked.Albums()
    assert albums.is_first(1, "a", 10)
    assert not albums.is_first(1, "a", 11)
    assert albums.is_first(1, "a", 10)  # edited
    assert albums.is_first(1, "b", 12)
    assert albums.is_first(2, "a", 10)
    for number in range(asked.REMEMBERED):
        albums.is_first(3, str(number), number)
    assert albums.is_first(1, "a", 11)


def picture(number: int, caption: str) -> dict[str, Any]:
    """One of an album."""
    return question("", number, media_group_id="1", photo=[], caption=caption)


def test_one_person_is_answered_so_often_an_hour() -> None:
    adapter = Telegram(TelegramOptions(questions_per_hour=2))
    found = [adapter.read(question(number=n, at=MOMENT + n)) for n in range(4)]
    assert [type(one) for one in found] == [list, list, Skipped, Skipped]
    told, silent = found[2:]
    assert isinstance(told, Skipped)
    assert isinstance(silent, Skipped)
    assert told.plan is not None
    assert answered(told.plan) == asked.busy("es")
    assert silent.plan is None
    other = question(number=9, at=MOMENT + 9)
    other["message"]["chat"]["id"] = 5550104
    assert isinstance(adapter.read(other), list)
    assert isinstance(adapter.read(question(number=10, at=MOMENT + asked.HOUR_S)), list)


def test_an_edit_is_a_question_too() -> None:
    adapter = Telegram(TelegramOptions(questions_per_hour=1))
    adapter.read(question())
    edit = {"update_id": 8, "edited_message": question(edit_date=MOMENT + 1)["message"]}
    assert isinstance(adapter.read(edit), Skipped)


def test_groups_are_not_counted() -> None:
    adapter = Telegram(TelegramOptions(questions_per_hour=1))
    group = {"id": -1005550100, "type": "supergroup"}
    assert all(isinstance(adapter.read(question(chat=group)), list) for _ in range(3))


@pytest.mark.parametrize("found", HEADLINES)
def test_an_answer_fits_into_one_message(found: Any) -> None:
    for language in languages():
        words = asked.answer(found, language)
        assert len(words.encode("utf-16-le")) / 2 <= MAX_MESSAGE_CHARS


class Said(StubModel):
    """Says one kind of every text, with a sign or without."""

    def __init__(self, kind: Kind, sign: bool) -> None:
        super().__init__()
        self.kind, self.sign = kind, sign

    def logits(self, rendered: Rendered) -> Logits:
        made = super().logits(rendered)
        row = made.tokens  # kinds, harms and signs are views of it
        row[0, : len(KINDS)] = -9
        row[0, KINDS.index(self.kind)] = 9
        row[0, -len(INDICATORS)] = 9 if self.sign else -9
        return made


@pytest.mark.parametrize("sign", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_headline_is_the_checker_s(kind: Kind, sign: bool) -> None:
    engine = stub_engine(Settings(workers=1), Said(kind, sign))
    try:
        (one,) = engine.answer_now([Ad(LURE)])
    finally:
        engine.scorer.close()
    shown = told_of(AdIn(text=LURE), one, engine.name, Wanted()).model_dump(mode="json")
    assert shown["kind"] == kind
    assert bool(shown["indicators"]) == sign
    assert asked.headline(Result.model_validate(shown)) == read(one).headline


def test_what_a_policy_only_observes_is_no_all_clear() -> None:
    seen_only = result("allow", observed="review", kind="other", indicators=[])
    assert asked.headline(seen_only) == "verify"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Everything is for review."""
    with live(Service(data_dir=tmp_path_factory.mktemp("telegram")).app) as address:
        yield address


def test_the_bot_answers_each_question(service: str) -> None:
    """Also what holds no words, what is edited and decided as before, and one question too many."""
    shown: list[Plan] = []
    events = [
        question(text="", number=1),
        question(number=2),
        {"update_id": 3, "edited_message": question("Fly on Friday.", 2)["message"]},
        question(number=4),
        question(number=5),
    ]

    async def main() -> None:
        adapter = Telegram(TelegramOptions(questions_per_hour=3))
        async with AsyncClient(service) as client:
            moderator = Moderator(adapter, client, shown.append)
            for event in events:
                await moderator.handle(event)

    asyncio.run(main())
    assert [plan.decision for plan in shown] == [None, "review", "review", None]
    assert answered(shown[-1]) == asked.busy("es")
