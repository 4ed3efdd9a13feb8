"""``python -m models``: see :mod:`models.registry.cli`."""

from models.registry.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
