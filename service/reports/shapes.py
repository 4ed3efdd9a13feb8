"""What a reporter sends and gets, and what those who may read reports are given."""

import datetime
import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.ad import MAX_TEXT_CHARS, Platform
from service.api.schemas import LanguageTag, Opaque, Shape
from service.reports.codes import NoCode, read

MAX_CHARS = 40_000
"""Of all that is written in the fields of a report together, in code points."""

SAYING = ("what_happened", "ad_text", "promised", "real")
"""At least one of these says something."""


CHOSEN = frozenset({"platform", "language", "relation"})
"""Fields that nobody writes: a form fills in its language, which must not make a text too long."""


class Relation(StrEnum):
    """Who reports, seen from the person that the offer was made to."""

    SELF = "self"
    FAMILY_OR_FRIEND = "family_or_friend"
    WORKER = "worker"
    NGO = "ngo"
    OTHER = "other"


def whole(given: object) -> object:
    """A text without halves of characters: an application that cuts an emoji in two is no reason
    to refuse what a person says."""
    if not isinstance(given, str):
        return given
    return given.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def as_given_out(code: str) -> str:
    """The code, if its characters can be one."""
    try:
        return read(code)
    except NoCode:
        raise PydanticCustomError(
            "no_code",
            "16 letters and digits are needed as they were given out; at least one of these was "
            "misread, left out or swapped",
        ) from None


WHOLE = BeforeValidator(whole)
Code = Annotated[str, StringConstraints(max_length=64), AfterValidator(as_given_out)]

UNGUESSED = re.compile(r"[!-~]{16,200}")


def unguessed(key: str) -> str:
    """An idempotency key that nobody else can have."""
    if not UNGUESSED.fullmatch(key):
        raise PydanticCustomError(
            "report_key",
            "give 16 to 200 visible ASCII characters that nobody can guess, such as a UUID",
        )
    return key


ReportKey = Annotated[str, AfterValidator(unguessed)]
"""Longer than a submission's: the code of a report is made from it."""


class Said(Shape):
    """What somebody reports. All of it is sealed; nothing else is asked."""

    ad_id: Opaque | None = None
    """Ours, if you have it from an answer of this service: it links the report to the ad."""

    ad_text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS), WHOLE] = ""
    """The offer, pasted: at most 20,000 characters."""

    platform: Platform | None = None
    """Kind of service where the offer was seen."""

    where_seen: Annotated[str, StringConstraints(max_length=500), WHOLE] = ""
    """Name of the service, group or page: at most 500 characters."""

    place: Annotated[str, StringConstraints(max_length=1_000), WHOLE] = ""
    """Where the work was said to be, or where the person ended up: at most 1,000 characters."""

    promised: Annotated[str, StringConstraints(max_length=5_000), WHOLE] = ""
    """What work, pay and conditions were promised: at most 5,000 characters."""

    real: Annotated[str, StringConstraints(max_length=5_000), WHOLE] = ""
    """What it really was: at most 5,000 characters."""

    contact_route: Annotated[str, StringConstraints(max_length=2_000), WHOLE] = ""
    """How contact was made, and where it went on: at most 2,000 characters."""

    what_happened: Annotated[str, StringConstraints(max_length=20_000), WHOLE] = ""
    """In your own words, in any language: at most 20,000 characters."""

    reply_to: Annotated[str, StringConstraints(max_length=500), WHOLE] = ""
    """How you want to be reached, if you do: at most 500 characters. Leave it out to stay unknown
    to everybody. A way that others can read puts you at risk."""

    language: LanguageTag | None = None
    """Of the report, such as `km`: it helps to find who can read it."""

    relation: Relation | None = None
    """Who you are to the person that the offer was made to."""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """Refuses what is empty, or longer than all fields together may be."""
        if not any(getattr(self, name).strip() for name in SAYING):
            raise PydanticCustomError(
                "nothing_said",
                "fill at least one of `what_happened`, `ad_text`, `promised`, `real`",
            )
        fields = self.model_dump(mode="json", exclude={"code", *CHOSEN})
        given = sum(len(value) for value in fields.values() if isinstance(value, str))
        if given > MAX_CHARS:
            raise PydanticCustomError(
                "report_too_long",
                "all fields together have {given} characters, at most {limit} are taken; send "
                "the rest with the code as an addition",
                {"given": given, "limit": MAX_CHARS},
            )
        return self

    def content(self) -> dict[str, str]:
        """What is sealed: the fields that say something."""
        fields = self.model_dump(mode="json", exclude={"code"})
        return {name: value for name, value in fields.items() if value}


class Addition(Said):
    """More on a report that was made before, with the same fields."""

    code: Code
    """The one that you were given; small letters, spaces and digits of another script will do."""


class Withdrawal(Shape):
    """Which report is to be deleted."""

    code: Code
    """The one that you were given."""


class Taken(Shape):
    """The report was sealed and kept."""

    code: str
    """Shown once and kept nowhere: with it you add to the report or withdraw it."""

    advice: list[str]
    """A few sentences on how to stay safe."""


class SealedPart(Shape):
    """What was said at once."""

    day: datetime.date
    """On which it came. The hour is not kept."""

    sealed: str
    """Base64 of a sealed box (libsodium) that the operator's private key opens: a JSON object of
    the fields as sent, filled up with spaces."""


class ReportOut(Shape):
    """A report, as far as it can be read without the private key."""

    id: str
    """Ours. The reporter does not know it."""

    day: datetime.date
    """On which it came, in UTC."""

    ad: str | None
    """The ad it is about, where it named one that was kept."""

    campaign: str | None
    """Of that ad or of the pasted offer, where campaigns are counted."""

    parts: list[SealedPart]
    """The report itself, then additions."""


class ReportPage(Shape):
    """Some reports, the oldest first."""

    reports: list[ReportOut]
    """At most `limit`."""

    after: str | None
    """Give it as `after` to get those that follow; `null` where none do."""
