"""Files are cut anywhere, and read back as they were."""

import itertools
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from service.backfill.errors import BackfillError
from service.backfill.lines import MAX_LINE_BYTES
from service.backfill.rows import Bad, Cut, Table, cut, rows_of
from service.backfill.source import File, find, still_same
from tests.service.backfill.files import write

TEXTS = [
    "plain",
    "a cell\nover two lines",
    'says "call me", twice: ""',
    "carriage\r\nreturn",
    'ends in a quote"',
    " spaces ",
    "ขับรถ, 仕事, работа",
    "\u2028 no line feed",
    "x" * 5000,
]
FORMS = ["parquet", "jsonl", "csv", "tsv", "jsonl.gz", "jsonl.bz2", "csv.zst", "tsv.gz"]


def made(count: int) -> list[dict[str, Any]]:
    return [{"id": f"{i}", "text": TEXTS[i % len(TEXTS)]} for i in range(count)]


def read(file: File, table: Table, part: Cut) -> list[tuple[int, Any]]:
    return list(rows_of(file, table.columns, part, {"id", "text"}))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shard_rows", [1, 4, 7, 10, 1000])
def test_every_cut_gives_its_rows_and_no_other(form: str, shard_rows: int, tmp_path: Path) -> None:
    rows = made(41)
    path = write(tmp_path / f"ads.{form}", rows)
    file = find([str(path)], "quoted-tsv" if ".tsv" in path.name else None)[0]
    table = cut(file, shard_rows)
    found = [one for part in table.cuts for one in read(file, table, part)]
    assert found == list(enumerate(rows, 1))
    assert all(part.rows <= shard_rows for part in table.cuts)
    assert table.cuts[-1].first + table.cuts[-1].rows - 1 == 41


def test_row_groups_are_kept_together_while_they_fit(tmp_path: Path) -> None:
    path = write(tmp_path / "ads.parquet", made(30), row_group=4)
    assert [part.rows for part in cut(find([str(path)])[0], 10).cuts] == [8, 8, 8, 6]


def test_a_csv_goes_on_after_a_row_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ads.csv"
    path.write_bytes(
        b'\xef\xbb\xbfid,text\r\n1,"fine"\r\n2,"open" quote\r\n3\r\n4,a,b\r\n\r\n6,fine\r\n'
        b'7,"never closed\r\n8,"fine"\r\n9,fine'
    )
    file = find([str(path)])[0]
    table = cut(file, 3)
    assert table.columns == ("id", "text")
    found = dict(one for part in table.cuts for one in read(file, table, part))
    assert found[1] == {"id": "1", "text": "fine"}
    assert found[2] == Bad("not CSV: ',' expected after '\"'")
    assert found[3] == Bad("1 cells; the header has 2")
    assert found[4] == Bad("3 cells; the header has 2")
    assert 5 not in found  # blank
    assert found[6] == {"id": "6", "text": "fine"}
    assert found[7] == Bad(
        "not CSV: ',' expected after '\"'; lines after it that are read as rows of their own: 1"
    )
    assert found[8] == {"id": "8", "text": "fine"}
    assert found[9] == {"id": "9", "text": "fine"}


OPEN = b'3,"Cook wanted\n'
LONG = b"%d," + b"x" * 90_000 + b"\n"


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (
            [b"%d,Maid wanted\n" % i for i in range(4, 400)],
            "unexpected end of data; lines after it that are read as rows of their own: 396",
        ),
        ([*(LONG % i for i in range(4, 60))], f"does not close within {MAX_LINE_BYTES} bytes;"),
        ([LONG % 4, b"x" * (MAX_LINE_BYTES + 1) + b"\n", LONG % 6], "does not close within"),
        ([b"4,Maid\n", b'5,"Cook\n', b'6,"Maid"\n'], "read as rows of their own: 2"),
    ],
)
@pytest.mark.parametrize("shard_rows", [2, 1000])
def test_a_quote_that_is_never_closed_costs_its_own_row_alone(
    after: list[bytes], reason: str, shard_rows: int, tmp_path: Path
) -> None:
    """Whatever may follow it, and wherever the file is cut."""
    path = tmp_path / "ads.csv"
    path.write_bytes(b"".join([b"id,text\n1,Maid\n2,Maid\n", OPEN, *after]))
    file = find([str(path)])[0]
    table = cut(file, shard_rows)
    found = dict(one for part in table.cuts for one in read(file, table, part))
    assert list(found) == list(range(1, 4 + len(after)))
    assert isinstance(found[3], Bad)
    assert reason in found[3].reason
    for number, line in enumerate(after, 4):
        row = found[number]
        whole = len(line) <= MAX_LINE_BYTES and line.count(b'"') != 1
        assert isinstance(row, Bad) is not whole
        assert not whole or row["id"] == str(number)


