"""Every sentence of the console is there in every language."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from service.console import catalogue
from service.console.context import HARM_KEYS, KIND_KEYS, Console
from service.console.messages import SENTENCES
from service.indicators import FALLBACK, languages
from service.indicators.languages import direction
from service.settings import Settings

TRANSLATED = [language for language in languages() if language != FALLBACK]
FOLDER = Path(catalogue.__file__).parent
BRACES = re.compile(r"\{\w+\}")

SCRIPT = {
    "ar": "؀-ۿ", "ur": "؀-ۿ", "zh": "一-鿿", "ru": "Ѐ-ӿ", "uk": "Ѐ-ӿ", "hi": "ऀ-ॿ", "bn": "ঀ-৿",
    "th": "฀-๿", "my": "က-႟", "km": "ក-៿", "am": "ሀ-፿",
}  # fmt: skip


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_missing_or_left_in_english(language: str) -> None:
    assert catalogue.missing(language) == []
    for key, english in SENTENCES.items():
        said = catalogue.text(key, language)
        assert said.text != english, key
        assert said.direction == direction(language)
        assert sorted(BRACES.findall(said.text)) == sorted(BRACES.findall(english)), key


@pytest.mark.parametrize("language", SCRIPT)
def test_a_sentence_is_written_in_its_script(language: str) -> None:
    for key in SENTENCES:
        said = BRACES.sub("", catalogue.text(key, language).text)
        assert re.search(f"[{SCRIPT[language]}]", said), key
        assert not re.search("[A-Za-z]{2,}", said), key


def test_writing_the_catalogues_anew_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "locale"
    shutil.copytree(catalogue.LOCALE, copy)
    catalogue.write(copy)
    for path in copy.rglob("*.po*"):
        assert path.read_bytes() == (FOLDER / "locale" / path.relative_to(copy)).read_bytes()


def test_pages_say_no_sentence_that_is_not_there() -> None:
    said: set[str] = set()
    for path in (FOLDER / "templates").glob("*.j2"):
        said |= set(re.findall(r"(?:say|plain)\('([a-z_]+\.[a-z_]+)'", path.read_text("utf-8")))
    assert said <= set(SENTENCES)


@pytest.mark.parametrize("language", languages())
def test_a_day_cannot_be_taken_for_a_month(language: str) -> None:
    request = Request({"type": "http", "headers": [], "query_string": f"lang={language}".encode(),
                       "app": FastAPI()})  # fmt: skip
    request.app.state.settings = Settings()
    said = Console(request).moment(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
    assert "2026" in said
    assert not re.search(r"\b(12?)[/.-](12?)\b", said) or language == "ar"  # day first, always
    assert said.endswith(" UTC")


def test_english_is_short_and_holds_no_verdict() -> None:
    verdict = re.compile(
        r"traffick|fraud|scam|fake|crim|illegal|victim|guilty|suspicious|lure", re.I
    )
    assert [key for key, said in SENTENCES.items() if verdict.search(said) or len(said) > 160] == []


def test_every_key_decides_one_thing() -> None:
    others = re.findall(
        r"\('([a-z])', '", (FOLDER / "templates" / "keys.html.j2").read_text("utf-8")
    )
    every = [*others, *KIND_KEYS, *HARM_KEYS]
    assert len(set(every)) == len(every) == len(others) + 18
