"""The whole way of a lure in new words, on small bundles."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.retraining_loop import Loop, Plan, faults
from tests.training.labelled import COINAGE, HONEST, LURE, ad, make_small
from tests.training.test_retrain import GENTLE

KEY = base64.b64encode(bytes(range(32))).decode("ascii")


def signs_of(sort: str, number: int) -> tuple[str, ...]:
    """A coined lure speaks like an honest offer but for one sign: the champion misses it."""
    if sort == "coined":
        return (COINAGE[number % 3], *HONEST[number % 2 :: 3])
    return LURE if sort == "plain" else HONEST


def ads(name: str, **counts: int) -> list[dict[str, Any]]:
    """As :func:`tests.e2e.coined.ads`, of words that a small model learns."""
    return [
        {"id": f"{name}-{sort}-{i}", "platform": "social", "surface": "post",
         "text": ad(f"{name} {sort}", i, sort, signs_of(sort, i))["text"]}
        for sort, count in counts.items() for i in range(count)
    ]  # fmt: skip


def test_a_coinage_is_taught_and_lies_are_refused(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    small = make_small(tmp_path_factory.mktemp("small"))
    options = (
        *GENTLE, "--base", str(small.bundle), "--shared", str(small.shared), "--without-written",
        "--floors", str(small.floors),
    )  # fmt: skip
    plan = Plan(small.bundle, small.base, options, ads, key=KEY)
    figures = Loop(plan, tmp_path).run()
    assert faults(figures) == [], figures
    assert figures["labels"] == 600
    assert figures["after"]["coined, apart"]["ads"] <= figures["after"]["coined"]["ads"] == 100
    assert figures["after"]["model"] != figures["before"]["model"]
