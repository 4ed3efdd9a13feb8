"""A pod is given the time that the service takes to stop, and the memory that was measured."""

import inspect
import re
from decimal import Decimal
from typing import Any

import pytest

from service.background import Background
from service.commands.serve import GRACE_S
from service.stopping import IDLE_S
from service.stream import run
from tests.service.kubernetes.manifests import OVERLAYS, ROOT, pods

GUIDE = (ROOT / "service" / "guides" / "kubernetes.md").read_text("utf-8")
MIB = {"Mi": Decimal(1), "Gi": Decimal(1024)}


def mib(quantity: str) -> Decimal:
    """Of memory, as Kubernetes writes it."""
    return Decimal(quantity[:-2]) * MIB[quantity[-2:]]


@pytest.mark.parametrize("source", OVERLAYS)
def test_requests_and_what_is_beside_them_can_be_finished(source: str) -> None:
    """Before the server hears of it, for requests, for submissions, webhooks and the rest."""
    spec = pods(source)["lurewatch"]["spec"]
    (container,) = spec["containers"]
    before_s = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert before_s > 0, "until nobody routes here any more"
    requests_s = IDLE_S + GRACE_S
    beside_s = inspect.signature(Background.close).parameters["patience_s"].default
    assert spec["terminationGracePeriodSeconds"] >= before_s + requests_s + beside_s + 5


@pytest.mark.parametrize("source", ["kafka", "nats"])
def test_a_batch_can_be_finished(source: str) -> None:
    spec = pods(source)["lurewatch-consumer"]["spec"]
    assert spec["terminationGracePeriodSeconds"] >= run.DRAIN_S + run.CLOSE_S + 5


def measured() -> dict[str, list[int]]:
    """MiB by process and threads, of the guide's table, column by column."""
    rows = re.findall(r"^\| `(serve|consume)`, (\d) threads? \|(.+)\|$", GUIDE, re.MULTILINE)
    return {
        f"{command} {threads}": [int(one) for one in re.findall(r"\d+", cells.replace(",", ""))]
        for command, threads, cells in rows
    }


@pytest.mark.parametrize(
    ("name", "command"), [("lurewatch", "serve"), ("lurewatch-consumer", "consume")]
)
def test_memory_is_what_was_measured(name: str, command: str) -> None:
    (container,) = pods("nats")[name]["spec"]["containers"]
    threads = container["resources"]["requests"]["cpu"]
    figures = measured()[f"{command} {threads}"]
    asked = mib(container["resources"]["requests"]["memory"])
    most = mib(container["resources"]["limits"]["memory"])
    ordinary = max(figures[:3]) if command == "serve" else max(figures)
    assert ordinary <= asked <= Decimal("1.5") * ordinary
    assert Decimal("1.2") * max(figures) <= most <= 2 * max(figures)


def test_one_thread_for_each_processor_that_is_asked_for() -> None:
    for name in ("lurewatch", "lurewatch-consumer"):
        (container,) = pods("nats")[name]["spec"]["containers"]
        (given,) = (one for one in container["env"] if one["name"] == "LUREWATCH_WORKERS")
        source: dict[str, Any] = given["valueFrom"]["resourceFieldRef"]
        assert source["resource"] == "requests.cpu"
        assert source["containerName"] == container["name"]
        assert Decimal(source["divisor"]) == 1
