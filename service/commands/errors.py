"""What is told to the person who typed a command."""


class UsageError(Exception):
    """What was asked for cannot be done as asked."""
