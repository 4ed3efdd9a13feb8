"""Where commands read lines from."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TextIO

from service.commands.errors import UsageError


@contextlib.contextmanager
def opened(source: str) -> Iterator[TextIO]:
    """A file, or standard input for ``-``, as UTF-8; bytes that are not become U+FFFD rather than
    an end. Raises :class:`~service.commands.errors.UsageError`."""
    if source == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        yield sys.stdin
        return
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(open(source, encoding="utf-8-sig", errors="replace"))
        except OSError as error:
            raise UsageError(f"{source}: {error.strerror}") from None
        yield stream
