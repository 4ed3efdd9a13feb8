"""Rendering undoes disguise, and every span still points at the text as received."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ad import SCORED_CHARS, SCORED_TURNS, Ad
from models.rendering import (
    MAX_CLUSTER,
    RENDERING,
    RENDERINGS,
    Located,
    _clusters,
    is_blank,
    normalise,
    render,
)


@pytest.mark.parametrize(
    ("received", "normal"),
    [
        ("plain words", "plain words"),
        ("ｆｒｅｅ ｔｉｃｋｅｔ", "free ticket"),  # full width
        ("𝗳𝗿𝗲𝗲 visa", "free visa"),  # mathematical bold, outside the BMP
        ("vi\u200bsa", "visa"),  # zero-width space
        ("\u202ekrow\u202c here", "work here"),  # right-to-left override: stored backwards
        ("\u202ekrow", "work"),
        ("wоrk аbrоаd", "work abroad"),  # Cyrillic letters in Latin words
        ("рaбoтa", "работа"),  # and the other way
        ("Нyжен пoмощник", "Нужен помощник"),
        ("Ηᴇ хвᴀᴛᴀᴇᴛ дᴇнᴇг", "Не хватает денег"),  # Greek, and small capitals between
        ("κурьер", "курьер"),
        ("εργασία в Афинах", "εργασία в Афинах"),
        ("вывод на раypаl", "вывод на paypal"),  # that of the word where the text's does not do
        ("W0rk, V1sa, K0МАНДА", "Work, Visa, КОМАНДА"),
        ("H1B, Rp1jt, USD1k, m0n3y", "H1B, Rp1jt, USD1k, money"),  # a visa and sums stay
        ("때 한 번 더, M/F/D/V", "때 한 번 더, M/F/D/V"),  # words of one letter
        ("\u202eمطلوب سائق\u202c", "مطلوب سائق"),  # runs from right to left anyway
        ("SMMщик", "SMMщик"),  # a word of two scripts that is no disguise
        ("\N{GREEK SMALL LETTER OMICRON}ffer", "offer"),
        ("w0rk, m0n3y, CAS1N0", "work, money, CASINO"),  # digits for letters
        ("b2b, 3d, covid19, le7ad", "b2b, 3d, covid19, le7ad"),
        ("п0дработка", "подработка"),
        ("f r e e  v.i.s.a", "free visa"),  # spaced out
        ("高 薪 招 聘", "高薪招聘"),
        ("plan A or B", "plan A or B"),
        ("🅵🆁🅴🅴 ᴊᴏʙ, ᴩᴀбᴏᴛᴀ", "free job, работа"),  # squares and small capitals
        ("🇯 🇴 🇧 🇹🇭🇰🇭", "job 🇹🇭🇰🇭"),  # letters, and a flag
        ("pass\u00adport", "passport"),  # soft hyphen
        ("✈\ufe0f now", "✈ now"),  # variation selector
        ("e\u0301te\u0301", "été"),  # combining acute
        ("ｶﾞｲﾄﾞ", "ガイド"),  # half-width voicing marks join the letter before
        ("\u1112\u1161\u11ab", "한"),  # jamo
        ("ﬁn", "fin"),  # one code point, two letters
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian spelling needs
        ("क्\u200dष", "क्\u200dष"),  # and Hindi's
        ("job\u200cs", "jobs"),  # the same joiner hiding in a Latin word
        ("👩\u200d🔧 wanted", "👩🔧 wanted"),  # an emoji sequence falls into its parts
        ("a\ud800b", "a\ufffdb"),  # a lone surrogate
        ("vi\u3164sa", "visa"),  # the filler that games take for an empty name
        ("p\u0332a\u0332y w\u0336o\u0336r\u0336k", "pay work"),  # lines under and through letters
        ("з\u0338а\u0338р\u0338п\u0338лата, 护\u0332照\u0332", "зарплата, 护照"),
        ("e\u0332\u0301te\u0301\u0336", "été"),  # whatever other marks they carry
        ("🅹\u0332🅾\u0332🅱\u0332", "job"),
        ("p\u0332l\u0332e\u0332a\u0332a\u0332a\u0332a\u0332s\u0332e", "pleaase"),
        ("w\u03320\u0332r\u0332k p\u0336@\u0336y\u0336 m\u03320\u0332n3y", "work pay money"),
        ("r\u0332⭕\u0332⭕\u0332m\u0332 w\u20ddo\u20dd💰\u20ddr\u20ddk\u20dd", "room work"),
        ("w0000rk in m0000ney, l\u043eo\u043eo\u043eng", "woork in mooney, loong"),  # drawn out
        (
            "2O00, Rp1O00, gaji5O00, 月薪5O00元, до5О00",
            "2000, Rp1000, gaji5000, 月薪5000元, до5000",
        ),
        ("", ""),
    ],
)
def test_normal_form(received: str, normal: str) -> None:
    assert normalise(received)[0] == normal


def test_span_covers_what_hid_between() -> None:
    received = "get a fr\u200bee\u200b ticket"
    text = render(Ad(received)).text
    start = text.index("free")
    (place,) = render(Ad(received)).locate(start, start + 4)
    assert received[place.start : place.end] == "fr\u200bee"


def test_span_of_disguised_words() -> None:
    received = "get a f.r.e.e ti\u0441ket, \u202ealleh\u202c"
    rendered = render(Ad(received))
    assert rendered.text == "get a free ticket, hella"
    found = {
        word: [received[p.start : p.end] for p in rendered.locate(at, at + len(word))]
        for word in ("free", "ticket", "hella", "he")
        if (at := rendered.text.index(word)) >= 0
    }
    assert found == {
        "free": ["f.r.e.e"], "ticket": ["ti\u0441ket"], "hella": ["alleh"], "he": ["eh"],
    }  # fmt: skip


@pytest.mark.parametrize("version", RENDERINGS)
def test_a_span_over_two_fields_shows_both(version: int) -> None:
    rendered = render(Ad("pay fee", title="ｊｏｂ"), version)
    assert rendered.locate(0, 11) == [Located("title", 0, 3), Located("text", 0, 7)]
    hidden = "v\u200b\u200b\u200bisa"
    rendered = render(Ad("pay the fee now", title=hidden), version)
    assert rendered.locate(0, 4) == [Located("title", 0, len(hidden))]


def test_version_1_leaves_disguises_alone() -> None:
    assert render(Ad("f r e e w0rk"), 1).text == "f r e e w0rk"


DISGUISED = "w/o/r/k in ca$h, wo💰rk wօrk n/\u0e31/ก/ก/ก J⭕🅱 รา💰 к@зин0 7r41n1n9 p@id"


def test_earlier_versions_do_what_they_did() -> None:
    rendered = [render(Ad(DISGUISED), version).text for version in (2, 3)]
    assert rendered == [DISGUISED.replace("🅱", "b").replace("7r41n1n9", "7ra1nin9")] * 2
    assert render(Ad(DISGUISED)).version == RENDERING == max(RENDERINGS)
    assert render(Ad(DISGUISED), 2).version == 2


MENDED = ("p\u0332a\u0332y", "H2O2"), ("p\u0332a\u0332y", "H202")
"""As received, and as version 3 reads it."""


def test_what_version_4_leaves_or_reads_better_stays_in_version_3() -> None:
    for received, plain in zip(*MENDED, strict=True):
        assert normalise(received, 3)[0] == plain


def test_spans_of_what_version_4_undoes() -> None:
    received = "get w/o/r/k, a wo💰rk r⭕⭕m, ca$h"
    rendered = render(Ad(received))
    assert rendered.text == "get work, a work room, cash"
    places = []
    for word in ("get", "work", "room", "cash"):
        at = rendered.text.index(word)
        places += [received[p.start : p.end] for p in rendered.locate(at, at + len(word))]
    assert places == ["get", "w/o/r/k", "r⭕⭕m", "ca$h"]
    at = rendered.text.rindex("work")
    (cut,) = rendered.locate(at, at + 4)
    assert received[cut.start : cut.end] == "wo💰rk"


PIECES = st.lists(
    st.sampled_from([
        "work", "w", "o", "r", "k", " ", "/", ".", ",", "💰", "⭕", "❌", "🅰", "Ⓜ️", "ℹ", "0", "1",
        "4", "@", "$", "!", "|", "օ", "ɑ", "ı", "ү", "а", "б", "ра", "क", "ा", "ก", "ั", "ำ",
        "\u0301", "\u0327", "\u200b", "\u200d", "한", "ᄒ", "ᅡ", "ﬁ", "נ", "ّ", "aaaaa", "\n",
        "〇", "⓵", "፩", "★", "⒜", "⒫", "🄟", "🇵", "🇸", "\u0332", "\u0336", "月", "S", "M", "L", "X",
        "—", "[", "]", "丶", "、", "&#97;", "&amp;", "<b>", "**", "\u0353", "\u0323", "ẹ", "Ⓜ", "Т",
        "「", "」", "\u2009", "  ", "=", "구", "ໜ", "\u200c",
    ]),
    max_size=30,
).map("".join)  # fmt: skip
"""What the steps of versions 4 and 5 look at, in any order."""


@given(PIECES)
def test_spans_of_any_disguise_lie_inside_and_in_order(received: str) -> None:
    rendered = render(Ad(received))
    assert unicodedata.normalize("NFKC", rendered.text) == rendered.text
    last = 0
    for i in range(len(rendered.text)):
        (place,) = rendered.locate(i, i + 1)
        assert last <= place.start < place.end <= len(received)
        last = place.start


def test_astral_characters_count_one() -> None:
    received = "🛫🛬 𝗳𝗹𝘆 now"
    rendered = render(Ad(received))
    start = rendered.text.index("fly")
    assert rendered.locate(start, start + 3) == [Located("text", 3, 6)]


def test_fields_and_their_order() -> None:
    ad = Ad("the text", title="the title", thread=("first", "second"))
    rendered = render(ad)
    assert rendered.text == "the title\nfirst\nsecond\nthe text"
    across = rendered.locate(0, len(rendered.text))
    assert [place.field for place in across] == ["title", "thread/0", "thread/1", "text"]


def test_only_the_last_turns_are_read() -> None:
    ad = Ad("end", thread=tuple(f"turn {i}" for i in range(SCORED_TURNS + 5)))
    rendered = render(ad)
    assert "turn 4\n" not in rendered.text
    assert rendered.locate(0, 3)[0].field == "thread/5", "counted in the thread as received"


def test_the_oldest_turns_go_where_a_chat_is_too_long() -> None:
    ad = Ad("end", thread=("a" * 9000, "b" * 9000, "c" * 9000))
    assert [place.field for place in render(ad).locate(0, 30_000)] == [
        "thread/1",
        "thread/2",
        "text",
    ]


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u3164 \u202e", "\u2003\u00a0"])
def test_blank_is_what_nobody_would_see(text: str) -> None:
    assert is_blank(Ad(text))
    assert not is_blank(Ad(text + "."))
    assert not is_blank(Ad(text, title="x"))


def test_no_cluster_is_long_enough_to_hurt() -> None:
    """Normalising is quadratic in a run of marks: these 20,000 took half a second as one."""
    marks = "a" + "\u0301" * 9_999 + "\u0323" * 9_999
    assert max(len(visible) for visible, _ in _clusters(marks, 0)) == MAX_CLUSTER
    assert len(normalise(marks)[0]) >= len(marks) - 1000


LURE = "Fly Thursday on a tourist visa, permit later. Send a photo of your passport."


@pytest.mark.parametrize("version", RENDERINGS)
@pytest.mark.parametrize(
    "text",
    [
        "\ufdfa" * 20_000,
        "\u3316" * 20_000,
        "\ufb03" * 20_000,
        "a\ufdfa" * 10_000,
        "\ufb03 \ufdfa\u3316" * 5_000,
        "\u0958\u2a74" * 10_000,
        "\ufdfa" * 19_000 + LURE,
    ],
)
def test_no_sign_makes_an_ad_longer_than_twice_the_longest(text: str, version: int) -> None:
    for ad in (Ad(text), Ad("x", title=text[:500], thread=(text[:9_000],) * 2)):
        rendered = render(ad, version)
        assert len(rendered.text) <= 2 * SCORED_CHARS
        for place in rendered.locate(0, len(rendered.text)):
            assert 0 <= place.start < place.end <= len(ad.received(place.field))


def test_signs_of_sentences_neither_hide_a_lure_nor_push_it_out() -> None:
    for text in ("\ufdfa" * 1_200 + " " + LURE, LURE + " " + "\ufdfa" * 19_000):
        rendered = render(Ad(text))
        assert LURE in rendered.text
        assert len(rendered.text) < 100
        start = rendered.text.index(LURE)
        (place,) = rendered.locate(start, start + len(LURE))
        assert text[place.start : place.end] == LURE


@pytest.mark.parametrize(
    "words",
    [
        "รับสมัครคนทำงานที่น้ำตก ",
        "\u09a8\u09bf\u09df\u09cb\u0997 \u09ac\u09be\u09dc\u09bf ",
        "find ™ more… ",
    ],
)
def test_letters_stay_however_long_the_ad(words: str) -> None:
    text = (words * 20_000)[:19_999]
    assert render(Ad(text)).text == normalise(text)[0]


def test_signs_are_read_in_full_where_there_is_room() -> None:
    honest = "work by day " * 1_660 + "\ufdfa o\ufb03ce"
    assert render(Ad(honest)).text.endswith(unicodedata.normalize("NFKC", " \ufdfa o\ufb03ce"))
    longer = "work by day " * 1_660 + "\ufdfa" * 6 + " o\ufb03ce"
    assert render(Ad(longer), 1).text.endswith("day صصصصصص office"), "ligatures of letters last"


TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("\u200b\u200c\u200d\u202e\u00ad\ufe0f\u0301\u3099ｶﾞ한각가ﬁ½👩🔧ﷺำ\u0f73"),
    ),
    max_size=60,
)


@given(TEXT)
def test_spans_lie_inside_and_in_order(received: str) -> None:
    rendered = render(Ad(received))
    last = 0
    for i in range(len(rendered.text)):
        (place,) = rendered.locate(i, i + 1)
        assert 0 <= place.start < place.end <= len(received)
        assert place.start >= last
        last = max(last, place.start)


@given(TEXT)
def test_each_source_span_gives_its_character(received: str) -> None:
    """What is pointed at, normalised by itself, holds the character it is said to have become.
    (Of disguised letters see the examples above.)"""
    rendered = render(Ad(received), 1)
    for i, char in enumerate(rendered.text):
        (place,) = rendered.locate(i, i + 1)
        source = normalise(received[place.start : place.end], 1)[0]
        joiner = char in "\u200c\u200d"  # kept only between its letters
        assert joiner or char in source


@given(TEXT)
def test_clusters_join_to_the_normal_form_of_the_whole(received: str) -> None:
    normal = render(Ad(received)).text
    assert unicodedata.normalize("NFKC", normal) == normal


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_rendering_again_changes_nothing(received: str) -> None:
    once = normalise(received)[0]
    assert normalise(once)[0] == once


@given(TEXT)
def test_anything_can_be_encoded_after(received: str) -> None:
    render(Ad(received)).text.encode("utf-8")
