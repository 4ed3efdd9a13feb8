"""Every sentence of the pages is there in every language, and none is a verdict."""

import re
import shutil
from pathlib import Path

import pytest

from models.labels import Indicator
from service.indicators import FALLBACK, languages
from service.indicators.languages import direction
from service.pages import catalogue
from service.pages.advice import ASKS, NEVER, asks
from service.pages.messages import SENTENCES

TRANSLATED = [language for language in languages() if language != FALLBACK]

SCRIPT = {
    "ar": "؀-ۿ", "ur": "؀-ۿ", "zh": "一-鿿", "ru": "Ѐ-ӿ", "uk": "Ѐ-ӿ", "hi": "ऀ-ॿ", "bn": "ঀ-৿",
    "th": "฀-๿", "my": "က-႟", "km": "ក-៿", "am": "ሀ-፿",
}  # fmt: skip


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_missing_or_left_in_english(language: str) -> None:
    assert catalogue.missing(language) == []
    same = [key for key in SENTENCES if catalogue.text(key, language).text == SENTENCES[key]]
    assert same == []


@pytest.mark.parametrize("language", SCRIPT)
def test_a_sentence_is_written_in_its_script(language: str) -> None:
    for key in SENTENCES:
        said = catalogue.text(key, language)
        assert re.search(f"[{SCRIPT[language]}]", said.text), key
        assert not re.search(r"[A-Za-z]{3,}", said.text.replace("Cookie", "").replace("cookie", ""))
        assert said.direction == direction(language)


def test_writing_the_catalogues_anew_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "locale"
    shutil.copytree(catalogue.LOCALE, copy)
    catalogue.write(copy)
    for path in copy.rglob("*.po*"):
        kept = path.relative_to(copy)
        assert path.read_bytes() == (Path(catalogue.__file__).parent / "locale" / kept).read_bytes()


def test_english_is_short_and_holds_no_verdict() -> None:
    verdict = re.compile(
        r"traffick|fraud|scam|fake|crim|illegal|victim|guilty|suspicious|lure", re.I
    )
    assert [key for key, said in SENTENCES.items() if verdict.search(said) or len(said) > 160] == []


def test_what_nobody_knows_is_no_sentence() -> None:
    with pytest.raises(KeyError):
        catalogue.text("page.title", "xx")
    with pytest.raises(KeyError):
        catalogue.text("page.nothing", "en")


def test_every_sign_but_those_of_character_brings_its_question_first() -> None:
    assert set(NEVER) | set(ASKS) <= set(SENTENCES)
    assert asks({Indicator.NO_WORK_PERMIT})[0] == "ask.permit"
    assert asks(()) == list(ASKS)
    assert sorted(asks({Indicator.UPFRONT_FEE})) == sorted(ASKS)
