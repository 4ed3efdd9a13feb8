"""Labels out of the database, as ``datasets`` and training read them; the same from SQLite and from
PostgreSQL."""

import json
import stat
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from fastapi.testclient import TestClient
from sqlalchemy import update

from service.__main__ import main
from service.review.export.rows import spans_of
from service.review.spans import runs
from service.store import Database
from service.store.base import now
from service.store.tables import Feedback, StoredAd
from tests.service.desk import (
    HARM,
    KEY,
    SHOWN,
    SIGN,
    SURE,
    queue,
    say,
    score,
)
from training.__main__ import main as training
from training.corpus.loaders import shared
from training.corpus.row import Row, Span

PHONE = "+1 202 555 0143"
MULE = "money_mule_recruitment"

Export = Callable[..., Path]


@pytest.fixture
def export(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """The command; gives the folder that it made."""
    monkeypatch.setenv("LUREWATCH_DATABASE", url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)

    def run(*options: str, code: int = 0) -> Path:
        out = tmp_path / f"labels-{len(list(tmp_path.iterdir()))}"
        assert main(["feedback", "export", "--out", str(out), *options]) == code
        return out

    return run


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row.id.removeprefix("feedback:"): row for row in rows}


def read_dataset(folder: Path, tmp_path: Path, *name: str) -> list[dict[str, Any]]:
    return list(load_dataset(str(folder), *name, split="train", cache_dir=str(tmp_path / "cache")))


def test_training_and_datasets_read_the_folder_as_it_is(
    client: TestClient, export: Export, tmp_path: Path
) -> None:
    chat = {
        "id": "post-1", "title": "Join us", "text": f"{SURE} {SIGN}, call {PHONE}",
        "thread": ["hello", {"text": "who are you?", "role": "own"}],
        "platform": "dating", "surface": "chat", "author_id": "author-81",
    }  # fmt: skip
    lure, honest = (one["ad_id"] for one in score(client, chat, f"honest {SURE}"))
    along = {"text": f"another, {PHONE}", "platform": "other"}
    say(
        client,
        {"ad_id": lure, "harms": [HARM]},
        {"ad_id": honest, "kind": "recruitment"},
        {"ad": along, "kind": "about_lures", "origin": "sample"},
    )
    folder = export()
    rows = by_id(shared(folder))
    assert len(rows) == 3
    text = f"Join us\nhello\nwho are you?\n{SURE} {SIGN}, call <phone>"
    assert rows[lure] == Row(
        id=f"feedback:{lure}", text=text, language=rows[lure].language, kind="lure",
        harms=(HARM,), spans=None, group=f"feedback:{lure}", source="feedback",
        platform="dating", surface="chat",
    )  # fmt: skip
    assert (rows[honest].kind, rows[honest].harms) == ("recruitment", ())
    (other,) = rows.keys() - {lure, honest}
    assert (rows[other].text, rows[other].kind) == ("another, <phone>", "about_lures")
    assert not rows[lure].synthetic

    kept = {row["id"]: row for row in read_dataset(folder, tmp_path)}
    assert kept.keys() == rows.keys()
    assert (kept[lure]["text"], kept[lure]["harms"]) == (text, [HARM])
    assert kept[lure]["model"]
    assert kept[other]["score"] is None
    words = read_dataset(folder, tmp_path, "words")
    assert sorted(word["origin"] for word in words) == ["review", "review", "sample"]
    assert [row["id"] for row in lines(folder / "feedback.jsonl")] == sorted(rows)

    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in (b"555 0143", b"author-81", b'"ana"'):
        assert secret not in everything
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_training_prepares_it(client: TestClient, export: Export, tmp_path: Path) -> None:
    ads = [one["ad_id"] for one in score(client, *(f"job {i} {SIGN} {SURE}" for i in range(6)))]
    start = len("job 0 ")
    shown = {"field": "text", "start": start, "end": start + len(SIGN)}
    say(client, *({"ad_id": ad, "harms": [HARM], "wrong_spans": {}} for ad in ads))
    folder, data = export(), tmp_path / "data"
    given = ["prepare", "--without-written", "--shared", str(folder), "--out", str(data)]
    assert training(given) == 0
    from training.prepare import load

    dataset, lock = load(data)
    assert lock["sources"]["feedback"]["kinds"] == {"lure": 6}
    span = {"indicator": SHOWN, "start": shown["start"], "end": shown["end"]}
    assert all(row["spans"] == [span] for row in dataset)


