"""The whole job on small bundles: what it decides, what it writes, what a kill leaves."""

import base64
import csv
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from models import bundle
from models.registry import changes, evidence
from models.registry.folder import Registry
from tests.training.labelled import COINAGE, Small, ads, make_small, write_export
from tests.training.test_pipeline import same_weights
from training.__main__ import main
from training.fit import CHECKPOINT
from training.retrain.job import LOCK
from training.retrain.ledger import FILE

GENTLE = (
    "--set", "optimise.learning_rate=1e-4", "--set", "optimise.head_learning_rate=2e-3",
    "--set", "optimise.epochs=4",
)  # fmt: skip
"""A tenth of the rates that the champion was fitted with: it goes on learning, and forgets less."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return make_small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def coinage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels that teach what lures have come to say."""
    return write_export(tmp_path_factory.mktemp("coinage") / "export", ads("new", 90, 90, COINAGE))


@pytest.fixture(scope="module")
def whole(small: Small, coinage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A job that nothing disturbed."""
    out = tmp_path_factory.mktemp("jobs") / "whole"
    assert main(asked(small, coinage, out)) == 0
    return out


def asked(small: Small, feedback: Path, out: Path, *more: str) -> list[str]:
    return [
        "retrain", *GENTLE, "--feedback", str(feedback), "--base", str(small.bundle), "--encoder",
        str(small.base), "--shared", str(small.shared), "--without-written", "--floors",
        str(small.floors), "--name", "small-2", "--out", str(out), *more,
    ]  # fmt: skip


def ledger(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / FILE).read_text().splitlines()]


def test_what_lures_have_come_to_say_is_learnt_and_promoted(
    whole: Path, small: Small, tmp_path: Path
) -> None:
    verdict = evidence.read(whole / "6-evaluate" / "verdict.json")
    assert verdict.verdict == "PROMOTE"
    assert any(reason.startswith("new labels: right at") for reason in verdict.reasons)
    steps = [entry["step"] for entry in ledger(whole)]
    assert steps == ["collect", "screen", "mix", "fit", "export", "evaluate", "report"]
    assert all(entry["files"] for entry in ledger(whole))
    made = bundle.load(whole / "5-export" / "small-2").manifest
    assert made.figures["int8"]["rounding"] == "compensated"
    assert made.lineage is not None
    assert made.lineage.parent is not None
    before = bundle.read_manifest(small.bundle)
    assert made.lineage.parent.digest == bundle.digest(before)
    assert made.lineage.sources["feedback"] == 180
    told = (whole / "7-report" / "report.md").read_text()
    assert told.startswith("# PROMOTE: small-2")
    assert "made from small-1" in (whole / "7-report" / "CHANGELOG.md").read_text()
    assert "glassbead" not in told, "no text of an ad"
    (tmp_path / "registry").mkdir()
    registry = Registry(tmp_path / "registry")
    changes.promote(registry, str(small.bundle), None, "begin")
    gate = whole / "6-evaluate" / "verdict.json"
    changes.promote(registry, str(whole / "5-export" / "small-2"), gate, None)
    assert registry.champion() == "small-2"
    assert registry.parents("small-2") == ["small-1"]


def test_what_is_done_is_not_done_again(
    whole: Path, small: Small, coinage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (whole / FILE).read_text()
    assert main(asked(small, coinage, whole)) == 0
    assert (whole / FILE).read_text() == before
    told = capsys.readouterr()
    assert told.out.startswith("PROMOTE\n- ")
    assert told.err.count(": done on ") == 7


def job(argv: Sequence[str]) -> None:
    """In a process of its own."""
    raise SystemExit(main(argv))


def test_a_killed_job_goes_on_to_the_same_weights(
    whole: Path, small: Small, coinage: Path, tmp_path: Path
) -> None:
    out = tmp_path / "killed"
    process = multiprocessing.get_context("spawn").Process(
        target=job, args=(asked(small, coinage, out),)
    )
    process.start()
    deadline = time.monotonic() + 600
    done = out / "4-fit" / CHECKPOINT / "progress.json"
    while not done.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert [entry["step"] for entry in ledger(out)] == ["collect", "screen", "mix"]
    assert main(asked(small, coinage, out, "--until", "fit")) == 0
    entries = {entry["step"]: entry for entry in ledger(out)}
    assert list(entries) == ["collect", "screen", "mix", "fit"], "nothing was done twice"
    assert len(ledger(out)) == 4
    undisturbed = {entry["step"]: entry for entry in ledger(whole)}
    for step in ("collect", "mix"):
        told, other = entries[step]["told"], undisturbed[step]["told"]
        assert told == other, step
    assert same_weights(out / "4-fit" / "fitted", whole / "4-fit" / "fitted")


def test_lures_called_honest_are_refused(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ads("poison", 120, 30)
    poison = write_export(tmp_path / "poison", rows, lambda *_: "recruitment", reviewers=["one"])
    assert main(asked(small, poison, tmp_path / "job")) == 4
    told = capsys.readouterr().out
    assert told.startswith("REJECT\n")
    assert "labels are likely wrong, and nobody decided" in told
    assert "worse beyond chance" in told
    report = (tmp_path / "job" / "7-report" / "report.md").read_text()
    assert report.startswith("# REJECT: small-2")
    assert "models promote" not in report
    # What a person decides reaches the verdict of a job that is done, though no file of the mix
    # changes by it.
    assert main(asked(small, poison, tmp_path / "job", "--max-unsettled", "1")) == 4
    assert "labels are likely wrong" not in capsys.readouterr().out
    steps = [entry["step"] for entry in ledger(tmp_path / "job")]
    assert steps[7:] == ["mix", "evaluate", "report"], "and nothing is fitted again for it"
    again = (tmp_path / "job" / "7-report" / "report.md").read_text()
    assert "labels are likely wrong" not in again


def test_one_reviewer_who_calls_lures_honest_is_listed_and_holds(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others' labels stand; nothing is taken out before somebody says so."""
    export = write_export(
        tmp_path / "export", ads("mixed", 60, 60),
        lambda who, row: "recruitment" if who == "r3" else row["kind"],
    )  # fmt: skip
    out = tmp_path / "job"
    assert main(asked(small, export, out, "--until", "screen")) == 0
    rows = list(csv.DictReader((out / "2-screen" / "issues.csv").read_text().splitlines()))
    flagged = [row["id"] for row in rows if row["id"].startswith("reviewer:")]
    assert flagged == ["reviewer:r3"]
    assert sum(row["check"] == "reviewers_differ" for row in rows) == 40
    assert main(asked(small, export, out, "--until", "mix")) == 0
    mixed = ledger(out)[-1]["told"]
    assert isinstance(mixed, dict)
    assert mixed["left out"] == {}
    assert any("reviewer:r3 stands out" in concern for concern in mixed["concerns"])
    decided = tmp_path / "decided.csv"
    decided.write_text("id,decision\nreviewer:r3,exclude\n")
    assert main(asked(small, export, out, "--until", "mix", "--decisions", str(decided))) == 0
    assert [entry["step"] for entry in ledger(out)] == ["collect", "screen", "mix", "mix"]
    again = ledger(out)[-1]["told"]
    assert isinstance(again, dict)
    assert not any("reviewer:r3" in concern for concern in again["concerns"])
    fates = list(csv.DictReader((out / "3-mix" / "labels.csv").read_text().splitlines()))
    assert len(fates) == 80
    assert {row["split"] for row in fates} == {"train", "calibration", "test"}


def test_a_dry_run_counts_and_writes_nothing(
    small: Small, coinage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "jobs" / "dry"
    assert main(asked(small, coinage, out, "--dry-run")) == 0
    printed, words = capsys.readouterr()
    assert "plan: 100%" in words
    told = json.loads(printed)
    assert told["by kind"] == {"lure": 90, "recruitment": 90}
    assert told["by reviewer"] == {"r1": 120, "r2": 120, "r3": 120}
    assert told["by language"] == {"en": 90, "es": 90}
    assert told["steps"][-1] == "report"
    assert told["batches"] > 0
    assert told["seconds a batch"] is not None
    assert list(tmp_path.iterdir()) == []


def test_two_jobs_at_once_are_refused(
    small: Small, coinage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FileLock(tmp_path / LOCK):
        assert main(asked(small, coinage, tmp_path / "job")) == 2
    assert "another retraining holds" in capsys.readouterr().err
    assert not (tmp_path / "job").exists()


def test_labels_come_out_of_the_services_database(small: Small, tmp_path: Path) -> None:
    """By the service's own export: no password on a command line, no table known to training."""
    from fastapi.testclient import TestClient

    from service.app import create_app
    from service.settings import Settings

    url = f"sqlite:///{tmp_path / 'ads.db'}"
    words = [
        {"ad": {"text": row["text"]}, "kind": row["kind"], "reviewer": name, "origin": "sample"}
        for row in ads("db", 6, 6)
        for name in ("one", "two")
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUREWATCH_SECRET_KEY", base64.b64encode(bytes(32)).decode())
        settings = Settings(bundle_dir=small.bundle, database=url)
        with TestClient(create_app(settings)) as client:
            answer = client.post("/v1/feedback", json={"feedback": words})
            assert answer.status_code < 300, answer.text
        argv = asked(small, Path("-"), tmp_path / "job", "--until", "collect")
        argv[argv.index("--feedback") + 1] = url
        assert main(argv) == 0
    (entry,) = ledger(tmp_path / "job")
    told = entry["told"]
    assert isinstance(told, dict)
    assert told["by kind"] == {"lure": 6, "recruitment": 6}
    assert len(told["by reviewer"]) == 2


def test_the_fit_runs_on_the_processes_that_a_launcher_starts(
    small: Small, coinage: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shorter = ("--set", "optimise.epochs=1", "--until", "fit")
    launcher = f"{sys.executable} -m torch.distributed.run --nproc_per_node 2"
    out = tmp_path / "two"
    assert main(asked(small, coinage, out, *shorter, "--launcher", launcher)) == 0
    assert len((out / "4-fit" / "metrics.jsonl").read_text().splitlines()) == 1
    assert (out / "4-fit" / "fitted" / "model.safetensors").is_file()
    assert ledger(out)[-1]["step"] == "fit"
    capfd.readouterr()
    for broken, words in (("false", "ended with 1"), ("no-such-launcher", "there is no no-such")):
        other = tmp_path / broken
        assert main(asked(small, coinage, other, *shorter, "--launcher", broken)) == 2
        assert words in capfd.readouterr().err
