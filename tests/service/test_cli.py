"""``python -m service`` from the shell."""

import io
import json
import logging
import socket
from pathlib import Path

import pytest

from service.__main__ import main
from tests.conftest import TinyRun
from tests.service.desk import KEY


@pytest.fixture(autouse=True)
def tiny(tiny_run: TinyRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tiny_run.bundle))


def score_stdin(source: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """Exit code of ``score -`` over these bytes."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(source)))
    return main(["score", "-"])


def test_a_file_is_scored_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"text": f"job {i}", "id": str(i)}) for i in range(150)]
    (tmp_path / "ads.jsonl").write_text("\n".join(lines) + "\n")
    assert main(["score", str(tmp_path / "ads.jsonl")]) == 0
    out, err = capsys.readouterr()
    results = [json.loads(line) for line in out.splitlines()]
    assert [result["id"] for result in results] == [str(i) for i in range(150)]
    assert "150ad" in err.replace(" ", "")


def test_a_wrong_line_keeps_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = b'{"text": "one"}\nnot json\n{"text": " "}\n{"text": "\xff"}\n'
    assert score_stdin(source, monkeypatch) == 1
    out, err = capsys.readouterr()
    answers = [json.loads(line) for line in out.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert answers[1]["line"] == 2
    assert "2 lines could not be scored" in err


def test_strict_stops(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ads.jsonl").write_text('{"text": "one"}\n{"text": 3}\n')
    assert main(["score", "--strict", str(tmp_path / "ads.jsonl")]) == 2
    assert "line 2: text: Input should be a valid string" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["score", "/nowhere/ads.jsonl"], "No such file"),
        (["nonsense"], "No such command"),
        (["serve", "--port", "99999"], "LUREWATCH_PORT: Input should be less than or equal"),
    ],
)
def test_what_cannot_be_done_is_said(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["feedback", "export", "--out", "labels"],
        ["transparency", "--year", "2026", "--out", "figures", "--service", "Ours"],
        ["statements", "--since", "2026-11-01", "--out", "drafts"],
        ["queue", "next"],
        ["incidents", "export", "--out", "incidents"],
        ["webhooks", "list"],
        ["webhooks", "dead"],
        ["keys", "list"],
        ["keys", "revoke", "key_1"],
        ["store", "check"],
        ["store", "prune"],
        ["label-studio", "export", "--out", "tasks.json"],
        ["reports", "read", "--key-file", "reports.key"],
    ],
    ids=lambda argv: " ".join(argv[:2]),
)
def test_what_is_read_from_a_database_that_is_not_there_makes_none(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A slip in its name would look like a store without labels."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "actions.toml").write_text("[review]", "utf-8")
    assert main(["reports", "new-key", "--out", "reports.key"]) == 0
    before = set(tmp_path.iterdir())
    monkeypatch.setenv("LUREWATCH_STATEMENTS", "actions.toml")
    monkeypatch.setenv("LUREWATCH_DATABASE", "sqlite:///missing.db")
    monkeypatch.setenv("LUREWATCH_DATA_DIR", "lurewatch-data")
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)
    capsys.readouterr()
    assert main(argv) == 2
    assert "no database is there yet" in capsys.readouterr().err
    assert set(tmp_path.iterdir()) == before
    monkeypatch.delenv("LUREWATCH_DATABASE")
    assert main(argv) == 2
    assert set(tmp_path.iterdir()) == before, "not the default one either, nor its key"


def test_a_misspelt_variable_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUREWATCH_PROT", "9")
    assert main(["openapi"]) == 2
    assert "LUREWATCH_PROT: no such setting" in capsys.readouterr().err


def test_no_bundle_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tmp_path))
    (tmp_path / "ads.jsonl").write_text('{"text": "one"}\n')
    assert main(["score", str(tmp_path / "ads.jsonl")]) == 2
    assert "is not a bundle" in capsys.readouterr().err


def test_a_blank_line_is_passed_over_and_counts_in_the_numbers_of_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = b'\xef\xbb\xbf{"text": "one"}\n\n{"text": "two"}\n \nx\n'
    assert score_stdin(source, monkeypatch) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["error" in answer for answer in answers] == [False, False, True]
    assert answers[2]["line"] == 5


def test_what_cannot_be_drawn_is_told_by_line_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ads = tmp_path / "ads.jsonl"
    ads.write_text('{"text": "one"}\n\n{"title": "two"}\n', "utf-8")
    assert main(["draw", str(ads), "--out", str(tmp_path / "page.html")]) == 2
    assert f"{ads}: line 3: text: " in capsys.readouterr().err


def test_a_port_that_another_listens_on_is_told_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        f"error: 127.0.0.1, port {port}: another program listens there; LUREWATCH_PORT or --port "
        "names another"
    )


def test_serve_says_in_one_line_that_there_is_no_bundle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tmp_path))
    kept = logging.root.handlers[:], logging.root.level
    try:
        assert main(["serve"]) == 2
    finally:
        logging.root.handlers[:], logging.root.level = kept
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}")


@pytest.mark.parametrize("out", ["nowhere/page.html", "."])
def test_a_page_that_cannot_be_written_is_told_before_anything_is_scored(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "no-such-file", "--out", out]) == 2
    assert f"--out {out}: name a file" in capsys.readouterr().err


def test_a_page_for_which_there_is_no_room_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ads.jsonl").write_text('{"text": "one"}\n')
    assert main(["draw", str(tmp_path / "ads.jsonl"), "--out", "/dev/full"]) == 2
    assert "--out /dev/full: No space left" in capsys.readouterr().err


def test_settings_are_listed_with_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings"]) == 0
    assert "LUREWATCH_MAX_QUEUED_CHARS  [500000]" in capsys.readouterr().out


def test_openapi_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert "/v1/score" in json.loads(capsys.readouterr().out)["paths"]
