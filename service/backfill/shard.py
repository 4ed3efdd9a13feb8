"""One shard from its rows to its files."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import pyarrow as pa

from service.backfill.deciding import Decider, place_of
from service.backfill.errors import ShardFailed
from service.backfill.flat import flat
from service.backfill.outcome import Outcome
from service.backfill.output import REJECTED, RESULTS, Output
from service.backfill.plan import Input, Options, Shard
from service.backfill.rows import rows_of
from service.backfill.source import still_same, told
from service.backfill.writing import JsonLines, results

Told = Callable[[int, int], None]
"""Is told of rows and tokens that are done."""


def run(
    shard: Shard, source: Input, options: Options, plan: str, decider: Decider, output: Output,
    tell: Told,
) -> Outcome:  # fmt: skip
    """Decide a shard's rows and put its files in place. Raises :class:`ShardFailed`."""
    try:
        return done(shard, source, options, plan, decider, output, tell)
    except (OSError, EOFError, pa.ArrowException) as error:
        reason = told(error)
    except ValueError as error:  # a defect; what it says may be of an ad
        reason = place_of(error)
    last = shard.first + shard.rows - 1
    raise ShardFailed(f"{shard.name} ({source.path}, rows {shard.first} to {last}): {reason}")


def done(
    shard: Shard, source: Input, options: Options, plan: str, decider: Decider, output: Output,
    tell: Told,
) -> Outcome:  # fmt: skip
    """The same, with the libraries' errors."""
    began, count, decisions = time.monotonic(), Counter[str](), Counter[str]()
    decider.forget()
    wanted = frozenset(options.columns.named.values())
    with output.workspace(shard.name) as folder, ExitStack() as opened:
        made, writer = results(folder, options.write, options.full)
        opened.callback(writer.close)  # also where the shard fails; closing twice is harmless
        notes, rejected = folder / "rejected.jsonl", None
        rows = rows_of(source.file(), source.columns, shard.cut(), wanted)
        for one in decider.decide(rows):
            tell(1, one.tokens)
            count.update(copies=one.copy, tokens=one.tokens)
            if one.result is not None:
                decisions[one.result.decision] += 1
                writer.add(flat(source.path, one.number, one.result, options.full))
                continue
            if rejected is None:
                rejected = JsonLines(notes)
                opened.callback(rejected.close)
            place = {"input": source.path, "row": one.number, "id": one.id}
            rejected.add({**place, "reason": one.reason})
            count["rejected"] += 1
        writer.close()
        files = {f"{RESULTS}/{shard.name}.{options.write}": made}
        if rejected is not None:
            rejected.close()
            files[f"{REJECTED}/{shard.name}.jsonl"] = notes
        if not still_same(source.file()):
            raise OSError("the file has changed since the plan was made; put back what it was")
        sizes = {name: path.stat().st_size for name, path in files.items()}
        for name, path in files.items():
            output.put(path, name)
    outcome = Outcome(
        plan=plan, shard=shard.number, rows=shard.rows, results=decisions.total(),
        rejected=count["rejected"], copies=count["copies"], disguised=decider.disguised,
        tokens=count["tokens"], decisions=dict(sorted(decisions.items())),
        seconds=round(time.monotonic() - began, 3), files=sizes,
    )  # fmt: skip
    output.finish(shard.name, outcome)
    return outcome
