"""``/v1/decisions``: what the platform owes to the one whose ad it restricts."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from service.access import Caller, Scope, needs
from service.api.openapi import problems
from service.api.schemas import Shape
from service.errors import UnknownId
from service.review.naming import checked
from service.runtime import runtime_of
from service.statements import stored
from service.statements.action import Action, Actions
from service.statements.drafting import draft
from service.statements.rules import StatementOfReasons

router = APIRouter(tags=["review"])

Reviewing = Annotated[Caller, Depends(needs(Scope.REVIEW))]


class StatementDraft(Shape):
    """A draft, for a person to read before it is sent."""

    id: str
    """The decision's: the `ad_id` of a result."""

    statement: StatementOfReasons
    """The body of `POST /api/v1/statement` of the Transparency Database. What is left out there is
    left out here."""

    assumed: dict[str, str]
    """Fields that nobody gave, and why they say what they say. Check these first. Where a decision
    `review` waits for a reviewer, or reviewers differ, `decision_facts` says so before all others:
    it restricts nothing until reviewers call the ad a lure."""


@router.get(
    "/v1/decisions/{ad_id}/statement-of-reasons",
    response_model=StatementDraft,
    responses=problems(401, 403, 404, 422, 503),
)
async def statement_of_reasons(
    request: Request, ad_id: str, action: Annotated[Action, Query()], caller: Reviewing
) -> Response:
    """A draft in the fields of the EU's DSA Transparency Database, held to its published rules.
    Say what you did: what is given here goes before what the file of `LUREWATCH_STATEMENTS` says
    for the decision. It holds no word of the ad and no personal data, and words of yours with a
    contact in them are refused. Only for decisions that are kept: of submissions, and of ads in
    the review queue. Refused (422) where the decision was `allow`, or reviewers or an appeal took
    it back: there is nothing to give reasons for."""
    runtime = runtime_of(request)
    actions: Actions = request.app.state.statement_actions
    found = await runtime.database.read(stored.one, runtime.vault, checked_decision(ad_id))
    known = next(one for decision, one in actions.items() if decision == found.decision)
    try:
        made = draft(found.answered, action.over(known))
    except ValidationError as error:
        raise RequestValidationError(in_query(error)) from None
    answer = {"id": ad_id, "statement": made.statement.body(), "assumed": made.assumed}
    return Response(orjson.dumps(answer), media_type="application/json")


def checked_decision(ad_id: str) -> str:
    """The same id, if it has the form of ours. Raises :class:`~service.errors.UnknownId`."""
    try:
        return checked(ad_id)
    except UnknownId:
        raise UnknownId("decision", hint=stored.HINT) from None


def in_query(error: ValidationError) -> list[Any]:
    """Faults of the statement, as of the fields of the query: there they can be mended."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [{**one, "loc": ("query", *one["loc"])} for one in found]