def test_a_label_is_what_more_than_half_say_last(client: TestClient, export: Export) -> None:
    ads = [one["ad_id"] for one in score(client, *(f"{i} {SURE}" for i in range(5)))]
    settled, split, changed, harms, alone = ads
    say(
        client,
        {"ad_id": settled, "kind": "recruitment"}, {"ad_id": settled, "reviewer": "ben"},
        {"ad_id": settled, "reviewer": "eva"},
        {"ad_id": split, "kind": "recruitment"}, {"ad_id": split, "reviewer": "ben"},
        {"ad_id": changed, "kind": "other"}, {"ad_id": changed, "kind": "lure", "harms": [HARM]},
        {"ad_id": harms, "harms": [HARM, MULE]},
        {"ad_id": harms, "harms": [HARM], "reviewer": "ben"},
        {"ad_id": alone, "kind": "insufficient"},
    )  # fmt: skip
    folder = export()
    rows = by_id(shared(folder))
    assert {ad: rows[ad].kind for ad in rows} == {
        settled: "lure", changed: "lure", harms: "lure", alone: "insufficient",
    }  # fmt: skip
    assert rows[changed].harms == rows[harms].harms == (HARM,)
    assert rows[settled].harms is None  # a lure of which nobody said what it would lead to
    differing = {row["id"]: row for row in lines(folder / "reviewers" / "disagreements.jsonl")}
    assert differing.keys() == {settled, split, harms}
    assert [word["kind"] for word in differing[split]["words"]] == ["recruitment", "lure"]
    assert (differing[split]["agreed"], differing[settled]["agreed"]) == (None, "lure")
    assert differing[split]["text"] == f"1 {SURE}"
    card = (folder / "README.md").read_text("utf-8")
    assert "| labelled rows | 4 |" in card
    assert "none of their kinds has more than half | 1 |" in card
    assert "| words, of how many reviewers | 10, 3 |" in card
    assert "| ads that two or more judged; of these, all with the same kind | 3; 1 |" in card


def test_every_word_is_there_with_what_the_model_had_said(
    client: TestClient, export: Export, tmp_path: Path
) -> None:
    (result,) = score(client, f"a {SURE}")
    ad = {"ad_id": result["ad_id"]}
    say(client, {**ad, "kind": "other"}, {**ad, "wrong_spans": {}}, {**ad, "reviewer": "ben"})
    words = read_dataset(export(), tmp_path, "words")
    assert [(word["kind"], word["latest"], word["looked_at_spans"]) for word in words] == [
        ("other", False, False), ("lure", True, True), ("lure", True, False),
    ]  # fmt: skip
    assert len({word["reviewer"] for word in words}) == 2
    for word in words:
        assert (word["ad"], word["model"]) == (result["ad_id"], result["model"])
        assert (word["score"], word["decision"]) == (result["score"], result["decision"])
        assert word["created_at"].tzinfo is not None


def test_spans_are_labelled_only_by_those_who_looked_at_them(
    client: TestClient, export: Export
) -> None:
    ad = {"title": "Well paid", "text": f"{SIGN} and then {SIGN}, fly on Friday {SURE}"}
    ids = [one["ad_id"] for one in score(client, *[ad] * 4)]
    nobody, one, warning, overruled = ids
    (shown,) = queue(client)[0]["result"]["indicators"]
    first, second = shown["spans"]
    fly = ad["text"].index("fly")
    missed = {"departure_within_days": [{"field": "text", "start": fly, "end": fly + 13}],
              "pay_above_role": [{"field": "title", "start": 0, "end": 9}]}  # fmt: skip
    say(
        client,
        {"ad_id": nobody},
        {"ad_id": one, "wrong_spans": {SHOWN: [second]}, "missed_spans": missed},
        {"ad_id": warning, "kind": "about_lures", "wrong_spans": {}},
        # who looked is not of those who agree
        {"ad_id": overruled, "kind": "recruitment", "wrong_spans": {SHOWN: [first]}},
        {"ad_id": overruled, "reviewer": "ben"}, {"ad_id": overruled, "reviewer": "eva"},
    )  # fmt: skip
    rows = by_id(shared(export()))
    assert rows[nobody].spans is None
    assert rows[warning].spans == ()
    assert rows[overruled].spans is None
    spans = rows[one].spans
    assert spans is not None
    assert [(span.indicator, rows[one].text[span.start : span.end]) for span in spans] == [
        ("pay_above_role", "Well paid"), (SHOWN, SIGN), ("departure_within_days", "fly on Friday"),
    ]  # fmt: skip
    line = len("Well paid\n")
    assert spans[1] == Span(SHOWN, first["start"] + line, first["end"] + line)


