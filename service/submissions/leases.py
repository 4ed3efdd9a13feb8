"""Who works on what: a worker claims submissions, holds them while it lives, and gives them back.

A lease only spares work. That a submission is answered once rests on the guard of
:func:`service.submissions.finish.finish`, whatever the clocks of several machines say.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from service.store.leap import LONGEST_LEASE, is_over
from service.store.tables import Submission


@dataclass(frozen=True, slots=True)
class Claimed:
    """A submission that a worker holds."""

    id: str
    content: bytes
    """The sealed request."""

    chars: int
    attempts: int
    """How often a worker began, this time included."""


def claim(
    session: Session, owner: str, moment: datetime, until: datetime, held: Collection[str],
    chars: int, most: int,
) -> list[Claimed]:  # fmt: skip
    """Take what is due, oldest first: up to ``most`` submissions, and no more once they have
    ``chars`` characters together. ``held`` are those that the worker has in hand.

    Rows that another worker is just claiming are passed over (``SKIP LOCKED``); on SQLite a writer
    is alone anyway.
    """
    due = session.execute(
        select(Submission.id, Submission.chars)
        .where(
            Submission.state == "queued",
            is_over(Submission.lease_until, moment, until + LONGEST_LEASE),
            Submission.id.not_in(held),
        )
        .order_by(Submission.created_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = within(((row.id, row.chars) for row in due), chars)
    if not taken:
        return []
    rows = session.execute(
        update(Submission)
        .where(Submission.id.in_(taken))
        .values(lease_owner=owner, lease_until=until, attempts=Submission.attempts + 1)
        .returning(Submission.id, Submission.request, Submission.chars, Submission.attempts)
        .execution_options(synchronize_session=False)
    )
    found = {row.id: Claimed(row.id, row.request, row.chars, row.attempts) for row in rows}
    return [found[one] for one in taken]


def within(due: Iterable[tuple[str, int]], chars: int) -> list[str]:
    """The first ids, until they have so many characters; one that passes the bound is the last.

    >>> within([("a", 3), ("b", 9), ("c", 1)], 10)
    ['a', 'b']
    """
    taken = []
    for name, cost in due:
        if chars <= 0:
            break
        taken.append(name)
        chars -= cost
    return taken


def renew(session: Session, owner: str, held: Collection[str], until: datetime) -> None:
    """A sign of life for what the worker still holds."""
    session.execute(theirs(owner, held).values(lease_until=until))


def give_back(
    session: Session, owner: str, held: Collection[str], due: datetime | None = None
) -> None:
    """Others may take them, from ``due`` on; at once without it."""
    session.execute(theirs(owner, held).values(lease_owner=None, lease_until=due))


def theirs(owner: str, held: Collection[str]) -> Update:
    """A change of those that are not finished, and that no other worker took."""
    return (
        update(Submission)
        .where(
            Submission.id.in_(held), Submission.lease_owner == owner, Submission.state == "queued"
        )
        .execution_options(synchronize_session=False)
    )
