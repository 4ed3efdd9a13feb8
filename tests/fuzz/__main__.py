"""``python -m tests.fuzz api | parts | linear``: more bad input than the tests take time for.

Exit code 1 where something was found.
"""

import logging
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from models.cli import new_app, run

app = new_app(__doc__)

Seed = Annotated[int, typer.Option(help="Of what is drawn.")]


@app.command()
def api(
    examples: Annotated[
        int, typer.Option(min=1, help="Requests of each operation and way.")
    ] = 1000,
    seed: Seed = 1,
    only: Annotated[str, typer.Option(help="Part of the operations' names.")] = "",
    bundle: Annotated[
        Path | None, typer.Option(help="Bundle to serve; default: a small one, made now.")
    ] = None,
) -> None:
    """Every operation of the OpenAPI document, by schemathesis: with a key, and without one."""
    from tests.e2e.kill_loop import tiny_bundle
    from tests.fuzz.api import ask, operations, ways
    from tests.fuzz.served import application

    found = []
    with tempfile.TemporaryDirectory() as name:
        served = bundle or tiny_bundle(Path(name) / "tiny")
        with (
            application(Path(name) / "served", served, authentication="on") as (made, key),
            operations(made) as known,
        ):
            chosen = [one for one in known if only in one.label]
            todo = [
                (one, mode, count, asked_with)
                for one in chosen
                for mode in ways(one)
                for count, asked_with in ((examples, key), (max(1, examples // 20), None))
            ]
            for one, mode, count, asked_with in (bar := tqdm(todo, unit=" ways")):
                bar.set_description(one.label)
                found.append(ask(one, mode, count, seed, asked_with))
                if found[-1].failure:
                    tqdm.write(f"{one.label}, {mode.value}: {found[-1].failure}\n")
    wrong = [one for one in found if one.failure]
    requests = sum(one.requests for one in found)
    print(f"{len(chosen)} operations, {requests:,} requests, {len(wrong)} failures")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def parts(
    inputs: Annotated[int, typer.Option(min=1, help="Of all parts together.")] = 1_000_000,
    only: Annotated[list[str] | None, typer.Option(help="A part by its name; repeatable.")] = None,
    seed: Seed = 1,
    by_coverage: Annotated[
        bool, typer.Option(help="Guided by atheris, at a tenth of the pace; else at random.")
    ] = True,
) -> None:
    """Everything that reads a text, a body, a file or a header."""
    from tests.fuzz.parts import broken, run, table

    warnings.simplefilter("ignore")
    logging.disable()
    found = run(inputs, only or (), seed, by_coverage)
    print(table(found))
    for one in found:
        for name, file in one.told.findings.items():
            print(f"{one.told.part}: {name}: {file}", file=sys.stderr)
        if one.died:
            print(f"{one.told.part}: {one.died}", file=sys.stderr)
    raise typer.Exit(1 if any(map(broken, found)) else 0)


@app.command()
def linear(
    ends: Annotated[bool, typer.Option("--ends", help="Each repetition with more ends.")] = False,
    most: Annotated[float, typer.Option(help="Ratio that is still linear.")] = 12.0,
) -> None:
    """Whether four times the characters take four times as long."""
    from tests.fuzz.linear import run as measure
    from tests.fuzz.linear import table

    found = measure(ends)
    print(table(found))
    wrong = [one for one in found if one.ratio >= most]
    for one in wrong:
        print(
            f"{one.part}: {one.what}: {one.ratio:.1f} times, {one.seconds:.3f} s", file=sys.stderr
        )
    print(f"{len(found):,} times taken, {len(wrong)} ratios of {most:g} and more")
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    sys.exit(run(app, None, ()))
