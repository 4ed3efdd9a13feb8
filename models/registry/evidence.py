"""A gate's report on one bundle, sealed by its own SHA-256, so that what a promotion rests on can
be told from what was edited afterwards."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models import digests
from models.lineage import SHA256, Named
from models.registry.errors import WrongEvidence

Outcome = Literal["PROMOTE", "HOLD", "REJECT"]
FORMAT: Literal[1] = 1


class Evidence(BaseModel):
    """What a gate found."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: Literal[1] = FORMAT
    bundle: Named
    """The bundle that was judged."""

    against: Named | None
    """The champion it was compared with; ``None``: floors alone."""

    verdict: Outcome
    reasons: tuple[str, ...]
    """Why, in sentences; the worst first."""

    made: str
    """When, ISO 8601."""

    details: dict[str, Any]
    """Figures that the reasons rest on."""

    sha256: str = Field(pattern=SHA256)
    """Of everything above, as canonical JSON."""


def seal(
    judged: Named, against: Named | None, verdict: Outcome, reasons: Sequence[str],
    details: dict[str, Any],
) -> Evidence:  # fmt: skip
    """The report, with its digest."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "bundle": judged.model_dump(),
        "against": None if against is None else against.model_dump(),
        "verdict": verdict,
        "reasons": list(reasons),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "details": details,
    }
    return Evidence.model_validate({**told, "sha256": digests.of_json(told)})


def write(evidence: Evidence, path: Path) -> None:
    """As :func:`read` takes it; its folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(evidence.model_dump_json(indent=1), "utf-8")


def read(path: Path) -> Evidence:
    """Raises :class:`~models.registry.errors.WrongEvidence` where it is no report, or was changed
    after it was sealed."""
    try:
        given = json.loads(path.read_text("utf-8"))
        found = Evidence.model_validate(given)
    except OSError as error:
        raise WrongEvidence(f"{path}: {error.strerror}") from None
    except (ValueError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise WrongEvidence(f"{path} is no gate report: {first}") from None
    told = {name: value for name, value in given.items() if name != "sha256"}
    if digests.of_json(told) != found.sha256:
        raise WrongEvidence(f"{path} was changed after it was written; run the gate again")
    return found
