"""``python -m evaluation``: measure what ships.

For example:

python -m evaluation run FILE_OR_FOLDER …      figures of the served bundle on labelled texts
python -m evaluation report RESULT.json        one page of them, to open in a browser
python -m evaluation tables RESULT.json        its main figures as Markdown tables
python -m evaluation transparency RESULT.json --out FOLDER   accuracy and error for a yearly report
python -m evaluation compare BUNDLE FILE …     another bundle against the served one
python -m evaluation gate                      whether a bundle keeps every floor
python -m evaluation verdict BUNDLE FILE …     PROMOTE, HOLD or REJECT, by exit code and report
python -m evaluation floors RESULT.json        a proposal of floors from what a bundle reached
python -m evaluation peers FILE …              ours beside simpler ways and a service of your own
python -m evaluation incidents FILE …           examples in one language, what they find in others
python -m evaluation drift OLD NEW             whether scores have moved, and where to relabel
python -m evaluation speed --texts FILE        the served bundle against torch, as ratios
"""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from evaluation import gate as gates
from evaluation.guide_tables import NoPlace, markdown, put_into
from evaluation.rows import WrongRow, read
from evaluation.run import measure
from evaluation.transparency import WrongResult
from models import bundle
from models.cli import new_app, say
from models.cli import run as run_cli
from models.errors import BundleError
from models.registry import evidence
from models.text_sets import COLLECTED, MANNER, WRITTEN
from service.engine import Engine
from service.settings import Settings

app = new_app(__doc__)
BundleDir = Annotated[
    Path | None, typer.Option("--bundle", help="Folder of the bundle; default: the champion.")
]
Paths = Annotated[list[Path], typer.Argument(help="Labelled .jsonl files, or folders of them.")]
Unseen = Annotated[
    bool,
    typer.Option(
        "--unseen", help="Leave out what the bundle was fitted on, instead of refusing it."
    ),
]


EXIT: dict[evidence.Outcome, int] = {"PROMOTE": 0, "HOLD": 3, "REJECT": 4}
"""Exit code of a verdict."""


class Judged(StrEnum):
    """What a floor can be of."""

    COLLECTED = COLLECTED
    WRITTEN = WRITTEN
    MANNER = MANNER
    FAIRNESS = "fairness"
    ROBUSTNESS = "robustness"
    SEARCH = "search attack"


class SetName(StrEnum):
    """Sets of texts that are never counted together."""

    COLLECTED = COLLECTED
    WRITTEN = WRITTEN
    MANNER = MANNER


def engine_of(folder: Path | None) -> Engine:
    """The bundle as the service would run it."""
    return Engine.start(Settings(bundle_dir=folder or bundle.champion()))


def answer_in(result: Path) -> dict[str, Any]:
    """What ``run`` wrote. Raises :class:`~evaluation.transparency.WrongResult` for any other file,
    or half of one."""
    try:
        found: dict[str, Any] = json.loads(result.read_bytes())
    except ValueError as error:
        raise WrongResult(f"{result}: no JSON: {error}") from None
    if not isinstance(found, dict) or not {"bundle", "sets"} <= found.keys():
        raise WrongResult(f"{result}: no answer of `run`")
    return found


@app.command()
def run(
    paths: Paths,
    folder: BundleDir = None,
    unseen: Unseen = False,
    fairness: Annotated[
        bool, typer.Option(help="Swap identities and places inside the texts.")
    ] = True,
    robustness: Annotated[bool, typer.Option(help="Attack the lures.")] = True,
    sample: Annotated[
        int, typer.Option(min=10, help="Most texts that each swap and each attack is tried on.")
    ] = 120,
    out: Annotated[Path | None, typer.Option(help="Write the JSON here; default: stdout.")] = None,
) -> None:
    """Every metric with 95 % intervals, by slice; fairness and robustness. JSON, for `report`."""
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)  # before an hour of work, not after
    engine = engine_of(folder)
    rows = read(paths)
    found = measure(engine, rows, unseen, fairness, robustness, sample)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    if out is None:
        print(text)
    else:
        out.write_text(text, "utf-8")
        say(f"figures in {out}")


