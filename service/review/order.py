"""The order of the reviewers' queue: worst first; where that is much the same, least sure first.

Priority is the harm to expect from leaving an ad up, 0 to 100. A difference of a few points is less
than calibration can tell, so ads are taken by bands of ten points; within a band the one whose
score is nearest to a threshold comes first: there a person's word is likeliest to change what
happens to the ad, and teaches the model most. One combined sum would let an unsure but harmless ad
overtake one that may cost a person their freedom. Of equal ones the older comes first.
"""

import math

BAND = 10
"""Points of priority that count as the same."""

STEPS = 1_000_000
"""Of uncertainty within a band."""


def uncertainty_of(margin: float) -> float:
    """``exp(-margin)``: 1 on a threshold, 0.37 one logit away from it, 0 where there is none.

    >>> uncertainty_of(0.0), uncertainty_of(math.inf)
    (1.0, 0.0)
    """
    return math.exp(-margin)


def rank_of(priority: int, uncertainty: float) -> int:
    """The place in the queue as one number, the highest first.

    >>> rank_of(91, 0.2) > rank_of(99, 0.1) > rank_of(89, 1.0)
    True
    """
    band = min(priority, 99) // BAND
    return band * STEPS + min(STEPS - 1, round(uncertainty * STEPS))
