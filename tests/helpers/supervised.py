"""Run by tests in a process of its own: a supervisor over workers that only sleep, or fail.

usage: supervised.py FOLDER COUNT. A worker writes a file `NUMBER-PID` into the folder when it
serves. While there is a file `broken` it ends with 3 before it does.
"""

import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from api.workers.supervisor import Supervisor, Target


@dataclass(frozen=True)
class Sleeper:
    folder: Path

    def __call__(self, number: int, is_replacement: bool, said: Connection) -> None:
        import os

        if (self.folder / "broken").exists():
            sys.exit(3)
        (self.folder / f"{number}-{os.getpid()}").touch()
        said.send_bytes(b"serves")
        time.sleep(60)


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])

    def reread() -> Target:
        return Sleeper(folder)

    supervisor = Supervisor(
        count,
        Sleeper(folder),
        close_port=(folder / "closed").touch,
        reread=reread,
        forget=lambda pid: None,
        grace=5.0,
        most_deaths=2,
        pause=0.05,
    )
    sys.exit(supervisor.run())


if __name__ == "__main__":
    main()
