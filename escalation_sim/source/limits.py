"""How much is too much: every limit on a scenario's text, in one table."""

from __future__ import annotations

FILE_BYTES = 1024 * 1024
"""Largest file, in bytes, byte order mark included."""

DEPTH = 64
"""Deepest nesting of mappings and lists; the root mapping is at depth 1."""

NODES = 100_000
"""Most values in a file after aliases are expanded: texts, lists and mappings, keys left out."""

SCALAR_LENGTH = 64 * 1024
"""Longest text of one value, in characters after unescaping."""

KEY_LENGTH = 200
"""Longest key, in characters after unescaping."""

PROBLEMS = 20
"""Problems reported for one file; reading stops there and says so."""

SHOWN_LENGTH = 60
"""Longest piece of the author's text repeated inside a message, in characters."""
