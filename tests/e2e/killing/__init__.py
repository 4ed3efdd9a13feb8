"""Parts of the kill loop: services to kill, callers, a receiver, and what they witnessed."""
