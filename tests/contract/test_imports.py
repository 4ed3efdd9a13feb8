"""Who may import whom, checked against the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# The most specific row speaks for a module; a layer may always import itself.
MAY_IMPORT: dict[str, set[str]] = {
    "models": set(),
    "service": {"models"},
    "training": {"models"},
    "evaluation": {"models", "service"},
    "evaluation.__main__": {"models", "service", "evaluation", "evaluation.peers"},
    "evaluation.peers": {"models", "service", "training", "evaluation"},
}
OURS = {name.partition(".")[0] for name in MAY_IMPORT}

# Heavy or web-only libraries, and the layers they may appear in.
ONLY_IN: dict[str, set[str]] = {
    "fastapi": {"service"},
    "starlette": {"service"},
    "onnxruntime": {"models"},
    "onnx": {"training"},
    "torch": {"training", "evaluation.peers"},
    "discord": {"service"},
    "telegram": {"service"},
    "jsonpath": {"service"},
    "transformers": {"training", "evaluation.peers"},
    "datasets": {"training"},
    "matplotlib": {"training", "evaluation"},
    "sklearn": {"training", "evaluation.peers"},
    "accelerate": {"training"},
    "cleanlab": {"training"},
    "mlflow": {"models"},
    "sqlalchemy": {"service"},
    "alembic": {"service"},
    "faststream": {"service"},
    "fsspec": {"service"},
    "ray": {"service"},
    "aiokafka": {"service"},
    "nats": {"service"},
    "cloudevents": {"service"},
    "prometheus_client": {"service"},
    "pickle": set(),
}


def layer(module: str) -> str:
    return max((n for n in MAY_IMPORT if f"{module}.".startswith(f"{n}.")), key=len)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # "from service import errors" names the module service.errors.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


FILES = sorted(path for top in OURS for path in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_inwards(path: Path) -> None:
    here = layer(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for module in imported(path):
        top = module.partition(".")[0]
        if top in OURS:
            assert layer(module) in MAY_IMPORT[here] | {here}, f"{here} imports {module}"
        if top in ONLY_IN:
            assert here in ONLY_IN[top], f"{here} imports {module}"


def test_there_is_something_to_check() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == OURS
