"""From a stored answer and what the platform did to a statement of reasons.

What the draft takes for granted is told beside it: a person reads it before it is sent. It quotes
no word of the ad. Nothing in it says that anybody committed a crime: indicators are present, and
the platform verified or did not.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.labels import Harm, Indicator
from service.language_tags import primary
from service.policy.decisions import Decision
from service.statement import AUTOMATED, CATEGORY, KEYWORDS, facts
from service.statements.action import Action
from service.statements.codes import LANGUAGES, Category
from service.statements.rules import StatementOfReasons

VIOLENCE: Category = "STATEMENT_CATEGORY_VIOLENCE"
OF_VIOLENCE = ("KEYWORD_HUMAN_TRAFFICKING", "KEYWORD_HUMAN_EXPLOITATION")
"""Keywords that the database lists under another category than scams; both are then named."""

OTHER_CODES = {"fil": "TL"}
"""Languages that ISO 639-1 has under the code of a near relative."""

VOLUNTARY = "SOURCE_VOLUNTARY"
INCOMPATIBLE = "DECISION_GROUND_INCOMPATIBLE_CONTENT"


@dataclass(frozen=True, slots=True)
class Answered:
    """What is known of a decision."""

    id: str
    """Of the decision: that of the stored ad."""

    result: dict[str, Any]
    """The answer, as :class:`service.api.schemas.Result` has it."""

    came_on: date
    acted_on: date
    """Day of the answer, or of the first reviewer's word that called it a lure."""

    looked_at: bool = False
    """Whether a reviewer's word on the ad is kept."""

    doubt: str | None = None
    """Why the decision may not hold; told before all else."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement, and what was taken for granted in it."""

    statement: StatementOfReasons
    assumed: dict[str, str]
    """By field: why it says what it says. These are to be checked first."""


def draft(answered: Answered, action: Action) -> Draft:
    """The statement on a decision other than ``allow``.

    Raises :class:`pydantic.ValidationError` where the platform did not say enough, or what it said
    is not taken.
    """
    result, given = answered.result, action.model_dump(exclude_unset=True)
    own = {name: value for name, value in given.items() if value not in (None, [])}
    found: dict[str, Any] = {}
    assumed = {} if answered.doubt is None else {"decision_facts": answered.doubt}
    for name, (value, reason) in defaults(answered, own).items():
        if name not in own and value is not None:
            found[name] = value
            assumed[name] = reason
    fixed = {"category": CATEGORY, "decision_facts": facts_of(result), "puid": answered.id}
    statement = StatementOfReasons.model_validate({**found, **own, **fixed})
    return Draft(statement, assumed)


def defaults(answered: Answered, own: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """What is said of a field that the platform left open, and why; ``None``: left out."""
    result = answered.result
    decision: Decision = result["decision"]
    ground = own.get("decision_ground", INCOMPATIBLE)
    source = own.get("source_type", VOLUNTARY)
    keywords = own.get("category_specification", keywords_of(result))
    return {
        "decision_ground": (INCOMPATIBLE, "against your terms, unless you say illegal"),
        "incompatible_content_explanation": (
            EXPLANATION if ground == INCOMPATIBLE else None, "drafted: see whether it fits",
        ),
        "content_type": (["CONTENT_TYPE_TEXT"], "what was read is text"),
        "category_specification": (keywords or None, "by the harms that the answer names"),
        "category_addition": (
            [VIOLENCE] if set(keywords) & set(OF_VIOLENCE) else None,
            "the database lists a keyword of this statement there",
        ),
        "content_language": (language_of(result["language"]["tag"]), "as the text reads"),
        "content_date": (answered.came_on, "the day it came here; it may have been posted before"),
        "application_date": (answered.acted_on, "the day of the decision"),
        "source_type": (VOLUNTARY, "your own search, unless you name a notice"),
        "automated_detection": (
            "Yes" if source == VOLUNTARY else "No",
            "found by automated means" if source == VOLUNTARY else "a notice named it",
        ),
        "automated_decision": how_automated(decision, answered.looked_at),
    }  # fmt: skip


def how_automated(decision: Decision, looked_at: bool) -> tuple[str, str]:
    """How far, and why. In part only where a person's word is kept: no draft claims one else."""
    if decision == "review" and not looked_at:
        reason = "no reviewer's word is kept here; in part, if one of yours looked before you acted"
        return AUTOMATED["block"], reason
    return AUTOMATED[decision], f"the decision was `{decision}`"


EXPLANATION = (
    "The advertisement shows indicators of deceptive recruitment, which are listed under the facts "
    "relied on. The clause named above does not allow such offers. Indicators are no proof that "
    "an offence was committed."
)


def facts_of(result: dict[str, Any]) -> str:
    """Facts and circumstances relied on: figures and published signs, never the ad's words."""
    shown = [Indicator(one["indicator"]) for one in result["indicators"]]
    return facts(result["score"], shown, result["model"], result["policy"])


def keywords_of(result: dict[str, Any]) -> list[str]:
    """By harm. One for women and girls exists; a text does not say who would have answered it, so
    it is for the platform to choose."""
    harms = [Harm(one["harm"]) for one in result["harms"]]
    return list(dict.fromkeys(KEYWORDS[harm] for harm in harms if harm in KEYWORDS))


def language_of(tag: str) -> str | None:
    """ISO 639-1 in capitals; ``None`` where the text was too short or mixed to say, or its language
    has no such code.

    >>> language_of("zh-Hant"), language_of("und")
    ('ZH', None)
    """
    name = primary(tag)
    code = OTHER_CODES.get(name, name.upper())
    return code if code in LANGUAGES else None
