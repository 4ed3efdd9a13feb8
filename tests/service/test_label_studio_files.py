"""``python -m service label-studio``: the labelling interface, tasks out, annotations in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models.labels import HARMS
from service.__main__ import main
from service.indicators import languages
from service.integrations.label_studio.controls import plain, read
from service.integrations.label_studio.labelling import labelling_config
from service.integrations.label_studio.tasks import Shown, shown_in
from service.store.tables import Feedback
from tests.conftest import TinyRun
from tests.service.desk import KEY, SHOWN, SIGN, desk, desk_settings, queue, score
from tests.service.labelling import annotation, chosen, marked, prediction, task
from training.retrain.labels import read_export

TEXT = f"😀😀 Fly out now, {SIGN}, ask +1 202 555 0143"
LURE = chosen("kind", "lure")

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database for commands and a service."""
    found = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    monkeypatch.setenv("LUREWATCH_DATABASE", found)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)
    return found


@pytest.fixture
def client(url: str) -> Iterator[TestClient]:
    with desk(desk_settings(url)) as client:
        yield client


def written(path: Path, value: Any) -> str:
    """A file of JSON; its name."""
    path.write_text(json.dumps(value), "utf-8")
    return str(path)


def words(client: TestClient) -> list[Feedback]:
    """All words, oldest first."""
    database = client.app.state.runtime().database  # type: ignore[attr-defined]
    rows = select(Feedback).order_by(Feedback.created_at, Feedback.id)
    found: list[Feedback] = database.read_now(lambda session: list(session.scalars(rows)))
    return found


@pytest.mark.parametrize("language", languages())
def test_the_interface_is_read_back_whole_in_every_language(language: str) -> None:
    found = read(labelling_config(language))
    assert found.missing == ()
    assert found.named() == {
        "text": "text", "kind": "kind", "harms": "harms", "indicators": "indicators",
    }  # fmt: skip


def test_the_interface_is_written_in_a_language(tmp_path: Path, capsys: Capture) -> None:
    assert main(["label-studio", "config", "--language", "fr"]) == 0
    shown = capsys.readouterr().out
    assert shown == labelling_config("fr") != labelling_config()
    assert main(["label-studio", "config", "--out", str(tmp_path / "a.xml")]) == 0
    assert (tmp_path / "a.xml").read_text("utf-8") == labelling_config()


@pytest.mark.parametrize(
    ("value", "name"),
    [("Task-based job scam ", "task_based_job_scam"), ("LURE", "lure"), ("مثال", "")],
)
def test_names_are_compared_without_case_and_signs(value: str, name: str) -> None:
    assert plain(value) == name


