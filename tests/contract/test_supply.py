"""The bill of materials and the look for known vulnerabilities say what they know, and no more."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.supply import NOBODY, judged, main

ROOT = Path(__file__).parents[2]
FINE = {"name": "a", "version": "1", "vulns": []}
KNOWN = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI"}
OURS = {"name": "lurewatch", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([FINE, OURS], 0, "1 of 1 packages were looked up"),
        ([FINE, KNOWN, OURS], 1, "b 2: PYSEC-1, mended in 3"),
        ([FINE, SKIPPED], 2, "not looked up: c"),
        ([FINE, KNOWN, SKIPPED], 1, "not looked up: c"),
        ([SKIPPED, OURS], 2, NOBODY),
        ([], 2, NOBODY),  # pip-audit gave up
    ],
)
def test_nothing_found_is_told_apart_from_nothing_looked_up(
    packages: list[Any], code: int, words: str
) -> None:
    found, said = judged({"dependencies": packages})
    assert found == code
    assert words in said


def environment(folder: Path) -> Path:
    """With one package that no index has."""
    info = folder / "lib" / "python3.11" / "site-packages" / "quaggafjord-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: quaggafjord\nVersion: 1.0\n")
    return folder


def test_without_the_advisories_nothing_is_called_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main([str(environment(tmp_path / "served"))]) == 2
    assert capsys.readouterr().out.strip() == NOBODY


def test_the_bill_of_materials_names_what_is_installed(tmp_path: Path) -> None:
    """Of this environment: what is served is installed in it, too."""
    program = Path(sys.executable).with_name("cyclonedx-py")
    out = tmp_path / "sbom.json"
    subprocess.run(
        [program, "environment", "--pyproject", "pyproject.toml", "--output-reproducible",
         "--output-file", out, sys.executable],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    bill = json.loads(out.read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "lurewatch"
    parts = {one["name"]: one for one in bill["components"]}
    for name in ("fastapi", "onnxruntime", "prometheus_client"):
        assert parts[name]["purl"].startswith(f"pkg:pypi/{name.replace('_', '-')}@"), name
    assert {"fastapi", "onnxruntime"} <= {
        reference.partition("==")[0]
        for one in bill["dependencies"] if one["ref"] == "root-component"
        for reference in one["dependsOn"]
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["sbom", "audit"])
def test_make_knows_them(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ("cyclonedx-py environment" if target == "sbom" else "tests.supply") in done.stdout
    assert "'.[otel,postgresql,stream]'" in done.stdout
