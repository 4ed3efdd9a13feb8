"""Entities over a table of texts, in disguise and at their limits. All contacts are invented."""

import base64
import binascii
import random
import socket
import time
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import base58
import bech32
import pytest
from Crypto.Hash import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ad import MAX_TEXT_CHARS, Ad
from models.rendering import RENDERINGS, render
from service.entities import Chain, Entity, EntityType, Period, Service, find
from service.entities.links import find_links
from service.entities.numbers import numbers, read
from service.entities.reading import Reading
from service.entities.wallets import BECH32, BECH32M

TABLE = Path(__file__).with_name("entities_table.tsv")
Triple = tuple[str, str, str]


def seeded(name: str, size: int) -> bytes:
    """Bytes that stand for a key nobody has."""
    return random.Random(name).randbytes(size)


def base58check(version: int, name: str, alphabet: bytes = base58.BITCOIN_ALPHABET) -> str:
    return base58.b58encode_check(bytes([version]) + seeded(name, 20), alphabet).decode()


def segwit(prefix: str, version: int, size: int, constant: int) -> str:
    program = bech32.convertbits(seeded(f"{prefix}{version}", size), 8, 5)
    assert program is not None
    data = [version, *program]
    expanded = bech32.bech32_hrp_expand(prefix) + data
    polymod = bech32.bech32_polymod([*expanded, 0, 0, 0, 0, 0, 0]) ^ constant
    checksum = [(polymod >> 5 * (5 - i)) & 31 for i in range(6)]
    return f"{prefix}1" + "".join(bech32.CHARSET[value] for value in data + checksum)


def ethereum() -> str:
    digits = seeded("ethereum", 20).hex()
    digest = keccak.new(data=digits.encode(), digest_bits=256).hexdigest()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit
        for digit, nibble in zip(digits, digest, strict=False)
    )


def ton() -> str:
    body = b"\x11\x00" + seeded("ton", 32)
    checksum = binascii.crc_hqx(body, 0).to_bytes(2, "big")
    return base64.urlsafe_b64encode(body + checksum).decode()


def broken(address: str) -> str:
    """With one character, near the end, in the other case or another digit."""
    at = next(i for i in range(len(address) - 3, 0, -1) if address[i].isalpha())
    return address[:at] + ("2" if address[at] != "2" else "3") + address[at + 1 :]


def wallets() -> dict[str, str]:
    """Addresses of every chain by the names that the table has for them."""
    good = {
        "btc": base58check(0x00, "btc"),
        "btc3": base58check(0x05, "btc3"),
        "bech32": segwit("bc", 0, 20, BECH32),
        "taproot": segwit("bc", 1, 32, BECH32M),
        "eth": ethereum(),
        "eth_lower": ethereum().lower(),
        "tron": base58check(0x41, "tron"),
        "ltc": base58check(0x30, "ltc"),
        "ltc_segwit": segwit("ltc", 0, 20, BECH32),
        "doge": base58check(0x1E, "doge"),
        "xrp": base58check(0x00, "xrp", base58.RIPPLE_ALPHABET),
        "ton": ton(),
        "sol": base58.b58encode(seeded("solana", 32)).decode(),
    }
    return (
        good
        | {
            f"{name}_broken": broken(address)
            for name, address in good.items()
            if name != "eth_lower"
        }
        | {"eth_broken": ethereum()[:-12] + ethereum()[-12:].swapcase()}
    )


WALLETS = wallets()


@dataclass(frozen=True)
class Line:
    """A text of the table and what it holds."""

    part: str
    language: str
    text: str
    expected: frozenset[Triple]


def filled(cell: str) -> str:
    for name, address in WALLETS.items():
        cell = cell.replace(f"{{{name}}}", address)
    return cell.replace("\\n", "\n")


def table() -> list[Line]:
    """Columns: part, language, text, then for each entity ``type quote -> value``."""
    lines = []
    for row in TABLE.read_text("utf-8").splitlines():
        part, language, *cells = map(filled, row.split("\t"))
        text, *entities = cells
        expected = set()
        for entity in entities:
            kind, rest = entity.split(" ", 1)
            quote, value = rest.rsplit(" -> ", 1)
            assert quote in text, row
            expected.add((kind, quote, value))
        lines.append(Line(part, language, text, frozenset(expected)))
    return lines


def entities(text: str, language: str | None = None, region: str | None = None) -> list[Entity]:
    ad = Ad(text)
    return list(find(render(ad), ad, language, region))


