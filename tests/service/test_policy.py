"""Policies: files that are checked to the last field, decisions that keep their promises."""

import json
import re
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import bundle
from models.ad import Platform, Surface
from models.calibration import LURE, OperatingPoint
from models.cli import run
from models.errors import BundleError
from models.inference import HARM_START, INDICATOR_START
from models.labels import HARMS, INDICATORS, Harm, Indicator, Kind
from service.api.results import Wanted, result
from service.api.schemas import AdIn, HarmOut, IndicatorOut, LanguageOut, Result, SourceOut
from service.assessment import assess
from service.entities.entity import Entity, EntityType
from service.policy.advice import advice
from service.policy.cli import app, operating_points
from service.policy.conditions import spoken
from service.policy.decide import CAP_REASON, Reason, decide
from service.policy.decisions import CAPPED, DECISIONS, SEVERITY
from service.policy.errors import MAX_LISTED, PolicyError, Refused
from service.policy.explain import explain
from service.policy.facts import Facts, language_of, of_assessment
from service.policy.load import DEFAULT, load, parse
from service.policy.logged import LoggedResult
from service.policy.model import Policy
from service.policy.parts import threshold_names
from service.policy.priority import WEIGHTS
from service.policy.replay import replay
from service.policy.thresholds import CONTEXTS
from service.settings import Settings
from tests.live import StubModel, stub_engine
from tests.service.test_assessment import CALIBRATION, scored

WRONG = Path(__file__).with_name("policies") / "wrong.yaml"
EXAMPLES = sorted((DEFAULT.parent / "examples").glob("*.yaml"))
QUICKLY_S = 10.0
"""Processor time in which a hostile file is refused; the slowest takes 0.3 s on a free machine."""

tried = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def point(name: str, threshold: float) -> OperatingPoint:
    return OperatingPoint(
        name=name, false_positive_rate=0.01, threshold=threshold, recall=1, lures=1, honest=1
    )


POINTS = (point("high_precision", 0.9), point("balanced", 0.7), point("high_recall", 0.4))


def policy_of(data: dict[str, Any], points: tuple[OperatingPoint, ...] = POINTS) -> Policy:
    """A policy of what its YAML would hold; reading YAML is tried by itself."""
    head = {"version": 1, "name": "mine", "revision": 3}
    return Policy.model_validate(head | data, context=threshold_names(points))


def of_rules(*rules: dict[str, Any]) -> Policy:
    """A policy of rules alone; those without a name or conditions apply to every ad."""
    always = {"when": {"score": {"at_least": 0}}}
    return policy_of({"rules": [{"name": f"r{i}"} | always | r for i, r in enumerate(rules)]})


def refusal(content: str) -> Refused:
    with pytest.raises(Refused) as caught:
        parse(content.encode(), "f.yaml", POINTS)
    return caught.value


def command(*argv: object) -> int:
    """Exit code of ``python -m service policy …``."""
    return run(app, [str(one) for one in argv], (PolicyError, BundleError))


LURE_FACTS = Facts(
    score=0.8,
    kind=Kind.LURE,
    harms={Harm.MONEY_MULE: 0.7, Harm.FORCED_LABOUR: 0.5},
    indicators={Indicator.URGENCY: 0.9, Indicator.UPFRONT_FEE: 0.6, Indicator.ODD_LINK: 0.5},
    entities=Counter({EntityType.WALLET: 2, EntityType.MESSENGER_LINK: 1}),
    copies=7,
    language="pt-BR",
    platform=Platform.DATING,
    surface=Surface.CHAT,
)

# --- anything that a file can say, and anything that can be found in an ad

shares = st.integers(0, 100).map(lambda n: n / 100)


def any_of(labels: Any) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([str(one) for one in labels]), min_size=1, unique=True)


def signs(labels: Any, least: str) -> st.SearchStrategy[dict[str, Any]]:
    ways = st.sampled_from(["any", "all"])
    return st.builds(
        lambda way, names, share: {way: names, least: share}, ways, any_of(labels), shares
    )


whens = st.fixed_dictionaries(
    {"score": st.builds(lambda low: {"at_least": low}, shares)},
    optional={
        "kind": any_of(Kind),
        "harms": signs(Harm, "probability"),
        "indicators": signs(Indicator, "strength")
        | st.builds(lambda n: {"at_least": n}, st.integers(1, 5)),
        "entities": st.builds(lambda names: {"any": names}, any_of(EntityType)),
        "campaign": st.builds(lambda n: {"at_least": n}, st.integers(1, 9)),
        "language": any_of(["pt", "no", "vi-VN"]),
        "platform": any_of(Platform),
        "surface": any_of(Surface),
    },
)


