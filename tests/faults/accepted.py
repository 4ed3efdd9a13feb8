"""What was accepted: whether it was decided, however long that took."""

import time
from collections.abc import Collection, Mapping

import httpx

PATIENCE_S = 120.0
"""For all of them, from when the fault is over."""


def undecided(
    url: str, ids: Collection[str], patience_s: float = PATIENCE_S,
    headers: Mapping[str, str] | None = None,
) -> set[str]:  # fmt: skip
    """Those submissions that were not decided within that time."""
    left = set(ids)
    end = time.monotonic() + patience_s
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        while True:
            left -= {one for one in left if is_done(client, one)}
            if not left or time.monotonic() > end:
                return left
            time.sleep(0.2)


def is_done(client: httpx.Client, id: str) -> bool:
    """Whether it has results, every one of them with a decision."""
    answer = client.get(f"/v1/submissions/{id}")
    if answer.status_code != 200 or answer.json()["state"] != "done":
        return False
    return all("decision" in one for one in answer.json()["results"])
