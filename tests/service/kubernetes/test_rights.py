"""Pods have no more rights than the standard ``restricted`` leaves, which the namespace enforces
(kubernetes.io/docs/concepts/security/pod-security-standards)."""

import pytest

from tests.service.kubernetes.manifests import (
    OVERLAYS,
    Document,
    containers,
    every_pod,
    of_kind,
)

PODS = [pytest.param(pod, id=f"{source}-{name}") for source, name, pod in every_pod()]
VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim"}


@pytest.mark.parametrize("pod", PODS)
def test_a_pod_is_nobody_and_asks_nobody(pod: Document) -> None:
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    rights = spec["securityContext"]
    assert rights["runAsNonRoot"] is True
    assert rights["runAsUser"] == rights["runAsGroup"] == rights["fsGroup"] > 0
    assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
    for volume in spec["volumes"]:
        (kind,) = set(volume) - {"name"}
        assert kind in VOLUMES


@pytest.mark.parametrize("pod", PODS)
def test_a_container_cannot_gain_rights_nor_write_where_it_runs(pod: Document) -> None:
    for container in containers(pod):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert not any("hostPort" in port for port in container.get("ports", []))


@pytest.mark.parametrize("pod", PODS)
def test_a_container_says_what_it_needs_and_where_memory_ends(pod: Document) -> None:
    for container in containers(pod):
        resources = container["resources"]
        assert set(resources["requests"]) == {"cpu", "memory"}
        assert set(resources["limits"]) == {"memory"}


@pytest.mark.parametrize("source", OVERLAYS)
def test_the_namespace_enforces_it(source: str) -> None:
    (namespace,) = of_kind(source, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    (account,) = of_kind(source, "ServiceAccount").values()
    assert account["automountServiceAccountToken"] is False
