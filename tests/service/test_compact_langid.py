"""The smaller model of languages says what the library's says."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from service.compact_langid import load
from service.language import LANGUAGES, identifier


@cache
def whole() -> LanguageIdentifier:
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([*LANGUAGES])
    return found


@settings(deadline=None)  # the first loads the model
@given(st.text(max_size=400))
def test_it_says_the_same_of_any_text(text: str) -> None:
    assert identifier().rank(text) == whole().rank(text)


def test_it_is_smaller() -> None:
    own = identifier()
    columns = {id(one): len(one) * one.itemsize for one, _ in own._columns}
    assert sum(columns.values()) < 0.4 * len(whole().tk_nextmove) * whole().tk_nextmove.itemsize
    assert own.nb_ptc.nbytes < 0.6 * LanguageIdentifier.from_model_file(MODEL_FILE).nb_ptc.nbytes


def test_a_language_that_is_not_asked_about_is_never_said() -> None:
    assert {tag for tag, _ in load({"en", "th"}).rank("Fahrer gesucht, Vertrag vor der Reise")} == {
        "en",
        "th",
    }