@app.command()
def compare(
    challenger: Annotated[Path, typer.Argument(help="Folder of the other bundle.")],
    paths: Paths,
    folder: BundleDir = None,
    unseen: Unseen = False,
) -> None:
    """Differences between two bundles on the same texts, with paired 95 % intervals. JSON."""
    from evaluation.compare import compare as pair

    found = pair(engine_of(folder), engine_of(challenger), read(paths), unseen)
    print(json.dumps(found, indent=1, ensure_ascii=False))


@app.command()
def gate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Labelled files or folders; default: the written corpus."),
    ] = None,
    folder: BundleDir = None,
    floors_file: Annotated[Path, typer.Option("--floors", help="File of floors.")] = gates.FLOORS,
    sets: Annotated[
        list[Judged] | None,
        typer.Option(
            "--set",
            help="Only the floors of this set or part; repeatable. Default: both sets when files "
            "are named, the written set when none are; and, where they have a floor, texts whose "
            "manner misleads and every part.",
        ),
    ] = None,
    result: Annotated[
        Path | None, typer.Option(help="Judge this answer of `run` instead of measuring.")
    ] = None,
    report_file: Annotated[
        Path | None,
        typer.Option("--report", help="Write what `python -m models promote --gate` takes."),
    ] = None,
) -> None:
    """Judge a bundle by its floors on texts it was not fitted on. Exit 1 where one is broken or
    was not measured."""
    named = tuple(str(one) for one in sets or ())
    loaded = gates.load(floors_file)
    of_sets = (COLLECTED, WRITTEN) if paths or result else (WRITTEN,)
    asked = named or (*of_sets, *gates.asked_parts(loaded, (MANNER, *gates.PARTS)))
    if result is not None and report_file is not None:
        raise gates.WrongFloor("--report is of what is measured now: leave --result out")
    if result is not None:
        found = answer_in(result)
    else:
        rows = read(paths or [gates.WRITTEN_CORPUS])
        attacked = bool({Judged.ROBUSTNESS, Judged.SEARCH} & set(asked))
        found = measure(engine_of(folder), rows, True, Judged.FAIRNESS in asked, attacked)
    verdicts = gates.judge(loaded, found, asked)
    for one in verdicts:
        print(one)
    left = gates.not_judged(loaded, asked)
    if left:
        say(left)
    failed = [str(one) for one in verdicts if one.problem]
    manifest = bundle.read_manifest(folder or bundle.champion())
    if result is None and (moved := gates.unfaithful(manifest)):
        print(moved)
        failed.insert(0, moved)
    if report_file is not None:
        reasons = failed or [f"{len(verdicts)} floors kept"]
        outcome: evidence.Outcome = "REJECT" if failed else "PROMOTE"
        told = [left] if left else []
        details = {"floors": [str(one) for one in verdicts], "not judged": told}
        judged = bundle.named(manifest)
        evidence.write(evidence.seal(judged, None, outcome, reasons, details), report_file)
    kept = sum(not one.problem for one in verdicts)
    say(f"{found['bundle']}: {kept} of {len(verdicts)} floors kept")
    if failed:
        raise typer.Exit(1)


@app.command()
def verdict(
    challenger: Annotated[Path, typer.Argument(help="Folder of the bundle that wants to serve.")],
    paths: Paths,
    folder: BundleDir = None,
    new: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labels of reviewers that the challenger was not fitted on; repeatable. They can "
            "show a gain, and excuse no loss."
        ),
    ] = None,
    floors_file: Annotated[Path, typer.Option("--floors", help="File of floors.")] = gates.FLOORS,
    concerns: Annotated[
        list[str] | None, typer.Option("--hold", help="A reason to hold; repeatable.")
    ] = None,
    unmeasured: Annotated[
        list[Judged] | None,
        typer.Option(
            help="A set or part whose floors may stay unmeasured, for who has no such texts; "
            "repeatable. The reasons tell it. Default: a floor that was not measured is a HOLD."
        ),
    ] = None,
    report_file: Annotated[
        Path, typer.Option("--report", help="What `python -m models promote --gate` takes.")
    ] = Path("verdict.json"),
) -> None:
    """Compare a challenger with the champion (--bundle) on the same texts that neither was fitted
    on. Exit 0 PROMOTE, 3 HOLD, 4 REJECT."""
    from evaluation.verdict import compare as judge_both

    found = judge_both(
        engine_of(folder), engine_of(challenger), read(paths), read(new) if new else [],
        gates.load(floors_file), concerns or (),
        unmeasured=[str(one) for one in unmeasured or ()],
    )  # fmt: skip
    evidence.write(found, report_file)
    print(found.verdict)
    for reason in found.reasons:
        print(f"- {reason}")
    if EXIT[found.verdict]:
        raise typer.Exit(EXIT[found.verdict])


