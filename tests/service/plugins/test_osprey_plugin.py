"""The Osprey plugin against a running service. What it imports of Osprey is a stand-in here
(standin.py); its client, its settings and its cache are the real ones."""

import ast
import asyncio
import logging
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pluggy
import pytest

from models.ad import MAX_TEXT_CHARS
from models.labels import INDICATORS
from tests.e2e.processes import free_port
from tests.live import WAIT_S, Service, live, until
from tests.service.calling import Flaky, answer
from tests.service.plugins.standin import PLUGIN, ArgumentsBase, ExecutionContext, standing_in

TEXT = "Chat support near Poipet, room free. Send a passport photo first."
MADE_UP = {"OSPREY_LUREWATCH_URL": "http://lurewatch:8000", "OSPREY_LUREWATCH_ON_ERROR": "open"}


@pytest.fixture(autouse=True, scope="module")
def plugin() -> Iterator[None]:
    with standing_in():
        yield


def part(name: str) -> Any:
    """A module of the plugin."""
    return import_module(f"lurewatch_osprey.{name}")


def lures(url: str, **more: Any) -> Any:
    """A client with settings."""
    given = {"url": url, "on_error": "open", "timeout_s": WAIT_S, **more}
    return part("lures").Lures(part("settings").Settings(**given))


@contextmanager
def running(tmp_path: Path) -> Iterator[tuple[Service, Flaky, str]]:
    """A service, what it heard, and where."""
    service = Service(data_dir=tmp_path)
    flaky = Flaky(service.app)
    with live(flaky) as address:
        yield service, flaky, address


def ask(client: Any, *asked: Any, **named: Any) -> Any:
    """One question after another, in one loop."""

    async def all_of_them() -> list[Any]:
        try:
            return [await client.ask(text, **named) for text in asked]
        finally:
            await client.aclose()

    return asyncio.run(all_of_them())


def test_functions_give_what_the_service_says(tmp_path: Path) -> None:
    udfs = part("udfs")
    with running(tmp_path) as (_, flaky, url):
        client = lures(url)
        given = udfs.Arguments(text=TEXT, id="post-1", platform="dating", surface="chat")

        async def execute() -> list[Any]:
            context = ExecutionContext(client)
            made = [udf.__new__(udf).async_execute(context, given) for udf in udfs.UDFS]
            try:
                return await asyncio.gather(*made)
            finally:
                await client.aclose()

        found = dict(zip((udf.__name__ for udf in udfs.UDFS), asyncio.run(execute()), strict=True))
        assert len(flaky.heard) == 1, "six functions on one text are one request"
        result = httpx.post(
            f"{url}/v1/score", json={"ads": [{"text": TEXT}]}, timeout=WAIT_S
        ).json()["results"][0]
    assert found == {
        "LureScore": pytest.approx(result["score"]),
        "LureDecision": result["decision"],
        "LureKind": "lure",
        "LureHarms": [one["harm"] for one in result["harms"]],
        "LureIndicators": [INDICATORS[0]],
        "LureAnswered": True,
    }


def test_answers_are_remembered_for_a_time_and_not_for_ever(tmp_path: Path) -> None:
    with running(tmp_path) as (_, flaky, url):
        ask(lures(url), TEXT, TEXT, TEXT)
        assert len(flaky.heard) == 1
        ask(lures(url, cache_s=0.0), TEXT, TEXT)
        assert len(flaky.heard) == 3, "none is remembered"
        ask(lures(url, cache_ads=2), "a", "b", "c", "b", "a")
        assert len(flaky.heard) == 7, "a was forgotten for c"


def test_another_place_is_another_question(tmp_path: Path) -> None:
    with running(tmp_path) as (_, flaky, url):
        client = lures(url)

        async def both() -> None:
            await client.ask(TEXT, platform="dating")
            await client.ask(TEXT, platform="gaming")
            await client.aclose()

        asyncio.run(both())
        assert len(flaky.heard) == 2


def test_the_memory_holds_no_text(tmp_path: Path) -> None:
    with running(tmp_path) as (_, _, url):
        client = lures(url)
        ask(client, TEXT)
    assert "Poipet" not in repr(vars(client))
    assert len(client._known) == 1


