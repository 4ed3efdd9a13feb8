"""The plan of a backfill: which rows of which file make which shard, and under what."""

import hashlib
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models import digests
from models.bundle import named
from service.backfill.columns import Columns
from service.backfill.errors import BackfillError, Changed, several
from service.backfill.rows import Cut, Table, cut
from service.backfill.source import File, Form
from service.engine import Engine
from service.settings import Settings

LOOKING = 8
"""Files looked through at a time: most of it is waiting for their storage."""

LOOK_UP_S = 1.0
"""Seconds that a wait for them takes at most before it is begun again: a signal that comes just
before a wait begins does not end it, and Python runs its handler after it."""


class Part(BaseModel):
    """Base of what a manifest holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Deciders(Part):
    """What gives the answers: bundle, policies and code, each with what changes when it does."""

    lurewatch: str
    bundle: str
    policy: str
    dry_run_policy: str | None

    @classmethod
    def of(cls, engine: Engine, settings: Settings) -> "Deciders":
        """Of what was loaded by the settings."""
        bundle, dry_run = named(engine.bundle.manifest), settings.dry_run_policy
        return cls(
            lurewatch=version("lurewatch"),
            bundle=f"{bundle.name} {bundle.digest}",
            policy=f"{engine.policy.label} {of_file(settings.policy)}",
            dry_run_policy=None if dry_run is None else of_file(dry_run),
        )


def of_file(path: Path) -> str:
    """SHA-256 of what is in it, in hexadecimal. The bundle's numbers, on which a policy may rest,
    are in the bundle's own digest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Options(Part):
    """What the command says of the results. How many work on them is not part of it."""

    columns: Columns
    write: Literal["parquet", "jsonl"]
    full: bool
    """Each result also whole, as ``POST /v1/score`` answers."""

    shard_rows: int
    copies: bool
    """Whether a text that was scored already in its shard is not scored again."""


class Input(Part):
    """A file, and what tells whether it is still the same."""

    path: str
    form: Form
    packing: Literal["gzip", "bz2", "zstd"] | None
    bytes: int
    marker: str
    columns: tuple[str, ...] | None

    def file(self) -> File:
        """To be opened."""
        return File(self.path, self.form, self.packing, self.bytes, self.marker)


class Shard(Part):
    """Rows of one input, whose results make one file."""

    number: int
    """From 0."""

    input: int
    """Which, from 0."""

    first: int
    rows: int
    offset: int

    @property
    def name(self) -> str:
        """Of its files, without an ending."""
        return f"part-{self.number:06}"

    def cut(self) -> Cut:
        """In its file."""
        return Cut(self.first, self.rows, self.offset)


class Plan(Part):
    """All of it: the manifest."""

    format: Literal[1] = 1
    deciders: Deciders
    options: Options
    inputs: tuple[Input, ...]
    shards: tuple[Shard, ...]

    @property
    def rows(self) -> int:
        """Of all inputs."""
        return sum(shard.rows for shard in self.shards)

    def digest(self) -> str:
        """Of everything in it."""
        return digests.of_json(self.model_dump(mode="json"))


def make(
    files: Sequence[File], deciders: Deciders, options: Options, asked: Sequence[str]
) -> Generator[Plan | File, None, None]:
    """Look every file through; gives each file when that is done, at last the plan. ``asked``:
    fields whose columns the command named. Raises :class:`BackfillError`."""
    tables: dict[File, Table] = {}
    stopped, pool = Event(), ThreadPoolExecutor(LOOKING)

    def look(file: File) -> Table:
        fit = partial(options.columns.require, file.path, asked=asked)
        return cut(file, options.shard_rows, fit, stopped)

    try:
        looks = {pool.submit(look, file): file for file in files}
        for one in completed(looks):
            tables[looks[one]] = one.result()
            yield looks[one]
    finally:  # whatever ends it does not wait for the others
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
    inputs: list[Input] = []
    shards: list[Shard] = []
    for file in files:
        table = tables[file]
        for part in table.cuts:
            place = {"number": len(shards), "input": len(inputs)}
            shards.append(Shard(**place, first=part.first, rows=part.rows, offset=part.offset))
        inputs.append(
            Input(
                path=file.path, form=file.form, packing=file.packing, bytes=file.bytes,
                marker=file.marker, columns=table.columns,
            )
        )  # fmt: skip
    if not shards:
        raise BackfillError("the inputs hold no row")
    yield Plan(deciders=deciders, options=options, inputs=tuple(inputs), shards=tuple(shards))


def completed(looks: Collection[Future[Table]]) -> Iterator[Future[Table]]:
    """Each when it is done."""
    going_on = set(looks)
    while going_on:
        done, going_on = wait(going_on, timeout=LOOK_UP_S, return_when=FIRST_COMPLETED)
        yield from done


def check_same(
    output: str, plan: Plan, files: Sequence[File], deciders: Deciders, options: Options
) -> None:
    """Whether an output that was begun can be gone on with. Raises :class:`Changed`, which says
    what is another than it was."""
    differences: list[str] = []
    for before, now in ((plan.deciders, deciders), (plan.options, options)):
        for name, old in before.model_dump().items():
            differences += changes(name, old, now.model_dump()[name])
    known = {one.path: one for one in plan.inputs}
    there = {one.path: one for one in files}
    differences += [
        *several("no longer there: ", [path for path in known if path not in there]),
        *several("new: ", [path for path in there if path not in known]),
        *several(
            "changed: ",
            [
                f"{path} ({old.bytes} bytes, {old.marker or 'no mark'}; now {there[path].bytes} "
                f"bytes, {there[path].marker or 'no mark'})"
                for path, old in known.items()
                if path in there
                and (there[path].bytes, there[path].marker) != (old.bytes, old.marker)
            ],
        ),
        *several(
            "read as another form: ",
            [
                path
                for path, old in known.items()
                if path in there and there[path].form != old.form
            ],
        ),
    ]  # fmt: skip
    if differences:
        raise Changed(output, differences)


def changes(name: str, old: object, new: object) -> Iterator[str]:
    """What of an option is another than it was: of a mapping, each entry that is."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from changes(f"{name}.{key}", old.get(key), new.get(key))
    elif new != old:
        yield f"{name} was {shown(old)} and is {shown(new)}"


def shown(value: object) -> str:
    """Short."""
    if value is None:
        return "not given"
    words = str(value)
    return words if len(words) <= 120 else words[:117] + "…"
