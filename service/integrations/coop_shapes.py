"""What Coop sends to a platform when an action is taken and when an appeal is answered
(docs/api/actions.md of github.com/roostorg/coop, 1.0.2).

Fields that are not named here, notes and reasons among them, are neither read nor kept: Coop adds
fields from time to time, and these hold people's words.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""Of Coop, or of the platform."""


class Theirs(BaseModel):
    """Base of the shapes: what else Coop says is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)


class Item(Theirs):
    """What was acted on."""

    id: Id
    """The platform's id of it: the `id` that the ad had, or our `ad_id`."""

    typeId: Id
    """Coop's id of the type of item."""


class Named(Theirs):
    """Something with an id of Coop's."""

    id: Id


class ActionCallback(Theirs):
    """An action was taken."""

    item: Item

    action: Named

    policies: Annotated[list[Named], Field(max_length=1000)] = []
    """Which policies it was taken under."""

    rules: Annotated[list[Named], Field(max_length=1000)] = []
    """Which rules took it; empty where a person did."""

    actorEmail: Annotated[str, StringConstraints(min_length=1, max_length=320)] | None = None
    """Who took it. Only a keyed hash of it is kept."""


class AppealCallback(Theirs):
    """An appeal was answered."""

    appealId: Id
    """The platform's id of the appeal."""

    item: Item

    appealDecision: Literal["ACCEPT", "REJECT"]
    """`ACCEPT`: the action was wrong."""


ACTION = TypeAdapter(ActionCallback)
APPEAL = TypeAdapter(AppealCallback)

BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [ActionCallback.model_json_schema(), AppealCallback.model_json_schema()]
            },
            "examples": {
                "action": {
                    "summary": "A moderator took an action",
                    "value": {
                        "item": {"id": "post-4711", "typeId": "post"},
                        "action": {"id": "8d1f0c52ab1"},
                        "policies": [{"id": "c29a11f0d5e", "name": "Fake jobs", "penalty": "HIGH"}],
                        "rules": [],
                        "custom": {},
                        "actorEmail": "moderator@example.org",
                    },
                },
                "appeal": {
                    "summary": "An appeal was accepted",
                    "value": {
                        "appealId": "appeal-12",
                        "item": {"id": "post-4711", "typeId": "post"},
                        "appealedBy": {"id": "user-81", "typeId": "user"},
                        "appealDecision": "ACCEPT",
                        "custom": {},
                    },
                },
            },
        }
    },
}
"""The request body for the OpenAPI document: it is read raw, since the signature is over bytes."""
