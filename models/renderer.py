"""An ad as one bundle reads it: by its version of the rendering, with words put together that
spaces cut, where its tokeniser can weigh words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.ad import Ad
from models.pieces import Pieces
from models.rendering import RENDERING, Rendered, render
from models.split_words import Joiner

if TYPE_CHECKING:
    from models.bundle import Bundle

Render = Callable[[Ad], Rendered]
"""How ads become what a model reads."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """What makes ads readable. Safe to call from several threads."""

    version: int = RENDERING
    joiner: Joiner | None = None

    @classmethod
    def of(cls, bundle: "Bundle") -> "Renderer":
        """What a bundle's model is served with."""
        tokenizer = bundle.tokenizer
        joiner = Joiner(tokenizer.weigh) if isinstance(tokenizer, Pieces) else None
        return cls(bundle.manifest.rendering, joiner)

    def __call__(self, ad: Ad) -> Rendered:
        """As :func:`models.rendering.render`, and words put together."""
        rendered = render(ad, self.version)
        return rendered if self.joiner is None else self.joiner.joined(rendered)


NEWEST = Renderer()
"""By the newest version, and no words weighed."""
