"""The text of HTML, with places that point back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.integrations.html_text import html_text

PIECES = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<p>", "<br/>", "<a href='x>y'>", '<i title="', "<!-- c -->", "<!--",
         "<![if", "<script>", "</script>", "<style>p{}</style>", "&amp;", "&#128747;",
         "&nbsp", "&", "&#", "&notit;", "<", ">", "'", '"', "offer", " ", "\n", "🛫",
         "Жду", "</", "<?x"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo\n"),
        ("line<br>line", "line\nline"),
        ("fr<b>e</b>e visa", "free visa"),
        ("a &lt; b &amp;&amp; c", "a < b && c"),
        ("1 < 2, 3 > 2", "1 < 2, 3 > 2"),
        ('<a href="x>y">here</a>', "here"),
        ("<a title='unclosed>here</a>", "here"),  # the quote never closes, the tag does
        ("a<!-- <b>not</b> -->b", "ab"),
        ("a<script>x('</b>')</SCRIPT>b<style>p{}</style>c", "abc"),
        ("a<script/>b", "ab"),
        ("a<![CDATA[ x ]]>b", "ab"),
        ("the end &amp", "the end &"),
        ("&#65;&#x0041;&#000000000065;&#x110000;", "AAA\ufffd"),
        ("a&#" + "9" * 4301 + ";b", "a\ufffdb"),
        ("1 < 2 & 3<a", "1 < 2 & 3<a"),
        ("<a <b &amp; c", "<a <b & c"),
        ("<b never closed", "<b never closed"),
        ("", ""),
    ],
)
def test_what_a_reader_sees(html: str, text: str) -> None:
    assert html_text(html).text == text


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="https://example.org/a">here</a>', ["https://example.org/a"]),
        ("<A class=x HREF = 'https://example.org/?a&amp;b'>here</A>", ["https://example.org/?a&b"]),
        ("<a href=https://example.org/a>here</a><a href=b>", ["https://example.org/a", "b"]),
        ("""<a title=" href='https://shown.example'" href="x">here</a>""", ["x"]),
        ('<a data-href="x" href>here</a></a href="y"><b href="z">', []),
        ('<a href="&#' + "9" * 4301 + ';">x</a>', ["\ufffd"]),
        ('<a href="&#000000000000104;ttps://example.org">x</a>', ["https://example.org"]),
        ('<!-- <a href="x"> --><script><a href="y"></script>', []),
    ],
)
def test_where_links_lead(html: str, links: list[str]) -> None:
    assert list(html_text(html).links) == links


@given(PIECES | st.text(alphabet="<>&;#a/'\"! -\n🛫", max_size=60))
def test_every_character_points_to_where_it_came_from(html: str) -> None:
    found = html_text(html)
    assert len(found.text) == len(found.sources)
    before = 0
    for char, (start, end) in zip(found.text, found.sources, strict=True):
        assert 0 <= start <= end <= len(html)
        assert start >= before
        before = start
        source = html[start:end]
        if source == "":
            assert char == "\n"
            assert html[start] == "<"
        else:
            assert source == char or source[0] == "&"


@given(PIECES)
def test_a_span_points_to_where_it_came_from(html: str) -> None:
    found = html_text(html)
    for at, place in enumerate(found.sources):
        assert found.source(at, at + 1) == place
        assert found.source(0, at + 1) == (found.sources[0][0], place[1])


def test_words_between_tags_cost_no_more_than_a_few_pieces() -> None:
    """Of a megabyte a piece a character took half a second."""
    assert len(html_text("<p>" + "1 < 2 & so on " * 70_000 + "</p>").pieces) == 2
