"""Serbian, Croatian or Bosnian, by their words.

The model of languages knows that a text in Latin letters is one of the three, and hardly which:
their letters are the same. What tells them apart are sounds (*mesec*, *mjesec*), names of months
and some hundred everyday words; marks on letters are left out, as many write without them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

VARIETIES = ("sr", "hr", "bs")
"""Those of more speakers first."""

_TOLD: Mapping[tuple[str, ...], str] = {
    ("sr",): """mesec* mesto mesta mestu vreme nedelj* ponedelj* sreda sredu cena cene cenu cenom
        smestaj* smesten* devoj* lep lepa lepo lepe lepi dete deteta deca dece decu decom posle pre
        uvek ovde gde negde smena smene smenu smeni smenama obezbed* bezbed* zahtev* deo primer*
        promen* izmen* sledec* razumev* videl* zelel* htel* nemack* lekar* resen* menja* ocen*
        namest* letnj* leto zvezd* ceo cela celo celu bela belo bele dve obe uspe* poveren* poverlj*
        prover* primen* obavest* savet* peva* telo vredi vredn* predlo* verovat* sme smeju takodje
        napred unapred odel* evra evro evri kuvar* kuva kuvanj* avgust* opstin* opste saopst* hleb*
        ucestv* nasled*""",
    ("bs", "hr"): """mjesec* mjest* vrijem* nedjelj* ponedjelj* srijed* cijen* smjest* djevoj*
        lijep* dijet* djec* poslije prije uvijek ovdje gdje negdje smjen* obezbijed* rijec* zahtjev*
        dijel* dio primjer* promjen* izmjen* sljedec* slijed* razumij* vidje* htje* njemack* ljekar*
        lijek* lijec* rijes* mijenj* ocjen* ocijen* namjest* ljet* zvijezd* zvjezd* cijel* bijel*
        dvije obje uspje* uspij* povjer* provjer* primjen* vijest* obavijest* savjet* pjev* tijel*
        vrijed* prijedlo* vjer* takodjer smije smiju naprijed unaprijed donijet* ponijet* odijel*
        eura kuhar* kuha kuhanj* opcin* ured uredu ureda uredsk* njegovatelj*""",
    ("hr",): """tvrtk* tko netko nitko svatko uvjet* tjedan tjedn* racunal* putovnic* prijevoz*
        prijevar* sijecnj* sijecanj veljac* ozujk* ozujak travnj* travanj svibnj* svibanj lipnj*
        lipanj srpnj* srpanj kolovoz* rujn* rujan listopad* studeni studenog studenom prosin* tisuc*
        kolodvor* zrakoplov* tocn* tock* obitelj* tijekom zaposlenik* natjecaj* tvornic* sustav*
        stupanj stupnj* kruh* bok poduzec* osobn* osiguran osigurana osigurani osigurano europ*
        sveucil* vlak vlaka vlakom zupanij* glazb* mirovin* obvez* iskaznic* popis* suradn* suradj*
        utjec* znanst* odvjetn* inozem* datotek*""",
    ("bs", "sr"): """uslov* sta ko neko niko svako plata platu platom januar* februar* mart martu
        april* maj septemb* oktob* novemb* decemb* hiljad* tacn* tack* porodic* tokom fabrik*
        sistem* pasos* evrop* konkurs* preduzec* univerzit* obavez* kafa kafu kafe licna licnu licno
        licne prevoz* penzij* spisak spisk* saradn* saradj* uticaj* sprat* naucn* advokat* inostran*
        uputstv* sajt* fajl* koriscen*""",
    ("bs",): """sedmic* lahk* mehk* uposl* maraka august* kanton* bezbjed*""",
}  # fmt: skip
"""Words, without marks, of these and not of the others; a star stands for any ending."""

SHORTEST, LONGEST = 3, 10
"""Letters of a stem."""

_WORD = re.compile("[a-z]+")
_WITH_DA = re.compile(
    r"\bda li\b|\b(?:mor|mog|moz|zel|treb|hoc)[a-z]{1,4} (?:bi )?da\b"
    r"|\b(?!hoce|nece)[a-z]{3,}[aeiu]ce(?:mo|te)\b"
)
"""What Croatian says otherwise: *mora da radi*, and a future in one word, *javićemo*."""


def variety(text: str) -> str:
    """Which of :data:`VARIETIES` a text is in; of those that its words leave, the first.

    >>> variety("Smeštaj je obezbeđen, plata svake nedelje")
    'sr'
    >>> variety("Smještaj je osiguran, isplata svaki tjedan")
    'hr'
    """
    plain = bare(text)
    counts = Counter(("bs", "sr") if _WITH_DA.search(plain) else ())
    for word in {*_WORD.findall(plain)}:
        counts.update(told_by(word))
    return max(VARIETIES, key=lambda one: counts[one])


def bare(text: str) -> str:
    """In small letters without marks."""
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "dj"))
    return "".join(char for char in apart if not unicodedata.combining(char))


def told_by(word: str) -> tuple[str, ...]:
    """The varieties of a word; none where it is all of them, or of no one."""
    whole, stems = listed()
    if word in whole:
        return whole[word]
    begun = (word[:size] for size in range(min(len(word), LONGEST), SHORTEST - 1, -1))
    return next((stems[one] for one in begun if one in stems), ())


@cache
def listed() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Whole words and stems, with the varieties of each."""
    whole: dict[str, tuple[str, ...]] = {}
    stems: dict[str, tuple[str, ...]] = {}
    for varieties, words in _TOLD.items():
        for word in words.split():
            (stems if word.endswith("*") else whole)[word.rstrip("*")] = varieties
    return whole, stems
