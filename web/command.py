"""The `adolygu` command: serve, work, deploy, check, play scenarios, verify the record."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TextIO, TypeVar

import click
from click.core import ParameterSource
from cryptography.fernet import Fernet
from flask import Flask

import engine
from engine import operations
from web import serving

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"

#: So much later than whoever answers people does a play of scenarios have its turn.
PLAYS_BEHIND = 15

P = ParamSpec("P")
R = TypeVar("R")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Report what the engine or the machine refuses as one plain sentence, and exit 1."""

    @wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> R:
        try:
            return command(*args, **options)
        except engine.EngineError as error:
            raise click.ClickException(error.message) from error
        except OSError as error:
            what = error.filename or "Something on this machine"
            raise click.ClickException(
                f"{what} cannot be used ({error.strerror or error}). Nothing was changed there."
            ) from error

    return run


@click.group()
def main() -> None:
    """Multi-agency child practice reviews, as executable diagrams and forms."""


@main.command()
@click.option(
    "--demonstration", is_flag=True, help="Invented Board, people and cases; loopback only."
)
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    help="The first free one from 8000 if left out.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "var" / "demonstration",
)
@plainly
def serve(demonstration: bool, host: str, port: int | None, folder: Path) -> None:
    """Serve the web application; in a demonstration with a worker beside it."""
    settings = demonstration_settings(folder) if demonstration else operations.from_environment()
    if settings.demonstration and host != LOOPBACK:
        raise click.ClickException(f"A demonstration answers at {LOOPBACK} only.")
    # What can be wrong is looked at before a demonstration is made, which takes its time.
    with ExitStack() as taken:
        sockets = [taken.enter_context(each) for each in _port(host, port)]
        engine.connect(settings)
        app = _application(settings)
        if settings.demonstration:
            operations.set_up_demonstration(ROOT, lambda line: click.echo(line))
        start_worker = (lambda: _start_worker(settings)) if settings.demonstration else None
        try:
            serving.serve_until_stopped(app, sockets, start_worker, operations.settle_memory)
        except serving.ServingEnded as ended:
            raise click.ClickException(str(ended)) from None


@main.command()
@plainly
def worker() -> None:
    """Fire due timers and send notices until told to stop."""
    engine.connect(operations.from_environment())
    click.echo("The worker is running.")
    operations.settle_memory()
    operations.work_until_stopped()


@main.command("play-run", hidden=True)
@click.option("--run", type=click.UUID, envvar="ADOLYGU_RUN", required=True)
@plainly
def play_run(run: uuid.UUID) -> None:
    """Play the scenarios of a draft; whoever serves the page starts this beside it."""
    os.nice(PLAYS_BEHIND)
    engine.connect(operations.from_environment())
    engine.play_scenario_run(run)


@main.command()
@click.option("--note", default="", help="Why this version is deployed.")
@click.option("--edition", default=operations.BASE_EDITION, show_default=True)
@click.option("--variation", default="")
@click.option("--offer", is_flag=True, help="Only for Boards to begin drafts from: opens no cases.")
@click.option("--board", default="", help="The key of the Board for which alone it is.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="A ZIP or folder with a variation, such as export-variation writes.",
)
@click.argument("root", type=click.Path(exists=True, path_type=Path), default=ROOT)
@plainly
def deploy(
    root: Path,
    edition: str,
    variation: str,
    note: str,
    offer: bool,
    board: str,
    source: Path | None,
) -> None:
    """Check the definitions of a folder and make them the newest deployment."""
    if source is not None:
        named = click.get_current_context().get_parameter_source("edition")
        given = edition if named is not ParameterSource.DEFAULT else ""
        files = _files_from(source, root, given, variation)
    else:
        files = operations.read_folders(root, edition, variation)
    engine.connect(operations.from_environment())
    number, digest = operations.deploy(files, note, board, opens_cases=not offer)
    click.echo(f"{'Offered' if offer else 'Deployed'} as number {number}: {digest}")


