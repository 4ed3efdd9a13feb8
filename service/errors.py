"""Everything the service can refuse, or fail at.

* ServiceError
  + RequestError            the caller can fix it
    - BadJson
    - BodyTooLarge
    - BatchTooLarge
    - EmptyBatch
    - EmptyAd
    - BadSpan
    - NotJson
    - UnknownId
    - KeyReused
    - UnknownWebhook
    - WebhookRefused
    - UnknownModel
    - NotSupported
    - Unauthenticated
    - Forbidden
    - ForeignHost
    - ForeignPage
    - IncidentRefused
    - CoopSignatureWrong
    - PlatformSignatureWrong
    - BundleRefused
    - NoShadow
  + Overloaded              the caller can retry
  + DeadlineTooShort
  + DeadlineExceeded
  + RateLimited
  + KeyLimited
  + ModelUnavailable        the operator must act
  + StoreUnavailable
    - MaybeDone             the caller looks first
  + ReportsClosed
  + IncidentsUnavailable
  + CoopClosed
  + PlatformClosed
* OperatorError             told at start, or in the shell; never an answer
  + VaultError
  + ExportError
  + StatementsError
  + CoopError
  + HelpError
  + TracesError
  + RotationError
"""

import math
from collections.abc import Mapping, Sequence

MAX_PLACES = 20
"""Places that one message lists."""


class ServiceError(Exception):
    """Base of the errors this service raises on purpose. The message never holds an ad's text."""

    extra: Mapping[str, object] = {}
    """Facts a program can act on, such as the limit that was passed."""

    retry_after_s: int | None = None
    """When to ask again, for ``Retry-After``; ``None`` where that is no use, or not known."""


class RequestError(ServiceError):
    """The request cannot be answered as it is."""


class BadJson(RequestError):
    """The body is not JSON."""


class NotJson(RequestError):
    """The body is declared as something else than JSON."""


class BodyTooLarge(RequestError):
    """More bytes than ``max_body_bytes``, or more values than so many ads can have."""

    def __init__(self, limit: int, unit: str = "bytes") -> None:
        super().__init__(f"the body has more than {limit} {unit}; send fewer ads in a request")
        self.extra = {"limit": limit, "unit": unit}


class BatchTooLarge(RequestError):
    """More ads, or characters, in one request than it may hold."""

    def __init__(
        self, given: int, limit: int, unit: str, pointer: str = "/ads", when: str = "at once"
    ) -> None:
        super().__init__(
            f"{given} {unit} given, at most {limit} are taken {when}; send them in parts"
        )
        self.extra = {"given": given, "limit": limit, "unit": unit, "pointer": pointer}


class EmptyBatch(RequestError):
    """No ad at all."""

    def __init__(self, pointer: str = "/ads") -> None:
        super().__init__(f"`{pointer[1:]}` holds no ad; give at least one")
        self.extra = {"given": 0, "pointer": pointer}


class EmptyAd(RequestError):
    """An ad whose text and title hold nothing a reader would see."""

    def __init__(self, positions: list[int], pointer: str = "/ads/{}/text") -> None:
        """``pointer``: where the text of an ad stands, ``{}`` for its position."""
        places = [pointer.format(position) for position in positions]
        super().__init__(f"{', '.join(places)}: nothing to read; leave the ad out or give its text")
        self.extra = {"errors": [{"pointer": place, "detail": "blank"} for place in places]}


class BadSpan(RequestError):
    """A span that does not lie in the ad's text."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        """``faults``: what is wrong with each, by JSON pointer."""
        place, reason = next(iter(faults.items()))
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        super().__init__(f"{place}: {reason}{more}")
        places = list(faults.items())[:MAX_PLACES]
        self.extra = {"errors": [{"pointer": place, "detail": why} for place, why in places]}


class UnknownId(RequestError):
    """Nothing is kept under that id, or no longer."""

    def __init__(self, what: str, places: Sequence[str] = (), hint: str = "") -> None:
        """``places``: JSON pointers, where the id stood in the body. ``hint``: what else it may
        be."""
        reason = f"no such {what}: the id is wrong, or what it named has expired{hint}"
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        super().__init__(f"{places[0]}: {reason}{more}" if places else reason)
        if places:
            listed = [{"pointer": place, "detail": reason} for place in places[:MAX_PLACES]]
            self.extra = {"errors": listed}


class KeyReused(RequestError):
    """An ``Idempotency-Key`` came again with another body."""

    def __init__(self) -> None:
        super().__init__(
            "this Idempotency-Key came before with another body; send a new key with new content"
        )


class UnknownWebhook(RequestError):
    """A submission names an endpoint that is not registered, or is disabled."""


class WebhookRefused(RequestError):
    """An address to which we send nothing. ``rule``: why, in words without the address."""

    def __init__(self, rule: str, fix: str) -> None:
        super().__init__(f"`url`: {rule}; {fix}")
        self.rule = rule
        self.extra = {"pointer": "/url"}


class UnknownModel(RequestError):
    """A request names a model that is not served."""

    def __init__(self, names: Sequence[str]) -> None:
        """``names``: those that are."""
        super().__init__(f"`model`: no such model here; send one of: {', '.join(names)}")
        self.extra = {"models": list(names), "pointer": "/model"}


class NoShadow(RequestError):
    """A challenger's figures are asked for, and there is no challenger."""

    def __init__(self) -> None:
        super().__init__("no challenger reads beside; name its folder in LUREWATCH_SHADOW_BUNDLE")


