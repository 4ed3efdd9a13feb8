"""The list of a screening as a page to read."""

import re
from collections.abc import Sequence
from typing import Any

MOST = 40
"""Entries shown of each check; ``issues.csv`` has them all."""

MEANINGS = {
    "contradiction": "Near-copies with different labels",
    "contradicts_corpus": "Near-copies of corpus texts that say otherwise",
    "likely_label_error": "Likely label errors",
    "suspicious_reviewer": "Reviewers to look at, and labels that rest on them alone",
    "reviewers_differ": "Ads without a label: no kind has more than half of its reviewers",
    "exact_duplicate": "The same text again",
    "near_duplicate": "Near-copies of another label",
}


def page(
    issues: Sequence[dict[str, Any]],
    people: Sequence[dict[str, Any]],
    counts: dict[str, Any],
    sources: Sequence[dict[str, Any]] = (),
) -> str:
    """Markdown. It holds the beginnings of texts: keep it like the ads."""
    lines = [
        "# Labels to look at",
        "",
        f"{counts['labels']} labels, {counts['undecided']} ads without one, "
        f"{counts['reviewers']} reviewers. Nothing was removed. To leave something out, write "
        "`exclude` into the column `decision` of `issues.csv` (or `keep`, where you looked and it "
        "is right), and go on with `--decisions issues.csv`; or name a whole check with "
        "`--exclude`.",
        "",
        f"Reliability of reviewers: {counts['reliability']}.",
        "",
    ]
    if people:
        lines += [
            "| reviewer | words | judged with others | agrees with them | with the champion | "
            "reliability | to look at |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(
                f"| {one['reviewer'][:12]} | {one['words']} | {one['shared']} | "
                f"{percent(one['agreement'])} | {percent(one['with_champion'])} | "
                f"{percent(one['quality'])} | {'; '.join(one['flags'])} |"
                for one in people
            ),
            "",
        ]
    if any(one["quality"] is not None for one in sources):
        lines += [
            "| source | words | ads judged by way of others too | agrees with them | "
            "with the champion | reliability |",
            "| --- | --- | --- | --- | --- | --- |",
            *(
                f"| {one['reviewer']} | {one['words']} | {one['shared']} | "
                f"{percent(one['agreement'])} | {percent(one['with_champion'])} | "
                f"{percent(one['quality'])} |"
                for one in sources
            ),
            "",
        ]
    for check, title in MEANINGS.items():
        own = [one for one in issues if one["check"] == check]
        if not own:
            continue
        lines += [f"## {title}: {len(own)}", ""]
        for one in own[:MOST]:
            label = f" `{one['kind']}` ({one['language']})" if one["kind"] else ""
            lines.append(f"* `{one['id']}`{label}: {one['why']}")
            if one["text"]:
                lines.append(f"  > {verbatim(one['text'])}")
        if len(own) > MOST:
            lines.append(f"* … and {len(own) - MOST} more in `issues.csv`")
        lines.append("")
    return "\n".join(lines)


def verbatim(text: str) -> str:
    """The text as code, between more backticks than it has in a row: what strangers wrote must
    fetch no picture, and show no link, where the page is read."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {' '.join(text.split())} {fence}"


def percent(share: float | None) -> str:
    """``93 %``, or a dash."""
    return "–" if share is None else f"{share:.0%}"
