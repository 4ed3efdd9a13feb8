"""Requests and answers about webhooks."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from service.api.schemas import Opaque, Shape
from service.webhooks.targets import MAX_URL_CHARS

WebhookName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class WebhookIn(Shape):
    """Where results are to be sent."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_CHARS)]
    """https, any port, a host that anyone can reach; no user, password or fragment."""


class WebhookOut(Shape):
    """An endpoint and what waits for it."""

    name: str
    """Yours; submissions name it."""

    url: str
    """Without its query, which may hold what lets one in."""

    created_at: datetime
    """When it was registered."""

    disabled_at: datetime | None
    """Nothing is sent since; `POST …/enable` sends again."""

    disabled_reason: str | None
    """Such as `410 Gone`."""

    paused_until: datetime | None
    """The receiver asked to be left alone until then."""

    secrets: int
    """How many secrets sign each message: two or more while one is being replaced."""

    pending: int
    """Messages that wait to be sent, or to be sent again."""

    dead: int
    """Messages that were given up: `GET …/dead`, `POST …/replay`."""


class WebhookRegistered(WebhookOut):
    """The same, with the secret of a new one."""

    secret: str | None
    """Signs what is sent. Told when the endpoint is created, and never again."""


class Webhooks(Shape):
    """Every endpoint."""

    webhooks: list[WebhookOut]
    """By name."""


class RotateIn(Shape):
    """How the secret is replaced."""

    overlap_hours: Annotated[float, Field(ge=0, le=168)] = 24
    """How long the old secret signs beside the new one. 0 where the old one is known to others."""


class SecretOut(Shape):
    """A new secret."""

    secret: str
    """Told this once."""


class Queued(Shape):
    """A message that was put into the outbox."""

    id: str
    """The `webhook-id` under which it will come."""


class ReplayIn(Shape):
    """Which dead messages to send again; without anything, all of the endpoint's."""

    ids: Annotated[tuple[Opaque, ...], Field(max_length=1000)] = ()
    """As `GET …/dead` gives them, 1,000 at most."""

    since: AwareDatetime | None = None
    """Only those written then or later, ISO 8601 with its zone."""


class Replayed(Shape):
    """What is being sent again."""

    replayed: int
    """How many messages."""


class DeadOut(Shape):
    """A message that was given up. Its content stays sealed."""

    id: str
    """The `webhook-id` of every attempt."""

    submission: str | None
    """Whose result it tells."""

    created_at: datetime
    """When it was written."""

    attempts: int
    """How often it was sent."""

    status: int | None
    """HTTP status of the last answer, if one came."""

    reason: str | None
    """Why it is dead, in our words."""


class DeadLetters(Shape):
    """The newest first."""

    total: int
    """How many there are."""

    dead: list[DeadOut]
    """At most `limit` of them."""
