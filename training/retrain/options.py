"""What a retraining job was asked for."""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from models.bundle import NAME
from models.registry.evidence import Outcome
from training.errors import RetrainError

Check = Literal[
    "exact_duplicate", "near_duplicate", "contradiction", "contradicts_corpus", "reviewers_differ",
    "likely_label_error", "suspicious_reviewer",
]  # fmt: skip
CHECKS: tuple[Check, ...] = get_args(Check)
FloorSet = Literal[
    "collected", "written or generated", "manner misleads",
    "fairness", "robustness", "search attack",
]  # fmt: skip
"""What a floor of ``evaluation`` can be of."""

FLOOR_SETS: tuple[FloorSet, ...] = get_args(FloorSet)
STORE = "store"
"""Stands for the database that the service's own settings name."""

URL = re.compile(r"([^:/]*://)(?:[^:/]*(?::[^@]*)?@)?([^?#]*)", re.DOTALL)
"""Scheme, and place behind name and password, as SQLAlchemy reads the URL of a database: a password
may hold ``/``, ``?`` and ``#``."""

REVIEWER = "reviewer:"
"""What an id of a decision begins with that speaks of a reviewer."""


class Options(BaseModel):
    """One job."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    feedback: str
    """URL of the service's database, ``store``, or a folder that it exported."""

    since: datetime | None
    """Only ads of which somebody spoke then or later."""

    base: Path
    """The champion's folder: what the fit begins from and is compared with."""

    encoder: Path
    """Folder of the base encoder, as ``python -m training base`` makes it."""

    recipe: str | None
    """``None``: the champion's own."""

    changes: dict[str, float] = Field(default_factory=dict)
    """Numbers of the recipe set anew, by dotted name."""

    shared: tuple[Path, ...] = ()
    corpora: tuple[str, ...] = ()
    without_written: bool = False
    source_weights: dict[str, float] = Field(default_factory=dict)
    """How hard a text of a source pulls, 0 to 1; ``feedback`` is the source of the labels."""

    exclude: tuple[Check, ...] = ()
    """Checks whose finds are left out."""

    decisions: Path | None = None
    """CSV with the columns ``id`` and ``decision``."""

    max_unsettled: float = Field(default=0.2, ge=0, le=1)
    """Share of likely label errors that nobody looked at, from which the verdict is HOLD."""

    name: str | None = None
    """Of the bundle; ``None``: by the date."""

    launcher: str | None = None
    """What starts the fit on several processes, such as ``torchrun --nproc_per_node 4``; ``None``:
    this process fits."""

    floors: Path | None = None
    """``None``: the floors that come with ``evaluation``."""

    unmeasured: tuple[FloorSet, ...] = ()
    """Sets and parts whose floors may stay unmeasured, for who has no such texts. Of any other a
    floor that was not measured is a HOLD."""

    @property
    def is_database(self) -> bool:
        """Whether the labels come out of a database."""
        return self.feedback == STORE or "://" in self.feedback

    @property
    def told(self) -> str:
        """Where the labels come from, without the password."""
        url = URL.match(self.feedback)
        return self.feedback if url is None else url[1] + url[2].rpartition("@")[2]


EXIT: dict[Outcome, int] = {"PROMOTE": 0, "HOLD": 3, "REJECT": 4}
"""Exit code of a verdict."""


def options_of(
    changes: Sequence[str] | None, shared: Sequence[Path] | None, corpora: Sequence[str] | None,
    source_weights: Sequence[str] | None, exclude: Sequence[str] | None, since: datetime | None,
    unmeasured: Sequence[str] | None = None, **given: Any,
) -> Options:  # fmt: skip
    """Options from a command line. Raises :class:`~training.errors.RetrainError` naming the one
    that is wrong."""
    weights = numbers(source_weights or (), "--source-weight")
    for name, value in weights.items():
        if not 0 <= value <= 1:
            raise RetrainError(f"--source-weight {name}={value:g}: between 0 and 1, please")
    unknown = [name for name in exclude or () if name not in CHECKS]
    if unknown:
        raise RetrainError(f"--exclude {unknown[0]}: checks are {', '.join(CHECKS)}")
    strange = [name for name in unmeasured or () if name not in FLOOR_SETS]
    if strange:
        raise RetrainError(f"--unmeasured {strange[0]}: floors are of {', '.join(FLOOR_SETS)}")
    if (asked := given.get("name")) and not re.fullmatch(NAME, asked):
        raise RetrainError(f"--name {asked!r}: small letters, digits, dots and dashes, at most 64")
    if (floors := given.get("floors")) and not floors.is_file():
        raise RetrainError(f"--floors {floors}: no such file")
    return Options(
        changes=numbers(changes or (), "--set"), shared=tuple(shared or ()),
        corpora=tuple(corpora or ()), source_weights=weights, exclude=tuple(exclude or ()),
        unmeasured=tuple(unmeasured or ()),
        since=None if since is None else since.replace(tzinfo=UTC), **given,
    )  # fmt: skip


def read_decisions(path: Path | None) -> dict[str, str]:
    """What a person decided, by the id of a label or of a reviewer (``reviewer:…``): ``keep`` or
    ``exclude``. Rows without a decision are passed over: ``issues.csv`` itself can be given back.

    Raises :class:`~training.errors.RetrainError` naming the line.
    """
    if path is None:
        return {}
    if not path.is_file():
        raise RetrainError(f"{path} does not exist")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:  # as spreadsheets save it
            return decisions_in(path, stream)
    except (csv.Error, UnicodeDecodeError) as error:
        raise RetrainError(f"{path}: no CSV in UTF-8: {error}") from None


def decisions_in(path: Path, stream: Iterable[str]) -> dict[str, str]:
    """The same of the lines of a file. Raises as :func:`read_decisions`, or ``csv.Error``."""
    found: dict[str, str] = {}
    lines = iter(stream)
    header = next(lines, "")
    # Spreadsheets of languages that write 0,5 put semicolons between cells.
    mark = ";" if ";" in header and "," not in header else ","
    reader = csv.DictReader(chain([header], lines), delimiter=mark)
    if not {"id", "decision"} <= set(reader.fieldnames or ()):
        raise RetrainError(
            f"{path} needs the columns id and decision; it has {', '.join(reader.fieldnames or ())}"
        )
    for row in reader:
        decision = (row["decision"] or "").strip().lower()
        if decision not in ("", "keep", "exclude"):
            raise RetrainError(
                f"{path}:{reader.line_num}: decision {decision!r} is neither keep nor exclude"
            )
        if decision and not row["id"]:
            raise RetrainError(f"{path}:{reader.line_num}: a decision without an id")
        if decision and found.setdefault(row["id"], decision) != decision:
            raise RetrainError(f"{path}:{reader.line_num}: {row['id']} is decided both ways")
    return found


def numbers(given: Iterable[str], option: str) -> dict[str, float]:
    """``NAME=NUMBER`` of a repeatable option."""
    found = {}
    for one in given:
        name, _, value = one.partition("=")
        try:
            found[name] = json.loads(value)
            if isinstance(found[name], bool) or not isinstance(found[name], int | float):
                raise ValueError
        except ValueError:
            raise RetrainError(f"{option} {one}: NAME=NUMBER is expected") from None
    return found
