"""Whether an address can be listened on, asked before a bundle is loaded: the server would say it
in its log, when all else is done."""

import errno
import socket

from service.commands.errors import UsageError

REASONS = {
    errno.EADDRINUSE: "another program listens there",
    errno.EACCES: "only the system's administrator may listen there",
}


def must_be_free(host: str, port: int) -> None:
    """Raises :class:`~service.commands.errors.UsageError`. What else may be wrong with an address
    is the server's to say."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        return
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(address)
        except OSError as error:
            if reason := REASONS.get(error.errno or 0):
                raise UsageError(
                    f"{host}, port {port}: {reason}; LUREWATCH_PORT or --port names another"
                ) from None
