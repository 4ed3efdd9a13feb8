"""``GET /v1/modelspecs`` and ``POST /v1/classify``: what ROOST's Pigeon asks of a classifier, so
that Coop and Osprey can call it.

Pigeon is a prototype; what is known of it is its published contract.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request

from service.access import Scoring
from service.api.examples import LURE
from service.api.openapi import problems
from service.api.schemas import AdIn, Opaque, Shape, TurnText
from service.errors import NotSupported, UnknownModel
from service.integrations.asking import answers_of
from service.integrations.labels import LABELS, display, probabilities
from service.runtime import runtime_of

router = APIRouter(tags=["pigeon"])

MODEL = "lurewatch"


class LabelSpec(Shape):
    """A label that has a score."""

    id: str
    """`recruitment_lure`, or the name of a harm."""

    display: str
    """In words."""

    valueType: Literal["score"] = "score"
    """A probability, 0 to 1."""


class ModelSpec(Shape):
    """A model that can be called."""

    id: str
    """`lurewatch`."""

    version: str
    """Name of the bundle that is served."""

    kind: Literal["classifier"] = "classifier"
    """It reads no policy in words."""

    inputTypes: list[Literal["text"]]
    """Text alone."""

    labels: list[LabelSpec]
    """Each with a probability of its own."""


class ModelSpecs(Shape):
    """The models served here: one."""

    modelspecs: list[ModelSpec]
    """One."""


class ClassifyInput(Shape):
    """What is to be classified."""

    text: TurnText
    """At most 20,000 characters."""

    mediaUrl: Opaque | None = None
    """Refused: media are not read here."""


class ClassifyRequest(Shape):
    """As Pigeon has it."""

    model: Opaque
    """`lurewatch`, or the bundle's name to be sure of the version."""

    input: ClassifyInput
    """One text."""

    policy: TurnText | None = None
    """Refused: the classifier reads no policy in words."""


class LabelScore(Shape):
    """A label of the text."""

    label: str
    """As in the model's spec."""

    score: float
    """Calibrated probability that it holds."""


class ClassifyResponse(Shape):
    """Every label of the spec, in its order."""

    model: str
    """Name of the bundle that answered."""

    results: list[LabelScore]
    """They do not exclude each other and do not sum to 1."""


EXAMPLES: dict[str, Any] = {
    "one": {"summary": "One text", "value": {"model": MODEL, "input": {"text": LURE}}}
}


@router.get("/v1/modelspecs", responses=problems(401, 403, 503))
async def modelspecs(request: Request, caller: Scoring) -> ModelSpecs:
    """What can be called, for Pigeon: one classifier with its labels."""
    spec = ModelSpec(
        id=MODEL,
        version=runtime_of(request).engine.name,
        inputTypes=["text"],
        labels=[LabelSpec(id=label, display=display(label)) for label in LABELS],
    )
    return ModelSpecs(modelspecs=[spec])


@router.post("/v1/classify", responses=problems(400, 401, 403, 404, 413, 415, 422, 429, 503))
async def classify(
    request: Request,
    given: Annotated[ClassifyRequest, Body(openapi_examples=EXAMPLES)],
    caller: Scoring,
) -> ClassifyResponse:
    """Pigeon's shape: the probability of every label of one text. A harm's is the probability that
    the text is a lure to it. Errors are problems, as everywhere here."""
    name = runtime_of(request).engine.name
    if given.model not in (MODEL, name):
        raise UnknownModel([MODEL, name])
    if given.input.mediaUrl is not None:
        raise NotSupported("/input/mediaUrl", "media are not read here; send the text alone")
    if given.policy is not None:
        raise NotSupported("/policy", "this classifier reads no policy in words; leave it out")
    ad = AdIn(text=given.input.text)
    (found,) = await answers_of(request, caller, [ad], "/input", "/input/text")
    scores = probabilities(found)
    return ClassifyResponse(
        model=name, results=[LabelScore(label=k, score=p) for k, p in scores.items()]
    )
