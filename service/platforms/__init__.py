"""Adapters: a platform's own event becomes ads, and what we say of them that platform's action.

One file a platform. Nothing here loads the model or the service, so that a bot is small; nothing
bans a person, and nothing is sent before an operator says so.
"""
