"""Matrix: what somebody claims of another's message counts only where that was read, and fits."""

from typing import Any

import pytest

from service.platforms import matrix_words
from service.platforms.known import Messages
from service.platforms.matrix import Matrix, MatrixOptions
from service.platforms.matrix_words import beyond
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


def formatted(html: str) -> dict[str, str]:
    """What programs show that know HTML."""
    return {"format": "org.matrix.custom.html", "formatted_body": html}


def test_html_is_read_where_it_says_more() -> None:
    """It is what most programs show; the plain words come after, so that no length cuts it off."""
    one = read(message("$1", MALLORY, "Hello all", **formatted(f"<b>{LURE}</b>")))
    assert one.ad["text"] == f"{LURE}\nHello all"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (LURE, LURE),
        (f"**Hello** all\n\n- {LURE}", f"<p><em>Hello</em> all</p><ul><li>{LURE}</li></ul>"),
        ("[here](https://example.org/a)", '<a href="https://example.org/a">here</a>'),
        ("Ann: hi", '<a href="https://matrix.to/#/@ann:example.org">Ann</a>: hi'),  # a mention
        (f"* {LURE}", f"* {LURE}"),
    ],
)
def test_html_that_says_the_same_changes_nothing(body: str, html: str) -> None:
    assert read(message("$1", MALLORY, body, **formatted(html))).ad["text"] == body


def test_words_that_differ_by_a_vowel_sign_are_others() -> None:
    one = read(message("$1", MALLORY, "की", **formatted("का")))
    assert one.ad["text"] == "का\nकी"


def test_links_that_hide_in_html_are_read() -> None:
    one = read(message("$1", MALLORY, "Apply", **formatted('<a href="https://t.me/x">Apply</a>')))
    assert one.ad["text"] == "Apply\nhttps://t.me/x"


def test_html_of_an_edit_is_read() -> None:
    changed = edit("$2", MALLORY, "Hello", "$1")
    changed["content"]["m.new_content"] |= formatted(LURE)
    assert read(changed).ad["text"] == f"{LURE}\nHello"
    beside = edit("$2", MALLORY, "Hello", "$1")
    beside["content"] |= formatted(LURE)
    assert read(beside).ad["text"] == f"{LURE}\nHello"


def in_html(sender: str, words: str, answer: str) -> dict[str, str]:
    """A reply as older programs write it."""
    room = "https://matrix.to/#/!room:example.org/$1"
    links = f'<a href="{room}">In reply to</a> <a href="https://matrix.to/#/{sender}">{sender}</a>'
    before = f"<mx-reply><blockquote>{links}<br />{words}</blockquote></mx-reply>"
    return formatted(before + answer)


def answered(body: str, html: dict[str, str]) -> dict[str, Any]:
    """A reply to ``$1`` in both forms."""
    given = reply("$2", MALLORY, body, "$1")
    given["content"] |= html
    return given


def test_a_quotation_in_html_is_context_where_it_was_said() -> None:
    said = message(
        "$1", ALICE, "Is it true?", **formatted(f'{LURE} <a href="https://t.me/x">x</a>')
    )
    quotation = f'{LURE} <a href="https://t.me/x">x</a>'
    given = answered(f"> <{ALICE}> Is it true?\n\nNo", in_html(ALICE, quotation, "<b>No</b>"))
    one = read(said, given)
    assert one.ad["text"] == "No"
    assert one.ad["thread"] == [{"text": "Is it true?", "role": "own"}]


def test_words_put_into_a_quotation_in_html_are_their_sender_s() -> None:
    given = answered(f"> <{ALICE}> {HELP}\n\nNo", in_html(ALICE, LURE, "No"))
    assert read(message("$1", ALICE, HELP), given).ad["text"] == f"{LURE}\nNo"


def test_an_answer_that_repeats_what_was_quoted_is_read() -> None:
    """Who quotes a lure in plain words may give it as an answer in HTML."""
    given = answered(f"> <{ALICE}> {LURE}\n\n:)", in_html(ALICE, LURE, LURE))
    assert read(message("$1", ALICE, LURE), given).ad["text"] == f"{LURE}\n:)"


def test_a_quotation_that_is_not_known_is_read_once() -> None:
    given = answered(QUOTING, in_html(ALICE, LURE, ":)"))
    assert read(given).ad["text"] == QUOTING


@pytest.mark.parametrize(
    "kind", ["x.custom", "m.location", "m.server_notice", "", "m.file", "m.image"]
)
def test_every_kind_of_message_is_read(kind: str) -> None:
    assert read(message("$1", MALLORY, LURE, msgtype=kind)).ad["text"] == LURE


