"""What can go wrong between a client and the service.

* ClientError
  + Unreachable         no answer came, or it broke off
    - AnswerLost        ... though it may have been heard; a MaybeDone too
  + Unreadable          an answer came that is none of this service's
  + Unfinished          a submission is still queued after the time that was given
  + Problem             the service said no (RFC 9457)
    - Refused           4xx: the same request will be refused again
    - Unavailable       429 and 5xx: the same request may do later
      = LeftOpen        ... or may have been done; a MaybeDone too
  + MaybeDone           it may have been done: look first
"""

from collections.abc import Mapping, Sequence
from typing import Any

TOO_MANY = 429
MAYBE_DONE = "/problems/maybe-done"


class ClientError(Exception):
    """Base of what this package raises. No message holds an ad's text."""


class MaybeDone(ClientError):
    """Nobody can say whether it was done: the answer was lost, a proxy gave up waiting, or the
    service itself does not know. Nothing that may not be done twice was sent again: look before you
    ask again."""


class Unreachable(ClientError):
    """No answer, though it was asked for as often and as long as it may be."""


class AnswerLost(Unreachable, MaybeDone):
    """No answer to what may not be done twice, after it was sent."""


class Unreadable(ClientError):
    """Something answers at that address, in another form than this service does."""


class Unfinished(ClientError):
    """A submission that has no results yet. It is scored all the same; ask again."""

    def __init__(self, submission: str, timeout_s: float) -> None:
        super().__init__(f"{submission} is still queued after {timeout_s:g} s; ask again later")
        self.submission = submission


class Problem(ClientError):
    """An error of the service: its ``type`` is stable, its ``detail`` is for people."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        """``told``: the problem's members; none where something else than the service spoke."""
        self.type = str(told.get("type", "about:blank"))
        self.title = str(told.get("title", f"HTTP status {status}"))
        self.status = status
        self.detail = str(told.get("detail", ""))
        self.errors: Sequence[Mapping[str, str]] = told.get("errors") or ()
        """Places in the request as JSON pointers, each with what is wrong there."""

        self.facts = dict(told)
        """Every member, such as ``given``, ``limit``, ``unit`` and ``scope``."""

        super().__init__(f"{self.title}: {self.detail}" if self.detail else self.title)

    def __reduce__(self) -> tuple[type["Problem"], tuple[int, dict[str, Any]]]:
        """So that it survives the way out of a worker process."""
        return type(self), (self.status, self.facts)


class Refused(Problem):
    """Mend the request: ``detail`` and ``errors`` say what."""


class Unavailable(Problem):
    """Ask again later."""


class LeftOpen(Unavailable, MaybeDone):
    """An answer that does not say whether it was done."""


def problem(status: int, told: Mapping[str, Any], left_open: bool = False) -> Problem:
    """The error for a status of 300 and above. ``left_open``: it may have been done, though the
    answer does not say so."""
    if left_open or told.get("type") == MAYBE_DONE:
        return LeftOpen(status, told)
    kind = Unavailable if status == TOO_MANY or status >= 500 else Refused
    return kind(status, told)