@app.command()
def floors(
    result: Annotated[Path, typer.Argument(help="What `run --out` wrote.")],
    date: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Date of the measurement, such as 2026-11-26."),
    ],
) -> None:
    """Propose a file of floors from what a bundle reached: the near ends of the intervals."""
    from evaluation.propose import as_toml, proposed

    measured = answer_in(result)
    print(as_toml(proposed(measured, f"{date:%Y-%m-%d}")), end="")


@app.command()
def report(
    result: Annotated[Path, typer.Argument(help="What `run --out` wrote.")],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    texts: Annotated[
        list[Path] | None,
        typer.Option(help="Also show the texts of the worst errors, from these files; repeatable."),
    ] = None,
) -> None:
    """One page that stands alone: headline, curves, slices, fairness, robustness, worst errors by
    id. Needs the evaluation extra."""
    from evaluation.report.page import page

    measured = answer_in(result)
    by_id = {row.id: row.text for row in read(texts)} if texts else {}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(measured, by_id), "utf-8")
    say(f"report in {out}")


@app.command()
def tables(
    result: Annotated[Path, typer.Argument(help="What `run --out` wrote.")],
    into: Annotated[
        Path | None, typer.Option(help="Put them into this page, between its two marks.")
    ] = None,
) -> None:
    """The main figures as Markdown tables: ranking, F1, calibration, fairness, robustness."""
    words = markdown(answer_in(result))
    if into is None:
        print(words)
    else:
        put_into(into, words)
        say(f"tables in {into}")


@app.command()
def transparency(
    result: Annotated[Path, typer.Argument(help="What `run --out` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for three files; written anew if there.")],
    set_name: Annotated[
        SetName, typer.Option("--set", help="Set of texts for the Commission's template.")
    ] = SetName.COLLECTED,
    point: Annotated[
        str | None,
        typer.Option(help="Threshold for the template; default: the first, `review` by default."),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Tell accuracy and precision for this share of lures among all "
            "texts, such as 0.001; default: the share in the measured texts.",
        ),
    ] = None,
    service: Annotated[str, typer.Option(help="Your service's name, for the template.")] = "",
    period: Annotated[
        str, typer.Option(help="Of the report, such as 2026-01-01/2026-12-31.")
    ] = "",
) -> None:  # fmt: skip
    """Indicators of accuracy and error by language, for the transparency report of the EU Digital
    Services Act: JSON, part 8 of the Commission's template, and a page."""
    from evaluation import transparency as figures
    from service.transparency.template import FILE, as_csv

    told = figures.report(answer_in(result), share)
    chosen = point or next(iter(told["thresholds"]))
    template = as_csv(figures.rows(told, str(set_name), chosen), service, period)
    out.mkdir(parents=True, exist_ok=True)
    (out / "accuracy.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    (out / FILE).write_text(template, "utf-8")
    (out / "accuracy.md").write_text(figures.page(told), "utf-8")
    say(f"accuracy and error of {told['bundle']} in {out}")


@app.command()
def peers(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Labelled files or folders to measure on; default: a split of --data."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Data set of `python -m training prepare`: baselines are fitted on its training "
            "split. Needs the training extra."
        ),
    ] = None,
    base: Annotated[
        Path | None, typer.Option(help="Folder of the base encoder, for the frozen-encoder probe.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--bundle", help="Ours; default: the champion where files are named, else none."
        ),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            help="Address of a service of yours in the shape of OpenAI's moderations, such as "
            "http://127.0.0.1:9000/v1/moderations; its key is read from LUREWATCH_ENDPOINT_KEY."
        ),
    ] = None,
    category: Annotated[
        str | None, typer.Option(help="Category of the endpoint to read; default: the highest.")
    ] = None,
    threshold: Annotated[
        float,
        typer.Option(min=0, max=1, help="From where the endpoint flags; unused with --data."),
    ] = 0.5,
    split: Annotated[
        Literal["test", "left_out"], typer.Option(help="Split of --data to measure on.")
    ] = "test",
    unseen: Unseen = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for JSON and a page of each, and index.md.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON, not tables.")] = False,
) -> None:
    """Ours, simpler ways, and a service of one's own on the same texts, which none of them may have
    been fitted on."""
    from evaluation.peers.beside import as_markdown
    from evaluation.peers.endpoint import Endpoint
    from evaluation.peers.folder import write
    from evaluation.peers.together import measure as measure_all

    if not paths and data is None:
        raise WrongRow("name files to measure on, or --data")
    wanted = folder or (bundle.champion() if paths else None)
    made = measure_all(
        read(paths) if paths else None,
        data,
        split,
        base,
        engine_of(wanted) if wanted else None,
        Endpoint(endpoint, category) if endpoint else None,
        threshold,
        unseen,
    )
    print(json.dumps(made, indent=1, ensure_ascii=False) if as_json else as_markdown(made))
    if out is not None:
        pages = "" if write(made, out) else "; no pages, which need the evaluation extra"
        say(f"{len(made)} answers in {out}{pages}")


