"""What stands in each section of the page: tables and plots by set, or a sentence that says why
there are none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluation.metrics import MIN_EACH, MIN_RATE
from evaluation.report.attacks import attack_tables, kept_plots
from evaluation.report.cells import COUNTS
from evaluation.report.decisions import decided_at
from evaluation.report.drawing import Plot
from evaluation.report.plots import curves
from evaluation.report.swaps import fairness_tables
from evaluation.report.tables import Table, records, tables
from evaluation.run import FORMAT

Measured = Mapping[str, Any]

KNOWN = {
    "format", "bundle", "created", "minimum of each class", "minimum of a rate", "thresholds",
    "leakage", "sets", "fairness", "robustness", "search attack", "peer",
}  # fmt: skip
FACTS = ("bundle", "peer", "created", "minimum of each class", "minimum of a rate")
NO_SPANS = (
    "No text of this set is marked, or what was measured shows no spans: indicators were not "
    "measured."
)
KNOWN_OF_SET = {
    "all", "kinds", "kind accuracy", "abstention", "slices", "spans", "curves", "worst",
    "calibration", "beside ours",
}  # fmt: skip
"""What has a place of its own; the rest of an answer stands under further figures."""


@dataclass(frozen=True, slots=True)
class Part:
    """Under one heading of the third level; without a name, under none."""

    name: str = ""
    missing: str = ""
    """Why there is nothing here."""

    plots: Sequence[Plot] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Under one heading of the second level."""

    id: str
    title: str
    words: str
    parts: list[Part] = field(default_factory=list)


def sections(measured: Measured) -> list[Section]:
    """All but the headline, the worst errors and the definitions, in their order on the page."""
    found = [subject(measured), overall(measured), slices(measured), explanations(measured)]
    found += [fairness(measured), robustness(measured)]
    return [*found, *further(measured)]


def by_set(measured: Measured, part: Callable[[str, str, Measured], Part]) -> list[Part]:
    """``part(key, name, figures)`` of each set."""
    sets: Measured = measured.get("sets", {})
    parts = [part(f"set{i}", name, found) for i, (name, found) in enumerate(sets.items(), 1)]
    return parts or [Part(missing="No set was measured.")]


def subject(measured: Measured) -> Section:
    """Bundle, sets, thresholds, leakage."""
    sizes = {
        name: {count: found["all"][count] for count in COUNTS}
        for name, found in measured.get("sets", {}).items()
    }
    facts = {name: measured[name] for name in FACTS if measured.get(name) is not None}
    points = {n: {"score from": at, "decision": then} for n, at, then in decided_at(measured)}
    size_tables = tables("Size of each set", sizes, ("set",))
    point_tables = tables("Shipped thresholds", points, ("name",))
    parts = [
        Part(tables=tables("The bundle", facts, ("fact",))),
        Part("Sets", "" if sizes else "No set was measured.", (), size_tables),
        Part("Thresholds", "" if points else "This bundle ships none.", (), point_tables),
        leakage(measured.get("leakage")),
    ]
    words = (
        "Collected texts are real ones. Written or generated texts were made to be learnt from: "
        "they show what the model can do, not how often it is right out there, and are counted "
        "together with collected ones for fairness and robustness alone."
    )
    if measured.get("format") != FORMAT:
        words += (
            f" This answer has format {measured.get('format')}, the page is made for {FORMAT}: "
            "some figures may be missing."
        )
    return Section("measured", "What was measured", words, parts)


def leakage(found: Any) -> Part:
    """What the measured texts share with the texts the bundle was fitted on."""
    name = "Leakage check"
    if not isinstance(found, Mapping):
        return Part(name, f"Texts shared with training: {found or 'not checked'}.")
    shared, near = found["shared"], found["near"]
    words = (
        f"{len(shared):,} of {found['texts']:,} texts (in {found['groups']:,} groups) are of a "
        f"group that the bundle was fitted on; {len(near):,} more are near-duplicates of a "
        f"training text (similarity of {found['similarity']} or more)."
    )
    copies = {one: {"similarity": similarity} for one, similarity in near}
    listed = tables("Near-duplicates of a training text", copies, ("id",))
    listed += tables("Of a group fitted on", {one: {"shared": True} for one in shared}, ("id",))
    return Part(name, words, (), listed)


def overall(measured: Measured) -> Section:
    """Every figure of each set as a whole, and its curves."""
    names = list(measured.get("thresholds", {}))

    def part(key: str, name: str, found: Measured) -> Part:
        plots = curves(key, found, names)
        missing = "" if plots else "No curves: they need lures and other texts, and one is missing."
        whole = dict(found["all"])
        if "kind accuracy" in found:
            whole["kind accuracy"] = found["kind accuracy"]
        listed = tables(f"All {name} texts", whole, ("figure",))
        listed += tables(f"Beside ours, {name}", found.get("beside ours") or {}, ("figure",))
        listed += tables(f"Mean score by true kind, {name}", found.get("kinds"), ("kind",))
        listed += calibration_tables(name, found.get("calibration") or {})
        return Part(name, missing, plots, listed)

    words = "Each figure is followed by its 95 % interval; how it is defined stands at the end."
    return Section("figures", "Figures and curves", words, by_set(measured, part))


