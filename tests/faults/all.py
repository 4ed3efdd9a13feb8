"""Every fault by the name that the command takes, with its full length in seconds."""

from tests.faults import senders
from tests.faults.broker import broker
from tests.faults.clock import clock
from tests.faults.damage import damage
from tests.faults.database import database
from tests.faults.disk import disk
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
    "database": (database, 60.0),
    "broker": (broker, 60.0),
    "disk": (disk, 60.0),
    "damage": (damage, 60.0),
    "clock": (clock, 180.0),
}