def quoted(text: str, entity: Entity) -> str:
    return "".join(text[place.start : place.end] for place in entity.places)


def triples(text: str, language: str | None = None) -> frozenset[Triple]:
    return frozenset((e.type.value, quoted(text, e), e.value) for e in entities(text, language))


LINES = table()

FLOORS = {
    EntityType.PHONE: (0.97, 0.97),
    EntityType.EMAIL: (0.97, 0.97),
    EntityType.HANDLE: (0.97, 0.97),
    EntityType.MESSENGER_LINK: (0.95, 0.95),
    EntityType.URL: (0.95, 0.95),
    EntityType.WALLET: (1.0, 1.0),
    EntityType.AMOUNT: (0.98, 0.98),
}
"""Precision and recall over the table, a little below what is reached on it today, which is 1.0:
its lines were used to mend what they showed. On their first run its unseen parts gave 0.93 and
0.90 (``held``, 219 lines) and 0.93 and 0.89 (``later``, the first 74)."""


def test_the_table_reaches_its_floors_for_every_type() -> None:
    right, extra, missed = Counter[str](), Counter[str](), Counter[str]()
    wrong = []
    for line in LINES:
        found = triples(line.text, line.language)
        right.update(kind for kind, _, _ in found & line.expected)
        extra.update(kind for kind, _, _ in found - line.expected)
        missed.update(kind for kind, _, _ in line.expected - found)
        if found != line.expected:
            told = f"extra {set(found - line.expected)}, missed {set(line.expected - found)}"
            wrong.append(f"{line.language}: {line.text}\n    {told}")
    report = "\n".join(wrong)
    for kind, (precision, recall) in FLOORS.items():
        assert right[kind] / (right[kind] + extra[kind]) >= precision, f"{kind}\n{report}"
        assert right[kind] / (right[kind] + missed[kind]) >= recall, f"{kind}\n{report}"


def test_the_table_is_wide_and_a_third_of_it_are_traps() -> None:
    assert len(LINES) >= 400
    assert len({line.language.split("-")[0] for line in LINES}) >= 25
    assert sum(not line.expected for line in LINES) >= len(LINES) / 3
    assert len({line.text for line in LINES}) == len(LINES)


@pytest.mark.parametrize("name", [name for name in WALLETS if not name.endswith("_broken")])
def test_a_wallet_is_found_by_its_checksum_and_not_with_a_broken_one(name: str) -> None:
    text = "Send USDT or SOL to {} today"
    (found,) = [e for e in entities(text.format(WALLETS[name])) if e.type is EntityType.WALLET]
    assert found.value == f"{found.chain}:{WALLETS[name]}"
    if f"{name}_broken" in WALLETS and name != "sol":  # a Solana address has no checksum
        wrong = entities(text.format(WALLETS[f"{name}_broken"]))
        assert not [e for e in wrong if e.type is EntityType.WALLET]


@pytest.mark.parametrize("name", ["tron", "eth"])
def test_a_wallet_set_apart_by_spaces_is_put_together(name: str) -> None:
    address = WALLETS[name]
    apart = " ".join(address[i : i + 4] for i in range(0, len(address), 4))
    (found,) = entities(f"Wallet: {apart} thanks")
    assert found.value.endswith(address)
    assert found.chain in (Chain.TRON, Chain.ETHEREUM)


def test_a_wallet_keeps_digits_that_rendering_reads_as_letters() -> None:
    address = WALLETS["eth"]
    text = f"W0rk and send to {address}"  # the first word makes rendering look for digits in words
    assert render(Ad(text)).text != text
    assert [e.value for e in entities(text)] == [f"ethereum:{address}"]


def test_a_solana_address_counts_only_where_the_coin_is_named() -> None:
    assert entities(f"code {WALLETS['sol']} end") == []


@pytest.mark.parametrize(
    ("text", "value", "service"),
    [
        ("WhatsApp: +1 202 555 0143", "+12025550143", Service.WHATSAPP),
        ("+1 202 555 0143 (Viber)", "+12025550143", Service.VIBER),
        ("Zalo0912000123", "+84912000123", Service.ZALO),
        ("Phone +1 202 555 0143. Signal is off.", "+12025550143", None),
    ],
)
def test_a_phone_number_names_the_service_it_is_given_for(
    text: str, value: str, service: Service | None
) -> None:
    (found,) = entities(text)
    assert (found.value, found.service) == (value, service)


