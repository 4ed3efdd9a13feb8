"""How every command line of the project ends: exit codes and where words go."""

import sys
from collections.abc import Mapping, Sequence

import typer
from typer.exceptions import TyperException

from models.lazy_commands import group_of

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130

HELP_COLUMNS = 120
"""How wide ``--help`` becomes where the terminal is: at 80 what a command does is cut off."""


def new_app(docstring: str | None, places: Mapping[str, str] | None = None) -> typer.Typer:
    """A command line with a module's docstring as help; paragraphs of commands keep their lines.

    ``places`` names commands that are imported when they are asked for
    (:mod:`models.lazy_commands`); an app that has them has no others.
    """
    first, *rest = (docstring or "").split("\n\n")
    kept = [first, *("\b\n" + part if "python -m" in part else part for part in rest)]
    app = typer.Typer(
        add_completion=False, no_args_is_help=True, help="\n\n".join(kept), rich_markup_mode=None,
        cls=group_of(places) if places else None,
        context_settings={"max_content_width": HELP_COLUMNS},
    )  # fmt: skip
    if places:
        app.callback()(lambda: None)  # it makes a group of an app that typer knows no command of
    return app


def say(words: str) -> None:
    """Words go to stderr; stdout is for results."""
    print(words, file=sys.stderr)


def run(app: typer.Typer, argv: Sequence[str] | None, expected: tuple[type[Exception], ...]) -> int:
    """Run a command and give its exit code: 0 done, 1 refused or partly done (a command's own
    ``typer.Exit``), 2 cannot be done as asked, 130 interrupted.

    ``expected`` are errors whose message is for the person who typed; others are defects and pass.
    """
    try:
        # The program's name is given by Python for ``-m``; typer would print a file's path.
        code = app(args=argv, standalone_mode=False)
    except TyperException as error:
        if hasattr(error, "show"):  # usage, told as the command line's library tells it
            error.show()
        return USAGE
    except expected as error:
        say(f"error: {error}")
        return USAGE
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else DONE
