"""All runs of a study as one table."""

import csv

import pytest

from escalation_sim.errors import StudyError, UsageError
from escalation_sim.studies.rows import write_rows
from tests.studies.support import rows_of, small_design, studied

RUNS = 60


@pytest.fixture
def kept(tmp_path):
    design = small_design(tmp_path, readings=[("late", "all")])
    studied(tmp_path, RUNS, design=design, out=tmp_path / "out", chunk=7)
    return design, tmp_path / "out"


def test_a_csv_has_a_line_for_each_run_with_what_the_row_says(kept, tmp_path):
    design, out = kept
    write_rows(out, tmp_path / "rows.csv", print)
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 2 * RUNS
    for point in range(2):
        model = design.model(point)
        for line, row in zip(found[point * RUNS :], rows_of(model, RUNS), strict=False):
            assert (int(line["point"]), int(line["replication"])) == (point, row.replication)
            if row.fault:
                assert (line["failed"], line["outcome"], line["path"]) == ("expression", "", "")
                continue
            assert line["outcome"] == ("settled", "open")[row.outcome]
            assert float(line["ended_hours"]) == row.ended_at / 60
            harsh = line["first:tone.harsh"]
            assert (float(harsh) * 60 if harsh else -1) == pytest.approx(row.firsts[2])
            hours = line["result:first_harsh"]
            assert (float(hours) if hours else None) == row.results[0]
            assert int(line["firing_digest"], 16) == row.firing_digest


def test_a_parquet_file_has_the_same_lines(kept, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    _, out = kept
    write_rows(out, tmp_path / "rows.csv", print)
    write_rows(out, tmp_path / "rows.parquet", print)
    table = parquet.read_table(tmp_path / "rows.parquet").to_pylist()
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    told = [{k: "" if v is None else str(v) for k, v in row.items()} for row in table]
    assert told == lines


def test_other_endings_and_other_folders_are_refused(kept, tmp_path):
    _, out = kept
    with pytest.raises(UsageError, match=r"ends in .csv, .parquet"):
        write_rows(out, tmp_path / "rows.xls", print)
    with pytest.raises(StudyError, match="manifest"):
        write_rows(tmp_path, tmp_path / "rows.csv", print)


def test_points_with_different_results_make_no_one_table(tmp_path):
    design = small_design(tmp_path, without=["remind"])
    studied(tmp_path, 5, design=design, out=tmp_path / "out")
    with pytest.raises(StudyError, match="different results"):
        write_rows(tmp_path / "out", tmp_path / "rows.csv", print)