def test_spans_of_several_who_looked_are_taken_together() -> None:
    def word(wrong: Any, missed: Any) -> Feedback:
        return Feedback(wrong_spans=wrong, missed_spans=missed)

    def at(start: int, end: int) -> dict[str, Any]:
        return {SHOWN: [{"field": "text", "start": start, "end": end}]}

    words = [word(at(4, 6), None), word({}, at(20, 25)), word(None, None)]
    found = spans_of(words, "lure", at(0, 10), {"text": 100})
    assert found is not None
    assert [(span["start"], span["end"]) for span in found] == [(100, 104), (106, 110), (120, 125)]
    assert runs([]) == []


def test_near_copies_share_a_group(client: TestClient, database: Database, export: Export) -> None:
    results = score(client, f"a {SURE}", f"a! {SURE}")
    database.write_now(lambda session: session.execute(update(StoredAd).values(campaign="cam_1")))
    say(client, *({"ad_id": one["ad_id"]} for one in results))
    assert {row.group for row in shared(export())} == {"feedback:cam_1"}


def test_since_takes_ads_that_were_spoken_of_since_with_all_words(
    client: TestClient, database: Database, export: Export
) -> None:
    old, new = (one["ad_id"] for one in score(client, f"a {SURE}", f"b {SURE}"))
    say(client, {"ad_id": old}, {"ad_id": new, "kind": "recruitment"})
    past = now() - timedelta(days=10)
    database.write_now(lambda session: session.execute(update(Feedback).values(created_at=past)))
    say(client, {"ad_id": new, "kind": "recruitment", "reviewer": "ben"})
    folder = export("--since", f"{now() - timedelta(days=2):%Y-%m-%d}")
    (row,) = lines(folder / "feedback.jsonl")
    assert (row["id"], row["reviewers"]) == (new, 2)
    assert len(by_id(shared(export()))) == 2


def test_one_format_is_enough(client: TestClient, export: Export, tmp_path: Path) -> None:
    say(client, {"ad": {"text": "a"}, "kind": "other"})
    folder = export("--format", "parquet")
    assert not list(folder.glob("*.jsonl"))
    assert len(read_dataset(folder, tmp_path)) == 1
    folder = export("--format", "jsonl")
    assert not list(folder.rglob("*.parquet"))
    assert len(shared(folder)) == len(lines(folder / "reviewers" / "words.jsonl")) == 1
    assert len(read_dataset(folder, tmp_path)) == 1


def test_pages_of_ads_lose_none(
    client: TestClient, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.review.export.reading.PAGE", 3)
    monkeypatch.setattr("service.review.export.files.ROWS", 2)
    say(client, *({"ad": {"text": f"text {i}"}, "kind": "other"} for i in range(9)))
    assert len(shared(export())) == 9


def test_nothing_is_overwritten_or_left_half_done(
    client: TestClient, export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not export(code=2).exists()
    assert "no feedback to export" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    say(client, {"ad": {"text": "a"}, "kind": "other"})
    full = tmp_path / "full"
    full.mkdir()
    assert main(["feedback", "export", "--out", str(full)]) == 0
    assert "1 labelled ads of 1, 1 words" in capsys.readouterr().err
    assert main(["feedback", "export", "--out", str(full)]) == 2
    (line,) = capsys.readouterr().err.splitlines()  # told before a bar begins
    assert "is not empty" in line


def test_without_pyarrow_it_says_what_to_do(
    client: TestClient, export: Export, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    say(client, {"ad": {"text": "a"}, "kind": "other"})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert not export(code=2).exists()
    assert "pip install 'lurewatch[export]', or use --format jsonl" in capsys.readouterr().err
    assert len(shared(export("--format", "jsonl"))) == 1
