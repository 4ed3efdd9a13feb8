"""Incidents: a new wording, told by a few examples, that every score is matched with until it
expires."""
