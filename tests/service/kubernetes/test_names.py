"""What the manifests name is there: settings, commands, options, paths, ports, Secrets, claims,
images, users."""

import re
import tomllib
from typing import Any

import pytest
import typer
import yaml

from models import bundle
from models.registry.cli import app as registry_app
from service.__main__ import app as service_app
from service.api.health import router as health
from service.commands.platform import KEY
from service.errors import VaultError
from service.policy.load import parse
from service.settings import PREFIX, Settings, unknown_variables
from service.store.database import engine_for
from service.store.vault import Vault
from tests.service.kubernetes.manifests import (
    FOLDER,
    OVERLAYS,
    ROOT,
    SOURCES,
    Document,
    containers,
    documents,
    every_pod,
    of_kind,
    pods,
    selects,
)
from training.__main__ import app as training_app

DOCKERFILES = {
    "lurewatch": (ROOT / "Dockerfile").read_text("utf-8"),
    "lurewatch-training": (ROOT / "training" / "examples" / "Dockerfile").read_text("utf-8"),
}
APPS = {
    ("python", "-m", "service"): service_app,
    ("python", "-m", "models"): registry_app,
    ("python", "-m", "training"): training_app,
}
NOT_SETTINGS = {"JOB", KEY, "HF_HUB_OFFLINE"}
"""Variables of others: of the job's own arguments, of `reload`, of the hub's library."""

PODS = [pytest.param(pod, id=f"{source}-{name}") for source, name, pod in every_pod()]


def image(container: Document) -> str:
    """Its name, without registry and tag."""
    found: str = container["image"].rpartition("/")[2].partition(":")[0]
    return found


def command_line(container: Document) -> list[str]:
    """What runs: the image's own command where the container gives none."""
    (entrypoint,) = re.findall(r"^ENTRYPOINT (\[.*\])", DOCKERFILES[image(container)], re.MULTILINE)
    own: list[object] = container.get("command") or yaml.safe_load(entrypoint)
    words = [*own, *container["args"]]
    return [str(word) for word in words]


def variables(source: str, container: Document) -> dict[str, str | None]:
    """Of a container, with the value where the manifests know it."""
    found: dict[str, str | None] = {}
    for one in container.get("envFrom", []):
        found |= of_kind(source, "ConfigMap")[one["configMapRef"]["name"]]["data"]
    return found | {one["name"]: one.get("value") for one in container.get("env", [])}


def test_every_overlay_is_looked_at() -> None:
    assert OVERLAYS == ["kafka", "nats", "small"]
    used = "".join(path.read_text("utf-8") for path in FOLDER.glob("*/*/kustomization.yaml"))
    for component in FOLDER.glob("components/*"):
        assert f"/{component.name}\n" in used, component.name
    for folder in {path.parent for path in FOLDER.glob("[bc]*/**/*.yaml")}:
        listed = (folder / "kustomization.yaml").read_text("utf-8")
        for path in folder.glob("*.yaml"):
            assert path.name == "kustomization.yaml" or path.name in listed, path


