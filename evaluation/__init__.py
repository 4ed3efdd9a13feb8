"""Measures what ships, through the service's own assessment."""
