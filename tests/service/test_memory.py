"""A text that reads as one before is not read again, and is answered as if it were."""

from threading import Barrier, Thread
from typing import Any

import pytest

from models.ad import Ad, Platform
from models.inference import Logits
from models.rendering import Rendered, render
from service.engine import Engine
from service.scoring.memory import Remembering, size_of
from service.settings import Settings
from tests.conftest import TinyRun

AMPLE = 2**26


class Counting:
    """The real model, and what it was asked."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.asked: list[str] = []

    def logits(self, rendered: Rendered) -> Logits:
        self.asked.append(rendered.text)
        found: Logits = self.model.logits(rendered)
        return found


@pytest.fixture
def engines(tiny_run: TinyRun) -> Any:
    """One that remembers, and one that does not."""
    made = [Engine.start(Settings(bundle_dir=tiny_run.bundle, cache_mb=mb)) for mb in (64, 0)]
    yield made
    for one in made:
        one.scorer.close()


def test_copies_and_disguised_copies_are_answered_as_without_memory(engines: Any) -> None:
    remembering, forgetful = engines
    counting = Counting(remembering.memory.model)
    remembering.memory.model = counting
    words = "Flight tonight, send a photo of your passport to our boss."
    ads = [
        Ad(words), Ad(words), Ad("\u200b" + words), Ad(f"  {words}", title=""),
        Ad(words, platform=Platform.DATING, language="es"), Ad(words, thread=("who are you?",)),
        Ad(words, thread=("who are you?",), own=frozenset({0})),
    ]  # fmt: skip
    found = [remembering.answer_now([ad])[0] for ad in ads]
    expected = [forgetful.answer_now([ad])[0] for ad in ads]
    for one, other in zip(found, expected, strict=True):
        assert one.assessment == other.assessment
        assert (one.reading, one.outcome) == (other.reading, other.outcome)
    spans = [one.assessment.evidence[0].place for one in found[:3:2]]
    assert spans[0] != spans[1], "a copy's spans are its own"
    assert forgetful.memory is None
    use = remembering.memory.use()
    assert use.hits == len(ads) - len(counting.asked)
    assert use.hits >= 3
    assert counting.asked == [words, f"  {words}", f"who are you?\n{words}"], "own is not read"


def test_what_was_not_asked_for_longest_makes_room(engines: Any) -> None:
    model = engines[1].scorer._model
    texts = [render(Ad(f"{word} wanted, apply in writing")) for word in "abcdef"]
    one = size_of(model.logits(texts[0]))
    counting = Counting(model)
    memory = Remembering(counting, 3 * one + one // 2)
    for text in (*texts[:3], texts[0], texts[3]):
        memory.logits(text)
    assert memory.use().texts == 3
    assert memory.use().bytes <= 3 * one + one // 2
    counting.asked.clear()
    memory.logits(texts[0])
    assert counting.asked == []
    memory.logits(texts[1])
    assert counting.asked == [texts[1].text]


def test_a_text_larger_than_the_memory_is_answered_and_forgotten(engines: Any) -> None:
    memory = Remembering(engines[1].scorer._model, 10)
    assert memory.logits(render(Ad("a job"))) is not None
    assert (memory.use().texts, memory.use().bytes) == (0, 0)


def test_a_failure_is_told_to_all_who_wait_and_not_remembered(engines: Any) -> None:
    class Failing:
        def logits(self, rendered: Rendered) -> Logits:
            raise MemoryError

    memory = Remembering(Failing(), AMPLE)
    with pytest.raises(MemoryError):
        memory.logits(render(Ad("a job")))
    memory.model = engines[1].scorer._model
    assert memory.logits(render(Ad("a job"))) is not None


def test_two_threads_ask_for_a_text_once(engines: Any) -> None:
    barrier = Barrier(2)
    counting = Counting(engines[1].scorer._model)
    memory = Remembering(counting, AMPLE)
    found: list[object] = []

    def ask() -> None:
        barrier.wait()
        found.append(memory.logits(render(Ad(text="the same"))))

    threads = [Thread(target=ask) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found[0] is found[1]
    assert counting.asked == ["the same"]
