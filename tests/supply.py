"""Whether anything that is served has a known vulnerability: ``make audit``.

pip-audit asks the package index. Where the index cannot be reached, or does not know a package, it
says that nothing was found; here that is told apart from having looked.

Exit code: 0 all were looked up and nothing is known; 1 something is known; 2 not all were looked
up.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OURS = "lurewatch"
"""On no index."""

NOBODY = "no package was looked up: the advisories could not be reached"


def site_packages(environment: Path) -> Path:
    """Of a virtual environment."""
    return next(environment.glob("lib/python*/site-packages"))


def report_on(packages: Path) -> dict[str, Any]:
    """What pip-audit finds out about a folder of installed packages; empty where it gave up."""
    asked = [sys.executable, "-m", "pip_audit", "--path", str(packages)]
    asked += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {}
    return found


def judged(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Exit code, and what to print."""
    packages = [one for one in report.get("dependencies", []) if one["name"] != OURS]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if len(unknown) == len(packages):
        return 2, [NOBODY]
    said = [
        f"{one['name']} {one['version']}: {known['id']}, mended in "
        f"{', '.join(known['fix_versions']) or 'no release yet'}"
        for one in packages
        for known in one.get("vulns", [])
    ]
    looked_up = len(packages) - len(unknown)
    code = 1 if said else 2 if unknown else 0
    said.append(f"{looked_up} of {len(packages)} packages were looked up")
    if unknown:
        said.append(f"not looked up: {', '.join(unknown)}")
    return code, said


def main(arguments: Sequence[str]) -> int:
    """``python -m tests.supply ENVIRONMENT``."""
    code, said = judged(report_on(site_packages(Path(arguments[0]))))
    print("\n".join(said))
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
