"""From labelled ads to a bundle: base encoder, corpora, fit, calibration, export.

The only package that imports torch, transformers, datasets and accelerate.
"""
