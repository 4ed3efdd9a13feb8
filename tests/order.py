"""The order in which files of tests are begun.

A process takes a file at a time. One that takes minutes comes before the others, or at the end one
process would be alone with it; xdist's own order goes by the number of tests, and puts those last
that have few and long ones.
"""

from collections.abc import Sequence

import pytest

LONG = (
    "training/test_pipeline.py", "training/test_retrain.py", "e2e/test_retraining_loop.py",
    "training/test_sharing.py", "e2e/test_kill_loop.py", "e2e/test_console.py",
    "e2e/test_brokers.py", "training/test_student.py", "training/test_study.py",
    "e2e/test_pages.py", "service/backfill/test_ray.py", "service/backfill/test_backfill.py",
    "contract/test_sessions.py", "fuzz/test_api.py", "e2e/test_serve.py", "e2e/test_nats.py",
)  # fmt: skip
"""Below ``tests/``, the longest first."""


def long_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same, those of :data:`LONG` first; else in their order."""
    places = {f"tests/{name}": place for place, name in enumerate(LONG)}
    return sorted(items, key=lambda one: places.get(one.nodeid.partition("::")[0], len(LONG)))
