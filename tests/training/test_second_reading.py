"""Corrections change what they say, are counted, and change nothing where one is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from training.corpus import store
from training.corpus.amend import amend, was_read
from training.errors import CorpusError

TEXTS: dict[str, Any] = {
    "a-1-001": ("lure", "Packers at home. Send ⟦upfront_fee|a small kit fee⟧ today."),
    "a-1-002": ("recruitment", "Packers in our hall, ⟦urgency|no fee⟧ at all."),
    "seed-x-1": ("lure", "Type for us, come as a tourist."),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drafts = [
        {
            "n": int(id.rpartition("-")[2]), "twin": None, "language": "en-GB", "kind": kind,
            "harms": ["advance_fee_job_scam"] if kind == "lure" else [], "platform": "social",
            "surface": "post", "register": "informal", "text": text, "note": "",
        }
        for id, (kind, text) in TEXTS.items()
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, drafts[:2])))
    (tmp_path / "x.jsonl").write_text(json.dumps(drafts[2]))
    written = tmp_path / "written"
    written.mkdir()
    store.put_drafts(tmp_path / "a.jsonl", "a-1", written)
    store.put_drafts(tmp_path / "x.jsonl", "seed-x", written)
    lines = (written / "en.jsonl").read_text().splitlines()
    seed = json.loads(lines[2]) | {"spans": None}
    (written / "en.jsonl").write_text("\n".join([*lines[:2], json.dumps(seed)]) + "\n")
    return written


def run(folder: Path, *corrections: dict[str, Any]) -> dict[str, Any]:
    path = folder.parent / "en-2nd.jsonl"
    path.write_text("\n".join(map(json.dumps, corrections)))
    return amend(path, ["a-1", "seed-x"], folder=folder, reviews=folder.parent / "reviews.json")


def texts(folder: Path) -> dict[str, dict[str, Any]]:
    lines = (folder / "en.jsonl").read_text().splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def test_corrections_are_applied_and_counted(folder: Path) -> None:
    told = run(
        folder,
        {"id": "a-1-001", "text": "Pack soap. Send ⟦upfront_fee|the fee⟧ ⟦urgency|now⟧.",
         "harms": ["advance_fee_job_scam", "employer_impersonation"]},
        {"id": "a-1-002", "unmark": [["urgency", "no fee"]], "why": "a denial"},
        {"id": "seed-x-001", "mark": [["no_work_permit", "as a tourist"]]},
    )  # fmt: skip
    assert {k: told[k] for k in ("texts", "kind", "harms", "marks", "wording")} == {
        "texts": 3, "kind": 0, "harms": 1, "marks": 2, "wording": 1,
    }  # fmt: skip
    now = texts(folder)
    assert now["a-1-001"]["text"] == "Pack soap. Send the fee now."
    assert now["a-1-002"]["spans"] == []
    assert now["seed-x-001"]["spans"] == [{"indicator": "no_work_permit", "start": 18, "end": 30}]
    assert json.loads((folder.parent / "reviews.json").read_text())["en-2nd"]["batches"] == [
        "a-1", "seed-x",
    ]  # fmt: skip


def test_another_kind_takes_marks_and_harms_along(folder: Path) -> None:
    run(folder, {"id": "a-1-001", "kind": "about_lures"})
    row = texts(folder)["a-1-001"]
    assert (row["kind"], row["harms"], row["spans"]) == ("about_lures", [], [])


def test_nothing_changes_where_one_is_wrong(folder: Path) -> None:
    before = texts(folder)
    with pytest.raises(CorpusError) as refused:
        run(
            folder,
            {"id": "a-1-001", "kind": "recruitment"},
            {"id": "a-1-009"},
            {"id": "a-1-001", "mark": [["urgency", "not there"]]},
            {"id": "a-1-001", "mark": [["nonsense", "today"]]},
            {"id": "a-1-002", "unmark": [["urgency", "at all"]]},
            {"id": "a-1-002", "kin": "lure"},
        )
    told = str(refused.value)
    for part in ("no text has the id 'a-1-009'", "'not there' does not stand", "'nonsense'",
                 "'at all' is not marked urgency", "unknown fields ['kin']"):  # fmt: skip
        assert part in told
    assert texts(folder) == before


def test_a_review_that_covers_nothing_or_stands_already_is_refused(folder: Path) -> None:
    path = folder.parent / "x.jsonl"
    path.write_text(json.dumps({"id": "a-1-001", "kind": "about_lures"}))
    reviews = folder.parent / "reviews.json"
    before = texts(folder)
    for read, file, told in (
        (["a1"], None, "no text is of a1"),
        (["a-1"], "enn", "in enn"),
        ([], None, "no text"),
        (["seed-x"], None, "'a-1-001' is of no batch that was read"),
    ):
        with pytest.raises(CorpusError, match=told):
            amend(path, read, file, folder=folder, reviews=reviews)
    assert texts(folder) == before
    amend(path, ["a-1"], folder=folder, reviews=reviews)
    with pytest.raises(CorpusError, match="'x' already"):
        amend(path, ["a-1"], folder=folder, reviews=reviews)


def test_words_that_stand_twice_need_more_words(folder: Path) -> None:
    run(folder, {"id": "a-1-001", "text": "Pay today. Come today."})
    path = folder.parent / "more.jsonl"
    path.write_text(json.dumps({"id": "a-1-001", "mark": [["urgency", "today"]]}))
    with pytest.raises(CorpusError, match="stands twice"):
        amend(path, ["a-1"], folder=folder, reviews=folder.parent / "reviews.json")


def test_a_review_covers_the_language_file_that_was_read() -> None:
    assert was_read("a-1-001", "en-NG", ["a-1"], None)
    assert was_read("a-1-001", "en-NG", ["a-1"], "en")
    assert not was_read("a-1-002", "hi-Latn", ["a-1"], "en")
    assert was_read("a-1-003", "zh-TW-Hant", ["a-1"], "zh-Hant")
    assert not was_read("b-1-001", "en", ["a-1"], "en")
    assert was_read("b-1-001", "en", ["a-1", "b-1-001"], None)
    assert not was_read("b-1-002", "en", ["a-1", "b-1-001"], None)
