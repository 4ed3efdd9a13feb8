"""What to check and ask, most fitting first, and what never to hand over."""

from collections.abc import Collection

from models.labels import Indicator as I

NEVER = tuple(f"never.{one}" for one in ("passport", "codes", "money", "pictures", "account"))
"""Keys of what nobody should hand over."""

ASKS: dict[str, frozenset[I]] = {
    "ask.employer": frozenset({
        I.UNNAMED_EMPLOYER, I.BORROWED_NAME, I.VAGUE_DUTIES, I.ODD_LINK, I.UNSOLICITED_RECRUITER,
        I.CRYPTO_CASINO_PROMOTION_ROLE,
    }),
    "ask.call": frozenset({
        I.BORROWED_NAME, I.MOVE_TO_MESSENGER, I.NO_INTERVIEW, I.TOKEN_TEST_ONLY,
        I.ROMANCE_OR_GAME_APPROACH, I.PAY_ABOVE_ROLE, I.NO_EXPERIENCE_HIGH_PAY,
    }),
    "ask.contract": frozenset({
        I.URGENCY, I.DEPARTURE_WITHIN_DAYS, I.SHIFTING_LOCATION, I.DOCUMENTS_OR_WAGES_WITHHELD,
        I.PAY_FOR_MINUTES,
    }),
    "ask.permit": frozenset({I.NO_WORK_PERMIT, I.COACHED_BORDER_ANSWERS, I.SHIFTING_LOCATION}),
    "ask.costs": frozenset({
        I.UPFRONT_FEE, I.DEPOSIT_TO_UNLOCK, I.ALL_COSTS_COVERED, I.SALARY_ADVANCE_OR_DEBT_HELP,
    }),
    "ask.tell": frozenset({I.DEPARTURE_WITHIN_DAYS, I.COACHED_BORDER_ANSWERS}),
}  # fmt: skip
"""Keys of what to check and ask, each with the signs that make it pressing."""


def asks(signs: Collection[I]) -> list[str]:
    """All of them: those that a sign makes pressing, then the others, each in its order."""
    return sorted(ASKS, key=lambda key: ASKS[key].isdisjoint(signs))
