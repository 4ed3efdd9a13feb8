"""What is kept, and for how long: SQLite out of the box, PostgreSQL by URL."""

from service.store.database import Database
from service.store.vault import Vault

__all__ = ["Database", "Vault"]
