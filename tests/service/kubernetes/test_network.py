"""Everything is closed; what is open is named here once more."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from fastapi.routing import APIRoute

from service.app import PAGES, RESOURCES
from service.webhooks.addresses import METADATA, refusal
from tests.service.kubernetes.manifests import OVERLAYS, documents, of_kind, pods, selects

PRIVATE = (
    "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.7.7", "100.64.0.1", "127.0.0.1",
    "0.0.0.0", "169.254.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
    "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:2800:21f:cb07::1")

OUTSIDE = ("/health/live", "/v1/score", "/v1/model/reload", "/v1/queue", "/v1/submissions", "/docs")
"""Some of what people outside must not reach by the Ingress."""


def policies_of(source: str, name: str, direction: str) -> set[str]:
    """Those that open something to the pods that ``name`` makes."""
    labels = pods(source)[name]["metadata"]["labels"]
    return {
        policy
        for policy, one in of_kind(source, "NetworkPolicy").items()
        if selects(one["spec"]["podSelector"], labels) and one["spec"].get(direction)
    }


@pytest.mark.parametrize("source", OVERLAYS)
def test_every_pod_is_closed_both_ways(source: str) -> None:
    closed = of_kind(source, "NetworkPolicy")["lurewatch-closed"]["spec"]
    assert set(closed["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in closed
    assert "egress" not in closed
    for name, pod in pods(source).items():
        assert selects(closed["podSelector"], pod["metadata"]["labels"]), name


def test_what_is_open_is_what_each_needs() -> None:
    out, come = "egress", "ingress"
    names, database = "lurewatch-names", "lurewatch-database"
    assert policies_of("nats", "lurewatch", out) == {names, database, "lurewatch-webhooks"}
    callers = {"lurewatch-callers", "lurewatch-metrics"}
    assert policies_of("nats", "lurewatch", come) == {*callers, "lurewatch-ingress"}
    assert policies_of("small", "lurewatch", come) == callers
    broker = "lurewatch-consumer-broker"
    assert policies_of("kafka", "lurewatch-consumer", out) == {names, database, broker}
    assert policies_of("nats", "lurewatch-consumer", come) == {"lurewatch-consumer-metrics"}
    assert policies_of("nats", "lurewatch-retrain", out) == {names, database}
    assert policies_of("nats", "lurewatch-retrain", come) == set()


@pytest.mark.parametrize("source", OVERLAYS)
def test_each_rule_names_both_ends_and_a_port(source: str) -> None:
    for name, one in of_kind(source, "NetworkPolicy").items():
        spec = one["spec"]
        assert spec["podSelector"], name
        for rule in [*spec.get("ingress", []), *spec.get("egress", [])]:
            assert rule["ports"], name
            assert rule.get("from") or rule.get("to"), name
            for port in rule["ports"]:
                assert isinstance(port["port"], int) or port_of(source, spec, port["port"])


def port_of(source: str, spec: Any, name: str) -> bool:
    """Whether the pods on the receiving side have a port of that name."""
    receivers = (
        [spec["podSelector"]] if "ingress" in spec else [spec["egress"][0]["to"][0]["podSelector"]]
    )
    found = [
        port["name"]
        for pod in pods(source).values()
        if any(selects(one, pod["metadata"]["labels"]) for one in receivers)
        for container in pod["spec"]["containers"]
        for port in container.get("ports", [])
    ]
    return name in found


def allowed(address: str) -> bool:
    """Whether the policy lets a webhook go there."""
    (rule,) = of_kind("small", "NetworkPolicy")["lurewatch-webhooks"]["spec"]["egress"]
    ip = ip_address(address)
    for block in (one["ipBlock"] for one in rule["to"]):
        network = ip_network(block["cidr"])
        if ip.version == network.version and ip in network:
            return not any(ip in ip_network(one) for one in block.get("except", []))
    return False


@pytest.mark.parametrize("address", [*PRIVATE, *sorted(map(str, METADATA))])
def test_webhooks_reach_no_network_of_ones_own(address: str) -> None:
    assert refusal(address, private=False) is not None
    assert not allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_webhooks_reach_what_is_public(address: str) -> None:
    assert refusal(address, private=False) is None
    assert allowed(address)


def test_what_the_policy_excepts_the_service_refuses_too() -> None:
    (rule,) = of_kind("small", "NetworkPolicy")["lurewatch-webhooks"]["spec"]["egress"]
    for block in (one["ipBlock"] for one in rule["to"]):
        for excepted in map(ip_network, block.get("except", [])):
            for ip in (excepted[0], excepted[-1]):
                assert refusal(str(ip), private=False) is not None, ip


def matched(path: str) -> bool:
    """By the Ingress."""
    (ingress,) = of_kind("nats", "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    for one in rule["http"]["paths"]:
        below = one["pathType"] == "Prefix" and path.startswith(one["path"] + "/")
        if path == one["path"] or below:
            return True
    return False


def test_the_ingress_leads_to_the_pages_and_to_signed_events_alone() -> None:
    routes = [
        (module.__name__.rpartition(".")[2], route.path)
        for module in (*RESOURCES, *PAGES)
        for route in module.router.routes
        if isinstance(route, APIRoute)
    ]
    open_to_all = {name for name, path in routes if matched(path)}
    assert open_to_all == {"checker", "report_page", "assets", "platforms", "coop"}
    assert [path for name, path in routes if name in open_to_all and not matched(path)] == []
    assert [path for path in OUTSIDE if matched(path)] == []


def test_the_ingress_speaks_tls_and_finds_its_service() -> None:
    (ingress,) = of_kind("nats", "Ingress").values()
    (rule,), (tls,) = ingress["spec"]["rules"], ingress["spec"]["tls"]
    assert tls["hosts"] == [rule["host"]]
    assert tls["secretName"]
    for one in rule["http"]["paths"]:
        backend = one["backend"]["service"]
        service = of_kind("nats", "Service")[backend["name"]]
        assert backend["port"]["name"] in {port["name"] for port in service["spec"]["ports"]}


def test_jobs_may_tell_the_service() -> None:
    (callers,) = of_kind("nats", "NetworkPolicy")["lurewatch-callers"]["spec"]["ingress"]
    (peer,) = callers["from"]
    to_service = of_kind("nats", "NetworkPolicy")["lurewatch-jobs"]["spec"]
    for source in ("promote.yaml", "rollback.yaml"):
        (pod,) = pods(source).values()
        labels = pod["metadata"]["labels"]
        assert selects(peer["podSelector"], labels)
        assert selects(to_service["podSelector"], labels)
    (job,) = documents("promote.yaml")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (address,) = (word for word in container["args"] if word.startswith("http://"))
    host, _, port = address.removeprefix("http://").partition(":")
    service = of_kind("nats", "Service")[host]["spec"]
    assert service["clusterIP"] == "None"
    assert int(port) == service["ports"][0]["port"]