def thens(decisions: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    words = st.sampled_from(["decision", "at_least", "at_most"])
    return st.builds(
        lambda word, decision, priority: {word: decision, "priority": priority},
        words, st.sampled_from(decisions), st.integers(-100, 100),
    )  # fmt: skip


def keeps_the_cap(rule: dict[str, Any]) -> bool:
    block = "block" in (rule["then"].get("decision"), rule["then"].get("at_least"))
    return not block or not CAPPED & set(rule["when"].get("kind", ()))


def levels(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, float]]:
    """Thresholds in order."""
    values = st.lists(shares, min_size=len(names), max_size=len(names)).map(sorted)
    return values.map(lambda cuts: dict(zip(names, cuts, strict=True)))


def thresholds(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    places = st.sampled_from(CONTEXTS[1:])
    overrides = st.dictionaries(places, levels(names), max_size=4).map(
        lambda found: [
            {"platform": str(p), "surface": str(s)} | cuts if p and s
            else ({"platform": str(p)} if p else {"surface": str(s)}) | cuts
            for (p, s), cuts in found.items()
        ]
    )  # fmt: skip
    return st.builds(lambda d, o: {"default": d, "overrides": o}, levels(names), overrides)


def policies(decisions: tuple[str, ...] = DECISIONS) -> st.SearchStrategy[Policy]:
    """Of every shape; those for ``DECISIONS[:3]`` never say ``block``."""
    rules = st.builds(
        lambda when, then, stop: {"when": when, "then": then, "stop": stop},
        whens, thens(decisions), st.booleans(),
    ).filter(keeps_the_cap)  # fmt: skip
    return st.builds(
        lambda cuts, found, mode: policy_of(
            {"thresholds": cuts, "mode": mode}
            | {"rules": [{"name": f"r{i}"} | rule for i, rule in enumerate(found)]}
        ),
        thresholds(decisions[1:]),
        st.lists(rules, max_size=5),
        st.sampled_from(["enforce", "observe"]),
    )


facts = st.builds(
    Facts,
    score=shares | st.floats(0, 1),
    kind=st.sampled_from(Kind),
    harms=st.dictionaries(st.sampled_from(Harm), shares, max_size=4),
    indicators=st.dictionaries(st.sampled_from(Indicator), shares, max_size=8),
    entities=st.builds(Counter, st.lists(st.sampled_from(EntityType), max_size=3)),
    copies=st.integers(1, 12),
    language=st.sampled_from([None, "pt-BR", "NO", "vi"]),
    platform=st.none() | st.sampled_from(Platform),
    surface=st.none() | st.sampled_from(Surface),
)

# --- promises


@tried
@given(policies(), facts)
def test_warnings_and_fragments_are_never_above_review(policy: Policy, found: Facts) -> None:
    for kind in CAPPED:
        outcome = decide(policy, replace(found, kind=kind))
        assert SEVERITY[outcome.intended] <= SEVERITY["review"]


@tried
@given(policies(DECISIONS[:3]), facts)
def test_a_file_that_does_not_say_block_never_blocks(policy: Policy, found: Facts) -> None:
    assert decide(policy, found).intended != "block"


@tried
@given(thresholds(DECISIONS[1:]), facts, shares)
def test_a_higher_score_is_never_milder_under_thresholds_alone(
    cuts: dict[str, Any], found: Facts, other: float
) -> None:
    policy = policy_of({"thresholds": cuts})
    low, high = (decide(policy, replace(found, score=s)) for s in sorted((found.score, other)))
    assert SEVERITY[low.decision] <= SEVERITY[high.decision]
    assert low.priority <= high.priority


@tried
@given(policies(), facts)
def test_an_outcome_adds_up(policy: Policy, found: Facts) -> None:
    outcome = decide(policy, found)
    assert outcome == decide(policy, found)
    assert 0 <= outcome.priority <= 100
    assert outcome.policy == "mine/3"
    assert outcome.intended == (outcome.reasons[-1].decision if outcome.reasons else "allow")
    if policy.mode == "observe":
        assert (outcome.decision, outcome.observed) == ("allow", outcome.intended)
    else:
        assert outcome.observed is None


@pytest.mark.parametrize(
    "points",
    [
        operating_points(None),
        POINTS[:1],
        (point("a", 0.5), point("b", 0.5)),  # both ends at one threshold
        (),  # nothing was measured, nothing is flagged
    ],
)
def test_the_default_policy_reviews_at_the_strictest_point_and_nudges_at_the_widest(
    points: tuple[OperatingPoint, ...],
) -> None:
    policy = load(DEFAULT, points)
    scores = [0.0, 1.0, *np.random.default_rng(5).random(2000).tolist()]
    scores += [float(np.nextafter(p.threshold, end)) for p in points for end in (0, 1)]
    scores += [p.threshold for p in points]
    for n, score in enumerate(scores):
        platform, surface = CONTEXTS[n % len(CONTEXTS)]
        found = Facts(score, list(Kind)[n % 6], platform=platform, surface=surface)
        outcome = decide(policy, found)
        assert (outcome.decision, outcome.policy) == (
            by_operating_points(score, points),
            "default/1",
        )


def by_operating_points(score: float, points: tuple[OperatingPoint, ...]) -> str:
    """What was decided before there were policies: review at the strictest operating point, nudge
    at the widest net."""
    if not points or score < points[-1].threshold:
        return "allow"
    return "review" if score >= points[0].threshold else "nudge"


# --- files


def test_every_error_is_told_at_its_line_and_field() -> None:
    expected = set()
    for line, content in enumerate(WRONG.read_text("utf-8").splitlines(), 1):
        for place in re.findall(r"(\d+) ([\w.\[\]]+)", content.partition("#!")[2]):
            expected.add((line, int(place[0]), place[1]))
    with pytest.raises(Refused) as caught:
        load(WRONG, POINTS)
    wrongs = caught.value.wrongs
    assert {(w.line, w.column, w.path) for w in wrongs} == expected
    assert len(wrongs) == len(expected) >= 30
    assert caught.value.lines()[0].startswith(f"{WRONG}:3:10: version: `2` is not one of `1`")


HEAD = "version: 1\nname: a\nrevision: 1\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("mod: observe\n", "4:1: mod: no such field; allowed here: `version`, `name`, `revision`, "
         "`mode`, `thresholds`, `rules`; did you mean `mode`?"),
        ("mode: observed\n",
         "4:7: mode: `observed` is not one of `enforce`, `observe`; did you mean `observe`?"),
        ("thresholds: {default: {nudge: high-recall}}\n",
         "4:31: thresholds.default.nudge: `high-recall` is neither a number from 0 to 1 nor a "
         "threshold of the bundle: `never`, `strictest`, `widest`, `high_precision`, `balanced`, "
         "`high_recall`; did you mean `high_recall`?"),
        ("thresholds: {default: {block: true}}\n",
         "4:31: thresholds.default.block: `true` is neither a number from 0 to 1 nor a threshold "
         "of the bundle: `never`, `strictest`, `widest`, `high_precision`, `balanced`, "
         "`high_recall`"),
        # 0.2 is below the default's nudge, which is the bundle's widest
        ("thresholds:\n  overrides:\n    - platform: dating\n      review: 0.2\n",
         "7:15: thresholds.overrides[0].review: `nudge` begins at 0.4, above `review` at 0.2, on "
         "dating: give both in order here, or set `nudge: never`"),
        # neither contradicts itself; where both hold, they contradict each other
        ("thresholds:\n  overrides:\n    - {platform: dating, nudge: 0.8}\n"
         "    - {surface: chat, review: 0.6}\n",
         "6:33: thresholds.overrides[0].nudge: `nudge` begins at 0.8, above `review` at 0.6, on "
         "dating in chat: give both in order here, or set `nudge: never`"),
        ("thresholds:\n  overrides:\n    - {surface: chat, review: 0.6}\n"
         "    - {surface: chat, nudge: 0.6}\n",
         "7:7: thresholds.overrides[1]: the same place as overrides[0]"),
        ("rules:\n  - {name: x, when: {kind: lure}, then: {priority: 1}}\n"
         "  - {name: x, when: {kind: lure}, then: {priority: 1}}\n",
         "6:12: rules[1].name: another rule is called `x`"),
        ("rules:\n  - name: x\n    when: {kind: insufficient}\n    then: {decision: block}\n",
         "7:22: rules[0].then.decision: `insufficient` never goes above `review`: take it out of "
         "this rule's `when.kind`, or decide `review`"),
        ("mode: [\n", "5:1: while parsing a flow node expected the node content, but found "
         "'<stream end>'"),
        ("revision: 2\n", "4:1: revision: given twice; first on line 3"),
    ],
)  # fmt: skip
def test_an_error_says_what_would_mend_it(content: str, line: str) -> None:
    assert refusal(HEAD + content).lines() == [f"f.yaml:{line}"]


