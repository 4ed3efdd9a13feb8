"""Rules on incidents."""

from pathlib import Path
from typing import Any

import pytest

from models.labels import Kind
from service.policy.conditions import IncidentSigns
from service.policy.errors import Refused
from service.policy.explain import explain
from service.policy.facts import Facts, IncidentFact
from service.policy.load import parse
from tests.service.incidents.scene import HONEST, HOTELS, THAI, put, service

POLICY = """
version: 1
name: morning
revision: 1
rules:
  - name: hotel_tasks
    when: {incidents: {any: hotels}, score: {at_least: 0.2}}
    then: {at_least: block, reason: known_wording}
"""

LIKE = IncidentFact(matched=True, match=0.995, near_duplicate=False)
COPY = IncidentFact(matched=False, match=0.9, near_duplicate=True)
UNLIKE = IncidentFact(matched=False, match=0.98, near_duplicate=False)


@pytest.mark.parametrize(
    ("asked", "fact", "holds"),
    [
        ({"any": "hotels"}, LIKE, True),
        ({"any": "hotels"}, COPY, True),  # a copy of an example is enough
        ({"any": "hotels"}, UNLIKE, False),
        ({"any": ["other", "hotels"]}, LIKE, True),
        ({"any": "other"}, LIKE, False),  # not live: never met
        ({"any": "*"}, LIKE, True),
        ({"any": "*"}, UNLIKE, False),
        ({"any": "hotels", "match": 0.97}, UNLIKE, True),
        ({"any": "hotels", "match": 0.999}, LIKE, False),
        ({"any": "hotels", "near_duplicate": True}, LIKE, False),
        ({"any": "hotels", "near_duplicate": True}, COPY, True),
        ({"any": "hotels", "near_duplicate": False}, COPY, False),
    ],
)
def test_a_condition_holds_for_what_it_says(
    asked: dict[str, Any], fact: IncidentFact, holds: bool
) -> None:
    assert IncidentSigns.model_validate(asked).holds({"hotels": fact}) == holds


def test_without_incidents_none_holds() -> None:
    facts = Facts(score=1, kind=Kind.LURE)
    assert not IncidentSigns.model_validate({"any": "*"}).holds(facts.incidents)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("{}", "any"),
        ("{any: []}", "the list is empty"),
        ("{any: Hotels}", "a name is 1 to 64 small letters"),
        ("{any: hotels, match: 1.5}", "match"),
        ("{any: hotels, match: 0.9, near_duplicate: true}", "give `match` or `near_duplicate"),
        ("{any: hotels, near_duplicate: 1}", "near_duplicate"),
    ],
)
def test_what_means_nothing_is_refused_at_its_line(condition: str, words: str) -> None:
    content = POLICY.replace("{any: hotels}", condition)
    with pytest.raises(Refused, match=words) as refused:
        parse(content.encode(), "our.yaml", ())
    assert "our.yaml:7:" in str(refused.value)


def test_a_policy_is_explained_in_words() -> None:
    said = "\n".join(explain(parse(POLICY.encode(), "our.yaml", ()), ()))
    assert "it matches incident hotels or is a near-duplicate of it" in said
    every = POLICY.replace("any: hotels", "any: '*', near_duplicate: true")
    said = "\n".join(explain(parse(every.encode(), "our.yaml", ()), ()))
    assert "it is a near-duplicate of any live incident" in said


def test_a_policy_acts_on_an_incident(tmp_path: Path) -> None:
    file = tmp_path / "our.yaml"
    file.write_text(POLICY, "utf-8")
    with service(f"sqlite:///{tmp_path / 'lurewatch.db'}", policy=file) as client:

        def decisions() -> list[str]:
            ads = [{"text": text} for text in (THAI, HOTELS[0], HONEST)]
            results = client.post("/v1/score", json={"ads": ads}).json()["results"]
            return [one["decision"] for one in results]

        assert "block" not in decisions()
        put(client)
        assert decisions()[:2] == ["block", "block"]
        assert decisions()[2] != "block"