def test_a_project_of_ones_own_is_checked(tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own.xml"
    own.write_text(
        '<View><Text name="t" value="$post"/><Choices name="k" toName="t"><Choice value="Lure"/>'
        "</Choices></View>"
    )
    assert main(["label-studio", "check", str(own)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:4] == ["text: t", "kind: k", "harms: missing", "indicators: missing"]
    assert out[4].startswith("missing: in 'k': recruitment, ")
    own.write_text(own.read_text().replace("Choice", "Label").replace("Lure", "urgency"))
    assert main(["label-studio", "check", str(own)]) == 1, "no kind, so no labels"
    own.write_text("<View/>")
    assert main(["label-studio", "check", str(own)]) == 2
    assert "<Text>" in capsys.readouterr().err


def test_ads_of_a_file_become_tasks_that_are_filled_in(
    tmp_path: Path, tiny_run: TinyRun, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tiny_run.bundle))
    ads = [
        {"text": "Earn 90 USD a day from home", "title": "🛫 Work", "id": "a", "thread": ["Hi"]},
        {"text": "A desk for sale"},
    ]
    lines = [json.dumps(ads[0]), "not json", json.dumps(ads[1])]
    (tmp_path / "ads.jsonl").write_text("\n".join(lines), "utf-8")
    out = tmp_path / "tasks.json"
    argv = ["label-studio", "export", str(tmp_path / "ads.jsonl"), "--out", str(out)]
    assert main(argv) == 1, "a line was wrong"
    err = capsys.readouterr().err
    assert "line 2" in err
    assert "2 tasks in" in err
    assert out.stat().st_mode & 0o077 == 0, "it holds texts"
    tasks = json.loads(out.read_text("utf-8"))
    assert tasks[0]["data"]["text"] == "🛫 Work\nHi\nEarn 90 USD a day from home"
    assert shown_in(tasks[0]["data"], "text").ad.id == "a"
    for one in tasks:
        (predicted,) = one["predictions"]
        assert predicted["model_version"] == "tiny-1"
        assert 0 <= predicted["score"] <= 1
        assert predicted["result"][0]["from_name"] == "kind"
        for region in predicted["result"]:
            if region["type"] == "labels":
                value = region["value"]
                assert one["data"]["text"][value["start"] : value["end"]] == value["text"]


def test_the_queue_goes_out_as_tasks_and_comes_back_as_words(
    client: TestClient, tmp_path: Path, capsys: Capture
) -> None:
    score(client, {"text": TEXT, "id": "theirs", "title": "Work"}, {"text": "[-9] a desk"})
    assert main(["label-studio", "export", "--out", str(tmp_path / "tasks.json")]) == 0
    (out,) = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    text = out["data"]["text"]
    assert text == f"Work\n😀😀 Fly out now, {SIGN}, ask <phone>"
    (span,) = [
        one["value"]
        for one in out["predictions"][0]["result"]
        if SHOWN in one["value"].get("labels", [])
    ]
    assert text[span["start"] : span["end"]] == SIGN
    said = annotation(1, LURE, marked(text, "Work", "vague_duties"), marked(text, SIGN))
    file = written(tmp_path / "export.json", [task(out["data"], said)])
    assert main(["label-studio", "import", file]) == 0
    assert "1 kept" in capsys.readouterr().err
    assert queue(client) == []
    (word,) = words(client)
    assert word.external_id == "theirs"
    assert word.missed_spans == {"vague_duties": [{"field": "title", "start": 0, "end": 4}]}
    assert word.wrong_spans == {}, "what was shown is marked, in the field that it is of"


def test_an_ad_that_placeholders_made_too_long_goes_out_cut(
    client: TestClient, tmp_path: Path
) -> None:
    title, text = "write @abcd " * 41, ("write @abcd " * 1666)[: 20_000 - len(SIGN)] + SIGN
    score(client, {"text": text, "title": title}, {"text": f"later, {SIGN}"})
    assert main(["label-studio", "export", "--out", str(tmp_path / "tasks.json")]) == 0
    out = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    assert len(out) == 2
    long = next(one for one in out if "title" in one["data"]["ad"])
    assert len(long["data"]["ad"]["title"]) == 500
    assert len(long["data"]["ad"]["text"]) == 20_000
    marks = [one for one in long["predictions"][0]["result"] if one["type"] == "labels"]
    assert marks == [], "what was marked is cut off"
    said = annotation(1, LURE)
    file = written(tmp_path / "export.json", [task(long["data"], said)])
    assert main(["label-studio", "import", file]) == 0
    assert [word.ad for word in words(client)] == [long["data"]["ad_id"]]


def test_both_exports_say_the_same_and_what_came_before_counts_once(
    client: TestClient, tmp_path: Path, capsys: Capture
) -> None:
    harms = chosen("harms", HARMS[0], HARMS[4])
    one = annotation(1, LURE, harms, marked(TEXT, SIGN), marked(TEXT, "Fly", "urgency"))
    two = annotation(2, chosen("kind", "other"), completed_by=2, updated_at=None)
    skipped = annotation(3, was_cancelled=True, completed_by=3)
    whole = [task({"text": TEXT, "ours": "x"}, one, two, skipped), task({"text": "unseen"})]
    spans = [region["value"] for region in one["result"] if region["type"] == "labels"]
    least = [
        {
            "text": TEXT, "ours": "x", "id": 1, "kind": "lure", "indicators": spans,
            "harms": {"choices": [HARMS[0], HARMS[4]]}, "annotator": 1, "annotation_id": 1,
            "created_at": one["created_at"], "updated_at": one["updated_at"], "lead_time": 7.8,
        },
        {"text": TEXT, "ours": "x", "id": 1, "kind": "other", "annotator": 2, "annotation_id": 2},
        {"text": "unseen", "ours": "y", "id": 2, "annotator": None, "annotation_id": None},
    ]  # fmt: skip
    assert main(["label-studio", "import", written(tmp_path / "min.json", least)]) == 0
    assert "2 kept" in capsys.readouterr().err
    assert main(["label-studio", "import", written(tmp_path / "whole.json", whole)]) == 0
    err = capsys.readouterr().err
    assert "2 known" in err
    assert "1 skipped" in err
    assert "kept" not in err
    found = {word.kind: word for word in words(client)}
    assert found["lure"].harms == [HARMS[0], HARMS[4]]
    assert found["lure"].created_at.isoformat().startswith("2026-11-28T21:19:26")
    assert found["other"].about == found["lure"].about
    assert found["other"].reviewer != found["lure"].reviewer


def test_what_is_wrong_is_told_one_by_one_and_the_rest_is_kept(
    client: TestClient, tmp_path: Path, capsys: Capture
) -> None:
    entries = [
        task({"text": TEXT}, annotation(1, LURE), annotation(2), number=1),
        "no task",
        {"id": 3, "data": {"text": TEXT}},
        task({"body": TEXT}, annotation(4, LURE), number=4),
        task({"text": f"{TEXT}!"}, annotation(5, chosen("kind", "other")), number=5),
    ]
    assert main(["label-studio", "import", written(tmp_path / "export.json", entries)]) == 1
    err = capsys.readouterr().err
    for words_ in (
        "entry 1, annotation 2: no kind", "entry 2: no object", "entry 3: neither",
        "entry 4, annotation 4: data.text", "2 kept", "4 refused",
    ):  # fmt: skip
        assert words_ in err
    assert SIGN not in err
    assert [word.kind for word in words(client)] == ["lure", "other"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("{}", "no list of tasks"), ("[", "no JSON"), (None, "No such file")],
)
def test_a_file_that_is_no_export_is_told(
    url: str, tmp_path: Path, capsys: Capture, content: str | None, words: str
) -> None:
    file = tmp_path / "export.json"
    if content is not None:
        file.write_text(content)
    assert main(["label-studio", "import", str(file)]) == 2
    assert words in capsys.readouterr().err


