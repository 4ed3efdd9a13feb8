"""What the service says of many texts: every figure here is counted from its own assessment."""

from collections.abc import Sequence

from tqdm import tqdm

from models.ad import Ad
from service.assessment import Assessment
from service.engine import Engine

CHUNK = 64


def assessed(engine: Engine, texts: Sequence[str | Ad], what: str = "evaluate") -> list[Assessment]:
    """In order, a few at a time, with a progress bar named ``what``."""
    found: list[Assessment] = []
    bar = tqdm(total=len(texts), desc=what, unit="text", mininterval=2)
    for low in range(0, len(texts), CHUNK):
        ads = [Ad(text=one) if isinstance(one, str) else one for one in texts[low : low + CHUNK]]
        found += engine.assess_now(ads)
        bar.update(len(ads))
    bar.close()
    return found
