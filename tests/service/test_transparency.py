"""Yearly figures: every decision once, shares with intervals, the Commission's columns."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.__main__ import main
from service.commands.written import replace
from service.transparency.counting import Cell, joined
from service.transparency.shares import share
from service.transparency.template import COLUMNS
from tests.service.desk import KEY, MILD, NONE, SURE, desk, desk_settings, emptied, say, score

YEAR = datetime.now(UTC).year
ENGLISH = "Chat support near the river, free food and lodging, you fly on Thursday"
SPANISH = "Se busca personal de chat cerca del río, comida y alojamiento gratis, viaje el jueves"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("transparency")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    settings = desk_settings(f"sqlite:///{folder / 'lurewatch.db'}", queue_from="nudge")
    with desk(settings) as client:
        yield client


@pytest.fixture
def told(client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command beside the service, over an empty database; gives its JSON."""
    emptied(client)
    monkeypatch.setenv("LUREWATCH_DATABASE", f"sqlite:///{folder / 'lurewatch.db'}")
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)

    def ask(name: str, *more: str) -> dict[str, Any]:
        out = folder / name
        argv = ["transparency", "--year", str(YEAR), "--out", str(out), "--service", "Ours", *more]
        assert main(argv) == 0
        found: dict[str, Any] = json.loads((out / "transparency.json").read_text("utf-8"))
        return found

    return ask


def template(folder: Path, name: str) -> dict[tuple[str, str], dict[str, str]]:
    """Rows of the CSV by indicator and scope."""
    rows = list(csv.DictReader(io.StringIO((folder / name / "8_automated_means.csv").read_text())))
    assert tuple(rows[0]) == COLUMNS
    return {(row["Indicator"], row["Scope"]): row for row in rows}


def test_decisions_count_by_what_became_of_them(
    client: TestClient, folder: Path, told: Any
) -> None:
    ads = score(client, *[f"{SURE} {ENGLISH} {i}" for i in range(4)], f"{SURE} {SPANISH}")
    score(client, f"{MILD} {ENGLISH}")
    confirmed, dismissed, overturned, _, spanish = [one["ad_id"] for one in ads]
    say(client, {"ad_id": confirmed}, {"ad_id": spanish})
    say(client, {"ad_id": dismissed, "kind": "recruitment"})
    say(
        client, {"ad_id": overturned, "kind": "recruitment", "origin": "appeal", "overturned": True}
    )
    found = told("decided")
    assert found["decisions"]["all"]["review"] == {
        "confirmed": 2, "dismissed": 1, "overturned": 1, "waiting": 1,
    }  # fmt: skip
    assert found["decisions"]["all"]["nudge"] == {"automated": 1}
    assert found["decisions"]["by language"]["es"]["review"] == {"confirmed": 1}
    assert found["measures"]["all"] == {"with a person": 2}, "a nudge restricts nothing by default"
    assert told("nudged", "--from", "nudge")["measures"]["all"]["solely automated"] == 1
    rows = template(folder, "nudged")
    assert (
        rows["Number of measures solely taken by automated means", "Total number"]["Value"] == "1"
    )
    assert rows["Number of measures not taken by automated means", "es"]["Value"] == "1"
    assert rows["Number of measures not taken by automated means", "es"]["Applicability"] == (
        "Only for VLOPs"
    )
    assert {row["Reporting period"] for row in rows.values()} == {f"{YEAR}-01-01/{YEAR}-12-31"}
    page = (folder / "nudged" / "transparency.md").read_text("utf-8")
    assert "| es | 0 | 0 | 1 (1 confirmed) | 0 |" in page


def test_what_people_say_of_a_nudge_counts(client: TestClient, folder: Path, told: Any) -> None:
    """It restricted before anybody looked: what they confirm stays automated, what they call no
    lure no longer stands."""
    ads = score(client, *[f"{MILD} {ENGLISH} {i}" for i in range(4)])
    right, wrong, open_, _ = [one["ad_id"] for one in ads]
    say(client, {"ad_id": right}, {"ad_id": wrong, "kind": "recruitment"})
    say(client, {"ad_id": open_}, {"ad_id": open_, "kind": "recruitment", "reviewer": "ben"})
    found = told("spoken", "--from", "nudge")
    assert found["decisions"]["all"]["nudge"] == {"automated": 2, "confirmed": 1, "dismissed": 1}
    assert found["measures"]["all"] == {"solely automated": 3}


def test_appeals_give_the_share_taken_back(client: TestClient, folder: Path, told: Any) -> None:
    ads = score(client, *[f"{SURE} {ENGLISH} {i}" for i in range(8)])
    for i, ad in enumerate(ads):
        appeal = {"ad_id": ad["ad_id"], "origin": "appeal", "overturned": i < 2}
        say(client, {**appeal, "overturned": True}, appeal)  # the last word counts
    found = told("appealed")["appeals"]
    assert found["all"]["overturned"]["part"] == 2
    assert found["all"]["overturned"]["value"] == 0.25
    assert found["by language"]["en"]["overturned"]["of"] == 8
    assert "0.250 [0.071, 0.591] (2 of 8)" in (
        (folder / "appealed" / "transparency.md").read_text("utf-8")
    )


