"""How the page looks, on a screen and on A4. Colours are those of the figures."""

from __future__ import annotations

from escalation_sim.figures import palette
from escalation_sim.trace.run import ILLUSTRATIVE

LONGEST_TITLE = 80
"""Characters of the title at the head of each printed page."""

_VARIABLES = f"""
:root {{
  --paper: {palette.PAPER}; --ink: {palette.INK}; --second: {palette.SECOND};
  --third: {palette.THIRD}; --rule: {palette.RULE}; --hair: {palette.HAIR};
  --share: {palette.UP}; --end: {palette.OUTCOME}; --crossed: {palette.RED_LINE};
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --size: 15px; --small: .867rem; --tiny: .8rem; --line: 1.45; --measure: 44rem; --width: 68rem;
}}
"""

_SCREEN = """
* { box-sizing: border-box; }
html { font-size: var(--size); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: var(--width); padding: 1.6rem 1.6rem 2.4rem;
  background: var(--paper); color: var(--ink); font: 1rem/var(--line) var(--sans);
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1 { margin: .35rem 0 .5rem; font-size: 1.75rem; line-height: 1.2; font-weight: 650;
  letter-spacing: -.01em; max-width: 52rem; text-wrap: balance; }
h2 { margin: 0 0 .7rem; font-size: 1.2rem; line-height: 1.3; font-weight: 650; }
h3 { margin: 1.5rem 0 .4rem; font-size: 1rem; font-weight: 650; }
h4 { margin: 1rem 0 .3rem; font-size: var(--small); font-weight: 600; color: var(--second); }
p { margin: 0 0 .6rem; max-width: var(--measure); }
a { color: inherit; text-decoration-color: var(--rule); text-underline-offset: .18em; }
a:hover { text-decoration-color: currentColor; }
a:focus-visible { outline: 2px solid var(--share); outline-offset: 2px; }
code { font: .92em/1.4 var(--mono); }
pre { margin: .4rem 0 1rem; padding: .7rem .9rem; border: 1px solid var(--hair);
  border-left: 3px solid var(--rule); font: var(--small)/1.5 var(--mono);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.kicker { display: flex; justify-content: space-between; gap: 1.5rem; max-width: none; margin: 0;
  font-size: var(--small); color: var(--second); }
.kicker strong, footer strong { font-weight: 600; color: var(--ink); }
.kicker strong::first-letter, footer strong::first-letter { text-transform: uppercase; }
.lead { font-size: 1.12rem; line-height: 1.4; max-width: 52rem; }
.identity, .note { font-size: var(--small); color: var(--second); max-width: 60rem; }
.note { margin-top: .45rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: .9rem 0 0; padding: .55rem 0 0;
  border-top: 1px solid var(--rule); font-size: var(--small); }
.part { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
.part + .part { margin-top: 2.2rem; }
header + main > .part:first-child { margin-top: .8rem; border-top: 0; }
footer { margin-top: 2.4rem; padding-top: .7rem; border-top: 1px solid var(--rule);
  font-size: var(--small); color: var(--second); }
figure { margin: .6rem 0 1.2rem; }
figure svg { display: block; width: 100%; max-width: 60rem; height: auto; }
figcaption { margin-top: .4rem; font-size: var(--small); color: var(--second);
  max-width: var(--measure); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: var(--small); line-height: 1.4; }
th { text-align: left; font-weight: 500; color: var(--second); vertical-align: bottom;
  border-bottom: 1px solid var(--rule); }
th, td { padding: .28rem 1.1rem .28rem 0; }
th:last-child, td:last-child { padding-right: 0; }
td { vertical-align: top; border-bottom: 1px solid var(--hair); }
.number { text-align: right; white-space: nowrap; }
.name { white-space: nowrap; }
td small { display: block; font-size: var(--tiny); color: var(--second); }
.basis { white-space: nowrap; }
.assumed { border-bottom: 1.5px dashed var(--third); }
.sourced { border-bottom: 1.5px solid var(--third); }
tr:has(.crossed) td { color: var(--crossed); }
tr:has(.ended) td { color: var(--end); font-weight: 600; }
tr:has(.quiet) td { color: var(--second); }
.slim { width: auto; min-width: 30rem; }
.inputs, .points { table-layout: fixed; }
.points th:first-child { width: 24%; } .points .number { white-space: normal; }
.wide + .wide { margin-top: 1rem; }
.said { white-space: pre-line; max-width: 60rem; }
.inputs th:nth-child(1) { width: 25%; } .inputs th:nth-child(2) { width: 22%; }
.inputs th:nth-child(3) { width: 14%; } .inputs th:nth-child(4) { width: 12%; }
.bar { display: block; width: 11rem; height: .95rem; }
.bar .track { fill: var(--hair); } .bar .share { fill: var(--share); fill-opacity: .45; }
.bar .span { stroke: var(--ink); stroke-width: 1.6; vector-effect: non-scaling-stroke; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .22rem 1.4rem;
  margin: 0 0 1rem; font-size: var(--small); }
.facts dt { color: var(--second); } .facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.tally { display: flex; flex-wrap: wrap; gap: .3rem 2.2rem; margin: 0 0 .8rem; padding: 0;
  list-style: none; }
.tally b { font-size: 1.35rem; font-weight: 600; margin-right: .35rem; }
.chain { margin: .3rem 0 1rem; padding-left: 1.9rem; font-size: var(--small); }
.chain li { margin: .18rem 0; padding-left: .2rem; } .chain li::marker { color: var(--third); }
.chain small, .missing small { color: var(--second); font-size: var(--tiny); }
.missing { margin: .2rem 0 .6rem; padding-left: 1.1rem; font-size: var(--small); }
.missing .missing { margin: .2rem 0; } .missing li { margin: .15rem 0; }
.claim { padding: .65rem 0 .6rem; border-bottom: 1px solid var(--hair); break-inside: avoid; }
.claim:target { background: var(--hair); }
.claim h3 { margin: 0 0 .15rem; font-weight: 500; } .claim p { margin: 0 0 .3rem; }
.claim .facts { margin: 0; font-size: var(--tiny); }
@media (max-width: 40rem) { .inputs { min-width: 44rem; } body { padding: 1rem; }
  .kicker { flex-direction: column; gap: 0; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .4rem; }
  .slim { min-width: 0; } .name, .said { white-space: normal; } }
"""

