"""Yearly figures on the use of automated means: EU Digital Services Act, articles 15, 24 and 42."""
