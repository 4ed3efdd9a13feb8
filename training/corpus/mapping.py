"""A team's own files as a corpus: a small TOML file says which column is what.

    source = "our-reports"            # slice of every evaluation
    files = ["reports.csv"]           # beside the mapping: CSV, TSV, Parquet or JSON lines
    text = ["title", "body"]          # columns, joined by a line break
    id = "report"                     # optional; the row's number otherwise
    group = "campaign"                # optional; copies of one ad, never split

    [language]
    column = "lang"                   # BCP 47 tags, or constant = "en"

    [kind]
    column = "verdict"
    values = { fraud = "lure", fine = "recruitment", unsure = "" }   # "": not labelled

Instead of ``files``, ``hub = "owner/name"`` reads a data set by id with ``datasets``, ``split`` and
``config`` beside it. A value that ``values`` does not name makes a bad row, never a guess.
"""

import re
import tomllib
from collections.abc import Mapping as MappingLike
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from training.corpus.row import WRITTEN_SOURCE, Row
from training.errors import CorpusError

PRESETS = Path(__file__).parent / "mappings"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Value(_Part):
    """Where one label comes from: a column, or the same for all rows."""

    column: str | None = None
    constant: str | None = None
    values: dict[str, str] | None = None
    """What each value of the column means; without it, the value as it stands."""

    separator: str | None = None
    """Between several values in one cell, for harms."""

    default: str = ""
    """For an empty cell."""

    @model_validator(mode="after")
    def one_of_two(self) -> "Value":
        """A column or a constant."""
        if (self.column is None) == (self.constant is None):
            raise ValueError("name a column, or give a constant")
        return self

    def of(self, given: MappingLike[str, Any]) -> str:
        """The label in a row. Raises ``ValueError`` for one that ``values`` does not know."""
        if self.column is None:
            return self.constant or ""
        cell = given.get(self.column)
        if isinstance(cell, list | tuple):
            cell = (self.separator or ";").join(map(str, cell))
        found = "" if cell is None else str(cell).strip()
        if not found:
            return self.default
        return self._meaning(found)

    def several(self, given: MappingLike[str, Any]) -> tuple[str, ...]:
        """The labels in a cell that may hold more than one."""
        cell = given.get(self.column or "")
        if isinstance(cell, list | tuple):
            parts = [str(part).strip() for part in cell]
        else:
            whole = self.constant or ("" if cell is None else str(cell))
            parts = [part.strip() for part in whole.split(self.separator or ";")]
        if not any(parts):
            return (self.default,) if self.default else ()
        meant = (self._meaning(part) for part in parts if part)
        return tuple(dict.fromkeys(label for label in meant if label))

    def _meaning(self, found: str) -> str:
        if self.values is None or self.column is None:
            return found
        if found not in self.values:
            known = ", ".join(map(repr, self.values))
            raise ValueError(f"{self.column} is {found!r}; the mapping knows {known}")
        return self.values[found]


class Replace(_Part):
    """A pattern of the source's own to be put right, such as ``#EMAIL_ab12#`` to ``<email>``."""

    pattern: str
    by: str

    @model_validator(mode="after")
    def compiles(self) -> "Replace":
        """A regular expression that Python can read, and a replacement that fits it."""
        try:
            # The pattern or nothing: it matches the empty text, so that the replacement is tried.
            re.sub(f"(?:{self.pattern})|", self.by, "")
        except (re.error, IndexError) as error:
            raise ValueError(f"pattern {self.pattern!r}, by {self.by!r}: {error}") from None
        return self


class Mapping(_Part):
    """Which column is what."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    """Name of the corpus: a slice of every evaluation, and what ``left_out`` names."""

    files: tuple[str, ...] = ()
    """Paths, beside the mapping file or absolute."""

    hub: str | None = None
    """Id of a data set on the hub, or a folder that ``datasets`` can load."""

    config: str | None = None
    split: str = "train"
    text: tuple[str, ...] = Field(min_length=1)
    id: str | None = None
    group: str | None = None
    language: Value
    kind: Value
    harms: Value | None = None
    platform: Value | None = None
    surface: Value | None = None
    synthetic: bool = False
    """Written or generated rather than collected. Such texts are in no headline figure."""

    replace: tuple[Replace, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Every column that a row must have."""
        values = (self.language, self.kind, self.harms, self.platform, self.surface)
        own = [self.id, self.group, *(value.column for value in values if value)]
        return [*self.text, *(name for name in own if name)]

    @model_validator(mode="after")
    def is_its_own(self) -> "Mapping":
        """Not the name of the corpus that comes with this code."""
        if self.source == WRITTEN_SOURCE:
            raise ValueError(f"source {self.source!r} is the corpus that comes with this code")
        return self

    def row(self, given: MappingLike[str, Any], place: str) -> Row:
        """A row of a file as a row of a corpus. Raises ``ValueError`` with the reason.

        ``place`` names it where the file has no ids, such as ``reports-12``.
        """
        cells = {column: given.get(column) for column in self.text}
        for column, cell in cells.items():
            if isinstance(cell, list | tuple | dict):
                raise ValueError(f"{column} holds a {type(cell).__name__}, not a text")
        parts = [str(cell).strip() for cell in cells.values() if cell is not None]
        text = "\n".join(part for part in parts if part)
        for one in self.replace:
            text = re.sub(one.pattern, one.by, text)
        id = word(given.get(self.id)) if self.id else place
        if not id:
            raise ValueError(f"{self.id} is empty, and it is the id")
        group = word(given.get(self.group)) if self.group else ""
        kind = self.kind.of(given) or None
        language = self.language.of(given)
        if not language:
            raise ValueError("no language")
        harms = self.harms.several(given) if self.harms and kind == "lure" else ()
        return Row(
            id=f"{self.source}:{id}",
            text=text,
            language=language,
            kind=kind,
            harms=harms if harms or kind not in (None, "lure") else None,
            spans=None,
            group=f"{self.source}:{group or id}",
            source=self.source,
            synthetic=self.synthetic,
            platform=self.platform.of(given) if self.platform else "",
            surface=self.surface.of(given) if self.surface else "",
        )


def word(cell: object) -> str:
    """A cell as one word: 0 is one, nothing is none."""
    return "" if cell is None else str(cell).strip()


def load(named: str) -> tuple[Mapping, Path]:
    """A mapping and the folder its files stand beside.

    ``named`` is a TOML file's path or the name of a preset (``emscad``), either of them followed
    by ``=FILE`` to say which file to read with it.
    """
    if named.endswith(".toml"):  # a path, in which a sign "=" may stand
        name, file = named, ""
    else:
        ending = named.find(".toml=")
        cut = ending + len(".toml") if ending >= 0 else named.find("=")
        name, file = (named[:cut], named[cut + 1 :]) if cut >= 0 else (named, "")
    path = Path(name)
    if path.suffix != ".toml":
        path = PRESETS / f"{name}.toml"
    try:
        given = tomllib.loads(path.read_text("utf-8"))
        if file:
            given |= {"files": [str(Path(file).absolute())]}
        mapping = Mapping.model_validate(given)
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in PRESETS.glob("*.toml")))
        raise CorpusError(f"{path} does not exist; mappings that do: {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {error}") from None
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise CorpusError(f"{path}:\n" + "\n".join(places)) from None
    if bool(mapping.files) == bool(mapping.hub):
        raise CorpusError(f"{path}: name files or a hub data set ({name}=FILE reads that file)")
    return mapping, path.parent