_PRINT = """
@page {{ size: A4; margin: 19mm 15mm 18mm;
  @top-left {{ content: "{title}"; {small} }}
  @top-right {{ content: "{note}"; {small} white-space: nowrap; }}
  @bottom-left {{ content: "{note}"; {small} white-space: nowrap; }}
  @bottom-right {{ content: counter(page) " / " counter(pages); {small} }} }}
@media print {{
  :root {{ --size: 12px; --small: .8rem; --tiny: .74rem; --line: 1.38; }}
  body {{ max-width: none; padding: 0; }}
  nav {{ display: none; }}
  a {{ text-decoration: none; }}
  h1, h2, h3, h4 {{ break-after: avoid; }}
  p {{ orphans: 3; widows: 3; }}
  figure, tr, pre, .chain li, .missing li {{ break-inside: avoid; }}
  thead {{ display: table-header-group; }}
  figcaption, .note {{ break-before: avoid; }}
  .wide {{ overflow: visible; }}
  figure svg {{ max-width: 180mm; max-height: 165mm; }}
  .part {{ margin-top: 7mm; padding-top: 3mm; }}
  th, td {{ padding: .2rem .7rem .2rem 0; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
}}
"""

_SMALL = f'font: 7.5pt/1.3 system-ui, "DejaVu Sans", sans-serif; color: {palette.SECOND};'


def style(title: str) -> str:
    """Return the styles of a page; the title stands at the head of each printed sheet."""
    shown = " ".join(title.split())
    if len(shown) > LONGEST_TITLE:
        shown = shown[: LONGEST_TITLE - 1].rstrip() + "…"
    note = ILLUSTRATIVE[:1].upper() + ILLUSTRATIVE[1:]
    return (
        _VARIABLES
        + _SCREEN
        + _PRINT.format(title=in_quotes(shown), note=in_quotes(note), small=_SMALL)
    )


def in_quotes(words: str) -> str:
    """Return a text for a CSS string: all but plain letters and figures by their numbers."""
    return "".join(
        c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):06x} "
        for c in words
        if c.isprintable()
    )
