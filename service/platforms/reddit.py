"""Reddit: posts and comments as its API lists them (https://www.reddit.com/dev/api): a thing,
``{"kind": "t3", "data": {…}}``."""

from collections.abc import Mapping
from typing import Any

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Loose, Options, Part, Platform, blank, fitted
from service.platforms.cutting import together
from service.platforms.plan import CAUTION, Call, Plan, note
from service.platforms.replies import answer_json
from service.platforms.seen import Seen, Skipped, ad, moment, opaque, with_links

API = "https://oauth.reddit.com"
MAX_REASON_CHARS = 100
"""Of a report."""

NOBODY = frozenset({"[deleted]", "[removed]"})
MODERATORS_BOT = "AutoModerator"

LIMITED = 429
"""Status of a call that came too soon after others."""


class Thing(Part):
    """What posts and comments share."""

    name: str
    """Kind and id: `t3_…`, `t1_…`."""

    author: str | None = None
    author_fullname: str | None = None
    subreddit: str = ""
    created_utc: float
    edited: float | bool = False
    """When; or false."""

    distinguished: str | None = None
    """Set where a moderator or an administrator speaks as such."""


class Option(Part):
    """Of a poll."""

    text: str = ""


class Poll(Part):
    """What readers may choose from."""

    options: tuple[Option, ...] = ()


class Picture(Loose):
    """Of a gallery."""

    caption: str = ""
    outbound_url: str = ""
    """Where a touch leads."""


class Gallery(Loose):
    """Pictures of a post, with words of its author's."""

    items: tuple[Picture, ...] = ()


class Shown(Loose):
    """What readers see of a post."""

    title: str = ""
    selftext: str = ""
    url: str = ""
    is_self: bool = True
    poll_data: Poll | None = None
    gallery_data: Gallery | None = None

    def words(self) -> str:
        """All but its title. Reddit's mark in place of a text that is gone is none of its words,
        though anybody may type the same."""
        said = "" if self.selftext in NOBODY else self.selftext
        options = [one.text for one in self.poll_data.options] if self.poll_data else []
        pictures = self.gallery_data.items if self.gallery_data else ()
        links = [*([] if self.is_self else [self.url]), *(one.outbound_url for one in pictures)]
        return with_links(together([said, *options, *(one.caption for one in pictures)]), links)


class Post(Thing, Shown):
    """``t3``"""

    crosspost_parent_list: tuple[Shown, ...] | None = None
    """The post that this one shows again, below its own title."""

    def words(self) -> str:
        """Also of the post that is shown again."""
        again = [
            part for one in self.crosspost_parent_list or () for part in (one.title, one.words())
        ]
        return together([super().words(), *again])


class Comment(Thing):
    """``t1``"""

    body: str = ""


class Listed(Part):
    """A thing."""

    kind: str
    data: dict[str, Any]


class RedditOptions(Options):
    """Of a subreddit."""

    own_name: str | None = None
    """Name of the bot's account, whose words are skipped."""

    agent: str = "script:org.lurewatch:1 (moderation)"
    """The `User-Agent` that Reddit asks every program for."""


class Reddit(Platform):
    """See the module."""

    name = "reddit"

    def __init__(self, options: RedditOptions | None = None, base: str = API) -> None:
        self.options = options or RedditOptions()
        self.base = base

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ad in a thing."""
        given = fitted(Listed, event, "thing of Reddit")
        if given.kind == "t3":
            post = fitted(Post, given.data, "post of Reddit")
            return self._thing(post, Surface.POST, post.words(), post.title)
        if given.kind == "t1":
            comment = fitted(Comment, given.data, "comment of Reddit")
            body = "" if comment.body in NOBODY else comment.body
            return self._thing(comment, Surface.COMMENT, body)
        return Skipped("not a post or a comment")

    def _thing(
        self, given: Thing, surface: Surface, text: str, title: str = ""
    ) -> list[Seen] | Skipped:
        if given.author is None or given.author in NOBODY:
            return Skipped("deleted")
        if given.author in (MODERATORS_BOT, self.options.own_name):
            return Skipped("written by a program")
        if given.distinguished:
            return Skipped("a moderator speaks")
        if blank(text, title):
            return Skipped("no text")
        written = given.created_utc if isinstance(given.edited, bool) else given.edited
        made = ad(
            Kind.SOCIAL,
            surface,
            id=opaque(self.name, given.name),
            text=text,
            title=title,
            author_id=opaque(self.name, given.author_fullname or given.author),
            posted_at=moment(written),
        )
        return [Seen(made, {"thing": given.name})]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``nudge`` answers with a caution; ``review`` reports to the subreddit's moderators;
        ``block`` does so and then removes, which they can undo. Nobody is banned."""
        thing = seen.place["thing"]
        if result.decision == "allow":
            return self.done(seen, result)
        if result.decision == "nudge":
            body = {"api_type": "json", "thing_id": thing, "text": CAUTION}
            call = Call("caution readers", "POST", "/api/comment", body, form="form")
            return self.done(seen, result, call, base=self.base)
        reason = note(result)
        if len(reason) > MAX_REASON_CHARS:
            reason = f"Job offer with indicators present: please verify. Score {result.score:.2f}."
        # The documentation names it thing_id, and Reddit's own libraries send id.
        body = {"api_type": "json", "thing_id": thing, "id": thing, "reason": reason}
        calls = [
            Call("report to the moderators", "POST", "/api/report", body, form="form",
                 repeatable=True),
        ]  # fmt: skip
        if result.decision == "block":
            body = {"id": thing, "spam": "false"}
            calls.append(
                Call("remove it", "POST", "/api/remove", body, form="form", repeatable=True)
            )
        return self.done(seen, result, *calls, base=self.base)

    def access(self, token: str) -> Access:
        """An OAuth token with the scopes `submit`, `report` and `modposts`."""
        headers = {"Authorization": f"Bearer {token}", "User-Agent": self.options.agent}
        return Access(self.base, headers)

    def pause_s(self, reply: Reply) -> float | None:
        """Seconds until the next period (https://support.reddithelp.com, "Data API Wiki"), where
        nothing is left of this one: every answer names them, a failure by chance as well."""
        asked = super().pause_s(reply)
        spent = reply.status == LIMITED or number(reply, "x-ratelimit-remaining") == 0
        return number(reply, "x-ratelimit-reset") if asked is None and spent else asked

    def succeeded(self, reply: Reply) -> bool:
        """A refusal has the status 200 too, and says why in ``json.errors``."""
        told = answer_json(reply).get("json")
        return super().succeeded(reply) and not (isinstance(told, dict) and told.get("errors"))


def number(reply: Reply, header: str) -> float | None:
    """The number in a header; ``None`` where there is none."""
    given = reply.headers.get(header, "")
    return float(given) if given.replace(".", "", 1).isdecimal() else None
