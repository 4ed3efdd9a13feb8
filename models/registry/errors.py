"""What a registry refuses, each with what would mend it.

* RegistryError
  - NotInRegistry     no bundle of that name
  - NotPassed         nothing that a promotion could rest on
  - NothingBefore     nothing to roll back to
  - WrongEvidence     a gate report that was changed, or is of another bundle
  - RegistryBusy      another command changes it
  - ExportUnavailable what an export needs is not installed
"""


class RegistryError(Exception):
    """Base. The command line prints the message and exits with 2."""


class NotInRegistry(RegistryError):
    """The name is wrong, or the bundle was pruned."""


class NotPassed(RegistryError):
    """Neither a passed gate nor a reason."""


class NothingBefore(RegistryError):
    """The champion is the first one, or what was before it is gone."""


class WrongEvidence(RegistryError):
    """A promotion may rest only on what was measured of this very bundle."""


class RegistryBusy(RegistryError):
    """Ask again in a moment."""


class ExportUnavailable(RegistryError):
    """An extra has to be installed first."""
