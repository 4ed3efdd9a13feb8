"""The page of an evaluation in a real browser, opened as a file, as those who are sent it do."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evaluation import metrics
from evaluation.__main__ import main
from evaluation.rows import Labelled, read
from evaluation.run import measure
from models.labels import Kind
from service.engine import Engine
from tests.e2e.visiting import WIDE, Visit

PHONE = {"width": 400, "height": 800}
EACH = 14


def rows(tmp_path: Path) -> list[Labelled]:
    """Invented offers, half passed off as written ones."""
    lines = [
        {"id": f"r{i}", "language": ("en", "sw")[i % 2], "group": f"g{i}",
         "kind": "lure" if i < 2 * EACH else "recruitment",
         "text": f"Women wanted, packing {i}. Bring a passport to Nairobi; pay the fee of {i}."}
        for i in range(4 * EACH)
    ]  # fmt: skip
    file = tmp_path / "invented.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    found = read([file])
    return [replace(row, synthetic=i % 4 > 1) for i, row in enumerate(found)]


@pytest.fixture(scope="module")
def address(tiny_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a page that the command made of every part of a measurement."""
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "RESAMPLES", 20)
        given = rows(folder)
        assert sum(row.kind == Kind.LURE for row in given if not row.synthetic) >= metrics.MIN_RATE
        found = measure(tiny_engine, given, fairness=True, robustness=True, sample=10)
    result, page = folder / "result.json", folder / "report.html"
    result.write_text(json.dumps(found), "utf-8")
    assert main(["report", str(result), "--out", str(page)]) == 0
    return page.as_uri()


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    one = Visit(browser, address, viewport=request.param)
    one.page.goto(address)
    yield one
    one.context.close()


@pytest.mark.parametrize("visit", [PHONE, WIDE], indirect=True, ids=["phone", "desktop"])
def test_the_page_is_whole_quiet_and_accessible(visit: Visit, address: str) -> None:
    said = visit.page.inner_text(".headline")
    assert said.startswith("Of 100 real lures Lurewatch sends")
    plots = visit.page.locator("figure svg[role=img]")
    assert plots.count() >= 12, "five curves of each set, and recall under attack"
    for i in range(plots.count()):
        box = plots.nth(i).bounding_box()
        assert box is not None
        assert box["width"] > 150
        assert box["height"] > 100
    assert visit.overflow() == 0
    assert visit.violations() == []
    assert visit.complaints == []
    assert visit.asked == [address], "nothing is asked for but the page itself"


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
def test_every_entry_of_the_contents_leads_somewhere(visit: Visit) -> None:
    links = visit.page.locator("nav a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(links) > 8
    for link in links:
        assert visit.page.locator(f"[id='{link[1:]}']").count() == 1, link
