"""Tables in, tables out: shares with intervals and words, comparisons, what parts two runs."""