@pytest.mark.parametrize(
    ("on_error", "score", "decision"), [("open", 0.0, "allow"), ("closed", 1.0, "review")]
)
def test_an_outage_opens_or_closes(
    on_error: str, score: float, decision: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = lures(f"http://127.0.0.1:{free_port()}", on_error=on_error)
    found = ask(client, TEXT, TEXT)
    assert [(one.score, one.decision, one.answered) for one in found] == [
        (score, decision, False)
    ] * 2
    told = [r.getMessage() for r in caplog.records if r.name == "lurewatch_osprey.lures"]
    assert told == ["lurewatch does not answer: ConnectError"], "once, not for every text"


def test_an_outage_can_leave_the_rules_out() -> None:
    udfs = part("udfs")
    client = lures(f"http://127.0.0.1:{free_port()}", on_error="unknown")
    udf = udfs.LureScore.__new__(udfs.LureScore)
    given = udfs.Arguments(text=TEXT, id=None, platform=None, surface=None)
    with pytest.raises(udfs.ExpectedUdfException, match="did not answer"):
        asyncio.run(udf.async_execute(ExecutionContext(client), given))


def test_it_does_not_wait_for_ever(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running(tmp_path) as (service, _, url):
        service.model.gate.clear()
        (late,) = ask(lures(url, timeout_s=0.2), TEXT)
        service.model.gate.set()
    assert not late.answered
    assert "no answer in 0.2 s" in caplog.text


def test_failures_are_told_and_not_remembered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with running(tmp_path) as (_, flaky, url):
        for status, body, told in (
            (401, b'{"type": "/problems/unauthenticated"}', "status 401: unauthenticated"),
            (502, b"<html>", "status 502"),
            (200, b"<html>", "the answer is not one of Lurewatch's"),
            (200, b'{"results": [{"score": 7}]}', "the answer is not one of Lurewatch's"),
            (200, b'{"results": []}', "the answer is not one of Lurewatch's"),
        ):
            caplog.clear()
            flaky.faults = [answer(status, body)]
            failed, again = ask(lures(url, key="lw_secret"), TEXT, TEXT)
            assert (failed.answered, again.answered) == (False, True)
            assert caplog.messages == [
                f"lurewatch does not answer: {told}", "lurewatch answers again"
            ]  # fmt: skip
        assert {headers["authorization"] for _, headers in flaky.heard} == {"Bearer lw_secret"}


def test_who_goes_away_takes_no_answer_from_others(tmp_path: Path) -> None:
    with running(tmp_path) as (service, flaky, url):
        client = lures(url)
        service.model.gate.clear()

        async def two() -> Any:
            first = asyncio.create_task(client.ask(TEXT))
            second = asyncio.create_task(client.ask(TEXT))
            await asyncio.to_thread(until, lambda: service.model.begun)
            first.cancel()
            service.model.gate.set()
            found = await second
            await client.aclose()
            return found

        assert asyncio.run(two()).answered
        assert len(flaky.heard) == 1


def test_texts_of_every_length_and_kind_are_answered(tmp_path: Path) -> None:
    """Also those in which there is nothing to read, and halves of characters."""
    blank = "\u200b" * MAX_TEXT_CHARS
    texts = ["", " \n", blank[:3], blank + TEXT, "\ud83d", "a\0b", "x" * 41_000]
    with running(tmp_path) as (_, _, url):
        found = ask(lures(url), *texts)
    assert all(one.answered for one in found)
    assert [round(one.score) for one in found] == [0, 0, 0, 1, 1, 1, 1]


def test_an_id_that_the_service_does_not_take_is_left_out(tmp_path: Path) -> None:
    """Or whoever may name posts would pass all of them unread."""
    names = ["x" * 200, "x" * 201, "a\0b", "\ud83d", "", None]
    known_as = part("lures").known_as
    assert [known_as(name) for name in names] == [names[0], None, None, None, "", None]
    with running(tmp_path) as (_, _, url):
        for name in names:
            (found,) = ask(lures(url), TEXT, id=name)
            assert found.answered
            assert found.kind == "lure"


def test_parts_cover_a_long_text() -> None:
    parts = part("lures").parts
    text = "".join(chr(0x4E00 + i % 20_000) for i in range(60_000))
    found = parts(text)
    assert all(len(one) <= MAX_TEXT_CHARS for one in found)
    assert found[0] + "".join(one[1_000:] for one in found[1:]) == text
    assert parts("a") == ["a"]
    assert len(parts("a" * MAX_TEXT_CHARS)) == 1
    longest = parts("a" * 10**6)
    assert sum(map(len, longest)) <= 200_000, "as much as one request may hold"


def test_the_worker_does_not_start_with_settings_that_say_nothing() -> None:
    settings = part("settings")
    read = settings.read({**MADE_UP, "OSPREY_LUREWATCH_TIMEOUT_S": "0.25", "PATH": "/bin"})
    assert (read.timeout_s, read.cache_ads, read.key) == (0.25, 10_000, None)
    for wrong, told in (
        ({"OSPREY_LUREWATCH_URL": ""}, "OSPREY_LUREWATCH_URL: give the service's address"),
        ({"OSPREY_LUREWATCH_ON_ERROR": ""}, "OSPREY_LUREWATCH_ON_ERROR: say what rules see"),
        ({"OSPREY_LUREWATCH_TIMEOUT_S": "soon"}, "TIMEOUT_S: a number from 0.001"),
        ({"OSPREY_LUREWATCH_CACHE_ADS": "-1"}, "CACHE_ADS: a number from 0"),
        ({"OSPREY_LUREWATCH_CACHE": "1"}, "OSPREY_LUREWATCH_CACHE: no such setting"),
    ):
        with pytest.raises(settings.SettingsError, match=told):
            settings.read({**MADE_UP, **wrong})


def test_the_entry_point_registers_every_function(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    module = import_module(project["entry-points"]["osprey_async_plugin"]["lurewatch"])
    manager = pluggy.PluginManager("osprey_async_plugin")
    manager.register(module)
    udfs = part("udfs")
    assert module.register_udfs() == list(udfs.UDFS)
    for name, value in MADE_UP.items():
        monkeypatch.setenv(name, value)
    helpers = {id(udf.create_provider()) for udf in udfs.UDFS}
    udfs.shared.cache_clear()
    assert len(helpers) == 1, "one client for all"


def test_example_rules_call_what_there_is() -> None:
    """Osprey's rules are written in Python's grammar."""
    udfs = part("udfs")
    names = {udf.__name__ for udf in udfs.UDFS}
    assert issubclass(udfs.Arguments, ArgumentsBase)
    called = set()
    for path in (PLUGIN / "rules").rglob("*.sml"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("Lure"):
                called.add(getattr(node.func, "id", ""))
                given = {one.arg for one in node.keywords}
                assert given <= set(udfs.Arguments.__annotations__)
    assert called == names