def test_annotations_become_a_folder_for_training_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("LUREWATCH_DATA_DIR", str(tmp_path / "data"))
    began = prediction(marked(TEXT, "now", "urgency", id="lw-bundle-1-1"), model="bundle-1")
    entries = [
        task(
            {"text": TEXT},
            annotation(1, LURE, marked(TEXT, SIGN), prediction=began),
            annotation(2, LURE, marked(TEXT, SIGN), completed_by=2),
            number=1,
        ),
        task({"text": "A desk"}, annotation(3, chosen("kind", "other")), number=2),
    ]
    file = written(tmp_path / "export.json", entries)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        assert main(["label-studio", "import", file, "--out", str(folder)]) == 0
    one, two = (read_export(folder, None) for folder in folders)
    assert one == two, "the key of the installation hashes, whenever it is asked"
    assert sorted(row["kind"] for row in one.rows) == ["lure", "other"]
    (lure,) = [row for row in one.rows if row["kind"] == "lure"]
    assert lure["text"].endswith("ask <phone>")
    assert [span["indicator"] for span in lure["spans"]] == [SHOWN]
    assert lure["reviewers"] == 2
    assert len(one.words) == 3
    assert not (tmp_path / "data" / "lurewatch.db").exists()
    assert main(["label-studio", "import", file, "--out", str(folders[0])]) == 2
    assert "not empty" in capsys.readouterr().err


def test_pieces_of_a_span_belong_to_their_fields() -> None:
    shown = shown_in(
        {"text": "Work\nHi\nnow", "ad": {"title": "Work", "text": "now", "thread": ["Hi"]}}, "text"
    )
    assert isinstance(shown, Shown)
    found = [(one.field, one.start, one.end) for one in shown.pieces(2, 9)]
    assert found == [("title", 2, 4), ("thread/0", 0, 2), ("text", 0, 1)]
    assert list(shown.pieces(4, 5)) == [], "a line break between two fields is of neither"
