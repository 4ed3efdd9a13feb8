"""What scales on what: the query of the queue against a real PostgreSQL, the lag as KEDA reads it
of a real NATS server, names of groups and topics, numbers of pods."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from service.store import Database
from service.store.base import new_id, now
from service.store.tables import Submission
from tests.conftest import TinyRun
from tests.e2e.brokers import Nats
from tests.e2e.processes import PATIENCE_S, Consumer, free_port, listening
from tests.e2e.topics import ad_event, topics_of
from tests.live import until
from tests.postgresql import new_database
from tests.service.kubernetes.manifests import FOLDER, OVERLAYS, ROOT, Document, of_kind, pods

GUIDE = (ROOT / "service" / "guides" / "kubernetes.md").read_text("utf-8")

# What each kind of trigger takes as metadata, of what KEDA's repository lists in
# schema/generated/scalers-schema.json.
TAKEN = {
    "postgresql": {"query", "targetQueryValue", "activationTargetQueryValue"},
    "kafka": {
        "bootstrapServers", "topic", "consumerGroup", "offsetResetPolicy", "lagThreshold",
        "activationLagThreshold", "allowIdleConsumers", "excludePersistentLag",
        "limitToPartitionsWithLag", "sasl", "tls",
    },
    "nats-jetstream": {
        "natsServerMonitoringEndpoint", "account", "stream", "consumer", "lagThreshold",
        "activationLagThreshold", "useHttps",
    },
    "cpu": {"value", "containerName"},
}  # fmt: skip


def triggers(source: str, name: str) -> dict[str, Document]:
    """By type."""
    return {one["type"]: one for one in of_kind(source, "ScaledObject")[name]["spec"]["triggers"]}


@pytest.mark.parametrize("source", OVERLAYS)
def test_whoever_is_scaled_does_not_say_how_many(source: str) -> None:
    deployments = of_kind(source, "Deployment")
    scalers = of_kind(source, "ScaledObject") | of_kind(source, "HorizontalPodAutoscaler")
    scaled = [one["spec"]["scaleTargetRef"]["name"] for one in scalers.values()]
    assert sorted(scaled) == sorted(deployments)  # each by one
    for one in scalers.values():
        target = one["spec"]["scaleTargetRef"]
        found = deployments[target["name"]]
        assert (target["apiVersion"], target["kind"]) == (found["apiVersion"], found["kind"])
        assert "replicas" not in found["spec"]


def test_there_are_always_two_of_the_service() -> None:
    deployment = (FOLDER / "base" / "deployment.yaml").read_text("utf-8")
    assert "\n  replicas: 2\n" in deployment
    assert of_kind("small", "HorizontalPodAutoscaler")["lurewatch"]["spec"]["minReplicas"] == 2
    assert of_kind("nats", "ScaledObject")["lurewatch"]["spec"]["minReplicaCount"] == 2
    for source in OVERLAYS:
        update = of_kind(source, "Deployment")["lurewatch"]["spec"]["strategy"]["rollingUpdate"]
        assert update["maxUnavailable"] == 0
        budget = of_kind(source, "PodDisruptionBudget")["lurewatch"]["spec"]
        assert budget["maxUnavailable"] == 1


@pytest.mark.parametrize("source", ["nats", "kafka"])
def test_triggers_say_what_keda_reads(source: str) -> None:
    for name, one in of_kind(source, "ScaledObject").items():
        spec = one["spec"]
        assert spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]
        for kind, trigger in triggers(source, name).items():
            assert set(trigger["metadata"]) <= TAKEN[kind], kind
            expected = "Utilization" if kind == "cpu" else "AverageValue"
            assert trigger["metricType"] == expected  # a fallback needs it
            if "authenticationRef" in trigger:
                named = trigger["authenticationRef"]["name"]
                assert named in of_kind(source, "TriggerAuthentication")


@pytest.fixture
def queue(postgresql: str) -> Iterator[tuple[Database, Engine]]:
    """The service's database, and a connection as the role that the guide makes."""
    url = new_database(postgresql)
    database = Database(url)
    database.migrate()
    role = f"keda_{make_url(url).database}"
    (made,) = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
    made = made.replace("lurewatch_queue", role)
    with database.engine.begin() as connection:
        for statement in filter(str.strip, made.split(";")):
            connection.execute(text(statement))
    engine = create_engine(make_url(url).set(username=role))
    yield database, engine
    engine.dispose()
    with database.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    database.close()


