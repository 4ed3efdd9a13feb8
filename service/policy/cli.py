"""``python -m service policy``: check, explain and try policies.

For example:

python -m service policy check dating.yaml                     every error, with line and field
python -m service policy explain dating.yaml --platform dating what it does, in words
python -m service policy replay results.jsonl --policy new.yaml --against old.yaml
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from models import bundle
from models.ad import Platform, Surface
from models.calibration import Calibration, OperatingPoint
from models.cli import REFUSED, new_app, say
from models.errors import BundleDamaged, BundleMissing
from service.policy.advice import advice
from service.policy.errors import Refused, Unreadable
from service.policy.explain import explain as lines_of
from service.policy.load import DEFAULT, load
from service.policy.page import as_text
from service.policy.replay import Replay
from service.policy.replay import replay as replayed
from service.policy.thresholds import CONTEXTS
from service.settings import PREFIX

app = new_app(__doc__)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--bundle",
        envvar=f"{PREFIX}BUNDLE_DIR",
        help="Folder of the bundle that gives the operating points, or its name in the registry "
        f"({PREFIX}REGISTRY); default: the champion there.",
    ),
]


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Policy files.")], folder: Folder = None
) -> None:
    """Every error of every file as file:line:column: field: what is wrong. Exit 1 if there is one.

    Doubts about a file that may be used go to stderr.
    """
    points = operating_points(folder)
    refused = False
    for file in files:
        try:
            policy = load(file, points)
        except Refused as error:
            refused = True
            print("\n".join(error.lines()))
            continue
        print(f"{file}: {policy.label}, mode {policy.mode}, rules: {len(policy.rules)}")
        for doubt in advice(policy):
            say(f"{file}: warning: {doubt}")
    if refused:
        raise typer.Exit(REFUSED)


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="Policy file.")],
    platform: Annotated[Platform | None, typer.Option(help="Only this platform.")] = None,
    surface: Annotated[Surface | None, typer.Option(help="Only this surface.")] = None,
    folder: Folder = None,
) -> None:
    """What a policy does, in words, for each platform and surface."""
    points = operating_points(folder)
    contexts = [
        context
        for context in CONTEXTS
        if (platform is None or context[0] == platform)
        and (surface is None or context[1] == surface)
    ]
    print("\n".join(lines_of(load(file, points), points, contexts)))


@app.command()
def replay(
    log: Annotated[Path, typer.Argument(help="JSON lines, each a result of POST /v1/score.")],
    policy: Annotated[Path, typer.Option(help="The new policy.")],
    against: Annotated[Path, typer.Option(help="The old policy.")] = DEFAULT,
    first: Annotated[int, typer.Option(help="Flips to name.", min=0)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Counts as JSON, not tables.")] = False,
    folder: Folder = None,
) -> None:
    """How many decisions a new policy would flip, which, and why. Both are taken as enforced.

    Results say `platform`, `surface` and the language that came with the ad, so that they are
    decided as they were; other logs need them beside a result where a policy asks for them. Exit 1
    if some lines are not results; those that stand for an ad without a score are passed over.
    """
    points = operating_points(folder)
    before, after = load(against, points), load(policy, points)
    with opened(log) as lines:
        found = replayed(lines, before, after, first)
    print(json.dumps(found.as_json(), indent=1) if as_json else as_text(found))
    if found.unscored:
        say(f"lines without a score, passed over: {found.unscored}")
    if found.wrong:
        told(found)
        raise typer.Exit(REFUSED)


def told(found: Replay) -> None:
    """The lines that were left out."""
    for words in found.wrong_first:
        say(words)
    say(f"{found.wrong} lines are not results and are not counted")


@contextmanager
def opened(path: Path) -> Iterator[Iterable[str]]:
    """Lines of a log; bytes that are not UTF-8 make a wrong line rather than an end."""
    try:
        stream = path.open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    with stream:
        yield stream


def operating_points(folder: Path | None) -> tuple[OperatingPoint, ...]:
    """Those of a bundle, without loading its model. Raises :class:`~models.errors.BundleError`."""
    kept = os.environ.get(f"{PREFIX}REGISTRY")  # as the service, whose champion it is
    registry = Path(kept) if kept else None
    meant = bundle.folder_of(folder, registry) if folder else bundle.champion(registry)
    path = meant / bundle.CALIBRATION
    try:
        return Calibration.model_validate_json(path.read_bytes()).operating_points
    except OSError as error:
        raise BundleMissing(f"{path}: {error.strerror}") from None
    except ValidationError:
        raise BundleDamaged(f"{path} is not a calibration; export the bundle again") from None
