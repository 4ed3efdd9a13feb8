"""What tests of training share."""

from collections.abc import Iterator

import pytest
from accelerate.state import AcceleratorState


@pytest.fixture(autouse=True)
def own_precision() -> Iterator[None]:
    """The first ``Accelerator`` of a process decides its precision for all that follow: with
    processors that multiply bfloat16, a fit after a test in float32 would fail, and which test came
    first depends on who shares the process."""
    yield
    AcceleratorState._reset_state(reset_partial_state=True)
