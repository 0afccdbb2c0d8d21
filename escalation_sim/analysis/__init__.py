"""Tables in, tables out: shares with intervals, comparisons, what parts two runs, structure."""
