"""Matrix: what somebody claims of another's message counts only where that was read, and fits."""

from typing import Any

import pytest

from service.platforms.known import Messages
from service.platforms.matrix import Matrix, MatrixOptions
from service.platforms.seen import Seen, Skipped
from tests.service.platforms.given import result, seen

LURE = "Fly Thursday on a tourist visa, permit later. Send a photo of your passport."
HELP = "Has anybody been to that office? I am afraid for my sister."
ALICE, MALLORY = "@alice:example.org", "@mallory:example.net"


def message(event: str, sender: str, body: str, **content: Any) -> dict[str, Any]:
    """An event of a room."""
    return {
        "type": "m.room.message", "room_id": "!room:example.org", "event_id": event,
        "sender": sender, "origin_server_ts": 1763631000000,
        "content": {"msgtype": "m.text", "body": body, **content},
    }  # fmt: skip


def edit(event: str, sender: str, body: str, of: str, beside: str | None = None) -> dict[str, Any]:
    """An event that says what another now is."""
    return message(
        event, sender, f"* {body}" if beside is None else beside,
        **{"m.new_content": {"msgtype": "m.text", "body": body},
           "m.relates_to": {"rel_type": "m.replace", "event_id": of}},
    )  # fmt: skip


def reply(event: str, sender: str, body: str, to: str) -> dict[str, Any]:
    """An event that answers another."""
    return message(event, sender, body, **{"m.relates_to": {"m.in_reply_to": {"event_id": to}}})


def read(*given: dict[str, Any]) -> Seen:
    """The last of some events, read by one adapter."""
    adapter = Matrix()
    *before, last = given
    for one in before:
        adapter.read(one)
    return seen(adapter, last)


@pytest.mark.parametrize("before", [[], [message("$alice", ALICE, HELP)]])
def test_an_edit_of_another_s_message_is_acted_on_at_its_own_event(
    before: list[dict[str, Any]],
) -> None:
    """Whether or not the message it names was read."""
    one = read(*before, edit("$mallory", MALLORY, LURE, "$alice"))
    assert one.ad["text"] == LURE
    assert one.ad["author_id"] == f"matrix:{MALLORY}"
    adapter = Matrix(MatrixOptions(moderators="!mods:example.org"))
    plan = adapter.plan(one, result("block"))
    assert len(plan.calls) == 3
    assert "%24mallory" in plan.calls[0].path
    assert "%24mallory" in plan.calls[2].path
    assert "alice" not in str(plan.shown())


def test_an_edit_of_one_s_own_message_stands_at_its_place() -> None:
    one = read(message("$1", MALLORY, "Typists wanted"), edit("$2", MALLORY, LURE, "$1"))
    assert one.place["event"] == "$1"
    assert one.ad["id"] == "matrix:!room:example.org:$1"


def test_a_message_of_another_room_is_another() -> None:
    elsewhere = {**message("$1", MALLORY, "Typists wanted"), "room_id": "!other:example.org"}
    assert read(elsewhere, edit("$2", MALLORY, LURE, "$1")).place["event"] == "$2"


def test_one_edit_by_another_makes_no_message_theirs() -> None:
    adapter = Matrix()
    adapter.read(message("$alice", ALICE, HELP))
    for number in range(2):
        one = seen(adapter, edit(f"$m{number}", MALLORY, LURE, "$alice"))
        assert one.place["event"] == f"$m{number}"


def test_what_stands_beside_the_new_words_is_read_too() -> None:
    """It is what programs show that know no edits."""
    one = read(edit("$2", MALLORY, "Hello", "$unknown", beside=LURE))
    assert one.ad["text"] == f"Hello\n{LURE}"


QUOTING = f"> <{ALICE}> {LURE}\n\n:)"


@pytest.mark.parametrize(
    "before",
    [
        [],  # what is answered was never read
        [message("$1", ALICE, HELP)],  # Alice said something else
        [message("$1", MALLORY, LURE)],  # somebody else said it
        [message("$2", ALICE, LURE)],  # she said it elsewhere
        [message("$1", ALICE, HELP), edit("$2", MALLORY, LURE, "$1")],  # she was made to
    ],
)
def test_words_that_nobody_is_known_to_have_said_are_the_sender_s(
    before: list[dict[str, Any]],
) -> None:
    one = read(*before, reply("$3", MALLORY, QUOTING, "$1"))
    assert one.ad["text"] == QUOTING
    assert "thread" not in one.ad


@pytest.mark.parametrize(
    "before",
    [
        [message("$1", ALICE, LURE)],
        [message("$1", ALICE, HELP), edit("$2", ALICE, LURE, "$1")],  # as it now stands
        [message("$1", ALICE, LURE), edit("$2", ALICE, HELP, "$1")],  # as it stood
        [reply("$1", ALICE, f"> <@bob:example.org> Which job?\n\n{LURE}", "$0")],  # her answer
    ],
)
def test_what_somebody_did_say_is_context(before: list[dict[str, Any]]) -> None:
    one = read(
        *before, reply("$3", "@birch:example.org", QUOTING.replace(":)", "Is it true?"), "$1")
    )
    assert one.ad["text"] == "Is it true?"
    assert one.ad["thread"] == [{"text": LURE, "role": "own"}]


def test_words_of_a_program_can_be_quoted() -> None:
    adapter = Matrix(MatrixOptions(own_id="@bot:example.org"))
    assert isinstance(adapter.read(message("$1", "@bot:example.org", "Please verify.")), Skipped)
    one = seen(adapter, reply("$2", ALICE, "> <@bot:example.org> Please verify.\n\nThanks", "$1"))
    assert one.ad["text"] == "Thanks"


def test_messages_are_forgotten_in_time() -> None:
    known = Messages(most=2)
    for event in ("$1", "$2", "$1", "$3"):
        known.add("!r", event, ALICE, ["words"])
    assert [known.is_by("!r", event, ALICE) for event in ("$1", "$2", "$3")] == [True, False, True]
