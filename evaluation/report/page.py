"""One HTML page of an evaluation that stands alone: it asks for nothing from anywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from evaluation.report.decisions import outcome
from evaluation.report.definitions import DEFINITIONS
from evaluation.report.headline import caveat, headline
from evaluation.report.sections import sections

TEMPLATES = Environment(
    loader=PackageLoader("evaluation.report", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
CONTROLS = {c: "\N{REPLACEMENT CHARACTER}" for c in (*range(9), 11, 12, *range(14, 32), 127)}
"""Characters that HTML does not allow, in texts of strangers."""


@dataclass(frozen=True, slots=True)
class WorstError:
    """A text whose score is far from the truth."""

    id: str
    kind: str
    score: float
    verdict: str
    text: str | None
    """``None``: it was not given."""


def page(measured: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The page, the same bytes for the same arguments.

    ``measured`` is an answer of :func:`evaluation.run.measure`; of it, what is missing is said to
    be missing, and what is not known is shown all the same. ``texts`` are the texts of worst
    errors by id, as far as they may be shown.
    """
    html = TEMPLATES.get_template("page.html.j2").render(
        bundle=measured.get("bundle", "a bundle without a name"),
        created=measured.get("created"),
        headline=headline(measured),
        caveat=caveat(measured),
        sections=sections(measured),
        worst={
            name: list(worst(measured, found, texts))
            for name, found in measured.get("sets", {}).items()
        },
        definitions=DEFINITIONS,
    )
    # A lone surrogate, which JSON can hold, cannot be written to a file.
    return html.translate(CONTROLS).encode("utf-8", "replace").decode("utf-8")


def worst(
    measured: Mapping[str, Any], found: Mapping[str, Any], texts: Mapping[str, str]
) -> Iterator[WorstError]:
    """Of one set, the worst first."""
    for one in found.get("worst", ()):
        then = outcome(one["score"], measured.get("thresholds", {}))
        yield WorstError(
            one["id"], one["kind"], one["score"], verdict(one["kind"], then), texts.get(one["id"])
        )


def verdict(kind: str, then: str) -> str:
    """What the score leads to, and whether that is wrong."""
    if kind == "lure":
        return "missed: no review, no notice" if then == "nothing" else f"found: {then}"
    return "rightly left alone" if then == "nothing" else f"false alarm: {then}"
