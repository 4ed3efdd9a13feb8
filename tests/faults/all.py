"""Every fault by the name that the command takes, with its full length in seconds."""

from tests.faults.fault import Fault

FAULTS: dict[str, tuple[Fault, float]] = {}