def test_a_local_number_is_read_in_the_country_that_the_ad_points_to() -> None:
    text = "Contact 0712 000 123"
    assert [e.value for e in entities(text, region="KE")] == ["+254712000123"]
    assert [e.value for e in entities(text, "sw-TZ")] == ["+255712000123"]
    both = entities(f"{text} or +40 712 000 456")
    assert [e.value for e in both] == ["+40712000123", "+40712000456"]
    assert [e.value for e in entities(text)] == ["0712000123"]  # digits where nothing tells


@pytest.mark.parametrize(
    ("text", "language", "region", "currency"),
    [
        ("Pay $500", "en", None, "USD"),
        ("Pay $500", "en", "AU", "AUD"),
        ("500 pesos", "tl", None, "PHP"),
        ("500 pesos", "es-CO", None, "COP"),
        ("Rs 5000", "en", None, "INR"),
        ("Rs 5000", "en-PK", None, "PKR"),
        ("¥5000", "zh", None, "CNY"),
        ("¥5000", "ja", None, "JPY"),
        ("gaji 5 juta", "id", None, "IDR"),
        ("gaji 5 juta", "ms", None, "MYR"),
        ("salary 5000", "en", None, None),
    ],
)
def test_a_currency_is_the_likeliest_for_language_and_country(
    text: str, language: str, region: str | None, currency: str | None
) -> None:
    (found,) = entities(text, language, region)
    assert found.amount is not None
    assert found.amount.currency == currency


def test_an_amount_has_its_range_as_decimals_and_its_period() -> None:
    (found,) = entities("We pay $1.5k-2k/week")
    amount = found.amount
    assert amount is not None
    assert (amount.low, amount.high) == (Decimal(1500), Decimal(2000))
    assert (amount.currency, amount.period) == ("USD", Period.WEEK)
    assert str(amount) == found.value == "USD 1500-2000/week"


PERIODS = {
    "en": ("$90 a day", "day"), "ar": ("90 دولار في اليوم", "day"), "zh": ("日结90元", "day"),
    "es": ("90 € por semana", "week"), "fr": ("90 € par mois", "month"),
    "pt": ("90 reais por hora", "hour"), "ru": ("90 $ в день", "day"),
    "uk": ("900 грн на тиждень", "week"), "hi": ("₹900 प्रति माह", "month"),
    "ur": ("900 روپے روزانہ", "day"), "bn": ("৯০০ টাকা প্রতি মাসে", "month"),
    "id": ("Rp90.000 per jam", "hour"), "vi": ("90.000đ mỗi giờ", "hour"),
    "th": ("900 บาทต่อวัน", "day"), "tl": ("₱900 kada araw", "day"),
    "my": ("တစ်လ ၉၀၀၀၀ ကျပ်", "month"), "km": ("90 ដុល្លារ ក្នុងមួយថ្ងៃ", "day"),
    "sw": ("KSh 900 kwa siku", "day"), "am": ("900 ብር በወር", "month"),
    "tr": ("saatlik 90 TL", "hour"), "ja": ("時給900円", "hour"), "ko": ("시급 9000원", "hour"),
    "de": ("90 € pro Tag", "day"), "it": ("90 € al mese", "month"),
    "pl": ("90 zł za zadanie", "task"),
    "fa": ("۹۰۰ تومان در ماه", "month"), "he": ("90 ₪ לשעה", "hour"), "ro": ("90 lei pe zi", "day"),
    "ms": ("RM90 sehari", "day"), "el": ("90 € την ημέρα", "day"), "ne": ("मासिक रु 900", "month"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "case"), PERIODS.items())