def test_a_name_of_several_words_is_read() -> None:
    """Programs show it below a file. A name of one word stands below most pictures."""
    lure = {"msgtype": "m.file", "filename": LURE}
    assert read(message("$1", MALLORY, "Hello", **lure)).ad["text"] == f"{LURE}\nHello"
    assert read(message("$1", MALLORY, LURE, **lure)).ad["text"] == LURE
    poster = {"msgtype": "m.image", "filename": "poster.png"}
    assert isinstance(Matrix().read(message("$1", MALLORY, "poster.png", **poster)), Skipped)
    assert read(message("$1", MALLORY, "Hello", **poster)).ad["text"] == "Hello"


DRAFT = "org.matrix.msc1767.text"
POLLS: list[tuple[str, dict[str, Any]]] = [
    (
        "org.matrix.msc3381.poll.start",
        {
            DRAFT: f"{LURE}\n1. Yes\n2. Write to us",
            "org.matrix.msc3381.poll.start": {
                "kind": "org.matrix.msc3381.poll.disclosed", "max_selections": 1,
                "question": {DRAFT: LURE, "body": LURE, "msgtype": "m.text"},
                "answers": [{"id": "a", DRAFT: "Yes"}, {"id": "b", DRAFT: "Write to us"}],
            },
        },
    ),
    (
        "m.poll.start",
        {
            "m.text": [{"body": f"{LURE}\n1. Yes\n2. Write to us"}],
            "m.poll": {
                "kind": "m.disclosed", "max_selections": 1,
                "question": {"m.text": [
                    {"mimetype": "text/html", "body": f"<i>{LURE}</i>"}, {"body": LURE},
                ]},
                "answers": [
                    {"m.id": "a", "m.text": [{"body": "Yes"}]},
                    {"m.id": "b", "m.text": [{"body": "Write to us"}]},
                ],
            },
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content"), POLLS)
def test_polls_are_read(kind: str, content: dict[str, Any]) -> None:
    event = {**message("$1", MALLORY, ""), "type": kind, "content": content}
    assert read(event).ad["text"] == f"{LURE}\n1. Yes\n2. Write to us"
    shown = {name: one for name, one in content.items() if name not in (DRAFT, "m.text")}
    assert read({**event, "content": shown}).ad["text"] == f"{LURE}\nYes\nWrite to us"


@pytest.mark.parametrize(
    "odd",
    [
        {"filename": 5}, {"msgtype": 5}, {"formatted_body": ["x"]},
        {"m.relates_to": "x"}, {"m.relates_to": {"m.in_reply_to": "x", "rel_type": 5}},
        {"m.new_content": "x"}, {"m.new_content": None}, {"m.poll": "x"},
        {"m.poll": {"question": 5, "answers": [5, {"m.text": "x"}]}}, {"m.text": 5},
    ],
)  # fmt: skip
def test_an_odd_field_hides_no_words(odd: dict[str, Any]) -> None:
    """Anybody can send one beside words that every program shows."""
    assert read(message("$1", MALLORY, LURE, **odd)).ad["text"] == LURE


def test_one_odd_answer_of_a_poll_hides_no_other() -> None:
    answers = [5, {DRAFT: 5}, {DRAFT: LURE}]
    poll = {"org.matrix.msc3381.poll.start": {"question": None, "answers": answers}}
    assert read(message("$1", MALLORY, "", **poll)).ad["text"] == LURE


def test_an_event_without_a_time_is_read() -> None:
    one = read({**message("$1", MALLORY, LURE), "origin_server_ts": "x"})
    assert one.ad["text"] == LURE
    assert "posted_at" not in one.ad


def test_the_moderators_room_is_not_moderated() -> None:
    """They may show each other a lure."""
    adapter = Matrix(MatrixOptions(moderators="!room:example.org"))
    found = adapter.read(message("$1", ALICE, LURE))
    assert isinstance(found, Skipped)
    assert found.reason == "the moderators' own room"
    assert seen(adapter, {**message("$1", ALICE, LURE), "room_id": "!other:example.org"})


def test_what_is_searched_of_a_message_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    said, pieces = "Packers, nights", ["Packers, nights", "Bus included", "Bus included", "Bus"]
    assert beyond(said, pieces) == ["Bus included"]
    monkeypatch.setattr(matrix_words, "SEARCHED", 0)
    assert beyond(said, pieces) == ["Packers, nights", "Bus included", "Bus"]
