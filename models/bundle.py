"""A bundle: the files that make one servable model, and the checks before it may serve.

    manifest.json       SHA-256 and size of every other file, labels, limits, data, figures
    model.onnx          the encoder and its heads
    tokenizer.json.gz   Hugging Face tokenizers' own format, compressed
    tokenizer.model.gz  the same for SentencePiece, which is served where it is there; before the
                        fifth format tokenizer.model, not compressed
    calibration.json    logits to scores, operating points
    CARD.md             what it was trained on, what it can and cannot do
    trained_on.npz      digests of the texts it was fitted on; older bundles have none
    background.npz      embeddings of ordinary texts, without the texts; not in the first format
    ngrams.npz          weights of hashed n-grams, added to what the encoder says; some have none

Everything is JSON, text or ONNX. Nothing is ever unpickled, and ONNX data outside ``model.onnx``
is not followed.
"""

import gzip
import hashlib
import json
import mmap
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models import digests, embedding, ngrams, trained_on
from models.calibration import Calibration
from models.embedding import Background
from models.errors import BundleDamaged, BundleError, BundleMismatch, BundleMissing
from models.labels import HARMS, INDICATORS, KINDS
from models.lineage import Lineage, Named
from models.mapped import without_large
from models.ngrams import NGrams
from models.pieces import Pieces
from models.rendering import RENDERING, RENDERINGS
from models.tokenization import Tokenizer, from_json
from models.trained_on import TrainedOn

FORMAT = 5
"""Version of the folder's layout and of the ONNX inputs and outputs."""

SEALED = (4, FORMAT)
"""Versions whose manifest holds the digest of what it answers with and that of all that it says."""

FORMATS = (1, 2, 3, *SEALED)
"""Versions that are served. The first has neither :data:`STATES` nor :data:`BACKGROUND`: it answers
the same, and knows no incidents. Since the third a bundle may have :data:`NGRAMS`; the fourth has
the same files, and is one of :data:`SEALED`; the fifth has :data:`PIECES` for :data:`PLAIN_PIECES`.
"""

MODEL, TOKENIZER, PIECES, CALIBRATION, CARD, TRAINED_ON, BACKGROUND, NGRAMS, MANIFEST = (
    "model.onnx",
    "tokenizer.json.gz",
    "tokenizer.model.gz",
    "calibration.json",
    "CARD.md",
    "trained_on.npz",
    "background.npz",
    "ngrams.npz",
    "manifest.json",
)
CHAMPION = "champion"
"""File of a registry that names the bundle to serve."""

NAME = r"^[a-z0-9][a-z0-9.-]{0,63}$"
ANSWERS = {
    "name", "format", "rendering", "precision", "kinds", "harms", "indicators", "limits", "files",
}  # fmt: skip
"""Fields of the manifest that :func:`digest` covers."""

WHOLE = "manifest_sha256"
"""Field of the manifest that :func:`digest_of_all` fills."""

FILES = (MODEL, TOKENIZER, CALIBRATION, CARD)
"""What every bundle has beside its manifest."""

PLAIN_PIECES = "tokenizer.model"
""":data:`PIECES` as they were before the fifth format: twice the bytes."""

SOME = (PIECES, PLAIN_PIECES, TRAINED_ON, BACKGROUND, NGRAMS)
"""What bundles may have that were written since."""

MAX_TOKENIZER_BYTES = 64 * 2**20
"""Unpacked tokenizer. That of multilingual-e5-small has 17 MB; more is refused, not unpacked."""

RESTORE = "restore the bundle's folder from its source"
"""What helps a bundle that is damaged."""

EXTERNAL = b"\x0a\x08location\x12"
"""How an ONNX tensor's pointer to another file looks: an entry whose key is ``location``."""

INPUT = "input_ids"
OUTPUTS = ("kind_logits", "harm_logits", "indicator_logits", "token_logits")
"""``(ads, kinds)``, ``(ads, harms)``, ``(ads, indicators)``, ``(ads, tokens, logits)``: the first
two are means over the real tokens, the third the maximum over them, the last every token's own:
kinds, then harms, then the indicators that the bundle knows."""

