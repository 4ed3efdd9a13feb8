"""The figures of an evaluation as one page that stands alone."""
