"""``python -m service``: score ads over HTTP or from the shell.

For example:

python -m service serve                     the HTTP service, http://127.0.0.1:8000/docs
python -m service score ads.jsonl           JSON lines in, JSON lines out
echo '{"text": "..."}' | python -m service score -
python -m service draw ads.jsonl --out page.html   what was found, drawn into the texts
python -m service policy check my.yaml      what a policy does, and what a change would flip
python -m service keys add --name me --scope review   keys for those who call the service
python -m service reports read --key-file reports.key   what people reported, opened with your key
python -m service feedback export --out labels   what reviewers said, for training
python -m service queue next --count 50     which waiting ads to label next, and why
python -m service incidents export --out rows   examples of incidents, for training
python -m service statements --since 2026-11-01 --out drafts   statements of reasons, as drafts
python -m service transparency --year 2026 --out 2026   yearly figures on automated means
python -m service store check               the database: reached, up to date, how many rows
python -m service webhooks replay           messages that could not be delivered, once more
python -m service reload http://lurewatch-pods:8000   every process takes the champion of now
python -m service consume --broker nats://host:4222 --from ads --to decisions   from a stream
python -m service backfill --input 'ads/*.parquet' --output results   files, however many
python -m service platform discord events.jsonl --plan   a platform's events, what would be done
python -m service bot telegram --service http://127.0.0.1:8000   a bot that moderates a chat
python -m service automod labels/feedback.jsonl --alert-channel ID   a rule for Discord's AutoMod
python -m service plugin coop --out card.json   the bundle's card for ROOST's Coop
python -m service label-studio config       the labelling interface for a project in Label Studio
python -m service help check                entries of help by country that are old or undated
python -m service settings                  every setting, its variable and its meaning
python -m service openapi                   the OpenAPI document
"""

from collections.abc import Sequence

from models.cli import new_app
from models.cli import run as run_cli
from models.errors import BundleError
from service.commands.errors import UsageError
from service.errors import OperatorError, StoreUnavailable
from service.policy.errors import PolicyError

COMMANDS = {
    "consume": "service.commands.consume:consume",
    "backfill": "service.commands.backfill:backfill",
    "platform": "service.commands.platform:platform",
    "automod": "service.commands.automod:automod",
    "reload": "service.commands.reload:reload",
    "statements": "service.commands.statements:statements",
    "transparency": "service.commands.transparency:transparency",
    "serve": "service.commands.serve:serve",
    "score": "service.commands.score:score",
    "draw": "service.commands.draw:draw",
    "settings": "service.commands.printed:settings",
    "openapi": "service.commands.printed:openapi",
    "new-key": "service.commands.printed:new_key",
    "policy": "service.policy.cli:app",
    "keys": "service.commands.keys:app",
    "webhooks": "service.commands.webhooks:app",
    "reports": "service.commands.reports:app",
    "feedback": "service.commands.feedback:app",
    "queue": "service.commands.queue:app",
    "incidents": "service.commands.incidents:app",
    "help": "service.commands.help:app",
    "store": "service.commands.store:app",
    "plugin": "service.commands.plugin:app",
    "bot": "service.commands.bot:app",
    "label-studio": "service.commands.label_studio:app",
}
"""Where each is, in the order of ``--help``; none is imported for another."""

app = new_app(__doc__, COMMANDS)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 some lines could not be scored, 2 cannot be done as asked."""
    return run_cli(
        app, argv, (UsageError, BundleError, PolicyError, OperatorError, StoreUnavailable)
    )


if __name__ == "__main__":
    raise SystemExit(main())