def test_a_long_list_of_errors_is_cut() -> None:
    told = str(refusal("rules:\n" + "- 1\n" * 100))
    assert told.startswith("f.yaml: 103 errors")
    assert len(told.splitlines()) == MAX_LISTED + 2
    assert told.endswith("and 53 more")


LAUGHS = "a: &a [x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefgh")
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LAUGHS, "anchors and aliases"),
        ("a: &b 1", "anchors and aliases"),
        ("a: !!python/object/apply:os.system [ls]", "tags"),
        ("a: !!str 1", "tags"),
        ("[" * 60_000, "nested"),
        ("- " * 30_000, "nested"),
        ("a: [" + "1," * 30_000 + "]", "8000 keys and values"),
        ("a: " + "x" * 70_000, "65536 bytes"),
        ("revision: " + "9" * 60_000, "rev"),
        ("a: 1\n---\nb: 1", "single document"),
        ("a: \x07", "f.yaml:1:4: a control character"),
        ("", "the file is empty"),
        ("- 1", "a mapping of fields is expected, not a list"),
    ],
)
def test_hostile_and_broken_files_are_refused_quickly(content: str, words: str) -> None:
    began = time.process_time()
    told = refusal(content)
    assert time.process_time() - began < QUICKLY_S
    assert words in str(told)


