"""What Prometheus' own tool says of the rules, their tests and the example configuration:
``python -m tests.service.observing.promtool``. It comes with Prometheus and not by pip, so no test
calls it; exit 1 where it objects.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "service" / "examples" / "monitoring"
ASKED = (("check", "config", "prometheus.yaml"), ("test", "rules", "alerts_test.yaml"))


def main() -> int:
    """Ask it both."""
    return max(subprocess.run(["promtool", *asked], cwd=FOLDER).returncode for asked in ASKED)


if __name__ == "__main__":
    sys.exit(main())
