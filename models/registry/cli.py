"""``python -m models``: which bundles there are, where each comes from, and which one is served.

For example:

python -m models list                                     bundles, the champion with an asterisk
python -m models show NAME                                lineage, figures, thresholds, history
python -m models diff OLD NEW                             recipe, data, figures, thresholds
python -m models promote FOLDER --gate verdict.json       a bundle that passed becomes champion
python -m models promote NAME --reason "why"              without a gate; the reason is kept
python -m models rollback --reason "why"                  back to the champion before
python -m models verify                                   every digest, the history, its reports
python -m models prune --parents 2 --apply                old bundles go; champion and parents stay
python -m models mlflow NAME --uri http://host:5000       to an MLflow server, where a team has one

A registry is any folder: --registry DIR, or LUREWATCH_REGISTRY, which the service reads too. The
default is the folder of the bundles that come with this code.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from models import bundle
from models.cli import new_app, say
from models.cli import run as run_cli
from models.errors import BundleError
from models.registry import changes, show, verify
from models.registry.errors import RegistryError
from models.registry.folder import Registry

app = new_app(__doc__)

Root = Annotated[
    Path,
    typer.Option("--registry", envvar="LUREWATCH_REGISTRY", help="Folder of the registry."),
]
Name = Annotated[str, typer.Argument(help="A bundle of the registry.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
HOME = bundle.bundles_dir()


@app.command("list")
def list_(root: Root = HOME, as_json: AsJson = False) -> None:
    """Bundles, the oldest first; the champion has an asterisk."""
    entries = show.listing(Registry(root))
    print(json.dumps(entries, indent=1) if as_json else show.as_table(entries))


@app.command("show")
def show_(name: Name, root: Root = HOME) -> None:
    """Everything known of a bundle: lineage, data, recipe, figures, history. JSON."""
    print(json.dumps(show.show(Registry(root), name), indent=1, ensure_ascii=False))


@app.command()
def diff(one: Name, other: Name, root: Root = HOME, as_json: AsJson = False) -> None:
    """In what two bundles differ: recipe, data, figures, thresholds, files."""
    found = show.diff(Registry(root), one, other)
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    for key, (before, after) in found.items():
        print(f"{key}: {json.dumps(before)} -> {json.dumps(after)}")


@app.command()
def promote(
    given: Annotated[str, typer.Argument(help="A bundle of the registry, or a folder to copy in.")],
    root: Root = HOME,
    gate: Annotated[
        Path | None,
        typer.Option(help="Report of `python -m evaluation verdict` or `gate --report`."),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(help="Why, where no gate was passed; kept in the history for good."),
    ] = None,
) -> None:
    """Make a bundle the champion. Its digests are checked; a gate must be of this very bundle, and
    against the present champion."""
    entry = changes.promote(Registry(root), given, gate, reason)
    print(entry.model_dump_json(by_alias=True))
    say(f"champion: {entry.to}, before {entry.before}")


@app.command()
def rollback(
    reason: Annotated[str, typer.Option(help="Why; kept in the history for good.")],
    root: Root = HOME,
    to: Annotated[str | None, typer.Option(help="Another bundle than the champion before.")] = None,
) -> None:
    """Make the champion before the present one champion again."""
    entry = changes.rollback(Registry(root), reason, to)
    print(entry.model_dump_json(by_alias=True))
    say(f"champion: {entry.to}, before {entry.before}")


@app.command("verify")
def verify_(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only these bundles; default: everything.")
    ] = None,
    root: Root = HOME,
) -> None:
    """Check every digest of every bundle, the champion's name, the history and its gate reports.
    Exit 1 where something is wrong."""
    found = verify.faults(Registry(root), names or ())
    for fault in found:
        print(fault)
    say({0: "no fault", 1: "1 fault"}.get(len(found), f"{len(found)} faults"))
    if found:
        raise typer.Exit(1)


@app.command()
def prune(
    root: Root = HOME,
    parents: Annotated[
        int, typer.Option(min=0, help="How many of the champion's ancestors stay.")
    ] = 2,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without, only say it.")] = False,
) -> None:
    """Remove bundles, except the champion, those it was made from, and the one that a rollback
    would go to."""
    registry = Registry(root)
    gone = changes.prune(registry, parents) if apply else changes.prunable(registry, parents)
    for name in gone:
        print(name)
    say(f"{len(gone)} bundles {'removed' if apply else 'would go; --apply removes them'}")


@app.command()
def mlflow(
    name: Name,
    root: Root = HOME,
    uri: Annotated[
        str, typer.Option(envvar="MLFLOW_TRACKING_URI", help="Tracking server.")
    ] = "http://127.0.0.1:5000",
    model: Annotated[str, typer.Option(help="Registered model, and experiment.")] = "lurewatch",
    alias: Annotated[
        str | None, typer.Option(help="Alias to set, such as champion or challenger.")
    ] = None,
) -> None:
    """Log a bundle to an MLflow server and register it. Needs the extra `mlflow`."""
    from models.registry.to_mlflow import export

    print(json.dumps(export(Registry(root).path(name), uri, model, alias)))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 a fault was found, 2 cannot be done as asked."""
    return run_cli(app, argv, (RegistryError, BundleError, OSError))
