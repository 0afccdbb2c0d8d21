"""Reading a page as a browser would: its elements with their attributes, and its plain text."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "meta", "wbr"}


@dataclass
class Element:
    name: str
    attributes: dict
    line: int
    inside: list = field(default_factory=list)

    @property
    def text(self):
        parts = [i if isinstance(i, str) else i.text for i in self.inside]
        return "".join(parts)

    def all(self, name="", **attributes):
        found = []
        for inner in self.inside:
            if isinstance(inner, str):
                continue
            same = all(inner.attributes.get(k.rstrip("_")) == v for k, v in attributes.items())
            if same and name in ("", inner.name):
                found.append(inner)
            found += inner.all(name, **attributes)
        return found

    def one(self, name="", **attributes):
        (found,) = self.all(name, **attributes)
        return found


class _Parser(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("#root", {}, 0)
        self.open = [self.root]
        self.comments = []

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"{tag} says an attribute twice"
        element = Element(tag, dict(attrs), self.getpos()[0])
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].inside.append(data)

    def handle_comment(self, data):
        self.comments.append(data)


def read(page):
    """Return the root of a page whose elements are all closed in order."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert [e.name for e in parser.open] == ["#root"]
    assert not parser.comments
    return parser.root


_TAGS = """
html head meta title style body header main section footer nav article h1 h2 h3 h4 p span strong b
small a code pre ul ol li dl dt dd div table thead tbody tr th td br wbr figure figcaption
svg g defs path use rect line polyline polygon circle image clippath
"""
_ATTRIBUTES = """
lang charset http-equiv content name id class scope href start role aria-label aria-hidden
viewbox preserveaspectratio d x y x1 x2 y1 y2 width height transform style clip-path
stroke-linejoin stroke-linecap points fill stroke
"""

TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
"""All that may stand on a page."""


def dangers(root):
    """Return everything on a page that could run, or could be fetched from elsewhere."""
    found = []
    for e in root.all():
        if e.name not in TAGS:
            found.append(f"<{e.name}>")
        for key, given in e.attributes.items():
            value = given or ""
            if key not in ATTRIBUTES:
                found.append(f"{e.name} {key}")
            if key in ("href", "src") and not re.fullmatch(r"#[\w.-]+", value):
                found.append(f"{e.name} {key}={value}")
            if key == "style" and re.search(r"url\((?!#)|import|expression", value):
                found.append(f"{e.name} style={value}")
            if key == "http-equiv" and value != "Content-Security-Policy":
                found.append(f"{e.name} {key}={value}")
    for style in root.all("style"):
        found += re.findall(r"url\(|@import|https?:|//|<", style.text)
    return found
