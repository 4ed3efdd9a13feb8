"""Incidents in the database."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import IncidentRefused, UnknownId
from service.incidents.learning import Learnt
from service.incidents.shapes import MAX_LIVE, CounterExampleIn, ExampleIn, IncidentIn
from service.store.base import new_id
from service.store.tables import Incident, IncidentExample
from service.store.vault import Vault

Kept = tuple[Incident, list[IncidentExample]]
"""An incident with its examples, then its counter-examples, in order."""


@dataclass(frozen=True, slots=True)
class New:
    """An example that was read."""

    given: ExampleIn
    learnt: Learnt


def put(
    session: Session, vault: Vault, name: str, given: IncidentIn, examples: Sequence[New],
    bundle: str, moment: datetime,
) -> bool:  # fmt: skip
    """Write an incident, whole, in the place of an earlier one of that name; gives whether the name
    is new. Raises :class:`~service.errors.IncidentRefused` where there are too many."""
    try:
        with session.begin_nested():
            return written(session, vault, name, given, examples, bundle, moment)
    except IntegrityError:  # another process put this new name just now: that one is replaced
        return written(session, vault, name, given, examples, bundle, moment)


def written(
    session: Session, vault: Vault, name: str, given: IncidentIn, examples: Sequence[New],
    bundle: str, moment: datetime,
) -> bool:  # fmt: skip
    """The same, unless somebody is quicker with a new name."""
    row = session.get(Incident, name, with_for_update=True)
    if row is not None and row.expires_at <= moment:
        remove_row(session, row)
        row = None
    others = select(func.count()).select_from(Incident)
    live = session.scalar(others.where(Incident.expires_at > moment, Incident.name != name)) or 0
    if live >= MAX_LIVE:
        raise IncidentRefused(
            "", f"{MAX_LIVE} incidents are live; delete one, or let one expire, before another"
        )
    is_new = row is None
    if row is None:
        row = Incident(name=name, created_at=moment)
        session.add(row)
    else:
        session.execute(delete(IncidentExample).where(IncidentExample.incident == name))
    row.definition = vault.seal_bytes(given.definition.encode())
    row.harms = list(map(str, given.harms))
    row.false_positive_rate = given.false_positive_rate
    row.expires_at = moment + timedelta(days=given.expires_in_days)
    touch(row, moment)
    session.flush()
    session.add_all(
        example_row(vault, name, position, one, bundle) for position, one in enumerate(examples)
    )
    return is_new


def example_row(vault: Vault, name: str, position: int, new: New, bundle: str) -> IncidentExample:
    """As it is kept."""
    given = new.given
    counter = isinstance(given, CounterExampleIn)
    return IncidentExample(
        id=new_id("iex"),
        incident=name,
        position=position,
        counter=counter,
        kind=given.kind if isinstance(given, CounterExampleIn) else "lure",
        language=new.learnt.language,
        content=vault.seal(new.learnt.content),
        external_id=given.id,
        ad=given.ad_id,
        author=vault.author(given.author_id),
        bundle=bundle,
        learnt=vault.seal_bytes(new.learnt.packed()),
    )


def touch(row: Incident, moment: datetime) -> None:
    """Let every process see that it changed."""
    row.revision = new_id("rev")
    row.updated_at = moment


def versions(session: Session, moment: datetime) -> dict[str, str]:
    """Revision of every live incident."""
    rows = session.execute(
        select(Incident.name, Incident.revision).where(Incident.expires_at > moment)
    )
    return {name: revision for name, revision in rows}


def load(session: Session, names: Collection[str]) -> list[Kept]:
    """Incidents of these names, by name.

    Their revisions are read before their examples: where somebody changes one in between, which
    PostgreSQL then shows, examples come with an older revision and are read again at the next look,
    and never with a newer one that they are not of.
    """
    found = list(
        session.scalars(select(Incident).where(Incident.name.in_(names)).order_by(Incident.name))
    )
    examples = defaultdict(list)
    for row in session.scalars(
        select(IncidentExample)
        .where(IncidentExample.incident.in_(names))
        .order_by(IncidentExample.counter, IncidentExample.position)
    ):
        examples[row.incident].append(row)
    return [(row, examples[row.name]) for row in found]


def live(session: Session, moment: datetime) -> list[Kept]:
    """Every live incident."""
    return load(session, versions(session, moment))


def one(session: Session, name: str, moment: datetime) -> Kept:
    """Raises :class:`~service.errors.UnknownId`."""
    if name not in versions(session, moment):
        raise UnknownId("incident")
    return load(session, [name])[0]


def remove(session: Session, name: str, moment: datetime) -> None:
    """With its examples. Raises :class:`~service.errors.UnknownId`."""
    row = session.get(Incident, name, with_for_update=True)
    if row is None or row.expires_at <= moment:
        raise UnknownId("incident")
    remove_row(session, row)


def remove_row(session: Session, row: Incident) -> None:
    """The examples by hand: nothing then hangs on the database doing it."""
    session.execute(delete(IncidentExample).where(IncidentExample.incident == row.name))
    session.delete(row)
    session.flush()


def erase(session: Session, whose: ColumnElement[bool], moment: datetime) -> int:
    """Erase examples, and the incidents that have none left; gives how many examples."""
    found = session.execute(
        select(IncidentExample.id, IncidentExample.incident)
        .where(whose)
        .order_by(IncidentExample.incident)
    ).all()
    for name in sorted({row.incident for row in found}):
        incident = session.get(Incident, name, with_for_update=True)
        ids = [row.id for row in found if row.incident == name]
        session.execute(delete(IncidentExample).where(IncidentExample.id.in_(ids)))
        left = select(func.count()).select_from(IncidentExample)
        own = (IncidentExample.incident == name, IncidentExample.counter.is_(False))
        if incident is None:
            continue
        if session.scalar(left.where(*own)):
            touch(incident, moment)
        else:
            remove_row(session, incident)
    return len(found)
