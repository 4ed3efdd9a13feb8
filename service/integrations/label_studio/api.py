"""``/label-studio/…``: an ML backend as Label Studio asks one, and the receiver of its webhooks."""

import asyncio
import base64
import logging
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.openapi.models import HTTPBase
from sqlalchemy.exc import IntegrityError

from service.access import Caller, Carried, Scope, bearer, with_key
from service.api.acting import who
from service.api.openapi import problems
from service.api.results import Wanted, result
from service.api.reviewing import Origin
from service.charging import charged
from service.errors import NotSupported, Overloaded
from service.hangup import unless_gone
from service.integrations.label_studio.annotations import Reader, Skipped, repeats_none
from service.integrations.label_studio.controls import ConfigError, Controls, read
from service.integrations.label_studio.prefill import nothing, prediction
from service.integrations.label_studio.shapes import (
    INSTANCE,
    Health,
    Hook,
    Instance,
    Json,
    PredictAnswer,
    PredictRequest,
    RefusedOut,
    SetUp,
    SetUpAnswer,
    Taken,
    Versions,
)
from service.integrations.label_studio.tasks import Refused, Shown, chunked, shown_in
from service.integrations.label_studio.words import take, withdraw
from service.logs import note
from service.review.audit import Who
from service.review.naming import Spoken
from service.runtime import Runtime, runtime_of

router = APIRouter(prefix="/label-studio", tags=["label studio"])

log = logging.getLogger(__name__)

CREATED = frozenset({"ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED"})
DELETED = "ANNOTATIONS_DELETED"
TRAIN = "START_TRAINING"

NO_TRAINING = (
    "nothing is trained here: annotations are kept as feedback, and 'python -m training retrain' "
    "makes a bundle of them"
)


def key_of(request: Request) -> str:
    """The password of basic authentication, which Label Studio sends to ML backends, whatever the
    user's name; or a bearer's key, which a webhook can have among its headers."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return bearer(request)
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:  # no base64, or not UTF-8
        return ""


BASIC = Carried("password", HTTPBase(scheme="basic", description="A key as the password."))

Scoring = Annotated[Caller, Depends(with_key(Scope.SCORE, key_of, BASIC))]
Reviewing = Annotated[Caller, Depends(with_key(Scope.REVIEW, key_of, BASIC))]


@router.get("/health", responses=problems(401, 403, 503))
async def health(request: Request, caller: Scoring) -> Health:
    """Whether the backend is up, and the key the right one."""
    runtime_of(request)
    return Health(status="UP", model_class="Lurewatch")


@router.get("/versions", responses=problems(401, 403, 503))
async def versions(request: Request, caller: Scoring) -> Versions:
    """The bundle that answers."""
    return Versions(versions=[runtime_of(request).engine.name])


@router.post("/setup", responses=problems(400, 401, 403, 413, 415, 422, 503))
async def setup(request: Request, given: SetUp, caller: Scoring) -> SetUpAnswer:
    """A project connects. Its labelling configuration may name its tags as it likes; of labels that
    it lacks, `missing` tells. One that has no place for any of ours is refused."""
    controls = read_at("/schema", given.schema_)
    return SetUpAnswer(
        model_version=runtime_of(request).engine.name,
        uses=controls.named(),
        missing=list(controls.missing),
    )


@router.post("/predict", responses=problems(400, 401, 403, 413, 415, 422, 429, 503))
async def predict(request: Request, given: PredictRequest, caller: Scoring) -> PredictAnswer:
    """Fill tasks in: kind, harms from the bundle's threshold on, indicators as spans in code
    points. Scored as `POST /v1/score` scores, in parts of its limits. Nothing is kept, and nothing
    counted into campaigns. A task that cannot be read gets an empty prediction, with the reason."""
    runtime = runtime_of(request)
    engine = runtime.engine
    controls = read_at("/label_config", given.label_config)
    harm_threshold = engine.bundle.calibration.harm_threshold
    tasks = [readable(task.data, controls) for task in given.tasks]
    ads = [one for one in tasks if isinstance(one, Shown)]
    found: list[Json] = []
    answers = []
    limits = runtime.settings.max_request_ads, runtime.settings.max_request_chars
    with charged(request, caller, len(ads), "/tasks"):
        for part in chunked(ads, *limits):
            scored = await unless_gone(request, engine.answer([one.ad.ad() for one in part]))
            answers += scored
            for shown, answer in zip(part, scored, strict=True):
                told = result(shown.ad, answer, engine.name, Wanted())
                found.append(prediction(shown, told, controls, harm_threshold))
    note(request, engine.name, answers)
    following = iter(found)
    return PredictAnswer(
        results=[
            next(following) if isinstance(one, Shown) else nothing(engine.name, one)
            for one in tasks
        ],
        model_version=engine.name,
    )


@router.post("/webhook", responses=problems(400, 401, 403, 413, 415, 422, 503, 504))
async def webhook(
    request: Request,
    given: Hook,
    caller: Reviewing,
    instance: Annotated[Instance, Query()] = INSTANCE,
    origin: Annotated[Origin, Query()] = "review",
) -> Taken:
    """Annotations become reviewers' words, as by `POST /v1/feedback`; deleted ones are taken back.
    Every annotation is taken or refused by itself. `instance` tells one Label Studio from another;
    `origin` says how the ads came to the annotators. Other events are left alone."""
    if given.action == TRAIN:
        raise NotSupported("/action", NO_TRAINING)
    runtime = runtime_of(request)
    if given.action == DELETED:
        ids = [one["id"] for one in given.annotations or () if isinstance(one.get("id"), int)]
        gone = await runtime.database.write(
            withdraw, runtime.vault, runtime.settings, instance, ids, who(request, caller)
        )
        return Taken(withdrawn=gone)
    if given.action not in CREATED:
        return Taken()
    config = None if given.project is None else given.project.label_config
    reader = Reader(
        read_at("/project/label_config", config), runtime.vault,
        runtime.engine.render, origin, instance,
    )  # fmt: skip
    taken = await taken_by(runtime, reader, pairs(given), who(request, caller))
    if taken.refused:
        log.info("annotations refused", extra={"wrong_lines": len(taken.refused)})
    return taken


def read_at(pointer: str, config: str | None) -> Controls:
    """A labelling configuration. Raises :class:`~service.errors.NotSupported`, naming where it
    stood."""
    try:
        return read(config)
    except ConfigError as error:
        raise NotSupported(pointer, str(error)) from None


def readable(data: Json, controls: Controls) -> Shown | str:
    """A task's ad, or why there is none."""
    try:
        return shown_in(data, controls.key)
    except Refused as error:
        return str(error)


