"""Bluesky: records as Jetstream gives them (https://github.com/bluesky-social/jetstream), and
labels as the AT Protocol has them (https://atproto.com/specs/label).

Public posts and profiles alone are on the firehose; messages between people are not, and are not
read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Loose, Options, Part, Platform, blank, fitted
from service.platforms.cutting import together
from service.platforms.plan import Action, Call, Plan, Record, note
from service.platforms.replies import limited
from service.platforms.seen import BadEvent, Seen, Skipped, ad, opaque, with_links

POST = "app.bsky.feed.post"
PROFILE = "app.bsky.actor.profile"
LABEL = "com.atproto.label.defs#label"

INDICATORS = "job-offer-indicators"
"""Our label: declare it in the labeler's `app.bsky.labeler.service` record."""

HIDE = "!hide"
"""A label that every client knows; taken back by the same label with `neg`."""

SCAM = "tools.ozone.report.defs#reasonMisleadingScam"


class Feature(Loose):
    """What a piece of the text is."""

    uri: str = ""


class Facet(Loose):
    """A piece of the text with a meaning."""

    features: tuple[Feature, ...] = ()


class External(Loose):
    """A card for a link."""

    uri: str = ""
    title: str = ""
    description: str = ""


class Image(Loose):
    """One of a few."""

    alt: str = ""
    """What it shows, in words: read aloud, or opened by a touch."""


class Media(Loose):
    """A card, images or a video."""

    external: External = External()
    images: tuple[Image, ...] = ()
    alt: str = ""
    """Of a video."""

    def words(self) -> list[str]:
        """Those of the card, and those that stand for what is seen."""
        card = self.external
        return [card.title, card.description, *(one.alt for one in self.images), self.alt]


class Embed(Media):
    """What a post shows below its text."""

    media: Media = Media()
    """Beside another's post (``app.bsky.embed.recordWithMedia``)."""


class Post(Loose):
    """``app.bsky.feed.post``"""

    text: str = ""
    createdAt: str = ""
    langs: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    embed: Embed = Embed()
    reply: Mapping[str, Any] | None = None

    def words(self) -> str:
        """Its text, the card of a link, descriptions of images, and links that hide behind other
        words."""
        shown = [self.text, *self.embed.words(), *self.embed.media.words()]
        links = [one.uri for facet in self.facets for one in facet.features]
        cards = [self.embed.external.uri, self.embed.media.external.uri]
        return with_links(together(shown), [*filter(None, [*links, *cards])])


class Profile(Loose):
    """``app.bsky.actor.profile``"""

    displayName: str = ""
    description: str = ""


class Commit(Part):
    """A change to somebody's records."""

    operation: Literal["create", "update", "delete"]
    collection: str
    rkey: str
    cid: str | None = None
    record: dict[str, Any] | None = None


class Event(Part):
    """What Jetstream sends."""

    did: str
    kind: str
    commit: Commit | None = None


class BlueskyOptions(Options):
    """Of a moderation service."""

    labeler: str | None = None
    """Its DID, which labels come from: `did:plc:…`. Without it there are none, and posts are only
    reported."""

    ozone: bool = False
    """Whether labels are made by an Ozone on which the token's account is a moderator. Otherwise
    they are shown, for the operator's own labeler to sign."""

    moderation: str | None = None
    """DID of the moderation service that reports go to; without it the `labeler`, or the default of
    the account's server."""

    server: str = "https://bsky.social"
    """The server of the token's account."""


