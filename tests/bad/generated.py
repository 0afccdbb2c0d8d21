"""Bad files too large to store: a name and what writes its bytes."""

RECIPES = {
    "brackets-nested-200000-deep": lambda: b"title: x\nrules: " + b"[" * 200_000,
    "braces-nested-100000-deep": lambda: b"{a: " * 100_000,
    "blocks-nested-1400-deep": lambda: b"".join(b" " * i + b"a:\n" for i in range(1400)),
    "dashes-nested-1000-deep": lambda: b"a:\n  " + b"- " * 1000,
    "list-of-200000-values": lambda: b"a: [" + b"x," * 200_000 + b"]\n",
    "text-of-70000-characters": lambda: b"title: " + b"ab " * 23_333 + b"c\n",
    "file-of-two-megabytes": lambda: b"# x\n" * 524_288,
    "four-thousand-digits-and-a-leading-zero": lambda: b"a: 0" + b"1" * 4000 + b"\n",
}
