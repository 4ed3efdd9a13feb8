"""A text in leetspeak is read; digits and signs that mean themselves stay."""

import pytest

from models.rendering import normalise


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("7r41n1n9 p@id, $4l4ry w33kly, 3asy j08", "training paid, salary weekly, easy job"),
        ("ca$h and bonu$ for 50 mon€y", "cash and bonus for 50 money"),
        ("p4ssp0rt k3pt, m0n3y l@ter, 500 a w33k", "passport kept, money later, 500 a week"),
        ("W0RK 4BR0AD N0W, FR33 V1SA", "WORK ABROAD NOW, FREE VISA"),
        ("р@6ота для всех, 3арплат@ сра3у, 8акансии", "работа для всех, зарплата сразу, вакансии"),
        ("к@зин0 ждёт", "казино ждёт"),
        ("!n73rv13w w17h m3n70r, p30p|3, c4$h", "interview with mentor, people, cash"),
        ("1ocal he1p, c1ean h0te1, sk111s, m0n3y", "local help, clean hotel, skills, money"),
    ],
)  # fmt: skip
def test_leetspeak_is_read(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain


HONEST = (
    "5k a week, $500 or 1,200USD, Rp1jt, US$40, €15/h, 300$",
    "24h, 10:30am, 3pm, 1st and 2nd, 12x36, 38h30min, 37h30min",
    "H1B, B2B, A4, MP3, 4x4, 3D, covid19, AM06AE, AM06BE",
    "web3, gr8, i18n, h2o",
    "anna_b2@mail.example, @w0rk_hr, https://a.example/j0bs?x=a1b2c3, t.me/j0bs1",
    "call +1 202 555 0147 or 0903 123 456",
    "ana 3ayez 7ad yeshta8al ma3aya, el sho8l fel 2ahera, 3andak 5ebra",  # Egyptian, in Latin
    "gr8 job 4u, c u 2moro b4 9, m8",
    "buscamos chic@s, tod@s l@s interesad@s",
    "orang2 baik, hati2 di jalan",
    "Sales|Marketing|HR, soon!Apply now!Call",
    "6.5Million, Free40PHP, 1peso, Zuo5UBioi8E",
    "5 дней, 8часов, 2-й этаж, 10к, 4х4",
)


@pytest.mark.parametrize("text", HONEST)
def test_digits_that_mean_themselves_stay(text: str) -> None:
    assert normalise(text)[0] == text


@pytest.mark.parametrize("text", HONEST[:3])
def test_sums_codes_and_contacts_stay_in_leetspeak_too(text: str) -> None:
    around = "7r41n1n9 p@id, $4l4ry, m0n3y, n0w, fr0m h0me, w0rk"
    assert normalise(f"{around}: {text}")[0].endswith(text)
