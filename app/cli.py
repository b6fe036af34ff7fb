"""The command ``siteselect``: reads the arguments, runs a command, says what failed."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Callable

from app.commands.arguments import language, parser
from app.commands.errors import mendable, message
from app.ui.words import t

# Where a command lives when its module is not called as it is.
MODULES = {
    "check-data": "facts",
    "import": "imports",
    "train": "learning",
    "evaluate": "learning",
    "rank": "places",
    "score": "places",
}


def action(name: str) -> Callable[[argparse.Namespace], int | None]:
    """Return the function of a command; its libraries load only now."""
    own = name.replace("-", "_")
    module = importlib.import_module(f"app.commands.{MODULES.get(name, own)}")
    # The name of `import` is Python's own.
    return getattr(module, "import_" if own == "import" else own)


def main(argv: list[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        0 on success, 2 on bad input with one message, 1 on an internal failure.
    """
    argv = sys.argv[1:] if argv is None else argv
    args = parser(language(argv)).parse_args(argv)
    try:
        return run(args)
    except KeyboardInterrupt:
        print(t("error.stopped", args.lang), file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def run(args: argparse.Namespace) -> int:
    """Run a parsed command and turn what fails into a message and an exit code."""
    try:
        code = action(args.command)(args) or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        raise
    except UnicodeEncodeError as error:
        print(t("error.unwritable", args.lang, why=error.reason), file=sys.stderr)
        return 2
    except Exception as error:
        return failed(error, args)


def failed(error: Exception, args: argparse.Namespace) -> int:
    """Say what failed in one message; return the exit code."""
    from model.score import UnknownNameError

    facts = None
    if isinstance(error, UnknownNameError):
        from app.commands.folder import load_facts

        facts = load_facts(args.data)
    print(message(error, args.lang, facts), file=sys.stderr)
    if mendable(error):
        return 2
    if os.environ.get("SITESELECT_DEBUG"):
        traceback.print_exc()
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
