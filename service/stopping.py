"""A server that loses nobody when it is told to stop.

uvicorn closes its listening socket, and at once every connection on which nothing is being
answered. A caller who had connected and was not yet accepted, or whose request had not yet been
read, then gets a reset, though it did everything right. Here those are still taken, and whoever
keeps a connection is told in an answer that it ends (RFC 9112, section 9.6).
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress

import uvicorn

from service.connections import busy

IDLE_S = 1.0
"""How long a connection without a request stays open after the order to stop: who asks more often
hears of the end in an answer, and the others see it before they ask again."""

SHORT_S = 0.05

CLOSE = (b"connection", b"close")


class Server(uvicorn.Server):
    """Stops in three steps: takes those who have connected and listens no more; answers what comes
    on open connections with ``Connection: close``; then does as uvicorn does."""

    def __init__(self, config: uvicorn.Config, told: Callable[[], object]) -> None:
        """``told`` is called as soon as the order has come."""
        super().__init__(config)
        self._told = told

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Returns when all is answered, or ``timeout_graceful_shutdown`` seconds after."""
        self._told()
        state = self.server_state
        state.default_headers = [*state.default_headers, CLOSE]
        for one in list(state.connections):
            if busy(one):
                one.shutdown()  # closes nothing now: the answer is the last
        await self._listen_no_more()
        end = asyncio.get_running_loop().time() + IDLE_S
        while not all(map(busy, state.connections)) and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(SHORT_S)
        await super().shutdown(sockets)

    async def _listen_no_more(self) -> None:
        """Close what is listened on, after those who wait there were taken."""
        loop = asyncio.get_running_loop()
        listeners = [one for server in self.servers for one in server.sockets]
        with ExitStack() as opened:
            # A second handle of each keeps its queue while the event loop lets go of its own: of
            # all at once, where a name has several addresses.
            own: list[socket.socket] = []
            with suppress(OSError):  # no file is left for it: those who wait there are lost
                for one in listeners:
                    handle = socket.socket(fileno=socket.dup(one.fileno()))
                    own.append(opened.enter_context(handle))
            for server in self.servers:
                server.close()
            for one in own:
                one.setblocking(False)
                with suppress(OSError):  # nobody waits, or there is no file for who does
                    while True:
                        connection, _ = one.accept()
                        await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
