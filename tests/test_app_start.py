"""The server opens its port, and draws its first page, before slow libraries load."""

import signal
import socket
import subprocess
import sys
import threading

import pytest

from app.ui import start
from tests.browsing import ROOT, wait_for

SLOW = ("sklearn", "lightgbm", "scipy", "joblib", "altair")


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("app.views.recommend", SLOW),
        ("app.commands.serve", (*SLOW, "pandas", "streamlit")),
        ("app.cli", (*SLOW, "pandas", "streamlit")),
    ],
)
def test_a_module_loads_without_slow_libraries(module, names):
    said = f"""
import sys, importlib
importlib.import_module({module!r})
found = [name for name in {names!r} if name in sys.modules]
sys.exit(", ".join(found) or 0)
"""
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_pages_wait_until_one_thread_has_imported(monkeypatch):
    start.imported()
    begun, go = threading.Event(), threading.Event()

    def work():
        begun.set()
        go.wait(60)
        start._imported.set()

    monkeypatch.setattr(start, "_work", work)
    start.begin()
    assert begun.wait(60)
    page = threading.Thread(target=start.imported)
    page.start()
    page.join(0.1)
    assert page.is_alive()
    go.set()
    page.join(60)
    assert not page.is_alive()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_when_it_is_told_to(environment, sign):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}")
        process.send_signal(sign)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, told
    assert "Traceback" not in told
