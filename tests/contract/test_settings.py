"""Every setting says what it is, and the environment reaches it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from models import bundle
from service.__main__ import main
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


@pytest.mark.parametrize("setting", ["bundle_dir", "shadow_bundle"])
def test_a_bundle_of_the_registry_is_found_by_its_name(
    setting: str, monkeypatch: pytest.MonkeyPatch, tiny_run: TinyRun, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    name = tiny_run.bundle.name
    monkeypatch.setenv(f"{PREFIX}BUNDLE_DIR", str(tiny_run.bundle))
    monkeypatch.setenv(f"{PREFIX}{setting.upper()}", name)
    monkeypatch.setenv(f"{PREFIX}REGISTRY", str(tiny_run.bundle.parent))
    assert getattr(Settings(), setting) == tiny_run.bundle
    (tmp_path / name).mkdir()  # what is here is meant
    monkeypatch.delenv(f"{PREFIX}REGISTRY")
    assert getattr(Settings(), setting) == Path(name)


def test_a_bundle_of_this_repository_is_found_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"{PREFIX}BUNDLE_DIR", bundle.champion().name)
    assert Settings().bundle_dir == bundle.champion()
    monkeypatch.setenv(f"{PREFIX}BUNDLE_DIR", "nothing-is-called-so")
    assert Settings().bundle_dir == Path("nothing-is-called-so")  # and the start says so


def test_misspelt_variables_are_found() -> None:
    environment = {f"{PREFIX}PORT": "1", f"{PREFIX}PROT": "2", "PATH": ""}
    assert unknown_variables(environment) == [f"{PREFIX}PROT"]


@pytest.mark.parametrize("name", ["MASTODON_WEBHOOK_SECRET", "PLATFORM_WEBHOOK_SECRET"])
@pytest.mark.parametrize("secret", ["", " " * 20, "fifteen-letters"])
def test_a_secret_that_protects_nothing_is_refused_at_start(
    name: str, secret: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such as the empty one that a forgotten variable of a compose file leaves."""
    monkeypatch.setenv(f"{PREFIX}{name}", secret)
    assert main(["openapi"]) == 2
    told = capsys.readouterr().err
    assert f"{PREFIX}{name}" in told
    assert "16 at least" in told
    assert "fifteen" not in told


def test_a_secret_of_sixteen_characters_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}MASTODON_WEBHOOK_SECRET", "sixteen--letters")
    secret = Settings().mastodon_webhook_secret
    assert secret is not None
    assert secret.get_secret_value() == "sixteen--letters"
