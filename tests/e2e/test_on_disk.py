"""What lies on disk after ads were scored with the review queue off: none of their words, contacts
and author ids, in no file of the data folder or of the database's server, and not in a log.

A real service process on each database; ads over ``/v1/score``, by a submission whose result a
webhook takes, and through a broker. The same search finds words that are planted.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import httpx
import pytest
from sqlalchemy import text

from service.store import Database
from service.store.vault import new_key
from tests.conftest import TinyRun
from tests.e2e.brokers import Nats
from tests.e2e.kill_loop import empty, registered
from tests.e2e.processes import PATIENCE_S, Consumer, free_port, start
from tests.e2e.topics import topics_of
from tests.live import until
from tests.service.receiver import Receiver

Kind = Literal["sqlite", "postgresql"]

WORDS = ("quinceblossom", "стеклодувный", "larkspurfoundry")
CONTACTS = ("+44 7700 900461", "447700900461", "7700900461", "@tamarisk_hiring", "tamarisk_hiring",
            "offers-tamarisk@example.org")  # fmt: skip
AUTHOR = "author-periwinkle-81"
PLANTED = "plantedmarigold"
"""The control: put where a defect might leave an ad's words."""

AD: dict[str, Any] = {
    "title": f"Packer at the {WORDS[2]}",
    "text": f"Urgent {WORDS[0]} packing, {WORDS[1]}, write to {CONTACTS[3]} or {CONTACTS[5]}, "
    f"call {CONTACTS[0]}, passport first, you fly on Thursday.",
    "thread": [f"Is the {WORDS[0]} job still open?"],
    "author_id": AUTHOR,
}
SECRET = (*WORDS, *CONTACTS, AUTHOR)


@dataclass(frozen=True)
class Searched:
    """What was looked through."""

    files: int
    bytes: int
    found: dict[str, set[str]]
    """Word: names of files that hold it."""


def search(folders: list[Path], words: tuple[str, ...]) -> Searched:
    """Every file below the folders, for each word in UTF-8, in UTF-16 of both byte orders and as
    JSON escapes it, in capitals or not."""
    forms = {
        form.lower(): word
        for word in words
        for form in (
            word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"),
            json.dumps(word)[1:-1].encode(),
        )
    }  # fmt: skip
    found: dict[str, set[str]] = {}
    files = size = 0
    for path in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes().lower()
        files, size = files + 1, size + len(content)
        for form, word in forms.items():
            if form in content:
                found.setdefault(word, set()).add(str(path))
    return Searched(files, size, found)


def on_disk(url: str) -> None:
    """PostgreSQL writes out what it has in memory."""
    if url.startswith("postgresql"):
        with said(url) as connection:
            connection.execute(text("CHECKPOINT"))


@contextmanager
def said(url: str) -> Iterator[Any]:
    """A connection whose transaction is committed at the end of a ``with``."""
    database = Database(url)
    try:
        with database.engine.begin() as connection:
            yield connection
    finally:
        database.close()


def scored_and_submitted(port: int, receiver: Receiver) -> None:
    """By request and by submission, until the webhook has the result."""
    url = f"http://127.0.0.1:{port}"
    registered(url, receiver.url)
    with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        asked = {"ads": [AD], "entity_values": True}
        answer = client.post("/v1/score", json=asked).json()
        values = [one["value"] for one in answer["results"][0]["entities"]]
        assert CONTACTS[5] in values, "it was not read"
        body = {**asked, "webhook": "witness"}
        assert client.post("/v1/submissions", json=body).status_code == 202
        until(lambda: receiver.received)
        assert client.post("/v1/score", json={"ads": [AD | {"text": 7}]}).status_code == 422


async def consumed(folder: Path, log: Path, bundle: Path, own: dict[str, str]) -> None:
    """Through NATS, whose own files hold the ad and are not searched."""
    folder.mkdir()
    broker = Nats(folder)
    broker.start()
    try:
        topics = topics_of(broker)
        await topics.make("ads", "decisions", "decisions-dead")
        await topics.send("ads", [(None, json.dumps(AD).encode())])
        options = ["--broker", broker.url, "--from", "ads", "--to", "decisions"]
        with Consumer(log, bundle, *options, **own) as consumer:
            assert len(await topics.read("decisions", 1)) == 1
            assert await asyncio.to_thread(consumer.stop) == 0
    finally:
        broker.close()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_no_word_of_an_ad_is_on_disk(kind: Kind, tiny_run: TinyRun, tmp_path: Path) -> None:
    kept = tmp_path / "kept"  # data folder, database, logs
    kept.mkdir()
    with empty(kind, kept) as url, Receiver().open() as receiver:
        own = {
            "LUREWATCH_DATABASE": url, "LUREWATCH_DATA_DIR": str(kept / "data"),
            "LUREWATCH_SECRET_KEY": new_key(), "LUREWATCH_BUNDLE_DIR": str(tiny_run.bundle),
            "LUREWATCH_WEBHOOK_PRIVATE_TARGETS": "true", "LUREWATCH_CAMPAIGNS": "true",
        }  # fmt: skip
        port = free_port()
        service = start(port, **own)
        try:
            scored_and_submitted(port, receiver)
            on_disk(url)
            assert search([kept], SECRET).found == {}, "while it runs"
            service.terminate()
            log = service.communicate(timeout=PATIENCE_S)[1]
        finally:
            service.kill()
            service.communicate()
        (kept / "service.log").write_bytes(log)
        asyncio.run(consumed(tmp_path / "nats", kept / "consumer.log", tiny_run.bundle, own))
        on_disk(url)
        searched = search([kept], SECRET)
        print(f"{kind}: {searched.files} files, {searched.bytes:,} bytes, {searched.found}")
        assert b'"submission done"' in log
        assert searched.found == {}
        check_that_it_finds(kept, url)


def check_that_it_finds(kept: Path, url: str) -> None:
    """The same search, of words that are there."""
    with said(url) as connection:
        connection.execute(text("CREATE TABLE planted (word TEXT)"))
        connection.execute(text("INSERT INTO planted VALUES (:word)"), {"word": PLANTED})
    on_disk(url)
    with open(kept / "service.log", "ab") as log:
        log.write(PLANTED.upper().encode("utf-16-le"))
    (where,) = search([kept], (PLANTED, *SECRET)).found.values()
    if url.startswith("sqlite"):
        assert {Path(one).name for one in where} >= {"service.log"}
        assert any("lurewatch.db" in one for one in where)
    else:
        places = {part for one in where for part in Path(one).parts}
        assert places >= {"service.log", "base", "pg_wal"}
