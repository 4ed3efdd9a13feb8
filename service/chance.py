"""Pauses that are drawn, so that many processes do not all come back at once."""

import random

uniform = random.Random().uniform
"""Of a generator of its own: threads of ours leave the global one alone, which whoever wants the
same draws again has seeded."""
