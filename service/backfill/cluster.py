"""Shards over a Ray cluster: Ray Data hands each to an actor, which holds one session.

A shard is one row of the data set, and what an actor gives back is its record, so that nothing of
an ad passes through Ray. Where a worker dies, Ray starts another and hands it the shard again; its
files take the place of what the first one may have put there, which is the same.
"""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# Ray reports how it is used to its makers unless told not to before a cluster is started.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

import ray
from ray.data import ActorPoolStrategy, DataContext
from ray.exceptions import RayError

from models.errors import BundleError
from service.backfill.errors import BackfillError
from service.backfill.outcome import Failure, Outcome
from service.backfill.plan import Input, Plan, Shard
from service.backfill.work import Job, Worker
from service.errors import OperatorError
from service.policy.errors import PolicyError

LOCAL = "local"
PROBE_S = 10.0

STORE_BYTES = 100 * 2**20
"""Shared memory of a local cluster: only records pass through it."""


class Actor:
    """A worker, in a process that Ray keeps."""

    def __init__(self, job: Job) -> None:
        self._worker: Worker | None = None
        try:
            self._worker = Worker(job)
            self._failed = ""
        except (BundleError, PolicyError, OperatorError) as error:
            self._failed = str(error)  # an actor that raises is started again, for ever

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """One shard and its input in, its outcome out, all as JSON."""
        shard = Shard.model_validate_json(str(batch["shard"][0]))
        source = Input.model_validate_json(str(batch["input"][0]))
        outcome: Outcome | Failure = (
            Failure(shard=shard.number, reason=self._failed)
            if self._worker is None
            else self._worker.work(shard, source, lambda rows, tokens: None)
        )
        done = isinstance(outcome, Outcome)
        return {"done": ["yes" if done else ""], "outcome": [outcome.model_dump_json()]}


@contextmanager
def joined(address: str, workers: int | None) -> Iterator[int]:
    """A cluster that is there, or one on this machine; gives the number of its workers. Raises
    :class:`BackfillError`."""
    try:
        probe(address)
        if address == LOCAL:
            ray.init(
                num_cpus=workers, include_dashboard=False, log_to_driver=False,
                object_store_memory=STORE_BYTES, logging_level="WARNING",
            )  # fmt: skip
        else:
            ray.init(address=address, log_to_driver=False, logging_level="WARNING")
    except (RayError, OSError, RuntimeError, ValueError) as error:
        raise BackfillError(
            f"--ray {address}: {' '.join(str(error).split())[:300]}; give HOST:PORT of a head "
            "node, 'auto' on one of its machines, or 'local'"
        ) from None
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))
        if cores < (workers or 1):
            raise BackfillError(
                f"--workers {workers or 1}: the cluster has {cores} cores, one for each worker"
            )
        yield workers or cores
    finally:
        ray.shutdown()


def spread(
    items: list[dict[str, str]], actor: type, given: tuple[Any, ...], workers: int
) -> ray.data.Dataset:
    """Items over actors of one core each, one at a time. Nothing is done yet."""
    DataContext.get_current().enable_progress_bars = False
    pool = ActorPoolStrategy(size=min(workers, len(items)), max_tasks_in_flight_per_actor=1)
    rows = ray.data.from_items(items, override_num_blocks=len(items))
    return rows.map_batches(
        actor, fn_constructor_args=given, batch_size=1, compute=pool, num_cpus=1
    )


def probe(address: str) -> None:
    """Whether somebody listens there: Ray itself asks for minutes. Raises ``OSError``."""
    host, mark, port = address.rpartition(":")
    if mark and port.isdigit() and "://" not in address:
        socket.create_connection((host.strip("[]"), int(port)), PROBE_S).close()


def over(
    job: Job, plan: Plan, shards: Sequence[Shard], workers: int
) -> Iterator[Outcome | Failure]:
    """As they are finished. Raises :class:`BackfillError` where Ray gives up."""
    items = [
        {"shard": one.model_dump_json(), "input": plan.inputs[one.input].model_dump_json()}
        for one in shards
    ]
    try:
        for row in spread(items, Actor, (job,), workers).iter_rows():
            kind = Outcome if row["done"] else Failure
            yield kind.model_validate_json(row["outcome"])
    except RayError as error:
        reason = str(error).strip().splitlines()[-1]
        raise BackfillError(
            f"Ray gave up: {type(error).__name__}: {reason[:300]}. What is done is kept; the same "
            "command goes on from there"
        ) from None
