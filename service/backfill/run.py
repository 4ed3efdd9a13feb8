"""A backfill from the command to the summary."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from tqdm import tqdm

from models.cli import say
from service.backfill import plan as planning
from service.backfill.deciding import Decider
from service.backfill.errors import BackfillError
from service.backfill.estimate import estimate
from service.backfill.outcome import Failure, Outcome, summary
from service.backfill.output import Output
from service.backfill.plan import Deciders, Options, Plan, Shard
from service.backfill.progress import Progress
from service.backfill.source import File, Form, find, told
from service.backfill.work import Job, Worker, here
from service.settings import Settings

MAX_FAILED = 5
"""Shards that fail before a run ends: a disk that is full fails them all."""

Execute = Callable[[Sequence[Shard]], Iterator[Outcome | Failure]]


@dataclass(frozen=True, slots=True)
class Asked:
    """By the command."""

    inputs: Sequence[str]
    form: Form | None
    output: str
    options: Options
    fields: Sequence[str]
    """Whose columns were named."""

    workers: int | None
    ray: str | None
    sample: int
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run came to."""

    summary: dict[str, Any]
    failed: Sequence[Failure] = ()

    @property
    def rejected_share(self) -> float:
        """Of the rows that were read."""
        rejected = int(self.summary.get("rejected", 0))
        return rejected / max(1, rejected + int(self.summary.get("results", 0)))


def run(asked: Asked, settings: Settings) -> Finished:
    """Plan, or go on with the plan that is there; then work. Raises
    :class:`~models.errors.BundleError`, :class:`~service.policy.errors.PolicyError` or
    :class:`BackfillError`."""
    with ExitStack() as stack:
        workers = 1
        if asked.ray is not None:
            from service.backfill.cluster import joined

            workers = stack.enter_context(joined(asked.ray, asked.workers))
        decider = Decider(settings, asked.options.columns, asked.options.copies)
        stack.callback(decider.close)
        output = Output(asked.output)
        try:
            begun = output.plan()
            plan = planned(asked, output, begun, Deciders.of(decider.engine, settings))
            if asked.dry_run:
                told_of = described(plan, asked, decider, output, workers)
                return Finished({**told_of, "workers": workers * settings.workers})
            if begun is None:
                output.begin(plan)
            stack.enter_context(output.alone())
            return worked(asked, settings, plan, decider, output, workers)
        except (OSError, EOFError, pa.ArrowException) as error:
            raise BackfillError(f"{asked.output}: {told(error)}") from None


def planned(asked: Asked, output: Output, begun: Plan | None, deciders: Deciders) -> Plan:
    """The plan that was begun, if it still holds; where none was a new one, not written yet."""
    files = find(asked.inputs, asked.form, None if begun is None else output.made)
    if inside := next((one.path for one in files if output.holds(one.path)), None):
        raise BackfillError(f"--output {output.name} holds the input {inside}; give another")
    if begun is None:
        return looked_through(files, deciders, asked)
    planning.check_same(output.name, begun, files, deciders, asked.options)
    return begun


def looked_through(files: Sequence[File], deciders: Deciders, asked: Asked) -> Plan:
    """A new plan."""
    whole = sum(one.bytes for one in files)
    with (
        tqdm(desc="plan", total=whole, unit="B", unit_scale=True, mininterval=1) as bar,
        closing(planning.make(files, deciders, asked.options, asked.fields)) as looks,
    ):
        for one in looks:
            if isinstance(one, Plan):
                return one
            bar.update(one.bytes)
    raise AssertionError("no plan. This is a bug.")


def described(
    plan: Plan, asked: Asked, decider: Decider, output: Output, workers: int
) -> dict[str, Any]:
    """What would be done, and what it would take."""
    done = output.done(plan)
    return {
        "inputs": len(plan.inputs),
        "bytes": sum(one.bytes for one in plan.inputs),
        "rows": plan.rows,
        "shards": len(plan.shards),
        "shards_done": len(done),
        "output": output.name,
        **plan.deciders.model_dump(),
        **estimate(plan, decider, asked.sample, workers),
    }


def worked(
    asked: Asked, settings: Settings, plan: Plan, decider: Decider, output: Output, workers: int
) -> Finished:
    """Work on the shards that are not done, and sum up."""
    done = output.done(plan)
    left = [shard for shard in plan.shards if shard.number not in done]
    if done:
        say(f"{len(done)} of {len(plan.shards)} shards are done; {len(left)} are left")
    progress = Progress(plan, sum(one.rows for one in done.values()))
    if asked.ray is None:
        job = Job.of(settings, plan, asked.output, settings.workers)
        found = here(Worker(job, decider), plan, left, progress.tell)
    else:
        from service.backfill.cluster import over

        decider.close()
        found = over(Job.of(settings, plan, output.name, 1), plan, left, workers)
    failed: list[Failure] = []
    try:
        for one in found if left else ():
            if isinstance(one, Outcome):
                done[one.shard] = one
                progress.finished(one)
                continue
            progress.restart()
            say(one.reason)
            failed.append(one)
            if len(failed) == MAX_FAILED:
                say(f"{MAX_FAILED} shards failed; the others are left")
                break
    finally:
        progress.close()
    told_of = {**summary(done.values()), **named(plan)}
    if len(done) == len(plan.shards):
        if asked.ray is not None and len(output.done(plan)) < len(done):
            raise BackfillError(
                f"{output.name}: results are missing; with several machines, give an address that "
                "means the same on all of them"
            )
        output.close(json.dumps(told_of, indent=1).encode())
    return Finished(told_of, failed)


def named(plan: Plan) -> dict[str, str]:
    """What gave the answers."""
    return {
        "model": plan.deciders.bundle.partition(" ")[0],
        "policy": plan.deciders.policy.partition(" ")[0],
    }