STATES = "token_states"
"""``(ads, tokens, hidden)``: the encoder's last states of the real tokens, whose mean is the text's
embedding; see :mod:`models.embedding`. Not in the first format."""


class FileEntry(BaseModel):
    """What the manifest says of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Limits(BaseModel):
    """What the model can take at once."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    window_tokens: int = Field(gt=2, le=512)
    """Tokens of one window, the two special ones included."""

    overlap_tokens: int = Field(ge=0)
    """Tokens that a window shares with the one before."""

    windows: Literal["highest", "mean_odds"] = "highest"
    """What windows say of a long text together: the highest of them speaks, or the odds of a lure
    are the mean of theirs; see :func:`models.inference.together`. Older bundles do not say."""

    @model_validator(mode="after")
    def windows_move_on(self) -> "Limits":
        """A window that shares all its tokens with the one before would never end."""
        if self.overlap_tokens >= self.window_tokens - 2:
            raise ValueError("overlap_tokens must be less than window_tokens - 2")
        return self


class Manifest(BaseModel):
    """What a bundle says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(pattern=NAME)
    """The bundle's name, as results and ``/v1/model`` give it."""

    format: int
    """Layout version, :data:`FORMAT`."""

    rendering: int
    """Version of the rendering it was trained with."""

    created: str
    """Date, ISO 8601."""

    encoder: str
    """The base encoder it was fitted from."""

    precision: str
    """Form of the weights, such as ``int8 matrices, int4 embedding table``."""

    kinds: tuple[str, ...]
    harms: tuple[str, ...]
    indicators: tuple[str, ...]

    limits: Limits

    files: dict[str, FileEntry]
    """Every file but this one."""

    data: dict[str, Any] = Field(default_factory=dict)
    """Training data by source: rows, SHA-256, recipe, seed."""

    figures: dict[str, Any] = Field(default_factory=dict)
    """Measured figures, each with its data, size and interval."""

    lineage: Lineage | None = None
    """What it was made from; older bundles do not say."""

    digest: str | None = None
    """What :func:`digest` gave when it was written, so that a manifest that was changed since is
    not served; older bundles do not say."""

    manifest_sha256: str | None = None
    """What :func:`digest_of_all` gave when it was written: gates and lineage rest on figures and
    data that :attr:`digest` leaves out. Bundles before the fourth format do not say."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose files are all as its manifest says."""

    path: Path
    manifest: Manifest
    calibration: Calibration
    tokenizer: Tokenizer
    card: str

    def trained_on(self) -> TrainedOn | None:
        """Digests of the training texts; ``None`` where the bundle is older than they are."""
        if TRAINED_ON not in self.manifest.files:
            return None
        with readable(self.path):
            return trained_on.unpack((self.path / TRAINED_ON).read_bytes())

    def background(self) -> Background | None:
        """Where ordinary texts lie; ``None`` where the bundle is of the first format."""
        if BACKGROUND not in self.manifest.files:
            return None
        with readable(self.path):
            return embedding.unpack((self.path / BACKGROUND).read_bytes())

    def ngrams(self) -> NGrams | None:
        """What is added to the encoder's lure logit; ``None`` where nothing is."""
        if NGRAMS not in self.manifest.files:
            return None
        with readable(self.path):
            return ngrams.unpack((self.path / NGRAMS).read_bytes())

    def read_model(self) -> bytes:
        """The ONNX graph: the very bytes whose digest the manifest gives.

        A graph that points to weights in another file is refused: no digest covers those.
        """
        with readable(self.path):
            content = (self.path / MODEL).read_bytes()
        self._check_model(content)
        return content

    def _check_model(self, content: bytes | mmap.mmap) -> None:
        path = self.path / MODEL
        if hashlib.sha256(content).hexdigest() != self.manifest.files[MODEL].sha256:
            raise BundleDamaged(f"{path} changed after it was checked")
        if content.find(EXTERNAL) >= 0:
            raise BundleDamaged(f"{path} keeps weights in another file")

    def stays(self) -> bool:
        """Whether it lies in a registry, where no file is ever written over."""
        return (self.path.resolve().parent / CHAMPION).is_file()

    def read_light_model(self) -> bytes:
        """The same graph with its large tensors left in :data:`MODEL`, for a session that maps them
        from there (:mod:`models.mapped`): a fifth of the time to load, and less memory. A process
        dies where such a file is cut short while it serves: only for a bundle that :meth:`stays`.
        """
        path = self.path / MODEL
        with (
            readable(self.path), path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as content,
        ):  # fmt: skip
            self._check_model(mapped)
            try:
                return without_large(content, MODEL)
            except ValueError as error:
                raise BundleDamaged(f"{path} is no ONNX graph: {error}") from None


