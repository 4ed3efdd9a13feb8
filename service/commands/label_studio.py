"""Label Studio: the labelling interface, tasks for it, and its exports as feedback.

For example:

python -m service label-studio config --out labelling.xml          for Settings, Labeling Interface
python -m service label-studio check theirs.xml                    what of another one is ours
python -m service label-studio export --out tasks.json             the review queue, filled in
python -m service label-studio export ads.jsonl --out tasks.json   ads of a file, filled in
python -m service label-studio import export.json                  its JSON or JSON-MIN as feedback
python -m service label-studio import export.json --out labels     for training, no database
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from models import bundle
from models.cli import new_app, say
from models.renderer import Renderer
from service.api.reviewing import Origin
from service.api.schemas import LineError
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.commands.source import opened
from service.indicators import pick
from service.integrations.label_studio.annotations import Reader, Skipped
from service.integrations.label_studio.controls import ConfigError, Controls, read, standard
from service.integrations.label_studio.exported import (
    ExportFileError,
    annotations_of,
    tasks_of,
)
from service.integrations.label_studio.labelling import labelling_config
from service.integrations.label_studio.outgoing import chunks, of_lines, of_queue, save
from service.integrations.label_studio.shapes import INSTANCE, NAME
from service.integrations.label_studio.tasks import Refused
from service.integrations.label_studio.words import take
from service.review.export import reading
from service.review.export.folder import write
from service.review.naming import Spoken
from service.runtime import opened_store
from service.settings import Settings
from service.store import Database, Vault
from service.store.database import must_exist

app = new_app(__doc__)

NOTHING = "no annotations"

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        help="The project's labelling configuration, XML. Default: the one that `config` writes."
    ),
]


@app.callback()
def group() -> None:
    """Label Studio: labelling with our answer filled in."""


@app.command()
def config(
    out: Annotated[Path | None, typer.Option(help="File to write; default: stdout.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Of the names that annotators see, such as `fr`.")
    ] = None,
) -> None:
    """Write a labelling interface with all kinds, harms and indicators. Paste it into a project
    under Settings, Labeling Interface, Code."""
    xml = labelling_config(pick(None, language))
    if out is None:
        print(xml, end="")
        return
    try:
        out.write_text(xml, "utf-8")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}") from None
    say(f"a labelling interface in {out}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A project's labelling configuration, XML.")],
) -> None:
    """What of a labelling interface is filled in and read back, and what it lacks. Exits with 1 if
    no kind can be chosen: then there are no labels."""
    found = controls_in(file)
    for part, name in found.named().items():
        print(f"{part}: {name or 'missing'}")
    for lack in found.missing:
        print(f"missing: {lack}")
    if found.kind is None:
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="File to write, JSON. It holds texts.")],
    source: Annotated[
        str | None,
        typer.Argument(
            help="File of JSON lines, each an ad as in POST /v1/score; - is stdin. Left out: the "
            "ads that wait in the review queue."
        ),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write tasks with predictions, to import into a project.

    Texts of the review queue are redacted, and feedback on them finds the ad by `ad_id`.
    """
    controls = controls_in(config)
    settings = read_settings()
    wrong = 0

    def tell(error: LineError) -> None:
        nonlocal wrong
        wrong += 1
        say(f"line {error.line}: {error.error}")

    with ExitStack() as stack:
        if source is None:
            must_exist(settings.database_url)  # before a file of that name is emptied
            tasks = of_queue(settings, controls)
        else:
            lines = stack.enter_context(opened(source))
            tasks = of_lines(lines, settings, controls, tell)
        bar = tqdm(tasks, desc="tasks", unit="task", file=sys.stderr, mininterval=1)
        try:
            written = save(out, bar)
        except OSError as error:
            raise UsageError(f"{out}: {error.strerror}") from None
    say(f"{written} tasks in {out}")
    if wrong:
        say(f"{wrong} lines could not be scored")
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An export of Label Studio's: JSON or JSON-MIN.")],
    config: ConfigFile = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to make, as `feedback export` makes it, for `python -m training retrain "
            "--feedback`; then the database is left alone."
        ),
    ] = None,
    instance: Annotated[
        str, typer.Option(help="Tells one Label Studio from another; as in its webhook's address.")
    ] = INSTANCE,
    origin: Annotated[Origin, typer.Option(help="How the ads came to the annotators.")] = "review",
) -> None:
    """Take annotations as feedback, each annotator's as a word of its own. Contacts are redacted.

    What came before, by webhook or by an earlier import, counts once. An annotation that is wrong
    is told with the reason and left out; the exit code is then 1.
    """
    settings = read_settings()
    controls = controls_in(config)
    if controls.kind is None:
        raise UsageError(f"{config}: no <Choices> for kind, so that there are no labels")
    if re.fullmatch(NAME, instance) is None:
        raise UsageError("--instance: 1 to 64 letters, digits, dots, underscores and hyphens")
    try:
        entries = tasks_of(file)
    except ExportFileError as error:
        raise UsageError(str(error)) from None
    render = Renderer.of(bundle.load(settings.bundle_dir))
    count: Counter[str] = Counter()
    store = opened_store(settings) if out is None else unkept_store(settings)
    with store as (database, vault):
        reader = Reader(controls, vault, render, origin, instance)
        for some in chunks(spoken_in(entries, reader, count)):
            new, known = database.write_now(take, vault, settings, some)
            count.update({"kept": new, "known": known})
        if out is not None:
            write(reading.ads(database, None), vault, out, "both" if has_parquet() else "jsonl")
    say(", ".join(f"{number} {what}" for what, number in count.items() if number) or NOTHING)
    if count["refused"]:
        raise typer.Exit(1)


def controls_in(file: Path | None) -> Controls:
    """Of a labelling configuration. Raises :class:`UsageError`."""
    if file is None:
        return standard()
    try:
        return read(file.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (ConfigError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}") from None


def spoken_in(entries: Iterable[Any], reader: Reader, count: Counter[str]) -> Iterator[Spoken]:
    """The words of an export; what is refused is told one by one and counted."""
    bar = tqdm(entries, desc="import", unit="task", file=sys.stderr, mininterval=1)
    for number, entry in enumerate(bar, 1):
        try:
            found = list(annotations_of(entry, reader.controls))
        except Refused as error:
            count["refused"] += 1
            bar.write(f"entry {number}: {error}", file=sys.stderr)
            continue
        for annotation, about in found:
            try:
                yield reader.spoken(annotation, about)
            except Skipped:
                count["skipped"] += 1
            except Refused as error:
                count["refused"] += 1
                bar.write(f"entry {number}, {named(annotation)}: {error}", file=sys.stderr)


def named(annotation: Any) -> str:
    """An annotation by its id, where it has one."""
    number = annotation.get("id") if isinstance(annotation, dict) else None
    return f"annotation {number}" if isinstance(number, int) else "an annotation"


@contextmanager
def unkept_store(settings: Settings) -> Iterator[tuple[Database, Vault]]:
    """A database that is gone afterwards, with the installation's own key: a reviewer has the same
    hash in each export."""
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    vault = Vault.open(secret, settings.data_dir / "key", may_make=settings.database is None)
    with tempfile.TemporaryDirectory(prefix="lurewatch-") as folder:
        database = Database(f"sqlite:///{folder}/words.db")
        with closing(database):
            database.migrate()
            yield database, vault


def has_parquet() -> bool:
    """Whether rows can be written as Parquet too."""
    return find_spec("pyarrow") is not None
