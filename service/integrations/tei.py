"""``POST /predict`` as Text Embeddings Inference answers it, with a sigmoid for each label.

TEI puts all labels through one softmax, so that two which hold at once share what each should have.
Here each has its own probability.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request, Response
from pydantic import BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from models.ad import MAX_TEXT_CHARS
from models.calibration import logit
from service.access import Scoring
from service.api.examples import HONEST, LURE
from service.api.schemas import AdIn, Shape
from service.engine import Answer
from service.errors import BatchTooLarge, NotSupported
from service.integrations.asking import answers_of
from service.integrations.labels import probabilities
from service.integrations.tei_errors import TeiError
from service.integrations.writing import answers
from service.runtime import runtime_of

router = APIRouter(tags=["tei"])

SURE = 1e-12
"""Probabilities nearer to 0 or 1 give the raw score of this one: JSON has no infinity."""

PAIR = (
    "two strings in one list are a pair, and pairs are not read here: send one text as a string, "
    'several as [["…"], ["…"]]'
)

RowText = Annotated[str, StringConstraints(max_length=2**22)]
"""Cut to what is read, or refused, further on. With a bound, what is not Unicode is refused."""


class Inputs(Shape):
    """What is to be classified."""

    single: bool
    """Whether there is one, so that the answer is one list too."""

    rows: tuple[tuple[RowText, ...], ...]


def as_inputs(given: object) -> object:
    """TEI's forms in one."""
    if isinstance(given, str):
        return {"single": True, "rows": [[given]]}
    if not isinstance(given, list):
        raise PydanticCustomError("inputs", 'give a string or a batch, [["…"], ["…"]]')
    if given and all(isinstance(one, str) for one in given):
        return {"single": True, "rows": [given]}
    return {"single": False, "rows": given}


class PredictRequest(Shape):
    """As TEI has it. Fields that are not known are left alone, as it does."""

    model_config = ConfigDict(extra="ignore")

    inputs: Annotated[
        Inputs, BeforeValidator(as_inputs, json_schema_input_type=str | list[list[str]])
    ]
    """A text, or a batch with each text in a list of its own."""

    truncate: bool | None = None
    """Whether a text of more than 20,000 characters is cut to them rather than refused. Anything
    shorter is read whole, in windows."""

    truncation_direction: Literal["left", "right", "Left", "Right"] = "right"
    """The side that is cut off."""

    raw_scores: bool = False
    """Logits instead of probabilities: the sigmoid of each is the label's probability."""


class Prediction(Shape):
    """A label of one text."""

    score: float
    """Calibrated probability, or its logit."""

    label: str
    """`recruitment_lure`, or the name of a harm."""


EXAMPLES: dict[str, Any] = {
    "one": {"summary": "One text", "value": {"inputs": LURE}},
    "batch": {"summary": "A batch", "value": {"inputs": [[LURE], [HONEST]]}},
}


@router.post("/predict", responses=answers(TeiError, 400, 401, 403, 413, 415, 422, 429, 503))
async def predict(
    request: Request,
    response: Response,
    given: Annotated[PredictRequest, Body(openapi_examples=EXAMPLES)],
    caller: Scoring,
) -> list[Prediction] | list[list[Prediction]]:
    """Text Embeddings Inference's shape, for clients that have it: one list of labels for a text, a
    list of such lists for a batch, the most probable label first. Labels do not exclude each other
    and do not sum to 1. A harm's score is the probability that the text is a lure to it. `X-Model`
    names the bundle. Pairs are refused."""
    ads = [ad_of(i, row, given) for i, row in enumerate(given.inputs.rows)]
    place = "/inputs" if given.inputs.single else "/inputs/{}"
    found = await answers_of(request, caller, ads, "/inputs", place)
    response.headers["X-Model"] = runtime_of(request).engine.name
    predicted = [predictions(one, given.raw_scores) for one in found]
    return predicted[0] if given.inputs.single else predicted


def ad_of(position: int, row: tuple[str, ...], given: PredictRequest) -> AdIn:
    """The ad of one input. Raises :class:`~service.errors.NotSupported` or
    :class:`~service.errors.BatchTooLarge`."""
    place = "/inputs" if given.inputs.single else f"/inputs/{position}"
    if len(row) != 1:
        raise NotSupported(place, PAIR if row else "a list without a text")
    (text,) = row
    if len(text) > MAX_TEXT_CHARS:
        if not given.truncate:
            raise BatchTooLarge(len(text), MAX_TEXT_CHARS, "characters", place)
        left = given.truncation_direction.lower() == "left"
        text = text[-MAX_TEXT_CHARS:] if left else text[:MAX_TEXT_CHARS]
    return AdIn(text=text)


def predictions(answer: Answer, raw: bool) -> list[Prediction]:
    """Labels of one text, the most probable first."""
    found = sorted(probabilities(answer).items(), key=lambda one: -one[1])
    return [Prediction(label=label, score=logit(p, SURE) if raw else p) for label, p in found]
