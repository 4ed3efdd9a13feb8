"""Words that spaces cut are put together, honest texts stay as they are."""

import random
from itertools import pairwise

import pytest

from models import bundle
from models.ad import Ad
from models.evasion import Evasion
from models.pieces import Pieces
from models.renderer import NEWEST, Renderer
from models.rendering import Located, render
from models.split_words import Joiner, chosen
from service.api.schemas import AdIn
from service.engine import Engine
from service.reading import read
from service.review.subject import given_along
from tests.conftest import TinyRun
from training.corpus import loaders

WHOLE = "We recruit kitchen assistants. Your passport stays with the manager, transport is free."
CUT = (
    "We recr uit kitc hen assis tants. Your passp ort stays with the man ager, tran sport is free."
)

HONEST = (
    "Set up the till every day and tell us what sells. May be a long shift, log in to see it all.",
    "We are a car wash in to wn, and look for two peo ple at weekends.",
    "On our web site you find some one for every day of the week end. Buy a lap top on line.",
    "Terima kasih, terima kasih! Kerja sama yang baik setiap hari.",
    "Wir suchen ab sofort Mit arbeiter für die Bäckerei",
    "Se busca cocinero a jornada completa, de lunes a viernes; a medio día se come en casa.",
    "Ищем повара на полный день, от 9 до 18, за городом, в столовую при школе.",
    "招聘 厨师 包吃住 月休四天 地址 在 学校 旁边",
    "รับสมัคร พนักงาน ขาย ของ หน้าร้าน หยุด วันอาทิตย์",
    "মাসে ২২ হাজার টাকা বেতন, দুপুরের খাবার দোকান থেকে",
)
LONG_WORDS = "a" * 20_000, "ab " * 6_600, "é " * 10_000, "ab" * 9_000 + " cd"


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    tokenizer = bundle.load(bundle.champion()).tokenizer
    assert isinstance(tokenizer, Pieces)
    return tokenizer


@pytest.fixture(scope="module")
def joiner(pieces: Pieces) -> Joiner:
    return Joiner(pieces.weigh)


@pytest.fixture(scope="module")
def champion_renderer() -> Renderer:
    return Renderer.of(bundle.load(bundle.champion()))


def test_a_text_that_shows_cut_words_is_read_without_the_spaces(
    champion_renderer: Renderer,
) -> None:
    rendered = champion_renderer(Ad(text=CUT))
    assert rendered.text == WHOLE
    assert rendered.words_joined == 6
    assert champion_renderer(Ad(text=WHOLE)).words_joined == 0


@pytest.mark.parametrize("text", HONEST)
def test_honest_texts_stay_as_they_are(joiner: Joiner, text: str) -> None:
    rendered = render(Ad(text=text))
    assert joiner.joined(rendered) is rendered


def test_of_the_corpus_hardly_a_text_is_changed(joiner: Joiner) -> None:
    texts = [render(Ad(text=row.text)) for row in loaders.written()[::9]]
    assert len(texts) > 2000
    changed = [one for one in texts if joiner.joined(one) is not one]
    assert len(changed) <= len(texts) / 1000


def test_a_place_in_the_result_is_found_in_the_ad_as_received(champion_renderer: Renderer) -> None:
    ad = Ad(text=CUT, title="Kitc hen assis tants wanted", thread=("Is it a jo b?", "y e s"))
    rendered = champion_renderer(ad)
    for word, field in (("passport", "text"), ("manager", "text"), ("assistants", "title")):
        at = rendered.text.index(word)
        (place,) = rendered.locate(at, at + len(word))
        assert place.field == field
        assert ad.received(place.field)[place.start : place.end].replace(" ", "") == word


def test_disguises_are_undone_before_and_the_map_leads_back_through_both(
    champion_renderer: Renderer,
) -> None:
    hidden = CUT.replace("passp ort", "p\u200bassp \u043ert")  # a Cyrillic letter
    rendered = champion_renderer(Ad(text=hidden))
    at = rendered.text.index("passport")
    low = hidden.index("p\u200bassp")
    assert rendered.locate(at, at + 8) == [Located("text", low, low + 10)]


def test_an_answer_says_that_words_were_cut(champion_renderer: Renderer) -> None:
    for text, worn in ((CUT, (Evasion.SPLIT,)), (WHOLE, ())):
        ad = Ad(text=text)
        assert read(ad, champion_renderer(ad)).changed == worn


def test_the_engine_reads_an_ad_so(champion_engine: Engine) -> None:
    cut, whole = champion_engine.answer_now([Ad(text=CUT), Ad(text=WHOLE)])
    assert cut.assessment.logit == pytest.approx(whole.assessment.logit)
    assert cut.reading.changed == (Evasion.SPLIT,)
    assert champion_engine.render(Ad(text=CUT)).text == WHOLE


def test_without_weights_of_words_nothing_is_joined(tiny_run: TinyRun) -> None:
    version = Renderer(bundle.load(tiny_run.bundle).manifest.rendering)
    assert version(Ad(text=CUT)).text == CUT


@pytest.mark.parametrize("text", LONG_WORDS)
def test_long_texts_take_no_longer_than_their_length(joiner: Joiner, text: str) -> None:
    rendered = render(Ad(text=text))
    joined = joiner.joined(rendered)
    assert len(joined.text) <= len(rendered.text)


def test_the_best_pairs_of_neighbours_are_chosen() -> None:
    rng = random.Random(3)
    for _ in range(200):
        gains = [rng.choice([None, float(rng.randint(1, 9))]) for _ in range(rng.randint(0, 9))]
        found = chosen(gains)
        assert all(b - a > 1 for a, b in pairwise(found))
        own = sum(gains[i] or 0.0 for i in found)
        assert None not in [gains[i] for i in found]
        assert own == best(gains)


def best(gains: list[float | None]) -> float:
    """By trying all."""
    if not gains:
        return 0.0
    first = gains[0]
    taken = -1.0 if first is None else first + best(gains[2:])
    return max(best(gains[1:]), taken)


def test_what_is_kept_of_such_an_ad_shows_no_contact_that_the_cut_hid(
    champion_renderer: Renderer,
) -> None:
    given = AdIn(text=f"{CUT} Tele gram vestibule_sparrow9")
    assert "vestibule_sparrow9" in str(given_along(given, NEWEST).redacted.content)
    assert "vestibule_sparrow9" not in str(given_along(given, champion_renderer).redacted.content)


def test_no_word_of_a_text_stays_in_memory(joiner: Joiner) -> None:
    joiner.joined(render(Ad(text=CUT)))
    assert vars(joiner) == {"_weigh": joiner._weigh}
    assert not hasattr(joiner._weigh, "cache_info")
