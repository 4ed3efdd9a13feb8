"""Indicators of accuracy and the possible rate of error (Regulation (EU) 2022/2065, article 15
(1)(e); by official language: article 42 (2)(c)), from an answer of ``run``.

Accuracy and precision depend on how many of the texts are lures, and in held-out texts that is far
more than on any platform. So they can also be told for another share of lures: both rest on recall
and on the share of false positives alone, which do not depend on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.metrics import MIN_RATE
from evaluation.run import FORMAT
from service.transparency.template import (
    ACCURACY,
    OFFICIAL,
    PRECISION,
    RECALL,
    TOTAL,
    Row,
)


class WrongResult(Exception):
    """Not an answer of this version's ``run``, or one without the set or threshold asked for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with bounds of its 95 % interval; all ``None`` where there were too few texts."""

    value: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.value is None:
            return "too few"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


TOO_FEW = Estimate(None, None, None)


@dataclass(frozen=True, slots=True)
class Indicators:
    """At one threshold, over one kind of texts."""

    lures: int
    others: int
    accuracy: Estimate
    """Share of texts decided rightly."""

    error: Estimate
    """The rest."""

    precision: Estimate
    """Share of lures among the texts that are flagged."""

    recall: Estimate
    """Share of the lures that is flagged."""

    false_positives: Estimate
    """Share of the other texts that is flagged."""


def report(measured: Mapping[str, Any], share: float | None = None) -> dict[str, Any]:
    """By set, threshold and language. JSON-ready. ``share``: of lures, for accuracy and precision;
    ``None``: as in the measured texts. Raises :class:`WrongResult`."""
    if measured.get("format") != FORMAT or "sets" not in measured:
        raise WrongResult(f"no answer of `run` in format {FORMAT}; measure the bundle anew")
    return {
        "bundle": measured["bundle"],
        "leakage": "looked for" if isinstance(measured["leakage"], Mapping) else "not known",
        "share of lures": "as measured" if share is None else share,
        "thresholds": dict(measured["thresholds"]),
        "sets": {
            name: {
                point: {
                    scope: asdict(indicators(figures, point, share))
                    for scope, figures in scopes(found)
                }
                for point in measured["thresholds"]
            }
            for name, found in measured["sets"].items()
        },
    }


def scopes(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All texts of a set, then each language."""
    yield TOTAL, found["all"]
    yield from found["slices"].get("language", {}).items()


def indicators(figures: Mapping[str, Any], point: str, share: float | None = None) -> Indicators:
    """Of counts and rates as :func:`evaluation.figures.figures` gives them. The bounds of accuracy
    and precision take both rates at their unfavourable, and at their favourable ends together: the
    intervals are a little too wide rather than too narrow."""
    lures, others = figures["lures"], figures["others"]
    if lures < MIN_RATE or others < MIN_RATE:
        return Indicators(lures, others, *[TOO_FEW] * 5)
    hit, alarm = figures[f"recall at {point}"], figures[f"false positives at {point}"]
    among = lures / (lures + others) if share is None else share
    ends = (("value", "value"), ("low", "high"), ("high", "low"))
    rates = [(hit[one], alarm[other]) for one, other in ends]
    right = [among * caught + (1 - among) * (1 - wrong) for caught, wrong in rates]
    return Indicators(
        lures,
        others,
        accuracy=estimate(right),
        error=estimate([1 - right[0], 1 - right[2], 1 - right[1]]),
        precision=precision(rates, among),
        recall=estimate([hit[end] for end in ("value", "low", "high")]),
        false_positives=estimate([alarm[end] for end in ("value", "low", "high")]),
    )


def precision(rates: Sequence[tuple[float, float]], among: float) -> Estimate:
    """Share of lures among the flagged (Bayes); too few where nothing is flagged."""
    found = []
    for caught, wrong in rates:
        flagged = among * caught + (1 - among) * wrong
        if not flagged:
            return TOO_FEW
        found.append(among * caught / flagged)
    return estimate(found)


def estimate(values: Sequence[float]) -> Estimate:
    """Value, lower and upper bound."""
    value, low, high = (round(one, 4) for one in values)
    return Estimate(value, low, high)


def rows(told: Mapping[str, Any], set_name: str, point: str) -> Iterator[Row]:
    """The template's rows for one set and threshold: all texts, and official languages. Raises
    :class:`WrongResult`."""
    found = chosen(told, set_name, point)
    for scope in (TOTAL, *OFFICIAL):
        if scope not in found:
            continue
        own = found[scope]
        for indicator, name in (
            (ACCURACY, "accuracy"),
            (PRECISION, "precision"),
            (RECALL, "recall"),
        ):
            one = Estimate(**own[name])
            context = (
                f"{one}; {told['bundle']} at '{point}', held-out texts ({set_name}): "
                f"{own['lures']} lures, {own['others']} others; share of lures: "
                f"{told['share of lures']}"
            )
            yield Row(indicator, scope, one.value, context)


def chosen(told: Mapping[str, Any], set_name: str, point: str) -> Mapping[str, Any]:
    """Figures of one set and threshold, by scope."""
    for what, name, known in (
        ("set", set_name, told["sets"]), ("threshold", point, told["thresholds"])
    ):  # fmt: skip
        if name not in known:
            raise WrongResult(f"no {what} '{name}' was measured; there is: {', '.join(known)}")
    found: Mapping[str, Any] = told["sets"][set_name][point]
    return found


def page(told: Mapping[str, Any]) -> str:
    """Markdown: a table for each set and threshold."""
    share = told["share of lures"]
    lines = [
        f"# Accuracy and possible rate of error of {told['bundle']}",
        "",
        "Indicators by article 15 (1)(e) of Regulation (EU) 2022/2065, by language as in article "
        "42 (2)(c), measured on held-out labelled texts. They are not texts of your platform: "
        "beside them belong the figures of your own samples and appeals (`python -m service "
        "transparency`). A score is no finding of fact.",
        "",
        f"Accuracy and precision hold where the share of lures is "
        f"{'that of the texts measured' if share == 'as measured' else share}: where fewer texts "
        "are lures, fewer of those flagged are. Recall and false positives do not depend on it. In "
        "brackets: 95 % intervals.",
        "",
    ]
    if told["leakage"] != "looked for":
        lines += ["Whether the bundle saw some of these texts in training is not known.", ""]
    for name, points in told["sets"].items():
        for point, found in points.items():
            lines += [
                f"## Texts {name}, threshold '{point}' ({told['thresholds'][point]:.3f})",
                "",
                "| | lures / others | accuracy | error | precision | recall | false positives |",
                "| --- | --- | --- | --- | --- | --- | --- |",
                *(line(scope, own) for scope, own in found.items()),
                "",
            ]
    return "\n".join(lines)


def line(scope: str, own: Mapping[str, Any]) -> str:
    """A row of the page's tables."""
    names = ("accuracy", "error", "precision", "recall", "false_positives")
    cells = (str(Estimate(**own[name])) for name in names)
    official = " (official)" if scope in OFFICIAL else ""
    return f"| {scope}{official} | {own['lures']} / {own['others']} | " + " | ".join(cells) + " |"