@pytest.mark.parametrize("source", SOURCES)
def test_settings_are_ours_and_are_taken(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for pod in pods(source).values():
        for container in containers(pod):
            given = variables(source, container)
            assert unknown_variables({name: "" for name in given}) == []
            assert {name for name in given if not name.startswith(PREFIX)} <= NOT_SETTINGS
            known = {
                name.removeprefix(PREFIX).lower(): value
                for name, value in given.items()
                if name.startswith(PREFIX) and value is not None
            }
            Settings(**known, bundle_dir=bundle.champion())  # type: ignore[arg-type]


@pytest.mark.parametrize("pod", PODS)
def test_commands_and_their_options_are_there(pod: Document) -> None:
    for container in containers(pod):
        words = command_line(container)
        command: Any = typer.main.get_command(APPS[tuple(words[:3])])  # type: ignore[index]
        command = command.commands[words[3]]
        given = [re.sub(r"\$\(\w+\)", "here", word) for word in words[4:]]
        command.make_context(words[3], given)  # as typed: raises for what it does not know


@pytest.mark.parametrize("pod", PODS)
def test_a_variable_in_an_argument_is_set(pod: Document) -> None:
    for container in containers(pod):
        named = set(re.findall(r"\$\((\w+)\)", " ".join(container["args"])))
        assert named <= {one["name"] for one in container.get("env", [])}


@pytest.mark.parametrize("pod", PODS)
def test_user_and_folders_are_the_images(pod: Document) -> None:
    for container in containers(pod):
        built = DOCKERFILES[image(container)]
        (user,) = re.findall(r"^USER (\d+)$", built, re.MULTILINE)
        rights = pod["spec"]["securityContext"]
        assert rights["runAsUser"] == rights["fsGroup"] == int(user)
        mounted = {one["mountPath"] for one in container["volumeMounts"]}
        assert "/tmp" in mounted, "the root is read only"


def test_no_service_link_of_the_cluster_is_read_as_a_setting() -> None:
    """The Service ``lurewatch`` would set LUREWATCH_PORT, and LUREWATCH_SERVICE_HOST beside it."""
    for _, name, pod in every_pod():
        assert pod["spec"]["enableServiceLinks"] is False, name
    with pytest.raises(ValueError, match="port"):
        Settings.model_validate({"port": "tcp://10.0.0.1:80"})
    assert unknown_variables({"LUREWATCH_SERVICE_HOST": "10.0.0.1"}) != []


@pytest.mark.parametrize("source", OVERLAYS)
def test_probes_and_ports_meet_what_listens(source: str) -> None:
    served = {f"{route.path}" for route in health.routes}  # type: ignore[attr-defined]
    for name, pod in pods(source).items():
        (container,) = pod["spec"]["containers"]
        ports = {one["name"]: one["containerPort"] for one in container.get("ports", [])}
        probes = {key: container[key]["httpGet"] for key in container if key.endswith("Probe")}
        if name == "lurewatch":
            assert ports == {"http": int(variables(source, container)[f"{PREFIX}PORT"] or 0)}
            assert set(probes) == {"startupProbe", "livenessProbe", "readinessProbe"}
            assert {one["path"] for one in probes.values()} == served
            assert probes["readinessProbe"]["path"] == "/health/ready"
        elif name == "lurewatch-consumer":
            assert f"--metrics-port={ports['metrics']}" in container["args"]
            assert {one["path"] for one in probes.values()} == {"/metrics"}
        else:
            assert (ports, probes) == ({}, {})
        assert {one["port"] for one in probes.values()} <= set(ports)


def test_it_listens_beyond_the_pod_and_asks_for_keys() -> None:
    for source in OVERLAYS:
        (container,) = pods(source)["lurewatch"]["spec"]["containers"]
        given = variables(source, container)
        names = ("host", "authentication")
        settings = Settings.model_validate({one: given[f"{PREFIX}{one.upper()}"] for one in names})
        assert settings.host == "0.0.0.0"
        assert settings.asks_for_keys


@pytest.mark.parametrize("source", OVERLAYS)
def test_selectors_find_the_pods_they_are_for(source: str) -> None:
    made = pods(source)
    labels = {name: pod["metadata"]["labels"] for name, pod in made.items()}
    for name, deployment in of_kind(source, "Deployment").items():
        found = [one for one in made if selects(deployment["spec"]["selector"], labels[one])]
        assert found == [name]
    for one in of_kind(source, "Service").values():
        selector = {"matchLabels": one["spec"]["selector"]}
        assert [pod for pod in made if selects(selector, labels[pod])] == ["lurewatch"]
        (container,) = made["lurewatch"]["spec"]["containers"]
        names = {port["name"] for port in container["ports"]}
        assert {port["targetPort"] for port in one["spec"]["ports"]} <= names
    for budget in of_kind(source, "PodDisruptionBudget").values():
        assert selects(budget["spec"]["selector"], labels["lurewatch"])
    for name, pod in made.items():
        for spread in pod["spec"].get("topologySpreadConstraints", []):
            assert selects(spread["labelSelector"], labels[name])


def test_secrets_have_the_keys_that_are_asked_for() -> None:
    secret = yaml.safe_load((FOLDER / "secret.example.yaml").read_text("utf-8"))
    asked: set[tuple[str, str]] = set()
    for _, _, pod in every_pod():
        for container in containers(pod):
            for one in container.get("env", []):
                ref = one.get("valueFrom", {}).get("secretKeyRef")
                asked |= {(ref["name"], ref["key"])} if ref else set()
    for source in OVERLAYS:
        for one in of_kind(source, "TriggerAuthentication").values():
            asked |= {(ref["name"], ref["key"]) for ref in one["spec"]["secretTargetRef"]}
    assert asked == {(secret["metadata"]["name"], key) for key in secret["stringData"]}
    assert [one for source in OVERLAYS for one in of_kind(source, "Secret")] == []


def test_an_example_of_a_secret_opens_nothing() -> None:
    secret = yaml.safe_load((FOLDER / "secret.example.yaml").read_text("utf-8"))["stringData"]
    assert set(secret.values()) == {"REPLACE"}
    with pytest.raises(VaultError, match="LUREWATCH_SECRET_KEY"):
        Vault.open(secret["secret-key"], FOLDER / "no-key", may_make=False)
    with pytest.raises(Exception, match="LUREWATCH_DATABASE"):
        engine_for(secret["database"], 1)


@pytest.mark.parametrize("pod", PODS)
def test_volumes_are_mounted_and_claimed(pod: Document) -> None:
    claims = set(of_kind("nats", "PersistentVolumeClaim"))
    volumes = {one["name"]: one for one in pod["spec"]["volumes"]}
    mounted = {m["name"] for one in containers(pod) for m in one["volumeMounts"]}
    assert mounted == set(volumes)
    for one in volumes.values():
        claim = one.get("persistentVolumeClaim")
        assert claim is None or claim["claimName"] in claims


def test_only_jobs_write_to_the_registry() -> None:
    for source, name, pod in every_pod():
        for container in containers(pod):
            for mount in container["volumeMounts"]:
                if mount["name"] == "registry" and not mount.get("readOnly"):
                    assert source in ("first-bundle.yaml", "promote.yaml", "rollback.yaml"), name
                    assert "--registry=/registry" in container["args"]
                    assert mount["mountPath"] == "/registry"


def test_a_registry_that_is_mounted_is_the_one_that_is_read() -> None:
    for name in ("lurewatch", "lurewatch-consumer"):
        (container,) = pods("nats")[name]["spec"]["containers"]
        mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
        given = variables("nats", container)
        assert given[f"{PREFIX}REGISTRY"] == mounts["registry"]
        assert str(given[f"{PREFIX}POLICY"]).startswith(mounts["policy"] + "/")


def test_the_policy_is_one() -> None:
    points = bundle.load(bundle.champion()).calibration.operating_points
    found = of_kind("nats", "ConfigMap")
    (policy,) = (one for name, one in found.items() if name.startswith("lurewatch-policy"))
    ((name, text),) = policy["data"].items()
    assert parse(text.encode(), name, points).label == "ours/1"


def test_images_have_the_version_of_this_code() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for source, _, pod in every_pod():
        for container in containers(pod):
            assert image(container) in DOCKERFILES
            assert container["image"].endswith(f":{version}")
            pushed = container["image"].startswith("registry.example.com/")
            assert pushed == (source in OVERLAYS)


def test_the_first_bundle_is_where_the_image_has_it() -> None:
    (pod,) = pods("first-bundle.yaml").values()
    (container,) = pod["spec"]["containers"]
    built = DOCKERFILES["lurewatch"]
    (python,) = set(re.findall(r"^FROM python:(\d+\.\d+)-", built, re.MULTILINE))
    (venv,) = re.findall(r"^RUN python -m venv (\S+)$", built, re.MULTILINE)
    packages = f"{venv}/lib/python{python}/site-packages"
    assert container["args"][0] == f"{packages}/models/{bundle.champion().name}"


def test_the_guide_names_every_overlay_component_and_job() -> None:
    guide = (ROOT / "service" / "guides" / "kubernetes.md").read_text("utf-8")
    for name in [*SOURCES, *(path.name for path in FOLDER.glob("components/*"))]:
        assert name in guide, name
    for typed in re.findall(r"^kubectl (?:apply|diff|kustomize) .*-k (\S+)", guide, re.MULTILINE):
        assert (ROOT / typed / "kustomization.yaml").is_file(), typed
    commands = typer.main.get_command(service_app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"python -m service ([a-z-]+)", guide)) <= set(commands)
    for _, name in documents_named(guide):
        assert any(name in str(document) for source in SOURCES for document in documents(source))


def documents_named(guide: str) -> list[tuple[str, str]]:
    """What ``kubectl`` is told to look at, as kind and name."""
    return re.findall(r"\b(deployment|deploy|cronjob|job|scaledobject)/([a-z-]+)", guide)
