"""What Label Studio 1.23 sends to an ML backend (``label_studio/ml/api_connector.py``) and to
webhooks (``label_studio/webhooks``), and what it is answered.

Fields that are not named here are neither read nor kept: names of annotators, and the access token
of the project's owner, which comes with every set-up.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
)
from pydantic_core import PydanticCustomError

from service.api.schemas import Opaque, Shape

Json = dict[str, Any]

NAME = r"^[A-Za-z0-9._-]{1,64}$"

Instance = Annotated[str, StringConstraints(pattern=NAME)]
"""Tells one Label Studio from another: ids of both begin at 1."""

INSTANCE = "label-studio"
"""Where there is one only."""

XML_CHARS = 2**20
"""Characters of a labelling configuration."""

Number = Annotated[int, Field(ge=0, lt=2**63)]
"""An id of theirs, as their database has it."""

Xml = Annotated[str, StringConstraints(max_length=XML_CHARS)]


def kept(moment: datetime) -> datetime:
    """A moment that a database can keep: the first and last hours of the calendar are in no UTC."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("moment", "the time is before or after every calendar") from None
    return moment


class Theirs(BaseModel):
    """Base of what they send: what else there is is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)


class SetUp(Theirs):
    """A project connects to this backend, or asks whether it is still there."""

    schema_: Annotated[Xml | None, Field(alias="schema")] = None
    """The project's labelling configuration, XML."""


class TaskIn(Theirs):
    """A task to predict."""

    data: Json
    """Its fields."""


class PredictRequest(Theirs):
    """Tasks to fill in."""

    tasks: list[TaskIn]
    """Any number: they are scored in parts."""

    label_config: Xml | None = None
    """The project's labelling configuration, XML."""


class SetUpAnswer(Shape):
    """What of a project can be filled in."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str
    """The bundle's name."""

    uses: dict[str, str | None]
    """Names of the tags that hold our labels: `text`, `kind`, `harms`, `indicators`."""

    missing: list[str]
    """What would have to be added for all of our labels to have a place."""


class PredictAnswer(Shape):
    """One prediction for each task, in order."""

    model_config = ConfigDict(protected_namespaces=())

    results: list[Json]
    """`result`, `score`, `model_version` each; `error` where a task cannot be read."""

    model_version: str
    """The bundle's name."""


class Health(Shape):
    """The backend is up."""

    model_config = ConfigDict(protected_namespaces=())

    status: Literal["UP"]
    model_class: str
    """`Lurewatch`."""


class Versions(Shape):
    """Bundles that answer here."""

    versions: list[str]


class Person(Theirs):
    """An annotator, where an export tells more than the id."""

    id: Number


class Region(Theirs):
    """A part of an annotation or prediction."""

    from_name: Annotated[str, StringConstraints(max_length=1000)] = ""
    """The tag that it was made with; relations have none."""

    type: Annotated[str, StringConstraints(max_length=100)] = ""
    value: Json = {}
    id: Any = None


class Prediction(Theirs):
    """The prediction that an annotation began with."""

    model_config = ConfigDict(protected_namespaces=())

    result: list[Region] = []
    model_version: Opaque | None = None
    score: Annotated[float, Field(ge=0, le=1)] | None = None


class Annotation(Theirs):
    """What somebody said of a task."""

    id: Number
    """Label Studio's, of the annotation."""

    result: list[Region]
    """Its parts."""

    completed_by: Number | Person | None = None
    """Who said it. Only a keyed hash of the id is kept."""

    was_cancelled: bool = False
    """Whether the task was skipped."""

    updated_at: Annotated[AwareDatetime, AfterValidator(kept)] | None = None
    """When it was said, or changed."""

    prediction: Prediction | Any = None
    """What was filled in before; some exports have its id alone."""


class TaskOf(Theirs):
    """The task that an annotation is of."""

    id: Number
    data: Json


class Project(Theirs):
    """The project it is in."""

    label_config: Xml | None = None


class Hook(Theirs):
    """A webhook's message."""

    action: Annotated[str, StringConstraints(max_length=100)]
    """`ANNOTATION_CREATED`, `ANNOTATION_UPDATED`, `ANNOTATIONS_CREATED`, `ANNOTATIONS_DELETED`;
    others are left alone."""

    annotation: Json | list[Json] | None = None
    """One, or those of a bulk."""

    task: Json | list[Json] | None = None
    """Of the annotation, or of each."""

    annotations: list[Json] | None = None
    """Ids of those that were deleted."""

    project: Project | None = None
    """With its labelling configuration."""


class RefusedOut(Shape):
    """An annotation that is no label."""

    annotation: int | None
    """Label Studio's id of it."""

    reason: str
    """What is wrong, without a word of the text."""


class Taken(Shape):
    """What became of a webhook's message."""

    kept: int = 0
    """Annotations that are reviewers' words now."""

    known: int = 0
    """Those that came before, equal."""

    withdrawn: int = 0
    """Words that were deleted with their annotations."""

    skipped: int = 0
    """Tasks that an annotator skipped."""

    refused: tuple[RefusedOut, ...] = ()
    """Annotations that are no labels."""


ANNOTATION: TypeAdapter[Annotation] = TypeAdapter(Annotation)
TASK: TypeAdapter[TaskOf] = TypeAdapter(TaskOf)
