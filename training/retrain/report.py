"""What came in, what was decided and why, and what is new in the bundle."""

from pathlib import Path
from typing import Any

from models import bundle
from models.bundle import Bundle
from models.registry.evidence import Evidence
from training.retrain.options import Options

REPORT, CHANGELOG = "report.md", "CHANGELOG.md"
LEVEL = 0.05
Told = dict[str, Any]

NEXT = {
    "PROMOTE": "Promote it:",
    "HOLD": "Look at the reasons first. To promote it all the same, with a reason that is kept:",
    "REJECT": "It is worse. Keep the champion; the labels to blame are in `2-screen/screen.md`.",
}


def write(
    folder: Path, champion: Bundle, challenger: Path, options: Options, told: Told,
    verdict: Evidence,
) -> Told:  # fmt: skip
    """Both pages; no text of an ad is in them."""
    manifest = bundle.read_manifest(challenger)
    before = champion.manifest
    (folder / REPORT).write_text(
        report(before, manifest, challenger, options, told, verdict), "utf-8"
    )
    (folder / CHANGELOG).write_text(changelog(before, manifest, told, verdict), "utf-8")
    return {"verdict": verdict.verdict}


def report(
    before: bundle.Manifest, manifest: bundle.Manifest, challenger: Path, options: Options,
    told: Told, verdict: Evidence,
) -> str:  # fmt: skip
    """For who decides."""
    collected, mixed, screened = told["collect"], told["mix"], told["screen"]
    command = f"python -m models promote {challenger} --gate {verdict_path(challenger)}"
    if verdict.verdict == "HOLD":
        command += ' --reason "…"'
    lines = [
        f"# {verdict.verdict}: {manifest.name}",
        "",
        f"Against {before.name}. Report {verdict.sha256[:12]} of {verdict.made}.",
        "",
        *(f"* {reason}" for reason in verdict.reasons),
        "",
        NEXT[verdict.verdict],
        "",
    ]
    if verdict.verdict != "REJECT":
        lines += ["```sh", command, "```", ""]
    lines += [
        "## Labels",
        "",
        f"{collected['labels']} from {options.told}"
        + (f" since {options.since:%Y-%m-%d}" if options.since else "")
        + f", {collected['words']} words of {len(collected['by reviewer'])} reviewers; "
        f"{collected['undecided']} ads without a label.",
        "",
        counts("kind", collected["by kind"]),
        counts("language", collected["by language"]),
        f"Screened: {words(screened['issues']) or 'nothing to look at'}. Reliability of reviewers: "
        f"{screened['reliability']}.",
        "",
        f"Used: {words(mixed['used'])}. Left out: {words(mixed['left out']) or 'none'}. Weight of "
        f"a label {mixed['weights']['mean']} on average, {mixed['weights']['lowest']} at least. "
        "`3-mix/labels.csv` says what became of each. New corpus texts left out between what the "
        f"champion was fitted on and what is held out: {mixed.get('corpus left out', 0)}.",
        "",
        *figures(verdict.details),
    ]
    return "\n".join(lines)


def figures(details: Told) -> list[str]:
    """Tables of what was compared."""
    lines = [
        "## On the same texts that neither bundle was fitted on",
        "",
        f"{details['frozen']['texts']} texts, SHA-256 `{details['frozen']['sha256'][:16]}`; paired "
        "95 % intervals of the difference, by near-template group.",
        "",
    ]
    for name, own in details["sets"].items():
        lines += [f"### {name}", "", "| figure | champion | challenger | change |",
                  "| --- | --- | --- | --- |"]  # fmt: skip
        ranking = {k: v for k, v in own["ranking"].items() if isinstance(v, dict)}
        for what, one in {**ranking, **own["rates"].get("all", {})}.items():
            lines.append(row(what, one))
        lines += ["", "Slices that moved beyond chance, each looked at alone:", ""]
        moved = [
            f"* {where}, {what}: {one['champion']:.3f} to {one['challenger']:.3f}, "
            f"{one['texts']} texts"
            for where, rates in own["rates"].items()
            if where != "all"
            for what, one in rates.items()
            if one["p"] is not None and one["p"] <= LEVEL
        ]
        lines += [*(moved or ["* none"]), ""]
    new = details.get("new labels")
    if new:
        lines += ["### Held-out labels of reviewers", "", f"{new['texts']} texts, {new['lures']} "
                  "lures; share answered rightly. They can show a gain and excuse no loss.", "",
                  "| at | champion | challenger | change |", "| --- | --- | --- | --- |",
                  *(row(point, one) for point, one in new["right at"].items()), ""]  # fmt: skip
    kept = details["floors"]
    lines += [
        f"Floors: {kept['judged']} judged, {len(kept['not kept'])} not kept; not measured: "
        f"{words(kept['not measured']) or 'none'}.",
        "",
    ]
    return lines


def changelog(
    before: bundle.Manifest, manifest: bundle.Manifest, told: Told, verdict: Evidence
) -> str:
    """For who runs the service."""
    old, new = (m.data.get("sources", {}) for m in (before, manifest))
    recipe = manifest.data["recipe"]
    lines = [
        f"# {manifest.name}",
        "",
        f"{manifest.created}, made from {before.name}. Gate: {verdict.verdict}.",
        "",
        f"* Recipe `{recipe['name']}`, seed {recipe['seed']}, {recipe['optimise']['epochs']} "
        "epochs from the weights of that bundle.",
    ]
    for source in sorted(old.keys() | new.keys()):
        was, now = (own.get(source, {}).get("rows", 0) for own in (old, new))
        if was != now:
            lines.append(f"* Texts of `{source}`: {was} before, {now} now.")
    lines.append(f"* Labels used: {words(told['mix']['used'])}.")
    lines += [f"* {reason}" for reason in verdict.reasons]
    return "\n".join([*lines, ""])


def row(what: str, one: Told) -> str:
    """Of a table."""
    interval = (
        f"of {one['groups']} groups, too few to tell"
        if one["low"] is None
        else f"[{one['low']:+.3f}, {one['high']:+.3f}]"
    )
    return (
        f"| {what} | {one['champion']:.3f} | {one['challenger']:.3f} | {one['change']:+.3f} "
        f"{interval} |"
    )


def counts(what: str, found: dict[str, int]) -> str:
    """A line of counts."""
    return f"By {what}: {words(found)}.\n"


def words(found: dict[str, int]) -> str:
    """``lure 12, recruitment 3``."""
    return ", ".join(f"{name.replace('_', ' ')} {times}" for name, times in found.items())


def verdict_path(challenger: Path) -> Path:
    """Where the report of the gate lies."""
    return challenger.parents[1] / "6-evaluate" / "verdict.json"