def bundles_dir() -> Path:
    """The folder that holds the bundles which came with this code."""
    return Path(__file__).parent


def champion(registry: Path | None = None) -> Path:
    """Folder of the bundle that the file ``champion`` of a registry names; default: of the bundles
    that came with this code."""
    root = bundles_dir() if registry is None else registry
    pointer = root / CHAMPION
    if not pointer.is_file():
        raise BundleMissing(
            f"{pointer} does not exist: no bundle of this registry serves yet. Put one there with "
            "'python -m models promote', or see LUREWATCH_REGISTRY and LUREWATCH_BUNDLE_DIR"
        )
    return root / pointer.read_text("utf-8").strip()


def folder_of(given: Path, registry: Path | None = None) -> Path:
    """The folder that is meant: where nothing is called so, a name alone is that of a bundle of a
    registry; default: of those that came with this code."""
    root = bundles_dir() if registry is None else registry
    if len(given.parts) == 1 and not given.exists() and (root / given / MANIFEST).is_file():
        return root / given
    return given


def write(
    folder: Path, manifest_fields: dict[str, Any], tokenizer_json: str, calibration: Calibration,
    card: str, model: bytes, seen: TrainedOn, background: Background, pieces: bytes | None = None,
    added: NGrams | None = None,
) -> Manifest:  # fmt: skip
    """Write a bundle to the new ``folder``, whole or not at all. ``pieces``: the tokeniser for
    SentencePiece, where it has such a form; ``added``: n-grams, where they speak too."""
    contents = {
        MODEL: model,
        TOKENIZER: packed(tokenizer_json.encode("utf-8")),
        CALIBRATION: calibration.model_dump_json(indent=1).encode("utf-8"),
        CARD: card.encode("utf-8"),
        TRAINED_ON: trained_on.pack(seen),
        BACKGROUND: embedding.pack(background),
        **({} if pieces is None else {PIECES: packed(pieces)}),
        **({} if added is None else {NGRAMS: ngrams.pack(added)}),
    }
    manifest = Manifest(
        format=FORMAT,
        rendering=RENDERING,
        kinds=KINDS,
        harms=HARMS,
        indicators=INDICATORS,
        files={name: entry_of(content) for name, content in contents.items()},
        **manifest_fields,
    )
    put(folder, contents, manifest)
    return manifest


