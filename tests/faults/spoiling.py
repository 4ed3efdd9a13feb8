"""A bundle with one file spoiled, beside the whole one that it shares the others with."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

FLIPS = 4
"""Places in a file at which one bit is turned, drawn by the seed."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """One way to spoil one file."""

    file: str
    way: str
    spoil: Callable[[Path], None]
    """Given the file, which is a copy of its own."""


def half(path: Path) -> None:
    """As a copy that was cut short."""
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    """As a file whose content never came."""
    os.truncate(path, 0)


def directory(path: Path) -> None:
    """As a mount that went to the wrong place."""
    path.unlink()
    path.mkdir()


def unreadable(path: Path) -> None:
    """As files that another user unpacked. Root reads them all the same."""
    path.chmod(0)


def flip(path: Path, at: float) -> None:
    """One bit, ``at`` that part of the file."""
    with path.open("r+b") as stream:
        place = int(at * path.stat().st_size)
        stream.seek(place)
        byte = stream.read(1)[0]
        stream.seek(place)
        stream.write(bytes([byte ^ 1]))


def ways(bundle: Path, seed: int) -> Iterator[Spoiled]:
    """Every way for every file."""
    drawn = random.Random(f"flips {seed}")
    files = sorted(one.name for one in bundle.iterdir())
    for number, name in enumerate(files):
        other = bundle / files[number - 1]
        yield Spoiled(name, "cut to half", half)
        yield Spoiled(name, "empty", empty)
        yield Spoiled(name, "missing", Path.unlink)
        yield Spoiled(name, "a directory", directory)
        yield Spoiled(name, "another file's bytes", partial(taken, other))
        if os.geteuid() != 0:
            yield Spoiled(name, "unreadable", unreadable)
        for _ in range(FLIPS):
            yield Spoiled(name, "one bit", partial(flip, at=drawn.random()))


def taken(other: Path, path: Path) -> None:
    """The bytes of another file under this name."""
    shutil.copyfile(other, path)


def spoiled(bundle: Path, folder: Path, one: Spoiled) -> Path:
    """The bundle in ``folder``, which is made anew: one file a copy that is spoiled, the others
    the very files (hard links) where that can be."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in bundle.iterdir():
        if file.name == one.file:
            shutil.copyfile(file, folder / file.name)
            one.spoil(folder / file.name)
        else:
            link(file, folder / file.name)
    return folder


def link(file: Path, to: Path) -> None:
    """A hard link, or a copy where the two are on different file systems."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)
