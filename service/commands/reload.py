"""``python -m service reload``: every process takes the bundle that is champion now."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
import typer

from models.cli import REFUSED, say
from service.commands.errors import UsageError
from service.commands.platform import KEY

PORTS = {"http": 80, "https": 443}

CHANGE = ("before", "after", "policy", "seconds")
"""What is shown of an answer."""

STRANGER = "the answer is not one of Lurewatch's"

DOWN = "is the service running there, and is this its port and http or https?"

Resolve = Callable[[str, int], list[str]]


def reload(
    addresses: Annotated[
        list[str],
        typer.Argument(help="Of the service. A name that has several addresses means all of them."),
    ],
    timeout_s: Annotated[
        float, typer.Option(min=1, help="How long one process may take: it loads and tests.")
    ] = 120,
) -> None:
    """Ask every process for POST /v1/model/reload, one after another, so that the others keep their
    pace. In Kubernetes: the name of a Service without an address of its own (headless).

    A JSON line each: what served before and after, or why it serves on with the bundle before. Exit
    1 where one did not change, or where they differ now. A key of scope admin is in SERVICE_KEY.
    """
    key = os.environ.get(KEY)
    asked = [target for one in addresses for target in targets(one)]
    now = set()
    for url, host in asked:
        line = tell(url, host, key, timeout_s)
        print(json.dumps(line), flush=True)
        now.add(line.get("after"))
    if None in now:
        say("not all changed; one that did not serves on with the bundle before")
    elif len(now) > 1:
        say("they serve different bundles now: the champion changed meanwhile; ask again")
    else:
        return
    raise typer.Exit(REFUSED)


def addresses_of(host: str, port: int) -> list[str]:
    """By the system's resolver, each once, in its order. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def targets(address: str, resolve: Resolve = addresses_of) -> Iterator[tuple[httpx.URL, str]]:
    """Each process's URL by number, with the host that was named.

    Raises :class:`~service.commands.errors.UsageError` for what is no address, or has none.
    """
    try:
        url = httpx.URL(address)
        port = url.port or PORTS[url.scheme]
        numbers = resolve(url.host, port)
    except (httpx.InvalidURL, KeyError):
        raise UsageError(f"{address}: give an address such as http://lurewatch-pods:8000") from None
    except (OSError, UnicodeError):
        raise UsageError(f"{address}: the name has no address here") from None
    for number in numbers:
        yield url.copy_with(host=number, port=port, path="/v1/model/reload"), url.host


def tell(url: httpx.URL, host: str, key: str | None, timeout_s: float) -> dict[str, Any]:
    """What one process answered."""
    where = {"address": url.netloc.decode("ascii")}
    headers = {"Host": host} | ({"Authorization": f"Bearer {key}"} if key else {})
    try:
        with httpx.Client(timeout=timeout_s, trust_env=False) as client:
            answer = client.post(url, headers=headers, extensions={"sni_hostname": host})
        said = answer.json()
    except httpx.TimeoutException:
        late = f"no answer within {timeout_s:g} s; ask again, or allow more with --timeout-s"
        return {**where, "error": late}
    except httpx.ConnectError:
        return {**where, "error": f"nobody answers at {url.scheme}://{where['address']}: {DOWN}"}
    except httpx.HTTPError:
        return {**where, "error": "the connection broke off; ask again"}
    except ValueError:
        return {**where, "error": STRANGER}
    if not isinstance(said, dict):
        said = {}
    if not answer.is_success:
        told = said.get("detail") or said.get("title")
        return {**where, "error": told or f"status {answer.status_code}"}
    change = {name: said.get(name) for name in CHANGE}
    if None in change.values() or not isinstance(change["after"], str):
        return {**where, "error": STRANGER}
    return {**where, **change}
