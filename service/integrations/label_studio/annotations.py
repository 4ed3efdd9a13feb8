"""An annotation as a reviewer's word."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from models.labels import Harm, Indicator, Kind
from models.renderer import Render
from service.api.reviewing import MAX_SPANS, Origin, Piece, Word
from service.integrations.label_studio.controls import Control, Controls
from service.integrations.label_studio.prefill import made_by
from service.integrations.label_studio.shapes import (
    ANNOTATION,
    INSTANCE,
    TASK,
    Annotation,
    Person,
    Prediction,
    Region,
)
from service.integrations.label_studio.tasks import Refused, Shown, same_words, shown_in
from service.problems import told
from service.review.naming import Spoken
from service.review.subject import Along, given_along
from service.store import Vault

Form = TypeVar("Form")
Marked = dict[Indicator, tuple[Piece, ...]]

NO_KIND = "no kind is chosen: choose one, and submit anew"


class Skipped(Exception):
    """Somebody skipped the task: nothing was said of it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads annotations of one project."""

    controls: Controls
    vault: Vault
    render: Render
    """As ads are read that are scored."""

    origin: Origin = "review"
    """How the ads came to the annotators."""

    instance: str = INSTANCE

    def spoken(self, annotation: Any, task: Any) -> Spoken:
        """The word that an annotation and its task, as JSON, come to.

        Raises :class:`Skipped`, or :class:`~service.integrations.label_studio.tasks.Refused`.
        """
        said = checked(ANNOTATION, annotation, "")
        about = checked(TASK, task, "task")
        if said.was_cancelled:
            raise Skipped
        shown = shown_in(about.data, self.controls.key)
        kind, harms = self.labels(said.result)
        marked = self.marked(said.result, shown)
        who = self.who(said)
        word = Word(
            ad_id=shown.ours,
            external_id=shown.ad.id or f"{self.instance}/{about.id}",
            ad=shown.ad,
            kind=kind,
            harms=harms,
            reviewer=who,
            origin=self.origin,
        )
        along = self.along(said.prediction, shown)
        return Spoken(
            word, along, id=self.id_of(said, word, marked), marked=marked, said_at=said.updated_at
        )  # fmt: skip

    def along(self, predicted: object, shown: Shown) -> Along:
        """The ad, with what was filled in before, where that was ours and can be read."""
        along = given_along(shown.ad, self.render)
        if not isinstance(predicted, Prediction) or not is_ours(predicted):
            return along
        try:
            found = self.marked(predicted.result, shown) or {}
        except Refused:  # of another state of the text
            return along
        spans = {str(name): [one.model_dump() for one in few] for name, few in found.items()}
        return replace(along, shown=spans, model=predicted.model_version, score=predicted.score)

    def labels(self, result: Sequence[Region]) -> tuple[Kind, tuple[Harm, ...]]:
        """Kind and harms. Harms beside another kind than ``lure`` were left from before the kind
        was changed, and are no part of the word."""
        kinds = chosen(self.controls.kind, result)
        if len(kinds) != 1:
            raise Refused(f"{len(kinds)} kinds are chosen: choose one" if kinds else NO_KIND)
        kind = Kind(kinds[0])
        harms = chosen(self.controls.harms, result) if kind == Kind.LURE else []
        return kind, tuple(map(Harm, harms))

    def marked(self, result: Sequence[Region], shown: Shown) -> Marked | None:
        """Places of indicators; ``None`` where the project has no labels for them, so that nobody
        looked."""
        control = self.controls.indicators
        if control is None:
            return None
        found: dict[Indicator, list[Piece]] = defaultdict(list)
        for region in result:
            if region.from_name != control.name:
                continue
            labels = region.value.get("labels")
            ours = [control.ours[one] for one in listed(labels) if one in control.ours]
            for indicator in map(Indicator, ours):
                found[indicator] += placed(region, shown)
        return {name: tuple(bounded(few)) for name, few in found.items()}

    def who(self, said: Annotation) -> str:
        """Names the annotator, before it is hashed."""
        person = said.completed_by
        number = person.id if isinstance(person, Person) else person
        if number is None:
            raise Refused("completed_by: nobody; a label needs somebody who gave it")
        return f"{self.instance}/{number}"

    def id_of(self, said: Annotation, word: Word, marked: Marked | None) -> str:
        """Of the word: the same for the same annotation in the same state, however it came."""
        state = [
            word.kind, word.harms, word.reviewer, said.updated_at,
            None if marked is None else sorted(
                (name, one.field, one.start, one.end)
                for name, few in marked.items() for one in few
            ),
        ]  # fmt: skip
        version = self.vault.hashed("label_studio_state", orjson.dumps(state))
        return prefix(self.vault, self.instance, said.id) + version[:16]


def prefix(vault: Vault, instance: str, annotation: int) -> str:
    """With which the ids of all words of one annotation begin."""
    return "fb_" + vault.hashed("label_studio", f"{instance}/{annotation}")[:16]


def checked(form: TypeAdapter[Form], given: Any, place: str) -> Form:
    """What Label Studio says, in our shape. Raises :class:`Refused`."""
    try:
        return form.validate_python(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = told({**first, "loc": ("body", *filter(None, [place]), *first["loc"])})
        name = where["pointer"].strip("/").replace("/", ".") or place or "it"
        raise Refused(f"{name}: {where['detail']}") from None


def chosen(control: Control | None, result: Sequence[Region]) -> list[str]:
    """Our labels that are chosen in a tag. Raises :class:`Refused` for a choice that is none."""
    if control is None:
        return []
    found = []
    for region in result:
        if region.from_name == control.name:
            for one in listed(region.value.get("choices")):
                if one not in control.ours:
                    raise Refused(
                        f"a choice of '{control.name}' is none of our labels; give the project's "
                        "labelling configuration as it is now"
                    )
                found.append(control.ours[one])
    return list(dict.fromkeys(found))


def placed(region: Region, shown: Shown) -> list[Piece]:
    """Where a region stands. Raises :class:`Refused`."""
    start, end = region.value.get("start"), region.value.get("end")
    if not (isinstance(start, int) and isinstance(end, int)) or isinstance(start, bool):
        raise Refused("a region without `start` and `end` as whole numbers")
    if not 0 <= start < end <= len(shown.text):
        raise Refused(
            f"a region from {start} to {end}, and the text has {len(shown.text)} code points"
        )
    if not same_words(shown.text[start:end], region.value.get("text")):
        raise Refused(
            f"a region from {start} to {end} whose words are others than the text's there: the "
            "task's text was changed, or Label Studio is older than 1.4.1"
        )
    return list(shown.pieces(start, end))


def bounded(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """No more than a text has room for, however often a region was drawn over others: an answer may
    show one sign in hundreds of places, and whoever finds them right sends them all back.

    >>> many = [Piece(field="text", start=i, end=i + 2) for i in range(100)]
    >>> [(one.start, one.end) for one in bounded(many)]
    [(0, 101)]
    """
    if len(pieces) <= MAX_SPANS:
        return pieces
    joined: list[Piece] = []
    for one in sorted(pieces, key=lambda piece: (piece.field, piece.start, piece.end)):
        last = joined[-1] if joined else None
        if last is not None and last.field == one.field and one.start < last.end:
            end = max(last.end, one.end)
            joined[-1] = Piece(field=last.field, start=last.start, end=end)
        else:
            joined.append(one)
    return joined


def is_ours(predicted: Prediction) -> bool:
    """Whether a prediction is one of ours, and not another backend's."""
    makers = {made_by(region.id) for region in predicted.result}
    return makers == {predicted.model_version}


def repeats_none(annotation: Any, bundle: str) -> bool:
    """Whether an annotation as it came began with a prediction of this bundle, and does not repeat
    it: Label Studio repeats only those whose version the project names as its own."""
    if not isinstance(annotation, dict) or annotation.get("prediction"):
        return False
    regions = annotation.get("result")
    found = regions if isinstance(regions, list) else []
    return any(isinstance(one, dict) and made_by(one.get("id")) == bundle for one in found)


def listed(given: object) -> list[str]:
    """Its strings."""
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
