"""A recipe: every number of a run, in one TOML file that is written beside its results."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.errors import RecipeError

RECIPES = Path(__file__).parent / "recipes"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Mix(_Part):
    """What one epoch is made of."""

    source_cap: int = Field(gt=0)
    """Most rows of one collected source in an epoch; another epoch draws others."""

    written_repeats: int = Field(ge=0)
    """Times that each written row is seen in an epoch, augmented afresh each time."""

    written_share: float = Field(default=1.0, gt=0, le=1)
    """Share of the written rows in an epoch, pairs kept whole; another epoch draws others."""

    long_repeats: int = Field(default=0, ge=0)
    """Times that each long written text is seen in an epoch, whatever ``written_repeats`` and
    ``written_share`` say, each time a part of it; 0: as often as the others. See
    :data:`training.batches.LONG_BYTES`."""

    often: tuple[str, ...] = ()
    """Batches of the written corpus, by what their ids start with, such as ``cue-``, whose texts
    are seen ``often_repeats`` times in an epoch, whatever else is said here."""

    often_repeats: int = Field(default=1, ge=0)
    """0: they are not seen at all."""

    lure_repeats: int = Field(default=0, ge=0)
    """Times that each collected lure is seen in an epoch, over and above the cap; 0: it is drawn
    under the cap like the other rows of its source."""

    label_repeats: int = Field(default=0, ge=0)
    """Times that each reviewer's label is seen in an epoch, whatever the cap; 0: as often as the
    rows of any other source."""

    replay_share: float = Field(default=1.0, gt=0, le=1)
    """Share of what stands in an epoch beside reviewers' labels, twins kept whole; another epoch
    draws others. A short retraining so goes over some of everything, in the proportions in which
    the champion learnt it."""

    split: dict[str, float] = {"train": 0.8, "calibration": 0.1, "test": 0.1}
    """Shares of the near-template groups."""

    left_out: tuple[str, ...] = ()
    """Sources that training never sees, for a test on them."""

    left_out_languages: tuple[str, ...] = ()
    """Languages, by their primary tag, that training never sees in any source."""


class Augment(_Part):
    """Probabilities, per text and epoch."""

    fill: float = Field(ge=0, le=1)
    """Fill the placeholders of contacts with invented ones."""

    crop: float = Field(ge=0, le=1)
    """Cut a long text to a run of its sentences, so that length does not give the kind away."""

    evade: float = Field(ge=0, le=1)
    """Look-alike letters, spaced or stretched words, digits for letters."""

    case: float = Field(ge=0, le=1)
    """All capitals or all small."""

    slip: float = Field(default=0.0, ge=0, le=1)
    """Letters swapped, left out, doubled, or taken from the key beside, in some of the words."""

    slip_most: float = Field(default=0.25, gt=0, le=1)
    """Share of the longer words that hold a slip, at most."""

    part: float = Field(default=0.0, ge=0, le=1)
    """A space inside some of the words."""

    romanise: float = Field(default=0.0, ge=0, le=1)
    """Words in Latin letters, of a text in another script that writes sounds."""

    slots: float = Field(default=0.0, ge=0, le=1)
    """Other places, sums, currencies and dates."""

    lines: float = Field(default=0.0, ge=0, le=1)
    """Lines joined, or sentences set on lines of their own."""

    quote: float = Field(default=0.0, ge=0, le=1)
    """Of a lure: set inside a warning that quoted another lure, and labelled as that."""

    pad: float = Field(default=0.0, ge=0, le=1)
    """Of a batch, not of a text, since one long text makes a whole batch long: its lures and honest
    ads are set among other honest text, their labels unchanged."""

    name: float = Field(default=0.0, ge=0, le=1)
    """Of a lure, an honest ad or a text about lures: a sentence put in that names an identity or a
    place."""

    drop: float = Field(default=0.0, ge=0, lt=1)
    """Share of the tokens replaced by the unknown token, in every text."""


class Loss(_Part):
    """Weights of the losses, and their shapes."""

    lure: float = 1.0
    rest: float = 0.5
    """The other five kinds, given that the text is no lure."""

    harm: float = 0.5
    indicator: float = 0.5
    """Per token, summed over the labels."""

    indicator_positive: float = 4.0
    """Weight of a token inside a span against one outside."""

    label_smoothing: float = 0.02
    """A share of the labels is wrong: one annotator, one pass."""

    pair: float = 0.0
    """Ranking of a lure's logit over its honest twin's."""

    focus: float = Field(default=0.0, ge=0)
    """Exponent that turns the lure loss away from texts already right (focal loss, Lin et al.
    2017); 0: plain cross-entropy."""

    harm_focus: float = Field(default=0.0, ge=0)
    """The same for harms that are absent alone (asymmetric loss, Ridnik et al. 2021): the rare harm
    is not drowned by the many that a lure does not have."""

    hardest: float = Field(default=1.0, gt=0, le=1)
    """Share of a batch's texts that are no lures whose lure loss counts, the largest first (online
    hard example mining, Shrivastava et al. 2016)."""

    consistency: float = Field(default=0.0, ge=0)
    """The lure probability of a disguised copy against that of the text as it was (Xie et al.
    2020); a second pass over :attr:`copies` of the batch."""

    copies: float = Field(default=0.5, gt=0, le=1)
    """Share of the batch that gets a disguised copy, where ``consistency`` is above 0."""

    adversarial: float = Field(default=0.0, ge=0)
    """Length of a step against the loss on the token embeddings, relative to the embeddings' own
    length, on which the lure loss is taken again (Miyato, Dai and Goodfellow 2017)."""

    contrastive: float = Field(default=0.0, ge=0)
    """Texts of one kind near each other, others apart (supervised contrastive, Khosla et al. 2020),
    on the mean token state."""

    contrastive_until: float = Field(default=1.0, gt=0, le=1)
    """Share of the steps after which ``contrastive`` ends; below 1 it is a step before the rest."""

    remember: float = Field(default=0.0, ge=0, le=1)
    """How far texts beside reviewers' labels are learnt from the answers of the bundle that the fit
    began from, and not from their own labels, so that a short fit moves what it has to and nothing
    else (Li and Hoiem 2017; Buzzega et al. 2020); a second pass. It has no effect where a fit
    begins from nothing."""

    states: float = Field(default=0.0, ge=0)
    """Distance of the tokens' states to those of the bundle that the fit began from, in which a
    student finds all that its teacher knows of a text and not only what it answers (Sanh et al.
    2019; Jiao et al., "TinyBERT", 2020); a second pass. No effect in a fit from nothing."""


class Optimise(_Part):
    """How the weights move."""

    epochs: int = Field(gt=0)
    batch_size: int = Field(gt=0)
    learning_rate: float = Field(gt=0)
    head_learning_rate: float = Field(gt=0)
    layer_decay: float = Field(gt=0, le=1)
    """Rate of a layer relative to the one above."""

    frozen_layers: int = Field(default=0, ge=0)
    """Lowest layers of the encoder that do not move."""

    weight_decay: float = 0.01
    warmup: float = 0.06
    """Share of the steps."""

    clip_norm: float = 1.0
    dropout: float = 0.1
    average_from: float = 1.0
    """Share of the steps after which the weights are averaged; 1.0 never."""

    start_share: float = Field(default=0.0, ge=0, lt=1)
    """Share of the weights of the bundle that the fit began from in the weights that it ends with:
    most of what is new is kept and less of what was known is lost (WiSE-FT, Wortsman et al.
    2022)."""


class Shape(_Part):
    """Depth and inner width of the encoder; windows, in tokens, the two special ones included."""

    layers: int = Field(default=0, ge=0)
    """Layers of the encoder that are kept, evenly chosen, the last among them; 0: all. With
    ``loss.remember`` they learn the answers of all the bundle's layers: a student of it."""

    inner_units: int = Field(default=0, ge=0)
    """Inner units of each layer's feed-forward part that are kept, those that its output would miss
    most (:mod:`training.narrowing`); 0: all."""

    train_tokens: int = 192
    window_tokens: int = 256
    overlap_tokens: int = 64