def test_a_period_is_read_in_many_languages(language: str, case: tuple[str, str]) -> None:
    text, period = case
    (found,) = entities(text, language)
    assert found.amount is not None
    assert found.amount.period == period


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,50,000", "150000"), ("2.500,50", "2500.50"), ("1 250", "1250"), ("1.5", "1.5"),
        ("1.500", "1500"), ("0.500", "0.500"), ("1'200", "1200"), ("12.05.2024", None),
        ("1.2.3.4", None), ("12,34,56", None),
    ],
)  # fmt: skip
def test_separators_group_or_part_digits(written: str, value: str | None) -> None:
    assert read(written) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("language", "text", "quote", "value"),
    [
        ("ur", "تنخواہ 50،000 سے 60،000 روپے", "50،000 سے 60،000 روپے", "PKR 50000-60000"),
        ("ur", "تنخواہ 1،50،000 روپے", "1،50،000 روپے", "PKR 150000"),
        ("fa", "حقوق ۱۵،۰۰۰،۰۰۰ تومان", "۱۵،۰۰۰،۰۰۰ تومان", "IRT 15000000"),
        ("ar", "الأعمار 18،20 والأجر ٣٠٠٠ ريال", "٣٠٠٠ ريال", "SAR 3000"),
        ("fr", "12€50 de l'heure", "12€50", "EUR 12.5/hour"),
        ("fr", "de 11€88 à 14€20 de l'heure", "11€88 à 14€20", "EUR 11.88-14.2/hour"),
        ("fr", "12€ 50 heures", "12€", "EUR 12"),
    ],
)
def test_thousands_and_cents_are_read_as_they_are_written(
    language: str, text: str, quote: str, value: str
) -> None:
    assert triples(text, language) == {("amount", quote, value)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Contact hours 0900 1700"),
        ("en-GB", "Contact hours: 0900-1700, closed on Sundays"),
        ("en", "Telephone shift 0600-1400, 1400-2200"),
        ("en", "Call centre shifts 0600 1400 2200"),
        ("en", "Contact hours 08.00 16.00"),
        ("de", "Kontakt 0800-1600 Uhr"),
        ("ru", "Тел. 0900-1800"),
        ("hi", "Contact 1000 1800"),
        ("zh", "联系电话 0900-1800"),
        ("en", "Contact ISO 9001 14001 auditors"),
        ("ru", "Контакты: ГОСТ 12345 67890"),
        ("en", "Contact: 2019 2024"),
        ("en", "Call team 2019 2020 2021"),
        ("en", "Call center, 25000 - 35000"),
        ("en", "Phone operator 20 000 - 25 000"),
        ("es", "Contacto comercial 1200-1500"),
    ],
)
def test_hours_years_norms_and_ranges_of_pay_are_no_telephone(language: str, text: str) -> None:
    assert [one for one in entities(text, language) if one.type is EntityType.PHONE] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Contact shift 06001400"),
        ("en", "Call centre shift 22000600, paid weekly"),
        ("de", "Kontakt Schicht 06001400"),
        ("es", "Contacto turno 06001400"),
        ("id", "Kontak shift 06001400"),
        ("th", "ติดต่อ กะ 06001400"),
        ("en", "Contact HR before 20260415"),
        ("en", "Call by 20260415 at the latest"),
        ("fr", "Appelez avant le 20260415"),
        ("ru", "Звоните до 20260415"),
        ("en", "Contact us with job number 20260415"),
        ("en", "Contact: requisition 10023456"),
        ("en", "Contact HR, posting 10023456"),
        ("en", "Call for position 10023456"),
        ("de", "Kontakt: Kennziffer 20260415"),
        ("ru", "Телефон, вакансия 10023456"),
        ("zh", "联系人 工号 10023456"),
        ("pl", "Kontakt, oferta nr 10023456"),
        ("fr", "Contact poste 1234567"),
        ("en", "Telephone exchange, ext 2214-2216"),
        ("tr", "Telefon santrali, dahili 2214-2216"),
        ("en", "Contact bonus 300-1000"),
        ("zh", "致电招募部，推荐朋友奖励300-1000"),
        ("de", "Kontakt, Entgelt 1.250 / 1.310 / 1.400 / 1.480 €"),
        ("de", "IG-Metall-Tarif: 1.250 / 1.310 / 1.400 / 1.480 €"),
        ("de", "Tarif der IG Metall, Stufe 1234567"),
    ],
)
def test_shifts_days_extensions_and_numbers_of_jobs_are_no_telephone(
    language: str, text: str
) -> None:
    assert [one for one in entities(text, language) if one.type is EntityType.PHONE] == []


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en-SG", "Contact shift supervisor 91234567", "+6591234567"),
        ("en-GB", "Call shift manager 07700 900456", "+447700900456"),
        ("en-GB", "Call the shift desk: 07700 900456 ext 1234", "+447700900456"),
        ("en-GB", "Call extension 12, 07700 900456", "+447700900456"),
        ("en", "Contact us for the role 202-555-0178", "+12025550178"),
        ("en", "Call for position 202-555-0178", "+12025550178"),
        ("vi", "Liên hệ vị trí kho 0912000123", "+84912000123"),
        ("zh", "联系岗位经理13800138000", "+8613800138000"),
        ("zh-HK", "電話 20260415", "+85220260415"),  # what follows the word is a number
        ("fr", "Contact pour ce poste 06 12 34 56 78", "+33612345678"),
        ("en", "Call 300-1000", "3001000"),
    ],
)
def test_a_telephone_of_a_shift_or_for_a_job_is_one(language: str, text: str, value: str) -> None:
    assert [one.value for one in entities(text, language)] == [value]


