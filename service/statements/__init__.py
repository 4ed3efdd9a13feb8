"""Statements of reasons in the fields of the Commission's DSA Transparency Database."""
