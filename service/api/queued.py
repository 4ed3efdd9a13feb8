"""Submissions that are accepted, whichever way they came."""

from collections.abc import Sequence

from fastapi import Request, Response

from service.runtime import runtime_of
from service.submissions.intake import Accepted, accept
from service.submissions.request import Arrival


async def queued(request: Request, response: Response, arrived: Arrival) -> Accepted:
    """Queue what arrived, count it unless the same came before, and say where its results will be.
    Raises as :func:`~service.submissions.intake.accept`."""
    runtime = runtime_of(request)
    limit = runtime.settings.max_pending_submissions
    accepted = await runtime.database.write(accept, arrived, limit)
    announce(request, response, [accepted])
    return accepted


def announce(request: Request, response: Response, accepted: Sequence[Accepted]) -> None:
    """Count those that are new, wake who scores them, note them for the log, and say where the
    results of the first will be."""
    runtime = runtime_of(request)
    new = sum(not one.again for one in accepted)
    runtime.observer.metrics.submissions.labels("accepted").inc(new)
    runtime.arrived.set()
    ads = sum(one.ads for one in accepted)
    request.state.noted = {"submission": accepted[0].id, "ads": ads}
    response.headers["Location"] = href_of(accepted[0])


def href_of(accepted: Accepted) -> str:
    """Where its results will be."""
    return f"/v1/submissions/{accepted.id}"
