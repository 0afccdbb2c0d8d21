"""Figures as files, and the room they come from: same bytes, one font, one place for colours."""

import ast
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.colors import to_hex

import escalation_sim
from escalation_sim import load, simulate
from escalation_sim.errors import UsageError
from escalation_sim.figures import ladder_figure, palette, save

PACKAGE = Path(escalation_sim.__file__).parent

DRAW = """
import hashlib, sys, tempfile, pathlib
from escalation_sim import load, plot, simulate
from escalation_sim.figures import save
folder = pathlib.Path(tempfile.mkdtemp())
for end in ("svg", "png", "pdf"):
    file = save(plot(simulate(load("01"), seed=1203, replication=8)), folder / f"x.{end}")
    print(hashlib.sha256(file.read_bytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def run():
    return simulate(load("01"), seed=1203, replication=8)


def test_the_same_run_gives_the_same_bytes_whatever_the_process():
    found = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo")):
        done = subprocess.run(
            [sys.executable, "-c", DRAW],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(PACKAGE.parent)},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_a_figure_saved_twice_gives_the_same_bytes(run, tmp_path):
    figure = ladder_figure(run)
    for end in ("svg", "png", "pdf"):
        first = save(figure, tmp_path / f"a.{end}").read_bytes()
        assert save(ladder_figure(run), tmp_path / f"b.{end}").read_bytes() == first
        assert save(figure, tmp_path / f"c.{end}").read_bytes() == first


def test_an_svg_has_neither_date_nor_installed_fonts(run, tmp_path):
    text = save(ladder_figure(run), tmp_path / "x.svg").read_text("utf-8")
    assert "<dc:date>" not in text
    assert "font-family" not in text
    assert "http://matplotlib.org" not in text.replace("https://matplotlib.org", "")


def test_a_png_is_150_dots_an_inch(run, tmp_path):
    data = save(ladder_figure(run), tmp_path / "x.png").read_bytes()
    width = int.from_bytes(data[16:20], "big")
    assert width == 1080


def test_the_pictures_of_the_documents_are_drawn_by_one_script(tmp_path):
    script = PACKAGE.parent / "docs" / "make_images.py"
    made = runpy.run_path(str(script))
    some = ("ladder", "timing", "paths", "readings", "difference", "q04-ladder")
    drawn = made["draw"](some, tmp_path)
    assert [picture.name for picture in drawn] == [f"{name}.png" for name in some]
    kept = {picture.stem for picture in (script.parent / "images").glob("*.png")}
    assert kept == set(made["PICTURES"])
    pages = "".join(page.read_text("utf-8") for page in script.parent.glob("*.md"))
    pages += (script.parents[1] / "README.md").read_text("utf-8")
    assert all(f"images/{name}.png)" in pages for name in kept)


def test_another_kind_of_file_is_refused_in_words(run, tmp_path):
    with pytest.raises(UsageError, match=r"\.png, \.svg or \.pdf"):
        save(ladder_figure(run), tmp_path / "x.bmp")
    assert not list(tmp_path.iterdir())


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_figures_import_matplotlib_and_never_pyplot():
    for path in PACKAGE.rglob("*.py"):
        found = [name for name in imports_of(path) if name.split(".")[0] == "matplotlib"]
        typing_only = path.name in ("workbench.py", "drawings.py")
        assert not found or path.parent.name == "figures" or typing_only, path
        assert not any("pyplot" in name for name in found), path


def test_running_without_a_figure_loads_no_matplotlib():
    code = (
        "import sys; from escalation_sim import load, simulate; simulate(load('01'));"
        "assert not {'matplotlib', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)


def test_colours_are_named_in_the_palette_only():
    for path in (PACKAGE / "figures").glob("*.py"):
        if path.name != "palette.py":
            assert not re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text("utf-8")), path


def mark_colours(line):
    return {to_hex(line.get_markerfacecolor()), to_hex(line.get_markeredgecolor())}


def test_every_colour_drawn_is_in_the_palette(hard_run):
    scales = {f(k, n) for f in (palette.strip, palette.band) for n in range(1, 8) for k in range(n)}
    known = {colour.lower() for colour in palette.fixed() | scales}
    figure = ladder_figure(hard_run)
    (axes,) = figure.axes
    seen = {to_hex(text.get_color()) for text in axes.texts}
    for line in axes.lines:
        seen |= {to_hex(line.get_color())} if line.get_marker() == "None" else mark_colours(line)
    for patch in axes.patches:
        seen |= {to_hex(c) for c in (patch.get_facecolor(), patch.get_edgecolor()) if c[3]}
    assert seen <= known


def test_higher_levels_are_darker_so_that_grey_print_keeps_their_order():
    for scale in (palette.strip, palette.band):
        for levels in range(2, 7):
            order = [palette.lightness(scale(k, levels)) for k in range(levels)]
            assert order == sorted(order, reverse=True)
            assert len(set(order)) == levels


def test_text_keeps_its_contrast():
    def contrast(one, other):
        ys = sorted(((palette.lightness(c) + 16) / 116) ** 3 for c in (one, other))
        return (ys[1] + 0.05) / (ys[0] + 0.05)

    for ink in (palette.INK, palette.SECOND, palette.THIRD, palette.UP_TEXT, palette.DOWN_TEXT):
        assert contrast(ink, palette.PAPER) >= 4.5
    for level in range(4):
        assert contrast(palette.INK, palette.strip(level, 4)) >= 4.5
        assert contrast(palette.THIRD, palette.band(level, 4)) >= 4.1
