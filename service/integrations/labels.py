"""What every protocol calls a label: a fake job offer, and each harm that one leads to.

The probability of a harm's label is the score times the probability of the harm given a lure:
their users expect of each label the probability that it holds, with nothing given. So no harm is
ever more probable than the lure itself.
"""

from models.labels import HARMS, Harm
from service.engine import Answer
from service.policy.decisions import SEVERITY

LURE = "recruitment_lure"
LABELS: tuple[str, ...] = (LURE, *HARMS)


def probabilities(answer: Answer) -> dict[str, float]:
    """Of every label, in the order of :data:`LABELS`."""
    assessment = answer.assessment
    return {LURE: assessment.score} | {
        harm: assessment.score * assessment.given_lure[harm] for harm in HARMS
    }


def display(label: str) -> str:
    """In words.

    >>> display("task_based_job_scam")
    'Task based job scam'
    """
    return label.replace("_", " ").capitalize()


def flagged(answer: Answer) -> bool:
    """Whether the policy advises more than telling the reader."""
    return SEVERITY[answer.outcome.decision] >= SEVERITY["review"]


def holds(label: str, answer: Answer, harm_threshold: float) -> bool:
    """Whether a label is said to hold: the ad is flagged and, of a harm, the harm is as probable,
    given a lure, as the bundle asks before it names one."""
    if label == LURE:
        return flagged(answer)
    return flagged(answer) and answer.assessment.given_lure[Harm(label)] >= harm_threshold
