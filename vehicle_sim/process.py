"""One child process that a test can start, kill, freeze and question; ``rig.py`` knows which ones.

Should this process be killed, the kernel kills the child: it is tied to the *thread* that started it, so
start it from one that lives as long as the child shall.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ValidationError

from protocol.clock import until, until_blocking

START_TIMEOUT: Final = 30.0
"""Seconds in which a process has to serve."""
STOP_TIMEOUT: Final = 10.0
"""Seconds in which a process has to end after it was asked to."""
# Asks the kernel for a SIGKILL when the parent ends, then becomes the command: fork-safe, unlike preexec_fn.
_TIED: Final = """\
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class RigError(Exception):
    """A process did not do what was wanted: the message says which and what, and quotes its last words."""


class _Ready(BaseModel):
    """What a ready-file says."""

    pid: int
    url: str | None = None
    port: int | None = None


class Process:
    """One child process: its command, where it serves, and verbs that help or harm it."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], directory: Path) -> None:
        self.name = name
        self.command = list(command)
        self.env = dict(env)
        self.log = directory / f"{name}.log"
        self._ready_file = directory / f"{name}.ready"
        self._child: subprocess.Popen[bytes] | None = None
        self._serves: _Ready | None = None

    @property
    def pid(self) -> int:
        """Its process id.

        Raises:
            RigError: it does not run.
        """
        if self._child is None or self._child.poll() is not None:
            raise RigError(self._said("does not run"))
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it runs (a frozen one does)."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None while it runs or before it was started."""
        return None if self._child is None else self._child.poll()

    @property
    def url(self) -> str:
        """Where it serves.

        Raises:
            RigError: it has not said so yet.
        """
        if self._serves is None:
            raise RigError(self._said("has not said where it serves"))
        return self._serves.url or f"tcp://127.0.0.1:{self._serves.port}"

    @property
    def port(self) -> int:
        """The port at which it serves.

        Raises:
            RigError: it has not said so yet.
        """
        port = self._serves.port if self._serves and self._serves.port else None
        return port or int(self.url.rstrip("/").rsplit(":", 1)[1])

    def start(self) -> None:
        """Start, without waiting until it serves."""
        if self.running:
            raise RigError(self._said("runs already"))
        self._ready_file.unlink(missing_ok=True)
        with self.log.open("ab") as said:
            self._child = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-ISc", _TIED, str(os.getpid()), *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self.env,
                start_new_session=True,  # a Ctrl-C at the terminal is ours to handle
            )

    def wait_ready(self) -> None:
        """Wait until it serves.

        Raises:
            RigError: it ended, or took too long.
        """
        try:
            until_blocking(self._is_ready, what=f"{self.name} to serve", timeout=START_TIMEOUT)
        except TimeoutError as slow:
            raise RigError(self._said(f"does not serve after {START_TIMEOUT:g} s")) from slow

    async def ready(self) -> Self:
        """Do what :meth:`wait_ready` does while the event loop goes on."""
        try:
            await until(self._is_ready, what=f"{self.name} to serve", timeout=START_TIMEOUT)
        except TimeoutError as slow:
            raise RigError(self._said(f"does not serve after {START_TIMEOUT:g} s")) from slow
        return self

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self.running:
            self._signal(signal.SIGKILL)
        self.wait_ended()

    def stop(self) -> None:
        """Ask it to end (SIGTERM) and wait until it has.

        Raises:
            RigError: it did not, and was killed; or it ended with something other than 0.
        """
        if self.running:
            self._signal(signal.SIGTERM)
        self.wait_ended()
        if self.exit_code not in (0, None):
            raise RigError(self._said(f"was asked to end and ended with {self.exit_code}"))

    def freeze(self) -> None:
        """Stop it in the middle of what it does (SIGSTOP): its connections stay open and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def restart(self, *, wait: bool = True, env: Mapping[str, str] | None = None) -> None:
        """Stop it if it runs and start it again on the same port; ``env`` is added to its environment."""
        if self.running:
            self.stop()
        self.env.update(env or {})
        self.start()
        if wait:
            self.wait_ready()

    def wait_ended(self, timeout: float = STOP_TIMEOUT) -> None:
        """Wait until it has ended by itself or because it was told to.

        Raises:
            RigError: it had not after ``timeout`` seconds, and was killed.
        """
        try:
            until_blocking(lambda: not self.running, what=f"{self.name} to end", timeout=timeout)
        except TimeoutError as slow:
            raise self._given_up(timeout) from slow

    async def ended(self, timeout: float = STOP_TIMEOUT) -> None:
        """Do what :meth:`wait_ended` does while the event loop goes on."""
        try:
            await until(lambda: not self.running, what=f"{self.name} to end", timeout=timeout)
        except TimeoutError as slow:
            raise self._given_up(timeout) from slow

    def words(self, most: int = 2000) -> str:
        """Return the end of what it has written."""
        return self.log.read_text(errors="replace")[-most:].strip() if self.log.exists() else ""

    def end(self) -> None:
        """End it for good, however it feels, without a complaint."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def _command(self) -> list[str]:
        command = list(self.command)
        if self._serves is not None:  # others know it under the port of its first life
            command[command.index("--port") + 1] = str(self.port)
        return [*command, "--ready-file", str(self._ready_file)]

    def _is_ready(self) -> bool:
        if not self.running:
            raise RigError(self._said(f"ended with {self.exit_code} before it served"))
        try:
            self._serves = _Ready.model_validate_json(self._ready_file.read_bytes())
        except FileNotFoundError:
            return False
        except ValidationError as wrong:
            raise RigError(self._said(f"wrote a ready-file that says nothing: {wrong}")) from wrong
        return True

    def _signal(self, which: signal.Signals) -> None:
        os.kill(self.pid, which)

    def _given_up(self, timeout: float) -> RigError:
        words = self._said(f"had not ended after {timeout:g} s and was killed")
        self.end()
        return RigError(words)

    def _said(self, what: str) -> str:
        words = self.words()
        return f"{self.name} {what}" + (f"; its last words:\n{words}" if words else "; it has said nothing")
