"""A folder of answers: JSON and a page of each, and a table that compares them."""

import json
from pathlib import Path

from evaluation.peers.beside import Answers, as_markdown, file_name

INDEX = "index.md"


def write(made: Answers, out: Path) -> bool:
    """``NAME.json`` and ``NAME.html`` of each and :data:`INDEX`, written anew if there. Gives
    whether there are pages: without the evaluation extra there are none."""
    try:
        from evaluation.report.page import page
    except ModuleNotFoundError:
        page = None  # type: ignore[assignment]
    out.mkdir(parents=True, exist_ok=True)
    for name, answer in made.items():
        path = out / file_name(name)
        text = json.dumps(answer, indent=1, ensure_ascii=False)
        path.with_name(f"{path.name}.json").write_text(text, "utf-8")
        if page is not None:
            path.with_name(f"{path.name}.html").write_text(page(answer, {}), "utf-8")
    has_pages = page is not None
    (out / INDEX).write_text(as_markdown(made, links=has_pages), "utf-8")
    return has_pages
