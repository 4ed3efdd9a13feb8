"""``python -m service backfill`` in one process."""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import fsspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from service.__main__ import main
from service.api.results import Wanted, result
from service.api.schemas import AdIn
from service.backfill import run
from service.backfill import shard as one_shard
from service.backfill.columns import Columns
from service.backfill.deciding import Decided, Decider
from service.backfill.errors import ShardFailed
from service.backfill.flat import SCHEMA, flat
from service.backfill.output import Output
from service.backfill.plan import Input, Options, Plan, Shard
from service.backfill.source import find
from service.engine import Engine
from service.policy.load import DEFAULT
from tests.conftest import TinyRun
from tests.e2e.processes import ROOT
from tests.manifests import edit
from tests.service.backfill.commands import done, ended, environment, started, until
from tests.service.backfill.files import ads, contents, rejected, results, write

Backfill = Callable[..., dict[str, Any]]


@pytest.fixture
def backfill(
    tiny_run: TinyRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Backfill:
    """The command in this process; gives its summary."""
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tiny_run.bundle))
    monkeypatch.setenv("LUREWATCH_WORKERS", "2")

    def run(*options: object, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert main(["backfill", *map(str, options)]) == code
        found = capsys.readouterr()
        assert not found.out or code < 2
        told: dict[str, Any] = json.loads(found.out) if found.out else {"error": found.err}
        return told

    return run


def test_rows_are_answered_as_a_request_would_be(
    backfill: Backfill, tiny_engine: Engine, tmp_path: Path
) -> None:
    given, out = ads(60), tmp_path / "out"
    path = write(tmp_path / "ads.parquet", given)
    told = backfill("--input", path, "--output", out, "--full", "--shard-rows", 25)
    asked = [AdIn.model_validate(ad) for ad in given]
    answers = tiny_engine.answer_now([one.ad() for one in asked])
    expected = [
        flat(str(path), number, result(ad, answer, "tiny-1", Wanted()), full=True)
        for number, (ad, answer) in enumerate(zip(asked, answers, strict=True), 1)
    ]
    assert results(out) == expected
    assert json.loads(expected[0]["result"])["id"] == "ad-0"
    assert (told["rows"], told["results"], told["shards"]) == (60, 60, 3)
    assert told["decisions"] == Counter(row["decision"] for row in expected)
    assert json.loads((out / "summary.json").read_bytes()) == told


def test_every_form_gives_the_same(backfill: Backfill, tmp_path: Path) -> None:
    given = [{**ad, "platform": "social"} for ad in ads(20)]
    found = []
    for form in ("parquet", "csv", "tsv", "jsonl", "jsonl.gz", "csv.zst"):
        write(tmp_path / form / f"ads.{form}", given)
        told = ("--format", "quoted-tsv") if form == "tsv" else ()
        backfill("--input", tmp_path / form, "--output", tmp_path / f"out-{form}",
                 "--shard-rows", 8, *told)  # fmt: skip
        found.append([{**row, "input": ""} for row in results(tmp_path / f"out-{form}")])
    assert all(one == found[0] for one in found)


def test_results_are_parquet_of_stated_types_or_lines_that_a_policy_replays(
    backfill: Backfill, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "ads.jsonl", ads(12))
    backfill("--input", path, "--output", tmp_path / "out")
    backfill("--input", path, "--output", tmp_path / "lines", "--write", "jsonl")
    assert parquet.read_schema(tmp_path / "out/results/part-000000.parquet").equals(SCHEMA)
    assert results(tmp_path / "out") == results(tmp_path / "lines")
    log = tmp_path / "lines" / "results" / "part-000000.jsonl"
    assert main(["policy", "replay", str(log), "--policy", str(DEFAULT)]) == 0
    assert "0 of 12 decisions flip" in capsys.readouterr().out


def test_columns_have_any_name_and_constants_fill_what_is_not_there(
    backfill: Backfill, tmp_path: Path
) -> None:
    rows = [{"post_id": i, "body": ad["text"], "where": ad["platform"] or ""}
            for i, ad in enumerate(ads(4))]  # fmt: skip
    path = write(tmp_path / "ads.csv", rows)
    named = ["--column", "text=body", "--column", "id=post_id", "--column", "platform=where"]
    backfill("--input", path, "--output", tmp_path / "out", *named,
             "--constant", "platform=dating", "--constant", "surface=profile")  # fmt: skip
    found = results(tmp_path / "out")
    assert [one["id"] for one in found] == ["0", "1", "2", "3"]
    assert [one["platform"] for one in found] == ["dating", "social", "dating", "social"]
    assert {one["surface"] for one in found} == {"profile"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--column", "text=body"), "no column 'body'; it has id, text, platform. Say with"),
        (("--column", "id=key"), "no column 'key'"),
        (("--column", "kind=x"), "--column kind=x: write FIELD=…, with one of id, text"),
        (("--constant", "platform=moon"), "--constant platform: Input should be"),
        (("--format", "parquet"), "ads.csv: "),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_written(
    options: tuple[str, ...], words: str, backfill: Backfill, tmp_path: Path
) -> None:
    path, out = write(tmp_path / "ads.csv", ads(3)), tmp_path / "out"
    assert words in backfill("--input", path, "--output", out, *options, code=2)["error"]
    assert not out.exists()


def test_bad_rows_are_kept_aside_with_number_and_reason(
    tiny_run: TinyRun, backfill: Backfill, tmp_path: Path
) -> None:
    given = [*ads(3), {"id": "long", "text": "secret words " * 2000}, {"id": 5},
             {"id": "six", "text": "secret words", "platform": "moon"}, *ads(2)]  # fmt: skip
    path, out = write(tmp_path / "ads.jsonl", given), tmp_path / "out"
    with started(tiny_run.bundle, "--input", str(path), "--output", str(out),
                 "--shard-rows", "4") as process:  # fmt: skip
        said, told = process.communicate()
    assert process.returncode == 1
    assert "3 rows were rejected" in told
    assert "secret" not in said + told
    kept = rejected(out)
    assert [(one["row"], one["id"]) for one in kept] == [(4, "long"), (5, "5"), (6, "six")]
    assert kept[0]["reason"] == "text: String should have at most 20000 characters"
    assert {one["input"] for one in kept} == {str(path)}
    assert "secret" not in json.dumps(kept)
    assert [one["row"] for one in results(out)] == [1, 2, 3, 7, 8]
    options = ("--input", path, "--output", out, "--shard-rows", 4, "--allow-rejected")
    assert backfill(*options, 0.5)["rejected"] == 3
    assert backfill(*options, 0.3, code=1)["rejected"] == 3


def test_copies_change_no_result(backfill: Backfill, tmp_path: Path) -> None:
    once = ads(10)
    given = [{**ad, "id": i} for i, ad in enumerate([*once, *once, *once])]
    path = write(tmp_path / "ads.jsonl", given)
    options = ("--input", path, "--shard-rows", 100, "--full", "--output")
    assert backfill(*options, tmp_path / "with")["copies"] == 20
    assert backfill(*options, tmp_path / "without", "--no-copies")["copies"] == 0
    assert results(tmp_path / "with") == results(tmp_path / "without")


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(
    backfill: Backfill, tmp_path: Path
) -> None:
    given, out = [*ads(30), {"id": "bad"}], tmp_path / "out"
    path = write(tmp_path / "ads.jsonl", given)
    options = ("--input", path, "--output", out, "--shard-rows", 5)
    told = backfill(*options, "--dry-run", "--sample", 14)
    assert (told["inputs"], told["rows"], told["shards"]) == (1, 31, 7)
    assert told["sample"]["rows"] == 13  # two of each shard, and the one of the last
    assert told["sample"]["reasons"] == {"text: Field required": 1}
    assert told["workers"] == 2
    assert told["estimated_hours"] == pytest.approx(
        31 / told["sample"]["ads_per_second"] / 3600, abs=1e-3
    )
    assert not out.exists()
    backfill(*options, code=1)
    assert backfill(*options, "--dry-run")["shards_done"] == 7


def test_what_has_changed_since_is_refused_and_told(
    backfill: Backfill, tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    first = write(folder / "a.jsonl", ads(6))
    options = ("--input", folder, "--output", out, "--shard-rows", 3)
    backfill(*options)
    before = contents(out)

    def refused(*more: object) -> str:
        error = backfill(*options, *more, code=2)["error"]
        assert f"{out} was begun from something else: " in error
        assert "give another --output" in error
        return str(error)

    assert "write was parquet and is jsonl" in refused("--write", "jsonl")
    told = refused("--constant", "platform=dating")
    assert "columns.same.platform was not given and is dating" in told
    assert "text" not in told
    second = write(folder / "b.jsonl", ads(2))
    assert f"new: {second}" in refused()
    second.unlink()
    kept = first.read_bytes(), first.stat()
    first.write_bytes(kept[0] + b"\n")
    assert f"changed: {first} (" in refused()
    first.write_bytes(kept[0])
    assert f"changed: {first} (" in refused()  # of the same size, but written anew
    os.utime(first, ns=(kept[1].st_atime_ns, kept[1].st_mtime_ns))
    first.rename(folder / "c.jsonl")
    assert f"no longer there: {first}" in refused()
    (folder / "c.jsonl").rename(first)
    policy = tmp_path / "policy.yaml"
    policy.write_text(DEFAULT.read_text("utf-8").replace("revision: 1", "revision: 2"), "utf-8")
    monkeypatch.setenv("LUREWATCH_POLICY", str(policy))
    assert "policy was default/1 " in refused()
    monkeypatch.delenv("LUREWATCH_POLICY")
    other = shutil.copytree(tiny_run.bundle, tmp_path / "other")
    edit(other, lambda manifest: manifest.update(name="tiny-2"))
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(other))
    assert "bundle was tiny-1 " in refused()
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tiny_run.bundle))
    backfill(*options, "--workers", 1)  # how it is worked on is no part of it
    assert contents(out) == before


