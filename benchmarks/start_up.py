"""How long each command takes from start to answer, beside a Python that does nothing.

The commands run in turn, seven rounds after one warm-up; medians and their ratio to the empty
Python are shown.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "empty Python": ["-c", "pass"],
    "--help": ["-m", "escalation_sim", "--help"],
    "check 01": ["-m", "escalation_sim", "check", "01"],
    "run 01": ["-m", "escalation_sim", "run", "01"],
    "why 01": ["-m", "escalation_sim", "why", "01", "response.coordinated_response"],
}
ROUNDS = 7


def main() -> None:
    """Print the table."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for round_ in range(ROUNDS + 1):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            if round_:
                times[name].append(time.perf_counter() - start)
    empty = statistics.median(times["empty Python"])
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:14} {middle:6.3f} s  {middle / empty:5.1f} times an empty Python")


if __name__ == "__main__":
    main()