@app.command()
def incidents(
    paths: Paths,
    folder: BundleDir = None,
    examples: Annotated[int, typer.Option(min=1, max=50, help="Texts that tell each.")] = 5,
    draws: Annotated[int, typer.Option(min=1, help="Drawn anew so often, by language.")] = 3,
    rate: Annotated[
        float, typer.Option(min=0.0005, max=0.2, help="False-positive rate to ask for.")
    ] = 0.01,
    languages: Annotated[
        int, typer.Option(min=1, help="Languages that examples of one incident are drawn from.")
    ] = 6,
    sample: Annotated[
        int | None, typer.Option(min=20, help="Most unseen texts of no incident. [all]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure, as JSON.")] = False,
) -> None:
    """What examples in one language find in the others, and by mistake. FILES: the written corpus;
    hits are counted on its texts that the bundle never saw."""
    from evaluation.incidents import as_markdown, measure

    found = measure(engine_of(folder), read(paths), examples, draws, rate, languages, sample)
    print(json.dumps(found, indent=1) if as_json else as_markdown(found))


@app.command()
def drift(
    old: Annotated[Path, typer.Argument(help="Score log of the reference period.")],
    new: Annotated[Path, typer.Argument(help="Score log of the period in question.")],
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON, not a table.")] = False,
) -> None:
    """Compare two score logs (no texts) by platform and language: population stability and a
    two-sample test, and where to relabel. Exit 1 where it says so."""
    from evaluation.drift import as_markdown, compare_logs

    found = compare_logs(old, new)
    print(json.dumps(found, indent=1) if as_json else as_markdown(found))
    if found["relabel"]:
        raise typer.Exit(1)


@app.command()
def speed(
    texts: Annotated[Path, typer.Option(help="JSON lines with a text each; 64 and more.")],
    fitted: Annotated[Path, typer.Option(help="The fitted model the bundle was exported from.")],
    folder: BundleDir = None,
) -> None:
    """One ad's latency and a batch's throughput against torch. Needs the training extra."""
    from evaluation.peers.speed import compare, texts_of

    print(json.dumps(compare(engine_of(folder), fitted, texts_of(texts)), indent=1))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 a floor is broken or scores drifted, 2 cannot be done; of ``verdict``
    also 3 HOLD and 4 REJECT."""
    return run_cli(
        app, argv, (BundleError, WrongRow, gates.WrongFloor, WrongResult, NoPlace, OSError)
    )


if __name__ == "__main__":
    raise SystemExit(main())
