"""Both clients asked in the same words, and services that fail on purpose."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.client import AsyncClient

Fault = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]


class Waiting:
    """An :class:`AsyncClient` that is asked as a :class:`Client` is."""

    def __init__(self, runner: asyncio.Runner, client: AsyncClient) -> None:
        self.runner = runner
        self.client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)

        def call(*given: Any, **named: Any) -> Any:
            answer = method(*given, **named)
            return self.drawn(answer) if inspect.isasyncgen(answer) else self.runner.run(answer)

        return call

    def drawn(self, answers: AsyncIterator[Any]) -> Iterator[Any]:
        """One answer after another."""

        async def following() -> Any:
            return await anext(answers)

        while True:
            try:
                yield self.runner.run(following())
            except StopAsyncIteration:
                return

    def close(self) -> None:
        self.runner.run(self.client.aclose())


class Flaky:
    """An application that does what is next on its list of faults before it works again."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.faults: list[Fault] = []
        self.heard: list[tuple[str, dict[str, str]]] = []
        """Path and headers of each request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.heard.append((scope["path"], headers))
        if self.faults:
            await self.faults.pop(0)(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)


def answer(status: int, body: bytes = b"<html>", **headers: str) -> Fault:
    """Answers for the application, as a proxy in front of it may."""
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    async def fault(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": body})

    return fault


async def lose_answer(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The application does its work, and the connection breaks before the caller hears of it."""

    async def nowhere(message: Message) -> None:
        pass

    await app(scope, receive, nowhere)
    await begin(send)


async def never_answer(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Nothing comes, until the caller hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def begin(send: Send) -> None:
    """An answer that never comes to its end; the server closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


def break_after(lines: int) -> Fault:
    """Lets so many lines of the answer through, and half of the next."""

    async def fault(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        left = lines

        async def sending(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.body":
                pieces = message["body"].splitlines(keepends=True)
                if len(pieces) > left:
                    kept = b"".join(pieces[:left]) + pieces[left][:50]
                    await send({"type": "http.response.body", "body": kept, "more_body": True})
                    raise ConnectionAbortedError
                left -= len(pieces)
            await send(message)

        await app(scope, receive, sending)

    return fault
