"""A platform's API on a socket of this machine: answers what it is told to, and remembers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from tests.live import live

Answer = tuple[int, Any, dict[str, str]]
"""Status, JSON, headers."""


@dataclass
class Heard:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Api:
    """Answers in order, then 200 with an empty object."""

    answers: list[Answer] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message: Message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        raw = scope["raw_path"].decode().partition("?")[0]
        self.heard.append(Heard(scope["method"], raw, headers, body))
        status, told, more = await self.answer(self.heard[-1])
        named = [(name.encode(), value.encode()) for name, value in more.items()]
        start = [(b"content-type", b"application/json"), *named]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    async def answer(self, heard: Heard) -> Answer:
        """What comes next."""
        return self.answers.pop(0) if self.answers else (200, {}, {})


@contextmanager
def serving(answers: Sequence[Answer] = ()) -> Iterator[tuple[Api, str]]:
    """The API and its address."""
    api = Api(list(answers))
    with live(api) as address:
        yield api, address
