"""The reviewers' console at ``/review``: one ad at a time, decided by a key, a button or a form.

Rendered here whole, so that it works without scripts; htmx then puts pages in place of each other.
What it does goes through the same functions as the interface (:mod:`service.review`).
"""
