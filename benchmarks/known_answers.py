"""The questions of tests/statistics with many more runs: Z values, and how they look together.

python benchmarks/known_answers.py [--times 10] [--seed 1000]
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.statistics.questions import ALL


def main() -> None:
    """Print one line for each question, then the joint tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=float, default=10.0, help="how many times the test's runs")
    parser.add_argument("--seed", type=int, default=1_000, help="the first question's seed")
    asked = parser.parse_args()
    zs = []
    for number, question in enumerate(ALL):
        zs.append(question.z(number, times=asked.times, seed=asked.seed))
        print(f"{zs[-1]:+6.2f}  {question.name}", flush=True)
    squares, largest = sum(z * z for z in zs), max(abs(z) for z in zs)
    print(f"\n{len(zs)} questions, {asked.times:g} times the runs of the test, seed {asked.seed}")
    print(f"Kolmogorov-Smirnov p = {stats.kstest(zs, 'norm').pvalue:.3f}")
    print(f"sum of squares {squares:.1f}, p above = {stats.chi2.sf(squares, len(zs)):.3f}")
    above = -math.expm1(len(zs) * math.log1p(-2 * stats.norm.sf(largest)))
    print(f"largest {largest:.2f}, p above = {above:.3f}")


if __name__ == "__main__":
    main()