class NotSupported(RequestError):
    """A part of another's protocol that is not served here."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.extra = {"errors": [{"pointer": pointer, "detail": reason}]}


class Unauthenticated(RequestError):
    """No key, or none that is known."""

    def __init__(self) -> None:
        super().__init__("send a key that is known and in force: 'Authorization: Bearer lw_…'")


class Forbidden(RequestError):
    """A key without the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"this key has no scope '{scope}'")
        self.extra = {"scope": scope}


class ForeignHost(RequestError):
    """No key is asked for, and ``Host`` may be the name of another site."""

    def __init__(self) -> None:
        super().__init__(
            "no key is asked for here, so a name in `Host` that another site may have is not "
            "trusted; ask by 127.0.0.1 or localhost, name the host in LUREWATCH_ALLOWED_HOSTS, or "
            "have keys asked for: LUREWATCH_AUTHENTICATION=on"
        )


class ForeignPage(RequestError):
    """No key is asked for, and a page of another site had a browser send this."""

    def __init__(self) -> None:
        super().__init__(
            "no key is asked for here, so a page of another site is not trusted; name its origin "
            "in LUREWATCH_CORS_ORIGINS, or have keys asked for: LUREWATCH_AUTHENTICATION=on"
        )


class CoopSignatureWrong(RequestError):
    """A callback that is not signed with a key of the operator's Coop."""


class PlatformSignatureWrong(RequestError):
    """A platform's event without the signature that its secret gives."""

    def __init__(self) -> None:
        super().__init__(
            "the signature is missing, or not that of this body: HMAC-SHA256 with the secret that "
            "both sides were given, over the body as it was sent, in hexadecimal"
        )


class IncidentRefused(RequestError):
    """An incident that cannot be put as it is."""

    def __init__(self, pointer: str, reason: str) -> None:
        """``pointer``: the field to change, as a JSON pointer; empty where it is none."""
        super().__init__(f"{pointer}: {reason}" if pointer else reason)
        self.extra = {"errors": [{"pointer": pointer, "detail": reason}]} if pointer else {}


class BundleRefused(RequestError):
    """Another bundle was to serve, and cannot; the one before serves on."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} does not serve: {reason}; the bundle before it serves on")


class Overloaded(ServiceError):
    """More waits than may: characters for the model, or submissions for a worker."""

    retry_after_s: int

    def __init__(self, limit: int, wait_s: float, unit: str = "characters") -> None:
        """``wait_s``: until there is room, as far as can be told."""
        self.retry_after_s = whole(wait_s)
        super().__init__(
            f"up to {limit} {unit} may wait and there is no room; "
            f"try again in {self.retry_after_s} s"
        )
        self.extra = {"limit": limit, "unit": unit, **later(wait_s)}


class DeadlineTooShort(ServiceError):
    """No answer is to be expected within the caller's deadline; nothing was begun."""

    retry_after_s: int

    def __init__(self, left_s: float, estimate_s: float, alone_s: float) -> None:
        """``estimate_s``: how long it would take now; ``alone_s``: with nothing else to do."""
        wait_s = max(0.0, estimate_s - max(left_s, alone_s))
        self.retry_after_s = whole(wait_s)
        fix = (
            f"try again in {self.retry_after_s} s"
            if alone_s <= left_s
            else "allow more time, or send fewer ads in a request"
        )
        super().__init__(
            f"an answer would take about {estimate_s * 1000:.0f} ms, and {left_s * 1000:.0f} ms of "
            f"`deadline_ms` are left; {fix}"
        )
        self.extra = {
            "estimate_ms": milliseconds(estimate_s), "alone_ms": milliseconds(alone_s),
            **later(wait_s),
        }  # fmt: skip