def test_bytes_that_are_no_text_are_told_at_their_place() -> None:
    with pytest.raises(Refused, match="f:2:7: not UTF-8"):
        parse(b"version: 1\nname: \xff\n", "f", POINTS)


def test_no_is_norwegian_and_a_byte_order_mark_is_no_error() -> None:
    content = HEAD + "rules:\n  - {name: x, when: {language: no}, then: {at_least: nudge}}\n"
    policy = parse(b"\xef\xbb\xbf" + content.encode(), "f", POINTS)
    assert decide(policy, Facts(0, Kind.OTHER, language="no")).decision == "nudge"


# --- meaning


def test_each_threshold_is_taken_from_the_most_specific_place() -> None:
    policy = policy_of(
        {
            "thresholds": {
                "default": {"nudge": 0.1, "review": 0.8, "block": 0.9},
                "overrides": [
                    {"surface": "chat", "nudge": 0.2, "review": 0.5},
                    {"platform": "dating", "review": 0.6, "block": "never"},
                    {"platform": "dating", "surface": "chat", "nudge": 0.3},
                ],
            }
        }
    )
    table = policy.thresholds.table
    never = float("inf")
    assert table[None, None] == (0.1, 0.8, 0.9)
    assert table[None, Surface.CHAT] == table[Platform.GAMING, Surface.CHAT] == (0.2, 0.5, 0.9)
    assert table[Platform.DATING, None] == table[Platform.DATING, Surface.POST] == (0.1, 0.6, never)
    assert table[Platform.DATING, Surface.CHAT] == (0.3, 0.6, never)


def test_names_of_thresholds_follow_the_bundle() -> None:
    data = {"thresholds": {"default": {"nudge": "balanced"}}}
    assert policy_of(data).thresholds.table[None, None][:2] == (0.7, 0.9)
    other = (point("high_precision", 0.95), point("balanced", 0.5))
    assert policy_of(data, other).thresholds.table[None, None][:2] == (0.5, 0.95)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"score": {"at_least": 0.8}}, True),
        ({"score": {"below": 0.8}}, False),  # the end is not included
        ({"score": {"at_least": "balanced", "below": "strictest"}}, True),
        ({"kind": ["other", "lure"]}, True),
        ({"kind": "other"}, False),
        ({"harms": {"any": ["money_mule_recruitment", "advance_fee_job_scam"]}}, True),
        ({"harms": {"all": ["money_mule_recruitment", "advance_fee_job_scam"]}}, False),
        ({"harms": {"any": ["money_mule_recruitment"], "probability": 0.7}}, True),
        ({"harms": {"any": ["money_mule_recruitment"], "probability": 0.71}}, False),
        ({"indicators": {"any": "urgency"}}, True),
        ({"indicators": {"all": ["urgency", "upfront_fee"], "strength": 0.6}}, True),
        ({"indicators": {"all": ["urgency", "upfront_fee"], "strength": 0.7}}, False),
        ({"indicators": {"at_least": 3}}, True),
        ({"indicators": {"at_least": 3, "strength": 0.6}}, False),
        ({"indicators": {"at_least": 2, "of": ["urgency", "odd_link", "no_interview"]}}, True),
        ({"indicators": {"at_least": 2, "of": ["urgency", "no_interview"]}}, False),
        ({"entities": {"any": ["wallet"], "at_least": 2}}, True),
        ({"entities": {"any": ["wallet", "messenger_link"], "at_least": 3}}, True),
        ({"entities": {"any": ["messenger_link"], "at_least": 2}}, False),
        ({"campaign": {"at_least": 7}}, True),
        ({"campaign": {"at_least": 8}}, False),
        ({"language": "PT"}, True),
        ({"language": ["es", "pt-br"]}, True),
        ({"language": ["pt-PT", "ptx"]}, False),
        ({"platform": ["gaming", "dating"], "surface": "chat"}, True),
        ({"platform": "dating", "surface": "post"}, False),  # joined by AND
        ({"kind": "lure", "campaign": {"at_least": 9}}, False),
    ],
)
def test_a_condition_holds_for_what_it_says(when: dict[str, Any], holds: bool) -> None:
    (rule,) = of_rules({"when": when, "then": {"priority": 1}}).rules
    assert rule.when.holds(LURE_FACTS) is holds


