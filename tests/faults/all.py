"""Every fault by the name that the command takes, with its full length in seconds."""

from tests.faults import senders
from tests.faults.fault import Fault
from tests.faults.killed import killed
from tests.faults.overload import overload
from tests.faults.stopping import sigterm

FAULTS: dict[str, tuple[Fault, float]] = {
    "slow": (senders.slow, 90.0),
    "half": (senders.half, 90.0),
    "flood": (senders.flood, 60.0),
    "overload": (overload, 600.0),
    "sigterm": (sigterm, 120.0),
    "killed": (killed, 120.0),
}
