"""Bots: what a platform's library hears is scored by a Lurewatch service, and its plan printed or
carried out."""
