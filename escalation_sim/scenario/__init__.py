"""What the author wrote: the shape of a scenario file, its parents, overrides and readings.

Names in expressions are still text here; `model` looks them up.
"""
