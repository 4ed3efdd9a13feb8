"""Everything the service can refuse, or fail at.

* ServiceError
  + RequestError            the caller can fix it
    - BadJson
    - BodyTooLarge
    - BatchTooLarge
    - EmptyBatch
    - EmptyAd
    - NotJson
  + Overloaded              the caller can retry
  + ModelUnavailable        the operator must act
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


class Overloaded(ServiceError):
    """More characters wait than ``max_queued_chars``."""

    def __init__(self, limit: int, retry_after_s: int) -> None:
        super().__init__(
            f"up to {limit} characters may wait for the model and there is no room; "
            f"try again in {retry_after_s} s"
        )
        self.retry_after_s = retry_after_s
        self.extra = {"limit": limit, "unit": "characters", "retry_after_s": retry_after_s}


class ModelUnavailable(ServiceError):
    """No bundle is loaded, or the service is stopping."""
