"""Files and data sets of one's own, through a mapping."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from training.__main__ import main
from training.corpus import loaders
from training.corpus.mapping import Mapping
from training.errors import CorpusError

MAPPING = """
source = "reports"
files = ["reports.{ending}"]
text = ["title", "body"]
id = "report"
group = "campaign"

[language]
column = "lang"
default = "en"

[kind]
column = "verdict"
values = {{ fraud = "lure", fine = "recruitment", unsure = "" }}

[harms]
column = "harm"
separator = ","
values = {{ fee = "advance_fee_job_scam", tasks = "task_based_job_scam", other = "" }}

[surface]
constant = "post"

[[replace]]
pattern = '#MAIL\\w*#'
by = "<email>"
"""
ROWS: list[dict[str, str]] = [
    {"report": "7", "title": "Packers", "body": "Pay for the kit first. #MAIL9#", "lang": "en-GB",
     "verdict": "fraud", "harm": "fee, tasks", "campaign": "kits"},
    {"report": "8", "title": "", "body": "Two days in a bakery, paid Friday.", "lang": "",
     "verdict": "fine", "harm": "", "campaign": ""},
    {"report": "9", "title": "Hello", "body": "Are you there?", "lang": "en",
     "verdict": "unsure", "harm": "", "campaign": ""},
]  # fmt: skip


def write_rows(folder: Path, ending: str, rows: list[dict[str, str]]) -> str:
    path = folder / f"reports.{ending}"
    if ending == "parquet":
        write_table(pa.Table.from_pylist(rows), path)
    elif ending == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        sign = "\t" if ending == "tsv" else ","
        cells = [[*rows[0]], *([*row.values()] for row in rows)]
        quoted = [sign.join(f'"{cell}"' for cell in line) for line in cells]
        path.write_text("\ufeff" + "\r\n".join(quoted) + "\r\n")
    mapping = folder / "reports.toml"
    mapping.write_text(MAPPING.format(ending=ending))
    return str(mapping)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    lure, honest, undecided = loaders.mapped(write_rows(tmp_path, ending, ROWS))
    assert lure.text == "Packers\nPay for the kit first. <email>"
    assert (lure.id, lure.group, lure.source) == ("reports:7", "reports:kits", "reports")
    assert lure.harms == ("advance_fee_job_scam", "task_based_job_scam")
    assert (lure.language, honest.language, lure.surface) == ("en-GB", "en", "post")
    assert honest.text == "Two days in a bakery, paid Friday."
    assert (honest.kind, honest.harms, honest.group) == ("recruitment", (), "reports:8")
    assert undecided.kind is None
    assert undecided.harms is None
    assert not lure.synthetic


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_bad_rows_are_told_together(tmp_path: Path, ending: str) -> None:
    rows = [*ROWS, ROWS[0] | {"verdict": "maybe"}, ROWS[1] | {"body": " "}]
    named = write_rows(tmp_path, ending, rows)
    with pytest.raises(CorpusError) as refused:
        loaders.mapped(named)
    first = 5 if ending == "csv" else 4  # the header is a line too
    assert f"reports.{ending}:{first}: ValueError: verdict is 'maybe'" in str(refused.value)
    assert "knows 'fraud', 'fine', 'unsure'" in str(refused.value)
    assert f"reports.{ending}:{first + 1}: text is blank" in str(refused.value)
    bad = loaders.BadRows()
    assert len(loaders.mapped(named, bad)) == 3
    assert len(bad.listed) == 2


def test_ragged_lines_are_bad_rows(tmp_path: Path) -> None:
    named = write_rows(tmp_path, "csv", ROWS)
    with (tmp_path / "reports.csv").open("a") as stream:
        stream.write("10,too,few\n1,2,3,4,5,6,7,8,9\n")
    bad = loaders.BadRows()
    loaders.mapped(named, bad)
    assert [line.split(": ", 1)[1] for line in bad.listed] == [
        "ValueError: fewer cells than the header has columns",
        "ValueError: more cells than the header has columns",
    ]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_missing_column_is_told_once_with_those_there_are(tmp_path: Path, ending: str) -> None:
    rows = [{k: v for k, v in row.items() if k != "verdict"} for row in ROWS]
    with pytest.raises(CorpusError, match="no column 'verdict'; it has report, title"):
        loaders.mapped(write_rows(tmp_path, ending, rows))


@pytest.mark.parametrize(
    ("ending", "encoding"), [("csv", "latin-1"), ("tsv", "latin-1"), ("tsv", "utf-16")]
)
def test_other_encodings_are_told(tmp_path: Path, ending: str, encoding: str) -> None:
    named = write_rows(tmp_path, ending, ROWS)
    between = "," if ending == "csv" else "\t"
    header = between.join(("report", "title", "body", "é"))
    (tmp_path / f"reports.{ending}").write_bytes(header.encode(encoding))
    with pytest.raises(CorpusError, match="save it as UTF-8"):
        loaders.mapped(named)


def test_a_data_set_that_datasets_can_load(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    write_rows(folder, "csv", ROWS)
    (folder / "reports.toml").unlink()
    mapping = tmp_path / "reports.toml"
    text = MAPPING.format(ending="csv").replace('files = ["reports.csv"]', 'hub = "set"')
    mapping.write_text(text)
    rows = loaders.mapped(str(mapping))
    assert [row.kind for row in rows] == ["lure", "recruitment", None]


def test_a_data_set_that_cannot_be_had(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    text = MAPPING.format(ending="csv").replace('files = ["reports.csv"]', f'hub = "{tmp_path}/no"')
    mapping.write_text(text)
    with pytest.raises(CorpusError, match="no', split 'train'"):
        loaders.mapped(str(mapping))


KAGGLE = (
    "job_id,title,location,department,salary_range,company_profile,description,requirements,"
    "benefits,telecommuting,has_company_logo,has_questions,employment_type,required_experience,"
    "required_education,industry,function,fraudulent"
)


def test_emscad_as_kaggle_has_it(tmp_path: Path) -> None:
    path = tmp_path / "fake_job_postings.csv"
    path.write_text(
        KAGGLE + "\n"
        '1,Baker,"GB, , Leeds",,,"A shop.","Bake.\nWrite to #EMAIL_0a1#","None",,0,1,0,,,,,,0\n'
        "2,Typist,US,,,,Type from home #URL_9#,,Pay today,1,0,0,,,,,,1\n"
    )
    honest, lure = loaders.mapped(f"emscad={path}")
    assert honest.text == "Baker\nA shop.\nBake.\nWrite to <email>\nNone"
    assert (honest.kind, honest.platform, honest.id) == ("recruitment", "job_board", "emscad:1")
    assert (lure.kind, lure.text) == ("lure", "Typist\nType from home <url>\nPay today")
    assert lure.harms is None  # nobody said which


def test_the_command_line_lists_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = write_rows(tmp_path, "csv", [*ROWS, ROWS[0] | {"report": "11", "verdict": "maybe"}])
    assert main(["corpus", "inspect", named]) == 2
    assert "reports.csv:5" in capsys.readouterr().err
    told = tmp_path / "bad.txt"
    args = ["prepare", "--without-written", "--corpus", named, "--out", str(tmp_path / "data")]
    assert main(args) == 2
    assert main([*args, "--skip-bad-rows", str(told)]) == 0
    assert told.read_text().startswith("reports.csv:5: ")
    lock = json.loads((tmp_path / "data" / "dataset.lock.json").read_text())
    assert lock["sources"]["reports"]["rows"] == 3
    assert main([*args, "--skip-bad-rows", str(told), "--leave-all-out"]) == 0
    lock = json.loads((tmp_path / "data" / "dataset.lock.json").read_text())
    assert lock["sources"]["reports"]["splits"] == {"left_out": 3}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[kind]", "[kind]\nconstant = 'lure'"), "name a column, or give a constant"),
        (("pattern = '", "pattern = '(*"), "pattern"),
        (('by = "<email>"', "by = '\\2'"), "invalid group reference"),
        (('source = "reports"', 'source = "written"'), "comes with this code"),
        (('source = "reports"', ""), "source"),
        (('files = ["reports.csv"]', ""), "name files or a hub data set"),
        (("[language]", "[tongue]"), "language"),
    ],
)
def test_a_wrong_mapping_names_the_place(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING.format(ending="csv").replace(*change))
    with pytest.raises(CorpusError, match=told):
        loaders.mapped(str(mapping))


def test_tabs_leave_quotes_alone(tmp_path: Path) -> None:
    named = write_rows(tmp_path, "tsv", ROWS[:1])
    (tmp_path / "reports.tsv").write_text(
        "report\ttitle\tbody\tlang\tverdict\tharm\tcampaign\n"
        '1\t"Work abroad\tPay now\ten\tfraud\tfee\t\n'
        '2\tShop hands"\tFive hours\ten\tfine\t\t\n'
    )
    lure, honest = loaders.mapped(named)
    assert (lure.kind, honest.kind) == ("lure", "recruitment")
    assert lure.text.startswith('"Work abroad')


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    named = write_rows(tmp_path, "csv", ROWS)
    path = tmp_path / "reports.csv"
    path.write_text(path.read_text("utf-8-sig").replace('"title"', '"body"', 1))
    with pytest.raises(CorpusError, match="title"):
        loaders.mapped(named)
    path.write_text("report,title,body,lang,verdict,harm,campaign,title\n")
    with pytest.raises(CorpusError, match="two columns of the name 'title'"):
        loaders.mapped(named)


def test_a_group_of_0_is_a_group_and_an_empty_id_none(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [row | {"campaign": 0} for row in ROWS]
    named = write_rows(tmp_path, "jsonl", ROWS)
    (tmp_path / "reports.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert {row.group for row in loaders.mapped(named)} == {"reports:0"}
    rows[0]["report"], rows[1]["body"], rows[2]["body"] = None, ["a list"], "half \ud800"
    (tmp_path / "reports.jsonl").write_text("\n".join(map(json.dumps, rows)))
    bad = loaders.BadRows()
    assert loaders.mapped(named, bad) == []
    assert [line.split(": ", 1)[1] for line in bad.listed] == [
        "ValueError: report is empty, and it is the id",
        "ValueError: body holds a list, not a text",
        "text holds half of a surrogate pair, which no file can keep",
    ]


def test_a_mapping_in_a_folder_with_a_sign(tmp_path: Path) -> None:
    folder = tmp_path / "day=1"
    folder.mkdir()
    named = write_rows(folder, "csv", ROWS)
    assert len(loaders.mapped(named)) == 3
    assert len(loaders.mapped(f"{named}={folder / 'reports.csv'}")) == 3


def test_a_source_that_nothing_is_of_cannot_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert main(["prepare", "--leave-out", "our_posts", "--out", out]) == 2
    assert "no text is of our_posts: --leave-out" in capsys.readouterr().err


def test_ids_that_stand_twice_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = write_rows(tmp_path, "csv", [ROWS[0], ROWS[0]])
    assert main(["corpus", "inspect", named]) == 2
    assert "stand twice" in capsys.readouterr().err


def test_an_unknown_mapping_names_those_there_are() -> None:
    with pytest.raises(CorpusError, match="mappings that do: emscad"):
        loaders.mapped("nonsense")


def test_a_cell_with_several_labels() -> None:
    value = Mapping.model_validate(
        {
            "source": "s", "files": ["f"], "text": ["t"],
            "language": {"constant": "en"}, "kind": {"column": "k"},
            "harms": {"column": "h"},
        }
    ).harms  # fmt: skip
    assert value is not None
    assert value.several({"h": ["a", "b", "a"]}) == ("a", "b")
    assert value.several({"h": "a;b"}) == ("a", "b")
    assert value.several({"h": None}) == ()
    named = value.model_copy(update={"values": {"f": "fee"}, "default": "other"})
    assert named.several({"h": " "}) == named.several({"h": []}) == ("other",)
    assert named.several({"h": "f"}) == ("fee",)