def pairs(given: Hook) -> list[tuple[Json, Any]]:
    """Each annotation with its task. Tasks of a bulk come in an order of their own."""
    annotations = given.annotation if isinstance(given.annotation, list) else [given.annotation]
    tasks = given.task if isinstance(given.task, list) else [given.task]
    by_id = {str(task.get("id")): task for task in tasks if task is not None}
    return [(one, by_id.get(str(one.get("task")))) for one in annotations if one is not None]


async def taken_by(
    runtime: Runtime, reader: Reader, given: Sequence[tuple[Json, Any]], by: Who
) -> Taken:
    """Keep what can be kept."""
    kept = known = skipped = 0
    refused = []
    for annotation, task in given:
        try:
            whole = await with_prediction(runtime, reader, annotation, task)
            spoken = await asyncio.to_thread(reader.spoken, whole, task)
        except Skipped:
            skipped += 1
        except Refused as error:
            number = annotation.get("id")
            told = number if isinstance(number, int) else None
            refused.append(RefusedOut(annotation=told, reason=str(error)))
        else:
            new = await kept_once(runtime, spoken, by)
            kept, known = kept + new, known + (not new)
    return Taken(kept=kept, known=known, skipped=skipped, refused=tuple(refused))


async def with_prediction(runtime: Runtime, reader: Reader, annotation: Json, task: Any) -> Json:
    """The annotation with the prediction that it began with, made again where it was this bundle's:
    what was filled in and is gone is wrong. Without room for it the word is kept all the same."""
    engine = runtime.engine
    if not repeats_none(annotation, engine.name) or not isinstance(task, dict):
        return annotation
    data = task.get("data")
    shown = readable(data if isinstance(data, dict) else {}, reader.controls)
    if isinstance(shown, str):
        return annotation
    try:
        (answer,) = await engine.answer([shown.ad.ad()])
    except Overloaded:
        return annotation
    told = result(shown.ad, answer, engine.name, Wanted())
    again = prediction(
        shown, told, reader.controls, engine.bundle.calibration.harm_threshold
    )  # fmt: skip
    return {**annotation, "prediction": again}


async def kept_once(runtime: Runtime, spoken: Spoken, by: Who) -> bool:
    """Whether the word is new."""
    try:
        new, _ = await runtime.database.write(take, runtime.vault, runtime.settings, [spoken], by)
    except IntegrityError:  # the same annotation, just now, by another connection
        return False
    return new == 1
