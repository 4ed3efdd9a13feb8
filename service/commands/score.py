"""``python -m service score``: JSON lines in, JSON lines out."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

import typer
from tqdm import tqdm

from models.cli import say
from service.api.schemas import LineError, Result
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.commands.source import opened

CHUNK = 64
"""Lines scored together: enough for every worker, few enough to stream."""


def score(
    source: Annotated[
        str, typer.Argument(help="File of JSON lines, each an ad as in POST /v1/score; - is stdin.")
    ],
    strict: Annotated[bool, typer.Option(help="Stop at the first line that is wrong.")] = False,
) -> None:
    """Score a file: one result a line, in order, on stdout; progress on stderr.

    A line that is wrong gives {"line": N, "error": …} in its place, so that output and input stay
    side by side; the exit code is then 1. Blank lines are passed over.
    """
    from service.engine import Engine

    wrong = 0
    with opened(source) as stream:
        engine = Engine.start(read_settings())
        try:
            bar = tqdm(desc="score", unit="ad", file=sys.stderr, mininterval=1)
            lines = ((n, line) for n, line in enumerate(stream, 1) if not line.isspace())
            for chunk in chunks(lines):
                for answer in score_chunk(engine, chunk):
                    if isinstance(answer, LineError):
                        wrong += 1
                        if strict:
                            raise UsageError(f"line {answer.line}: {answer.error}")
                    sys.stdout.write(answer.model_dump_json() + "\n")
                bar.update(len(chunk))
            bar.close()
        finally:
            engine.scorer.close()
    if wrong:
        say(f"{wrong} lines could not be scored")
        raise typer.Exit(1)


def chunks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines, a few at a time."""
    kept = iter(lines)
    while chunk := list(islice(kept, CHUNK)):
        yield chunk


def score_chunk(engine: Any, chunk: Sequence[tuple[int, str]]) -> list[Result | LineError]:
    """One answer for each line."""
    from service.api.results import Wanted, result
    from service.api.schemas import AdIn
    from service.lines import in_place, read_line

    read = [read_line(number, line) for number, line in chunk]
    ads = [one for one in read if isinstance(one, AdIn)]
    answers = engine.answer_now([one.ad() for one in ads])
    pairs = zip(ads, answers, strict=True)
    return in_place(read, [result(ad, one, engine.name, Wanted()) for ad, one in pairs])
