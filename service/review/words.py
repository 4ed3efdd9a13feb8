"""What reviewers say, written down: a row for each word, none changed, all of a request or none."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.api.reviewing import WordKept
from service.errors import BadSpan, UnknownId
from service.review.closing import close
from service.review.content import lengths_of
from service.review.naming import Spoken, locked, place, subject_of
from service.review.spans import against, faults, in_redacted
from service.review.subject import Subject, sealed
from service.settings import Settings
from service.store import Vault
from service.store.base import new_id, now
from service.store.tables import Feedback


def add(
    session: Session, vault: Vault, settings: Settings, spoken: Sequence[Spoken]
) -> list[WordKept]:
    """Keep every word; gives one entry for each, in order.

    Raises :class:`~service.errors.UnknownId` or :class:`~service.errors.BadSpan`, naming places.
    """
    moment = now()
    ads = locked(session, [one.word for one in spoken], moment)
    subjects = [subject_of(session, vault, one, ads, moment) for one in spoken]
    unknown = [place(i, one.word) for i, one in enumerate(spoken) if subjects[i] is None]
    if unknown:
        raise UnknownId("ad", unknown)
    known = [subject for subject in subjects if subject is not None]
    wrong: dict[str, str] = {}
    rows = []
    for i, (one, subject) in enumerate(zip(spoken, known, strict=True)):
        lengths = one.along.redacted.lengths if one.along else lengths_of(subject.content)
        found = faults(one.word, lengths, subject.content is not None)
        wrong |= {f"/feedback/{i}{pointer}": reason for pointer, reason in found.items()}
        # A microsecond apart: the later of two words in one request is the latest.
        when = moment + timedelta(microseconds=i)
        rows.append(row_of(one, subject, vault, settings, when))
    if wrong:
        raise BadSpan(wrong)
    session.add_all(rows)
    session.flush()
    close(session, ads, rows, settings.double_review_share)
    return [
        WordKept.model_validate(
            {"id": row.id, "ad_id": row.ad, "queue": ads[row.ad].queue if row.ad in ads else None}
        )
        for row in rows
    ]


def row_of(
    one: Spoken, subject: Subject, vault: Vault, settings: Settings, moment: datetime
) -> Feedback:
    """The word's row."""
    word = one.word
    cuts = None if one.along is None else one.along.redacted
    wrong = in_redacted(word.wrong_spans, cuts)
    missed = in_redacted(word.missed_spans, cuts)
    if one.marked is not None:
        wrong, missed = against(in_redacted(one.marked, cuts) or {}, subject.shown)
    return Feedback(
        id=one.id or new_id("fb"),
        about=subject.about,
        ad=subject.ad,
        external_id=subject.external_id,
        author=subject.author,
        campaign=subject.campaign,
        reviewer=one.reviewer or reviewer_of(vault, word.reviewer),
        origin=word.origin,
        kind=word.kind,
        harms=list(word.harms),
        wrong_spans=wrong,
        missed_spans=missed,
        overturned=word.overturned,
        content=sealed(subject, vault),
        language=subject.language,
        platform=subject.platform,
        surface=subject.surface,
        model=subject.model,
        score=subject.score,
        decision=subject.decision,
        created_at=moment if one.said_at is None else min(moment, one.said_at),
        expires_at=moment + timedelta(days=settings.keep_feedback_days),
    )


def reviewer_of(vault: Vault, reviewer: str) -> str:
    """The hash that stands for a reviewer."""
    return vault.hashed("reviewer", reviewer)
