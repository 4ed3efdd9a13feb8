"""Which of a platform's Coop actions and policies mean which kind of text: the operator's file.

    version: 1
    item_types: [post, message]          # types of items that are ads; left out: all
    actions:
      8d1f0c52ab1: {kind: lure}          # what the action says of the ad
      5e0b77aa310: {of_policies: true}   # what the policies say that came with it
    policies:
      c29a11f0d5e: {kind: lure, harms: [task_based_job_scam]}
      77d02b1c9fa: {kind: other_scam}
    appeals:
      accepted: {kind: recruitment}      # what an ad is whose appeal was accepted

Ids are Coop's own. Every field is checked when the service starts.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from models.labels import HARMS, Harm, Kind
from service.errors import CoopError
from service.known_fields import listed, meant, unknown_field
from service.policy.errors import Wrong
from service.policy.source import Loc, Source, dotted, read
from service.policy.wording import shown

MAX_BYTES = 64 * 1024
"""Of the file."""

MAX_LISTED = 50
"""Places named in one message."""


def refused(message: str) -> PydanticCustomError:
    """An error in our words."""
    return PydanticCustomError("mapping", "{message}", {"message": message})


class Part(BaseModel):
    """Base of every mapping in the file: fields that are not known are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


def in_order(harms: list[Harm]) -> list[Harm]:
    """Each once, in the order of the labels."""
    return [harm for harm in HARMS if harm in harms]


Kinds = Annotated[Kind, Field(strict=False)]
Harms = Annotated[list[Annotated[Harm, Field(strict=False)]], AfterValidator(in_order)]


class Label(Part):
    """What a text is."""

    kind: Kinds
    """One of the kinds."""

    harms: Harms = []
    """What it would lead to; only for lures."""

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """Harms belong to lures."""
        if self.harms and self.kind != Kind.LURE:
            raise refused("`harms` are only for `kind: lure`: leave them out")
        return self


class Action(Part):
    """What an action says of the ad it is taken on."""

    kind: Kinds | None = None
    """One of the kinds, whatever the policies."""

    harms: Harms = []
    """What it would lead to; only for lures."""

    of_policies: bool = False
    """The policies that come with the action say it."""

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        """Either a kind or the policies."""
        if (self.kind is None) != self.of_policies:
            raise refused("give either `kind`, or `of_policies: true`")
        if self.harms and self.kind != Kind.LURE:
            raise refused("`harms` are only for `kind: lure`: leave them out")
        return self


class Appeals(Part):
    """What appeals say."""

    accepted: Label
    """What an ad is whose appeal was accepted: the platform took its decision back."""

    @model_validator(mode="after")
    def is_no_lure(self) -> Self:
        """A decision that is taken back was no right one."""
        if self.accepted.kind == Kind.LURE:
            raise refused("`accepted` may not be `lure`: the appeal says that it was none")
        return self


class Mapping(Part):
    """The whole file."""

    version: Literal[1]
    """Of the form of this file."""

    item_types: Annotated[list[str], Field(min_length=1)] | None = None
    """Coop's ids of the item types that are ads; of other items nothing is learnt."""

    actions: Annotated[dict[str, Action], Field(min_length=1)]
    """By Coop's id of the action. Of actions that are not named nothing is learnt."""

    policies: dict[str, Label] = {}
    """By Coop's id of the policy."""

    appeals: Appeals | None = None
    """Left out: nothing is learnt from appeals."""

    @model_validator(mode="after")
    def policies_are_used(self) -> Self:
        """An action that leaves it to policies needs some, and policies need such an action."""
        asks = any(action.of_policies for action in self.actions.values())
        if asks and not self.policies:
            raise refused("an action has `of_policies: true`, and no `policies` are named")
        if self.policies and not asks:
            raise refused("`policies` are named, and no action has `of_policies: true`")
        return self

    def of_action(self, action: str, policies: Sequence[str]) -> Label | None:
        """What an action with these policies says; ``None`` where nothing is named. Of several
        policies a lure speaks before all others, then the first; harms are joined."""
        named = self.actions.get(action)
        if named is None:
            return None
        if named.kind is not None:
            return Label(kind=named.kind, harms=named.harms)
        found = [self.policies[policy] for policy in policies if policy in self.policies]
        lures = [label for label in found if label.kind == Kind.LURE]
        if lures:
            return Label(kind=Kind.LURE, harms=[harm for label in lures for harm in label.harms])
        return found[0] if found else None


def load(path: Path) -> Mapping:
    """The mapping in a file. Raises :class:`~service.errors.CoopError` with every place that is
    wrong."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CoopError(f"LUREWATCH_COOP_MAPPING: {path}: {error.strerror}") from None
    source = read(content)
    wrongs = list(source.wrongs)
    if source.data is not None:
        try:
            mapping = Mapping.model_validate(source.data)
        except ValidationError as error:
            told = {(wrong.line, wrong.column) for wrong in wrongs}
            found = (located(one, source) for one in error.errors(include_url=False))
            wrongs += [wrong for wrong in found if (wrong.line, wrong.column) not in told]
        else:
            if not wrongs:
                return mapping
    count = len(wrongs)
    lines = [
        ": ".join(filter(None, (f"{path}:{w.line}:{w.column}", w.path, w.message)))
        for w in sorted(wrongs)[:MAX_LISTED]
    ]
    title = f"LUREWATCH_COOP_MAPPING: {path}: {count} error{'s' if count > 1 else ''}"
    raise CoopError("\n".join([title, *lines]))


def located(error: ErrorDetails, source: Source) -> Wrong:
    """An error at its value; an unknown field at its name; a missing one at what is around it."""
    loc: Loc = error["loc"]
    if error["type"] == "extra_forbidden":
        return Wrong(*source.keys[loc], dotted(loc), words(error))
    return Wrong(*source.nearest(loc), dotted(loc), words(error))


SHAPES = {
    "model_type": "a mapping of fields is expected",
    "dict_type": "a mapping by id is expected",
    "list_type": "a list is expected",
    "string_type": "a word is expected: quote an id that is all digits",
    "bool_type": "true or false is expected",
}
"""pydantic's error types whose own message speaks of Python."""


def words(error: ErrorDetails) -> str:
    """One error, for the person who wrote the file."""
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        names = fields_of(error["loc"])
        return unknown_field(str(error["loc"][-1]), names)
    if kind == "missing":
        return "is required"
    if kind == "enum":
        names = [str(name) for name in (Harm if "harms" in error["loc"] else Kind)]
        return f"{shown(value)} is not one of {listed(names)}{meant(value, names)}"
    if kind == "literal_error":
        return f"{shown(value)} is not 1, the only version there is"
    if kind == "mapping":
        return error["msg"]
    if kind == "too_short":
        return "name at least one"
    return f"{SHAPES.get(kind, error['msg'])}, not {shown(value)}"


def fields_of(loc: Loc) -> list[str]:
    """Fields of the mapping in which a field is unknown."""
    parts: dict[Any, type[Part]] = {"actions": Action, "policies": Label, "appeals": Appeals}
    part = Mapping if len(loc) == 1 else parts[loc[0]]
    if part is Appeals and len(loc) == 3:
        part = Label
    return list(part.model_fields)
