"""What keeps a backfill from being done as asked.

* OperatorError
  - BackfillError
    + Changed       the output was begun from something else
    + ShardFailed   a part of the inputs could not be read, or its results not be put in place
"""

from collections.abc import Sequence

from service.errors import OperatorError

TOLD = 3
"""Files that a message names."""


class BackfillError(OperatorError):
    """What the one who typed the command can mend. Never holds an ad's text."""


class Changed(BackfillError):
    """Inputs, bundle, policy or options are others than those the output was begun with."""

    def __init__(self, output: str, differences: list[str]) -> None:
        super().__init__(
            f"{output} was begun from something else: {'; '.join(differences)}. Put back what it "
            "was, or give another --output"
        )


class ShardFailed(BackfillError):
    """Another run may get further."""


def several(what: str, names: Sequence[str]) -> list[str]:
    """The first of them, where there are any."""
    if not names:
        return []
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return [what + ", ".join(names[:TOLD]) + more]
