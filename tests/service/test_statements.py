"""Statements of reasons: held to the database's rules, without a word of the ad."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.labels import HARMS, INDICATORS
from service.__main__ import main
from service.errors import StatementsError
from service.statements.action import Action, load
from service.statements.drafting import Answered, draft, language_of
from service.statements.rules import StatementOfReasons
from service.store.base import now
from service.store.tables import Feedback, StoredAd
from tests.service.desk import NEAR, SIGN, SURE, desk, desk_settings, emptied, say, score

TEXT = (
    "Chat support near the river, free housing. Send your passport to +1 202 555 0143, "
    "jobs@example.org or t.me/example_jobs"
)
SECRETS = ("river", "202 555", "0143", "jobs@", "example_jobs", "Chat support")


def today() -> date:
    """Asked for anew each time: a run may go on past midnight."""
    return date.today()


ACTION: dict[str, Any] = {
    "decision_visibility": "DECISION_VISIBILITY_CONTENT_REMOVED",
    "incompatible_content_ground": "Terms of use, section 4.2",
    "territorial_scope": "EU",
}
FILE = """
[all]
territorial_scope = ["EU"]
incompatible_content_ground = "Terms of use, section 4.2"

[review]
decision_visibility = ["DECISION_VISIBILITY_CONTENT_REMOVED"]
"""

STATEMENT: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Terms of use, section 4.2",
    "incompatible_content_explanation": "It offers work by deceit.",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "territorial_scope": ["AT"],
    "content_date": "2026-11-01",
    "application_date": "2026-11-02",
    "decision_facts": "A classifier gave the score 0.97.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_PARTIALLY",
    "puid": "ad_1-A",
}
ILLEGAL = {
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "incompatible_content_ground": None,
    "incompatible_content_explanation": None,
}
LAW = {
    "illegal_content_legal_ground": "Directive 2011/36/EU, article 2",
    "illegal_content_explanation": "It recruits by deceit.",
}
NOTICE = {"source_type": "SOURCE_ARTICLE_16"}

TAKEN: list[dict[str, Any]] = [
    {},
    {"decision_visibility": None, "decision_account": "DECISION_ACCOUNT_SUSPENDED"},
    {"decision_visibility": None, "decision_monetary": "DECISION_MONETARY_SUSPENSION"},
    {"decision_visibility": None, "decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION"},
    {
        "decision_visibility": ["DECISION_VISIBILITY_OTHER"],
        "decision_visibility_other": "Shown after a warning",
    },
    {"decision_monetary": "DECISION_MONETARY_OTHER", "decision_monetary_other": "Held back"},
    {"content_type": ["CONTENT_TYPE_OTHER"], "content_type_other": "A form"},
    {**ILLEGAL, **LAW},
    {"incompatible_content_illegal": "No"},
    {"category_addition": ["STATEMENT_CATEGORY_VIOLENCE"]},
    {"category_specification": ["KEYWORD_HUMAN_TRAFFICKING", "KEYWORD_HUMAN_EXPLOITATION"]},
    {"category_specification": ["KEYWORD_OTHER"], "category_specification_other": "Lures"},
    {"content_language": "TL"},
    {"decision_ground_reference_url": "https://example.org/terms#4.2"},
    {"end_date_visibility_restriction": "2026-11-02"},
    {"account_type": "ACCOUNT_TYPE_BUSINESS"},
    {**NOTICE, "source_identity": "A labour inspectorate"},
    {"content_date": "2000-01-01"},
    {"application_date": "2020-01-01"},
    {"decision_facts": "x" * 5000},
    {"incompatible_content_ground": "é" * 500},  # characters, not bytes
    {"incompatible_content_explanation": "x" * 2000},
    {"puid": "a" * 500},
]
"""Changes to the statement above that the database takes."""

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("decision_visibility", {"decision_visibility": None}),
    ("decision_visibility", {"decision_visibility": []}),
    ("decision_visibility", {"decision_visibility": ["REMOVED"]}),
    ("decision_visibility_other", {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}),
    ("decision_monetary_other", {"decision_monetary": "DECISION_MONETARY_OTHER"}),
    ("decision_provision", {"decision_provision": "DECISION_PROVISION_ENDED"}),
    ("decision_account", {"decision_account": "DECISION_ACCOUNT_WARNED"}),
    ("account_type", {"account_type": "Business"}),
    ("content_type", {"content_type": []}),
    ("content_type", {"content_type": None}),
    ("content_type", {"content_type": ["TEXT"]}),
    ("content_type_other", {"content_type": ["CONTENT_TYPE_OTHER"]}),
    ("decision_ground", {"decision_ground": None}),
    ("illegal_content_legal_ground", ILLEGAL),
    ("illegal_content_explanation", {**ILLEGAL, **LAW, "illegal_content_explanation": None}),
    ("incompatible_content_ground", {"incompatible_content_ground": None}),
    ("incompatible_content_ground", {"incompatible_content_ground": "  "}),
    ("incompatible_content_ground", {"incompatible_content_ground": "x" * 501}),
    ("incompatible_content_explanation", {"incompatible_content_explanation": "x" * 2001}),
    ("incompatible_content_illegal", {"incompatible_content_illegal": "Maybe"}),
    ("category", {"category": None}),
    ("category", {"category": "SCAMS"}),
    ("category_addition", {"category_addition": ["SCAMS"]}),
    ("category_specification", {"category_specification": ["KEYWORD_LURE"]}),
    ("territorial_scope", {"territorial_scope": ["US"]}),
    ("content_language", {"content_language": "en"}),
    ("content_language", {"content_language": "TLH"}),
    ("content_date", {"content_date": None}),
    ("content_date", {"content_date": "1999-12-31"}),
    ("content_date", {"content_date": "2038-01-02"}),
    ("application_date", {"application_date": "2019-12-31"}),
    ("application_date", {"application_date": "02.11.2026"}),
    ("end_date_visibility_restriction", {"end_date_visibility_restriction": "2038-01-02"}),
    ("decision_facts", {"decision_facts": None}),
    ("decision_facts", {"decision_facts": "x" * 5001}),
    ("decision_ground_reference_url", {"decision_ground_reference_url": "section 4.2"}),
    ("source_type", {"source_type": None}),
    ("source_identity", {**NOTICE, "source_identity": "x" * 501}),
    ("automated_detection", {"automated_detection": "true"}),
    ("automated_decision", {"automated_decision": "FULLY"}),
    ("puid", {"puid": "ad 1"}),
    ("puid", {"puid": "a" * 501}),
    ("puid", {"puid": None}),
]
"""Changes that the database refuses, and the field of which it says so."""

OURS: list[tuple[str, dict[str, Any]]] = [
    ("puid", {"puid": "ad_1\n"}),  # it would take off the end of the line
    # Where its validation lets pass, or throws away in silence, what its documentation rules out.
    ("territorial_scope", {"territorial_scope": None}),
    ("end_date_visibility_restriction", {"end_date_visibility_restriction": "2026-11-01"}),
    ("end_date_account_restriction", {"end_date_account_restriction": "2026-12-01"}),
    ("decision_visibility_other", {"decision_visibility_other": "Hidden"}),
    ("illegal_content_legal_ground", {"illegal_content_legal_ground": "A law"}),
    ("incompatible_content_illegal", {**ILLEGAL, **LAW, "incompatible_content_illegal": "Yes"}),
    ("category_specification_other", {"category_specification_other": "Lures"}),
    ("source_identity", {"source_identity": "A labour inspectorate"}),
    ("decision_visibility", {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"] * 2}),
    ("decision_facts", {"decision_facts": "Ask +1 202 555 0143."}),
    ("incompatible_content_explanation", {"incompatible_content_explanation": "a@example.org"}),
]


def changed(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**STATEMENT, **change}.items() if value is not None}


@pytest.mark.parametrize("change", TAKEN, ids=str)
def test_what_the_database_takes_is_taken(change: dict[str, Any]) -> None:
    wanted = changed(change)
    assert StatementOfReasons.model_validate(wanted).body() == wanted


@pytest.mark.parametrize(("field", "change"), REFUSED + OURS, ids=str)
def test_what_it_refuses_is_refused_at_its_field(field: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        StatementOfReasons.model_validate(changed(change))
    assert field in {error["loc"][0] for error in refused.value.errors()}


ANSWERS = st.fixed_dictionaries(
    {
        "score": st.floats(0, 1),
        "decision": st.sampled_from(["nudge", "review", "block"]),
        "policy": st.just("default/1"),
        "model": st.just("lurewatch-2026-11-26.2"),
        "harms": st.lists(st.sampled_from(HARMS), unique=True).map(
            lambda harms: [{"harm": harm, "probability": 0.9} for harm in harms]
        ),
        "indicators": st.lists(st.sampled_from(INDICATORS), unique=True).map(
            lambda shown: [{"indicator": one} for one in shown]
        ),
        "language": st.sampled_from(["en", "tl", "fil", "zh", "und", "mixed"]).map(
            lambda tag: {"tag": tag}
        ),
    }
)


@given(ANSWERS)
def test_whatever_was_answered_the_draft_keeps_the_rules(result: dict[str, Any]) -> None:
    action = Action.model_validate(
        {**ACTION, "decision_visibility": [ACTION["decision_visibility"]]}
    )
    made = draft(Answered("ad_" + "0" * 32, result, today(), today()), action)
    body = made.statement.body()
    assert StatementOfReasons.model_validate(body) == made.statement
    assert set(made.assumed) <= set(StatementOfReasons.model_fields)
    assert "KEYWORD_TRAFFICKING_WOMEN_GIRLS" not in json.dumps(body)
    assert len(body["territorial_scope"]) == 27


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "EN"), ("zh-Hant", "ZH"), ("fil", "TL"), ("und", None), ("mixed", None), ("yue", None)],
)
def test_a_language_is_named_where_it_has_a_code(tag: str, code: str | None) -> None:
    assert language_of(tag) == code


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("statements")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with desk(desk_settings(f"sqlite:///{folder / 'lurewatch.db'}")) as client:
        yield client


@pytest.fixture
def ad_id(client: TestClient) -> str:
    emptied(client)
    (result,) = score(client, f"{SURE} {TEXT} {SIGN}")
    return str(result["ad_id"])


def ask(client: TestClient, ad_id: str, **more: Any) -> Any:
    return client.get(f"/v1/decisions/{ad_id}/statement-of-reasons", params={**ACTION, **more})


def test_a_draft_is_whole_and_says_nothing_of_the_ad(client: TestClient, ad_id: str) -> None:
    answer = ask(client, ad_id)
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    statement = found["statement"]
    assert StatementOfReasons.model_validate(statement).body() == statement
    assert statement["puid"] == found["id"] == ad_id
    assert statement["category"] == "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    assert statement["automated_detection"] == "Yes"
    assert statement["automated_decision"] == "AUTOMATED_DECISION_FULLY", "nobody looked yet"
    assert statement["content_language"] == "EN"
    assert statement["content_date"] == today().isoformat()
    assert "content_date" in found["assumed"]
    assert "decision_visibility" not in found["assumed"], "that was said"
    assert "free travel, visa, housing and food" in statement["decision_facts"]
    for secret in SECRETS:
        assert secret not in answer.text


def test_what_is_given_goes_before_what_is_assumed(client: TestClient, ad_id: str) -> None:
    given = {
        "content_date": "2026-10-30", "application_date": "2026-11-03",
        "end_date_visibility_restriction": "2026-12-03", "content_type": "CONTENT_TYPE_IMAGE",
        "source_type": "SOURCE_TRUSTED_FLAGGER", "territorial_scope": ["AT", "NO"],
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "category_specification": "KEYWORD_TRAFFICKING_WOMEN_GIRLS",
    }  # fmt: skip
    found = ask(client, ad_id, **given).json()
    for name, value in given.items():
        listed = name in ("content_type", "category_specification")
        assert found["statement"][name] == ([value] if listed else value)
        assert name not in found["assumed"]
    assert found["statement"]["automated_detection"] == "No", "a notice named it"


def test_illegal_content_is_claimed_in_the_platforms_own_words(
    client: TestClient, ad_id: str
) -> None:
    illegal = {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}
    named = {**ACTION, **illegal, **LAW}
    del named["incompatible_content_ground"]
    url = f"/v1/decisions/{ad_id}/statement-of-reasons"
    statement = client.get(url, params=named).json()["statement"]
    assert statement["illegal_content_explanation"] == LAW["illegal_content_explanation"]
    assert "incompatible_content_explanation" not in statement
    del named["illegal_content_explanation"]
    refused = client.get(url, params=named)
    assert refused.json()["errors"][0]["pointer"] == "?illegal_content_explanation"


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"decision_visibility": None}, "?decision_visibility", "no restriction is named"),
        ({"incompatible_content_ground": None}, "?incompatible_content_ground", "required"),
        ({"territorial_scope": "US"}, "?territorial_scope/0", "Input should be"),
        ({"territorial_scope": None}, "?territorial_scope", "Field required"),
        ({"content_date": "yesterday"}, "?content_date", "valid date"),
        ({"content_langauge": "EN"}, "?content_langauge", "no such field; known here: "),
        (
            {"incompatible_content_ground": "Write to jobs@example.org"},
            "?incompatible_content_ground",
            "a mail address in it",
        ),
    ],
)
def test_a_refusal_names_the_field(
    client: TestClient, ad_id: str, change: dict[str, Any], pointer: str, words: str
) -> None:
    params = {name: value for name, value in {**ACTION, **change}.items() if value is not None}
    answer = client.get(f"/v1/decisions/{ad_id}/statement-of-reasons", params=params)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]
    assert "jobs@" not in answer.text


@pytest.mark.parametrize("name", ["ad_" + "0" * 32, "sub_1", "lure"])
def test_a_decision_that_is_not_kept_says_what_is_kept(client: TestClient, name: str) -> None:
    answer = ask(client, name)
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/unknown-id"
    assert "LUREWATCH_REVIEW_QUEUE" in answer.json()["detail"]


def test_to_allow_needs_no_reasons(client: TestClient) -> None:
    emptied(client)
    accepted = client.post("/v1/submissions", json={"ads": [{"text": "[-9] a job"}]}).json()
    while (found := client.get(f"/v1/submissions/{accepted['id']}").json())["state"] == "queued":
        pass
    answer = ask(client, found["results"][0]["ad_id"])
    assert answer.status_code == 422
    assert "`allow`" in answer.json()["detail"]


REVIEWED = {"origin": "second_review", "reviewer": "ben"}
APPEAL = {"origin": "appeal", "reviewer": "zoe", "overturned": True}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([{"kind": "recruitment"}], "reviewers call it no lure"),
        ([{"kind": "other_scam"}, {"kind": "other_scam", **REVIEWED}], "reviewers call it no lure"),
        ([{}, APPEAL], "taken back on appeal"),
    ],
)
def test_a_decision_that_was_taken_back_needs_no_reasons(
    client: TestClient, ad_id: str, words: list[dict[str, Any]], reason: str
) -> None:
    say(client, *({"ad_id": ad_id, **word} for word in words))
    answer = ask(client, ad_id)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/not-supported"
    (error,) = answer.json()["errors"]
    assert error["detail"] == f"{reason}: there is nothing to give reasons for"


@pytest.mark.parametrize(
    ("words", "waits", "automated"),
    [
        ([], True, "FULLY"),
        ([{}, {"kind": "recruitment", **REVIEWED}], True, "PARTIALLY"),  # they differ
        ([{}], False, "PARTIALLY"),
        ([{}, {**APPEAL, "overturned": False}], False, "PARTIALLY"),  # it was upheld
    ],
)
def test_a_draft_says_first_that_nobody_confirmed_the_decision(
    client: TestClient, ad_id: str, words: list[dict[str, Any]], waits: bool, automated: str
) -> None:
    """And claims no person's part in it of whom nothing is kept."""
    if words:
        say(client, *({"ad_id": ad_id, **word} for word in words))
    found = ask(client, ad_id).json()
    assert found["statement"]["automated_decision"] == f"AUTOMATED_DECISION_{automated}"
    first, reason = next(iter(found["assumed"].items()))
    told = (first, reason) == ("decision_facts", "waits for a reviewer, or reviewers differ")
    assert told == waits
    own = ask(client, ad_id, automated_decision="AUTOMATED_DECISION_NOT_AUTOMATED").json()
    assert own["statement"]["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert ("decision_facts" in own["assumed"]) == waits


def test_it_needs_the_scope_of_reviewers(folder: Path) -> None:
    settings = desk_settings(f"sqlite:///{folder / 'closed.db'}", authentication="on")
    with desk(settings) as client:
        assert ask(client, "ad_" + "0" * 32).status_code == 401


def test_the_file_says_what_was_done_and_a_request_may_say_otherwise(folder: Path) -> None:
    file = folder / "actions.toml"
    file.write_text(FILE, "utf-8")
    settings = desk_settings(f"sqlite:///{folder / 'with_file.db'}", statements=file)
    with desk(settings) as client:
        (result,) = score(client, f"{SURE} {TEXT}")
        url = f"/v1/decisions/{result['ad_id']}/statement-of-reasons"
        statement = client.get(url).json()["statement"]
        assert statement["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
        other = client.get(url, params={"decision_account": "DECISION_ACCOUNT_SUSPENDED"}).json()
        assert other["statement"]["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
        assert "decision_visibility" not in other["statement"], "what is named replaces the rest"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[review]\ndecision_visibilty = []", "review.decision_visibilty: Extra"),
        ("[hold]", "hold: Extra"),
        ('[all]\nterritorial_scope = ["US"]', "all.territorial_scope.0"),
        ('[all]\nterritorial_scope = [["EU"]]', "all.territorial_scope.0"),
        ("[all", "actions.toml"),
    ],
)
def test_a_wrong_file_is_told_before_anything_is_served(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "actions.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(StatementsError, match=r"actions\.toml") as told:
        load(file)
    assert words in str(told.value)


@pytest.fixture
def exporting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a shell beside the service above."""
    file = folder / "export.toml"
    file.write_text(FILE, "utf-8")
    monkeypatch.setenv("LUREWATCH_DATABASE", f"sqlite:///{folder / 'lurewatch.db'}")
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
    monkeypatch.setenv("LUREWATCH_STATEMENTS", str(file))
    return folder


def test_drafts_of_a_period_are_written_a_hundred_to_a_file(
    client: TestClient, exporting: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emptied(client)
    ads = [one["ad_id"] for one in score(client, *[f"{SURE} {TEXT} {i}" for i in range(104)])]
    say(client, *[{"ad_id": ad} for ad in ads[:101]])
    say(client, {"ad_id": ads[101], "kind": "recruitment"})  # no lure
    say(client, {"ad_id": ads[102]})
    say(client, {"ad_id": ads[102], "origin": "appeal", "overturned": True})  # taken back
    out = exporting / "drafts"
    assert main(["statements", "--since", today().isoformat(), "--out", str(out)]) == 0
    told = capsys.readouterr().err
    assert "drafts: 101, in" in told
    for reason in ("1, reviewers call it no lure", "1, taken back", "1, waits for a reviewer"):
        assert reason in told
    parts = [json.loads(path.read_text("utf-8")) for path in sorted(out.glob("*.json"))]
    assert [len(part["statements"]) for part in parts] == [100, 1]
    found = [StatementOfReasons.model_validate(one) for part in parts for one in part["statements"]]
    assert [one.puid for one in found] == ads[:101]
    notes = [json.loads(line) for line in (out / "assumed.jsonl").read_text("utf-8").splitlines()]
    assert [note["puid"] for note in notes] == ads[:101]
    assert "content_date" in notes[0]["assumed"]
    again = main(["statements", "--since", today().isoformat(), "--out", str(out)])
    assert again == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_period_has_both_its_days(client: TestClient, exporting: Path) -> None:
    emptied(client)
    (one,) = score(client, f"{SURE} {TEXT}")
    say(client, {"ad_id": one["ad_id"]})
    yesterday = (today() - timedelta(days=1)).isoformat()
    for name, until, drafts in (("before", yesterday, 0), ("with", today().isoformat(), 1)):
        out = exporting / name
        argv = ["statements", "--since", yesterday, "--until", until, "--out", str(out)]
        assert main(argv) == 0
        assert len(list(out.glob("statements-*.json"))) == drafts


def moved(client: TestClient, table: type[StoredAd | Feedback], ad_id: str, days: int) -> None:
    """Rows of an ad as if they had been written that many days ago."""
    column = table.id if table is StoredAd else Feedback.ad
    moment = now() - timedelta(days=days)

    def move(session: Session) -> None:
        session.execute(update(table).where(column == ad_id).values(created_at=moment))

    client.app.state.runtime().database.write_now(move)  # type: ignore[attr-defined]


def answered(client: TestClient, days: int) -> str:
    """The only ad, so many days ago."""
    emptied(client)
    (one,) = score(client, f"{SURE} {TEXT}")
    ad = str(one["ad_id"])
    moved(client, StoredAd, ad, days)
    return ad


def puids(folder: Path) -> list[str]:
    """Of all drafts there."""
    parts = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return [one["puid"] for part in parts for one in part["statements"]]


def drafts_of(folder: Path, since: int, until: int) -> list[str]:
    """Of the days from so many ago to so many ago."""
    out = folder / f"days_{since}_{until}_{len(list(folder.iterdir()))}"
    first, last = ((today() - timedelta(days=ago)).isoformat() for ago in (since, until))
    assert main(["statements", "--since", first, "--until", last, "--out", str(out)]) == 0
    return puids(out)


def test_a_decision_is_of_the_period_in_which_a_reviewer_confirmed_it(
    client: TestClient, exporting: Path
) -> None:
    ad = answered(client, 10)
    assert drafts_of(exporting, 12, 8) == [], "it waits"
    say(client, {"ad_id": ad})
    moved(client, Feedback, ad, 5)
    assert drafts_of(exporting, 12, 8) == [], "it restricted nothing in those days"
    assert drafts_of(exporting, 7, 3) == [ad]
    statement = ask(client, ad).json()["statement"]
    assert statement["application_date"] == (now().date() - timedelta(days=5)).isoformat()


def test_a_decision_that_is_confirmed_anew_is_of_the_later_period(
    client: TestClient, exporting: Path
) -> None:
    """While others differ it is in no drafts, and then it must not be lost."""
    ad = answered(client, 10)
    say(client, {"ad_id": ad})
    say(client, {"ad_id": ad, "kind": "recruitment", **REVIEWED})
    moved(client, Feedback, ad, 9)
    assert drafts_of(exporting, 12, 8) == [], "reviewers differ"
    say(client, {"ad_id": ad, "reviewer": "cleo", "origin": "second_review"})
    assert drafts_of(exporting, 12, 8) == []
    assert drafts_of(exporting, 7, 0) == [ad]


def test_a_clause_that_the_file_does_not_name_is_told(
    client: TestClient, exporting: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    emptied(client)
    (one,) = score(client, f"{NEAR} {TEXT}")
    say(client, {"ad_id": one["ad_id"]})
    file = exporting / "no_clause.toml"
    file.write_text(FILE.replace("incompatible_content_ground", "# "), "utf-8")
    monkeypatch.setenv("LUREWATCH_STATEMENTS", str(file))
    out = exporting / "none"
    assert main(["statements", "--since", today().isoformat(), "--out", str(out)]) == 2
    assert "[review] incompatible_content_ground: required" in capsys.readouterr().err
    assert not out.exists()
    monkeypatch.delenv("LUREWATCH_STATEMENTS")
    assert main(["statements", "--since", today().isoformat(), "--out", str(out)]) == 2
    assert "LUREWATCH_STATEMENTS" in capsys.readouterr().err
