"""Labelled texts, from wherever they come, as one schema."""
