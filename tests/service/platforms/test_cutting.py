"""No padding hides words, and no end of a long text hides the other."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ad import MAX_TEXT_CHARS, MAX_TITLE_CHARS, Ad, Platform, Surface
from models.rendering import is_blank, render
from service.integrations.html_text import HtmlText, html_text
from service.platforms import markup
from service.platforms.cutting import headed, shortened, together
from service.platforms.mastodon import Mastodon
from service.platforms.matrix import Matrix
from service.platforms.seen import LINK_CHARS, LINKS_CHARS, Seen, ad, with_links
from tests.service.platforms.given import events, made, seen

LURE = "Fly Thursday on a tourist visa, permit later. Send a photo of your passport."
LINK = "https://jobs.example.org/a"
FILLER = "lorem ipsum " * 2500
PADDINGS = (
    "\u200b" * 20_001, " " * 20_001, "\n" * 20_001, "\u200d" * 20_001, "\u202a\u202c" * 10_001,
    "\u200b \u200d" * 7_000, "\u3164" * 20_001,
)  # fmt: skip

WRITTEN = {
    "discord": ("d", "content"), "telegram": ("message", "text"), "mastodon": ("object", "content"),
    "bluesky": ("commit", "record", "text"), "matrix": ("content", "body"),
    "reddit": ("data", "selftext"), "generic": ("message", "body"),
}  # fmt: skip
"""Where the words of a first event stand."""


def saying(name: str, words: str) -> Seen:
    """A recorded event with other words, as it is read."""
    event = json.loads(json.dumps(events(name)[0]))
    place = event
    *path, last = WRITTEN[name]
    for key in path:
        place = place[key]
    assert last in place
    place[last] = words
    return seen(made(name), event)


def toot(content: str, **more: Any) -> Seen:
    """A post of Mastodon, as it is read."""
    event = events("mastodon")[0]
    post = {**event["object"], "spoiler_text": "", "content": content, **more}
    return seen(Mastodon(), {**event, "object": post})


def in_matrix(**content: Any) -> Seen:
    """A message of Matrix, as it is read."""
    event = events("matrix")[0]
    return seen(Matrix(), {**event, "content": {"msgtype": "m.text", **content}})


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("padding", PADDINGS, ids=range(len(PADDINGS)))
def test_padding_hides_nothing(name: str, padding: str) -> None:
    for words in (padding + LURE, LURE + padding, padding + LURE + padding):
        assert LURE in saying(name, words).ad["text"]


@pytest.mark.parametrize("name", WRITTEN)
def test_both_ends_of_a_long_text_are_read(name: str) -> None:
    text = saying(name, f"{LURE} {FILLER} Write to amber.").ad["text"]
    assert LURE in text
    assert "Write to amber." in text


@given(
    st.lists(st.sampled_from(["\u200b", " ", "\n", "\u200d", "\u202e", "\u202c", "a", "ب"]))
    .map("".join)
    .flatmap(lambda unit: st.integers(0, 30_000 // max(1, len(unit))).map(lambda n: unit * n))
)
def test_a_text_that_says_something_still_does(text: str) -> None:
    short = shortened(text)
    assert len(short) <= MAX_TEXT_CHARS
    assert is_blank(Ad(short)) == is_blank(Ad(text))
    assert shortened(short) == short


@pytest.mark.parametrize("text", ["v\u200bis\u00ada" + " " * 50 + "\u202eeerf", "a" * 20_000])
def test_a_text_that_fits_is_left_as_it_is(text: str) -> None:
    """The engine counts disguises."""
    assert shortened(text) == text
    assert together([text]) == text
    assert headed(text[:MAX_TITLE_CHARS], text) == (text[:MAX_TITLE_CHARS], text)


def test_words_that_are_shown_turned_are_still_turned_back() -> None:
    """Without their control the engine would read them backwards."""
    text = saying("discord", "\u200b" * 20_001 + f"\u202e{LURE[::-1]}\u202c").ad["text"]
    assert LURE in render(Ad(text)).text


def test_words_and_lines_stay_apart() -> None:
    gap = " \u200d\u200d\u200d\u200d\u200d \n\u200d\u200d\u200d\u200d"
    assert shortened(f"tourist{gap}visa", 20).split("\n")[0].strip(" \u200d") == "tourist"
    assert (
        shortened("visa\u200d\u200d\u200d \u200d\u200d\u200dfree", 14).split(" ")[0][:4] == "visa"
    )


@pytest.mark.parametrize(
    "warning", [" " * 501 + LURE, "\u200b" * 501 + LURE, f"{'.' * 540} {LURE}"]
)
def test_a_long_title_is_read_whole(warning: str) -> None:
    ad = toot("", spoiler_text=warning).ad
    assert LURE in f"{ad['title']}\n{ad['text']}"
    assert len(ad["title"]) <= MAX_TITLE_CHARS


def test_the_rest_of_a_title_stands_in_front_of_the_text() -> None:
    ad = toot("<p>Apply today</p>", spoiler_text="word " * 110 + "end").ad
    assert ad["title"] == "word " * 99 + "word"
    assert ad["text"] == "word " * 10 + "end\nApply today"


def test_a_long_title_hides_no_text() -> None:
    """Nor what its links lead to."""
    text = toot(f'<a href="{LINK}">{LURE}</a>', spoiler_text=FILLER).ad["text"]
    assert text.endswith(f"{LURE}\n{LINK}")


@pytest.mark.parametrize("text", [FILLER, "a" * 19_990, "\u200b" * 30_000])
def test_hidden_links_survive_a_long_text(text: str) -> None:
    assert with_links(text, [LINK]).split("\n")[-1] == LINK
    assert toot(f'<a href="{LINK}">here</a> {text}').ad["text"].endswith(LINK)
    html = f'<a href="{LINK}">here</a>'
    assert in_matrix(body=f"here {text}", formatted_body=html).ad["text"].endswith(LINK)


def test_links_leave_room_for_the_text() -> None:
    links = [f"https://example.org/{number}" for number in range(5000)]
    text = with_links(FILLER, links)
    assert MAX_TEXT_CHARS - 30 < len(text) <= MAX_TEXT_CHARS
    assert len(text.partition("\nhttps")[0]) >= MAX_TEXT_CHARS - LINKS_CHARS
    assert with_links("See", links).startswith("See\nhttps://example.org/0\n")


def test_one_long_link_hides_no_other() -> None:
    long = "https://example.org/" + "a" * 30_000
    assert with_links("See", [long, LINK]) == f"See\n{long[:LINK_CHARS]}\n{LINK}"


def test_many_links_are_read_in_time() -> None:
    """Eight thousand took eight seconds on each platform."""
    count = 8000
    html = "".join(f'<a href="https://e.org/{i}">e.org</a> ' for i in range(count))
    features = [{"features": [{"uri": f"https://e.org/{i}"}]} for i in range(count)]
    post = json.loads(json.dumps(events("bluesky")[0]))
    post["commit"]["record"] |= {"text": "e.org " * count, "facets": features}
    began = time.thread_time()
    toot(html)
    in_matrix(body="e.org", formatted_body=html)
    seen(made("bluesky"), post)
    assert time.thread_time() - began < 6


def test_pieces_share_the_room() -> None:
    """No piece hides another."""
    pieces = [FILLER, LURE, FILLER, "", "\u200b" * 20_000, f"{FILLER} apply"]
    text = together(pieces)
    assert len(text) <= MAX_TEXT_CHARS
    assert f"\n{LURE}\n" in text
    assert text.endswith("apply")
    assert together(["a", "", "b"]) == "a\nb"
    assert together(["\u200b" * 20_000, LURE]) == LURE
    assert LURE in shortened(together([*["some words " * 3] * 3000, LURE]))


def test_a_post_that_is_shown_again_hides_no_words_of_either() -> None:
    own = {"selftext": f"{FILLER} {LURE}", "is_self": False, "url": LINK}
    again = {"title": "Second", "selftext": f"{FILLER} Write to amber.", "is_self": True}
    event = json.loads(json.dumps(events("reddit")[0]))
    event["data"] |= {**own, "crosspost_parent_list": [again]}
    text = seen(made("reddit"), event).ad["text"]
    assert f"{LURE}\n{LINK}\n" in text
    assert "\nSecond\n" in text
    assert text.endswith("Write to amber.")


def test_how_much_html_is_read_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def noted(html: str) -> HtmlText:
        sizes.append(len(html))
        return html_text(html)

    monkeypatch.setattr(markup, "html_text", noted)
    html = (
        f'<a href="{LINK}">Apply</a><i x="{"<b></b>" * 300_000}{LURE}<a href="https://t.me/x">.</a>'
    )
    assert toot(html).ad["text"].endswith(f"{LURE}.\n{LINK}\nhttps://t.me/x")
    assert LURE in in_matrix(body="x", formatted_body=html).ad["text"]
    assert sum(sizes[:2]) == markup.MAX_HTML_CHARS - 1


def test_a_turn_in_a_gap_reaches_on() -> None:
    turned = "   \u202e   " + LURE[::-1] + "\u202c"
    for text in (turned + "\n" + FILLER, "\u202eyojne" + "   \u202c   " + LURE + "\n" + FILLER):
        assert LURE in render(Ad(shortened(text))).text


def test_a_long_title_takes_no_links() -> None:
    links = [f"{LINK}{i}" for i in range(10)]
    made = ad(
        id="a", text=with_links(FILLER, links), title="word " * 20_000, platform=Platform.SOCIAL,
        surface=Surface.POST,
    )  # fmt: skip
    assert all(link in made["text"] for link in links)
    assert len(made["text"]) <= MAX_TEXT_CHARS
