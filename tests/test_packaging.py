"""What a newcomer and an installation start from: locks, targets, containers, settings."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from jsonschema import Draft202012Validator

from engine.settings import Settings, from_environment, to_environment
from web.command import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-pdf.lock", "package-lock.json")
CONFIG = ("pyproject.toml", ".npmrc", "Makefile", "Dockerfile", "docker-compose.yml", ".ci/run")
PLACE = re.compile(r'"resolved"|--(extra-)?index-[u]rl|--find-[l]inks|--trusted-[h]ost|registry *=')

#: Distributions that are used without being imported by name.
NOT_IMPORTED = {
    "govuk-frontend-jinja": "templates import its macros, by the name of its package",
    "psycopg": "SQLAlchemy imports it for postgresql:// addresses",
    "tzdata": "zoneinfo reads it where the machine has no time zones",
}

#: The rules of the Compose specification that our file could break.
COMPOSE = {
    "type": "object",
    "required": ["services"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {"^[a-zA-Z0-9._-]+$": {"$ref": "#/$defs/service"}},
        },
        "volumes": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
    },
    "$defs": {
        "strings": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "command": {"oneOf": [{"type": "string"}, {"$ref": "#/$defs/strings"}]},
        "service": {
            "type": "object",
            "additionalProperties": False,
            "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
            "properties": {
                "build": {"type": ["string", "object"]},
                "image": {"type": "string"},
                "restart": {"type": "string", "pattern": "^(no|always|on-failure|unless-stopped)$"},
                "command": {"$ref": "#/$defs/command"},
                "environment": {
                    "type": "object",
                    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
                },
                "ports": {"$ref": "#/$defs/strings"},
                "volumes": {"$ref": "#/$defs/strings"},
                "tmpfs": {"$ref": "#/$defs/strings"},
                "security_opt": {"$ref": "#/$defs/strings"},
                "cap_drop": {"$ref": "#/$defs/strings"},
                "read_only": {"type": "boolean"},
                "depends_on": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["condition"],
                        "properties": {
                            "condition": {
                                "enum": ["service_started", "service_healthy",
                                         "service_completed_successfully"]
                            }
                        },
                    },
                },
                "healthcheck": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["test"],
                    "properties": {
                        "test": {
                            "type": "array",
                            "prefixItems": [{"enum": ["CMD", "CMD-SHELL", "NONE"]}],
                            "items": {"type": "string"},
                        },
                        "interval": {"$ref": "#/$defs/duration"},
                        "timeout": {"$ref": "#/$defs/duration"},
                        "start_period": {"$ref": "#/$defs/duration"},
                        "retries": {"type": "integer"},
                    },
                },
            },
        },
        "duration": {"type": "string", "pattern": "^([0-9]+(us|ms|s|m|h))+$"},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return loaded


def settings_known() -> set[str]:
    """Return the names of the variables that `from_environment` reads."""
    return set(to_environment(Settings()))


def targets() -> dict[str, str]:
    """Return each target of the Makefile that is typed by hand, with what help says of it."""
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^([a-z][a-z-]*):([^=\n]*)$", made, re.MULTILINE)
    return {name: rest.partition("## ")[2] for name, rest in rules}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_names_versions_and_hashes_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not re.match(r'\s+"url": ', line)]
    assert not [line for line in lines if PLACE.search(line) or "://" in line]


@pytest.mark.parametrize("config", CONFIG)
def test_configuration_names_no_registry(config: str) -> None:
    assert not PLACE.search((ROOT / config).read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS[:3])
def test_every_locked_distribution_has_its_version_and_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "")
    entries = [line for line in text.splitlines() if line.strip()]
    assert all(
        re.match(r"[a-z0-9._-]+(\[\w+\])?==\S+ .*--hash=sha256:", entry) for entry in entries
    )


def test_what_an_installation_runs_is_what_was_tested() -> None:
    def versions(lock: str) -> set[str]:
        text = (ROOT / lock).read_text(encoding="utf-8")
        return set(re.findall(r"^[a-z0-9._-]+==[^ ;]+", text, re.MULTILINE))

    assert versions("requirements.lock") <= versions("requirements-pdf.lock")
    assert versions("requirements-pdf.lock") <= versions("requirements-dev.lock")


def test_every_dependency_is_imported_and_every_import_is_a_dependency() -> None:
    wanted = {re.split(r"[\[=<>]", name)[0].lower() for name in PROJECT["dependencies"]}
    owners = packages_distributions()
    imported = {
        name
        for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "web").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _roots(node)
        if name not in sys.stdlib_module_names | {"engine", "web", "_typeshed"}
    }
    used = {owners[name][0].lower().replace("_", "-") for name in imported}
    came_along = {"werkzeug", "jinja2", "markupsafe"}  # Flask's own parts
    assert used - came_along == wanted - set(NOT_IMPORTED)


def _roots(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name.split(".")[0] for name in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.split(".")[0]]
    return []


def test_every_target_says_what_it_does() -> None:
    assert {name for name, said in targets().items() if not said} == set()
    required = "help serve test check fix bench scenario lock clean unit coverage-of-guidance welsh"
    assert set(required.split()) <= set(targets())


def test_help_lists_every_target() -> None:
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True,
        check=True, env={key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
    ).stdout  # fmt: skip
    assert {line.split()[0] for line in said.splitlines()} == set(targets())


def test_compose_file_keeps_the_rules_of_its_format(compose: dict[str, Any]) -> None:
    wrong = [error.message for error in Draft202012Validator(COMPOSE).iter_errors(compose)]
    assert not wrong
    assert set(compose["services"]) == {"db", "web", "worker"}


def test_compose_rules_refuse_what_compose_refuses(compose: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(compose))
    broken["services"]["web"]["comand"] = "adolygu serve"
    broken["services"]["db"]["healthcheck"]["interval"] = "5 seconds"
    assert len(list(Draft202012Validator(COMPOSE).iter_errors(broken))) == 2


def test_volumes_that_services_mount_are_declared(compose: dict[str, Any]) -> None:
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert mounted == set(compose["volumes"])


@pytest.mark.parametrize("service", ["web", "worker"])
def test_command_of_a_service_exists_with_its_options(
    compose: dict[str, Any], service: str
) -> None:
    program, name, *options = compose["services"][service]["command"]
    assert program == "adolygu"
    with click.Context(main) as context:
        command = main.get_command(context, name)
        assert command is not None
        command.make_context(name, options, parent=context)


def test_command_that_the_image_starts_exists() -> None:
    line = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(line.removeprefix("CMD "))[:2] == ["adolygu", "serve"]


def test_variables_that_compose_and_the_readme_name_are_read(compose: dict[str, Any]) -> None:
    environment = compose["services"]["web"]["environment"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(environment) <= settings_known()
    assert set(re.findall(r"^\| `(ADOLYGU_\w+)`", readme, re.MULTILINE)) <= settings_known()


def test_operations_page_explains_every_setting() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(ADOLYGU_\w+)`", page, re.MULTILINE)) == settings_known()


def test_settings_are_read_from_the_variables_they_are_written_to() -> None:
    given = Settings(base_url="https://reviews.example", field_keys=("a", "b"), demonstration=True)
    assert from_environment(to_environment(given)) == given


def test_ci_script_is_sound_and_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    lines = [shlex.split(line, comments=True) for line in script.read_text("utf-8").splitlines()]
    assert ["make", "check"] in lines
    assert ["make", "test"] in lines
    assert ["export", "CI=true"] in lines
