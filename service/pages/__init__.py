"""The pages that people open: the checker at ``/``, its advice, help, sharing and reporting.

Rendered here whole, so that they work without scripts; words in the languages of the indicators.
"""
