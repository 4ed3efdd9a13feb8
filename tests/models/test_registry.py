"""Promotions that rest on something, roll-backs, and a history that cannot be altered unseen."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import bundle, digests
from models.errors import BundleDamaged, BundleMissing
from models.lineage import Lineage, Named
from models.registry import changes, evidence, history, show, verify
from models.registry.cli import main
from models.registry.errors import (
    NothingBefore,
    NotInRegistry,
    NotPassed,
    RegistryError,
    WrongEvidence,
)
from models.registry.evidence import Outcome
from models.registry.folder import Registry
from service.settings import Settings, unknown_variables
from tests.conftest import TinyRun

Make = Callable[..., Path]


@pytest.fixture
def make(tiny_run: TinyRun, tmp_path: Path) -> Make:
    """Copies of the small bundle under other names, each with its parent."""

    def made(name: str, parent: Path | None = None, folder: Path | None = None) -> Path:
        target = (folder or tmp_path / "elsewhere") / name
        shutil.copytree(tiny_run.bundle, target)
        manifest = bundle.read_manifest(target)
        before = None if parent is None else bundle.read_manifest(parent)
        lineage = Lineage(
            parent=None
            if before is None
            else bundle.named(before),
            code={}, recipe="0" * 64, data="0" * 64, sources={},
        )  # fmt: skip
        changed = manifest.model_copy(update={"name": name, "lineage": lineage})
        (target / bundle.MANIFEST).write_text(bundle.sealed(changed))
        return target

    return made


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    (tmp_path / "registry").mkdir()
    return Registry(tmp_path / "registry")


def report(
    folder: Path, out: Path, verdict: Outcome = "PROMOTE", against: Path | None = None
) -> Path:
    """A sealed report on a bundle."""
    judged, champion = (
        None if one is None else bundle.named(bundle.read_manifest(one))
        for one in (folder, against)
    )
    assert judged is not None
    evidence.write(evidence.seal(judged, champion, verdict, ["because"], {"n": 3}), out)
    return out


def test_a_promotion_rests_on_a_gate_or_on_a_reason(
    registry: Registry, make: Make, tmp_path: Path
) -> None:
    first, second = make("a-1"), make("a-2")
    with pytest.raises(NotPassed, match=r"--gate, or on a --reason"):
        changes.promote(registry, str(first), None, None)
    assert registry.champion() is None
    with pytest.raises(BundleMissing, match=r"models promote.*LUREWATCH_REGISTRY"):
        bundle.champion(registry.root)
    assert history.read(registry.root) == []
    changes.promote(registry, str(first), None, "the first one")
    gate = report(second, tmp_path / "gate.json", against=first)
    entry = changes.promote(registry, str(second), gate, None)
    assert (entry.before, entry.to) == ("a-1", "a-2")
    assert entry.gate is not None
    assert (registry.root / "gates" / f"{entry.gate.sha256}.json").is_file()
    assert bundle.champion(registry.root) == registry.root / "a-2"
    assert [one.reason for one in history.read(registry.root)] == ["the first one", None]
    assert verify.faults(registry) == []


@pytest.mark.parametrize("verdict", ["HOLD", "REJECT"])
def test_what_did_not_pass_needs_a_reason_that_is_kept(
    registry: Registry, make: Make, tmp_path: Path, verdict: Outcome
) -> None:
    folder = make("a-1")
    gate = report(folder, tmp_path / "gate.json", verdict)
    with pytest.raises(NotPassed, match=f"says {verdict}: because"):
        changes.promote(registry, str(folder), gate, None)
    entry = changes.promote(registry, str(folder), gate, "the board decided")
    assert entry.reason == "the board decided"
    assert entry.gate is not None
    assert entry.gate.verdict == verdict


def test_a_gate_speaks_of_one_bundle_and_one_champion(
    registry: Registry, make: Make, tmp_path: Path
) -> None:
    first, second, third = make("a-1"), make("a-2"), make("a-3")
    changes.promote(registry, str(first), None, "begin")
    other = report(second, tmp_path / "other.json", against=first)
    with pytest.raises(WrongEvidence, match="the gate judged a-2"):
        changes.promote(registry, str(third), other, None)
    stale = report(third, tmp_path / "stale.json", against=second)
    with pytest.raises(WrongEvidence, match="compared with a-2, the champion is a-1"):
        changes.promote(registry, str(third), stale, None)
    assert registry.champion() == "a-1"


def test_an_edited_report_is_refused(registry: Registry, make: Make, tmp_path: Path) -> None:
    folder = make("a-1")
    gate = report(folder, tmp_path / "gate.json", "REJECT")
    gate.write_text(gate.read_text().replace('"REJECT"', '"PROMOTE"'))
    with pytest.raises(WrongEvidence, match="was changed after it was written"):
        changes.promote(registry, str(folder), gate, None)
    gate.write_text("{}")
    with pytest.raises(WrongEvidence, match="is no gate report"):
        changes.promote(registry, str(folder), gate, None)


FIGURES = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.dictionaries(st.text(), FIGURES, max_size=5))
def test_a_report_reads_back_as_it_was_sealed(details: dict[str, object]) -> None:
    judged = Named(name="a", digest="0" * 64)
    sealed = evidence.seal(judged, None, "HOLD", ["ü", "\n"], details)
    told = json.loads(sealed.model_dump_json())
    assert told.pop("sha256") == digests.of_json(told)


def test_a_torn_bundle_does_not_become_champion(
    registry: Registry, make: Make, tmp_path: Path
) -> None:
    folder = make("a-1")
    with (folder / bundle.CALIBRATION).open("a") as stream:
        stream.write(" ")
    assert main(["promote", str(folder), "--reason", "why", "--registry", str(registry.root)]) == 2
    assert registry.champion() is None
    assert registry.names() == []


def spoil(folder: Path) -> None:
    """What a disk may do to one file."""
    with (folder / bundle.MODEL).open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\0" * 64)


def test_a_damaged_copy_gives_way_to_a_whole_one(registry: Registry, make: Make) -> None:
    first, second = make("a-1"), make("a-2")
    for folder in (first, second):
        changes.promote(registry, str(folder), None, "next")
    spoil(registry.root / "a-1")
    with pytest.raises(BundleDamaged, match=r"model\.onnx"):
        changes.promote(registry, "a-1", None, "by its name there is nothing to mend it with")
    assert registry.champion() == "a-2"
    changes.promote(registry, str(first), None, "the whole one")
    bundle.load(bundle.champion(registry.root))
    assert verify.faults(registry) == []
    assert sorted(p.name for p in registry.root.iterdir() if p.is_dir()) == ["a-1", "a-2"]


def test_a_whole_copy_stays_as_it_is(registry: Registry, make: Make) -> None:
    folder = make("a-1")
    changes.promote(registry, str(folder), None, "begin")
    before = (registry.root / "a-1" / bundle.MODEL).stat().st_ino
    changes.promote(registry, str(folder), None, "again")
    assert (registry.root / "a-1" / bundle.MODEL).stat().st_ino == before


def test_a_folder_of_another_name_in_the_registry_is_copied_under_its_own(
    registry: Registry, make: Make
) -> None:
    make("a-1").rename(registry.root / "put-here-by-hand")
    changes.promote(registry, "put-here-by-hand", None, "begin")
    assert bundle.load(bundle.champion(registry.root)).manifest.name == "a-1"


def test_promoting_the_champion_again_keeps_the_way_back(registry: Registry, make: Make) -> None:
    for name in ("a-1", "a-2"):
        changes.promote(registry, str(make(name)), None, "next")
    changes.promote(registry, "a-2", None, "to put the reason right")
    assert registry.previous() == "a-1"
    assert changes.prunable(registry, parents=0) == []
    assert changes.rollback(registry, "false alarms").to == "a-1"


def test_a_rollback_goes_to_the_champion_before_and_not_forth_again(
    registry: Registry, make: Make
) -> None:
    for name in ("a-1", "a-2", "a-3"):
        changes.promote(registry, str(make(name)), None, "next")
    assert changes.rollback(registry, "false alarms").to == "a-2"
    assert changes.rollback(registry, "these too").to == "a-1"
    with pytest.raises(NothingBefore, match="name one with --to"):
        changes.rollback(registry, "and now")
    assert changes.rollback(registry, "it was right", to="a-3").to == "a-3"
    with pytest.raises(NotInRegistry, match="has no bundle 'a-9'"):
        changes.rollback(registry, "typo", to="a-9")


def test_a_kill_before_the_pointer_moved_leaves_the_old_champion(
    registry: Registry, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes.promote(registry, str(make("a-1")), None, "begin")
    second = make("a-2")

    def killed(self: Registry, name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "point", killed)
        with pytest.raises(KeyboardInterrupt):
            changes.promote(registry, str(second), None, "cut short")
    assert registry.champion() == "a-1"
    assert "a change was cut short" in verify.faults(registry)[0]
    changes.promote(registry, "a-2", None, "again")
    assert verify.faults(registry) == []
    assert registry.previous() == "a-1"


def test_a_reason_may_hold_any_character(registry: Registry, make: Make) -> None:
    changes.promote(registry, str(make("a-1")), None, "first\u2028 line\x85")
    changes.promote(registry, str(make("a-2")), None, "again")
    assert [one.reason for one in history.read(registry.root)] == ["first\u2028 line\x85", "again"]
    assert verify.faults(registry) == []


def test_an_altered_history_is_told(registry: Registry, make: Make) -> None:
    for name in ("a-1", "a-2"):
        changes.promote(registry, str(make(name)), None, "because")
    path = registry.root / history.FILE
    whole = path.read_text()
    path.write_text(whole.replace("because", "whatever", 1))
    assert "line was altered or taken out" in verify.faults(registry)[0]
    path.write_text(whole.splitlines(keepends=True)[1])
    assert "line was altered or taken out" in verify.faults(registry)[0]
    path.write_text(whole + '{"number": 3')  # what a kill leaves
    assert verify.faults(registry) == []
    changes.rollback(registry, "goes on")
    assert [entry.number for entry in history.read(registry.root)] == [1, 2, 3]
    assert verify.faults(registry) == []


def test_a_damaged_file_and_a_lost_report_are_told(
    registry: Registry, make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make("a-1")
    changes.promote(registry, str(folder), report(folder, tmp_path / "g.json"), None)
    shutil.rmtree(registry.root / "gates")
    with (registry.root / "a-1" / bundle.CARD).open("a") as stream:
        stream.write("x")
    assert main(["verify", "--registry", str(registry.root)]) == 1
    told = capsys.readouterr().out
    assert "CARD.md" in told
    assert "No such file" in told


def test_one_fault_is_told_as_one(
    registry: Registry, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    card = make("a-1", folder=registry.root) / bundle.CARD
    card.write_text(card.read_text("utf-8") + "x", "utf-8")
    assert main(["verify", "a-1", "--registry", str(registry.root)]) == 1
    assert capsys.readouterr().err == "1 fault\n"


def test_prune_keeps_champion_parents_and_the_way_back(
    registry: Registry, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = None
    for name in ("a-1", "a-2", "a-3", "a-4"):
        parent = make(name, parent)
        changes.promote(registry, str(parent), None, "next")
    make("b-1", folder=registry.root)
    asked = ["prune", "--parents", "1", "--registry", str(registry.root)]
    assert main(asked) == 0
    assert capsys.readouterr().out.split() == ["a-1", "a-2", "b-1"]
    assert len(registry.names()) == 5, "without --apply nothing goes"
    assert main([*asked, "--apply"]) == 0
    assert registry.names() == ["a-3", "a-4"]
    assert history.read(registry.root)[-1].removed == ("a-1", "a-2", "b-1")
    assert changes.rollback(registry, "still there").to == "a-3"
    assert verify.faults(registry) == []


def test_list_show_and_diff_tell_where_a_bundle_comes_from(
    registry: Registry, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make("a-1")
    changes.promote(registry, str(first), None, "begin")
    make("a-2", first, folder=registry.root)
    where = ["--registry", str(registry.root)]
    assert main(["list", *where]) == 0
    _, one, two = capsys.readouterr().out.splitlines()
    assert one.split()[:2] == ["*", "a-1"]
    assert two.split()[0] == "a-2"
    assert "a-1" in two
    assert main(["show", "a-2", *where]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["parents"] == ["a-1"]
    assert told["lineage"]["parent"]["digest"] == bundle.digest(bundle.read_manifest(first))
    assert not told["champion"]
    found = show.diff(registry, "a-1", "a-2")
    assert set(found) == {"lineage.parent.name", "lineage.parent.digest"}
    assert main(["show", "nothing", *where]) == 2


def test_another_card_is_the_same_bundle(make: Make) -> None:
    folder = make("a-1")
    before = bundle.digest(bundle.read_manifest(folder))
    bundle.replace_card(folder, "# Another card\n")
    assert bundle.digest(bundle.read_manifest(folder)) == before


def test_the_environment_names_the_registry(
    registry: Registry, make: Make, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    make("a-1", folder=registry.root)
    monkeypatch.setenv("LUREWATCH_REGISTRY", str(registry.root))
    with pytest.raises(BundleMissing):
        Settings()
    assert main(["promote", "a-1", "--reason", "begin"]) == 0
    assert json.loads(capsys.readouterr().out)["to"] == "a-1"
    assert Settings().bundle_dir == registry.root / "a-1", "the service reads it too"
    assert unknown_variables(os.environ) == []


def test_a_registry_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="is no folder"):
        Registry(tmp_path / "none")


def test_the_exported_bundle_says_what_it_was_made_from(tiny_run: TinyRun) -> None:
    manifest = bundle.load(tiny_run.bundle).manifest
    assert manifest.lineage is not None
    assert manifest.lineage.parent is None
    assert manifest.lineage.data == manifest.data["sha256"]
    assert manifest.lineage.sources.keys() == manifest.data["sources"].keys()
    assert manifest.lineage.code["torch"]


def test_a_bundle_goes_to_mlflow_with_its_numbers(
    registry: Registry, make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    make("a-1", folder=registry.root)
    uri = (tmp_path / "mlruns").as_uri()
    asked = ["mlflow", "a-1", "--registry", str(registry.root), "--uri", uri]
    assert main([*asked, "--alias", "champion"]) == 0
    told = json.loads(capsys.readouterr().out)
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    version = client.get_model_version_by_alias("lurewatch", "champion")
    assert (int(version.version), version.run_id) == (1, told["run"])
    run = client.get_run(told["run"])
    manifest = registry.manifest("a-1")
    assert run.data.params["optimise.epochs"] == "2"
    assert run.data.metrics["bytes" if "bytes" in manifest.figures else "indicators.marked"] > 0
    assert version.tags["digest"] == bundle.digest(manifest)
    kept = {one.path for one in client.list_artifacts(told["run"], "bundle")}
    assert f"bundle/{bundle.MODEL}" in kept