def asked(engine: Engine) -> float:
    """The trigger's query, as KEDA reads its answer: one row, one number."""
    query = triggers("nats", "lurewatch")["postgresql"]["metadata"]["query"]
    with engine.connect() as connection:
        ((found,),) = connection.exec_driver_sql(query).all()
    return float(found)


def submission(state: str, chars: int, held: bool = False) -> Submission:
    """One of the queue's rows."""
    return Submission(
        id=new_id("sub"), request_digest="digest", state=state, ads=1, chars=chars,
        request=b"sealed", created_at=now(),
        lease_owner="wrk_1" if held else None,
        lease_until=now() + timedelta(minutes=1) if held else None,
    )  # fmt: skip


def test_the_queue_is_counted_in_characters(queue: tuple[Database, Engine]) -> None:
    database, engine = queue
    assert asked(engine) == 0  # of an empty table, and not NULL
    rows = [
        submission("queued", 300), submission("queued", 50, held=True), submission("done", 7_000),
        submission("failed", 9_000),
    ]  # fmt: skip
    database.write_now(lambda session: session.add_all(rows))
    assert asked(engine) == 350


def test_the_role_reads_two_columns_and_nothing_else(queue: tuple[Database, Engine]) -> None:
    _, engine = queue
    for forbidden in (
        "SELECT request FROM submissions", "SELECT * FROM submissions", "SELECT 1 FROM api_keys",
        "UPDATE submissions SET state = 'done'", "DELETE FROM submissions",
        "CREATE TABLE own (id int)",
    ):  # fmt: skip
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission"):
            connection.execute(text(forbidden))


def consumed(source: str) -> dict[str, str]:
    """Options of the consumer's command."""
    (container,) = pods(source)["lurewatch-consumer"]["spec"]["containers"]
    words = [word.removeprefix("--").partition("=") for word in container["args"][1:]]
    return {name: value for name, _, value in words}


def test_lag_is_asked_of_the_consumers_own_topic_and_group() -> None:
    options = consumed("kafka")
    kafka = triggers("kafka", "lurewatch-consumer")["kafka"]["metadata"]
    assert (kafka["topic"], kafka["consumerGroup"]) == (options["from"], options["group"])
    assert kafka["offsetResetPolicy"] == "earliest"
    options = consumed("nats")
    jetstream = triggers("nats", "lurewatch-consumer")["nats-jetstream"]["metadata"]
    assert (jetstream["stream"], jetstream["consumer"]) == (options["from"], options["group"])


class Watched(Nats):
    """With the port that KEDA asks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.monitoring = free_port()

    def command(self) -> list[str]:
        """See :class:`tests.e2e.brokers.Broker`."""
        return [*super().command(), "-m", str(self.monitoring)]


def lag(broker: Watched, metadata: dict[str, str]) -> int | None:
    """As KEDA's scaler of JetStream asks and counts; ``None`` where it finds no such consumer."""
    query = f"acc={metadata['account']}&consumers=true&config=true"
    with urllib.request.urlopen(
        f"http://127.0.0.1:{broker.monitoring}/jsz?{query}", timeout=PATIENCE_S
    ) as answer:
        found: Any = json.load(answer)
    for account in found["account_details"]:
        for stream in account.get("stream_detail", []):
            for consumer in stream.get("consumer_detail") or []:
                if (stream["name"], consumer["name"]) == (metadata["stream"], metadata["consumer"]):
                    return int(consumer["num_pending"] + consumer["num_ack_pending"])
    return None


def test_the_lag_that_is_asked_for_is_there(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUREWATCH_WORKERS", "1")
    metadata = triggers("nats", "lurewatch-consumer")["nats-jetstream"]["metadata"]
    (container,) = pods("nats")["lurewatch-consumer"]["spec"]["containers"]
    broker = Watched(tmp_path)
    broker.start()
    try:
        until(lambda: listening(broker.monitoring))
        options = [word for word in container["args"][1:] if "metrics-port" not in word]
        options += ["--broker", broker.url, "--create"]
        with Consumer(tmp_path / "consumer.log", tiny_run.bundle, *options) as consumer:
            consumer.until("ready")
            until(lambda: lag(broker, metadata) == 0)
            assert consumer.stop() == 0
        sent = [ad_event(number, "Pickers wanted near Spalding.") for number in range(7)]
        asyncio.run(topics_of(broker).send("ads", sent))
        until(lambda: lag(broker, metadata) == 7)
    finally:
        broker.close()
