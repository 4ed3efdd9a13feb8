"""Languages that are named, and texts that say too little to name one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language import detect
from service.language_tags import UNDETERMINED
from service.south_slavic import VARIETIES, variety


@pytest.mark.parametrize(
    ("text", "tag", "script"),
    [
        ("Der Betrieb sucht ab Montag zwei Helfer für das Lager.", "de", "Latn"),
        ("Завтра нужны два грузчика, оплата сразу после смены.", "ru", "Cyrl"),
        ("Потрібні двоє вантажників, оплата після зміни щодня.", "uk", "Cyrl"),
        ("Търсим двама работници за склад, заплащане след всяка смяна.", "bg", "Cyrl"),
        ("Лак посао од куће без искуства, висока плата сваке недеље.", "sr", "Cyrl"),
        ("Потребен готвач за хотел покрај езерото, обезбедена храна.", "mk", "Cyrl"),
        ("Шукаем кухара ў гатэль каля возера, жыллё бясплатна.", "be", "Cyrl"),
        ("Қоймаға екі жұмысшы керек, ақысы бірден төленеді.", "kk", "Cyrl"),
        ("Ба анбор ду коргари ботаҷриба лозим аст, музд ҳар ҳафта.", "tg", "Cyrl"),
        ("Hledáme dva pomocníky do skladu, výplata po každé směně.", "cs", "Latn"),
        ("Firma zo Žiliny prijme kuchára, ubytovanie a strava zdarma.", "sk", "Latn"),
        ("Firma z Gdyni zatrudni kucharza, mieszkanie i jedzenie za darmo.", "pl", "Latn"),
        ("Podjetje iz Celja zaposli kuharja, stanovanje in hrana zagotovljena.", "sl", "Latn"),
        ("Ieškome dviejų darbininkų sandėliui, mokame po kiekvienos pamainos.", "lt", "Latn"),
        ("Meklējam divus strādniekus noliktavā, samaksa pēc katras maiņas.", "lv", "Latn"),
        ("Vi söker två lastbilsförare till vårt lager, avtal skrivs före resan.", "sv", "Latn"),
        ("Vi søger to medarbejdere til køkkenet, boligen er betalt i en måned.", "da", "Latn"),
        ("Vi søker to sjåfører til lageret vårt, kontrakten får du før reisen.", "no", "Latn"),
        ("Haemme kahta kuljettajaa varastolle, sopimus tehdään ennen matkaa.", "fi", "Latn"),
        ("Otsime lattu kahte autojuhti, leping sõlmitakse enne reisi.", "et", "Latn"),
        ("Við leitum að tveimur bílstjórum í vöruhúsið okkar.", "is", "Latn"),
        ("Kërkojmë dy punëtorë për magazinë, pagesa pas çdo turni.", "sq", "Latn"),
        ("工厂招聘普工，包吃住，每月十号发工资。", "zh", "Hani"),
        ("รับสมัครพนักงานร้านอาหาร เริ่มงานได้ทันที", "th", "Thai"),
        ("مطلوب سائق توصيل براتب ثابت وتأمين صحي", "ar", "Arab"),
        ("እቃ ለመጫን ሁለት ሰራተኞች እንፈልጋለን", "am", "Ethi"),
        ("Tunatafuta dereva mwenye leseni halali na uzoefu wa miaka miwili.", "sw", "Latn"),
        ("ក្រុមហ៊ុនត្រូវការបុគ្គលិកលក់ពីរនាក់", "km", "Khmr"),
    ],
)
def test_a_sentence_is_named(text: str, tag: str, script: str) -> None:
    found = detect(text)
    assert (found.tag, found.script) == (tag, script)
    assert found.confidence > 0.5
    assert found.mixed == ()


@pytest.mark.parametrize("text", ["", "ok", "+1 555 0100", "<phone> <url>", "DM me 🔥", "招人"])
def test_too_little_is_not_guessed(text: str) -> None:
    found = detect(text)
    assert (found.tag, found.confidence) == (UNDETERMINED, 0)


def test_a_text_in_two_languages_says_so() -> None:
    found = detect(
        "We are hiring a receptionist for our guest house near the station. "
        "Ищем администратора в гостевой дом рядом с вокзалом, график сменный."
    )
    assert set(found.mixed) == {"en", "ru"}


SOUTH_SLAVIC = [
    ("Tražimo dva radnika za magacin, isplata posle svake smene.", "sr"),
    ("Potrebna devojka za rad u poslastičarnici, plata na nedelju dana.", "sr"),
    ("Vozač sa C kategorijom, smeštaj i hrana obezbeđeni, 1800 evra.", "sr"),
    ("Firma iz Novog Sada prima kuvare i pomoćne radnike, ugovor pre puta.", "sr"),
    ("Čuvanje dece u Beču, put plaćamo mi, javite se gde god da živite.", "sr"),
    ("Tražimo dva radnika za skladište, isplata svaki tjedan, osiguran ručak.", "hr"),
    ("Tvrtka iz Rijeke zapošljava kuhare i konobare, plaća 1400 eura.", "hr"),
    ("Tko želi raditi u Irskoj neka se javi, smještaj osiguran.", "hr"),
    ("Pošalji sliku putovnice, kartu ti kupujemo mi, ugovor potpisuješ tamo.", "hr"),
    ("Sezonski rad u hotelu na Krku od svibnja do rujna, uvjeti po dogovoru.", "hr"),
    ("Potrebna djevojka za rad u slastičarni, dvije sedmice probnog rada.", "bs"),
    ("Ko želi raditi u Njemačkoj neka se javi, smještaj obezbijeđen, plata po satu.", "bs"),
    ("Lahak posao od kuće, hiljadu maraka sedmično, bez iskustva.", "bs"),
    ("Mjesec dana rada u fabrici, uslovi dobri, isplata poslije svake smjene.", "bs"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tag"), SOUTH_SLAVIC)
def test_serbian_croatian_and_bosnian_are_told_apart(text: str, tag: str) -> None:
    """With the marks of their letters, and without, as many write."""
    for written in (text, text.translate(str.maketrans("šćčžŠĆČŽ", "scczSCCZ")).replace("đ", "dj")):
        found = detect(written)
        assert (found.tag, found.script, found.mixed) == (tag, "Latn", ())


def test_a_text_is_in_one_of_the_three_whatever_its_sentences_are_like() -> None:
    found = detect(
        "Tražimo vozače i kurire za rad u Beču. Smeštaj je obezbeđen svake nedelje. "
        "Vozačka dozvola je potrebna i poznavanje jezika."
    )
    assert (found.tag, found.mixed) == ("sr", ())


def test_words_that_tell_nothing_give_the_variety_of_most_speakers() -> None:
    assert variety("posao karta") == VARIETIES[0]


@pytest.mark.parametrize(
    "text",
    [
        "Segodnya nuzhny dva gruzchika, oplata srazu posle smeny, zvonite.",
        "Rabota na sklade v Germanii, zhilyo besplatno, oformlenie na meste.",
        "Prishli foto pasporta, bilet kupim my, viza ne nuzhna.",
        "Potribni dvoye vantazhnykiv, oplata pislya zminy shchodnya.",
        "Tarsim dvama rabotnici za sklad, zaplashtane sled vsyaka smyana.",
        "Bi langile behar ditugu biltegian, soldata txanda bakoitzaren ondoren.",
    ],
)
def test_a_romanised_text_is_no_neighbour(text: str) -> None:
    assert detect(text).tag == UNDETERMINED


def test_addresses_are_no_words() -> None:
    plain = detect("Buscamos repartidor con moto propia para el turno de noche.")
    linked = detect(
        "Buscamos repartidor con moto propia https://www.example.com/jobs/now/apply/here "
        "para el turno de noche. <email>"
    )
    assert plain.tag == linked.tag == "es"


@pytest.mark.parametrize(
    ("text", "tag", "script"),
    [
        ("ＷＥ ＡＲＥ ＨＩＲＩＮＧ ＷＯＲＫＥＲＳ ＦＯＲ Ａ ＷＡＲＥＨＯＵＳＥ", "en", "Latn"),
        ("𝐖𝐞 𝐚𝐫𝐞 𝐡𝐢𝐫𝐢𝐧𝐠 𝐰𝐨𝐫𝐤𝐞𝐫𝐬 𝐟𝐨𝐫 𝐚 𝐰𝐚𝐫𝐞𝐡𝐨𝐮𝐬𝐞", "en", "Latn"),
        ("ｱﾙﾊﾞｲﾄ募集、ﾚｼﾞとﾎｰﾙ、時給1200円から", "ja", "Kana"),
    ],
)
def test_letters_of_another_width_or_style_are_the_same_letters(
    text: str, tag: str, script: str
) -> None:
    found = detect(text)
    assert (found.tag, found.script) == (tag, script)


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    found = detect(text)
    assert 0 <= found.confidence <= 1