def test_samples_give_accuracy_and_error(client: TestClient, folder: Path, told: Any) -> None:
    lures = score(client, *[f"{SURE} {ENGLISH} {i}" for i in range(5)])
    nudged = score(client, *[f"{MILD} {ENGLISH} {i}" for i in range(5)])
    for i, ad in enumerate(lures):
        say(client, {"ad_id": ad["ad_id"], "origin": "sample", "kind": "lure" if i else "other"})
    for ad in nudged:
        say(client, {"ad_id": ad["ad_id"], "origin": "sample", "kind": "recruitment"})
    honest = {"ad": {"text": f"{NONE} {SPANISH}"}, "kind": "recruitment", "origin": "sample"}
    say(client, honest)
    found = told("sampled")
    assert found["words on ads never answered here"] == 1
    figures = found["samples"]["all"]
    assert figures["texts"] == 10
    assert figures["accuracy"]["value"] == 0.9
    assert figures["error"]["part"] == 1
    assert figures["precision"]["value"] == 0.8
    assert figures["recall"]["value"] is None, "four lures are too few"
    rows = template(folder, "sampled")
    assert rows["Accuracy of the automated means - Accuracy", "en"]["Value"] == "0.9"
    recall = rows["Accuracy of the automated means - Recall", "Total number"]
    assert recall["Value"] == ""
    assert "too few (4 of 4)" in recall["Contextual Information"]


def test_what_expired_is_known_from_an_earlier_answer(
    client: TestClient, folder: Path, told: Any
) -> None:
    score(client, *[f"{SURE} {ENGLISH} {i}" for i in range(3)])
    before = told("before")
    emptied(client)
    score(client, f"{SURE} {ENGLISH}")
    add = ("--add", str(folder / "before" / "transparency.json"))
    assert told("after", *add)["cells"] == before["cells"]
    assert told("again", *add, *add)["cells"] == before["cells"]


@pytest.mark.parametrize("text", ["{}", "[]", '{"format": 0, "cells": []}', "no"])
def test_a_file_that_is_no_answer_is_refused(
    told: Any, folder: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    wrong = folder / "wrong.json"
    wrong.write_text(text, "utf-8")
    argv = ["transparency", "--year", str(YEAR), "--out", str(folder / "no"), "--add", str(wrong)]
    assert main(argv) == 2
    assert "wrong.json" in capsys.readouterr().err


def test_an_answer_is_written_over_only_where_it_loses_no_day(
    client: TestClient, folder: Path, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = folder / "kept" / "transparency.json"
    score(client, *[f"{SURE} {ENGLISH} {i}" for i in range(3)])
    before = told("kept")
    assert told("kept") == before, "nothing is lost"
    emptied(client)
    score(client, f"{SURE} {ENGLISH}")
    for year, more in ((YEAR, []), (YEAR + 1, ["--add", str(kept)])):
        assert main(["transparency", "--year", str(year), "--out", str(kept.parent), *more]) == 2
        assert f"{kept}: it counts decisions that are kept nowhere else" in capsys.readouterr().err
        assert json.loads(kept.read_text("utf-8")) == before
    assert told("kept", "--add", str(kept))["cells"] == before["cells"]


def test_writing_that_fails_leaves_the_answer_that_was_there(told: Any, folder: Path) -> None:
    told("broken")
    kept = folder / "broken" / "transparency.json"
    before = kept.read_bytes()
    with pytest.raises(UnicodeEncodeError):
        replace(kept, "\ud83d")
    assert kept.read_bytes() == before
    assert len(list(kept.parent.iterdir())) == 3, "nothing unfinished is left"
    (folder / "link.json").symlink_to(kept)
    replace(folder / "link.json", "new")
    assert kept.read_text("utf-8") == "new"


def test_a_folder_that_cannot_be_is_told(
    told: Any, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").touch()
    assert main(["transparency", "--year", str(YEAR), "--out", str(folder / "file" / "new")]) == 2
    assert "new: Not a directory" in capsys.readouterr().err


CELLS = st.dictionaries(
    st.builds(
        Cell,
        st.sampled_from(["2026-01-01", "2026-01-02"]),
        st.sampled_from(["en", "es"]),
        st.just(""),
        st.just("review"),
        st.sampled_from(["waiting", "confirmed"]),
    ),
    st.integers(1, 9),
).map(lambda cells: Counter(cells))


def by_day(cells: Counter[Cell]) -> Counter[str]:
    days = Counter[str]()
    for cell, number in cells.items():
        days[cell.day] += number
    return days


@given(CELLS, CELLS)
def test_a_day_is_never_counted_twice(found: Counter[Cell], earlier: Counter[Cell]) -> None:
    kept = joined(found, earlier)
    assert by_day(kept) == by_day(found) | by_day(earlier)
    assert joined(kept, earlier) == joined(kept, found) == kept


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_in_its_interval(part: int, more: int) -> None:
    found = share(part, part + more)
    if found.value is None:
        assert part + more < 5
    else:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.value <= found.high <= 1


def test_nothing_known_makes_a_report_too(told: Any, folder: Path) -> None:
    found = told("empty")
    assert found["decisions"]["all"] == {}
    assert found["samples"]["all"]["accuracy"]["value"] is None
    assert date.fromisoformat(found["period"]["since"]) == date(YEAR, 1, 1)
    assert "too few (0 of 0)" in (folder / "empty" / "transparency.md").read_text("utf-8")