def test_conditions_on_what_is_not_known_do_not_hold() -> None:
    for when in ({"language": "pt"}, {"platform": "other"}, {"surface": "post"}):
        (rule,) = of_rules({"when": when, "then": {"priority": 1}}).rules
        assert not rule.when.holds(Facts(1.0, Kind.LURE))


def test_a_language_that_is_not_known_meets_no_rule_and_no_rule_may_ask_for_it() -> None:
    (rule,) = of_rules({"when": {"language": "pt"}, "then": {"priority": 1}}).rules
    assert not spoken("und", ("und",))
    assert not spoken("und-Latn", ("und",))
    assert not rule.when.holds(Facts(1.0, Kind.LURE, language="und"))
    for tag in ("und", "UND-Latn"):
        content = f"rules:\n  - {{name: x, when: {{language: {tag}}}, then: {{priority: 1}}}}\n"
        assert "names no language" in str(refusal(HEAD + content))


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("english", "`english` is the tag of no language: no ad falls under it; did you mean `en`"),
        ("xx", "`xx` is the tag of no language: no ad falls under it"),
        ("xx-US", "`xx-US` is the tag of no language"),
        ("Burmese", "did you mean `my`?"),
    ],
)
def test_a_word_that_is_no_tag_of_a_language_is_refused(tag: str, words: str) -> None:
    content = f"rules:\n  - {{name: x, when: {{language: [en, {tag}]}}, then: {{priority: 1}}}}\n"
    assert words in str(refusal(HEAD + content))


def test_what_was_read_counts_where_the_given_word_is_no_tag_of_a_language() -> None:
    assert language_of("english", "en") == "en"
    assert language_of("xx", "en") == "en"
    assert language_of("ksw", "en") == "ksw"  # of three letters: taken at its word
    assert language_of("iw", "en") == "iw"
    assert spoken("eng-GB", ("en",))
    assert spoken("iw", ("iw",))


def test_a_tag_that_no_text_is_read_as_is_doubted() -> None:
    (doubt,) = advice(
        of_rules({"when": {"language": "eng", "kind": "lure"}, "then": {"priority": 1}})
    )
    assert "`en` is met by both" in doubt


@pytest.mark.parametrize("said", [None, "pt-BR", "und", "brazil"])
def test_a_result_is_replayed_as_it_was_decided(said: str | None) -> None:
    """A rule for Brazil: the reader tells Portuguese, and only the caller which."""
    policy = of_rules({"when": {"language": "pt-BR"}, "then": {"at_least": "block"}})
    text = "Vaga de garçom no litoral, carteira assinada, salário de 2.100 por mês, começo já."
    ad = AdIn(text=text, language=said)
    engine = replace(stub_engine(Settings(workers=1), StubModel()), policy=policy)
    try:
        (answer,) = engine.answer_now([ad.ad()])
    finally:
        engine.scorer.close()
    answered = result(ad, answer, "bundle", Wanted())
    assert answered.language.tag == "pt"
    assert ("given" in answered.language.model_dump()) is (said is not None)
    assert answered.decision == ("block" if said == "pt-BR" else "review")
    facts = LoggedResult.model_validate_json(answered.model_dump_json()).facts()
    assert facts.language == (said if said == "pt-BR" else "pt")
    assert decide(policy, facts).decision == answered.decision


def test_filipino_is_not_finnish() -> None:
    (rule,) = of_rules({"when": {"language": "fi"}, "then": {"priority": 1}}).rules
    assert rule.when.holds(Facts(0, Kind.OTHER, language="fi-FI"))
    assert not rule.when.holds(Facts(0, Kind.OTHER, language="fil-PH"))


def test_rules_are_read_in_order_until_one_stops() -> None:
    policy = of_rules(
        {"then": {"at_least": "review", "priority": 10, "reason": "raised"}},
        {"then": {"at_most": "nudge"}},
        {"then": {"at_least": "allow"}},  # milder than what stands: no change
        {"then": {"decision": "block", "priority": -1}, "stop": True},
        {"then": {"decision": "allow"}},
    )
    outcome = decide(policy, replace(LURE_FACTS, score=0.5))
    assert outcome.decision == "block"
    assert outcome.reasons == (
        Reason("score_at_nudge", None, "nudge"),
        Reason("raised", "r0", "review"),
        Reason("r1", "r1", "nudge"),
        Reason("r2", "r2", "nudge"),
        Reason("r3", "r3", "block"),
    )
    assert outcome.priority == 59  # 100 * 0.5 * 1.0 for forced labour, + 10 - 1


def test_the_cap_gives_its_reason() -> None:
    policy = policy_of({"thresholds": {"default": {"block": 0.95}}})
    outcome = decide(policy, Facts(0.96, Kind.ABOUT_LURES))
    assert outcome.decision == "review"
    assert [step.key for step in outcome.reasons] == ["score_at_block", CAP_REASON]
    assert decide(policy, Facts(0.96, Kind.LURE)).decision == "block"


