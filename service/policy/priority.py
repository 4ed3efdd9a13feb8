"""Where an ad stands in the reviewers' queue."""

from models.labels import Harm
from service.policy.facts import Facts

WEIGHTS: dict[Harm, float] = {
    Harm.FORCED_CRIMINALITY: 1.0,
    Harm.SEXUAL_EXPLOITATION: 1.0,
    Harm.FORCED_LABOUR: 1.0,
    Harm.DEBT_BONDAGE_FEE_ABUSE: 0.9,
    Harm.ROMANCE_ASSISTED: 0.8,
    Harm.CRIMINAL_LABOUR: 0.8,
    Harm.MONEY_MULE: 0.7,
    Harm.IDENTITY_THEFT: 0.6,
    Harm.TASK_SCAM: 0.6,
    Harm.ADVANCE_FEE: 0.5,
    Harm.EMPLOYER_IMPERSONATION: 0.5,
    Harm.MLM_PYRAMID: 0.3,
}
"""How bad each harm is for one person, 1 the worst. A judgement of ours, not a measurement: loss
of freedom first (exploitation in the sense of the Palermo Protocol, UN 2000, article 3), then a
criminal record, then identity, savings and money. A platform that judges otherwise adds
``priority`` in a rule."""

UNNAMED = 0.5
"""Weight where no harm is named, as for every kind but ``lure``."""


def expected_harm(facts: Facts) -> float:
    """Priority before any rule, 0 to 100: ``100 * score * weight``.

    The score is the probability that the text is a lure, the weight that of the worst harm named;
    so the product is the harm to expect from leaving the ad up. How long it has waited is not in
    it: a queue that orders by age within a priority does that better.
    """
    weight = max((WEIGHTS[harm] for harm in facts.harms), default=UNNAMED)
    return 100 * facts.score * weight
