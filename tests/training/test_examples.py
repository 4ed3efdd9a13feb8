"""The schedules: what they run is the job's own command line, and Kubernetes takes the manifest."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import typer
import yaml

from training.__main__ import app

EXAMPLES = Path(__file__).parents[2] / "training" / "examples"
TWO_VERSIONS = ("1.31", kubernetes_validate.latest_version())


def manifest() -> dict[str, Any]:
    text = (EXAMPLES / "kubernetes" / "cronjob.yaml").read_text()
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string((EXAMPLES / name).read_text())
    return parsed


def commands() -> dict[str, list[str]]:
    """What each example gives to ``python -m training``."""
    (line,) = (
        line
        for line in (EXAMPLES / "crontab").read_text().splitlines()
        if line[:1].isdigit()
    )  # fmt: skip
    started = unit("lurewatch-retrain.service")["Service"]["ExecStart"]
    (container,) = pod()["containers"]
    by_example = {"crontab": shlex.split(line), "systemd": shlex.split(shlex.split(started)[-1])}
    image = "lurewatch-training"
    found = {name: words[words.index(image) + 1 :] for name, words in by_example.items()}
    return {**found, "kubernetes": container["args"]}


def pod() -> dict[str, Any]:
    spec: dict[str, Any] = manifest()["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("version", TWO_VERSIONS)
def test_kubernetes_takes_the_manifest(version: str) -> None:
    kubernetes_validate.validate(manifest(), version, strict=True)
    wrong = manifest()
    wrong["spec"]["jobTemplate"]["spec"]["backOffLimit"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, version, strict=True)


def test_a_verdict_ends_the_job_and_a_kill_does_not() -> None:
    spec = manifest()["spec"]
    job = spec["jobTemplate"]["spec"]
    codes = job["podFailurePolicy"]["rules"][0]["onExitCodes"]
    assert codes["values"] == [2, 3, 4]
    assert codes["containerName"] == pod()["containers"][0]["name"]
    assert job["backoffLimit"] > 0
    assert (spec["concurrencyPolicy"], pod()["restartPolicy"]) == ("Forbid", "Never")
    mounted = {one["name"] for one in pod()["containers"][0]["volumeMounts"]}
    assert mounted == {one["name"] for one in pod()["volumes"]}


@pytest.mark.parametrize("name", ["crontab", "systemd", "kubernetes"])
def test_an_example_runs_a_command_that_is_there(name: str) -> None:
    words = commands()[name]
    command = typer.main.get_command(app)
    assert words[0] == "retrain"
    known = {option for one in command.commands["retrain"].params for option in one.opts}  # type: ignore[attr-defined]
    given = {word.split("=")[0] for word in words[1:] if word.startswith("--")}
    assert given == {"--feedback", "--encoder", "--unmeasured", "--out"}
    assert given <= known


def test_cron_and_systemd_keep_their_percent_signs() -> None:
    lines = (EXAMPLES / "crontab").read_text().splitlines()
    (line,) = (line for line in lines if line[:1].isdigit())
    assert re.fullmatch(r"(\S+ ){5}root docker run .*", line)
    assert len(re.findall(r"%", line)) == len(re.findall(r"\\%", line)) == 2
    started = unit("lurewatch-retrain.service")["Service"]["ExecStart"]
    assert started.count("%") == 2 * started.count("%%") == 4
    assert unit("lurewatch-retrain.service")["Service"]["SuccessExitStatus"] == "3"
    assert unit("lurewatch-retrain.timer")["Timer"]["Persistent"] == "true"


def test_the_image_has_what_the_job_runs() -> None:
    text = (EXAMPLES / "Dockerfile").read_text()
    for package in ("models", "service", "training", "evaluation"):
        assert f"COPY {package} {package}" in text
    assert "training,evaluation,postgresql" in text
    ignored = (EXAMPLES / "Dockerfile.dockerignore").read_text().splitlines()
    assert "training/corpus" not in ignored, "the written corpus is part of every fit"
