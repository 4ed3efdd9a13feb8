"""Other ways to run the same model, measured beside ours. May import training and torch."""
