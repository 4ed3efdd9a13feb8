"""Examples as training rows."""

import json
from pathlib import Path

import pytest

from service.__main__ import main
from tests.service.incidents.scene import HONEST, HOTELS, KEY, PARCELS, put, service
from training.corpus import loaders


def test_training_reads_what_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    monkeypatch.setenv("LUREWATCH_DATABASE", url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)
    out = tmp_path / "rows"
    with service(url) as client:
        assert main(["incidents", "export", "--out", str(out)]) == 2, "there is none yet"
        put(
            client, harms=["task_based_job_scam"],
            examples=[
                {"title": "Work", "text": HOTELS[0]},
                {"text": HOTELS[1], "language": "en-GB"},
            ],
            counter_examples=[HONEST, {"text": PARCELS, "kind": "lure"}],
        )  # fmt: skip
        put(client, "unlabelled", examples=[PARCELS])
    assert main(["incidents", "export", "--out", str(out)]) == 0
    assert "5 rows of 2 incidents" in capsys.readouterr().err
    rows = {row.id: row for row in loaders.shared(out)}
    first, second, honest, other, alone = rows.values()
    assert first.text == f"Work\n{HOTELS[0]}"
    assert second.language == "en-GB"
    assert first.harms == ("task_based_job_scam",)
    assert (honest.kind, honest.harms) == ("recruitment", ())
    assert (other.kind, other.harms) == ("lure", None), "a lure of another incident"
    assert alone.harms is None, "not labelled"
    assert {row.group for row in (first, second, honest, other)} == {"incidents:hotels"}
    assert all(row.spans is None for row in rows.values())
    assert (out / "incidents.jsonl").stat().st_mode & 0o077 == 0
    assert json.loads((out / "incidents.jsonl").read_text("utf-8").splitlines()[0])["source"] == (
        "incidents"
    )
    assert main(["incidents", "export", "--out", str(out)]) == 2, "never over another"
