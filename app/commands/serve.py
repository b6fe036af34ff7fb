"""serve: the app in a browser."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from app.commands import output
from app.commands.errors import UserError
from app.ui import start

MAIN = Path(__file__).resolve().parent.parent / "main.py"


def ours(host: str) -> bool:
    """Return whether a host is an address of this machine."""
    try:
        with socket.socket(_family(host)) as probe:
            probe.bind((host, 0))
    except (OSError, UnicodeError):
        return False
    return True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def free(host: str, port: int) -> bool:
    """Return whether nothing listens on a port yet."""
    with socket.socket(_family(host)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(args: argparse.Namespace) -> int:
    """Start Streamlit on the app; it trains on the first visit if need be."""
    if not 1 <= args.port <= 65535:
        raise UserError("port_range", port=args.port)
    if not ours(args.host):
        raise UserError("host_unknown", host=args.host)
    if not free(args.host, args.port):
        raise UserError("port_taken", port=args.port)
    output.note(args.lang, "serving", host=args.host, port=args.port)
    if args.data is not None:
        from app.commands.folder import VARIABLE, load_facts

        # A folder that cannot be used is said here, not on every page.
        load_facts(args.data)
        os.environ[VARIABLE] = args.data
    # Imported here: the other commands have no use for it.
    from streamlit.web import cli

    start.begin()
    options = [f"--server.port={args.port}", f"--server.address={args.host}"]
    sys.argv = ["streamlit", "run", str(MAIN), *options, "--server.headless=true"]
    return int(cli.main(standalone_mode=False) or 0)
