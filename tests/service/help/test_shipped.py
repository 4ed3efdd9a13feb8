"""The entries that come with the service: complete, dated, sourced, and read in every language."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from service.help import HelpBook, Hotline, Portal, country_name, load, text
from service.help.catalogue import messages
from service.help.shapes import Dated
from service.help.template import DOMAIN, LOCALE, po_path, write
from service.indicators import FALLBACK, languages

BOOK = load()
TODAY = date(2026, 11, 28)
"""The day on which the shipped entries were read; no test looks at the clock."""

TRANSLATED = [language for language in languages() if language != FALLBACK]
NON_LATIN = ["ar", "zh", "ru", "uk", "hi", "ur", "bn", "th", "my", "km", "am"]
MAX_MESSAGE_CHARS = 250
"""What the header of each catalogue asks of translators."""

GUIDE = Path(__file__).parents[3] / "service" / "guides" / "help.md"


def by_id(id_: str, book: HelpBook = BOOK) -> Dated:
    (entry,) = (one for one in book.entries() if one.id == id_)
    return entry


@pytest.mark.parametrize("entry", BOOK.entries(), ids=lambda one: str(one.id))
def test_an_entry_has_a_source_with_address_and_dates(entry: Dated) -> None:
    assert entry.source.organisation
    assert entry.source.title
    assert re.match(r"https?://[^/]+\.[^/]+", entry.source.address)
    assert entry.checked <= TODAY
    assert entry.good_until < TODAY + timedelta(days=3 * 366)


@pytest.mark.parametrize("entry", [*BOOK.hotlines, *BOOK.portals], ids=lambda one: str(one.id))
def test_numbers_and_portals_are_not_trusted_for_more_than_a_year(entry: Hotline | Portal) -> None:
    assert entry.id.startswith(f"{entry.country.lower()}-")
    assert entry.good_until <= (entry.source.published or entry.checked) + timedelta(days=366)


def test_principles_name_the_standards_that_they_rest_on() -> None:
    sources = " ".join(f"{p.source.organisation} {p.source.title}" for p in BOOK.principles)
    assert "International Labour Organization" in sources
    assert "Employer Pays Principle" in sources
    assert "Convention 181" in sources
    assert {p.topic for p in BOOK.principles} >= {"fees", "contract", "documents", "wages"}


def test_an_entry_is_old_the_day_after_its_last_good_day() -> None:
    hotline = by_id("vn-111")
    assert hotline.source.published == date(2025, 9, 20)
    assert hotline.state(date(2026, 9, 20)) == "current"
    assert hotline.state(date(2026, 9, 21)) == "stale"


def test_an_entry_without_a_date_is_undated_and_then_old() -> None:
    hotline = by_id("au-afp")
    assert hotline.source.published is None
    assert hotline.state(TODAY) == "undated"
    assert hotline.state(TODAY + timedelta(days=366)) == "stale"


def test_everything_is_old_in_ten_years_and_nothing_before_the_first_page() -> None:
    assert BOOK.stale(date(2036, 11, 28)) == BOOK.entries()
    assert BOOK.stale(date(2003, 1, 1)) == ()


def test_an_old_entry_is_still_shown_with_a_note_in_the_readers_language() -> None:
    shown = BOOK.help_for("VN", "vi", date(2027, 1, 1))
    assert shown.hotlines[0].numbers == ("111",)
    assert shown.hotlines[0].state == "stale"
    assert shown.hotlines[0].state_label == text("general.stale", "vi")
    assert shown.hotlines[0].state_label.language == "vi"
    assert BOOK.help_for("VN", "vi", date(2026, 1, 1)).hotlines[0].state_label is None


def test_a_country_without_an_entry_says_so() -> None:
    assert BOOK.without_help()
    for country in BOOK.without_help():
        shown = BOOK.help_for(country, "en", TODAY)
        assert (shown.hotlines, shown.portals) == ((), ())
        assert shown.empty == text("general.empty", "en")
    assert BOOK.help_for("PH", "en", TODAY).empty is None


def test_a_country_or_language_that_we_do_not_have_is_a_key_error() -> None:
    for country, language in (("XX", "en"), ("AQ", "en"), ("PH", "xx"), ("PH", "pt-BR")):
        with pytest.raises(KeyError):
            BOOK.help_for(country, language, TODAY)
        with pytest.raises(KeyError):
            BOOK.rights_for(country, None, language, TODAY)


@pytest.mark.parametrize("language", languages())
def test_every_country_is_shown_in_every_language(language: str) -> None:
    for country in BOOK.countries():
        shown = BOOK.help_for(country, language, TODAY)
        assert shown.name == country_name(country, language)
        assert shown.caution.language == language
        for hotline in shown.hotlines:
            assert hotline.kind_label.language == language
            assert all(re.fullmatch(r"tel:(%23|\+)?[0-9]{2,15}", one) for one in hotline.tel)
            assert len(hotline.tel) == len(hotline.numbers) + len(hotline.from_abroad) > 0
        for portal in shown.portals:
            assert portal.kind_label.language == language
            assert portal.address.startswith("https://")
    rights = BOOK.rights_for(None, None, language, TODAY)
    assert rights.empty is None
    assert len(rights.principles) == len(BOOK.principles)
    assert {one.text.language for one in rights.principles} == {language}


def test_countries_are_named_in_the_language_and_else_in_english() -> None:
    assert country_name("MM", "zh") == "缅甸"
    assert country_name("PH", "tl") == "Pilipinas"
    assert country_name("ZZZ", "en") == "ZZZ"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_complete_short_and_keep_what_stands_in_braces(language: str) -> None:
    with po_path(language).open("rb") as file:
        catalog = read_po(file, locale=language, domain=DOMAIN.name)
    for message in messages():
        entry = catalog.get(message.english, message.key)
        assert entry is not None, message.key
        string = str(entry.string)
        assert string.strip() == string != "", message.key
        assert not entry.fuzzy
        assert len(string) <= MAX_MESSAGE_CHARS, message.key
        assert re.findall(r"\{\w+\}", string) == re.findall(r"\{\w+\}", message.english)
    assert len(catalog) == len(messages())


@pytest.mark.parametrize("language", NON_LATIN)
def test_other_scripts_hold_no_latin_words_but_one_name(language: str) -> None:
    with po_path(language).open("rb") as file:
        strings = [str(one.string) for one in read_po(file, locale=language) if one.id]
    plain = [re.sub(r"\{\w+\}", "", one) for one in strings]
    assert {word for one in plain for word in re.findall("[A-Za-z]+", one)} <= {"ILO"}


@pytest.mark.parametrize("language", ["ar", "ur"])
def test_right_to_left_strings_say_so(language: str) -> None:
    assert text("general.help", language).direction == "rtl"
    rule = BOOK.rights_for("PH", None, language, TODAY).origin[0]
    assert (rule.text.language, rule.text.direction) == ("en", "ltr")
    assert rule.topic_label.direction == "rtl"


def test_writing_the_catalogues_anew_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(LOCALE, tmp_path / "locale")
    write(messages(), tmp_path / "locale")
    for path in sorted(LOCALE.rglob("*.po*")):
        assert (tmp_path / "locale" / path.relative_to(LOCALE)).read_bytes() == path.read_bytes()


def test_a_new_english_sentence_asks_for_a_new_translation(tmp_path: Path) -> None:
    shutil.copytree(LOCALE, tmp_path / "locale")
    first, *rest = messages()
    changed = type(first)(first.key, f"{first.english}!", first.note)
    write([changed, *rest], tmp_path / "locale")
    with (tmp_path / "locale" / po_path("sw").relative_to(LOCALE)).open("rb") as file:
        catalog = read_po(file, locale="sw", domain=DOMAIN.name)
    asked, kept = (
        catalog.get(changed.english, changed.key),
        catalog.get(rest[0].english, rest[0].key),
    )
    assert asked is not None
    assert not asked.string
    assert kept is not None
    assert kept.string


def test_the_guide_names_every_country_and_those_without_an_entry() -> None:
    words = GUIDE.read_text("utf-8")
    (empty,) = re.findall(r"^Nothing was found for (.+)\.$", words, re.MULTILINE)
    assert sorted(empty.split(", ")) == sorted(country_name(c, "en") for c in BOOK.without_help())
    covered = set(BOOK.countries()) - set(BOOK.without_help())
    (listed,) = re.findall(r"^Something was found for (.+)\.$", words, re.MULTILINE)
    assert sorted(listed.split(", ")) == sorted(country_name(code, "en") for code in covered)
    counts = f"{len(BOOK.hotlines)} help lines and {len(BOOK.portals)} portals"
    assert f"{counts} of {len(covered)} countries" in words
    ruled = {one.country for one in BOOK.rules}
    assert f"{len(BOOK.rules)} rules of {len(ruled)} countries" in words
