"""What is read of Reddit's things."""

import json
from typing import Any

import pytest

from service.platforms.seen import Skipped
from tests.service.platforms.given import events, made, seen

POST, COMMENT = 0, 2


def thing(number: int, **more: Any) -> dict[str, Any]:
    """A recorded one with other fields."""
    event: dict[str, Any] = json.loads(json.dumps(events("reddit")[number]))
    event["data"] |= more
    return event


@pytest.mark.parametrize("mark", ["[removed]", "[deleted]"])
def test_an_author_may_type_the_mark_of_what_is_gone(mark: str) -> None:
    one = seen(made("reddit"), thing(POST, selftext=mark))
    assert one.ad["title"] == "Work abroad, flight paid"
    assert one.ad["text"] == ""
    found = made("reddit").read(thing(COMMENT, body=mark))
    assert isinstance(found, Skipped)
    assert found.reason == "no text"


@pytest.mark.parametrize("author", ["[deleted]", None])
def test_what_has_no_author_is_deleted(author: str | None) -> None:
    found = made("reddit").read(thing(POST, author=author))
    assert isinstance(found, Skipped)
    assert found.reason == "deleted"


def test_the_options_of_a_poll_are_read() -> None:
    poll = {"options": [{"id": "1", "text": "Fly Thursday"}, {"id": "2", "text": "permit later"}]}
    one = seen(made("reddit"), thing(POST, selftext="", poll_data=poll))
    assert one.ad["text"] == "Fly Thursday\npermit later"


def test_captions_and_links_of_a_gallery_are_read() -> None:
    items = [
        {"media_id": "a", "id": 1, "caption": "Fly Thursday", "outbound_url": "https://t.me/x"},
        {"media_id": "b", "id": 2}, {"media_id": "c", "id": 3, "caption": "permit later"},
        {"media_id": "d", "id": 4, "caption": None, "outbound_url": 5}, 5,
    ]  # fmt: skip
    one = seen(made("reddit"), thing(POST, selftext="See", gallery_data={"items": items}))
    assert one.ad["text"] == "See\nFly Thursday\npermit later\nhttps://t.me/x"


@pytest.mark.parametrize("odd", [None, {}, [], "x", {"items": 5}, {"items": None}])
def test_an_odd_gallery_hides_no_words(odd: Any) -> None:
    assert seen(made("reddit"), thing(POST, selftext="See", gallery_data=odd)).ad["text"] == "See"


def test_a_post_that_is_shown_again_is_read() -> None:
    """The words are another's, and whoever posts them again says them."""
    parent = {
        "title": "Typists wanted", "selftext": "Fly Thursday", "is_self": False,
        "url": "https://jobs.example.org/a", "poll_data": None,
    }  # fmt: skip
    gone = {"title": "Second", "selftext": "[removed]", "is_self": True, "url": "https://r.example"}
    own = {"title": "Look", "selftext": "", "is_self": False, "url": "/r/example/comments/1/"}
    one = seen(made("reddit"), thing(POST, **own, crosspost_parent_list=[parent, gone]))
    assert one.ad["title"] == "Look"
    assert one.ad["text"] == "Typists wanted\nFly Thursday\nhttps://jobs.example.org/a\nSecond"


def test_a_post_without_any_of_it_is_read() -> None:
    event = thing(POST, poll_data=None, crosspost_parent_list=None)
    assert seen(made("reddit"), event) == seen(made("reddit"), thing(POST))
