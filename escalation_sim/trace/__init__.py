"""What happened, as data: records, runs, and the reasons read from them."""
