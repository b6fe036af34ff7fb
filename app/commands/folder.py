"""The user's own folder of facts, laid over the embedded ones."""

from __future__ import annotations

import os
from pathlib import Path

from data import DataError, Facts, load
from data.validate import check

# How the command line tells the server which folder to lay over the facts.
VARIABLE = "SITESELECT_DATA"


def load_facts(folder: str | None = None) -> Facts:
    """Load the embedded facts with a user's folder over them.

    Parameters
    ----------
    folder : str, optional
        The user's folder; by default the one ``SITESELECT_DATA`` names, if any.

    Raises
    ------
    DataError
        When the folder is not there, or a row of it breaks a rule.
    """
    folder = folder or os.environ.get(VARIABLE)
    if not folder:
        return load()
    root = Path(folder).resolve()
    problems = check(root)
    if problems:
        raise DataError(problems)
    return load(extra=root)
