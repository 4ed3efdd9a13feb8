"""What a browser sends with a form of the console."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import Request

from models.labels import HARMS, INDICATORS
from service.api.reviewing import MAX_SPANS
from service.foreign import split
from service.pages.forms import read_beside

MAX_FIELDS = len(INDICATORS) * MAX_SPANS + len(HARMS) + 20
"""Every mark of every sign called wrong, and what else there is."""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, each as often as it was given."""

    fields: dict[str, list[str]]

    def one(self, name: str) -> str:
        """The last one; empty where there is none."""
        return self.fields.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        """All of them, in order."""
        return self.fields.get(name, [])


async def form_of(request: Request) -> Form:
    """A form with more than :data:`MAX_FIELDS` is none of ours, and counts as empty."""
    return await read_beside(request, fields_of)


def fields_of(body: bytes) -> Form:
    """Of the bytes of a form; see :func:`form_of`."""
    text = body.decode("ascii", "replace")
    try:
        return Form(parse_qs(text, errors="replace", max_num_fields=MAX_FIELDS))
    except ValueError:
        return Form({})


def over_tls(request: Request) -> bool:
    """Whether the browser came by https, be it that a proxy in front ended it: the browser's own
    ``Origin`` says so."""
    return "https" in (request.scope["scheme"], split(request.headers.get("origin", ""))[0])