def test_a_cell_may_be_as_long_as_a_line(tmp_path: Path) -> None:
    """In no column does one make rows of its own lines; the reader of Python stops at 128 KiB."""
    path = tmp_path / "ads.csv"
    cell = "x" * 140_000 + "\nid9,second line"
    path.write_text(f'id,note,text\n1,"{cell}",Cook\n2,,Maid\n', "utf-8")
    file = find([str(path)])[0]
    table = cut(file, 10)
    assert read(file, table, table.cuts[0]) == [
        (1, {"id": "1", "note": cell, "text": "Cook"}),
        (2, {"id": "2", "text": "Maid"}),
    ]


def test_cells_that_are_too_many_are_told_with_the_lines_they_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "ads.csv"
    path.write_bytes(b'id,text\n1,"Cook\n2,Maid\n3,Driver",b\n4,Maid\n')
    file = find([str(path)])[0]
    table = cut(file, 10)
    assert read(file, table, table.cuts[0]) == [
        (1, Bad("3 cells in 3 lines; the header has 2")),
        (2, {"id": "4", "text": "Maid"}),
    ]


def test_in_tsv_a_quote_is_a_character(tmp_path: Path) -> None:
    texts = ['"Urgent" hiring', '"Cook wanted', "Maid", 'Driver"', 'says ""', '"all of it"', "a,b"]
    path = tmp_path / "ads.tsv"
    path.write_text("id\ttext\n" + "".join(f"{i}\t{one}\n" for i, one in enumerate(texts)), "utf-8")
    file = find([str(path)])[0]
    table = cut(file, 3)
    found = [one for part in table.cuts for one in read(file, table, part)]
    assert found == [(i + 1, {"id": f"{i}", "text": one}) for i, one in enumerate(texts)]


