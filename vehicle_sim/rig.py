"""Starts and hurts the project's own processes, so that a test can pull any plug of the real chain.

    with Rig(tmp_path) as rig:
        broker = rig.broker()
        backend = rig.backend(broker)
        car = rig.head_unit("YV1FW7050E1234567", broker)
        car.kill()
        car.restart()

Every verb waits until it has worked; inside an event loop that must go on meanwhile, start with
``wait=False`` and ``await process.ready()``. Leaving the block ends everything that was started.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from protocol.clock import until_blocking
from vehicle_sim.process import Process, RigError

CLOSE_TIMEOUT: Final = 10.0
"""Seconds that all together have to end in when the rig is closed."""


class Rig:
    """The processes of one bench, in one directory: logs, databases, journals, mails.

    ``simulation`` starts them with the virtual clock surface and crash points; ``start_at`` sets that clock.
    ``program`` is how the ``sensus`` command is started; the one of this environment by default.
    ``ports`` names fixed ports by process; all others serve at free ones.
    """

    def __init__(
        self,
        directory: Path,
        *,
        simulation: bool = True,
        start_at: str | None = None,
        env: Mapping[str, str] | None = None,
        program: Sequence[str] | None = None,
        ports: Mapping[str, int] | None = None,
    ) -> None:
        self.directory = directory
        self.simulation = simulation
        self.start_at = start_at
        self.processes: list[Process] = []
        self._folders: list[Path] = []
        self._ports = dict(ports or {})
        self._program = list(program) if program else [_sensus()]
        # A variable of the caller's own set-up would change what is tested.
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("SENSUS_")}
        if simulation:
            self._env["SENSUS_SIMULATION"] = "1"
        self._env |= env or {}

    def __enter__(self) -> Self:
        self.directory.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started; asked politely first, so that logs and coverage are written."""
        alive = [process for process in reversed(self.processes) if process.running]
        for process in alive:
            process.thaw()
            os.kill(process.pid, signal.SIGTERM)
        try:
            until_blocking(
                lambda: not any(process.running for process in alive),
                what="the rig to end",
                timeout=CLOSE_TIMEOUT,
            )
        except TimeoutError:
            for process in alive:
                process.end()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def broker(self, name: str = "broker", *, kind: str = "auto", wait: bool = True) -> Process:
        """Start a broker on a free port; its store, if its kind has one, is in the folder ``name``."""
        return self.start(name, "broker", "--kind", kind, "--dir", str(self.directory / name), wait=wait)

    def mailbox(self, name: str = "mailbox", *, wait: bool = True) -> Process:
        """Start a sink for e-mail; the letters are files in :meth:`mails`."""
        return self.start(name, "mailbox", "--dir", str(self.directory / name), wait=wait)

    def backend(
        self,
        broker: Process,
        mailbox: Process | None = None,
        name: str = "backend",
        *,
        wait: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a backend with a database of its own in this directory."""
        more = {
            "SENSUS_DATABASE_URL": f"sqlite+aiosqlite:///{self.directory / name}.db",
            "SENSUS_BROKER_URL": f"mqtt://127.0.0.1:{broker.port}",
            "SENSUS_NODE": name,
        }
        if mailbox is not None:
            more["SENSUS_SMTP_URL"] = f"smtp://127.0.0.1:{mailbox.port}"
        if mailbox is not None and self.simulation:
            more["SENSUS_MAILBOX_DIR"] = str(self.directory / mailbox.name)
        if self.simulation and self.start_at is not None:
            more["SENSUS_START_AT"] = self.start_at
        return self.start(name, "backend", wait=wait, env=more | dict(env or {}))

    def head_unit(
        self,
        vin: str,
        broker: Process,
        *options: str,
        name: str | None = None,
        wait: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a head unit; its journal stays in this directory. ``options`` go to its command line."""
        name = name or f"car-{vin}"
        command = ["--vin", vin, "--broker", f"mqtt://127.0.0.1:{broker.port}", "--headless"]
        command += ["--journal", str(self.directory / f"{name}.journal")]
        if self.simulation:
            command.append("--simulated")
            command += ["--start-at", self.start_at] if self.start_at is not None else []
        return self.start(name, "head-unit", *command, *options, wait=wait, env=env)

    def bench(
        self, broker: Process, *options: str, name: str = "bench", cars: int = 0, wait: bool = True
    ) -> Process:
        """Start a bench with so many invented cars; more can be put there. Their memory goes with it."""
        command = ["--broker", f"mqtt://127.0.0.1:{broker.port}", "--cars", str(cars)]
        if self.simulation:
            command.append("--simulated")
            command += ["--start-at", self.start_at] if self.start_at is not None else []
        return self.start(name, "bench", *command, *options, wait=wait)

    def worlds(self, name: str = "worlds", *, wait: bool = True) -> Process:
        """Start a host of whole chains in one process; its databases lie in memory where that can be."""
        memory = Path("/dev/shm")  # noqa: S108 - a folder of our own below it, made by mkdtemp
        folder = tempfile.mkdtemp(prefix="sensus-worlds-", dir=memory if memory.is_dir() else self.directory)
        self._folders.append(Path(folder))
        return self.start(name, "worlds", "--dir", folder, wait=wait)

    def start(
        self, name: str, *arguments: str, wait: bool = True, env: Mapping[str, str] | None = None
    ) -> Process:
        """Start ``sensus`` with these arguments as the process ``name``, at its fixed port or a free one."""
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [*self._program, *arguments, "--port", str(self._ports.get(name, 0))]
        process = Process(name, command, self._env | dict(env or {}), self.directory)
        self.processes.append(process)
        process.start()
        if wait:
            process.wait_ready()
        return process

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 60.0) -> str:
        """Run ``sensus`` with these arguments to its end and return what it printed.

        Raises:
            RigError: it ended with something other than 0, or not in ``timeout`` seconds.
        """
        try:
            ended = subprocess.run(  # noqa: S603 - our own command
                [*self._program, *arguments],
                env=self._env | dict(env or {}),
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise RigError(f"sensus {' '.join(arguments)} had not ended after {timeout:g} s") from slow
        if ended.returncode != 0:
            raise RigError(
                f"sensus {' '.join(arguments)} ended with {ended.returncode}:\n{ended.stderr.strip()}"
            )
        return ended.stdout

    def mails(self, name: str = "mailbox") -> list[Path]:
        """Return the letters that the mailbox ``name`` has kept, in order of arrival."""
        return sorted((self.directory / name).glob("*.eml"))


def _sensus() -> str:
    beside = Path(sys.executable).with_name("sensus")
    found = str(beside) if beside.exists() else shutil.which("sensus")
    if found is None:
        raise RigError("the sensus command is not installed here: run pip install --editable .")
    return found