@pytest.mark.parametrize(
    ("text", "region", "value"),
    [
        ("Tel 6500 7000", "SG", "+6565007000"),
        ("Tel 2230 2245", "GT", "+50222302245"),  # valid in a country that is known
        ("WhatsApp 0815-1000-2000", "ID", "+6281510002000"),  # a mobile number there
        ("ISO 9001 firm, call 0712 000 123", "KE", "+254712000123"),
    ],
)
def test_a_number_that_looks_like_hours_or_pay_is_one_where_its_country_says_so(
    text: str, region: str, value: str
) -> None:
    assert [one.value for one in entities(text, "en", region)] == [value]


def test_what_stands_right_after_the_word_is_a_number_and_no_pay() -> None:
    assert [one.type for one in entities("Tel. 6500 7000", "en")] == [EntityType.PHONE]


@pytest.mark.parametrize(
    "text",
    [
        "Telegram: recruiter", "Telegram manager", "WhatsApp group", "LINE: leader",
        "line leader", "Position: Telegram > designer", "Telegram account manager",
        "Telegram - moderador", "Instagram: administrador", "Telegram: groupe",
        "Instagram: Betreuer", "Telegram: gruppo", "Telegram: grup", "Instagram: specjalista",
        "Telegram akun kasir", "Телеграм: рекрутер", "Телеграм: менеджер", "微信: agent",
        "Telegram admin: helper", "Signal: operators",
    ],
)  # fmt: skip
def test_a_role_after_a_messenger_is_no_account(text: str) -> None:
    assert entities(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Telegram: @recruiter", "telegram:@recruiter"),
        ("LINE ID: leader", "line:leader"),
        ("微信号leader", "wechat:leader"),
        ("加微信 boss", "wechat:boss"),
        ("Telegram: recruiter_ex1", "telegram:@recruiter_ex1"),
    ],
)
def test_a_role_that_is_said_to_be_an_account_is_one(text: str, value: str) -> None:
    assert [one.value for one in entities(text)] == [value]


def test_a_production_line_is_no_messenger() -> None:
    assert entities("PRODUCTION LINE: packing, day shift", "en") == []
    (found,) = entities("ADD LINE: riverjobs", "en")
    assert found.value == "line:riverjobs"


