"""What a bundle was made from, so that another can be asked what is new in it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

SHA256 = r"^[0-9a-f]{64}$"


class Named(BaseModel):
    """A bundle, and what it answers with; :func:`models.bundle.named` makes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    digest: str = Field(pattern=SHA256)


class Lineage(BaseModel):
    """Where a bundle comes from. Written by the export; the digest of the whole manifest covers
    it, where the bundle has one."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    parent: Named | None
    """The bundle whose weights were the first ones; ``None``: the base encoder alone."""

    code: dict[str, str]
    """Version of this project, and of the libraries that computed the weights."""

    recipe: str = Field(pattern=SHA256)
    """Of the recipe's JSON, which stands whole in ``data``."""

    data: str = Field(pattern=SHA256)
    """Of all rows, in order of their ids."""

    sources: dict[str, int]
    """Rows of each source."""

    more: dict[str, Any] = Field(default_factory=dict)
    """What the job that made it adds, such as digests of the reviewers' labels."""
