"""Ads handed over in volume: accepted means never lost, and answered once."""
