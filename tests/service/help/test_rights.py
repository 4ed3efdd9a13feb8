"""Which rules a pair of countries gives."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.help import load, text

BOOK = load()
TODAY = date(2026, 11, 28)
COUNTRIES = st.none() | st.sampled_from(BOOK.countries())


def ids(origin: str | None, destination: str | None) -> dict[str, set[str]]:
    found = BOOK.rights_for(origin, destination, "en", TODAY)
    return {
        side: {one.id for one in getattr(found, side)}
        for side in ("principles", "origin", "destination", "corridor")
    }


def test_a_rule_of_one_corridor_is_shown_there_alone() -> None:
    assert "np-free-visa-ticket" in ids("NP", "QA")["corridor"]
    assert "np-free-visa-ticket" not in set().union(*ids("NP", "JP").values())
    assert "np-free-visa-ticket" not in set().union(*ids("QA", "NP").values())


def test_both_ends_have_their_say() -> None:
    found = ids("PH", "AE")
    assert found["origin"] == {"ph-fee-ceiling", "ph-no-fee", "ph-passport"}
    assert found["destination"] == {"ae-no-costs", "ae-passport", "ae-contract"}
    assert ids("AE", "PH")["origin"] == set()


def test_standards_stand_alone_where_no_rule_is_known() -> None:
    found = BOOK.rights_for("UZ", "RU", "ru", TODAY)
    assert found.empty == text("general.no_rules", "ru")
    assert found.principles
    assert found.caution == text("general.not_legal_advice", "ru")
    assert BOOK.rights_for(None, None, "ru", TODAY).empty is None
    assert BOOK.rights_for(None, "AE", "ru", TODAY).empty is None


@given(origin=COUNTRIES, destination=COUNTRIES)
def test_no_rule_is_shown_twice_or_from_the_wrong_side(
    origin: str | None, destination: str | None
) -> None:
    found = ids(origin, destination)
    rules = {one.id: one for one in BOOK.rules}
    shown = [*found["origin"], *found["destination"], *found["corridor"]]
    assert len(shown) == len(set(shown))
    for id_ in found["origin"]:
        assert (rules[id_].country, rules[id_].side, rules[id_].partners) == (origin, "origin", ())
    for id_ in found["destination"]:
        assert (rules[id_].country, rules[id_].side) == (destination, "destination")
        assert rules[id_].partners == ()
    for id_ in found["corridor"]:
        pair = (rules[id_].country, rules[id_].partners)
        leaving = rules[id_].side == "origin"
        here, there = (origin, destination) if leaving else (destination, origin)
        assert pair[0] == here
        assert there in pair[1]


def test_topics_come_in_the_same_order_everywhere() -> None:
    topics = [one.topic for one in BOOK.rights_for(None, None, "en", TODAY).principles]
    order = ["fees", "contract", "documents", "wages", "freedom", "complaint"]
    assert topics == sorted(topics, key=order.index)
