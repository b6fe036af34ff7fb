"""The user's own folder of facts, laid over the embedded ones."""

from __future__ import annotations

import os
from pathlib import Path

from data import DataError, Facts, load
from data.validate import check
from model import ahead
from model.progress import Progress, silent
from model.score import Model

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


def in_use(folder: str | None = None, progress: Progress = silent) -> Model:
    """Return the model in use of a user's folder; train it when there is none.

    Raises
    ------
    DataError
        When the folder is not there, or a row of it breaks a rule.
    RefusedModelError
        When a model is there but is corrupt or not ours.
    """
    named = folder or os.environ.get(VARIABLE)
    model = ahead.at_hand(Path(named).resolve() if named else None)
    return ready(load_facts(folder), progress) if model is None else model


def ready(facts: Facts, progress: Progress = silent) -> Model:
    """Return the model in use of some facts; train it when there is none.

    Raises
    ------
    RefusedModelError
        When a model is there but is corrupt or not ours.
    """
    model = ahead.at_hand(facts.extra)
    if model is not None and model.facts.fingerprint == facts.fingerprint:
        return model
    # Libraries that learn are not needed for what is at hand.
    from model import training

    return training.ready(facts, progress=progress)
