"""The figures of an evaluation as one page that stands alone. Imported by name; nothing runs here."""
