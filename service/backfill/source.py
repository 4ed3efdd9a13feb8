"""Files of ads: where they are, what tells one version of a file from another, how they open."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, Literal

import fsspec
import pyarrow as pa
from fsspec.core import url_to_fs

from service.backfill.errors import BackfillError, several

Form = Literal["parquet", "csv", "tsv", "quoted-tsv", "jsonl"]
"""``quoted-tsv``: CSV with tabs, as spreadsheets write it; no name ends in it."""

Packing = Literal["gzip", "bz2", "zstd"]

FORMS: dict[str, Form] = {
    ".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}  # fmt: skip
PACKINGS: dict[str, Packing] = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}

MARKERS = ("ETag", "etag", "md5Hash", "content_md5", "generation", "mtime", "LastModified",
           "last_modified", "created")  # fmt: skip
"""What file systems call that which changes with a file's content, the surest first."""

BLOCK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is now."""

    path: str
    """With its protocol; without one where it lies on this machine."""

    form: Form
    packing: Packing | None
    bytes: int
    marker: str
    """Changes with the content, as far as its file system tells."""


def located(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """File system and path. Raises :class:`BackfillError` where a package for it is missing."""
    try:
        fs, path = url_to_fs(url)
    except ImportError as error:
        raise BackfillError(f"{url.partition('://')[0]}://: {error}") from None
    except ValueError as error:  # an unknown protocol
        raise BackfillError(f"{url}: {error}") from None
    return fs, str(path)


def find(
    urls: Sequence[str], form: Form | None = None, ours: Callable[[str], bool] | None = None
) -> list[File]:
    """Files, patterns and folders, in the order of their paths; ``form`` is said of all, else read
    off each name. What a pattern or folder has of ``ours`` is left out. Raises
    :class:`BackfillError`."""
    found: dict[str, File] = {}
    for url in urls:
        fs, path = located(url)
        try:
            there = list(matching(fs, path, form, ours or (lambda one: False)))
        except OSError as error:
            raise BackfillError(f"{url}: {told(error)}") from None
        if not there:
            raise BackfillError(f"{url}: no file there that ends in {', '.join(FORMS)}")
        found |= {one.path: one for one in there}
    return [found[path] for path in sorted(found)]


def matching(
    fs: fsspec.AbstractFileSystem, path: str, form: Form | None, ours: Callable[[str], bool]
) -> Iterator[File]:
    """What one address stands for. A file is refused where it is not known how to read it: what is
    left out in silence is never scored."""
    unknown = list[str]()
    for name, entry in entries(fs, path, ours).items():
        if not is_utf8(name):
            raise BackfillError(f"{name!a}: the name is not UTF-8; rename the file")
        own, packing = shape(name)
        if (chosen := form or own) is None:
            unknown.append(name)
            continue
        yield File(address(fs, name), chosen, packing, entry["size"], marker(entry))
    for names in several("", unknown):
        raise BackfillError(
            f"{names}: say what is in it with --format, give files that end in {', '.join(FORMS)}, "
            "or a pattern that leaves others out"
        )


def entries(
    fs: fsspec.AbstractFileSystem, path: str, ours: Callable[[str], bool]
) -> Mapping[str, Any]:
    """Files of an address, with what their file system says of them. In folders, names that begin
    with ``_`` or ``.`` are other tools' notes."""
    pattern = is_pattern(path) and not fs.exists(path)
    there: Mapping[str, Any] = fs.glob(path, detail=True) if pattern else fs.find(path, detail=True)
    if path in there:
        return there
    if is_local(fs) and not pattern:
        check_readable(path)
    found = {}
    for name, listed in there.items():
        if (not pattern and hidden(name.removeprefix(path))) or ours(address(fs, name)):
            continue
        entry = followed(fs, name, listed)
        if entry["type"] == "file":
            found[name] = entry
        elif entry is not listed and not pattern:
            raise BackfillError(
                f"{name}: a link to a folder is not gone into; give that as another --input"
            )
    return found


def check_readable(path: str) -> None:
    """Raises :class:`BackfillError` for a folder in it that may not be read, which fsspec takes for
    an empty one."""

    def refused(error: OSError) -> None:
        raise BackfillError(f"{error.filename}: {told(error)}")

    if Path(path).is_dir():
        for _, folders, _ in os.walk(path, onerror=refused):
            folders[:] = [one for one in folders if not hidden(one) and one != "lost+found"]


def followed(fs: fsspec.AbstractFileSystem, name: str, entry: Mapping[str, Any]) -> Any:
    """Of a link, what is said of the file that it leads to: a listing says what the link is."""
    if not entry.get("islink") and entry["type"] != "link":
        return entry
    try:
        return fs.info(name)
    except OSError as error:
        raise BackfillError(f"{name}: a link that leads to no file: {told(error)}") from None


def is_pattern(path: str) -> bool:
    """Whether it may stand for several files. What is there under that very name goes first."""
    return any(mark in path for mark in "*?[")


def hidden(path: str) -> bool:
    """Whether a part of a path says that it is not for us."""
    return any(part.startswith(("_", ".")) for part in path.split("/"))


def shape(name: str) -> tuple[Form | None, Packing | None]:
    """Off the end of a name, such as ``.jsonl.gz``."""
    name = name.lower()
    packing = next((one for end, one in PACKINGS.items() if name.endswith(end)), None)
    if packing is not None:
        name = name.rpartition(".")[0]
    return next((one for end, one in FORMS.items() if name.endswith(end)), None), packing


def address(fs: fsspec.AbstractFileSystem, path: str) -> str:
    """A path by which another process finds it."""
    return path if is_local(fs) else str(fs.unstrip_protocol(path))


def is_utf8(name: str) -> bool:
    """Whether a manifest can hold it: bytes that are not UTF-8 are lone surrogates in a text."""
    return not any("\ud800" <= mark <= "\udfff" for mark in name)


def is_local(fs: fsspec.AbstractFileSystem) -> bool:
    """Whether it is this machine's own."""
    return "file" in protocols(fs)


def protocols(fs: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    """Names of a file system."""
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def marker(entry: Mapping[str, Any]) -> str:
    """See :attr:`File.marker`. One file system may give a time in two forms."""
    there = ((name, entry[name]) for name in MARKERS if entry.get(name))
    name, value = next(there, ("", ""))
    return f"{name} {value.timestamp() if isinstance(value, datetime) else value}".strip()


def told(error: BaseException) -> str:
    """Why a file cannot be used; the messages of file systems name files, not what is in them."""
    words = getattr(error, "strerror", None) or " ".join(str(error).split())
    return words or type(error).__name__


def still_same(file: File) -> bool:
    """Whether a file is as it was when it was found."""
    fs, name = located(file.path)
    fs.invalidate_cache()
    entry = fs.info(name)
    return (entry["size"], marker(entry)) == (file.bytes, file.marker)


@contextmanager
def opened(path: str, packing: Packing | None = None, offset: int = 0) -> Iterator[BufferedReader]:
    """The bytes of a file, unpacked, from ``offset`` on. What is packed is read from its begin."""
    fs, name = located(path)
    with ExitStack() as stack:
        raw = stack.enter_context(fs.open(name, "rb"))
        if packing is not None:
            raw = stack.enter_context(pa.CompressedInputStream(raw, packing))
        else:
            raw.seek(offset)
        stream = BufferedReader(raw, BLOCK_BYTES)
        left = offset if packing is not None else 0
        while left > 0 and (piece := stream.read(min(left, BLOCK_BYTES))):
            left -= len(piece)
        yield stream
