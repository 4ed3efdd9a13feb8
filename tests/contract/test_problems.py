"""Every error has a problem, every problem is explained in the README."""

from http import HTTPStatus
from pathlib import Path

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from service import errors
from service.api.reviewing import FeedbackRequest
from service.api.schemas import ScoreRequest
from service.problems import PROBLEMS, Problem, of_error, pointer, validation_problem

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def kinds(base: type[Exception]) -> set[type[Exception]]:
    """The classes that are raised: those with no subclass of their own, and
    :class:`~service.errors.StoreUnavailable`."""
    below = base.__subclasses__()
    raised = set() if below and base is not errors.StoreUnavailable else {base}
    return raised.union(*map(kinds, below))


def test_every_error_has_a_problem() -> None:
    assert kinds(errors.ServiceError) == set(PROBLEMS)


@pytest.mark.parametrize("kind", [row[1] for row in PROBLEMS.values()])
def test_every_problem_is_documented(kind: str) -> None:
    assert f"`{kind}`" in README


def test_overload_says_when_to_come_back() -> None:
    answer = of_error(errors.Overloaded(4, 7))
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (errors.StoreUnavailable("away"), "5"),
        (errors.ModelUnavailable("stopping"), "1"),
        (errors.MaybeDone(), None),  # whoever asks again at once does it twice
        (errors.ReportsClosed(), None),
    ],
)
def test_what_passes_by_itself_says_when_to_come_back(
    error: errors.ServiceError, seconds: str | None
) -> None:
    answer = of_error(error)
    assert answer.headers.get("retry-after") == seconds
    told = orjson.loads(answer.body).get("retry_after_s")
    assert told == (seconds and int(seconds))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("body", "ads", 3, "text"), "/ads/3/text"),
        (("body",), ""),
        (("body", "a/b", "c~d"), "/a~1b/c~0d"),  # RFC 6901, section 3
        (("query", "limit"), "?limit"),
    ],
)
def test_pointers(place: tuple[str | int, ...], expected: str) -> None:
    assert pointer(place) == expected


def refusal(schema: type[BaseModel], body: object) -> Problem:
    """As for a request whose body is this."""
    with pytest.raises(ValidationError) as refused:
        schema.model_validate(body)
    found = refused.value.errors(include_url=False)
    return validation_problem([{**one, "loc": ("body", *one["loc"])} for one in found], [schema])


def test_a_list_is_not_told_to_be_too_short_for_an_entry_that_is_wrong() -> None:
    word = {"reviewer": "r", "ad_id": "ad_1", "kind": "scam"}
    told = refusal(FeedbackRequest, {"feedback": [word]})
    assert told.detail.startswith("/feedback/0/kind: Input should be 'lure'")
    assert [one["pointer"] for one in told.extra["errors"]] == ["/feedback/0/kind"]  # type: ignore[attr-defined]
    assert "at least 1" in refusal(FeedbackRequest, {"feedback": []}).detail


def test_the_next_places_that_are_wrong_are_named_too() -> None:
    ads = [{"text": "one", "platform": "tv"}, {}, {"text": 3}, {"text": 4}, {"text": 5}]
    told = refusal(ScoreRequest, {"ads": ads}).detail
    assert told.startswith("/ads/0/platform: Input should be 'social'")
    assert told.endswith("; also /ads/1/text, /ads/2/text, /ads/3/text and more")


def test_what_is_no_language_tag_is_told_how_one_looks() -> None:
    told = refusal(ScoreRequest, {"ads": [{"text": "a job", "language": "en_US"}]}).detail
    assert told == "/ads/0/language: give a language tag (BCP 47), such as `pt` or `pt-BR`"


@pytest.mark.parametrize(
    ("ad", "told"),
    [
        ({"txet": "x"}, "/ads/0/txet: no such field; did you mean `text`?"),
        ({"colour": "x"}, "/ads/0/colour: no such field; known here: `text`, `id`, `title`, "),
        ({"thread": [{"text": "x", "rol": "own"}]}, "did you mean `role`?"),
        ({"call me": "x"}, "/ads/0: a field here is not one of ours; known here: `text`, "),
        ({"e" * 500: "x"}, "/ads/0: a field here is not one of ours; known here: `text`, "),
    ],
)
def test_a_field_that_is_none_is_told_with_those_that_are(ad: dict[str, object], told: str) -> None:
    assert told in refusal(ScoreRequest, {"ads": [{"text": "a job", **ad}]}).detail
