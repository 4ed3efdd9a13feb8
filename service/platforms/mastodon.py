"""Mastodon: what its administrative webhooks send (https://docs.joinmastodon.org/admin/webhooks).

Posts that only followers or those who are named may see are read where somebody reported them, and
nowhere else.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Loose, Options, Part, Platform, blank, fitted
from service.platforms.cutting import together
from service.platforms.markup import marked_up
from service.platforms.plan import Call, Plan, note
from service.platforms.replies import limited
from service.platforms.seen import Seen, Skipped, ad, opaque, with_links

PUBLIC = frozenset({"public", "unlisted"})
MAX_COMMENT_CHARS = 1000
"""Of a report."""

SIGNATURE = "x-hub-signature"
"""Header of a webhook."""


class Field(Loose):
    """A line of a profile."""

    name: str = ""
    value: str = ""


class Account(Loose):
    """https://docs.joinmastodon.org/entities/Account"""

    id: str
    display_name: str = ""
    note: str = ""
    fields: tuple[Field, ...] = ()


class AdminAccount(Part):
    """https://docs.joinmastodon.org/entities/Admin_Account"""

    id: str
    account: Account


class Choice(Loose):
    """An answer that a poll offers."""

    title: str = ""


class Poll(Loose):
    """https://docs.joinmastodon.org/entities/Poll"""

    options: tuple[Choice, ...] = ()


class Attachment(Loose):
    """https://docs.joinmastodon.org/entities/MediaAttachment"""

    description: str = ""
    """What it shows, in words: read aloud, or opened by a touch."""


class Named(Loose):
    """An account or a hashtag that the words name."""

    url: str = ""


class Status(Loose):
    """https://docs.joinmastodon.org/entities/Status"""

    id: str
    account: Account
    content: str = ""
    spoiler_text: str = ""
    visibility: Annotated[str, BeforeValidator(str)] = "public"
    """What is odd is not public."""

    language: str | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    in_reply_to_id: str | None = None
    reblog: Mapping[str, Any] | None = None
    poll: Poll | None = None
    media_attachments: tuple[Attachment, ...] = ()
    mentions: tuple[Named, ...] = ()
    tags: tuple[Named, ...] = ()

    def words(self) -> str:
        """Its text, the answers of its poll, descriptions of what it shows, and where its links
        lead, but for those that are made of every name and hashtag."""
        options = [one.title for one in self.poll.options] if self.poll else []
        alts = [one.description for one in self.media_attachments]
        named = {one.url for one in (*self.mentions, *self.tags)}
        return linked(self.content, [*options, *alts], named)


class Report(Loose):
    """https://docs.joinmastodon.org/entities/Admin_Report"""

    id: str
    target_account: AdminAccount
    statuses: tuple[Status, ...] = ()


class Sent(Part):
    """What a webhook sends."""

    event: str
    object: dict[str, Any]


class MastodonOptions(Options):
    """Of a server."""

    server: str = "https://mastodon.example"
    """Address of the server that is asked to act."""


class Mastodon(Platform):
    """See the module."""

    name = "mastodon"

    def __init__(self, options: MastodonOptions | None = None) -> None:
        self.options = options or MastodonOptions()
        self.base = self.options.server.rstrip("/")

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ads in what a webhook sent: one, or each post of a report."""
        sent = fitted(Sent, event, "webhook of Mastodon")
        match sent.event:
            case "status.created" | "status.updated":
                status = fitted(Status, sent.object, "status of Mastodon")
                if status.visibility not in PUBLIC:
                    return Skipped("not public")
                return self._status(status, None)
            case "report.created" | "report.updated":
                return self._report(fitted(Report, sent.object, "report of Mastodon"))
        return Skipped("not a post or a report")

    def _report(self, given: Report) -> list[Seen] | Skipped:
        found = [self._status(one, given.id) for one in given.statuses]
        seen = [one for few in found if not isinstance(few, Skipped) for one in few]
        return seen or self._profile(given)

    def _status(self, given: Status, report: str | None) -> list[Seen] | Skipped:
        if given.reblog is not None:
            return Skipped("a boost of another's post")
        text = given.words()
        if blank(text, given.spoiler_text):
            return Skipped("no text")
        made = ad(
            Kind.SOCIAL,
            Surface.COMMENT if given.in_reply_to_id else Surface.POST,
            id=opaque(self.name, given.id),
            text=text,
            title=given.spoiler_text,
            author_id=opaque(self.name, given.account.id),
            posted_at=in_utc(given.edited_at or given.created_at),
            language=given.language,
        )
        place = {"account": given.account.id, "status": given.id}
        return [Seen(made, place | ({"report": report} if report else {}))]

    def _profile(self, given: Report) -> list[Seen] | Skipped:
        account = given.target_account.account
        lines = [f"{linked(one.name)}: {linked(one.value)}" for one in account.fields]
        text = together([account.display_name, linked(account.note), *lines])
        if blank(text):
            return Skipped("no text")
        made = ad(
            Kind.SOCIAL,
            Surface.PROFILE,
            id=opaque(self.name, "account", account.id),
            text=text,
            author_id=opaque(self.name, account.id),
        )
        return [Seen(made, {"account": account.id, "report": given.id})]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``review`` and ``block`` report the post to the server's moderators, unless somebody has:
        the API has no way to label or remove a single post, nor to add to a report."""
        place = seen.place
        if result.decision == "allow":
            return self.done(seen, result)
        if result.decision == "nudge":
            return self.done(seen, result, cannot="Mastodon shows readers no note on a post")
        if "report" in place:
            cannot = f"report {place['report']} is there already: moderators decide in it"
            return self.done(seen, result, cannot=cannot)
        body = {
            "account_id": place["account"], "status_ids": [place["status"]], "forward": False,
            "category": "other", "comment": note(result)[:MAX_COMMENT_CHARS],
        }  # fmt: skip
        cannot = "the API removes no single post: moderators decide in the report"
        return self.done(
            seen, result, Call("report to the moderators", "POST", "/api/v1/reports", body),
            base=self.base, cannot=cannot if result.decision == "block" else "",
        )  # fmt: skip

    def access(self, token: str) -> Access:
        """An access token with the scope `write:reports`."""
        return Access(self.base, {"Authorization": f"Bearer {token}"})

    def pause_s(self, reply: Reply) -> float | None:
        """Until a moment (https://docs.joinmastodon.org/api/rate-limits), where the limit is
        reached: every answer names the end of the window."""
        asked = super().pause_s(reply)
        reset = reply.headers.get("x-ratelimit-reset")
        if asked is not None or reset is None or not limited(reply, "x-ratelimit-remaining"):
            return asked
        try:
            moment = in_utc(datetime.fromisoformat(reset))
        except ValueError:
            return None
        return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def linked(html: str, more: Iterable[str] = (), named: Collection[str] = ()) -> str:
    """The text of HTML, and of what stands below it, with the targets of its links, but for those
    of what it ``named``."""
    found = marked_up(html)
    links = [one for one in found.links if one not in named]
    return with_links(together([found.text.strip(), *more]), links)


def in_utc(moment: datetime | None) -> datetime | None:
    """A time without a zone is in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def signed(secret: str, body: bytes, header: str, prefix: str = "sha256=") -> bool:
    """Whether a webhook's signature is that of its body: HMAC-SHA256 in hexadecimal, compared in
    constant time."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(
        (prefix + digest).encode(), header.strip().encode("utf-8", "replace")
    )