class NGramPart(_Part):
    """The n-grams that speak beside the encoder; see :mod:`training.ngrams`."""

    copies: int = Field(default=0, ge=0)
    """Epochs that they are fitted on, each with other changes to the texts; 0: there are none."""

    bits: int = Field(default=18, ge=8, le=22)
    """Of a bucket's number: n-grams share two to the power of so many weights."""

    cost: float = Field(default=1.0, gt=0)
    """Of a text on the wrong side, against the size of the weights (``C`` of the machine)."""

    @property
    def buckets(self) -> int:
        """How many weights there are."""
        return 1 << self.bits


class Recipe(_Part):
    """Everything."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    seed: int = 1
    mix: Mix
    augment: Augment
    loss: Loss = Loss()
    optimise: Optimise
    shape: Shape = Shape()
    ngrams: NGramPart = NGramPart()


def load(name_or_path: str) -> Recipe:
    """A recipe of ``training/recipes`` by name, any TOML file by path, or the ``recipe.json`` of a
    run."""
    path = Path(name_or_path)
    if path.suffix not in (".toml", ".json"):
        path = RECIPES / f"{name_or_path}.toml"
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".json":
            return Recipe.model_validate_json(text)
        return Recipe.model_validate(tomllib.loads(text))
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in RECIPES.glob("*.toml")))
        raise RecipeError(f"{path} does not exist; recipes that do: {known}") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: {error}") from None
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise RecipeError(f"{path}:\n" + "\n".join(places)) from None
