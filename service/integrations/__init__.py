"""Protocols of others in which the service answers too, so that clients that exist need only
another address."""
