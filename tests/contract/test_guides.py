"""Guides are found from the README, lead somewhere, and draw what they name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "service" / "guides"
GUIDES = sorted(FOLDER.glob("*.md"))
ELSEWHERE = ("*.md", "training/**/*.md", "evaluation/**/*.md", "models/*/CARD.md", "tests/**/*.md")
READ = sorted(one for place in ELSEWHERE for one in ROOT.glob(place))

TOUR = (FOLDER / "tour.md").read_text("utf-8")

LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")
DIAGRAM = re.compile(r"```mermaid\nsequenceDiagram\n(.*?)```", re.DOTALL)
PARTICIPANT = re.compile(r"^    participant (\w+) as \S", re.MULTILINE)
MESSAGE = re.compile(r"^ +(\w+)(?:-->>|->>)(\w+): (.+)$")
OTHER = re.compile(
    r"^ +(?:participant \w+ as .+|Note over (\w+): .+|(?:loop|alt|else|opt) .+|end)$"
)


def anchors(text: str) -> set[str]:
    """Of headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("guide", [*GUIDES, *READ], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(guide: Path) -> None:
    for name, place in LINK.findall(guide.read_text("utf-8")):
        target = guide if not name else (guide.parent / name).resolve()
        assert target.exists(), name
        if place:
            assert place in anchors(target.read_text("utf-8")), place


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_readme_or_the_tour_names_it(guide: Path) -> None:
    assert f"service/guides/{guide.name})" in (ROOT / "README.md").read_text("utf-8") or (
        f"]({guide.name})" in TOUR
    )


def test_each_way_of_the_tour_has_a_diagram() -> None:
    headings = re.findall(r"^## ", TOUR, re.MULTILINE)
    assert len(DIAGRAM.findall(TOUR)) == len(headings) == TOUR.count("```mermaid") >= 13
    named = {place for name, place in LINK.findall(TOUR) if place and not name}
    assert named == anchors(TOUR) - {"which-way-fits-whom"}


@pytest.mark.parametrize("diagram", DIAGRAM.findall(TOUR))
def test_a_diagram_speaks_of_those_that_it_names(diagram: str) -> None:
    named = set(PARTICIPANT.findall(diagram))
    spoken: set[str] = set()
    depth = 0
    for line in diagram.splitlines():
        message, other = MESSAGE.match(line), OTHER.match(line)
        assert message or other, line
        assert ";" not in line, "it ends a line"
        spoken |= {message[1], message[2]} if message else set()
        spoken |= {other[1]} - {None} if other else set()
        depth += line.strip().startswith(("loop ", "alt ", "opt ")) - (line.strip() == "end")
    assert spoken == named
    assert depth == 0
