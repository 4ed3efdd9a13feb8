"""What the README and the guides show is typed into a shell, against the shipped bundle, and
answered as they say."""

from functools import cache
from pathlib import Path

import pytest

from tests.sessions import DOCUMENTS, Ran, Session, run, runs_of, sessions_of
from tests.shown import differences

GROUPS = [group for path in DOCUMENTS for group in runs_of(sessions_of(path))]
SESSIONS = [(one, i) for i, group in enumerate(GROUPS) for one in group if one.what == "session"]


@cache
def ran(group: int) -> dict[str, Ran]:
    """Once for all sessions of a service."""
    return run(GROUPS[group])


def test_names_are_given_once() -> None:
    names = [one.id for one, _ in SESSIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("session", "group"), SESSIONS, ids=[one.id for one, _ in SESSIONS])
def test_a_session_goes_as_it_is_shown(session: Session, group: int) -> None:
    found = ran(group)
    assert session.id in found, "a session before it failed"
    done = found[session.id]
    assert done.code == 0, done.err
    if session.shown is not None:
        assert session.shown_form is not None
        assert differences(session.shown_form, session.shown, done.out) == [], done.out


@pytest.mark.parametrize(
    ("form", "shown", "given", "same"),
    [
        ("json", '{"score": 0.99}', '{"score": 0.96}', True),
        ("json", '{"score": 0.99}', '{"score": 0.9}', False),
        ("json", '{"score": 1}', '{"score": 2}', False),  # a count is exact
        ("json", '{"id": "ad_…"}', '{"id": "ad_1f"}', True),
        ("json", '{"id": "ad_…"}', '{"id": "sub_1f"}', False),
        ("json", '{"a": 1}', '{"a": 1, "b": 2}', False),
        ("json", '{"a": 1, "…": "…"}', '{"a": 1, "b": 2}', True),
        ("json", '{"a": 1, "…": "…"}', '{"b": 2}', False),
        ("json", "[1, 2]", "[1, 2, 3]", False),
        ("json", '[1, 2, "…"]', "[1, 2, 3]", True),
        ("json", '[1, 2, "…"]', "[1]", False),
        ("json", '{"flagged": true}', '{"flagged": 1}', False),
        ("json", '{"a": null}', '{"a": 0}', False),
        ("json", '{"a": 1}\n{"a": 2}', '{"a": 1}\n{"a": 2}\n', True),
        ("json", '{"a": 1}', "not json", False),
        ("text", "review 0.95", "review 0.97", True),
        ("text", "review 0.95", "review 0.80", False),
        ("text", "review 0.95", "nudge 0.95", False),
        ("text", "a\n…\nd", "a\nb\nc\nd", True),
        ("text", "a\n…\nd", "a\nb\nc", False),
        ("text", "…\nd\n…", "a\nd\ne", True),
        ("text", "…\nx\n…", "a\nd\ne", False),
        ("text", "in … seconds", "in 4 seconds", True),
        ("text", "a", "a\nb", False),
    ],
)
def test_an_answer_is_told_from_another(form: str, shown: str, given: str, same: bool) -> None:
    assert (differences(form, shown, given) == []) == same


def test_a_marker_without_its_block_is_found(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    document.write_text("<!-- session: lost -->\n\n```sh\ntrue\n```\n", "utf-8")
    with pytest.raises(ValueError, match="before no fenced block"):
        sessions_of(document)


def test_sessions_of_one_document_and_setting_share_a_service(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    block = "```sh\ntrue\n```\n\n"
    kept = "LUREWATCH_REVIEW_QUEUE=true"
    document.write_text(
        f"<!-- session: one -->\n{block}<!-- file: a.toml -->\n```toml\nx = 1\n```\n\n"
        f"<!-- session: two {kept} -->\n{block}<!-- session: three -->\n{block}",
        "utf-8",
    )
    names = [[one.name for one in group] for group in runs_of(sessions_of(document))]
    assert names == [["one", "three"], ["a.toml", "two"]]
