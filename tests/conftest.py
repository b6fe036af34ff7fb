"""Shared by all tests: the facts, a trained model, and a folder of facts to spoil."""

import os
import shutil
from pathlib import Path

import pytest

from app import cli
from data import EMBEDDED, load
from data.reading import files
from data.tables import TABLES
from model import training


@pytest.fixture(scope="session")
def facts():
    return load()


@pytest.fixture(scope="session")
def model_home(tmp_path_factory):
    """A folder with a trained model, which ``SITESELECT_HOME`` names."""
    folder = tmp_path_factory.mktemp("home")
    training.ready(load(), folder, resamples=20)
    patch = pytest.MonkeyPatch()
    patch.setenv("SITESELECT_HOME", str(folder))
    yield folder
    patch.undo()


@pytest.fixture(scope="session")
def model(facts, model_home):
    return training.ready(facts, model_home)


@pytest.fixture
def facts_copy(tmp_path):
    """A copy of the embedded facts that a test may spoil."""
    for table in TABLES:
        for path in files(EMBEDDED, table):
            target = tmp_path / "facts" / path.relative_to(EMBEDDED)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return tmp_path / "facts"


@pytest.fixture
def environment(model_home):
    """The environment of a command run in a process of its own."""
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "SITESELECT_HOME": str(model_home), "PYTHONPATH": root}


@pytest.fixture
def run(model_home, capsys):
    """Run a command in this process; returns exit code, stdout and stderr."""

    def call(*words):
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return code, out, err

    return call
