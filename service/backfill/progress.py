"""How far a backfill is, on stderr."""

import sys
import time

from tqdm import tqdm

from service.backfill.outcome import Outcome
from service.backfill.plan import Plan


class Progress:
    """A bar over the rows of all inputs, with ads and tokens a second of this run."""

    def __init__(self, plan: Plan, done: int) -> None:
        """``done``: rows that runs before this one finished."""
        self._bar = tqdm(
            desc="backfill", total=plan.rows, initial=done, unit="ad", file=sys.stderr,
            mininterval=1, smoothing=0.05,
        )  # fmt: skip
        self._began = time.monotonic()
        self._tokens = self._told = 0

    def tell(self, rows: int, tokens: int) -> None:
        """So many more."""
        self._tokens += tokens
        self._told += rows
        spent = max(1e-6, time.monotonic() - self._began)
        self._bar.set_postfix_str(f"{self._tokens / spent:.0f} tokens/s", refresh=False)
        self._bar.update(rows)

    def finished(self, outcome: Outcome) -> None:
        """A shard; blank lines, and all that a worker elsewhere did, are told now."""
        rows = outcome.rows - self._told
        self.tell(rows, 0 if self._told else outcome.tokens)
        self._told = 0

    def restart(self) -> None:
        """A shard was given up; its rows stay told."""
        self._bar.update(-self._told)
        self._told = 0

    def close(self) -> None:
        """The last line stays."""
        self._bar.close()
