"""For people who review: what is kept for them, their queue, and what they say."""
