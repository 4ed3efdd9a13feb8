"""Nothing that a service wrote while somebody tried it lies among the sources: no database, no key,
no log."""

import re
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from service.store.vault import KEY_BYTES

ROOT = Path(__file__).parents[2]

DATABASE = re.compile(r"\.(?:db|sqlite3?)(?:-wal|-shm|-journal)?$")
KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")


def tracked() -> list[Path]:
    """Every file that git knows and that is there."""
    asked = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]  # whoever owns it
    names = subprocess.run(asked, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for path in (ROOT / name for name in names if name) if path.is_file()]


def wrong(path: Path) -> str | None:
    """Why a file does not belong among sources."""
    if DATABASE.search(path.name):
        return "the name of a database"
    with path.open("rb") as stream:
        head = stream.read(2**20)
    if head.startswith(b"SQLite format 3\0"):
        return "a database"
    if KEY.search(head) or is_ours(head):
        return "a private key"
    return None


def is_ours(content: bytes) -> bool:
    """Whether it is a key that the service makes for itself, and nothing else."""
    try:
        return len(content) < 100 and len(b64decode(content.strip(), validate=True)) == KEY_BYTES
    except ValueError:
        return False


def test_no_source_is_a_database_or_a_key() -> None:
    paths = tracked()
    assert len(paths) > 900
    assert {str(path.relative_to(ROOT)): why for path in paths if (why := wrong(path))} == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lurewatch.db-wal", b""), ("notes", b"SQLite format 3\0..."),
        ("tls", b"-----BEGIN EC PRIVATE KEY-----\n" + b"M" * 64),
        ("key", b64encode(bytes(KEY_BYTES)) + b"\n"),
    ],
)  # fmt: skip
def test_what_a_run_leaves_is_seen(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert wrong(tmp_path / name)
