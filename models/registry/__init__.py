"""Bundles in a folder: where each comes from, which one is the champion, and how that came about.

    <name>/             a bundle, with its lineage in the manifest
    champion            the name of the one that is served
    history.jsonl       every change of it: when, from, to, by which gate or for what reason
    gates/<sha256>.json the gate reports that promotions rest on

Any folder can be one. ``models/`` is, for the bundles that come with this code.
"""
