"""A callback of Coop's as a reviewer's word.

* Only what a person decided is a label. Actions that Coop's rules take, perhaps on our own score,
  say nothing new: a model that learnt from them would learn from itself.
* Coop signs neither a time nor an id of the message, so an equal body counts once: what is sent
  again, by Coop or by somebody who got hold of it, changes nothing.
* An appeal does not say whose decision it answers, nor under which policy that was. It counts where
  the ad was called a lure before, by a person or by us, and as a later word of the one who did: the
  platform has one opinion of the ad, not two.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.labels import Harm, Kind
from service.api.reviewing import Origin, Word
from service.errors import UnknownId
from service.integrations.coop_mapping import Label, Mapping
from service.integrations.coop_shapes import ActionCallback, AppealCallback
from service.review import audit, words
from service.review.naming import AD_ID, Spoken, locked, subject_of
from service.review.subject import Subject
from service.settings import Settings
from service.store import Vault
from service.store.base import now
from service.store.tables import Feedback

KEPT, KNOWN = "kept", "known"

NOT_MAPPED = "not_mapped"
AUTOMATIC = "automatic"
OTHER_ITEM = "other_item_type"
NOT_OURS = "not_called_a_lure"

APPEALS = "coop/appeals"
"""Who speaks where nobody had spoken of the ad before."""


def ignored(callback: ActionCallback | AppealCallback, mapping: Mapping) -> str | None:
    """Why nothing is learnt of a callback, whatever ad it is about; ``None`` where something is."""
    if mapping.item_types is not None and callback.item.typeId not in mapping.item_types:
        return OTHER_ITEM
    if isinstance(callback, AppealCallback):
        return NOT_MAPPED if mapping.appeals is None else None
    if callback.rules or callback.actorEmail is None:
        return AUTOMATIC
    return NOT_MAPPED if label_of(callback, mapping) is None else None


def label_of(callback: ActionCallback, mapping: Mapping) -> Label | None:
    """What the action says of its ad."""
    return mapping.of_action(callback.action.id, [policy.id for policy in callback.policies])


def id_of(vault: Vault, body: bytes) -> str:
    """Of the word: the same for an equal body."""
    return "fb_" + vault.hashed("coop", body)


def actor(vault: Vault, address: str) -> str:
    """Who stands for a mail address. It is hashed again where the word is kept."""
    return "coop/" + vault.hashed("coop_actor", address.strip().casefold())


def take(
    session: Session, vault: Vault, settings: Settings, mapping: Mapping,
    callback: ActionCallback | AppealCallback, word_id: str, by: audit.Who = audit.NOBODY,
) -> tuple[str, str | None]:  # fmt: skip
    """Keep what a callback says that :func:`ignored` lets pass, with a row of the audit trail.
    Gives :data:`KEPT`, :data:`KNOWN` or ``ignored``, and of the last the reason.

    Raises :class:`~service.errors.UnknownId` where the ad is not kept here.
    """
    if session.get(Feedback, word_id) is not None:
        return KNOWN, None
    moment = now()
    about = subject(session, vault, callback.item.id, moment)
    if isinstance(callback, ActionCallback):
        label = label_of(callback, mapping)
        assert label is not None
        assert callback.actorEmail is not None
        word = word_of(callback.item.id, label, actor(vault, callback.actorEmail), "review")
        words.add(session, vault, settings, [Spoken(word, None, id=word_id)])
        audit.note(session, settings, "feedback", by, audit.About(word=word_id))
        return KEPT, None
    assert mapping.appeals is not None
    accepted = callback.appealDecision == "ACCEPT"
    called = lure_word(session, about, moment)
    if called is None and (not accepted or about.decision in (None, "allow")):
        return "ignored", NOT_OURS
    label = mapping.appeals.accepted
    if not accepted:
        assert called is not None
        label = Label(kind=Kind(called.kind), harms=[Harm(harm) for harm in called.harms])
    word = word_of(callback.item.id, label, APPEALS, "appeal", accepted)
    reviewer = None if called is None else called.reviewer
    words.add(session, vault, settings, [Spoken(word, None, id=word_id, reviewer=reviewer)])
    audit.note(session, settings, "feedback", by, audit.About(word=word_id))
    return KEPT, None


def word_of(
    item: str, label: Label, reviewer: str, origin: Origin, overturned: bool | None = None
) -> Word:
    """The word."""
    ours = AD_ID.fullmatch(item) is not None
    return Word(
        ad_id=item if ours else None,
        external_id=None if ours else item,
        kind=label.kind,
        harms=tuple(label.harms),
        overturned=overturned,
        reviewer=reviewer,
        origin=origin,
    )


def subject(session: Session, vault: Vault, item: str, moment: datetime) -> Subject:
    """The ad that an item is. Raises :class:`~service.errors.UnknownId`."""
    spoken = Spoken(word_of(item, Label(kind=Kind.OTHER), APPEALS, "appeal"), None)
    ads = locked(session, [spoken.word], moment)
    found = subject_of(session, vault, spoken, ads, moment)
    if found is None:
        raise UnknownId("ad", ["/item/id"])
    return found


def lure_word(session: Session, about: Subject, moment: datetime) -> Feedback | None:
    """The latest word of a person who called the ad a lure, appeals aside."""
    return session.scalar(
        select(Feedback)
        .where(
            Feedback.about == about.about,
            Feedback.kind == Kind.LURE,
            Feedback.origin != "appeal",
            Feedback.expires_at > moment,
        )
        .order_by(Feedback.created_at.desc())
        .limit(1)
    )
