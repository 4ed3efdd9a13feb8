"""Files that grow by lines, and are read after a kill as before it.

A line ends with a line feed and with nothing else: what people write may hold other characters that
end a line for Unicode.
"""

import os
from pathlib import Path


def lines(path: Path) -> list[str]:
    """As they stand in the file; none where there is no file. What a kill cut short, at the very
    end, is left out."""
    content = path.read_bytes() if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1].decode("utf-8").split("\n")[:-1]


def append(path: Path, line: str) -> None:
    """Write a line and wait until the disk has it. What a kill cut short before is cut off."""
    whole = path.read_bytes().rfind(b"\n") + 1 if path.is_file() else 0
    with path.open("ab") as stream:
        stream.truncate(whole)
        stream.write(line.encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
