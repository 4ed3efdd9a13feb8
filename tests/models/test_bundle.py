"""A bundle serves whole or not at all."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from pydantic import ValidationError

from models import bundle, trained_on
from models.errors import BundleDamaged, BundleError, BundleMismatch, BundleMissing
from tests.conftest import TinyRun
from tests.manifests import edit


@pytest.fixture
def copy(tiny_run: TinyRun, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_run.bundle, tmp_path / "copy")


def test_a_whole_bundle_loads(copy: Path) -> None:
    assert bundle.load(copy).manifest.name == "tiny-1"


FORMS = {bundle.PIECES, bundle.PLAIN_PIECES}
FILES = [name for name in (*bundle.FILES, *bundle.SOME) if name not in FORMS]
"""Of the small bundle, whose tokeniser has no smaller form."""


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(BundleDamaged, match=f"{name}: SHA-256"):
        bundle.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_torn_file_is_refused(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleDamaged, match="the copy is torn"):
        bundle.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleDamaged, match=f"{name} is missing"):
        bundle.load(copy)


def test_a_folder_without_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match="is not a bundle"):
        bundle.load(tmp_path)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda m: m.update(format=99), BundleMismatch, "format is 99"),
        (lambda m: m.update(rendering=0), BundleMismatch, "rendering is 0"),
        (lambda m: m["kinds"].reverse(), BundleMismatch, "kinds is"),
        (lambda m: m["files"].pop(bundle.MODEL), BundleDamaged, "no entry for model.onnx"),
        (lambda m: m.pop("limits"), BundleDamaged, "limits: Field required"),
        (lambda m: m.update(name="../up"), BundleDamaged, "name: String should match"),
    ],
)
def test_a_manifest_that_does_not_fit(
    copy: Path, change: Callable[[dict[str, Any]], Any], error: type[BundleError], words: str
) -> None:
    edit(copy, change)
    with pytest.raises(error, match=words):
        bundle.load(copy)


@pytest.mark.parametrize("field", ["name", "precision", "limits"])
def test_a_manifest_that_was_changed_is_refused(copy: Path, field: str) -> None:
    path = copy / bundle.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    changed = {"window_tokens": 64, "overlap_tokens": 2} if field == "limits" else "another"
    path.write_text(json.dumps(manifest | {field: changed}), "utf-8")
    with pytest.raises(BundleDamaged, match="changed since its digest was taken"):
        bundle.load(copy)


def rewritten(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """The manifest as an editor leaves it: its digests stay what they were."""
    path = folder / bundle.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["figures"]["int8"].update(score_change_p99=0.0001),
        lambda m: m["figures"].pop("int8"),
        lambda m: m["figures"].update(more=float("nan")),
        lambda m: m["lineage"].update(data="0" * 64),
        lambda m: m["data"].update(sha256="0" * 64),
        lambda m: m.update(created="2020-01-01"),
        lambda m: m.update(encoder="another"),
    ],
)
def test_what_gates_and_lineage_rest_on_is_sealed_too(
    copy: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    before = bundle.digest(bundle.read_manifest(copy))
    rewritten(copy, change)
    given = bundle.Manifest.model_validate_json((copy / bundle.MANIFEST).read_bytes())
    assert bundle.digest(given) == before, "it answers the same"
    with pytest.raises(BundleDamaged, match="changed since its digest was taken"):
        bundle.load(copy)


@pytest.mark.parametrize("field", ["digest", bundle.WHOLE])
@pytest.mark.parametrize("format", [4, 5])
def test_a_sealed_format_without_a_digest_is_refused(copy: Path, field: str, format: int) -> None:
    rewritten(copy, lambda manifest: (manifest.update(format=format), manifest.pop(field)))
    with pytest.raises(BundleDamaged, match=f"its digests are missing, which format {format} has"):
        bundle.load(copy)


@pytest.mark.parametrize("format", [1, 2, 3])
def test_older_formats_need_no_digests_and_get_no_field_that_they_did_not_have(
    copy: Path, format: int
) -> None:
    edit(copy, lambda manifest: manifest.update(format=format))
    assert bundle.load(copy).manifest.manifest_sha256 is None
    bundle.replace_card(copy, "# Another card\n")
    told = json.loads((copy / bundle.MANIFEST).read_text("utf-8"))
    assert bundle.WHOLE not in told
    assert told["digest"] == bundle.digest(bundle.load(copy).manifest)


def test_a_layout_of_the_same_manifest_is_no_change(copy: Path) -> None:
    rewritten(copy, lambda manifest: None)
    bundle.load(copy)


def test_another_card_leaves_the_digest(copy: Path) -> None:
    before = bundle.read_manifest(copy)
    bundle.replace_card(copy, "# Another card\n")
    after = bundle.load(copy).manifest
    assert after.digest == before.digest == bundle.digest(after)


def test_a_manifest_that_is_not_json(copy: Path) -> None:
    (copy / bundle.MANIFEST).write_bytes(b"\x80\x04pickle")
    with pytest.raises(BundleDamaged, match="Invalid JSON"):
        bundle.load(copy)


def test_a_tokenizer_that_unpacks_without_end(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_TOKENIZER_BYTES", 1000)
    with pytest.raises(BundleDamaged, match="unpacks to more than 1000 bytes"):
        bundle.unpack_tokenizer(copy / bundle.TOKENIZER)


def test_a_pickle_in_place_of_a_tokenizer_is_not_run(copy: Path, tmp_path: Path) -> None:
    hostile = b"cos\nsystem\n(S'touch " + str(tmp_path / "ran").encode() + b"'\ntR."
    packed = gzip.compress(hostile)
    (copy / bundle.TOKENIZER).write_bytes(packed)

    def declare(manifest: dict[str, Any]) -> None:
        entry = {"sha256": hashlib.sha256(packed).hexdigest(), "bytes": len(packed)}
        manifest["files"][bundle.TOKENIZER] = entry

    edit(copy, declare)
    with pytest.raises(BundleDamaged):
        bundle.load(copy)
    assert not (tmp_path / "ran").exists()


def test_weights_in_another_file_are_refused(copy: Path) -> None:
    """Their digest is in no manifest."""
    table = onnx.numpy_helper.from_array(np.zeros((4, 4), np.float32), "t")
    onnx.external_data_helper.set_external_data(table, "outside.bin")
    table.ClearField("raw_data")
    graph = onnx.helper.make_graph([], "g", [], [], [table])
    content = onnx.helper.make_model(graph).SerializeToString()
    (copy / bundle.MODEL).write_bytes(content)
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    edit(copy, lambda manifest: manifest["files"].update({bundle.MODEL: entry}))
    with pytest.raises(BundleDamaged, match="keeps weights in another file"):
        bundle.load(copy).read_model()
    with pytest.raises(BundleDamaged, match="keeps weights in another file"):
        bundle.load(copy).read_light_model()


def test_a_graph_changed_after_the_check_is_refused(copy: Path) -> None:
    loaded = bundle.load(copy)
    (copy / bundle.MODEL).write_bytes(b"other")
    for read in (loaded.read_model, loaded.read_light_model):
        with pytest.raises(BundleDamaged, match="changed after it was checked"):
            read()


def test_a_graph_that_is_none_is_told(copy: Path) -> None:
    content = b"\x3a\xff\xff\xff\xff\x0f"  # a field of four thousand million bytes
    (copy / bundle.MODEL).write_bytes(content)
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    edit(copy, lambda manifest: manifest["files"].update({bundle.MODEL: entry}))
    with pytest.raises(BundleDamaged, match="is no ONNX graph: the field at byte 0 does not end"):
        bundle.load(copy).read_light_model()


def test_a_torn_packing_is_damage(copy: Path) -> None:
    packed = bytearray((copy / bundle.TOKENIZER).read_bytes())
    packed[20:400] = bytes(380)
    (copy / bundle.TOKENIZER).write_bytes(packed)
    entry = {"sha256": hashlib.sha256(packed).hexdigest(), "bytes": len(packed)}
    edit(copy, lambda manifest: manifest["files"].update({bundle.TOKENIZER: entry}))
    with pytest.raises(BundleDamaged):
        bundle.load(copy)


@pytest.mark.parametrize("limits", [(10, 8), (600, 64)])
def test_windows_that_cannot_be(limits: tuple[int, int]) -> None:
    with pytest.raises(ValidationError):
        bundle.Limits(window_tokens=limits[0], overlap_tokens=limits[1])


def test_an_existing_folder_is_not_written_over(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    kept = ("name", "created", "encoder", "precision", "limits")
    fields = {name: getattr(loaded.manifest, name) for name in kept}
    seen, background = trained_on.of([], []), loaded.background()
    assert background is not None
    with pytest.raises(FileExistsError):
        bundle.write(tiny_run.bundle, fields, "{}", loaded.calibration, "", b"", seen, background)


def test_another_card_changes_nothing_else(copy: Path) -> None:
    before = bundle.load(copy)
    bundle.replace_card(copy, "# Another card\n")
    after = bundle.load(copy)
    assert after.card == "# Another card\n"
    kept = {name: entry for name, entry in before.manifest.files.items() if name != bundle.CARD}
    assert {name: after.manifest.files[name] for name in kept} == kept
    assert after.manifest.figures == before.manifest.figures
