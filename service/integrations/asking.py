"""From a protocol's request to answers: the same checks, limits, counting and keeping as
``POST /v1/score``."""

from collections.abc import Sequence

from fastapi import Request

from service.access import Caller
from service.answering import passing_answer, runtime_answer
from service.api.results import Wanted
from service.api.schemas import AdIn
from service.api.score import checked, kept
from service.charging import charged
from service.engine import Answer
from service.hangup import unless_gone
from service.logs import note
from service.review.keeping import matched
from service.runtime import runtime_of


async def answers_of(
    request: Request, caller: Caller, given: Sequence[AdIn], place: str, text: str,
    store: bool = True,
) -> list[Answer]:  # fmt: skip
    """In order. ``place`` and ``text``: see :func:`service.api.score.checked`, which says also what
    is raised. Without ``store`` nothing is kept: no ad for reviewers, no count of a campaign."""
    runtime = runtime_of(request)
    engine = runtime.engine
    ads = checked(given, runtime.settings, place, text)
    asked = runtime_answer if store else passing_answer
    with charged(request, caller, len(ads), place):
        answers = await unless_gone(request, asked(runtime, ads))
    note(request, engine.name, answers)
    if store and runtime.settings.review_queue:
        await kept(runtime, matched(given, answers, engine.name, Wanted()))
    return answers
