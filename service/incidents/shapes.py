"""What an incident is told by, and what is told of it."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.ad import MAX_TITLE_CHARS, Ad
from models.labels import Harm, Kind
from models.rendering import is_blank
from service.api.schemas import AdIn, LanguageTag, Opaque, Shape

MAX_EXAMPLES = 50
MAX_LIVE = 100
"""Incidents at a time: what is matched in well under a millisecond."""

MAX_EXAMPLE_CHARS = 5000
"""Of one example's text: some four windows; a lure is rarely a tenth of that."""

DEFAULT_DAYS, MAX_DAYS = 14, 90

IncidentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""As policies name it."""


class ExampleIn(Shape):
    """A text that shows the incident, or one that does not."""

    text: Annotated[str, StringConstraints(max_length=MAX_EXAMPLE_CHARS)]
    """At most 5,000 characters. Contacts are replaced before anything of it is kept."""

    title: Annotated[str, StringConstraints(max_length=MAX_TITLE_CHARS)] = ""
    """Headline, where there is one apart from the text."""

    language: LanguageTag | None = None
    """BCP 47; else as it is read."""

    id: Opaque | None = None
    """Yours. Erasing this id erases the example."""

    ad_id: Opaque | None = None
    """Ours, of an ad that is kept. Erasing that ad erases the example."""

    author_id: Opaque | None = None
    """Opaque; only a keyed hash is kept. Erasing this author erases the example."""

    @model_validator(mode="after")
    def says_something(self) -> "ExampleIn":
        """A blank text is no example of anything."""
        if is_blank(self.ad()):
            raise refused("the text is blank: give words")
        return self

    def ad(self) -> Ad:
        """As the model takes it."""
        return self.ad_in().ad()

    def ad_in(self) -> AdIn:
        """As an ad of a request."""
        return AdIn(text=self.text, title=self.title, language=self.language)


class CounterExampleIn(ExampleIn):
    """A text that is like the incident and is none of it."""

    kind: Kind = Kind.RECRUITMENT
    """What it is. `lure`: one of another incident."""


def as_example(given: object) -> object:
    """A bare text is an example of which nothing else is known."""
    return {"text": given} if isinstance(given, str) else given


Example = Annotated[ExampleIn, BeforeValidator(as_example, json_schema_input_type=str | ExampleIn)]
CounterExample = Annotated[
    CounterExampleIn, BeforeValidator(as_example, json_schema_input_type=str | CounterExampleIn)
]


class IncidentIn(Shape):
    """An incident, whole: putting it again replaces all of it."""

    definition: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    """What is new about it, for people: at most 2,000 characters. The model does not read it."""

    examples: Annotated[tuple[Example, ...], Field(min_length=1, max_length=MAX_EXAMPLES)]
    """1 to 50 texts of it, in any language. Five say much more than one."""

    counter_examples: Annotated[tuple[CounterExample, ...], Field(max_length=MAX_EXAMPLES)] = ()
    """Up to 50 texts that are like it and must not match: honest offers, warnings."""

    harms: Annotated[tuple[Harm, ...], Field(max_length=len(Harm))] = ()
    """What its lures lead to, for the training rows; empty: not labelled."""

    false_positive_rate: Annotated[float, Field(ge=0.0005, le=0.2)] = 0.01
    """Share of ordinary texts, which are no lures, that may match: 0.0005 to 0.2. Held on the
    background sample of the bundle."""

    expires_in_days: Annotated[int, Field(ge=1, le=MAX_DAYS)] = DEFAULT_DAYS
    """Days from now, 1 to 90. Then it is deleted with its examples."""

    @model_validator(mode="after")
    def not_both(self) -> "IncidentIn":
        """A text cannot be an example and a counter-example."""
        both = {one.text.strip() for one in self.examples} & {
            one.text.strip() for one in self.counter_examples
        }
        if both:
            raise refused("a text stands in `examples` and in `counter_examples`")
        return self


def refused(message: str) -> PydanticCustomError:
    """An error that says only what we wrote."""
    return PydanticCustomError("refused", "{message}", {"message": message})


class LanguageRate(Shape):
    """One language of the examples."""

    language: str
    """Primary subtag."""

    texts: int
    """Ordinary texts of the background in it."""

    false_positive_rate: float
    """Share of them that match."""


class Measured(Shape):
    """What the incident does on texts that are known."""

    background: int
    """Ordinary texts, no lures, that the rate is held on."""

    false_positive_rate: float
    """Share of them that match: at most what was asked for."""

    other_lures: int
    """Lures of the background, whatever they are about."""

    other_lure_rate: float
    """Share of them that match. Much: the examples say little beyond being lures."""

    by_language: list[LanguageRate]
    """The same for the languages of the examples, where ordinary texts are most like them."""

    examples_found: int | None
    """Examples that would match if each were not among them; null where there is one alone. Few:
    they have little in common, or what they have in common is what ordinary texts have."""

    counter_examples_matched: int
    """Counter-examples that match all the same."""


class IncidentOut(Shape):
    """An incident without its texts."""

    name: str
    """As in results and policies."""

    definition: str
    """As it was given."""

    examples: int
    """How many there are."""

    counter_examples: int
    """How many there are."""

    harms: list[Harm]
    """As given."""

    false_positive_rate: float
    """As asked for."""

    measured: Measured
    """With the bundle that is served."""

    created_at: datetime
    """When the name was first put."""

    updated_at: datetime
    """When it was last put, or an example was erased."""

    expires_at: datetime
    """When it is deleted."""


class KeptExample(Shape):
    """An example as it is kept."""

    title: str
    """Contacts replaced."""

    text: str
    """Contacts replaced."""

    language: str
    """As given, or as read."""

    kind: Kind
    """What it is."""

    id: str | None
    """Yours."""


class IncidentDetail(IncidentOut):
    """An incident with its texts."""

    example_texts: list[KeptExample]
    """In the order in which they were put."""

    counter_example_texts: list[KeptExample]
    """In the order in which they were put."""


class IncidentList(Shape):
    """Every incident that has not expired."""

    incidents: list[IncidentOut]
    """By name."""
