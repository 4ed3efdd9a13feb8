"""What the platform did: said with each request, and once for all in the file that
``LUREWATCH_STATEMENTS`` names.

We advise; the platform acts. Which restriction it imposed, by which clause, where and for how long
only the platform knows. The file says it by decision::

    [all]
    territorial_scope = "EU"
    incompatible_content_ground = "Terms of use, section 4.2: deceptive offers of work"

    [review]
    decision_visibility = ["DECISION_VISIBILITY_CONTENT_REMOVED"]
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from service.errors import StatementsError
from service.policy.decisions import Decision
from service.statements.codes import (
    OUTSIDE_EU,
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
from service.statements.rules import ENDS, GROUNDS, RESTRICTIONS

ALL = "all"
DECISIONS: tuple[Decision, ...] = ("nudge", "review", "block")
UNIONS = {
    "EU": [code for code in get_args(Country) if code not in OUTSIDE_EU],
    "EEA": list(get_args(Country)),
}


def whole_unions(given: Any) -> Any:
    """``EU`` and ``EEA`` as their countries."""
    codes = [given] if isinstance(given, str) else given
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        return given
    spelt = [part for code in codes for part in UNIONS.get(code, [code])]
    return sorted(set(spelt), key=spelt.index) if set(codes) & set(UNIONS) else spelt


Countries = Annotated[list[Country], BeforeValidator(whole_unions)]


class Action(BaseModel):
    """What the platform did, in the Transparency Database's fields; all may be left out here, and
    are then taken from the file, or from the decision."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    decision_visibility: list[Visibility] = []
    """Restrictions of the content's visibility; repeat it for several. One of the four
    restrictions is needed. Naming one sets aside all that the file says of them."""

    decision_visibility_other: str | None = None
    """Which other one; with `DECISION_VISIBILITY_OTHER`."""

    decision_monetary: Monetary | None = None
    """Restriction of payments."""

    decision_monetary_other: str | None = None
    """Which other one; with `DECISION_MONETARY_OTHER`."""

    decision_provision: Provision | None = None
    """Restriction of the service."""

    decision_account: Account | None = None
    """Restriction of the account."""

    account_type: AccountType | None = None
    """Whose account."""

    decision_ground: Ground | None = None
    """Illegal, or against your terms. Default: against your terms."""

    decision_ground_reference_url: str | None = None
    """Where the law or your terms can be read."""

    illegal_content_legal_ground: str | None = None
    """The law relied on, at most 500 characters; with `DECISION_GROUND_ILLEGAL_CONTENT`."""

    illegal_content_explanation: str | None = None
    """Why it is illegal by that law, at most 2,000 characters. Never drafted: it is your claim."""

    incompatible_content_ground: str | None = None
    """The clause of your terms, at most 500 characters; needed where content is against them."""

    incompatible_content_explanation: str | None = None
    """Why it is against them, at most 2,000 characters. Default: drafted from the answer."""

    incompatible_content_illegal: YesNo | None = None
    """Whether you hold it to be illegal as well."""

    content_type: list[ContentType] = []
    """What the content consists of. Default: text."""

    content_type_other: str | None = None
    """Which other type; with `CONTENT_TYPE_OTHER`."""

    category_addition: list[Category] = []
    """Further categories. Default: violence, where the keyword is of that category."""

    category_specification: list[Keyword] = []
    """Keywords. Default: by the harms that the answer names."""

    category_specification_other: str | None = None
    """Which other keyword; with `KEYWORD_OTHER`."""

    territorial_scope: Countries = []
    """Where the restriction holds: ISO 3166-1 codes, `EU` or `EEA`; repeat it for several."""

    content_date: date | None = None
    """Day on which the content was posted. Default: the day it came here."""

    application_date: date | None = None
    """Day from which the restriction holds. Default: the day of the answer, or of the reviewer's
    word since which it holds: the one that confirmed a `review`, or brought back what was taken
    back."""

    end_date_visibility_restriction: date | None = None
    """Last day; left out: without an end. So are the other three."""

    end_date_monetary_restriction: date | None = None
    """Of the restriction of payments."""

    end_date_service_restriction: date | None = None
    """Of the restriction of the service."""

    end_date_account_restriction: date | None = None
    """Of the restriction of the account."""

    source_type: Source | None = None
    """What led to the decision. Default: your own search."""

    source_identity: str | None = None
    """Who gave notice; only with a notice, and never a person."""

    automated_detection: YesNo | None = None
    """Whether automated means found the content. Default: yes for your own search, no for what a
    notice named."""

    automated_decision: Automated | None = None
    """How far automated means decided. Default: in part for `review` where a reviewer's word is
    kept, else fully."""

    def over(self, other: "Action") -> "Action":
        """This one, and what it leaves out from the other. Restrictions are one thing: where this
        one names any, none is taken from the other. So are a ground and its words."""
        own, below = self.model_dump(exclude_unset=True), other.model_dump(exclude_unset=True)
        aside: set[str] = set()
        if any(own.get(name) for name in RESTRICTIONS):
            aside |= {*RESTRICTIONS, *ENDS, "decision_visibility_other", "decision_monetary_other"}
        if own.get("decision_ground") not in (None, below.get("decision_ground")):
            aside |= {name for names in GROUNDS.values() for name in names}
            aside |= {"incompatible_content_illegal", "decision_ground_reference_url"}
        kept = {name: value for name, value in below.items() if name not in aside}
        return Action.model_validate({**kept, **own})

    @property
    def restricts(self) -> bool:
        """Whether it names a restriction."""
        return any(getattr(self, name) for name in RESTRICTIONS)


class Table(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: Action = Field(default_factory=Action)
    nudge: Action = Field(default_factory=Action)
    review: Action = Field(default_factory=Action)
    block: Action = Field(default_factory=Action)


Actions = Mapping[Decision, Action]
"""What the platform does by decision."""


def load(path: Path | None) -> Actions:
    """From the file; nothing is known without one. Raises
    :class:`~service.errors.StatementsError`."""
    if path is None:
        return dict.fromkeys(DECISIONS, Action())
    try:
        table = Table.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise StatementsError(f"{path}: it cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise StatementsError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise StatementsError(f"{path}: {place}: {first['msg']}") from None
    return {
        "nudge": table.nudge.over(table.all),
        "review": table.review.over(table.all),
        "block": table.block.over(table.all),
    }
