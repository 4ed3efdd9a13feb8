"""What counting gives of an ad."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """The campaign of an ad."""

    campaign: str
    """``cam_…``."""

    copies: int
    """Ads of it seen so far, this one included."""