def packed(content: bytes) -> bytes:
    """The same bytes for the same content."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def rewrite(
    folder: Path, out: Path, changed: dict[str, bytes], figures: dict[str, Any],
    fields: dict[str, Any] | None = None,
) -> Manifest:  # fmt: skip
    """Write a bundle to ``out`` as one of this format: ``changed`` are the files that are new or
    others, ``figures`` what its manifest says more, ``fields`` what it says otherwise."""
    manifest = read_manifest(folder)
    contents = {name: (folder / name).read_bytes() for name in manifest.files} | changed
    if plain := contents.pop(PLAIN_PIECES, None):
        contents.setdefault(PIECES, packed(plain))
    files = {name: entry_of(content) for name, content in contents.items()}
    more = {"figures": {**manifest.figures, **figures}, "files": files, "format": FORMAT}
    written = manifest.model_copy(update={**(fields or {}), **more})
    put(out, contents, written)
    return written


def entry_of(content: bytes) -> FileEntry:
    """What a manifest says of a file."""
    return FileEntry(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def put(folder: Path, contents: dict[str, bytes], manifest: Manifest) -> None:
    """The files of a new bundle, all or none of them."""
    if folder.exists():
        raise FileExistsError(f"{folder} exists; a bundle is never written over")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in contents.items():
        (partial / name).write_bytes(content)
    (partial / MANIFEST).write_text(sealed(manifest), "utf-8")
    os.replace(partial, folder)


def digest(manifest: Manifest) -> str:
    """SHA-256 of what a bundle answers with: every file but the card, labels, limits, versions.
    What is written of it, card and figures, may change; a gate that it passed stays its own."""
    told = manifest.model_dump(mode="json", include=ANSWERS, exclude_unset=True)
    told["files"] = {name: entry for name, entry in told["files"].items() if name != CARD}
    return digests.of_json(told)


def digest_of_all(content: str | bytes) -> str:
    """SHA-256 of everything that a manifest's JSON says but this digest: figures, data and lineage
    too. Of what is written, not of what is read: a later version may read more fields. Raises
    ``ValueError`` for a number that JSON does not have."""
    told = json.loads(content)
    told.pop(WHOLE, None)
    return digests.of_json(told)


def sealed(manifest: Manifest) -> str:
    """The manifest as JSON, with its own digests. One of an older format stays readable to the
    versions that wrote it, which know the first digest alone."""
    told = manifest.model_copy(update={"digest": digest(manifest)})
    if told.format not in SEALED:
        return told.model_dump_json(indent=1, exclude={WHOLE})
    whole = digest_of_all(told.model_dump_json())
    return told.model_copy(update={WHOLE: whole}).model_dump_json(indent=1)


def named(manifest: Manifest) -> Named:
    """Name and digest of a bundle."""
    return Named(name=manifest.name, digest=digest(manifest))


def replace_card(folder: Path, text: str) -> None:
    """Give a bundle another card: what is written of it, and nothing that it answers, changes. The
    manifest is written last, so that a stop in between is told as a damaged bundle."""
    manifest = read_manifest(folder)
    content = text.encode("utf-8")
    changed = manifest.model_copy(update={"files": {**manifest.files, CARD: entry_of(content)}})
    for name, given in ((CARD, content), (MANIFEST, sealed(changed).encode())):
        partial = folder / (name + ".partial")
        partial.write_bytes(given)
        os.replace(partial, folder / name)


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """What the system says of a file that cannot be read is told as damage."""
    try:
        yield
    except OSError as error:
        raise BundleDamaged(
            f"{error.filename or folder}: {error.strerror or error}; "
            f"let this user read it, or {RESTORE}"
        ) from None


def load(folder: Path) -> Bundle:
    """The bundle in ``folder``, after every check. Raises a :class:`~models.errors.BundleError`."""
    with readable(folder):
        return checked(folder)


def checked(folder: Path) -> Bundle:
    """The same; may also raise what the system says."""
    manifest = read_manifest(folder)
    check_fits(folder, manifest)
    for name in (*FILES, *(name for name in SOME if name in manifest.files)):
        check_file(folder, name, manifest)
    try:
        calibration = Calibration.model_validate_json((folder / CALIBRATION).read_bytes())
        card = (folder / CARD).read_text("utf-8")
    except (ValidationError, OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise BundleDamaged(f"{folder}: {type(error).__name__}: {error}") from None
    try:
        tokenizer = tokenizer_of(folder, manifest)
    except BundleError:
        raise
    except Exception as error:  # the libraries raise nothing more precise
        raise BundleDamaged(f"{folder}: tokenizer: {error}") from None
    return Bundle(folder, manifest, calibration, tokenizer, card)


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone, its own shape checked."""
    path = folder / MANIFEST
    with readable(folder):
        if not path.is_file():
            raise BundleMissing(
                f"{path} does not exist: {folder} is not a bundle; name one that is, or {RESTORE}"
            )
        content = path.read_bytes()
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BundleDamaged(f"{path}: {place}: {first['msg']}; {RESTORE}") from None
    if manifest.format in SEALED and None in (manifest.digest, manifest.manifest_sha256):
        raise BundleDamaged(
            f"{path}: its digests are missing, which format {manifest.format} has; {RESTORE}"
        )
    if not is_unchanged(manifest, content):
        raise BundleDamaged(f"{path}: it was changed since its digest was taken; {RESTORE}")
    return manifest


