"""What the README says to type exists, and every command stands in it."""

import re
import shlex
from pathlib import Path

import pytest

from app.commands.arguments import EXAMPLES, parser

README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")
LINES = re.findall(r"^(?:uv run )?siteselect (\S.*?)(?:\s+#.*)?$", README, re.M)


def test_the_two_commands_stand_at_the_top():
    assert "uv run siteselect serve" in README.split("\n---\n")[0]
    assert "uv run pytest" in README.split("\n---\n")[0]
    run = (Path(__file__).resolve().parent.parent / ".ci" / "run").read_text()
    assert "uv run pytest" in run


@pytest.mark.parametrize("line", sorted(set(LINES)))
def test_every_command_of_the_readme_can_be_read(line):
    parser("en").parse_args(shlex.split(line))


@pytest.mark.parametrize("command", EXAMPLES)
def test_every_command_and_example_stands_in_the_readme(command):
    assert any(line.split()[0] == command for line in LINES)
    parser("zh").parse_args(shlex.split(EXAMPLES[command])[1:])
