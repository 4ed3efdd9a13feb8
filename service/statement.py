"""A draft of the statement of reasons that a platform in the European Union owes a poster whose ad
it restricts: Regulation (EU) 2022/2065 (Digital Services Act), article 17 (3).

It is filled from the assessment, names no person and quotes no word of the ad. What only the
platform knows (which restriction, for how long, which clause of its terms) is listed in
``to_complete``. Nothing in it says that the poster committed a crime: indicators are present, and
the platform verified or did not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.labels import Harm, Indicator
from service.assessment import Assessment
from service.indicators import wording
from service.policy.decisions import Decision

MAX_FACTS = 5000
"""Characters that the Transparency Database takes for the facts."""

CATEGORY = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
KEYWORDS: dict[Harm, str] = {
    Harm.FORCED_CRIMINALITY: "KEYWORD_HUMAN_TRAFFICKING",
    Harm.SEXUAL_EXPLOITATION: "KEYWORD_HUMAN_TRAFFICKING",
    Harm.FORCED_LABOUR: "KEYWORD_HUMAN_EXPLOITATION",
    Harm.DEBT_BONDAGE_FEE_ABUSE: "KEYWORD_HUMAN_EXPLOITATION",
    Harm.IDENTITY_THEFT: "KEYWORD_PHISHING",
    Harm.EMPLOYER_IMPERSONATION: "KEYWORD_INAUTHENTIC_LISTINGS",
    Harm.MLM_PYRAMID: "KEYWORD_PYRAMID_SCHEMES",
    Harm.TASK_SCAM: "KEYWORD_INAUTHENTIC_LISTINGS",
    Harm.ADVANCE_FEE: "KEYWORD_INAUTHENTIC_LISTINGS",
}
"""Keywords of the Transparency Database by harm. One for women and girls exists; a text does not
say who would have answered it, so it is never chosen here."""

TO_COMPLETE = (
    "restriction", "territorial_scope", "duration", "clause_of_terms", "notice_or_own_initiative",
    "complaint_address",
)  # fmt: skip
REDRESS = (
    "You can complain to the platform free of charge within six months (article 20), turn to a "
    "certified out-of-court dispute settlement body (article 21), and go to court."
)
AUTOMATED: dict[Decision, str] = {
    "allow": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "nudge": "AUTOMATED_DECISION_FULLY",
    "review": "AUTOMATED_DECISION_PARTIALLY",
    "block": "AUTOMATED_DECISION_FULLY",
}
"""How far the decision is automated if the platform does as advised. What a person looked at
before anything was restricted is decided in part by automated means."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The draft, by the paragraph's letters."""

    facts: str
    """(b) Facts and circumstances relied on, at most :data:`MAX_FACTS` characters."""

    automated_detection: bool
    """(c) Whether automated means found the content: always so here."""

    automated_decision: str
    """(c) In the Transparency Database's words."""

    decision_ground: str
    """(d), (e): a breach of the platform's terms, until the platform says it is illegal content."""

    category: str
    keywords: tuple[str, ...]
    redress: str
    """(f) Possibilities of redress."""

    to_complete: tuple[str, ...]
    """(a), (b), (e): what only the platform can say."""


def draft(assessment: Assessment, decision: Decision, model: str, policy: str) -> Statement:
    """The draft for an ad that the platform restricts on this assessment."""
    shown = [one.indicator for one in assessment.indicators]
    keywords = dict.fromkeys(KEYWORDS[h] for h in assessment.harms if h in KEYWORDS)
    return Statement(
        facts=facts(assessment.score, shown, model, policy),
        automated_detection=True,
        automated_decision=AUTOMATED[decision],
        decision_ground="DECISION_GROUND_INCOMPATIBLE_CONTENT",
        category=CATEGORY,
        keywords=tuple(keywords),
        redress=REDRESS,
        to_complete=TO_COMPLETE,
    )


def facts(score: float, shown: Sequence[Indicator], model: str, policy: str) -> str:
    """What was relied on, in English and in our words alone: the score, and the meaning of each
    indicator that was shown. At most :data:`MAX_FACTS` characters."""
    meanings = [wording(one, "en").meaning for one in shown]
    lines = [
        f"An automated classifier ({model}, policy {policy}) read the text of the advertisement "
        f"and gave it the score {score:.2f} on a scale from 0 to 1 for a deceptive recruitment "
        "offer. A score is no finding of fact: indicators are present, and are to be verified.",
        *(["What the text shows:", *(f"- {meaning}" for meaning in meanings)] if meanings else []),
    ]
    return "\n".join(lines)[:MAX_FACTS]