@main.command("export-variation")
@click.option("--version", type=int, default=0, help="The number of a version of the Board.")
@click.option("--draft", type=int, default=0, help="The number of a draft of the Board.")
@click.argument("board")
@click.argument("target", type=click.Path(path_type=Path))
@plainly
def export_variation(board: str, target: Path, version: int, draft: int) -> None:
    """Write what a version or draft of BOARD changes to TARGET: a .zip, or else a folder."""
    if bool(version) == bool(draft):
        raise click.UsageError("Say which: --version NUMBER or --draft NUMBER.")
    engine.connect(operations.from_environment())
    files = operations.export_variation(board, version=version, draft=draft)
    if target.suffix == ".zip":
        target.write_bytes(operations.zipped(files))
    else:
        for path, content in files.items():
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    click.echo(f"{len(files)} files are in {target}.")


@main.command()
@click.option("--edition", default=operations.BASE_EDITION, show_default=True)
@click.option("--variation", default="")
@click.argument("root", type=click.Path(exists=True, path_type=Path), default=ROOT)
@plainly
def check(root: Path, edition: str, variation: str) -> None:
    """Check diagrams, forms, decision tables, facts, roles and timescales."""
    files = operations.read_folders(root, edition, variation)
    findings = [*operations.check(files), *operations.stray_files(root)]
    for finding in findings:
        click.echo(str(finding))
        if finding.welsh:
            click.echo(f"    {finding.welsh}")
    errors = sum(finding.severity == "error" for finding in findings)
    click.echo(f"{len(files)} files, {errors} errors, {len(findings) - errors} warnings")
    if errors:
        sys.exit(1)


