"""Other ways to serve the same encoder, each run in a virtual environment of its own with what the
file of the same name pins. They give the scores of six kinds and nothing else: no evidence, no
indicators, no contacts, no language, no policy.

``BENCH_MODEL`` names the folder of the model (:mod:`tests.bench.model`), ``BENCH_PORT`` the port.
Texts are cut off after 256 pieces, which is what ours reads in one window.
"""
