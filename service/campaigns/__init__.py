"""Campaigns: ads that share a template or a contact, counted by keyed hashes of both."""