def test_places_are_spans_of_the_field_they_were_found_in() -> None:
    ad = Ad(
        "Pay: $9\u200b00",
        "Call \u202e3410 555 202 1+\u202c",
        ("hi", "ｈｒ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
    )
    fields = {"text": ad.text, "title": ad.title, "thread/1": ad.thread[1]}
    found = {e.type: e for e in find(render(ad), ad)}
    quotes = {kind: fields[e.places[0].field][e.places[0].start : e.places[0].end]
              for kind, e in found.items()}  # fmt: skip
    assert quotes == {
        EntityType.AMOUNT: "$9\u200b00",
        EntityType.PHONE: "3410 555 202 1+",
        EntityType.EMAIL: "ｈｒ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    }
    assert found[EntityType.PHONE].value == "+12025550143"


@pytest.mark.parametrize("version", RENDERINGS)
def test_entities_are_found_in_every_rendering(version: int) -> None:
    ad = Ad("telegram: @anna01x, $500 a week, 2O2-555-O143".replace("O", "0"))
    values = [e.value for e in find(render(ad, version), ad)]
    assert values == ["telegram:@anna01x", "USD 500/week", "+12025550143"]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    (found,) = entities("https://jobs.example.co.uk/1")
    assert found.domain == "example.co.uk"


HOSTILE = [
    "1", ".", "@", " ", "(", "[", "a", "+", "/", "\n", "1 ", "1.", "1-", "1,", "(1", "+1",
    "+ 1 ", "a@", "a.", "a@a.", "a dot ", "x at ", "x . ", "a.b@c.d ", "t.me/",
    "t . me / a ", "http://", "http://a.b ", "wa.me/1", "telegram ", "telegram: a ", "tg: ",
    "@abcd ", "微信:a1b ", "0x", "0xa", "T1aB", "T 1 a B ", "A1", "千", "1千", "三万",
    "5 lakh ", "$5 - ", "$", "5 usd ", "5 per month ", "salary 500 ", "call 0912000123 ",
    "0912000123 ", "+12025550143 ", "123 ", "01234567  ", "1\u20e3", "٠١٢ ", "телега ",
    "тeлeгa т.ме/a ", "1.2.3.4 ", "a@b.com ", "w0rk @abc0d ", "example . com ",
    "example.com ", "1(2)3.4 @a .b ", "<", "{at}", "_", "9" * 40 + " ",
    "m.me/", " 111", "0912000123,", "0912000123:", "12.05.24 ", "09120001230now ", "№1", "➕1",
    "①5", "①5②", "5½", "5¹", "1️⃣5 ", "я@", "я.", "ü@ü.", "http://a.b/я", "http://a.b/招a,", "QQ群1 ",
    "1،11", "1،111", "،111", "12€34",
]  # fmt: skip
LIMIT_S = 5.0
"""Ten times what the worst takes on a busy machine; a pattern that goes back takes minutes."""


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_text_is_read_without_going_back(piece: str) -> None:
    ad = Ad((piece * MAX_TEXT_CHARS)[:MAX_TEXT_CHARS])
    rendered = render(ad)
    began = time.process_time()
    find(rendered, ad)
    assert time.process_time() - began < LIMIT_S


def test_a_link_that_names_links_in_its_path_is_read_once() -> None:
    found = list(find_links(Reading("m.me/" * 20)))
    assert [one.value for one in found] == ["messenger:m.me"]
    assert len(list(find_links(Reading("m.me/anna, m.me/berta")))) == 2


@pytest.mark.parametrize(("group", "language"), [(" 111", "en"), (",111", "zh")])
def test_thousands_that_end_in_a_longer_group_are_read_once(group: str, language: str) -> None:
    text = "1" + group * 50_000 + "1"
    began = time.process_time()
    numbers(text, language)
    assert time.process_time() - began < LIMIT_S


@pytest.mark.parametrize("version", RENDERINGS)
@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("①13800138000 ②13900139000", ["13800138000", "13900139000"]),
        ("1️⃣13800138000 ❷13900139000", ["13800138000", "13900139000"]),
        ("月薪①5000元¹ 2️⃣£12½", ["5000元", "£12½"]),
    ],
)
def test_a_mark_of_a_list_stays_outside_in_every_rendering(
    text: str, quotes: list[str], version: int
) -> None:
    ad = Ad(text)
    assert [quoted(text, one) for one in find(render(ad, version), ad, "zh")] == quotes


PIECES = st.sampled_from(
    [
        "telegram", "тг", "微信", "@", ":", " ", "\n", ".", "-", "/", "t.me", "wa.me", "dot",
        " at ", "(", ")", "+", "1", "0", "٠", "９", "k", "万", "lakh", "$", "USD", "руб",
        "€", "per month", "/mo", "a", "B", "name", "com", "ru", "рф", "http://", "0x", "T",
        "\u200b", "\u202e", "\u20e3", "é", "İ", "ß", "ﬁ", "e\u0301", "क्", "w0rk", "а",
        "call", "ID", "until", "-", "~", "h1b", "三", "千", "元", ",", "①", "❷", "½", "¹", "⑴",
        "5000", "1\ufe0f\u20e3", "№", "#", "=", "➕", "📞", "O917", "12.34.56", "群", "ü", "招",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)), st.text(max_size=20))
def test_spans_lie_in_their_field_in_order_for_any_text(text: str, title: str) -> None:
    ad = Ad(text, title)
    fields = {"text": text, "title": title}
    found = find(render(ad), ad)
    for entity in found:
        assert entity.places
        for place in entity.places:
            assert 0 <= place.start < place.end <= len(fields[place.field])
    if "\u202e" not in text + title:  # text that is turned back runs the other way
        for field in fields:
            starts = [p.start for e in found for p in e.places if p.field == field]
            assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("a \u202emoc.elpmaxe@bob\u202c b", "moc.elpmaxe@bob"),
        ("job \u202e call bob (at) example [dot] com now", None),  # reads backwards
        ("x\u202ebob@example.com y", None),
    ],
)
def test_an_address_in_turned_text_stands_where_it_is_read(text: str, covered: str | None) -> None:
    ad = Ad(text)
    emails = [one for one in find(render(ad), ad) if one.type is EntityType.EMAIL]
    places = [text[place.start : place.end] for one in emails for place in one.places]
    assert places == ([] if covered is None else [covered])


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(max_size=8), st.text(max_size=4))
def test_no_language_or_region_makes_it_fail(text: str, language: str, region: str) -> None:
    ad = Ad(text + " call 0912000123, $5, Rs 5000")
    find(render(ad), ad, language, region)
