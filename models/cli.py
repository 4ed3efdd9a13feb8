"""How every command line of the project ends: exit codes and where words go."""

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130


def new_app(docstring: str | None) -> typer.Typer:
    """A command line whose help is a module's docstring, indented paragraphs line by line."""
    paragraphs = (docstring or "").split("\n\n")
    kept = ("\b\n" + part if part.startswith("    ") else part for part in paragraphs)
    return typer.Typer(
        add_completion=False, no_args_is_help=True, help="\n\n".join(kept), rich_markup_mode=None
    )


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
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else DONE
