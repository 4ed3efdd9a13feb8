"""Lines of a stream of bytes, each in bounded memory, with the place where the next one begins."""

from io import BufferedReader

MARK = b"\xef\xbb\xbf"
"""With which some editors begin a file in UTF-8."""

MAX_LINE_BYTES = 4 * 2**20
"""As a line of ``POST /v1/score/stream`` may have."""


class TooLong(Exception):
    """A line of more than :data:`MAX_LINE_BYTES`. It was passed over; the next one can be read."""

    def __init__(self) -> None:
        super().__init__(f"the line has more than {MAX_LINE_BYTES} bytes; shorten it")


class Lines:
    """An iterator that goes on after it raised :class:`TooLong`, which no generator does."""

    def __init__(self, stream: BufferedReader, offset: int) -> None:
        """``stream`` stands at ``offset``, in bytes of what it gives."""
        self._stream = stream
        self.offset = offset
        """Where the next line begins."""

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> bytes:
        line = self._stream.readline(MAX_LINE_BYTES)
        if not line:
            raise StopIteration
        first, whole = self.offset == 0, line
        self.offset += len(line)
        while len(whole) == MAX_LINE_BYTES and not whole.endswith(b"\n"):
            whole = self._stream.readline(MAX_LINE_BYTES)
            self.offset += len(whole)
            if not whole or whole.endswith(b"\n") or len(whole) < MAX_LINE_BYTES:
                raise TooLong
        return line.removeprefix(MARK) if first else line
