"""Who acts, as the audit trail has it."""

from fastapi import Request

from service.access import Caller
from service.review import audit


def who(request: Request, caller: Caller) -> audit.Who:
    """The key, where one is used, and the request."""
    return audit.Who(key=caller.id, request_id=request.state.request_id)
