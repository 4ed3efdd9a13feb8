"""Erasing ads that wait in submissions without an answer. Their texts are sealed there, so each
submission is opened and looked through: a thousand short ones take a second or so."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.api.schemas import AdIn
from service.errors import VaultError
from service.store import Database, Vault
from service.store.tables import Submission
from service.submissions.request import without

PORTION = 50
"""Submissions of one transaction: others want to write meanwhile."""


async def erase_unanswered(
    database: Database, vault: Vault, whose: Callable[[AdIn], bool],
    note: Callable[[Session, Counter[str]], object],
) -> Counter[str]:  # fmt: skip
    """Take the ads out of every submission that has no answer; gives how many ``ads``, out of how
    many ``submissions``, and how many are ``waiting`` that could not be opened. ``note`` is called
    in each transaction that takes some out."""

    def erase_noted(session: Session, portion: Sequence[str]) -> Counter[str]:
        done = erase_portion(session, vault, whose, portion)
        if done["ads"]:
            note(session, done)
        return done

    total: Counter[str] = Counter()
    ids = await database.read(queued)
    for portion in portions(ids):
        total.update(await database.write(erase_noted, portion))
    return total


def queued(session: Session) -> list[str]:
    """Submissions without an answer. One that comes later was accepted after the request to
    erase."""
    query = select(Submission.id).where(Submission.state == "queued").order_by(Submission.id)
    return list(session.scalars(query))


def portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at a time."""
    for first in range(0, len(ids), PORTION):
        yield ids[first : first + PORTION]


def erase_portion(
    session: Session, vault: Vault, whose: Callable[[AdIn], bool], ids: Sequence[str]
) -> Counter[str]:
    """The same of these, as far as they have no answer yet. A worker that is just scoring one loses
    its lease, so that its answer is not written, and another scores what is left."""
    rows = session.scalars(
        select(Submission)
        .where(Submission.id.in_(ids), Submission.state == "queued")
        .order_by(Submission.id)
        .with_for_update()
    )
    done = Counter[str]()
    for row in rows:
        assert row.request is not None
        try:
            less, ads = without(vault, row.request, whose)
        except VaultError:
            done["waiting"] += 1
            continue
        if ads:
            row.request = less
            row.lease_owner = row.lease_until = None
            done["ads"] += ads
            done["submissions"] += 1
    return done
