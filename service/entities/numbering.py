"""Whether digits are a phone number, by Google's numbering plans (``phonenumbers``)."""

from collections.abc import Sequence

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

MAX_QUESTIONS = 300
"""Questions asked of the library for one ad, some 30 microseconds each; then every answer is no."""

NO_COUNTRY = ("ZZ", "001")
"""The library's regions of unknown and of shared country codes."""

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
ANY = (
    *MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
    PhoneNumberType.UAN,
)
"""Kinds that an advert gives; not premium rate, pagers and the like."""


class Numbering:
    """The plans, with a bound on how often they are asked."""

    def __init__(self) -> None:
        self._questions = 0
        self.called: list[str] = []
        """Countries of the international numbers so far."""

    def international(self, digits: str, valid: bool) -> str | None:
        """E.164 of ``digits`` with the country code in front: of a ``valid`` number, or of one that
        is only as long as numbers of that country are."""
        number = self._parse(f"+{digits}", None)
        if number is None:
            return None
        good = phonenumbers.is_valid_number(number) if valid else _long_enough(number)
        if not good:
            return None
        region = phonenumbers.region_code_for_country_code(number.country_code or 0)
        if region not in NO_COUNTRY:
            self.called.append(region)
        return _e164(number)

    def national(
        self, digits: str, regions: Sequence[str], kinds: Sequence[int] = ANY
    ) -> str | None:
        """E.164 of a valid number of the first of ``regions`` in which it is a mobile one, or else
        of the first in which it is of one of ``kinds``."""
        fallback = None
        for region in regions:
            number = self._parse(digits, region)
            if number is None or not phonenumbers.is_valid_number(number):
                continue
            kind = phonenumbers.number_type(number)
            if kind in MOBILE:
                return _e164(number)
            if kind in kinds and fallback is None:
                fallback = _e164(number)
        return fallback

    def surely(self, digits: str, regions: Sequence[str], home: str | None) -> str | None:
        """E.164 of a valid number of ``home``, or of a valid mobile one of ``regions``: of digits
        that may as well be something else."""
        own = self.national(digits, [home]) if home else None
        return own or self.national(digits, regions, MOBILE)

    def possible(self, digits: str, region: str) -> str | None:
        """E.164 of digits that are as long as numbers of ``region``."""
        number = self._parse(digits, region)
        return _e164(number) if number and _long_enough(number) else None

    def _parse(self, digits: str, region: str | None) -> PhoneNumber | None:
        self._questions += 1
        if self._questions > MAX_QUESTIONS:
            return None
        try:
            return phonenumbers.parse(digits, region)
        except NumberParseException:
            return None


def _long_enough(number: PhoneNumber) -> bool:
    possible = phonenumbers.is_possible_number_with_reason(number)
    return bool(possible == ValidationResult.IS_POSSIBLE)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
