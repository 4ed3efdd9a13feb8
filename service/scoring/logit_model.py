"""What the scorer asks of a model."""

from typing import Protocol

from models.inference import Logits
from models.rendering import Rendered


class LogitModel(Protocol):
    """What turns a rendered text into logits; :class:`models.inference.Model` in life."""

    def logits(self, rendered: Rendered) -> Logits:
        """Logits of one text. Called from several threads at once."""
