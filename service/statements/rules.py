"""One statement of reasons as the Transparency Database takes it: limits and conditions.

From its published validation (June 2026) and its API documentation; where the two differ, the
stricter one. A statement that passes here is one that it takes, but for a ``puid`` that it has had
before, and but for what only a person sees: whether it is true, and names nobody.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from service.statements.codes import (
    LANGUAGES,
    Account,
    AccountType,
    Automated,
    Category,
    ContentType,
    Country,
    Ground,
    Keyword,
    Monetary,
    Provision,
    Source,
    Visibility,
    YesNo,
)
from service.statements.personal import contacts_in

PUID = r"^[A-Za-z0-9_-]{1,500}$"
RESTRICTIONS = (
    "decision_visibility", "decision_monetary", "decision_provision", "decision_account",
)  # fmt: skip
"""At least one of them is what a statement is about."""

OTHER = {
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER"),
    "decision_monetary_other": ("decision_monetary", "DECISION_MONETARY_OTHER"),
    "content_type_other": ("content_type", "CONTENT_TYPE_OTHER"),
}
"""Words that are wanted with a code, and refused without it."""

GROUNDS = {
    "DECISION_GROUND_ILLEGAL_CONTENT": (
        "illegal_content_legal_ground", "illegal_content_explanation",
    ),
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": (
        "incompatible_content_ground", "incompatible_content_explanation",
    ),
}  # fmt: skip
"""Words that are wanted with each ground, and refused with the other."""

ENDS = {
    "end_date_visibility_restriction": "decision_visibility",
    "end_date_monetary_restriction": "decision_monetary",
    "end_date_service_restriction": "decision_provision",
    "end_date_account_restriction": "decision_account",
}
"""What each end date is of."""


def no_contact(text: str) -> str:
    """The same text, if no contact is in it: personal data has no place in the database (article
    24(5)). Names of people are for the writer to leave out."""
    found = contacts_in(text)
    if found:
        raise PydanticCustomError(
            "personal_data", "{kinds} in it: leave out all personal data",
            {"kinds": " and ".join(found)},
        )  # fmt: skip
    return text


def filled(text: str) -> str:
    """The same text, if there is something in it."""
    if not text.strip():
        raise PydanticCustomError("blank", "blank; write what is asked for, or leave the field out")
    return text


def distinct(values: list[Any]) -> list[Any]:
    """The same list, if nothing stands in it twice."""
    if len(set(values)) < len(values):
        raise PydanticCustomError("twice", "a code stands in it twice")
    return values


def language(code: str) -> str:
    """The same code, if the database takes it."""
    if code not in LANGUAGES:
        raise PydanticCustomError("language", "no ISO 639-1 code in capitals that is taken, as EN")
    return code


Text500 = Annotated[
    str, Field(max_length=500), AfterValidator(filled), AfterValidator(no_contact)
]  # fmt: skip
Text2000 = Annotated[
    str, Field(max_length=2000), AfterValidator(filled), AfterValidator(no_contact)
]  # fmt: skip
Text5000 = Annotated[
    str, Field(max_length=5000), AfterValidator(filled), AfterValidator(no_contact)
]  # fmt: skip
Address = Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s/@?#]+([/?#]\S*)?$")]
Language = Annotated[str, AfterValidator(language)]
ContentDate = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2038, 1, 1))]
ApplicationDate = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2038, 1, 1))]
EndDate = Annotated[date, Field(le=date(2038, 1, 1))]
Codes = AfterValidator(distinct)


class StatementOfReasons(BaseModel):
    """The body of ``POST /api/v1/statement``. What is left out is ``None`` and is not sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    decision_visibility: Annotated[list[Visibility], Codes] = []
    """Restrictions of the content's visibility."""

    decision_visibility_other: Text500 | None = None
    """Which other one."""

    decision_monetary: Monetary | None = None
    """Restriction of payments."""

    decision_monetary_other: Text500 | None = None
    """Which other one."""

    decision_provision: Provision | None = None
    """Restriction of the service."""

    decision_account: Account | None = None
    """Restriction of the account."""

    account_type: AccountType | None = None
    """Whose account: of a business user (Regulation (EU) 2019/1150), or private."""

    decision_ground: Ground
    """Illegal, or against the platform's terms."""

    decision_ground_reference_url: Address | None = None
    """Where the law or the terms can be read."""

    illegal_content_legal_ground: Text500 | None = None
    """The law relied on."""

    illegal_content_explanation: Text2000 | None = None
    """Why the content is held to be illegal by it."""

    incompatible_content_ground: Text500 | None = None
    """The clause of the terms relied on."""

    incompatible_content_explanation: Text2000 | None = None
    """Why the content is held to be against it."""

    incompatible_content_illegal: YesNo | None = None
    """Whether it is held to be illegal as well."""

    content_type: Annotated[list[ContentType], Field(min_length=1), Codes]
    """What the content consists of."""

    content_type_other: Text500 | None = None
    """Which other type."""

    category: Category
    """The one that fits best."""

    category_addition: Annotated[list[Category], Codes] = []
    """Further categories."""

    category_specification: Annotated[list[Keyword], Codes] = []
    """Keywords."""

    category_specification_other: Text500 | None = None
    """Which other keyword."""

    territorial_scope: Annotated[list[Country], Field(min_length=1), Codes]
    """Where the restriction holds: ISO 3166-1 codes of the European Economic Area."""

    content_language: Language | None = None
    """ISO 639-1, capitals."""

    content_date: ContentDate
    """Day on which the content was posted."""

    application_date: ApplicationDate
    """Day from which the restriction holds."""

    end_date_visibility_restriction: EndDate | None = None
    """Last day; left out: without an end. So are the other three."""

    end_date_monetary_restriction: EndDate | None = None
    """Of the restriction of payments."""

    end_date_service_restriction: EndDate | None = None
    """Of the restriction of the service."""

    end_date_account_restriction: EndDate | None = None
    """Of the restriction of the account."""

    decision_facts: Text5000
    """Facts and circumstances relied on. No personal data."""

    source_type: Source
    """What led to the decision: a notice, or the platform's own search."""

    source_identity: Text500 | None = None
    """Who gave notice, only where that is needed to see that the content is illegal."""

    automated_detection: YesNo
    """Whether automated means found the content."""

    automated_decision: Automated
    """How far automated means decided."""

    puid: Annotated[str, Field(pattern=PUID)]
    """Unique in the platform for ever."""

    @model_validator(mode="after")
    def conditions_hold(self) -> Self:
        """Fields that want or exclude each other, each told at its own place."""
        faults = list(self._faults())
        if faults:
            raise ValidationError.from_exception_data("StatementOfReasons", faults)
        return self

    def _faults(self) -> Iterator[InitErrorDetails]:
        if not any(getattr(self, name) for name in RESTRICTIONS):
            yield fault(
                "decision_visibility",
                "no restriction is named: give this, decision_monetary, decision_provision or "
                "decision_account",
            )
        for name, (of, code) in OTHER.items():
            named = code == getattr(self, of) or code in (getattr(self, of) or ())
            if named and getattr(self, name) is None:
                yield fault(name, f"say which: {of} names {code}")
            if not named and getattr(self, name) is not None:
                yield fault(name, f"only with {code} in {of}: leave it out, or add that")
        for ground, names in GROUNDS.items():
            for name in names:
                wanted, given = ground == self.decision_ground, getattr(self, name) is not None
                if wanted and not given:
                    yield fault(name, f"required with {ground}")
                if given and not wanted:
                    yield fault(name, f"only with {ground}: leave it out")
        incompatible = self.decision_ground == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
        if self.incompatible_content_illegal is not None and not incompatible:
            yield fault(
                "incompatible_content_illegal",
                "only with DECISION_GROUND_INCOMPATIBLE_CONTENT: leave it out",
            )
        if self.category_specification_other and "KEYWORD_OTHER" not in self.category_specification:
            yield fault(
                "category_specification_other", "only with KEYWORD_OTHER in category_specification"
            )
        if self.source_type == "SOURCE_VOLUNTARY" and self.source_identity is not None:
            yield fault("source_identity", "only with a notice: leave it out")
        for name, of in ENDS.items():
            end = getattr(self, name)
            if end is not None and not getattr(self, of):
                yield fault(name, f"only with {of}: leave it out")
            if end is not None and end < self.application_date:
                yield fault(name, "before application_date: give that day or a later one")

    def body(self) -> dict[str, Any]:
        """As JSON, without what is left out."""
        found = self.model_dump(mode="json", exclude_none=True)
        return {name: value for name, value in found.items() if value != []}


def fault(name: str, message: str) -> InitErrorDetails:
    """What is wrong with a field."""
    kind = PydanticCustomError("condition", "{message}", {"message": message})
    return InitErrorDetails(type=kind, loc=(name,), input=None)
