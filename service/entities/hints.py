"""Where an ad is probably read: what decides between meanings of a local number and of ``$``."""

import re
from dataclasses import dataclass

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("zh", "\u4e00-\u9fff"),
    ("ko", "\uac00-\ud7af"),
    ("th", "\u0e00-\u0e7f"),
    ("lo", "\u0e80-\u0eff"),
    ("my", "\u1000-\u109f"),
    ("km", "\u1780-\u17ff"),
    ("ne", "ऱ"),
    ("hi", "\u0900-\u097f"),
    ("bn", "\u0980-\u09ff"),
    ("pa", "\u0a00-\u0a7f"),
    ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"),
    ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"),
    ("am", "\u1200-\u137f"),
    ("ka", "\u10a0-\u10ff"),
    ("hy", "\u0530-\u058f"),
    ("he", "\u0590-\u05ff"),
    ("el", "\u0370-\u03ff"),
    ("ur", "ٹڈڑںےہ"),
    ("fa", "پچژگ"),
    ("ar", "\u0600-\u06ff"),
    ("uk", "іїєґІЇЄҐ"),
    ("kk", "әғқңөұүһӘҒҚҢӨҰҮҺ"),
    ("ru", "\u0400-\u04ff"),
    ("vi", "ơưđĐơƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
    ("tr", "ğışİĞŞ"),
    ("pl", "łąęśźżńŁ"),
)  # fmt: skip
"""Characters that tell a language, the telling ones first."""

_KANA = "[\u3041-\u30fa]"
_TELLING = [
    ("ja", re.compile(f"(?s){_KANA}.*?{_KANA}.*?{_KANA}")),  # one or two adorn Chinese slang
    *((language, re.compile(f"[{chars}]")) for language, chars in _SCRIPTS),
]

LANGUAGE_REGIONS: dict[str, str] = {
    "am": "ET", "ar": "AE SA EG IQ JO MA DZ KW QA OM BH LB TN SY YE SD LY", "az": "AZ", "be": "BY",
    "bg": "BG", "bn": "BD IN", "bs": "BA", "ceb": "PH", "cs": "CZ", "da": "DK", "de": "DE AT CH",
    "el": "GR CY", "en": "US PH GB AU KE NG ZA GH MY SG PK IN AE",
    "es": "MX ES CO PE AR CL EC VE GT", "fa": "IR AF", "fi": "FI", "fil": "PH", "tl": "PH",
    "fr": "FR BE CH CI SN CM MA", "gu": "IN", "ha": "NG", "he": "IL", "hi": "IN", "hr": "HR BA",
    "hu": "HU", "hy": "AM", "id": "ID", "it": "IT", "ja": "JP", "jv": "ID", "ka": "GE", "kk": "KZ",
    "km": "KH", "kn": "IN", "ko": "KR", "ky": "KG", "lo": "LA", "lt": "LT", "lv": "LV", "mk": "MK",
    "ml": "IN", "mn": "MN", "mr": "IN", "ms": "MY SG", "my": "MM TH", "ne": "NP IN", "nl": "NL BE",
    "no": "NO", "nb": "NO", "pa": "IN PK", "pl": "PL", "ps": "AF PK", "pt": "BR PT AO MZ",
    "ro": "RO MD", "ru": "RU KZ BY KG UZ", "si": "LK", "sk": "SK", "sl": "SI", "so": "SO",
    "sq": "AL", "sr": "RS", "sv": "SE", "sw": "KE TZ UG", "ta": "IN LK", "te": "IN", "tg": "TJ",
    "th": "TH", "tr": "TR", "uk": "UA", "ur": "PK IN", "uz": "UZ", "vi": "VN", "yo": "NG",
    "zh": "CN TW HK MY SG", "zu": "ZA", "af": "ZA", "rw": "RW", "lg": "UG",
}  # fmt: skip
"""Countries whose local numbers are tried, the likeliest first (ISO 3166-1)."""

CURRENCY_REGIONS: dict[str, str] = {
    "AED": "AE", "AUD": "AU", "BDT": "BD", "BRL": "BR", "CAD": "CA", "CNY": "CN", "COP": "CO",
    "EGP": "EG", "ETB": "ET", "GBP": "GB", "GHS": "GH", "HKD": "HK", "IDR": "ID", "ILS": "IL",
    "INR": "IN", "JPY": "JP", "KES": "KE", "KHR": "KH", "KRW": "KR", "KWD": "KW", "KZT": "KZ",
    "LAK": "LA", "LKR": "LK", "MAD": "MA", "MMK": "MM", "MXN": "MX", "MYR": "MY", "NGN": "NG",
    "NPR": "NP", "NZD": "NZ", "PEN": "PE", "PHP": "PH", "PKR": "PK", "PLN": "PL", "QAR": "QA",
    "RUB": "RU", "SAR": "SA", "SGD": "SG", "THB": "TH", "TRY": "TR", "TWD": "TW", "TZS": "TZ",
    "UAH": "UA", "UGX": "UG", "UZS": "UZ", "VND": "VN", "ZAR": "ZA", "OMR": "OM", "BHD": "BH",
    "GEL": "GE", "AMD": "AM", "CLP": "CL", "ARS": "AR", "CHF": "CH", "KGS": "KG", "IQD": "IQ",
    "JOD": "JO", "MNT": "MN", "RON": "RO", "HUF": "HU", "CZK": "CZ", "TJS": "TJ", "BYN": "BY",
}  # fmt: skip
"""Country of a currency with one country."""

REGION_CURRENCIES = {region: currency for currency, region in CURRENCY_REGIONS.items()}


@dataclass(frozen=True, slots=True)
class Hints:
    """Language and country of an ad, given or guessed."""

    language: str | None
    """Primary subtag (``zh``)."""

    region: str | None
    """Only where the caller named it."""

    @property
    def regions(self) -> list[str]:
        """Countries to try, the likeliest first."""
        guessed = LANGUAGE_REGIONS.get(self.language or "", "").split()
        return [self.region, *guessed] if self.region else guessed


def hints(text: str, language: str | None, region: str | None) -> Hints:
    """From BCP 47 ``language`` and ISO 3166-1 ``region`` where given, else from the script."""
    subtags = (language or "").replace("_", "-").split("-")
    named = next((tag.upper() for tag in subtags[1:] if len(tag) == 2 and tag.isalpha()), None)
    primary = subtags[0].lower()
    if primary in ("", "und"):
        told = None if text.isascii() else _told(text)
        return Hints(told, (region or named or "").upper() or None)
    return Hints(primary, (region or named or "").upper() or None)


def _told(text: str) -> str | None:
    return next((language for language, telling in _TELLING if telling.search(text)), None)
