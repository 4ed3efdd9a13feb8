"""What is known of an ad that somebody says a word of: from the ad that is kept, from an earlier
word once the ad has expired (appeals come late), or from the ad given along."""

from dataclasses import dataclass, field, replace

import orjson

from models.renderer import Render
from service.api.schemas import AdIn
from service.reading import read
from service.review.content import Content, Redacted, redacted
from service.review.spans import Spans, fits
from service.store import Vault
from service.store.tables import Feedback, StoredAd


@dataclass(frozen=True, slots=True)
class Along:
    """An ad that came with a word about it."""

    given: AdIn
    redacted: Redacted
    language: str
    shown: Spans = field(default_factory=dict)
    """What indicators the one who spoke was shown, in the ad as given; with the bundle that had
    answered, and its score."""

    model: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """The ad that a word is about."""

    about: str
    """See :attr:`service.store.tables.Feedback.about`."""

    ad: str | None
    external_id: str | None
    author: str | None
    campaign: str | None
    content: Content | None
    shown: Spans
    """What indicators were shown; positions in ``content``, where there is one."""

    language: str
    platform: str | None
    surface: str | None
    model: str | None
    score: float | None
    decision: str | None


def given_along(ad: AdIn, render: Render) -> Along:
    """The ad, its contacts found and redacted. ``render``: as ads are read that are scored."""
    reading = read(ad.ad(), render(ad.ad()))
    return Along(ad, redacted(ad, reading), reading.language.tag)


def of_stored(row: StoredAd, vault: Vault) -> Subject:
    """From the ad as it is kept."""
    return Subject(
        about=row.id,
        ad=row.id,
        external_id=row.external_id,
        author=row.author,
        campaign=row.campaign,
        content=None if row.content is None else vault.unseal(row.content),
        shown={
            one["indicator"]: one["spans"] for one in vault.unseal(row.result)["indicators"]
        },
        language=row.language,
        platform=row.platform,
        surface=row.surface,
        model=row.model,
        score=row.score,
        decision=row.decision,
    )  # fmt: skip


def of_word(row: Feedback, vault: Vault) -> Subject:
    """From what was copied when somebody spoke of it before."""
    content, shown = opened(row, vault)
    return Subject(
        about=row.about,
        ad=row.ad,
        external_id=row.external_id,
        author=row.author,
        campaign=row.campaign,
        content=content,
        shown=shown,
        language=row.language,
        platform=row.platform,
        surface=row.surface,
        model=row.model,
        score=row.score,
        decision=row.decision,
    )


def of_along(along: Along, vault: Vault, external_id: str | None) -> Subject:
    """From the ad given along: nothing is kept of what we said of it, but what came with it. Equal
    words are one subject."""
    content = along.redacted.content
    return Subject(
        about="txt_" + vault.hashed("feedback", orjson.dumps(content)),
        ad=None,
        external_id=along.given.id if external_id is None else external_id,
        author=vault.author(along.given.author_id),
        campaign=None,
        content=content,
        shown=along.redacted.moved(along.shown),
        language=along.language,
        platform=along.given.platform,
        surface=along.given.surface,
        model=along.model,
        score=along.score,
        decision=None,
    )


def joined(known: Subject, along: Along, vault: Vault) -> Subject:
    """What is known of an ad and the same ad given along. Where the words differ from those that
    are kept, the ones given were judged, and what we said of others does not count. Whose ad it is
    may be told with the word for the first time: it is erased by that too."""
    known = replace(
        known,
        external_id=along.given.id if known.external_id is None else known.external_id,
        author=vault.author(along.given.author_id) if known.author is None else known.author,
    )
    content = along.redacted.content
    if known.content == content:
        return known
    if known.content is None:  # then the spans that were shown are in the ad as received
        shown = {
            name: along.redacted.moved([one for one in spans if fits(one, along.redacted.lengths)])
            for name, spans in known.shown.items()
        }
        return replace(known, content=content, shown=shown)
    other = of_along(along, vault, known.external_id)
    return replace(other, ad=known.ad, author=known.author, campaign=known.campaign)


def sealed(subject: Subject, vault: Vault) -> bytes | None:
    """Words and shown spans, for the row of a word."""
    if subject.content is None:
        return None
    return vault.seal({"content": subject.content, "shown": subject.shown})


def opened(row: Feedback, vault: Vault) -> tuple[Content | None, Spans]:
    """The same, back."""
    if row.content is None:
        return None, {}
    found = vault.unseal(row.content)
    return found["content"], found["shown"]
