"""Commands of ``python -m service``, one file a subject."""
