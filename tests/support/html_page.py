"""A page as a browser's parser sees it: its elements with their attributes, and its text."""

import re
from html.parser import HTMLParser

# Nothing that a page of ours may hold: what steers, reorders or is half a character.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Read(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def tags(self) -> set[str]:
        """The names of all elements."""
        return {tag for tag, _ in self.elements}

    def all(self, attribute: str) -> list[str]:
        """Every value of this attribute."""
        return [value for _, name, value in self.values if name == attribute]


def body_of(html: str) -> str:
    """What stands in the body of a page."""
    return html.partition("<body>")[2]


def is_inert(html: str) -> bool:
    """Whether nothing in the page runs, is fetched or leads out of it."""
    read = Read(html)
    names = {name for _, given in read.elements for name in given}
    leads = [*read.all("href"), *read.all("xlink:href")]
    return (
        not {name for name in names if name.startswith("on") or name in {"src", "action", "srcset", "style", "ping"}}
        and not read.tags & {"script", "img", "image", "iframe", "object", "embed", "link", "base", "form", "use"}
        and all(lead.startswith("#") for lead in leads)
        and "default-src 'none'" in html
    )