def test_priority_is_score_times_the_weight_of_the_worst_harm() -> None:
    policy = load(DEFAULT, POINTS)
    assert set(WEIGHTS) == set(HARMS)
    assert decide(policy, replace(LURE_FACTS, harms={Harm.MLM_PYRAMID: 0.9})).priority == 24
    both = {Harm.MLM_PYRAMID: 0.9, Harm.SEXUAL_EXPLOITATION: 0.5}
    assert decide(policy, replace(LURE_FACTS, harms=both)).priority == 80
    assert decide(policy, Facts(0.3, Kind.OTHER)).priority == 15
    low = of_rules({"then": {"priority": -100}})
    assert decide(low, LURE_FACTS).priority == 0


def test_facts_are_those_of_the_assessment() -> None:
    tokens = np.full((2, INDICATOR_START + len(INDICATORS)), -9, np.float32)
    tokens[:, LURE] = 6
    tokens[:, HARM_START + 2] = 1
    tokens[:, INDICATOR_START + 4] = 2
    assessed = assess(scored("go now", [(0, 2), (2, 6)], tokens), CALIBRATION)
    wallet = Entity(EntityType.WALLET, (), "invented")
    found = of_assessment(assessed, platform=Platform.SOCIAL, entities=[wallet, wallet], copies=4)
    assert (found.score, found.kind, found.copies) == (assessed.score, Kind.LURE, 4)
    assert (found.platform, found.surface, found.language) == (Platform.SOCIAL, None, None)
    assert found.harms == pytest.approx({HARMS[2]: 0.731}, abs=1e-3)  # sigmoid of 1
    assert found.indicators == pytest.approx({INDICATORS[4]: 0.881}, abs=1e-3)  # sigmoid of 2
    assert found.entities == {EntityType.WALLET: 2}


def test_a_log_line_is_read_as_it_was_answered() -> None:
    answered = set(Result.model_fields) | set(AdIn.model_fields) | {"entities", "campaign"}
    assert set(LoggedResult.model_fields) <= answered
    harm = HarmOut(harm=Harm.MONEY_MULE, probability=0.7)
    indicator = IndicatorOut(
        indicator=Indicator.URGENCY, strength=0.9, spans=[], name="", meaning="", honest="",
        language="en", direction="ltr", source=SourceOut(title="", organisation="", year=2024),
    )  # fmt: skip
    language = LanguageOut(tag="pt", script="Latn", confidence=0.9, mixed=[])
    line = {
        "score": 0.8, "kind": "lure", "language": language.model_dump(), "surface": "chat",
        "unread": [],
        "harms": [harm.model_dump()], "indicators": [indicator.model_dump()],
        "entities": [{"type": "wallet"}, {"type": "url"}, {"type": "wallet"}],
        "campaign": {"copies": 3},
    }  # fmt: skip
    assert LoggedResult.model_validate_json(json.dumps(line)).facts() == Facts(
        score=0.8,
        kind=Kind.LURE,
        harms={Harm.MONEY_MULE: 0.7},
        indicators={Indicator.URGENCY: 0.9},
        entities=Counter({EntityType.WALLET: 2, EntityType.URL: 1}),
        copies=3,
        language="pt",
        surface=Surface.CHAT,
    )


# --- what comes with the package


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid_and_beyond_doubt(path: Path) -> None:
    points = operating_points(None)
    policy = load(path, points)
    assert policy.name == path.stem
    assert advice(policy) == []
    told = "\n".join(explain(policy, points))
    assert all(rule.name in told for rule in policy.rules)


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


def test_a_rule_on_indicators_alone_is_doubted() -> None:
    indicators = {"indicators": {"at_least": 3}}
    doubted = of_rules({"when": indicators, "then": {"at_least": "review"}})
    assert "rule `r0`" in advice(doubted)[0]
    language = of_rules({"when": {"language": "vi"}, "then": {"decision": "block"}})
    assert len(advice(language)) == 1
    fine = of_rules(
        {"when": indicators | {"kind": "lure"}, "then": {"at_least": "review"}},
        {"when": indicators, "then": {"priority": 5}},
        {"when": indicators, "then": {"at_most": "nudge"}},
    )
    assert advice(fine) == []


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"score": {"at_least": "never"}}, "no score is in its range"),
        ({"score": {"below": 0}}, "no score is in its range"),
        ({"kind": "recruitment", "harms": {"any": "task_based_job_scam"}}, "no harm is named"),
    ],
)
def test_a_rule_that_no_ad_can_meet_is_doubted(when: dict[str, Any], why: str) -> None:
    (doubt,) = advice(of_rules({"when": when, "then": {"at_most": "review"}}))
    assert doubt.startswith("rule `r0` is never met")
    assert why in doubt