class DeadlineExceeded(ServiceError):
    """The caller's deadline passed while ads were being scored; those not begun were dropped."""

    retry_after_s: int

    def __init__(self, scored: int, ads: int, wait_s: float) -> None:
        """``wait_s``: how long what waits now will take."""
        self.retry_after_s = whole(wait_s)
        super().__init__(
            f"`deadline_ms` passed with {scored} of {ads} ads scored; allow more time, send fewer "
            "ads in a request, or say in `on_error` what the rest shall be"
        )
        self.extra = {"scored": scored, "ads": ads, **later(wait_s)}


def whole(seconds: float) -> int:
    """For ``Retry-After``: at least one, so that nobody asks again at once."""
    return max(1, math.ceil(seconds))


def milliseconds(seconds: float) -> int:
    """Rounded up."""
    return math.ceil(1000 * seconds)


def later(seconds: float) -> dict[str, int]:
    """When to ask again, as programs read it: in whole seconds as the header has it, and as
    estimated."""
    return {"retry_after_s": whole(seconds), "retry_after_ms": milliseconds(seconds)}


class RateLimited(ServiceError):
    """One caller asks too often."""

    retry_after_s: int

    def __init__(self, limit: str, retry_after_s: int) -> None:
        super().__init__(f"{limit} are taken from one place; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
        self.extra = {"limit": limit, "retry_after_s": retry_after_s}


class KeyLimited(ServiceError):
    """A key has had as many ads scored as it may have in a minute."""

    retry_after_s: int

    def __init__(self, given: int, left: int, limit: int, retry_after_s: int) -> None:
        super().__init__(
            f"{given} ads given, and this key has {left} of its {limit} a minute left; try again "
            f"in {retry_after_s} s, or ask the operator for a higher limit"
        )
        self.retry_after_s = retry_after_s
        self.extra = {
            "given": given, "left": left, "limit": limit, "unit": "ads",
            "retry_after_s": retry_after_s,
        }  # fmt: skip


class ModelUnavailable(ServiceError):
    """No bundle is loaded, or the service is stopping."""

    retry_after_s = 1
    """Another process answers at once; this one is back a few seconds after it stopped."""

    extra: Mapping[str, object] = later(retry_after_s)


AWAY_S = 5
"""Until a database is asked again: nobody can say when it is back; a failover takes seconds."""


class StoreUnavailable(ServiceError):
    """The database is away, full, or not one that we know. Nothing was written."""

    retry_after_s: int | None = AWAY_S
    extra: Mapping[str, object] = later(AWAY_S)


class MaybeDone(StoreUnavailable):
    """The database began to write, and did not say in time whether it has."""

    retry_after_s = None
    extra: Mapping[str, object] = {}

    def __init__(self) -> None:
        super().__init__(
            "the database has not said whether this was done: it may have been; what you sent with "
            "an Idempotency-Key you may send again with the same, otherwise look first"
        )


class ReportsClosed(ServiceError):
    """The operator set no public key, so that no report could be sealed."""

    def __init__(self) -> None:
        super().__init__(
            "reports are not taken here: the operator has set no LUREWATCH_REPORTS_PUBLIC_KEY"
        )


class CoopClosed(ServiceError):
    """The operator set no key of Coop's, so that no callback could be verified."""

    def __init__(self) -> None:
        super().__init__(
            "callbacks of Coop are not taken here: the operator has set neither "
            "LUREWATCH_COOP_PUBLIC_KEYS nor LUREWATCH_COOP_MAPPING"
        )


class PlatformClosed(ServiceError):
    """The operator set no secret of a platform, so that no event could be verified."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"events are not taken here: the operator has not set {setting}")


class IncidentsUnavailable(ServiceError):
    """The served bundle gives no embeddings, so that nothing can be compared with an incident."""

    def __init__(self, bundle: str) -> None:
        super().__init__(
            f"{bundle} was written before incidents; serve a newer bundle, or give this one its "
            "embeddings with 'python -m training embedding'"
        )


class OperatorError(Exception):
    """What only the one who runs the service can mend."""


class VaultError(OperatorError):
    """The installation's key is missing, unreadable, or another than before."""


class ExportError(OperatorError):
    """An export that cannot be written as asked."""


class CoopError(OperatorError):
    """Keys of Coop's, or the mapping of its ids, that cannot be used."""


class HelpError(OperatorError):
    """A file of help lines, portals and rules that cannot be used."""


class StatementsError(OperatorError):
    """What a platform does by decision cannot be read from its file, or drafts cannot be written as
    asked."""


class TracesError(OperatorError):
    """Traces are asked for, and what sends them is not installed."""


class RotationError(OperatorError):
    """A key that cannot have another in its place."""
