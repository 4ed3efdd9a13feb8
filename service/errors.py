"""Everything the service can refuse, or fail at.

* ServiceError
  + RequestError            the caller can fix it
    - BadJson
    - BodyTooLarge
    - BatchTooLarge
    - EmptyBatch
    - EmptyAd
    - NotJson
    - UnknownId
    - KeyReused
    - UnknownWebhook
    - WebhookRefused
    - Unauthenticated
    - Forbidden
  + Overloaded              the caller can retry
  + RateLimited
  + ModelUnavailable        the operator must act
  + StoreUnavailable
  + ReportsClosed
* OperatorError             told at start, or in the shell; never an answer
  + VaultError
"""

from collections.abc import Mapping


class ServiceError(Exception):
    """Base of the errors this service raises on purpose. The message never holds an ad's text."""

    extra: Mapping[str, object] = {}
    """Facts a program can act on, such as the limit that was passed."""


class RequestError(ServiceError):
    """The request cannot be answered as it is."""


class BadJson(RequestError):
    """The body is not JSON."""


class NotJson(RequestError):
    """The body is declared as something else than JSON."""


class BodyTooLarge(RequestError):
    """More bytes than ``max_body_bytes``."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body has more than {limit} bytes; send fewer ads in a request")
        self.extra = {"limit": limit, "unit": "bytes"}


class BatchTooLarge(RequestError):
    """More ads, or characters, in one request than it may hold."""

    def __init__(self, given: int, limit: int, unit: str) -> None:
        super().__init__(
            f"{given} {unit} given, at most {limit} are scored at once; send them in parts"
        )
        self.extra = {"given": given, "limit": limit, "unit": unit, "pointer": "/ads"}


class EmptyBatch(RequestError):
    """No ad at all."""

    def __init__(self) -> None:
        super().__init__("`ads` holds no ad; give at least one")
        self.extra = {"given": 0, "pointer": "/ads"}


class EmptyAd(RequestError):
    """An ad whose text and title hold nothing a reader would see."""

    def __init__(self, positions: list[int]) -> None:
        places = [f"/ads/{position}/text" for position in positions]
        super().__init__(f"{', '.join(places)}: nothing to read; leave the ad out or give its text")
        self.extra = {"errors": [{"pointer": place, "detail": "blank"} for place in places]}


class UnknownId(RequestError):
    """Nothing is kept under that id, or no longer."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}: the id is wrong, or what it named has expired")


class KeyReused(RequestError):
    """An ``Idempotency-Key`` came again with another body."""

    def __init__(self) -> None:
        super().__init__(
            "this Idempotency-Key came before with another body; send a new key with new content"
        )


class UnknownWebhook(RequestError):
    """A submission names an endpoint that is not registered, or is disabled."""


class WebhookRefused(RequestError):
    """An address to which we send nothing."""


class Unauthenticated(RequestError):
    """No key, or none that is known."""

    def __init__(self) -> None:
        super().__init__("send a key that is known and in force: 'Authorization: Bearer lw_…'")


class Forbidden(RequestError):
    """A key without the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"this key has no scope '{scope}'")
        self.extra = {"scope": scope}


class Overloaded(ServiceError):
    """More waits than may: characters for the model, or submissions for a worker."""

    def __init__(self, limit: int, retry_after_s: int, unit: str = "characters") -> None:
        super().__init__(
            f"up to {limit} {unit} may wait and there is no room; try again in {retry_after_s} s"
        )
        self.retry_after_s = retry_after_s
        self.extra = {"limit": limit, "unit": unit, "retry_after_s": retry_after_s}


class RateLimited(ServiceError):
    """One caller asks too often."""

    def __init__(self, limit: str, retry_after_s: int) -> None:
        super().__init__(f"{limit} are taken from one place; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
        self.extra = {"limit": limit, "retry_after_s": retry_after_s}


class ModelUnavailable(ServiceError):
    """No bundle is loaded, or the service is stopping."""


class StoreUnavailable(ServiceError):
    """The database is away, full, or not one that we know."""


class ReportsClosed(ServiceError):
    """The operator set no public key, so that no report could be sealed."""

    def __init__(self) -> None:
        super().__init__(
            "reports are not taken here: the operator has set no LUREWATCH_REPORTS_PUBLIC_KEY"
        )


class OperatorError(Exception):
    """What only the one who runs the service can mend."""


class VaultError(OperatorError):
    """The installation's key is missing, unreadable, or another than before."""