def calibration_tables(name: str, found: Measured) -> list[Table]:
    """Mean score less share of lures of each slice, and which slices are off."""
    listed: list[Table] = []
    for dimension, own in found.items():
        gaps = {
            value: {"gap": {"value": one["gap"], **{k: one[k] for k in ("low", "high", "texts")}}}
            for value, one in own["slices"].items()
        }
        listed += tables(f"Calibration by {dimension}, {name} texts", gaps, (dimension,))
    off = {dimension: own["off"] for dimension, own in found.items()}
    return [*listed, *tables(f"Slices off beyond chance, {name} texts", off, ("dimension",))]


def slices(measured: Measured) -> Section:
    """A table for each dimension of each set."""

    def part(_: str, name: str, found: Measured) -> Part:
        dimensions: Measured = found.get("slices", {})
        listed = [
            one
            for dimension, own in dimensions.items()
            for one in tables(f"By {dimension}, {name} texts", own, (dimension,))
        ]
        return Part(name, "" if listed else "No slices were measured.", (), listed)

    least = measured.get("minimum of each class", MIN_EACH)
    least_rate = measured.get("minimum of a rate", MIN_RATE)
    words = (
        "The same figures for parts of each set. Bars show the area under ROC on a scale from 0.5 "
        f"(chance, left) to 1. A part with fewer than {least} lures or others has too few for that "
        f"figure, and a share of fewer than {least_rate} texts is not given. A "
        "wide interval means that little is known, not that the model is bad."
    )
    return Section("slices", "Slices", words, by_set(measured, part))


def explanations(measured: Measured) -> Section:
    """Indicators against a reader's marks, and what is gained by abstaining."""

    def part(_: str, name: str, found: Measured) -> Part:
        spans = span_tables(name, found.get("spans") or {})
        missing = "" if spans else NO_SPANS
        gained = tables(f"Abstention, {name}", found.get("abstention"))
        missing += "" if gained else " Abstention was not measured."
        return Part(name, missing.strip(), (), [*spans, *gained])

    words = (
        "Indicators are shown to a reader as spans, and mean: present, verify. Here they are held "
        "against the words that a reader had marked. Abstention: how wrong the surest answers "
        "are, and how often the answer is that nobody could judge the text."
    )
    return Section("explanations", "Indicators and abstention", words, by_set(measured, part))


def span_tables(name: str, found: Measured) -> list[Table]:
    """All languages and each of them in one table; then what else is told."""
    measures = {"all": found.get("all"), **(found.get("languages") or {})}
    rest = {key: value for key, value in found.items() if key not in ("all", "languages")}
    listed = tables(f"Indicators, {name}", measures, ("language", "measure")) if found else []
    return [*listed, *tables(f"Marked, {name}", rest, ("counted",))]


def fairness(measured: Measured) -> Section:
    """Whatever the swaps of identities and places found."""
    found: Measured = measured.get("fairness") or {}
    words = (
        "What changes when a text names another identity or place, all else equal; how well texts "
        "that name one are ranked; and whether honest texts of one side are flagged more often. "
        "Collected and written texts are counted together (those whose manner misleads are left "
        "out), so no headline is to be read into it."
    )
    missing = "" if found else "Not measured in this run."
    parts = [Part("", missing, (), fairness_tables(found))]
    return Section("fairness", "Fairness", words, parts)


def robustness(measured: Measured) -> Section:
    """Whatever the attacks on lures found."""
    found: Measured = measured.get("robustness") or {}
    words = (
        "How many lures are still found when somebody disguises them. Collected and written lures "
        "are attacked together (those whose manner misleads are left out), one of each group: "
        "compare before with after, and read no headline into it."
    )
    missing = "" if found else "Not measured in this run."
    parts = [Part("", missing, kept_plots(found), attack_tables(found))]
    if search := measured.get("search attack"):
        parts.append(Part("Search attack", "", (), search_tables(search)))
    return Section("robustness", "Robustness", words, parts)


def search_tables(found: Measured) -> list[Table]:
    """A row for each way, and one for each of its languages."""
    whole = {
        way: {key: value for key, value in own.items() if key != "languages"}
        for way, own in found.items()
    }
    languages = {way: own["languages"] for way, own in found.items() if own.get("languages")}
    listed = records("Search attacks", whole, ("way",))
    return [*listed, *records("Search attacks by language", languages, ("way", "language"))]


def further(measured: Measured) -> list[Section]:
    """What the answer holds beyond that; no section where there is nothing."""
    rest = {name: value for name, value in measured.items() if name not in KNOWN}
    parts = [Part(tables=tables("Of the run", rest))] if rest else []
    for name, found in measured.get("sets", {}).items():
        own = {key: value for key, value in found.items() if key not in KNOWN_OF_SET}
        if own:
            parts.append(Part(name, tables=tables(f"Of {name} texts", own)))
    return [Section("further", "Further figures", "", parts)] if parts else []