def test_a_rule_behind_one_that_stops_at_every_ad_is_doubted() -> None:
    last = {"when": {"score": {"at_least": 0}}, "then": {"priority": 5}}
    lure = {"when": {"kind": "lure"}, "then": {"at_least": "review"}}
    assert advice(of_rules(last, lure)) == []
    assert advice(of_rules(last | {"stop": True}, lure)) == [
        "rule `r1` is never read: `r0` before it stops at every ad"
    ]


def test_a_policy_is_explained_place_by_place() -> None:
    policy = policy_of(
        {
            "thresholds": {"overrides": [{"surface": "chat", "nudge": "never", "block": 0.95}]},
            "rules": [
                {
                    "name": "fee",
                    "when": {"platform": "gaming", "kind": "lure", "campaign": {"at_least": 5}},
                    "then": {"at_least": "review", "priority": 7},
                    "stop": True,
                }
            ],
        }
    )
    told = list(explain(policy, POINTS))
    assert told[:7] == [
        "mine/3, enforced",
        "",
        "Wherever nothing else is said",
        "  score from 0 to below 0.4 (high_recall): allow",
        "  score from 0.4 (high_recall) to below 0.9 (high_precision): nudge",
        "  score from 0.9 (high_precision): review",
        "  no score alone leads to block",
    ]
    assert "On no known platform, social, dating, messaging, job_board, other: chat" in told
    chat = told.index("On gaming: chat")
    assert told[chat + 1 : chat + 6] == [
        "  score from 0 to below 0.9 (high_precision): allow",
        "  score from 0.9 (high_precision) to below 0.95: review",
        "  score from 0.95: block",
        "  no score alone leads to nudge",
        "  1. fee: if the kind is lure, and at least 5 copies were seen: decide review at least, "
        "priority +7; then no further rule is read",
    ]
    assert "about_lures and insufficient never go above review" in told[-1]


def test_a_decision_that_no_score_is_left_for_is_not_explained() -> None:
    told = list(explain(policy_of({}, POINTS[:1]), POINTS[:1]))  # both ends at one threshold
    assert told[3:6] == [
        "  score from 0 to below 0.9 (high_precision): allow",
        "  score from 0.9 (high_precision): review",
        "  no score alone leads to block",
    ]


# --- replay

LOG = [
    {"id": "a", "score": 0.95, "kind": "lure", "platform": "dating", "language": "pt-BR"},
    {"id": "b", "score": 0.95, "kind": "about_lures", "platform": "dating", "language": "pt"},
    {"id": "c", "score": 0.5, "kind": "lure", "platform": "gaming", "text": "hidden words"},
    {"score": 0.5, "kind": "lure", "entities": [{"type": "wallet", "spans": []}]},
    {"id": "e", "score": 0.1, "kind": "other", "language": "vi", "evidence": []},
]
NEW = {
    "mode": "observe",
    "thresholds": {"default": {"nudge": 0.6, "block": 0.93}},
    "rules": [
        {
            "name": "wallet",
            "when": {"kind": "lure", "entities": {"any": ["wallet"]}},
            "then": {"decision": "review"},
        }
    ],
}


def log_file(path: Path, *extra: str) -> Path:
    path.write_text("\n".join([*map(json.dumps, LOG), *extra]) + "\n", "utf-8")
    return path


def new_file(path: Path) -> Path:
    path.write_text(json.dumps({"version": 1, "name": "new", "revision": 2} | NEW), "utf-8")
    return path


def test_a_replay_counts_what_flips() -> None:
    before, after = policy_of({}), policy_of(NEW)
    found = replay([json.dumps(one) for one in LOG] + ["\n"], before, after)
    assert (found.results, found.flips, found.wrong) == (5, 3, 0)
    assert +found.table == {
        ("review", "block"): 1,  # a
        ("review", "review"): 1,  # b, which the cap holds
        ("nudge", "allow"): 1,  # c
        ("nudge", "review"): 1,  # the wallet
        ("allow", "allow"): 1,  # e
    }
    assert found.seen_by["language"] == {"pt": 2, "vi": 1, "not given": 2}
    assert +found.flips_by["platform"] == {"dating": 1, "gaming": 1, "not given": 1}
    assert +found.flips_by["kind"] == {"lure": 3}
    told = [(f.id, f.before, f.before_by, f.after, f.after_by) for f in found.first]
    assert told == [
        ("a", "review", "thresholds", "block", "thresholds"),
        ("c", "nudge", "thresholds", "allow", "thresholds"),
        ("line 4", "nudge", "thresholds", "review", "rule wallet"),
    ]


def test_the_first_flips_are_limited_and_the_cap_is_named() -> None:
    after = of_rules({"then": {"decision": "block"}})
    found = replay([json.dumps(one) for one in LOG], policy_of({}), after, first=1)
    assert (found.flips, len(found.first)) == (4, 1)
    lenient = of_rules({"then": {"decision": "allow"}})
    (flip,) = replay([json.dumps(LOG[1])], lenient, after).first
    assert (flip.before_by, flip.after, flip.after_by) == ("rule r0", "review", "cap")


