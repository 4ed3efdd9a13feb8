"""Whose paths answer errors in a form of their own. Pigeon's do not: our ``detail`` stands where
its framework puts its own."""

from service.integrations import openai_errors, perspective_errors, tei_errors
from service.problems import Dialect

DIALECTS: dict[str, Dialect] = {
    "/v1alpha1/comments:analyze": perspective_errors.write,
    "/v1alpha1/comments:suggestscore": perspective_errors.write,
    "/v1/moderations": openai_errors.write,
    "/predict": tei_errors.write,
}
