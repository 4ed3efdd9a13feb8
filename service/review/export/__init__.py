"""What reviewers said, as a folder that training and ``datasets`` read as it is."""