@main.command()
@click.option(
    "--edition",
    default=operations.BASE_EDITION,
    show_default=True,
    help="For the files that name none.",
)
@click.option("--variation", default="", help="For the files that name none.")
@click.option("--verbose", is_flag=True, help="Tell the story.")
@click.option("--database", default="", help="A database that may be emptied.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@plainly
def scenario(
    paths: tuple[Path, ...], edition: str, variation: str, verbose: bool, database: str
) -> None:
    """Play scenario files on a virtual clock; exit 1 if any comes out otherwise than it says."""
    tell = click.echo if verbose else (lambda line: None)
    failed = False
    played = operations.play(
        list(paths), ROOT, edition, variation, database_url=database, tell=tell
    )
    for outcome in played:
        click.echo(outcome.line)
        failed = failed or bool(outcome.wrong)
    if failed:
        sys.exit(1)


@main.command()
@click.option("--address-en", type=click.File(encoding="utf-8"), help="The address, line by line.")
@click.option("--address-cy", type=click.File(encoding="utf-8"), help="The same in Welsh.")
@click.option(
    "--logo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A PNG or JPEG picture of at most 200 kB.",
)
@click.argument("board")
@plainly
def letterhead(
    board: str, address_en: TextIO | None, address_cy: TextIO | None, logo: Path | None
) -> None:
    """Set what stands at the head of a Board's papers; what is left out is taken off."""
    engine.connect(operations.from_environment())
    address = engine.Text(
        en=address_en.read() if address_en else "", cy=address_cy.read() if address_cy else ""
    )
    name, content = (logo.name, logo.read_bytes()) if logo else ("", b"")
    operations.set_letterhead(board, address, name, content)
    click.echo(f"The head of the papers of {board} is set.")


@main.command("password-filter")
@click.argument("listed", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@plainly
def password_filter(listed: Path, file: Path) -> None:
    """Make FILE for ADOLYGU_PASSWORD_FILTER from a list of leaked passwords, or of their SHA-1."""
    click.echo(f"{operations.write_password_filter(listed, file)} passwords are in {file}.")


@main.command("verify-audit")
@click.option(
    "--heads",
    type=click.File(encoding="utf-8"),
    help="What audit-heads wrote some day: was anything cut off since?",
)
@plainly
def verify_audit(heads: TextIO | None) -> None:
    """Verify every audit chain; exit 1 and name the first bad row of each that is broken."""
    kept = _heads(heads) if heads else {}
    engine.connect(operations.from_environment(), keys_must_fit=False)
    broken = operations.verify_audit(kept)
    for line in broken:
        click.echo(line)
    if broken:
        sys.exit(1)
    click.echo("Every audit chain holds.")


@main.command("audit-heads")
@plainly
def audit_heads() -> None:
    """Write number and hash of the last event of each audit chain, to be kept elsewhere each day.

    They hold ids and no names. Whoever has them can tell that a chain was cut off.
    """
    engine.connect(operations.from_environment(), keys_must_fit=False)
    for chain, (seq, sealed) in operations.audit_heads().items():
        click.echo(json.dumps({"chain": chain, "number": seq, "hash": sealed}))


def _heads(lines: TextIO) -> dict[str, tuple[int, str]]:
    """Read what `audit-heads` wrote."""
    kept: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            kept[str(row["chain"])] = int(row["number"]), str(row["hash"])
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(
                f"Line {number} is not one that audit-heads writes. Give it a file of its own."
            ) from None
    return kept


@main.command()
@plainly
def replay() -> None:
    """Rebuild every instance from its step log and say which differ from what is stored."""
    engine.connect(operations.from_environment())
    different = operations.replay_all()
    for line in different:
        click.echo(line)
    if different:
        sys.exit(1)
    click.echo("Every instance is what its step log says.")


def _files_from(source: Path, root: Path, edition: str, variation: str) -> dict[str, bytes]:
    """Return the files of a variation that somebody sent; what cannot be read stops it."""
    files, left_out = operations.read_variation(source, root, edition, variation)
    for line in left_out:
        click.echo(line)
    if left_out:
        raise click.ClickException(f"{source} holds what cannot be read. Nothing was deployed.")
    return files


def _application(settings: engine.Settings) -> Flask:
    from web.application import create_app
    from web.scenarios import PLAY

    try:
        app = create_app(settings)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    app.config[PLAY] = lambda run_id: _start_run(settings, run_id)
    return app


def _port(host: str, port: int | None) -> list[socket.socket]:
    try:
        return serving.listen(host, port)
    except OSError as error:
        raise click.ClickException(str(error)) from None


def demonstration_settings(folder: Path) -> engine.Settings:
    """Return settings for a demonstration, whose keys are made once and kept in its folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lost = [name for name in ("field.key", "audit.key") if not (folder / name).exists()]
    if lost and (folder / "adolygu.db").exists():
        # Another key would open nothing of what is there, and break the seal on its audit chains.
        raise click.ClickException(
            f"{folder / lost[0]} is missing, and its records cannot be read without it. "
            f"Put it back, or remove {folder} to begin anew."
        )
    return replace(
        operations.from_environment(),
        database_url=os.environ.get("ADOLYGU_DATABASE_URL", f"sqlite:///{folder / 'adolygu.db'}"),
        field_keys=(_kept(folder / "field.key", lambda: Fernet.generate_key().decode()),),
        audit_keys=(f"demo:{_kept(folder / 'audit.key', lambda: secrets.token_hex(32))}",),
        secret_key=_kept(folder / "secret.key", lambda: secrets.token_hex(32)),
        uploads=folder / "uploads",
        mail_folder=folder / "mail",
        demonstration=True,
    )


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make(), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _start_worker(settings: engine.Settings) -> subprocess.Popen[Any]:
    """Start a worker process of its own: no scheduler runs in a web process."""
    environment = os.environ | operations.to_environment(settings)
    return subprocess.Popen(
        [sys.executable, "-m", "web.command", "worker"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


def _start_run(settings: engine.Settings, run_id: uuid.UUID) -> None:
    """Start playing the scenarios of a draft in a process of its own, which ends by itself."""
    environment = os.environ | operations.to_environment(settings) | {"ADOLYGU_RUN": str(run_id)}
    subprocess.Popen(
        [sys.executable, "-m", "web.command", "play-run"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
