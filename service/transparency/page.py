"""The figures of a year, to be read."""

from typing import Any

from service.transparency.shares import Share

DECISIONS = ("allow", "nudge", "review", "block")


def page(found: dict[str, Any]) -> str:
    """Markdown."""
    period = found["period"]
    lines = [
        f"# Automated means, {period['since']} to {period['until']}",
        "",
        "Figures for a report by articles 15, 24 and 42 of Regulation (EU) 2022/2065. They count "
        "what this service answered and kept. What the platform did, and what others told it, the "
        "platform adds. Intervals are Wilson's, 95 %.",
        "",
        "## Decisions",
        "",
        "| | " + " | ".join(DECISIONS) + " |",
        "| --- |" + " --- |" * len(DECISIONS),
        decision_line("all", found["decisions"]["all"]),
        *(decision_line(*one) for one in found["decisions"]["by language"].items()),
        *(decision_line(*one) for one in found["decisions"]["by harm"].items()),
        "",
        "## Measures",
        "",
        f"Decisions from `{found['restricts from']}` on that stood: "
        f"{found['measures']['all'].get('solely automated', 0)} solely by automated means, "
        f"{found['measures']['all'].get('with a person', 0)} once a person had confirmed them.",
        "",
        "## Decisions taken back on appeal",
        "",
        "| | share |",
        "| --- | --- |",
        *figure_lines(found["appeals"], ("overturned",)),
        "",
        "## Accuracy and error",
        "",
        "Ads drawn whatever their score (`origin` sample), as people read them.",
        "",
        "| | accuracy | error | precision | recall |",
        "| --- | --- | --- | --- | --- |",
        *figure_lines(found["samples"], ("accuracy", "error", "precision", "recall")),
        "",
        f"Words on ads that were never answered here, not counted: "
        f"{found['words on ads never answered here']}.",
        "",
    ]
    return "\n".join(lines)


def decision_line(name: str, decisions: dict[str, dict[str, int]]) -> str:
    """A row: each decision's total, then what became of it."""
    cells = []
    for decision in DECISIONS:
        outcomes = decisions.get(decision, {})
        told = ", ".join(f"{n} {what}" for what, n in sorted(outcomes.items()) if what != "none")
        cells.append(f"{sum(outcomes.values())}" + (f" ({told})" if told else ""))
    return f"| {name} | " + " | ".join(cells) + " |"


def figure_lines(found: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    """A row for all, for each language and for each harm."""
    named = {"all": found["all"], **found["by language"], **found["by harm"]}
    return [
        f"| {name} | " + " | ".join(str(Share(**figures[one])) for one in names) + " |"
        for name, figures in named.items()
    ]
