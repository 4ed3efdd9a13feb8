"""The example for Compose: by the specification's schema, and by what it names of ours."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from compose_pydantic import ComposeSpecification
from dotenv import dotenv_values
from pydantic import ValidationError

from service.__main__ import app
from service.background import Background
from service.commands.serve import GRACE_S
from service.errors import VaultError
from service.settings import PREFIX, Settings, unknown_variables
from service.stopping import IDLE_S
from service.store.vault import Vault
from service.stream import run
from service.stream.address import parse

FOLDER = Path(__file__).parents[2] / "service" / "examples" / "compose"
TEXT = (FOLDER / "compose.yaml").read_text("utf-8")


def composed() -> dict[str, Any]:
    """Without extensions, which are read by nobody."""
    loaded: dict[str, Any] = yaml.safe_load(TEXT)
    return {name: value for name, value in loaded.items() if not name.startswith("x-")}


def environment(service: dict[str, Any]) -> dict[str, str | None]:
    """Of a container, with the files as they are shown."""
    found: dict[str, str | None] = {}
    for name in service.get("env_file", []):
        found |= dotenv_values(FOLDER / f"{name}.example")
    own: dict[str, str | None] = service.get("environment", {})
    return found | own


def seconds(text: str) -> int:
    """Of a duration in whole seconds."""
    (found,) = re.fullmatch(r"(\d+)s", text).groups()  # type: ignore[union-attr]
    return int(found)


def test_the_schema_takes_it_and_refuses_what_is_misspelt() -> None:
    ComposeSpecification(**composed())
    wrong = composed()
    wrong["services"]["service"]["stop_grace_perod"] = "65s"
    with pytest.raises(ValidationError, match="stop_grace_perod"):
        ComposeSpecification(**wrong)


@pytest.mark.parametrize("name", ["service", "consumer"])
def test_commands_and_settings_are_ours(name: str) -> None:
    made = composed()["services"][name]
    command: Any = typer.main.get_command(app)
    word, *options = made["command"]
    command.commands[word].make_context(word, options)  # raises for what it does not know
    given = environment(made)
    assert unknown_variables({key: "" for key in given}) == []
    Settings(**{key.removeprefix(PREFIX).lower(): value for key, value in given.items()})  # type: ignore[arg-type]
    assert str(parse(given[f"{PREFIX}BROKER"] or "")) == "nats://nats:4222"
    assert "nats" in composed()["services"]


def test_the_database_never_has_the_key() -> None:
    assert set(environment(composed()["services"]["postgresql"])) == {
        "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD",
    }  # fmt: skip
    given = dotenv_values(FOLDER / "lurewatch.env.example")
    with pytest.raises(VaultError, match="LUREWATCH_SECRET_KEY"):
        Vault.open(given[f"{PREFIX}SECRET_KEY"], FOLDER / "no-key", may_make=False)


def test_containers_have_no_rights_and_the_time_they_need() -> None:
    services = composed()["services"]
    for name in ("service", "consumer"):
        made = services[name]
        assert (made["read_only"], made["cap_drop"]) == (True, ["ALL"])
        assert not {"privileged", "network_mode", "pid", "cap_add"} & set(made)
    requests_s = IDLE_S + GRACE_S
    beside_s = inspect.signature(Background.close).parameters["patience_s"].default
    assert seconds(services["service"]["stop_grace_period"]) >= requests_s + beside_s + 5
    assert seconds(services["consumer"]["stop_grace_period"]) >= run.DRAIN_S + run.CLOSE_S + 5


def test_only_the_service_is_reached_and_only_from_this_machine() -> None:
    services = composed()["services"]
    ports = {name: one["ports"] for name, one in services.items() if "ports" in one}
    assert ports == {"service": ["127.0.0.1:8000:8000"]}
