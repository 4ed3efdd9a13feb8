"""What training and serving agree on: ads, labels, rendering, calibration, bundles.

This package imports none of the others. It needs numpy, pydantic, tokenizers; never torch.
"""