def test_an_output_of_something_else_is_left_alone(backfill: Backfill, tmp_path: Path) -> None:
    path = write(tmp_path / "in" / "a.jsonl", ads(2))
    (tmp_path / "out" / "results").mkdir(parents=True)
    told = backfill("--input", path, "--output", tmp_path / "out", code=2)["error"]
    assert "has results and no manifest.json; give an empty --output" in told
    told = backfill("--input", path, "--output", tmp_path / "in", code=2)["error"]
    assert "holds the input" in told


def test_a_disk_that_is_full_at_the_begin_stops_no_later_run(
    backfill: Backfill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--input", write(tmp_path / "a.jsonl", ads(2)), "--output", tmp_path / "out")

    def full(output: Output, made: Path, name: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Output, "put", full)
        assert "No space left on device" in backfill(*options, code=2)["error"]
    assert backfill(*options)["results"] == 2


def test_of_two_commands_that_begin_at_once_one_is_refused(
    backfill: Backfill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan over large files takes an hour: time for another command to begin there."""
    out, look = tmp_path / "out", run.looked_through
    one, two = (write(tmp_path / f"{name}.jsonl", ads(2)) for name in ("one", "two"))

    def slowly(*given: Any) -> Plan:
        monkeypatch.setattr(run, "looked_through", look)
        backfill("--input", two, "--output", out)
        return look(*given)

    monkeypatch.setattr(run, "looked_through", slowly)
    told = backfill("--input", one, "--output", out, code=2)["error"]
    assert "another command began here meanwhile" in told
    assert {one["input"] for one in results(out)} == {str(two)}


def test_while_one_works_on_an_output_another_is_refused(
    backfill: Backfill, tmp_path: Path
) -> None:
    """The same command twice: whoever ended first would take the other's unfinished files away."""
    out = tmp_path / "out"
    options = ("--input", write(tmp_path / "a.jsonl", ads(2)), "--output", out)
    backfill(*options)
    with Output(str(out)).alone():
        told = backfill(*options, code=2)["error"]
        assert "another backfill is at work here; wait for it" in told
        assert backfill(*options, "--dry-run")["shards_done"] == 1
    assert backfill(*options)["results"] == 2


def test_an_output_that_lacks_a_folder_is_gone_on_with(backfill: Backfill, tmp_path: Path) -> None:
    given = [{"id": "fine", "text": "a job"}, {"id": "bad"}]
    path, out = write(tmp_path / "a.jsonl", given), tmp_path / "out"
    options = ("--input", path, "--output", out, "--shard-rows", 1)
    told = backfill(*options, code=1)
    for name in ("rejected", "done"):
        shutil.rmtree(out / name)
    assert backfill(*options, code=1) == told
    assert [one["id"] for one in rejected(out)] == ["bad"]


def test_what_others_put_into_an_object_store_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file systems remember listings, those of folders that were empty too."""
    memory = fsspec.filesystem("memory")
    output, listed = Output("memory://listed/out"), memory.ls
    remembered = functools.cache(lambda path: listed(path, detail=True))
    monkeypatch.setattr(memory, "ls", lambda path, detail=True, **more: remembered(path))
    monkeypatch.setattr(memory, "invalidate_cache", lambda path=None: remembered.cache_clear())
    memory.pipe_file("/listed/out/done/part-000000.json", b"{}")
    assert output._sizes() == {"done/part-000000.json": 2}
    memory.pipe_file("/listed/out/done/part-000001.json", b"{}")
    assert len(output._sizes()) == 2
    memory.rm("/listed", recursive=True)


def test_an_output_among_the_inputs_is_gone_on_with(backfill: Backfill, tmp_path: Path) -> None:
    """What it holds is no input of its own; of another output it is, and is refused."""
    folder = tmp_path / "in"
    write(folder / "a.jsonl", ads(6))
    for source, out, form in (
        (folder, folder / "out", "parquet"),
        (folder / "**/*.jsonl", folder / "other", "jsonl"),
    ):
        options = ("--input", source, "--output", out, "--shard-rows", 3, "--write", form)
        told = backfill(*options)
        (out / "done" / "part-000001.json").unlink()
        (out / "_work").mkdir()
        (out / "_work" / "results.jsonl").touch()  # of a try that was killed
        assert backfill(*options) == told
        inside = ("--input", next((out / "results").iterdir()), "--output", out)
        assert "holds the input" in backfill(*inside, code=2)["error"]
    (folder / "out" / "more.jsonl").touch()  # of somebody else
    again = ("--input", folder, "--output", folder / "out", "--shard-rows", 3)
    shutil.rmtree(folder / "other")
    assert "out/more.jsonl; give another" in backfill(*again, code=2)["error"]
    told = backfill("--input", folder, "--output", tmp_path / "third", code=2)["error"]
    assert "manifest.json" in told


def test_an_output_may_have_any_name_and_strangers_among_its_records(
    backfill: Backfill, tmp_path: Path
) -> None:
    path, out = write(tmp_path / "ads.jsonl", ads(9)), tmp_path / "out[1]"
    options = ("--input", path, "--output", out, "--shard-rows", 3)
    told = backfill(*options)
    before = contents(out)
    for name in (".DS_Store", "notes.json", "part-000009.json"):
        (out / "done" / name).write_bytes(b"\x00\x00")
    (out / "done" / "folder").mkdir()
    (out / "done" / "part-000001.json").write_bytes(b"")
    kept = (out / "done" / "part-000002.json").stat().st_mtime_ns
    assert backfill(*options, "--dry-run")["shards_done"] == 2
    assert backfill(*options) == told
    assert (out / "done" / "part-000002.json").stat().st_mtime_ns == kept
    assert contents(out) == before


def test_a_dry_run_over_blank_lines_knows_no_hours(backfill: Backfill, tmp_path: Path) -> None:
    path = tmp_path / "ads.jsonl"
    path.write_bytes(b"\n\n")
    options = ("--input", path, "--output", tmp_path / "out")
    told = backfill(*options, "--dry-run")
    assert (told["rows"], told["sample"]["rows"], told["estimated_hours"]) == (2, 0, None)
    assert backfill(*options)["results"] == 0


@pytest.mark.parametrize(("number", "moments"), [(signal.SIGKILL, (1, 16)), (signal.SIGTERM, (2,))])
def test_a_run_that_is_killed_is_gone_on_with_and_gives_the_same(
    number: signal.Signals, moments: tuple[int, ...], backfill: Backfill, tiny_run: TinyRun,
    tmp_path: Path,
) -> None:  # fmt: skip
    """After so many more shards, of 34."""
    given = [*ads(400), {"id": "bad"}]
    path = write(tmp_path / "ads.jsonl", given)
    options = ("--input", str(path), "--shard-rows", "12", "--no-copies", "--output")
    backfill(*options, tmp_path / "whole", code=1)
    out, kept = tmp_path / "out", dict[str, int]()
    for finished in moments:
        with started(tiny_run.bundle, *options, str(out), LUREWATCH_WORKERS="1") as process:
            before = len(done(out))
            until(lambda: len(done(out)) >= before + finished, process)  # noqa: B023
            code = ended(process, number)
        assert code == (-9 if number == signal.SIGKILL else 143)
        for name, at in kept.items():  # what was done is not done again
            assert (out / name).stat().st_mtime_ns == at
        kept = {f"done/{name}": (out / "done" / name).stat().st_mtime_ns for name in done(out)}
    assert len(done(out)) < 34
    assert not (out / "summary.json").exists()
    told = backfill(*options, out, code=1)
    assert contents(out) == contents(tmp_path / "whole")
    assert (told["rows"], told["results"], told["rejected"]) == (401, 400, 1)
    assert sorted(path.name for path in out.iterdir()) == [
        "done", "manifest.json", "rejected", "results", "summary.json",
    ]  # fmt: skip


def test_a_result_that_is_lost_or_cut_short_is_made_again(
    backfill: Backfill, tmp_path: Path
) -> None:
    path, out = write(tmp_path / "ads.jsonl", ads(9)), tmp_path / "out"
    options = ("--input", path, "--output", out, "--shard-rows", 3)
    backfill(*options)
    before = contents(out)
    (out / "results" / "part-000001.parquet").unlink()
    cut = out / "results" / "part-000002.parquet"
    cut.write_bytes(cut.read_bytes()[:100])
    backfill(*options)
    assert contents(out) == before


def test_a_shard_that_fails_leaves_the_others(backfill: Backfill, tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = tmp_path / "in" / "b.parquet"
    for name in ("a", "c"):
        write(tmp_path / "in" / f"{name}.jsonl", ads(3))
    path.write_bytes(b"")
    table = pa.table({"id": ["x"] * 500, "text": [f"a job {i} {i * 7}" for i in range(500)]})
    parquet.write_table(table, path, use_dictionary=False, compression="zstd")
    broken = bytearray(path.read_bytes())
    for place in range(200, len(broken) - 1200):  # pages, not the footer
        broken[place] ^= 0x5A
    path.write_bytes(broken)
    told = backfill("--input", tmp_path / "in", "--output", out, code=1)
    assert told["shards"] == 2
    assert done(out) == {"part-000000.json", "part-000002.json"}
    assert not (out / "summary.json").exists()


def test_a_defect_costs_its_own_shard_and_its_words_are_not_told(tmp_path: Path) -> None:
    class Broken:
        def forget(self) -> None:
            pass

        def decide(self, rows: Iterable[tuple[int, Any]]) -> Iterator[Decided]:
            raise ValueError(str(list(rows)))

    file = find([str(write(tmp_path / "ads.jsonl", [{"text": "secret words"}]))])[0]
    source = Input(**asdict(file), columns=None)
    options = Options(
        columns=Columns.parse((), ()), write="jsonl", full=False, shard_rows=9, copies=True
    )
    part, output = (
        Shard(number=0, input=0, first=1, rows=1, offset=0),
        Output(str(tmp_path / "out")),
    )
    with pytest.raises(ShardFailed) as caught:
        one_shard.run(
            part, source, options, "", cast(Decider, Broken()), output, lambda rows, tokens: None
        )
    assert "rows 1 to 1): ValueError at test_backfill.py:" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_changes_meanwhile_gives_no_result(tiny_run: TinyRun, tmp_path: Path) -> None:
    path, out = write(tmp_path / "ads.jsonl", ads(400)), tmp_path / "out"
    options = ("--input", str(path), "--output", str(out), "--shard-rows", "20")
    with started(tiny_run.bundle, *options) as process:
        until(lambda: done(out), process)
        with path.open("ab") as stream:
            stream.write(b"\n")
        _, told = process.communicate()
    assert process.returncode == 1
    assert told.count("the file has changed since the plan was made") == 5
    assert "5 shards failed; the others are left" in told
    assert len(done(out)) < 20
    assert not (out / "summary.json").exists()


def test_any_file_system_will_do(backfill: Backfill, tmp_path: Path) -> None:
    """Nothing but fsspec's interface is asked of it. S3 itself: see the guide."""
    memory = fsspec.filesystem("memory")
    given = ads(7)
    memory.pipe_file("/ads/in/a.jsonl", write(tmp_path / "a.jsonl", given).read_bytes())
    memory.pipe_file("/ads/in/b.parquet", write(tmp_path / "b.parquet", given).read_bytes())
    options = ("--input", "memory://ads/in", "--output", "memory://ads/out", "--shard-rows", 4)
    assert backfill(*options)["results"] == 14
    memory.rm_file("/ads/out/results/part-000001.parquet")
    assert backfill(*options)["results"] == 14
    memory.get("/ads/out/", str(tmp_path / "out"), recursive=True)
    found = results(tmp_path / "out")
    assert [one["id"] for one in found] == [ad["id"] for ad in given] * 2
    assert found[0]["input"] == "memory:///ads/in/a.jsonl"
    memory.rm("/ads", recursive=True)


LIMIT = """
import resource, sys
from service.__main__ import main
code = main(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
raise SystemExit(code)
"""


def peak_mib(bundle: Path, path: Path, out: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", LIMIT, "backfill", "--input", path, "--output", out,
         "--shard-rows", "1000", "--workers", "2"],
        cwd=ROOT, env=environment(bundle), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stderr.split()[-1]) / 1024


def test_memory_does_not_grow_with_the_rows(tiny_run: TinyRun, tmp_path: Path) -> None:
    """10,000 rows of 8 kB are 80 MB as they lie in the file, more as rows in memory. Most are
    copies: it is not the model that is tried."""
    few = [{"id": i, "text": ad["text"], "more": "x" * 8000} for i, ad in enumerate(ads(50))]
    small = write(tmp_path / "small.jsonl", few * 20)
    large = write(tmp_path / "large.jsonl", few * 200)
    before = peak_mib(tiny_run.bundle, small, tmp_path / "out-small")
    assert peak_mib(tiny_run.bundle, large, tmp_path / "out-large") < before + 30


def test_without_the_extra_it_says_what_to_install(tiny_run: TinyRun, tmp_path: Path) -> None:
    for module, option, extra in (
        ("fsspec", (), "lurewatch[backfill]"),
        ("pyarrow", (), "lurewatch[backfill]"),
        ("ray", ("--ray", "local"), "lurewatch[ray]"),
    ):
        code = (
            f"import sys; sys.modules[{module!r}] = None\n"
            "from service.__main__ import main; raise SystemExit(main(sys.argv[1:]))"
        )
        failed = subprocess.run(
            [sys.executable, "-c", code, "backfill", "--input", "a", "--output", "b", *option],
            cwd=ROOT, env=environment(tiny_run.bundle), capture_output=True, text=True,
        )  # fmt: skip
        assert failed.returncode == 2
        assert f"{module} is missing: pip install '{extra}'" in failed.stderr
