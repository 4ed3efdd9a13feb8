"""What is rendered is what Kubernetes and KEDA take: each document against its kind's schema, where
a field that is not in it is refused."""

import copy
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
from cloudcoil.models.keda import v1alpha1

from tests.service.kubernetes.manifests import OVERLAYS, SOURCES, Document, documents, of_kind

TWO_VERSIONS = ("1.31", kubernetes_validate.latest_version())


def closed(schema: Any) -> Any:
    """A schema in which no object may hold what is not named in it."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return made | ({"additionalProperties": False} if "properties" in schema else {})


def validate(document: Document, version: str) -> None:
    """Raises where the schema refuses it."""
    if document["apiVersion"].startswith("keda.sh/"):
        assert document["apiVersion"] == "keda.sh/v1alpha1"
        model = getattr(v1alpha1, document["kind"])
        jsonschema.validate(document, closed(model.model_json_schema(by_alias=True)))
    else:
        kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize("version", TWO_VERSIONS)
@pytest.mark.parametrize("source", SOURCES)
def test_the_schemas_take_every_document(source: str, version: str) -> None:
    assert documents(source)
    for document in documents(source):
        validate(document, version)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Deployment", ("spec", "template", "spec", "containers", 0)),
        ("NetworkPolicy", ("spec",)),
        ("PodDisruptionBudget", ("spec",)),
        ("CronJob", ("spec", "jobTemplate", "spec")),
        ("ScaledObject", ("spec", "advanced", "horizontalPodAutoscalerConfig")),
        ("ScaledObject", ("spec", "triggers", 0)),
        ("TriggerAuthentication", ("spec", "secretTargetRef", 0)),
    ],
)
def test_a_field_that_is_misspelt_is_refused(kind: str, path: tuple[Any, ...]) -> None:
    wrong = copy.deepcopy(next(iter(of_kind("nats", kind).values())))
    place: Any = wrong
    for step in path:
        place = place[step]
    place["mispelt"] = 1
    refusals = (kubernetes_validate.ValidationError, jsonschema.ValidationError)
    with pytest.raises(refusals):
        validate(wrong, TWO_VERSIONS[1])


@pytest.mark.parametrize("source", OVERLAYS)
def test_no_two_documents_are_one(source: str) -> None:
    made = [(one["kind"], one["metadata"]["name"]) for one in documents(source)]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("source", OVERLAYS)
def test_everything_lies_in_one_namespace(source: str) -> None:
    (namespace,) = of_kind(source, "Namespace")
    for one in documents(source):
        if one["kind"] != "Namespace":
            assert one["metadata"]["namespace"] == namespace
