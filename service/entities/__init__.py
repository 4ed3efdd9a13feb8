"""Contacts, links, wallets and sums that an ad names: what a reviewer compares and redacts.

Nothing here moves the score.
"""

from service.entities.entity import Amount, Chain, Entity, EntityType, Period, Service
from service.entities.find import find

__all__ = ["Amount", "Chain", "Entity", "EntityType", "Period", "Service", "find"]
