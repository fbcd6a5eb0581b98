"""A demonstration that is served for real, and a browser that opens its pages."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.served import Demonstration

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium without a window; where there is none, skip, but never in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI") or os.environ.get("ADOLYGU_CI"):
            pytest.fail("Chromium is missing: install the Debian package chromium")
        pytest.skip("Chromium is missing, so pages cannot be opened")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a demonstration up once, for copies of it: the folder is all there is to it."""
    folder = tmp_path_factory.mktemp("made") / "demonstration"
    with _served(folder):
        pass
    return folder


@pytest.fixture(scope="module")
def demonstration(_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Serve a demonstration as `make serve` does, to one file of tests."""
    folder = tmp_path_factory.mktemp("demonstration")
    with _served(_copied(_made, folder)) as served:
        yield served


@pytest.fixture
def moving_demonstration(_made: Path, tmp_path: Path) -> Iterator[Demonstration]:
    """Serve a demonstration of a test's own, whose time it may move on."""
    with _served(_copied(_made, tmp_path)) as served:
        yield served


def _copied(made: Path, folder: Path) -> Path:
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


def _free_port() -> int:
    """Return a port that nobody else picks meanwhile, as two test processes do from 8000 up."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@contextmanager
def _served(folder: Path) -> Iterator[Demonstration]:
    served = subprocess.Popen(
        [
            sys.executable, "-u", "-m", "web.command", "serve",
            "--demonstration", "--folder", str(folder), "--port", str(_free_port()),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    assert served.stdout is not None
    try:
        said = []
        for line in served.stdout:
            said.append(line)
            found = re.search(r"http://[\d.]+:\d+", line)
            if found:
                break
        else:
            pytest.fail("the demonstration did not start:\n" + "".join(said))
        # Answering once, it has started up, and stops when it is told to.
        with urllib.request.urlopen(f"{found[0]}/about", timeout=60) as answer:
            assert answer.status == 200
        yield Demonstration(found[0], folder)
    finally:
        served.terminate()
        served.wait(15)
        served.stdout.close()
