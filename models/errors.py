"""What can be wrong with a bundle.

* BundleError
  - BundleMissing      no bundle where one was asked for
  - BundleDamaged      a file is absent, or its SHA-256 is not the manifest's
  - BundleMismatch     written for another format, label set or rendering
"""


class BundleError(Exception):
    """Base of everything that keeps a bundle from being served. The message names file and fix."""


class BundleMissing(BundleError):
    """The folder, or its manifest, does not exist."""


class BundleDamaged(BundleError):
    """A file of the bundle is not the one its manifest describes."""


class BundleMismatch(BundleError):
    """The bundle is whole, but this code cannot serve it."""
