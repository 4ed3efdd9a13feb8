"""Settings that could not be kept to are refused at start."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from service.settings import MOST_DAYS, Settings
from service.store.retention import expired

KEPT = [name for name in Settings.model_fields if name.startswith("keep_")]


@pytest.mark.parametrize("name", [*KEPT, "lease_s"])
def test_a_time_that_no_calendar_holds_is_refused(name: str) -> None:
    """999999 days before today there was no year: retention would fail, and nothing be erased."""
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: 100 * MOST_DAYS})


def test_what_is_kept_as_long_as_it_may_be_still_expires() -> None:
    most = {name: MOST_DAYS * (24 if name.endswith("_hours") else 1) for name in KEPT}
    assert expired(Settings.model_validate(most), datetime(2026, 12, 1, tzinfo=UTC))
