"""The service: scores ads over HTTP and from the shell. Imports ``models``, never ``training``."""
