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

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from pydantic import ValidationError
from tqdm import tqdm

from models.cli import new_app, say
from models.cli import run as run_cli
from models.errors import BundleError
from service.api.schemas import LineError, Result
from service.commands.automod import automod
from service.commands.backfill import backfill
from service.commands.bot import app as bot_app
from service.commands.consume import consume
from service.commands.feedback import app as feedback_app
from service.commands.help import app as help_app
from service.commands.incidents import app as incidents_app
from service.commands.keys import app as keys_app
from service.commands.label_studio import app as label_studio_app
from service.commands.platform import platform
from service.commands.plugin import app as plugin_app
from service.commands.queue import app as queue_app
from service.commands.reload import reload
from service.commands.reports import app as reports_app
from service.commands.settings import UsageError, read_settings
from service.commands.statements import statements
from service.commands.store import app as store_app
from service.commands.transparency import transparency
from service.commands.webhooks import app as webhooks_app
from service.errors import OperatorError, StoreUnavailable
from service.policy.cli import app as policy_app
from service.policy.errors import PolicyError
from service.settings import PREFIX, Settings
from service.store.vault import new_key as new_vault_key

app = new_app(__doc__)
app.add_typer(policy_app, name="policy")
app.add_typer(keys_app, name="keys")
app.add_typer(webhooks_app, name="webhooks")
app.add_typer(reports_app, name="reports")
app.add_typer(feedback_app, name="feedback")
app.add_typer(queue_app, name="queue")
app.add_typer(incidents_app, name="incidents")
app.add_typer(help_app, name="help")
app.add_typer(store_app, name="store")
app.add_typer(plugin_app, name="plugin")
app.add_typer(bot_app, name="bot")
app.add_typer(label_studio_app, name="label-studio")
app.command()(consume)
app.command()(backfill)
app.command()(platform)
app.command()(automod)
app.command()(reload)
app.command()(statements)
app.command()(transparency)

CHUNK = 64
"""Lines scored together: enough for every worker, few enough to stream."""

KEEP_ALIVE_S = 75
"""A connection stays open for so long between two requests: a person reads and pastes in that time,
and a new one costs their phone two or three round trips. Longer than nginx keeps its own (60)."""

GRACE_S = 30
"""For what is being answered when the service is told to stop."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; LUREWATCH_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; LUREWATCH_PORT.")] = None,
) -> None:
    """Serve over HTTP until stopped. Settings come from LUREWATCH_* variables."""
    from service import logs
    from service.engine import Engine

    settings = read_settings(host=host, port=port)
    logs.configure(settings.log_level)
    with ThreadPoolExecutor(1) as beside:
        begun = beside.submit(Engine.start, settings)
        import uvicorn  # a second of imports, while the bundle is read

        from service.app import create_app
        from service.connections import Limits, protocol, raise_file_limit
        from service.observing.opening import opened
        from service.runtime import open_store
        from service.stopping import Server

        engine = begun.result()  # a bundle that cannot serve is told here, in one line
    store = open_store(settings)  # and so is a database that cannot be used
    observer = opened(settings)
    application = create_app(settings, store=lambda _: store, begun=engine, observer=observer)
    del engine, begun  # the application may put another in its place
    limits = Limits(settings.slow_caller_s, settings.max_connections)
    raise_file_limit(limits.connections)
    config = uvicorn.Config(
        application,
        host=settings.host, port=settings.port, log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S, http=protocol(limits, observer.metrics),
        proxy_headers=False,  # see service/clients.py
    )  # fmt: skip
    with suppress(KeyboardInterrupt):
        Server(config, application.state.stop).run()


@app.command()
def score(
    source: Annotated[
        str, typer.Argument(help="File of JSON lines, each an ad as in POST /v1/score; - is stdin.")
    ],
    strict: Annotated[bool, typer.Option(help="Stop at the first line that is wrong.")] = False,
) -> None:
    """Score a file: one result a line, in order, on stdout; progress on stderr.

    A line that is wrong gives {"line": N, "error": …} in its place, so that output and input stay
    side by side; the exit code is then 1.
    """
    from service.engine import Engine

    wrong = 0
    with open_source(source) as stream:
        engine = Engine.start(read_settings())
        try:
            bar = tqdm(desc="score", unit="ad", file=sys.stderr, mininterval=1)
            for chunk in chunks(enumerate(stream, 1)):
                for answer in score_chunk(engine, chunk):
                    if isinstance(answer, LineError):
                        wrong += 1
                        if strict:
                            raise UsageError(f"line {answer.line}: {answer.error}")
                    sys.stdout.write(answer.model_dump_json() + "\n")
                bar.update(len(chunk))
            bar.close()
        finally:
            engine.scorer.close()
    if wrong:
        say(f"{wrong} lines could not be scored")
        raise typer.Exit(1)


def chunks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines, a few at a time."""
    kept = iter(lines)
    while chunk := list(islice(kept, CHUNK)):
        yield chunk


def score_chunk(engine: Any, chunk: Sequence[tuple[int, str]]) -> list[Result | LineError]:
    """One answer for each line."""
    from service.api.results import Wanted, result
    from service.api.schemas import AdIn
    from service.lines import in_place, read_line

    read = [read_line(number, line) for number, line in chunk]
    ads = [one for one in read if isinstance(one, AdIn)]
    answers = engine.answer_now([one.ad() for one in ads])
    pairs = zip(ads, answers, strict=True)
    return in_place(read, [result(ad, one, engine.name, Wanted()) for ad, one in pairs])


def open_source(source: str) -> TextIO:
    """Standard input or a file, as UTF-8; bytes that are not become U+FFFD rather than an end."""
    if source == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        return sys.stdin
    try:
        return open(source, encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror}") from None


@app.command()
def draw(
    source: Annotated[str, typer.Argument(help="File of JSON lines as for `score`; - is stdin.")],
    out: Annotated[Path, typer.Option(help="The page to write. It holds the texts.")],
    language: Annotated[
        str | None, typer.Option(help="Language of the sentences that explain indicators.")
    ] = None,
) -> None:
    """A page of a few ads with what was found drawn into them, to open in a browser."""
    from service.api.results import Wanted, result
    from service.api.schemas import AdIn
    from service.drawn import page
    from service.engine import Engine
    from service.indicators import pick

    try:
        with open_source(source) as stream:
            given = [AdIn.model_validate_json(line) for line in stream if line.strip()]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"{source}: {first['msg']}") from None
    engine = Engine.start(read_settings())
    answers = engine.answer_now([one.ad() for one in given])
    wanted = Wanted(pick(None, language))
    pairs = zip(given, answers, strict=True)
    results = [(ad, result(ad, one, engine.name, wanted)) for ad, one in pairs]
    out.write_text(page(results), "utf-8")
    engine.scorer.close()
    say(f"{len(results)} ads in {out}")


@app.command()
def settings() -> None:
    """Every setting: variable, default, meaning."""
    for name, field in Settings.model_fields.items():
        default = "computed" if field.default_factory else field.default
        words = " ".join((field.description or "").split())
        print(f"{PREFIX}{name.upper()}  [{default}]\n    {words}")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from service.app import create_app

    print(json.dumps(create_app(read_settings()).openapi(), indent=1))


@app.command("new-key")
def new_key() -> None:
    """Print a new key for LUREWATCH_SECRET_KEY: 32 random bytes in base64."""
    print(new_vault_key())


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 some lines could not be scored, 2 cannot be done as asked."""
    return run_cli(
        app, argv, (UsageError, BundleError, PolicyError, OperatorError, StoreUnavailable)
    )


if __name__ == "__main__":
    raise SystemExit(main())
