"""Every setting says what it is, and the environment reaches it."""

import pytest
from pydantic import ValidationError

from service.settings import PREFIX, Settings, unknown_variables
from tests.conftest import TinyRun


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description.rstrip().endswith(".")


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch, tiny_run: TinyRun) -> None:
    monkeypatch.setenv(f"{PREFIX}BUNDLE_DIR", str(tiny_run.bundle))
    monkeypatch.setenv(f"{PREFIX}PORT", "7")
    assert Settings().port == 7
    monkeypatch.setenv(f"{PREFIX}WORKERS", "0")
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Settings()


def test_misspelt_variables_are_found() -> None:
    environment = {f"{PREFIX}PORT": "1", f"{PREFIX}PROT": "2", "PATH": ""}
    assert unknown_variables(environment) == [f"{PREFIX}PROT"]
