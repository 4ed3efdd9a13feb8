"""Submissions that are accepted, whichever way they came."""

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
    if not accepted.again:
        runtime.observer.metrics.submissions.labels("accepted").inc()
    runtime.arrived.set()
    request.state.noted = {"submission": accepted.id, "ads": accepted.ads}
    response.headers["Location"] = href_of(accepted)
    return accepted


def href_of(accepted: Accepted) -> str:
    """Where its results will be."""
    return f"/v1/submissions/{accepted.id}"
