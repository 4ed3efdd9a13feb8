"""The commands: recorded events, and rules for AutoMod."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from models.inference import Logits
from models.rendering import Rendered
from service.__main__ import main
from service.platforms.catalogue import MAKE
from service.platforms.discord import Discord
from service.platforms.seen import Seen, Skipped
from service.platforms.telegram import Telegram
from tests.live import Service, StubModel, live, stub_engine
from tests.service.platforms.given import FOLDER, MAPPING, all_seen
from tests.service.platforms.server import serving

EVENTS = FOLDER / "events"
PHRASE = "on a tourist visa"
MODEL = StubModel()
COLOURS = ("red", "green", "blue", "black", "white")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live(Service(data_dir=tmp_path_factory.mktemp("commands")).app) as address:
        yield address


def printed(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    """What a command gave, a line each."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_recorded_events_become_ads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["platform", "matrix", str(EVENTS / "matrix.jsonl")]) == 0
    shown = capsys.readouterr()
    ads = [json.loads(line) for line in shown.out.splitlines()]
    assert ads == [json.loads(json.dumps(one.ad)) for one in all_seen("matrix")]
    assert "6 ads, 3 skipped" in shown.err


def test_recorded_events_become_plans(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["platform", "reddit", str(EVENTS / "reddit.jsonl"), "--plan", "--service", service]
    assert main(command) == 0
    plans = printed(capsys)
    assert [one["decision"] for one in plans] == ["review"] * 3
    assert plans[0]["actions"][0]["url"] == "https://oauth.reddit.com/api/report"


def test_a_line_that_is_wrong_is_told_by_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    good = (EVENTS / "telegram.jsonl").read_text("utf-8").splitlines()[0]
    file.write_text(f'{{"message": {{"text": "secret"}}}}\n\n{good}\n[1]\nno\n', "utf-8")
    assert main(["platform", "telegram", str(file)]) == 1
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 1
    for words in ("line 1: message.message_id: missing", "line 4: not a JSON", "line 5: not JSON"):
        assert words in shown.err
    assert "secret" not in shown.err


def test_a_line_of_invisible_characters_ends_nothing(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = (EVENTS / "telegram.jsonl").read_text("utf-8").splitlines()[0]
    event = json.loads(line)
    event["message"] |= {"message_id": 12, "text": "\u200b\u200b"}
    file = tmp_path / "events.jsonl"
    other = line.replace('"message_id": 11', '"message_id": 13')
    file.write_text("\n".join([line, json.dumps(event), other]), "utf-8")
    command = ["platform", "telegram", str(file), "--plan", "--service", service]
    assert main([*command, "--with", "moderators=-7"]) == 0
    assert [one["ad"] for one in printed(capsys)] == [
        "telegram:-1005550100:11", "telegram:-1005550100:13",
    ]  # fmt: skip


class Failing(StubModel):
    """Fails at some words."""

    def logits(self, rendered: Rendered) -> Logits:
        if "poison" in rendered.text:
            raise ZeroDivisionError
        return super().logits(rendered)


class Spoiling(Telegram):
    """Gives some messages a language that is none."""

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        found = super().read(event)
        if not isinstance(found, Skipped) and "spoilt" in found[0].ad["text"]:
            found[0].ad["language"] = "??"
        return found


def messages(file: Path, texts: Sequence[str]) -> Path:
    """A message for each text, numbered from 1."""
    event = json.loads((EVENTS / "telegram.jsonl").read_text("utf-8").splitlines()[0])
    lines = []
    for number, text in enumerate(texts, 1):
        message = {**event["message"], "message_id": number, "text": text}
        lines.append(json.dumps({**event, "message": message}))
    file.write_text("\n".join(lines), "utf-8")
    return file


@pytest.mark.parametrize("here", [False, True])
def test_a_refused_ad_takes_no_other_with_it(
    service: str, here: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """More than are scored together, and some of the first chunk are wrong."""
    monkeypatch.setitem(MAKE, "telegram", lambda options: Spoiling())
    texts = [f"{'spoilt' if number in (2, 5) else 'Work'} {number}" for number in range(1, 71)]
    file = messages(tmp_path / "events.jsonl", texts)
    command = ["platform", "telegram", str(file), "--plan"]
    if here:
        monkeypatch.setattr("service.engine.Engine.start", lambda given: stub_engine(given, MODEL))
    assert main(command if here else [*command, "--service", service]) == 1
    shown = capsys.readouterr()
    assert [json.loads(line)["ad"] for line in shown.out.splitlines()] == [
        f"telegram:-1005550100:{number}" for number in range(1, 71) if number not in (2, 5)
    ]
    assert "70 ads, 2 wrong" in shown.err
    assert "telegram:-1005550100:2: " in shown.err
    assert "language: " in shown.err
    assert "spoilt" not in shown.err


def test_an_ad_at_which_the_model_fails_takes_no_other_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = Service(data_dir=tmp_path)
    served.model = Failing()
    file = messages(tmp_path / "events.jsonl", ["Work", "poison", "Cook"])
    with live(served.app) as address:
        command = ["platform", "telegram", str(file), "--plan", "--service", address]
        assert main(command) == 1
    assert len(printed(capsys)) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_an_address_or_a_key_that_is_wrong_ends_it(
    status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = messages(tmp_path / "events.jsonl", ["Work", "Cook"])
    with serving([(status, {}, {})]) as (api, address):
        command = ["platform", "telegram", str(file), "--plan", "--service", address]
        assert main(command) == 2
    assert len(api.heard) == 1
    assert "--service: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["usenet", "x"], "no such platform"),
        (["telegram", "no-such-file"], "No such file"),
        (["telegram", str(EVENTS / "telegram.jsonl"), "--with", "moderators"], "NAME=VALUE"),
        (["telegram", str(EVENTS / "telegram.jsonl"), "--with", "x=1"], "options are moderators"),
        (["telegram", str(EVENTS / "telegram.jsonl"), "--send"], "TELEGRAM_TOKEN"),
        (["generic", str(EVENTS / "dating.jsonl")], "mapping: Field required"),
        (
            ["telegram", str(EVENTS / "telegram.jsonl"), "--plan", "--service", "nowhere"],
            "base_url",
        ),
        (
            ["telegram", str(EVENTS / "telegram.jsonl"), "--plan", "--service", "http://x:port"],
            "base_url",
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    given: list[str], reason: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    assert main(["platform", *given]) == 2
    assert reason in capsys.readouterr().err


def test_plans_are_sent_where_they_are_asked_to_be(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("MASTODON_TOKEN", "secret-token")
    post = (EVENTS / "mastodon.jsonl").read_text("utf-8").splitlines()[0]
    file = tmp_path / "events.jsonl"
    file.write_text(post + "\n" + post.replace("5001", "5002") + "\n", "utf-8")
    with serving([(200, {}, {}), (422, {}, {})]) as (api, address):
        command = ["platform", "mastodon", str(file), "--send"]
        assert main([*command, "--service", service, "--with", f"server={address}"]) == 1
    shown = capsys.readouterr()
    assert [one.path for one in api.heard] == ["/api/v1/reports"] * 2
    assert api.heard[0].headers["authorization"] == "Bearer secret-token"
    assert api.heard[0].json["status_ids"] == ["5001"]
    assert "report to the moderators: status 422" in shown.err
    assert "1 not done" in shown.err
    assert "secret-token" not in shown.out + shown.err


def test_an_ad_that_comes_again_is_acted_on_once(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Discord tells of an edit also where the preview of a link came."""
    created = json.loads((EVENTS / "discord.jsonl").read_text("utf-8").splitlines()[0])
    same = {**created, "t": "MESSAGE_UPDATE"}
    preview = {**same, "d": {**created["d"], "embeds": [{"type": "rich", "title": "Work abroad"}]}}
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in (created, same, preview)), "utf-8")
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token")
    with serving([(200, {}, {})] * 6) as (api, address):
        monkeypatch.setitem(MAKE, "discord", partial(Discord, base=address))
        command = ["platform", "discord", str(file), "--send", "--with", "moderators=350"]
        assert main([*command, "--service", service]) == 0
    assert [one.path for one in api.heard] == ["/channels/350/messages"] * 2  # told, shown: once
    assert len(printed(capsys)) == 1


def test_what_was_not_done_is_tried_when_it_comes_again(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A post and its edit, decided alike: of the first nobody was told."""
    monkeypatch.setenv("MASTODON_TOKEN", "secret-token")
    file = tmp_path / "events.jsonl"
    lines = (EVENTS / "mastodon.jsonl").read_text("utf-8").splitlines()
    file.write_text("\n".join(lines[:2]), "utf-8")
    with serving([(422, {}, {})]) as (api, address):
        command = ["platform", "mastodon", str(file), "--send", "--with", f"server={address}"]
        assert main([*command, "--service", service]) == 1
    assert [one.json["status_ids"] for one in api.heard] == [["5001"], ["5001"]]
    assert "2 ads, 1 not done" in capsys.readouterr().err


def test_an_ad_that_comes_again_is_counted(
    service: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = (EVENTS / "discord.jsonl").read_text("utf-8").splitlines()[0]
    file = tmp_path / "events.jsonl"
    file.write_text(f"{line}\n" * 3, "utf-8")
    assert main(["platform", "discord", str(file), "--plan", "--service", service]) == 0
    assert "3 ads, 2 again, decided as before" in capsys.readouterr().err


def test_an_in_house_platform(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["platform", "generic", str(EVENTS / "dating.jsonl"), "--with", f"mapping={MAPPING}"]
    assert main([*command, "--plan", "--service", service]) == 0
    (plan,) = printed(capsys)
    assert plan["actions"][0]["url"] == "https://trust.example/cases/m%2F1"


def rows() -> list[dict[str, Any]]:
    """Judged texts: lures that share a phrase, and texts that do not have it."""
    lures = ["Typists by the sea, fly", "Chat work abroad: you enter", "Sales stars, leave"]
    return [
        *({"kind": "lure", "text": f"{one} {PHRASE}, permit later."} for one in lures),
        {"kind": "recruitment", "text": "Waiter for our beach bar, written contract, May to June."},
        {"kind": "about_lures", "text": "They told her to fly first. Ask for help before you go."},
        *({"kind": "other", "text": f"Lost: {one} keys, by the lake."} for one in COLOURS),
        {"kind": "insufficient", "text": "work? ask me"},
        {"kind": "other", "text": "  "},
    ]


def test_judged_texts_become_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows()), "utf-8")
    assert main(["automod", str(file), "--alert-channel", "350"]) == 0
    shown = capsys.readouterr()
    made = json.loads(shown.out)
    keywords = made["trigger_metadata"]["keyword_filter"]
    assert keywords
    assert all(one in rows()[0]["text"].casefold() for one in keywords)
    assert made["actions"] == [{"type": 2, "metadata": {"channel_id": "350"}}]
    assert "in 3 of 3 lures and in 0 of 7 honest texts" in shown.err
    assert "only 7 honest texts" in shown.err
    assert main(["automod", str(file), "--phrases"]) == 0
    assert printed(capsys)[0] == {"phrase": keywords[0], "lures": 3, "honest": 0}


def test_half_an_emoji_and_bytes_that_are_no_text_end_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = [json.dumps({**row, "text": row["text"] + "\ud83d"}).encode() for row in rows()]
    source = b"\xef\xbb\xbf" + b"\n".join([*judged, b'{"text": "secret \xff", "kind": "other"}'])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(source), "ascii"))
    assert main(["automod", "-", "--phrases"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out.splitlines()[0])["lures"] == 3
    assert "in 3 of 3 lures" in shown.err
    assert "secret" not in shown.err


def test_events_on_standard_input_are_read_as_those_of_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = (EVENTS / "telegram.jsonl").read_bytes().splitlines()[0]
    source = io.BytesIO(b"\xef\xbb\xbf" + good + b'\n{"message": "\xff"}\n' + good)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(source, "ascii"))
    assert main(["platform", "telegram", "-"]) == 1
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert "line 2: " in shown.err


@pytest.mark.parametrize(
    ("line", "options", "reason"),
    [
        ("[]", [], "line 1: give a JSON object with a `text`"),
        ('{"text": 1}', [], "line 1: give a JSON object with a `text`"),
        ('{"text": "a", "kind": "lure"}', ["--alert-channel", "1"], "give more"),
        ('{"text": "a"}', ["--send"], "--guild"),
    ],
)
def test_a_rule_that_cannot_be_made_is_told(
    line: str, options: list[str], reason: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "judged.jsonl"
    file.write_text(line + "\n", "utf-8")
    assert main(["automod", str(file), *options]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize("name", ["discord", "telegram"])
def test_a_bot_needs_a_token(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"{name.upper()}_TOKEN", raising=False)
    assert main(["bot", name, "--service", "http://127.0.0.1:8000"]) == 2
    assert f"put the bot's token into {name.upper()}_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["discord", "telegram"])
def test_a_bot_needs_an_address(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{name.upper()}_TOKEN", "secret-token")
    assert main(["bot", name, "--service", "http://127.0.0.1:port"]) == 2
    assert "--service: base_url: give an address" in capsys.readouterr().err


def test_adapters_load_neither_the_model_nor_a_library_of_a_platform() -> None:
    heavy = {"numpy", "onnxruntime", "fastapi", "sqlalchemy", "discord", "telegram", "jsonpath"}
    code = (
        "import sys, service.platforms.catalogue, service.platforms.bots.moderator;"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
