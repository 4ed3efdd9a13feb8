"""Languages that are named, and texts that say too little to name one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language import CYRILLIC, UNDETERMINED, detect


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


@pytest.mark.parametrize(
    "text",
    [
        "Segodnya nuzhny dva gruzchika, oplata srazu posle smeny, zvonite.",
        "Kërkojmë dy punëtorë për magazinë, pagesa pas çdo turni.",
        "Tražimo dva radnika za magacin, isplata posle svake smene.",
        "Hledáme dva pomocníky do skladu, výplata po každé směně.",
    ],
)
def test_a_language_of_cyrillic_letters_is_no_guess_at_latin_ones(text: str) -> None:
    assert detect(text).tag not in CYRILLIC


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
