"""What is shipped for operators asks for metrics that exist, and the guide names all of them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from tests.service.observing.families import families

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "service" / "examples" / "monitoring"
GUIDE = (ROOT / "service" / "guides" / "monitoring.md").read_text("utf-8")
RECORDING = yaml.safe_load((FOLDER / "recording.yaml").read_text("utf-8"))
ALERTS = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))

SCRAPER = {"up": {"job", "instance"}}
"""What Prometheus itself adds."""

OF_TARGETS = {"job", "instance", "le"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every sample's name with its labels, of a service and of a consumer."""
    return {
        sample: labels
        for one in families(tmp_path_factory.mktemp("known"))
        for sample, labels in one.samples.items()
    }


def rules() -> Iterator[dict[str, Any]]:
    for document in (RECORDING, ALERTS):
        for group in document["groups"]:
            yield from group["rules"]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DASHBOARD["panels"]
    return found


def expressions() -> Iterator[tuple[str, str]]:
    """Where each stands, and the expression."""
    for rule in rules():
        yield rule.get("record") or rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")
    for variable in DASHBOARD["templating"]["list"]:
        if asked := re.fullmatch(r"label_values\((.*), (\w+)\)", variable.get("definition", "")):
            yield f"${variable['name']}", f"count by ({asked[2]}) ({asked[1]})"
    for one in DASHBOARD["annotations"]["list"]:
        yield one["name"], one["expr"]


def parts(expression: Any) -> Iterator[Any]:
    """An expression and all that it is made of."""
    yield expression
    for name in ("lhs", "rhs", "expr", "vector_selector"):
        if hasattr(expression, name):
            yield from parts(getattr(expression, name))
    for one in getattr(expression, "args", []):
        yield from parts(one)


RECORDED = {rule["record"] for rule in rules() if "record" in rule}
"""What recording rules add."""


@pytest.mark.parametrize(("where", "text"), [*expressions()], ids=lambda part: part[:40])
def test_an_expression_asks_for_what_exists(
    known: dict[str, set[str]], where: str, text: str
) -> None:
    found = [one for one in parts(promql.parse(text)) if isinstance(one, promql.VectorSelector)]
    assert found
    for one in found:
        assert one.name is not None
        if one.name in RECORDED:
            labels = set(one.name.partition(":")[0].split("_"))
        else:
            labels = {**known, **SCRAPER}[one.name]
        asked = {matcher.name for matcher in one.matchers.matchers}
        assert asked <= labels | OF_TARGETS, where


def test_labels_that_are_summed_by_exist(known: dict[str, set[str]]) -> None:
    every = set().union(*known.values()) | OF_TARGETS
    for where, text in expressions():
        for asked in re.findall(r"(?:by|on) \(([^)]*)\)", text):
            assert {name for name in asked.split(", ") if name} <= every, where


@pytest.mark.parametrize("rule", ALERTS["groups"], ids=lambda group: group["name"])
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    for one in rule["rules"]:
        assert one["labels"]["severity"] in ("page", "ticket")
        assert set(one["annotations"]) == {"summary", "action"}
        assert f"`{one['alert']}`" in GUIDE


def test_the_alerts_are_tried_each_for_silence_and_noise() -> None:
    tried = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text("utf-8"))
    silent: set[str] = set()
    heard: set[str] = set()
    for test in tried["tests"]:
        for one in test["alert_rule_test"]:
            (heard if one.get("exp_alerts") else silent).add(one["alertname"])
    assert silent == heard == {rule["alert"] for rule in rules() if "alert" in rule}


def test_panels_have_places_and_names_of_their_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == "${datasource}"
            assert panel["targets"]
    for unique in ("id", "title"):
        values = [panel[unique] for panel in panels()]
        assert len(values) == len(set(values)), unique
    variables = {one["name"] for one in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD["panels"])))
    assert used - {"__rate_interval"} == variables


def test_the_guide_names_every_metric(tmp_path: Path) -> None:
    rows = {one.row for one in families(tmp_path)}
    listed = {line for line in GUIDE.splitlines() if re.match(r"\| `(?:lurewatch|process)_", line)}
    assert listed == rows, "python -m tests.service.observing.families prints the table"
