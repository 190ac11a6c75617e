"""Processes that `kepu up` starts beside itself, and that end with it, also when it is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.opening import CommandFailed

_PR_SET_PDEATHSIG = 1
RESTART_SECONDS = 20


@dataclass
class Child:
    """A process of ours and how to start it again."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    started_at: float


class Children:
    """Starts, watches and ends processes of ours."""

    def __init__(self, log_folder: Path) -> None:
        self._logs = log_folder
        self._children: list[Child] = []
        log_folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Runs `python ARGUMENTS`; what it prints goes to logs/NAME.log."""
        process = self._spawn(name, arguments, environment or {})
        self._children.append(Child(name, arguments, environment or {}, process, time.monotonic()))

    def wait_for(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Raises CommandFailed where the process last started does not become ready."""
        process = self._children[-1].process
        give_up = time.monotonic() + seconds
        while not ready():
            if process.poll() is not None or time.monotonic() > give_up:
                raise CommandFailed(f"{name}没有启动成功，原因见日志目录 {self._logs}。")
            time.sleep(0.1)

    def watch(self, stop: threading.Event) -> None:
        """Until `stop` is set: a process that died is started again, at most every RESTART_SECONDS."""
        while not stop.wait(1):
            for child in self._children:
                if child.process.poll() is not None and time.monotonic() - child.started_at > RESTART_SECONDS:
                    child.process = self._spawn(child.name, child.arguments, child.environment)
                    child.started_at = time.monotonic()

    def stop(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        give_up = time.monotonic() + 8
        for child in self._children:
            try:
                child.process.wait(max(0.1, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()

    def _spawn(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                # a killed parent must not leave servers behind that hold its ports
                preexec_fn=_die_with_parent(os.getpid()),
            )


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def require_free_port(host: str, port: int, what: str) -> None:
    """Raises CommandFailed where somebody else listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(
                f"端口 {port}（{what}）已被占用，请关掉占用它的程序，或用 --port 换一个端口。"
            ) from error
