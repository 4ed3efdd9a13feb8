"""What stops a training job, each with what would mend it.

* TrainingError
  - BaseUnavailable    the base encoder cannot be had
  - CorpusError        a corpus is missing, or rows in it are wrong
  - RecipeError        the recipe file is wrong
  - ResumeError        the checkpoint is of another run
  - ExportError        a bundle cannot be written as asked
  - ParityError        the exported model does not answer as the fitted one
  - StartError         a bundle that a fit cannot begin from
  - RetrainError       a retraining job that cannot be done as asked
"""


class TrainingError(Exception):
    """Base. The command line prints the message and exits with 2."""


class BaseUnavailable(TrainingError):
    """Neither the model hub nor the packages could be reached, or what came is not the encoder."""


class CorpusError(TrainingError):
    """A file that was named does not exist, or has rows that cannot be read."""


class RecipeError(TrainingError):
    """A recipe that does not fit its schema."""


class ResumeError(TrainingError):
    """Going on would give weights that their card does not describe."""


class ExportError(TrainingError):
    """Told before anything is computed."""


class ParityError(TrainingError):
    """Export stopped before a bundle was written."""


class StartError(TrainingError):
    """A bundle from which a fit cannot start."""


class RetrainError(TrainingError):
    """Options that do not fit each other, another job that runs, or a step's tool that failed."""
