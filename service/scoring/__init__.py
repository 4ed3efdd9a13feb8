"""Ads to logits: the one place that runs the model."""
