"""Does who a text speaks of move its score? Swaps of identities and places, and gaps by group."""
