"""Where the time of an ad went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one ad, by what was done."""

    wait_s: float = 0.0
    """Waiting for a thread, its own request's ads before it included."""

    render_s: float = 0.0
    """Undoing disguises; see :mod:`models.rendering`."""

    read_s: float = 0.0
    """Language and contacts; see :mod:`service.reading`."""

    tokenise_s: float = 0.0
    """0 where the text was remembered, or another thread was at a copy."""

    model_s: float = 0.0
    """Or waiting for the thread that is at a copy."""

    assess_s: float = 0.0
    """Calibration, evidence, indicators."""

    policy_s: float = 0.0


NOTHING = Spent()
"""Of what was not measured."""
