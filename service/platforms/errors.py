"""What an operator said of platforms that cannot be used."""

from service.errors import OperatorError


class PlatformError(OperatorError):
    """A platform, or one of its options, that is none."""
