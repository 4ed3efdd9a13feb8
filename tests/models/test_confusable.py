"""Rare look-alikes are read as what they stand for, and every alphabet's own words stay."""

import unicodedata
from collections import defaultdict

import pytest
from confusable_homoglyphs.confusables import confusables_data

from models.confusable import CYRILLIC_SHAPES, LATIN_SHAPES
from models.rendering import normalise

ADDED = {("ш", "ɯ"), ("п", "ո"), ("п", "ռ")}
"""Pairs of ours that Unicode does not list."""


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("Eɑsy mօոey, we հire ѵery ƽoon", "Easy money, we hire very soon"),
        ("wօrkıng abroad, vısa ıncluded, agencıes welcome", "working abroad, visa included, "
         "agencies welcome"),
        ("Ꮃe ᏢᎪY ꮃell, ꓬou fly ⲥheap", "We PAY well, You fly cheap"),
        ("Ищеʍ ʌюдей, рабoтa нa складe, пиɯите", "Ищем ʌюдей, работа на складе, пишите"),
        ("Ну́жен кҽ́ссир, рɑботɑ, օплɑтɑ", "Ну́жен кҽ́ссир, работа, оплата"),  # a mark keeps its letter
        ("Рүчная рабօта, пока есть место", "Ручная работа, пока есть место"),
        ("Рүчная работа, күда нүжна", "Ручная работа, куда нужна"),
        ("moneɣ and հome", "money and home"),
        ("moneү for you", "money for you"),
        ("неdеля, sтрого", "неделя, строго"),  # by sound, where no shape tells
    ],
)  # fmt: skip
def test_a_rare_look_alike_is_its_letter(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain


@pytest.mark.parametrize(
    "text",
    [
        "Պահանջվում է վաճառող, SMSով գրեք, ո",  # an Armenian ending on a Latin word
        "Acil bayan eleman lazım, bakınıyo musun",  # Turkish, no other letter of its own
        "Satılık araba, altı kapılı",
        "İşçi axtarılır, maaş yaxşıdır",
        "Ana neman ma'aikata, ɗan kasuwa da ƙwararre, ɓangare",  # Hausa
        "Wodi dɔ aɖe le ʋuƒofe, aʋɔ, ɣeyiɣi",  # Ewe
        "Tuyển người đi làm, lương ổn, được ở trọ",
        "/wɜːk/, /dʒɒb/, /kɑː/, /ɡɪv/",  # of a dictionary
        "Гүйцэтгэх ажилтан авна, үнэ тохирно",  # Mongolian
        "Жұмыс бар, қызметкер керек, үй беріледі",  # Kazakh
        "Жумушка кызматкер керек, үйдө иштөө",  # Kyrgyz
        "Ζητείται υπάλληλος, μισθός 900 ευρώ",
        "SMMщик, webсайт, User CaseСоздание, 16Гб",
        "𐌰𐌱, Ꭰ ꓮ ꓐ",  # alone they stand for themselves
    ],
)
def test_words_of_an_alphabet_stay(text: str) -> None:
    assert normalise(text)[0] == unicodedata.normalize("NFKC", text).replace("ɪ", "i")


@pytest.mark.parametrize("shapes", [LATIN_SHAPES, CYRILLIC_SHAPES])
def test_every_pair_is_one_of_unicode(shapes: dict[str, str]) -> None:
    like: dict[str, set[str]] = defaultdict(set)
    for char, others in confusables_data.items():
        for other in others:
            like[char].add(other["c"])
            like[other["c"]].add(char)
    for letter, rare in shapes.items():
        known = {letter}
        while more := set().union(*(like[char] for char in known)) - known:
            known |= more
        listed = {char for char in rare if (letter, char) not in ADDED}
        assert listed <= known, letter
        assert len(set(rare)) == len(rare)
