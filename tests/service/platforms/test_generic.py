"""Mapping files, and what they make of an in-house platform's events."""

from pathlib import Path
from typing import Any

import pytest

from service.platforms.generic import Generic, moment
from service.platforms.mapping import Mapped, MappingError, load, load_all
from service.platforms.seen import BadEvent, Skipped
from tests.service.platforms.given import MAPPING, events, made, result, seen, skipped

LEAST: dict[str, Any] = {
    "version": 1, "platform": "gaming", "surface": "chat", "id": "$.id", "text": "$.text",
}  # fmt: skip


def mapped(**more: Any) -> Generic:
    return Generic(Mapped.model_validate({**LEAST, **more}))


def test_every_field_is_found() -> None:
    one = seen(made("generic"), events("generic")[0])
    assert one.ad["id"] == "m/1"
    assert one.ad["author_id"] == "77"
    assert one.ad["posted_at"] == "2025-11-20T09:30:00+00:00"
    assert one.ad["language"] == "en-GB"
    assert one.ad["thread"] == [
        {"text": "Is the flight paid?", "role": "own"}, {"text": "Yes dear", "role": "other"},
    ]  # fmt: skip
    assert skipped("generic") == ["skipped by the mapping", "no text"]


def test_an_action_is_filled() -> None:
    plan = made("generic").plan(seen(made("generic"), events("generic")[0]), result("review"))
    (call,) = plan.calls
    assert call.path == "https://trust.example/cases/m%2F1"  # one part of the path, whatever it is
    assert call.body == {
        "subject": "user:77", "decision": "review",
        "why": ["Job offer with indicators present (Papers asked early): please verify. "
                "Score 0.97."],
    }  # fmt: skip
    assert call.repeatable
    assert made("generic").access("t").headers == {"Authorization": "Bearer t"}


def test_a_decision_without_an_action_is_told() -> None:
    plan = made("generic").plan(seen(made("generic"), events("generic")[0]), result("block"))
    assert plan.calls == ()
    assert "no action" in plan.cannot


def test_several_ads_of_an_event() -> None:
    adapter = mapped(ads="$.items[*]", skip="$[?@.draft == true]", text=["$.head", "$.text"])
    event = {
        "items": [
            {"id": 1, "head": "Typist", "text": "abroad"},
            {"id": 2, "text": "no", "draft": True},
            {"id": 3, "text": "waiter"},
        ]
    }
    found = adapter.read(event)
    assert isinstance(found, list)
    assert [(one.ad["id"], one.ad["text"]) for one in found] == [
        ("1", "Typist\nabroad"), ("3", "waiter"),
    ]  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"id": ""}, {"id": None}])
def test_an_ad_without_an_id_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(BadEvent, match="finds no id"):
        mapped().read({"text": "waiter", **more})


@pytest.mark.parametrize("more", [{"text": "$..messages[*]"}, {"ads": "$..items[*]"}])
def test_an_event_that_is_nested_too_deeply_is_refused(more: dict[str, Any]) -> None:
    event: dict[str, Any] = {"id": 1, "text": "waiter"}
    for _ in range(500):
        event = {"id": 1, "text": "waiter", "a": event}
    with pytest.raises(BadEvent, match="nested too deeply"):
        mapped(**more).read(event)


def test_an_ad_that_cannot_be_taken_takes_no_other_with_it() -> None:
    items = [{"id": 1, "text": "\u200b"}, {"text": "typist"}, {"id": 3, "text": "waiter"}]
    found = mapped(ads="$.items[*]").read({"items": items})
    assert isinstance(found, list)
    assert [one.ad["id"] for one in found] == ["3"]
    found = mapped(ads="$.items[*]").read({"items": items[:1]})
    assert isinstance(found, Skipped)
    assert found.reason == "no text"


@pytest.mark.parametrize("value", ["", ".", "..", None])
def test_an_action_hits_no_other_resource(value: str | None) -> None:
    """Without its last step, or with dots for it, an address is that of a list or of a person."""
    url = "https://chat.example/users/{author_id}/posts/{room}"
    adapter = mapped(
        author_id="$.who", place={"room": "$.room"},
        actions={"block": {"method": "DELETE", "url": url}},
    )  # fmt: skip
    event = {"id": "1", "text": "waiter", "who": "u", "room": value}
    plan = adapter.plan(seen(adapter, event), result("block"))
    assert plan.actions == ()
    assert plan.cannot.startswith("{room} is empty here, or dots")
    plan = adapter.plan(seen(adapter, event | {"room": "..x"}), result("block"))
    assert [one.path for one in plan.calls] == ["https://chat.example/users/u/posts/..x"]


def test_what_is_empty_may_stand_in_a_body() -> None:
    action = {"url": "https://chat.example/hints", "json": {"of": "{author_id}"}}
    adapter = mapped(actions={"nudge": action})
    plan = adapter.plan(seen(adapter, {"id": "1", "text": "waiter"}), result("nudge"))
    assert [one.body for one in plan.calls] == [{"of": ""}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1763631000, "2025-11-20T09:30:00+00:00"),
        (1763631000000, "2025-11-20T09:30:00+00:00"),
        ("2025-11-20T09:30:00Z", "2025-11-20T09:30:00+00:00"),
        ("2025-11-20T09:30:00", "2025-11-20T09:30:00+00:00"),
        ("yesterday", None),
        (True, None),
        (1e300, None),
        (None, None),
    ],
)
def test_times_in_every_form(given: Any, expected: str | None) -> None:
    found = moment(given)
    assert (None if found is None else found.isoformat()) == expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("id: $.message.uuid", "id: Field required"),
        ("surface: direct_message", "surface: Field required"),
        ("text: $.message.body -> text: message.body", "text.0: Value error, no JSONPath"),
        ("own: $[?@.from == 'reader'] -> own: $[?@.from = 'x']", "thread.own: Value error"),
        ("  nudge: -> ban:", "actions.ban"),
        ("{conversation}/hints -> {room}/hints", "actions.nudge: no placeholder {room}"),
        ("https://chat.example -> ftp://chat.example", "actions.nudge.url"),
        ("version: 1 -> version: 2", "version"),
        ("{conversation}/hints -> {room-id}/hints", "actions.nudge: no placeholder {room-id}"),
        ('about: "{id}" -> about: "{ id }"', "actions.nudge: no placeholder { id }"),
        ("conversation: $.conv -> room-id: $.conv", "place.room-id"),
        ("  review: -> nudge:", "actions.nudge: given twice; first on line 17"),
        ("version: 1 -> version: [", "yaml:"),
        ("version: 1 -> version: &one 1", "anchors and aliases"),
        ("skip: -> skipp:", "skipp: Extra inputs"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, change: str, reason: str) -> None:
    before, _, after = change.partition(" -> ")
    text = MAPPING.read_text("utf-8")
    assert text.count(before.strip() if after else before) == 1
    wrong = text.replace(before.strip(), after)
    file = tmp_path / "wrong.yaml"
    file.write_text(wrong, "utf-8")
    with pytest.raises(MappingError) as error:
        load(file)
    assert reason in str(error.value)
    assert str(file) in str(error.value)


def test_a_folder_of_mappings(tmp_path: Path) -> None:
    (tmp_path / "dating.yaml").write_text(MAPPING.read_text("utf-8"), "utf-8")
    assert set(load_all(tmp_path)) == {"dating"}
    (tmp_path / "Dating App.yaml").write_text("", "utf-8")
    with pytest.raises(MappingError, match="small letters"):
        load_all(tmp_path)
    with pytest.raises(MappingError, match="no such folder"):
        load_all(tmp_path / "none")
