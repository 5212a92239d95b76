"""A private PostgreSQL server in a temporary folder, loopback only, gone when it is let go of."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2

from scoring.engines.postgres import Server
from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 30.0
_OPTIONS = (
    # What is lost in a crash is only this folder, so nothing waits for the disk.
    *("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=256MB"),
    # Compiling a query takes longer than running it on a sample.
    "jit=off",
)


def server_programs() -> Path | None:
    """Folder of `initdb` and `postgres`, None where PostgreSQL's server is not installed."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(":")]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def private_server() -> Iterator[Server]:
    """A fresh server with an empty database, stopped and removed at the end."""
    programs = server_programs()
    assert programs is not None, "PostgreSQL's server is not installed (Debian: postgresql)"
    folder = Path(tempfile.mkdtemp(prefix="scoring-postgres-"))
    account = _account()
    if account:
        shutil.chown(folder, account["user"], account["group"])
    data = folder / "data"
    try:
        subprocess.run(
            [
                *(
                    programs / "initdb",
                    "--pgdata",
                    data,
                    "--username",
                    "scoring",
                    "--auth",
                    "trust",
                ),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **account,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        settings = (
            *("listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={port}"),
            *_OPTIONS,
        )
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *arguments],
                stdout=log,
                stderr=log,
                cwd=folder,
                **account,
            )
        try:
            yield _database(process, port, folder / "log")
        finally:
            # A fast shutdown: open connections are cut.
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(START_SECONDS)
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder)


def _account() -> dict[str, Any]:
    """Who runs the server: this user, or another one for root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _database(process: subprocess.Popen[bytes], port: int, log: Path) -> Server:
    start = Server(host="127.0.0.1", port=port, database="postgres")
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = start.connect()
            break
        except CannotRun:
            text = log.read_text(encoding="utf-8")
            assert process.poll() is None, f"PostgreSQL stopped: {text}"
            assert time.monotonic() < deadline, f"PostgreSQL does not answer: {text}"
            time.sleep(0.1)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("create database scoring template template0 encoding 'UTF8' locale 'C'")
    connection.close()
    return Server(host="127.0.0.1", port=port)


def fetch_rows(server: Server, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns and the rows of a query; dates and times as text, of any year."""
    kinds = (1082, 1114, 1184)
    as_text = psycopg2.extensions.new_type(kinds, "TEXT", lambda text, _: text)
    connection: psycopg2.extensions.connection = server.connect()
    psycopg2.extensions.register_type(as_text, connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            names = [item[0] for item in cursor.description or ()]
            return names, cursor.fetchall()
    finally:
        connection.close()
