"""A bundle as a run and a model version of an MLflow server, for teams that have one. Nothing here
reads MLflow: the registry's folder stays the truth."""

from pathlib import Path
from typing import Any

from models import bundle
from models.registry.errors import ExportUnavailable
from models.registry.show import flat, recipe_of

MAX_VALUE_CHARS = 500
"""Of a parameter or a tag; servers refuse longer ones."""

BATCH = 100
"""Parameters of one call."""


def export(folder: Path, uri: str, model: str, alias: str | None) -> dict[str, Any]:
    """Log a bundle to the tracking server ``uri`` and register it as a version of ``model``; gives
    the run and the version.

    Parameters are the recipe's numbers, metrics every measured figure, artifacts the bundle's
    files. ``alias``: such as ``champion``; it moves to this version. Raises
    :class:`~models.registry.errors.ExportUnavailable` where MLflow is not installed.
    """
    try:
        from mlflow import MlflowClient
        from mlflow.entities import Metric, Param
        from mlflow.exceptions import MlflowException
    except ModuleNotFoundError:
        raise ExportUnavailable("MLflow is an extra: pip install 'lurewatch[mlflow]'") from None
    manifest = bundle.load(folder).manifest
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    try:
        found = client.get_experiment_by_name(model)
        experiment = found.experiment_id if found else client.create_experiment(model)
        run = client.create_run(experiment, run_name=manifest.name, tags=tags(manifest))
        params = [
            Param(name, str(value)[:MAX_VALUE_CHARS]) for name, value in flat(recipe_of(manifest))
        ]
        for low in range(0, len(params), BATCH):
            client.log_batch(run.info.run_id, params=params[low : low + BATCH])
        measured = [
            Metric(key(name), float(value), 0, 0)
            for name, value in flat(manifest.figures)
            if isinstance(value, int | float) and not isinstance(value, bool)
        ]
        client.log_batch(run.info.run_id, metrics=measured)
        client.log_artifacts(run.info.run_id, str(folder), "bundle")
        client.set_terminated(run.info.run_id)
        if not client.search_registered_models(f"name='{model}'"):
            client.create_registered_model(model)
        version = client.create_model_version(
            model, f"{run.info.artifact_uri}/bundle", run.info.run_id, tags=tags(manifest)
        )
        if alias is not None:
            client.set_registered_model_alias(model, alias, version.version)
    except MlflowException as error:
        raise ExportUnavailable(f"{uri}: {error}") from None
    return {"run": run.info.run_id, "model": model, "version": int(version.version), "alias": alias}


def tags(manifest: bundle.Manifest) -> dict[str, str]:
    """What a version is told apart by."""
    parent = manifest.lineage.parent if manifest.lineage else None
    return {
        "bundle": manifest.name,
        "digest": bundle.digest(manifest),
        "parent": parent.name if parent else "",
        "data": str(manifest.data.get("sha256", "")),
    }


def key(name: str) -> str:
    """A metric's name in the characters that MLflow takes."""
    return "".join(char if char.isalnum() or char in "_-./ " else "_" for char in name)