def test_a_replay_is_printed_without_any_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, new = log_file(tmp_path / "log.jsonl"), new_file(tmp_path / "new.yaml")
    assert command("replay", log, "--policy", new) == 0
    page = capsys.readouterr().out
    assert "default/1 -> new/2: 3 of 5 decisions flip (60.0%)" in page
    assert re.search(r"review +0 +0 +1 +1 +2", page)
    assert command("replay", log, "--policy", new, "--against", new, "--json") == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["flips"], counts["before"], counts["table"]["block"]["block"]) == (0, "new/2", 1)
    assert counts["by"]["kind"]["lure"] == {"results": 3, "flips": 0}
    assert "hidden" not in page + json.dumps(counts)


def test_wrong_lines_are_told_without_what_stands_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["secret", '{"score": "secret", "kind": "lure"}', '{"line": 3, "words": "secret"}']
    log = log_file(tmp_path / "log.jsonl", *lines)
    assert command("replay", log, "--policy", DEFAULT) == 1
    out, err = capsys.readouterr()
    assert "0 of 5 decisions flip" in out
    assert "line 6: not a JSON object" in err
    assert "line 7: score: Input should be a valid number" in err
    assert "3 lines are not results" in err
    assert "secret" not in out + err


def test_lines_that_stand_for_an_ad_without_a_score_are_passed_over_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `score` and the stream write them."""
    late = '{"id": "f", "decision": "review", "score": null, "error": {"type": "overloaded"}}'
    log = log_file(tmp_path / "log.jsonl", '{"line": 6, "error": "text: nothing to read"}', late)
    assert command("replay", log, "--policy", DEFAULT, "--json") == 0
    out, err = capsys.readouterr()
    counts = json.loads(out)
    assert (counts["results"], counts["unscored_lines"], counts["wrong_lines"]) == (5, 2, 0)
    assert "lines without a score, passed over: 2" in err


# --- the command line


def test_check_names_every_file_and_refuses_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("check", *EXAMPLES, DEFAULT) == 0
    assert "default/1, mode enforce, rules: 0" in capsys.readouterr().out
    assert command("check", WRONG, DEFAULT) == 1
    out = capsys.readouterr().out
    assert f"{WRONG}:3:10: version" in out
    assert "default/1" in out, "the files after a wrong one are checked too"


def test_check_warns_and_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.yaml"
    rule = "{name: x, when: {indicators: {at_least: 2}}, then: {at_least: review}}"
    path.write_text(f"{HEAD}rules:\n  - {rule}\n")
    assert command("check", path) == 0
    assert "warning: rule `x`" in capsys.readouterr().err


def test_explain_can_be_asked_for_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    gaming = next(path for path in EXAMPLES if path.stem == "gaming")
    assert command("explain", gaming, "--platform", "gaming", "--surface", "chat") == 0
    out = capsys.readouterr().out
    assert "On gaming: chat\n  score from 0 to below 0.75: allow\n" in out
    assert out.count("\nOn ") == 1


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["check", "/nowhere.yaml"], "/nowhere.yaml: No such file"),
        (["explain", WRONG], "errors, the policy is not used"),
        (["explain", DEFAULT, "--platform", "datin"], "'datin' is not one of"),
        (["replay", "/nowhere.jsonl", "--policy", DEFAULT], "/nowhere.jsonl: No such file"),
        (["replay", "/nowhere.jsonl", "--policy", WRONG], "errors, the policy is not used"),
        (["check", DEFAULT, "--bundle", "/nowhere"], "/nowhere/calibration.json: No such file"),
    ],
)
def test_what_cannot_be_done_is_said(
    argv: list[object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*argv) == 2
    assert words in capsys.readouterr().err


def test_a_damaged_calibration_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / bundle.CALIBRATION).write_text("{}{")
    assert command("check", DEFAULT, "--bundle", tmp_path) == 2
    assert "is not a calibration" in capsys.readouterr().err


def test_the_operating_points_are_those_of_the_registry_that_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine-1"
    mine.mkdir()
    (mine / bundle.MANIFEST).write_text("{}", "utf-8")
    (mine / bundle.CALIBRATION).write_bytes((bundle.champion() / bundle.CALIBRATION).read_bytes())
    monkeypatch.setenv("LUREWATCH_REGISTRY", str(tmp_path))
    assert operating_points(Path("mine-1"))
    assert command("check", DEFAULT) == 2
    assert f"{tmp_path / bundle.CHAMPION} does not exist" in capsys.readouterr().err
    (tmp_path / bundle.CHAMPION).write_text("mine-1", "utf-8")
    assert command("check", DEFAULT) == 0