class Bluesky(Platform):
    """See the module."""

    name = "bluesky"

    def __init__(
        self,
        options: BlueskyOptions | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.options = options or BlueskyOptions()
        self.base = self.options.server.rstrip("/")
        self._clock = clock

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ad in an event of Jetstream."""
        given = fitted(Event, event, "event of Jetstream")
        commit = given.commit
        if commit is None or commit.operation == "delete" or commit.record is None:
            return Skipped("nothing was written")
        if commit.cid is None:
            raise BadEvent("commit.cid: missing; it is no event of Jetstream")
        place = {
            "did": given.did, "cid": commit.cid,
            "uri": f"at://{given.did}/{commit.collection}/{commit.rkey}",
        }  # fmt: skip
        if commit.collection == POST:
            return self._post(fitted(Post, commit.record, POST), place)
        if commit.collection == PROFILE:
            return self._profile(fitted(Profile, commit.record, PROFILE), place)
        return Skipped("not a post or a profile")

    def _post(self, given: Post, place: Mapping[str, str]) -> list[Seen] | Skipped:
        if blank(given.words()):
            return Skipped("no text")
        made = ad(
            Kind.SOCIAL,
            Surface.COMMENT if given.reply else Surface.POST,
            id=opaque(self.name, place["uri"]),
            text=given.words(),
            author_id=opaque(self.name, place["did"]),
            posted_at=moment(given.createdAt),
            language=given.langs[0] if given.langs else None,
        )
        return [Seen(made, place)]

    def _profile(self, given: Profile, place: Mapping[str, str]) -> list[Seen] | Skipped:
        text = "\n".join(filter(None, [given.displayName, given.description]))
        if blank(text):
            return Skipped("no text")
        made = ad(
            Kind.SOCIAL,
            Surface.PROFILE,
            id=opaque(self.name, place["uri"]),
            text=text,
            author_id=opaque(self.name, place["did"]),
        )
        return [Seen(made, place)]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``nudge`` labels, ``review`` labels and reports, ``block`` also labels ``!hide``. A label
        is on one version of one record, never on an account."""
        if result.decision == "allow":
            return self.done(seen, result)
        values = [INDICATORS, *([HIDE] if result.decision == "block" else [])]
        actions: list[Action] = [] if self.options.labeler is None else self._labels(seen, values)
        cannot = "" if actions else "set `labeler`, a DID: nobody labels without one"
        if result.decision != "nudge":
            actions.append(self._report(seen, result))
        return self.done(seen, result, *actions, base=self.base, cannot=cannot)

    def _labels(self, seen: Seen, values: list[str]) -> list[Action]:
        labeler = str(self.options.labeler)
        if self.options.ozone:
            event = {
                "$type": "tools.ozone.moderation.defs#modEventLabel",
                "createLabelVals": values, "negateLabelVals": [],
            }  # fmt: skip
            body = {"event": event, "subject": strong(seen), "createdBy": labeler}
            path = "/xrpc/tools.ozone.moderation.emitEvent"
            return [Call("label the record", "POST", path, body, headers=proxied(labeler))]
        made = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        return [
            Record("label the record", LABEL, {
                "ver": 1, "src": labeler, "uri": seen.place["uri"], "cid": seen.place["cid"],
                "val": value, "cts": made.replace("+00:00", "Z"),
            })
            for value in values
        ]  # fmt: skip

    def _report(self, seen: Seen, result: Result) -> Call:
        body = {"reasonType": SCAM, "reason": note(result), "subject": strong(seen)}
        to = self.options.moderation or self.options.labeler
        path = "/xrpc/com.atproto.moderation.createReport"
        return Call(
            "report to the moderators", "POST", path, body, headers=proxied(to) if to else {}
        )

    def access(self, token: str) -> Access:
        """The ``accessJwt`` of a session."""
        return Access(self.base, {"Authorization": f"Bearer {token}"})

    def pause_s(self, reply: Reply) -> float | None:
        """Until a second of Unix time (https://docs.bsky.app/docs/advanced-guides/rate-limits),
        where the limit is reached: every answer names the end of the window."""
        reset = reply.headers.get("ratelimit-reset", "")
        if not reset.isdecimal() or not limited(reply, "ratelimit-remaining"):
            return super().pause_s(reply)
        return max(0.0, int(reset) - self._clock().timestamp())


def strong(seen: Seen) -> dict[str, str]:
    """One version of one record."""
    return {
        "$type": "com.atproto.repo.strongRef", "uri": seen.place["uri"], "cid": seen.place["cid"],
    }  # fmt: skip


def proxied(did: str) -> dict[str, str]:
    """Asks the account's server to hand a call on to a labeler."""
    return {"atproto-proxy": f"{did}#atproto_labeler"}


def moment(given: str) -> datetime | None:
    """What an author's own program says; ``None`` where it is no time."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