def test_a_cell_of_parquet_that_is_no_value_costs_its_own_row(tmp_path: Path) -> None:
    """Nothing that writes Parquet has to look whether a text is UTF-8."""
    path, texts = tmp_path / "ads.parquet", [b"Cook", b"Maid \xff", b"Driver", b"Helper"]
    ends = itertools.accumulate((len(one) for one in texts), initial=0)
    buffers = [None, pa.array(ends, pa.int32()).buffers()[1], pa.py_buffer(b"".join(texts))]
    text = pa.Array.from_buffers(pa.string(), len(texts), buffers)
    times = pa.array([0, 0, 10**18, 0], pa.timestamp("us"))
    parquet.write_table(pa.table({"id": times, "text": text}), path)
    file = find([str(path)])[0]
    table = cut(file, 10)
    began = datetime(1970, 1, 1)
    assert read(file, table, table.cuts[0]) == [
        (1, {"id": began, "text": "Cook"}),
        (2, Bad("column text: not UTF-8")),
        (3, Bad("column id: cannot be read (OverflowError)")),
        (4, {"id": began, "text": "Helper"}),
    ]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_line_that_is_too_long_is_passed_over(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"ads.{form}"
    long, head = b"x" * (MAX_LINE_BYTES * 2), b"" if form == "jsonl" else b"text\n"
    path.write_bytes(head + b'{"a":1}\n' + long + b'\n{"a":2}\n')
    file = find([str(path)])[0]
    table = cut(file, 2)
    found = dict(one for part in table.cuts for one in read(file, table, part))
    assert sorted(found) == [1, 2, 3]
    assert isinstance(found[2], Bad)
    assert "bytes" in found[2].reason
    assert not isinstance(found[3], Bad)


def test_json_that_is_no_object_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ads.jsonl"
    path.write_bytes(b'{"a": 1}\n\n[1]\n{"a": \n"\xff"\n')
    file = find([str(path)])[0]
    table = cut(file, 100)
    assert read(file, table, table.cuts[0]) == [
        (1, {"a": 1}),
        (3, Bad("the line is JSON, but no object")),
        (4, Bad("the line is not JSON in UTF-8")),
        (5, Bad("the line is not JSON in UTF-8")),
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.parquet", b"no parquet", "a.parquet: "),
        ("a.csv", b"", "empty; a first line names the columns"),
        ("a.csv", b"text,text\n", "two columns are called 'text'"),
        ("a.csv", b"text," + b",".join(b"%d" % i for i in range(200_000)) + b",7", "called '7'"),
        ("a.jsonl.gz", b"no gzip at all", "a.jsonl.gz: "),
        (
            "a.csv",
            "text,población\n".encode("latin-1"),
            "first line is not UTF-8; convert the file",
        ),
        ("a.csv", "text\n".encode("utf-16"), "first line is not UTF-8; convert the file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BackfillError, match=words):
        cut(find([str(tmp_path / name)])[0], 10)


def test_folders_and_patterns_give_files_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.csv", "deep/c.parquet", "_temporary/d.csv", ".e.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    names = [Path(one.path).name for one in find([str(tmp_path)])]
    assert names == ["a.csv", "b.jsonl", "c.parquet"]
    assert [one.path for one in find([f"{tmp_path}/*.jsonl", f"{tmp_path}/b.jsonl"])] == [
        str(tmp_path / "b.jsonl")
    ]
    for url in ("nowhere", "deep/*.csv"):
        with pytest.raises(BackfillError, match="no file there that ends in"):
            find([str(tmp_path / url)])
    with pytest.raises(BackfillError, match="nowhere"):
        find(["nowhere://bucket/ads"])


def test_no_file_is_left_out_in_silence(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.json", "c.jsonl.xz", "d.JSONL.GZ", "e.csv.zip", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    unknown = "b.json, .*c.jsonl.xz, .*e.csv.zip and 1 more: say what is in it with --format"
    for url in (tmp_path, tmp_path / "*"):
        with pytest.raises(BackfillError, match=unknown):
            find([str(url)])
    with pytest.raises(BackfillError, match=r"notes.txt: say what is in it with --format"):
        find([str(tmp_path / "notes.txt")])
    assert find([str(tmp_path / "notes.txt")], "jsonl")[0].form == "jsonl"
    names = [Path(one.path).name for one in find([f"{tmp_path}/*.jsonl", f"{tmp_path}/*.GZ"])]
    assert names == ["a.jsonl", "d.JSONL.GZ"]


def test_links_are_read_as_the_files_that_they_lead_to(tmp_path: Path) -> None:
    """So do volumes of Kubernetes and stores of data sets show their files."""
    folder, stored = tmp_path / "in", tmp_path / "..data"
    for path in (folder, stored / "more"):
        path.mkdir(parents=True)
    (stored / "a.jsonl").write_bytes(b"{}\n{}\n")
    (folder / "a.jsonl").symlink_to(stored / "a.jsonl")
    (folder / "_b.jsonl").symlink_to(tmp_path / "nowhere")
    for url in (folder, folder / "a*.jsonl", folder / "a.jsonl"):
        (found,) = find([str(url)])
        assert (found.path, found.bytes) == (str(folder / "a.jsonl"), 6)
        assert still_same(found)
    (folder / "c.jsonl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BackfillError, match=r"in/c.jsonl: a link that leads to no file"):
        find([str(folder)])
    (folder / "c.jsonl").unlink()
    (folder / "more").symlink_to(stored / "more")
    with pytest.raises(BackfillError, match=r"in/more: a link to a folder is not gone into"):
        find([str(folder)])


def test_a_folder_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.jsonl", "closed/b.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}\n")
    scan = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(BackfillError, match="closed: Permission denied"):
        find([str(tmp_path)])


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"text,text\none,two\n")
    twice = pa.Table.from_arrays([pa.array(["one"]), pa.array(["two"])], names=["text", "text"])
    parquet.write_table(twice, tmp_path / "b.parquet")
    for name in ("a.csv", "b.parquet"):
        with pytest.raises(BackfillError, match="two columns are called 'text'; rename one"):
            cut(find([str(tmp_path / name)])[0], 10)


def test_a_name_that_is_there_is_no_pattern(tmp_path: Path) -> None:
    for name in ("ads[1].jsonl", "ads1.jsonl", "in[2]/a.jsonl", "in2/b.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}\n")
    for url, found in (
        ("ads[1].jsonl", "ads[1].jsonl"),
        ("ads[12].jsonl", "ads1.jsonl"),
        ("in[2]", "in[2]/a.jsonl"),
    ):
        files = find([str(tmp_path / url)])
        assert [one.path for one in files] == [str(tmp_path / found)]
        assert cut(files[0], 10).cuts == (Cut(1, 1),)


def test_a_name_that_no_manifest_can_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"ads-\xff.jsonl")).write_bytes(b"{}\n")
    with pytest.raises(BackfillError, match=r"ads-.udcff.jsonl': the name is not UTF-8; rename"):
        find([str(tmp_path)])
