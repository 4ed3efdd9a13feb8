"""What works on shards, one after another: in this process, or as an actor of a Ray cluster."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.backfill import shard as one_shard
from service.backfill.deciding import Decider
from service.backfill.errors import BackfillError, ShardFailed
from service.backfill.outcome import Failure, Outcome
from service.backfill.output import Output
from service.backfill.plan import Deciders, Input, Options, Plan, Shard
from service.backfill.shard import Told
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know, wherever it is."""

    bundle_dir: Path
    policy: Path
    dry_run_policy: Path | None
    workers: int
    """Threads of each worker."""

    options: Options
    output: str
    plan: str
    """Digest of the plan."""

    deciders: Deciders

    @classmethod
    def of(cls, settings: Settings, plan: Plan, output: str, workers: int) -> "Job":
        """Paths of this machine, whatever folder a worker is in."""
        dry_run = settings.dry_run_policy
        return cls(
            settings.bundle_dir.resolve(), settings.policy.resolve(),
            None if dry_run is None else dry_run.resolve(), workers, plan.options, output,
            plan.digest(), plan.deciders,
        )  # fmt: skip

    def settings(self) -> Settings:
        """Those that give answers; the rest is of no use here."""
        return Settings(
            bundle_dir=self.bundle_dir, policy=self.policy, dry_run_policy=self.dry_run_policy,
            workers=self.workers,
        )  # fmt: skip


class Worker:
    """One loaded bundle."""

    def __init__(self, job: Job, decider: Decider | None = None) -> None:
        """``decider``: one that is loaded already. Raises
        :class:`~models.errors.BundleError`, :class:`~service.policy.errors.PolicyError`, or
        :class:`BackfillError` where another bundle or policy lies on this machine."""
        self._job = job
        options = job.options
        self._decider = decider or Decider(job.settings(), options.columns, options.copies)
        self._output = Output(job.output)
        found = Deciders.of(self._decider.engine, job.settings())
        if found != job.deciders:
            self.close()
            raise BackfillError(
                f"a worker has {found.model_dump()} where the plan has "
                f"{job.deciders.model_dump()}; install the same on every machine"
            )

    def work(self, shard: Shard, source: Input, tell: Told) -> Outcome | Failure:
        """One shard, finished or not."""
        job = self._job
        try:
            return one_shard.run(
                shard, source, job.options, job.plan, self._decider, self._output, tell
            )
        except ShardFailed as error:
            return Failure(shard=shard.number, reason=str(error))

    def close(self) -> None:
        """End its threads."""
        self._decider.close()


def here(
    worker: Worker, plan: Plan, shards: Iterable[Shard], tell: Told
) -> Iterator[Outcome | Failure]:
    """In this process, in order."""
    for shard in shards:
        yield worker.work(shard, plan.inputs[shard.input], tell)
