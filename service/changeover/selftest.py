"""What a bundle must show before it serves: that it answers here as a bundle should.

Whether it is *better* than the one before is the gate's question; this asks whether graph,
tokeniser, calibration and processor go together.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from models.ad import Ad
from service.engine import Answer, Engine
from service.errors import BundleRefused, Overloaded

PATIENCE_S = 60.0
"""For all texts, on a machine that goes on serving meanwhile."""

TOLERANCE = 1e-6
"""A score may differ so much when a text is read again, beside others: it should not at all."""

TEXTS = (
    "We need a typist near the border, ticket and room are free, send your passport photo tonight.",
    "Baker wanted in Hull, Tuesday to Saturday, 13.20 an hour, contract before you start.",
    "Vaga de cozinheira em Recife, carteira assinada, entrevista na loja na segunda.",
    "招聘餐厅服务员，包吃住，签合同，周末面试",
    "مطلوب سائق في عمّان، عقد سنوي وتأمين صحي، المقابلة في المكتب",
    "Нужны упаковщики на склад, оплата раз в две недели, оформление по договору.",
    "Dream job abroad!!! 5000 $ a week, no papers, leave on Friday, write on Telegram",
    "hello",
    "seasonal work " * 400,
)
"""Invented; several scripts, one longer than any window."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What was seen."""

    texts: int
    seconds: float


def check(engine: Engine) -> Passed:
    """Raises :class:`~service.errors.BundleRefused` with what is wrong; waits for the answers."""
    began = time.monotonic()
    ads = [Ad(text=text) for text in TEXTS]
    try:
        together = engine.answer_now(ads)
        if engine.memory is not None:
            engine.memory.forget()  # or it would be compared with itself
        alone = [engine.answer_now([ad])[0] for ad in ads]
    except Overloaded:
        raise
    except Exception as error:  # whatever a bundle makes the libraries raise
        raise BundleRefused(engine.name, f"it fails on a text ({type(error).__name__})") from error
    seconds = time.monotonic() - began
    fault = fault_of(together, alone)
    if fault is None and seconds > PATIENCE_S:
        fault = f"its self-test took {seconds:.0f} s, allowed are {PATIENCE_S:.0f}"
    if fault is not None:
        raise BundleRefused(engine.name, fault)
    return Passed(len(ads), round(seconds, 2))


def fault_of(together: Sequence[Answer], alone: Sequence[Answer]) -> str | None:
    """What is wrong with answers to the same texts, asked for together and one by one."""
    for answers in (together, alone):
        for answer in answers:
            said = answer.assessment
            numbers = [said.score, said.logit, *said.kinds.values(), *said.given_lure.values()]
            if not all(map(math.isfinite, numbers)):
                return "a number that it gives is not finite"
            if abs(sum(said.kinds.values()) - 1) > 1e-3:
                return "its probabilities of the kinds do not add up to 1"
    scores = [answer.assessment.score for answer in together]
    if max(scores) == min(scores):
        return "it gives every text the same score"
    again = [answer.assessment.score for answer in alone]
    if max(abs(a - b) for a, b in zip(scores, again, strict=True)) > TOLERANCE:
        return "a text's score depends on what is read beside it"
    return None
