"""Pauses and orders that are drawn, so that many processes do not all do the same at once."""

import random

_draws = random.Random()
"""Our own: threads of ours leave the global one alone, which whoever wants the same draws again has
seeded."""

uniform, sample = _draws.uniform, _draws.sample
