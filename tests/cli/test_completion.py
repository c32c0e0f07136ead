"""Completion scripts and the manual come from the command line's own definitions."""

import os
import re
import shutil
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))
USAGE = 2

# What a line is completed to.
LINES = {
    "lakelet vi": ["view"],
    "lakelet tables sc": ["schema"],
    "lakelet config val": ["validate"],
    "lakelet import --schema": ["--schema-mode"],
    "lakelet import x y --mode ap": ["append"],
    "lakelet --quiet view --sort-d": ["--sort-desc"],
    "lakelet view wea": ["weather"],
    "lakelet queries view al": ["all", "also"],
}


@pytest.fixture
def place(lakelet):
    """A folder with a configuration, and a PATH on which lakelet is the one under test."""
    (lakelet.cwd / "lakelet.yml").write_text("tables:\n  - {name: weather, uri: lake/w}\nqueries:\n  - {name: all, sql: select 1}\n  - {name: also, sql: select 1}\n")
    folder = lakelet.cwd / "bin"
    folder.mkdir()
    (folder / "lakelet").symlink_to(LAKELET)
    return {"cwd": lakelet.cwd, "env": {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(lakelet.cwd)}}


def output(place, *command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **place)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("line", LINES)
def test_bash(place, line):
    script = 'source <(lakelet completion bash); read -ra COMP_WORDS <<<"$0"; COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _lakelet; printf "%s\\n" "${COMPREPLY[@]}"'
    assert output(place, "bash", "-c", script, line).split() == LINES[line]


@pytest.mark.parametrize("line", LINES)
def test_fish(place, line):
    assert shutil.which("fish"), "fish isn't here: scripts/setup tests"
    found = output(place, "fish", "-c", f"lakelet completion fish | source; complete -C '{line}'")
    assert [each.split("\t")[0] for each in found.splitlines()] == LINES[line]


ZSH = r"""
zmodload zsh/zpty; zpty -b z zsh -f -i
zpty -w z 'PS1=; unsetopt beep; autoload -U compinit; compinit -u -D; source <(lakelet completion zsh); bindkey "^I" complete-word; zstyle ":completion:*" list-colors ""; print READY'
zpty -r z out '*READY*READY*'
zpty -w -n z "$1"$'\t'; sleep ${2:-2}; zpty -w -n z $'\x15print END\n'
zpty -r z out '*END*END*'; print -r -- "$out"
"""


@pytest.mark.parametrize("line", ["lakelet vi", "lakelet tables sc", "lakelet import x y --mode ap", "lakelet view wea"])
def test_zsh(place, line):
    assert shutil.which("zsh"), "zsh isn't here: scripts/setup tests"
    shown = output(place, "zsh", "-fc", ZSH, "zsh", line)
    assert line.rsplit(" ", 1)[0] + " " + LINES[line][0] in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x08.?", "", shown), shown


def commands_in_help(lakelet, *path):
    text = lakelet.ok(*path, "--help")
    section = text.split("Subcommands:")[1].split("Example")[0] if "Subcommands:" in text else ""
    return re.findall(r"^  ([a-z-]+) ", section, re.M)


def test_every_command_and_option_is_there(lakelet):
    texts = {shell: lakelet.ok("completion", shell) for shell in ("bash", "zsh", "fish")}
    manual = lakelet.ok("man").replace("\\-", "-")
    commands = commands_in_help(lakelet)
    assert len(commands) > 25
    for command in commands:
        for inner in commands_in_help(lakelet, command):
            assert f"lakelet {command} {inner}" in manual
        for option in set(re.findall(r"(?<=[ ,])--[a-z-]+", lakelet.ok(command, "--help").split("Example")[0])):
            assert option in manual, (command, option)
            assert option in texts["bash"] and option in texts["zsh"] and f"-l {option[2:]}" in texts["fish"], (command, option)
        assert all(command in text for text in texts.values()) and f"lakelet {command}" in manual


def test_an_unknown_shell(lakelet):
    assert "bash, zsh, fish" in lakelet.fails(USAGE, "completion", "tcsh")
