"""HTTP: one file a resource, shapes in ``schemas``."""
