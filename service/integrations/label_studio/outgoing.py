"""Ads as tasks with predictions, for Label Studio to import."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from models import bundle
from models.ad import MAX_TEXT_CHARS, MAX_TITLE_CHARS
from service.api.results import Wanted, result
from service.api.reviewing import QueuedAd, QueueQuery
from service.api.schemas import AdIn, LineError
from service.integrations.label_studio.controls import Controls
from service.integrations.label_studio.prefill import prediction
from service.integrations.label_studio.tasks import Shown
from service.lines import read_line
from service.review import queue
from service.review.places import parse
from service.runtime import existing_store
from service.settings import Settings

CHUNK = 64
"""Ads scored together, and words kept together."""

Item = TypeVar("Item")
Json = dict[str, Any]


def of_queue(settings: Settings, controls: Controls) -> Iterator[Json]:
    """A task for each ad that waits, in the queue's order."""
    threshold = bundle.load(settings.bundle_dir).calibration.harm_threshold
    asked, after = QueueQuery(limit=100), None
    with existing_store(settings) as (database, vault):
        while True:
            place = None if after is None else parse(after)
            ads, after = database.read_now(queue.page, vault, asked, None, place, asked.limit)
            for one in ads:
                shown = Shown.of(as_given(one), one.ad_id)
                yield task(shown, prediction(shown, one.result, controls, threshold), controls)
            if after is None:
                return


def as_given(waiting: QueuedAd) -> AdIn:
    """A redacted ad as one that could be handed over. Placeholders may be longer than what they
    stand for: what they push beyond the limits of an ad is left out."""
    turns = [
        {"text": turn.text[:MAX_TEXT_CHARS], "role": turn.role} for turn in waiting.thread
    ]  # fmt: skip
    return AdIn.model_validate(
        {
            "text": waiting.text[:MAX_TEXT_CHARS],
            "title": waiting.title[:MAX_TITLE_CHARS],
            "thread": turns,
            "platform": waiting.result.platform,
            "surface": waiting.result.surface,
        }
    )


def of_lines(
    lines: Iterable[str], settings: Settings, controls: Controls, wrong: Callable[[LineError], None]
) -> Iterator[Json]:
    """A task for each line that is an ad, scored here; ``wrong`` is told of each that is none."""
    from service.engine import Engine

    engine = Engine.start(settings)
    threshold = engine.bundle.calibration.harm_threshold
    try:
        for chunk in chunks(read_line(*numbered) for numbered in enumerate(lines, 1)):
            ads = []
            for one in chunk:
                if isinstance(one, LineError):
                    wrong(one)
                else:
                    ads.append(one)
            answers = engine.answer_now([one.ad() for one in ads])
            for ad, answer in zip(ads, answers, strict=True):
                shown, told = Shown.of(ad), result(ad, answer, engine.name, Wanted())
                yield task(shown, prediction(shown, told, controls, threshold), controls)
    finally:
        engine.scorer.close()


def task(shown: Shown, predicted: Json, controls: Controls) -> Json:
    """As Label Studio imports it."""
    return {"data": shown.data(controls.key), "predictions": [predicted]}


def save(out: Path, tasks: Iterable[Json]) -> int:
    """Write a list, an entry a line, for its owner alone; gives how many. Raises
    :class:`OSError`."""
    written = 0
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        for one in tasks:
            stream.write((b",\n" if written else b"[\n") + orjson.dumps(one))
            written += 1
        stream.write(b"\n]\n" if written else b"[]\n")
    return written


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Some at a time."""
    kept = iter(items)
    while chunk := list(islice(kept, CHUNK)):
        yield chunk
