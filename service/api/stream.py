"""``POST /v1/score/stream``: an ad a line, a result a line, of any length."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from service.access import Scoring
from service.answering import runtime_attempt
from service.api.examples import HONEST, LURE
from service.api.openapi import problems
from service.api.results import Wanted
from service.api.schemas import AdIn, LanguageTag, LineError, StreamClosed, Terms, Undecided
from service.api.score import missing_as, only_scored, placed, results_of
from service.charging import charged, limit_of
from service.engine import Answer
from service.errors import KeyLimited
from service.exchange import Exchange, Line
from service.indicators import pick
from service.lines import in_place, read_line, too_long, written
from service.missing import NoScore, Why, left_s
from service.observing.stages import unscored
from service.runtime import runtime_of

BATCH_LINES = 16
"""Lines answered together at most, or as many as there are workers: few enough that the first
answers come soon."""

DOCUMENTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            Exchange.media_type: {
                "schema": {"$ref": "#/components/schemas/AdIn"},
                "examples": {
                    "two lines": {
                        "summary": "A lure and an honest ad",
                        "value": f'{{"id": "a", "text": "{LURE}"}}\n{{"text": "{HONEST}"}}\n',
                    }
                },
            }
        },
    },
    "responses": {
        "200": {
            "description": "JSON lines: a result, or what is wrong, for each line in order",
            "content": {
                Exchange.media_type: {
                    "schema": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/Result"},
                            {"$ref": "#/components/schemas/Undecided"},
                            LineError.model_json_schema(),
                            StreamClosed.model_json_schema(),
                        ]
                    }
                }
            },
        }
    },
}
"""What the framework cannot know of a body that it does not read."""

UNSCORED: dict[Why, str] = {
    "deadline": "no score within `deadline_ms`; allow more time, or say in `on_error` what an ad "
    "without a score shall get",
    "overloaded": "there is no room; try again",
    "internal": "a defect of ours at this ad; tell us the X-Request-ID",
}

router = APIRouter(tags=["score"])


class StreamOptions(Terms):
    """What is asked of every answer of a stream; as in the body of ``POST /v1/score``.
    ``deadline_ms`` counts for each line, from when it was read."""

    answer_language: LanguageTag | None = None
    """Language of the sentences that explain indicators, such as `th`; else the first of
    `Accept-Language` that we have, else English."""

    entity_values: bool = False
    """Also give what each entity says, such as a telephone number."""

    statement_of_reasons: bool = False
    """Also draft a statement of reasons for ads that are not allowed as they are."""


@router.post(
    "/v1/score/stream",
    response_class=Response,
    responses=problems(401, 403, 415, 422, 429, 503),
    openapi_extra=DOCUMENTED,
)
async def score_stream(
    request: Request,
    asked: Annotated[StreamOptions, Query()],
    caller: Scoring,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Score ads while they come: one in each line of the body (`application/x-ndjson`), one result
    or `{"line": 7, "error": "…"}` in each line of the answer, in order. Blank lines count, and get
    no answer.

    A line has at most `max_body_bytes`, the body any length. Answers are written as soon as they
    are there, and no more is read while you do not take them: send and read at the same time, or
    send no more than about 64 kB before you read. A stream waits for room, or for the minute of its
    key's limit, where a request would get 429; it gets 429 itself only before it begins. Where
    nothing comes for a minute, or the service stops, it ends with `{"closed": "…"}`: open another
    with the first line that has no answer, as after a connection that broke off. Needs scope
    `score` where keys are asked for, which is looked at once, when it begins.

    With `deadline_ms` each line is answered in that time from when it was read, also where the
    key's limit would have it wait longer. A line without a score gets
    `{"line": 7, "error": "…"}`, or what `on_error` says.
    """
    runtime = runtime_of(request)
    settings = runtime.settings
    language = pick(accept_language, asked.answer_language)
    wanted = Wanted(language, asked.entity_values, asked.statement_of_reasons)

    async def answer(lines: Sequence[Line], until: float | None) -> bytes:
        read = [
            too_long(number, settings.max_body_bytes) if line is None else read_line(number, line)
            for number, line in lines
        ]
        ads = [one for one in read if isinstance(one, AdIn)]
        outcomes: Sequence[Answer | NoScore] = []
        try:
            with charged(request, caller, len(ads)) as use:
                if ads:
                    given = [one.ad() for one in ads]
                    outcomes = await runtime_attempt(runtime, given, until)
                only_scored(use, outcomes)
        except KeyLimited:
            if left_s(until) != 0:
                raise
            outcomes = [NoScore("deadline")] * len(ads)
        wrong = len(read) - len(ads)
        results = await results_of(request, runtime, ads, outcomes, wanted, until, wrong)
        numbers = [line[0] for line, one in zip(lines, read, strict=True) if isinstance(one, AdIn)]
        missing = (
            line_missing(numbers)
            if asked.on_error == "fail"
            else missing_as(asked.on_error, ads, runtime.engine.name, settings)
        )
        return written(in_place(read, placed(outcomes, results, missing)))

    batch_lines = max(BATCH_LINES, settings.workers)
    if limit := limit_of(caller, settings):
        batch_lines = min(batch_lines, limit)  # more would never be taken
    return Exchange(
        answer, settings.max_body_bytes, batch_lines, settings.stream_idle_s, runtime.ending,
        deadline_s=None if asked.deadline_ms is None else asked.deadline_ms / 1000,
        patient=asked.on_error != "fail",
    )  # fmt: skip


def line_missing(numbers: Sequence[int]) -> Callable[[int, NoScore], Undecided | LineError]:
    """What stands for an ad without a score; ``numbers``: in which line each ad stood."""

    def missing(position: int, why: NoScore) -> LineError:
        unscored(why.why, "fail")
        return LineError(line=numbers[position], error=UNSCORED[why.why])

    return missing