def is_unchanged(manifest: Manifest, content: bytes) -> bool:
    """Whether a manifest and its JSON have the digests that they hold."""
    if manifest.digest not in (None, digest(manifest)):
        return False
    try:
        return manifest.manifest_sha256 in (None, digest_of_all(content))
    except ValueError:  # no manifest was sealed with such a number
        return False


def check_fits(folder: Path, manifest: Manifest) -> None:
    """Whether this code can serve a bundle of that format, rendering and label set."""
    known = manifest.indicators
    ours = {
        "format": (manifest.format, FORMAT),
        "rendering": (manifest.rendering, RENDERING),
        "kinds": (manifest.kinds, KINDS),
        "harms": (manifest.harms, HARMS),
        "indicators": (known, INDICATORS),
    }
    older = {
        "format": manifest.format in FORMATS,
        "rendering": manifest.rendering in RENDERINGS,
        "indicators": is_prefix(known),
    }
    for what, (theirs, expected) in ours.items():
        if theirs != expected and not older.get(what):
            raise BundleMismatch(
                f"{folder / MANIFEST}: {what} is {apart(theirs, expected)}; "
                "serve it with the version that wrote it, or export it again"
            )


def apart(theirs: Any, expected: Any) -> str:
    """How two values differ, in few words.

    >>> apart(3, 2), apart(("a", "x"), ("a", "b"))
    ('3, this version serves 2', "with 'x', without 'b', this version serves others")
    """
    if not isinstance(theirs, tuple):
        return f"{theirs!r}, this version serves {expected!r}"
    more = [f"with {str(one)!r}" for one in theirs if one not in expected]
    less = [f"without {str(one)!r}" for one in expected if one not in theirs]
    return ", ".join([*more, *less] or ["in another order"]) + ", this version serves others"


def is_prefix(indicators: tuple[str, ...]) -> bool:
    """Whether a bundle knew these indicators before others were appended."""
    return 0 < len(indicators) <= len(INDICATORS) and indicators == INDICATORS[: len(indicators)]


def check_file(folder: Path, name: str, manifest: Manifest) -> None:
    """Whether one file is there, of the size and SHA-256 that the manifest gives."""
    path, entry = folder / name, manifest.files.get(name)
    if entry is None:
        raise BundleDamaged(f"{folder / MANIFEST}: no entry for {name}; {RESTORE}")
    if not path.is_file():
        raise BundleDamaged(f"{path} is missing, or no file; {RESTORE}")
    if path.stat().st_size != entry.bytes:
        raise BundleDamaged(
            f"{path}: {path.stat().st_size} bytes, the manifest says {entry.bytes}; "
            f"the copy is torn; {RESTORE}"
        )
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != entry.sha256:
        raise BundleDamaged(
            f"{path}: SHA-256 {digest}, {folder / MANIFEST} says {entry.sha256}: one of the two "
            f"was changed; {RESTORE}"
        )


def tokenizer_of(folder: Path, manifest: Manifest) -> Tokenizer:
    """The smaller form, where the bundle has it."""
    if PIECES in manifest.files:
        return Pieces(unpacked(folder / PIECES))
    if PLAIN_PIECES in manifest.files:
        return Pieces((folder / PLAIN_PIECES).read_bytes())
    return from_json(unpack_tokenizer(folder / TOKENIZER))


def unpack_tokenizer(path: Path) -> str:
    """The tokenizer's JSON. Raises as :func:`unpacked`."""
    return unpacked(path).decode("utf-8")


def unpacked(path: Path) -> bytes:
    """A tokenizer, refused where it unpacks to more than one can need. Raises
    :class:`~models.errors.BundleDamaged`, and what :mod:`gzip` does."""
    with gzip.open(path, "rb") as stream:
        content = stream.read(MAX_TOKENIZER_BYTES + 1)
    if len(content) > MAX_TOKENIZER_BYTES:
        raise BundleDamaged(f"{path} unpacks to more than {MAX_TOKENIZER_BYTES} bytes")
    return content
