"""The house keeps its shape: imports point one way, and no name hides another."""

import ast
import importlib
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["data", "features", "model", "app"]
PYTHON = [path for name in ORDER for path in sorted((ROOT / name).rglob("*.py"))]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def wrong_way(path, package):
    allowed = ORDER[: ORDER.index(package) + 1]
    return [name for name in imported(path) if name in ORDER and name not in allowed]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_from_app_to_data(path):
    assert wrong_way(path, path.relative_to(ROOT).parts[0]) == []


def test_an_arrow_the_wrong_way_is_found(tmp_path):
    path = tmp_path / "catalog.py"
    path.write_text("from model.ranker import SiteRanker\n")
    assert wrong_way(path, "data") == ["model"]


def test_packages_are_those_of_this_folder():
    for name in ORDER:
        assert Path(importlib.import_module(name).__file__).parent == ROOT / name


def test_no_file_of_app_hides_a_package_or_becomes_a_page():
    top = {path.name for path in (ROOT / "app").glob("*.py")}
    assert top == {"__init__.py", "main.py", "cli.py"}
    assert not (ROOT / "app" / "pages").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_top_level_holds_only_what_was_agreed():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.fail("git is needed: apt-get install git")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    shown = {name for name in top if not name.startswith(".")}
    assert shown == {"pyproject.toml", "README.md", "tests", *ORDER}


def test_wheel_holds_the_four_packages_and_the_command():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert sorted(wheel["packages"]) == sorted(ORDER)
    assert project["project"]["scripts"] == {"siteselect": "app.cli:main"}


def test_no_file_is_too_long_to_read():
    long = {p.name: n for p in PYTHON if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}
