"""A town's site: a tree of pages with the noise of a real one, rendered when asked for."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from testbed import pdfs, skins, wording
from testbed.server import Answer, Ask, Host
from testbed.truth import Town

if TYPE_CHECKING:
    from testbed.web import Web

PDF = "application/pdf"


@dataclass(eq=False)
class Node:
    """A page. `listed`: its parent's page links to it; `menu`: the menu does; `body`: HTML of its own."""

    title: str
    topic: str = "soziales"
    menu: bool = True
    listed: bool = True
    body: str | Callable[[], str] = ""
    relevant: bool = False
    document: str = ""
    path: str = ""
    number: int = 0
    date: str = ""
    parent: Node | None = field(default=None, repr=False)
    children: list[Node] = field(default_factory=list, repr=False)
    files: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, node: Node) -> Node:
        node.parent = self
        self.children.append(node)
        return node

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def trail(self) -> list[Node]:
        """From the start page's child down to this page."""
        chain: list[Node] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            chain.append(node)
            node = node.parent
        return chain[::-1]


def _slugs(node: Node, end: str) -> str:
    return "/" + "/".join(wording.slug(part.title) for part in node.trail) + end


PATHS: dict[str, Callable[[Node], str]] = {
    "slug": lambda n: _slugs(n, "/"),
    "html": lambda n: _slugs(n, ".html"),
    "php": lambda n: "/de/" + _slugs(n, ".php")[1:],
    "typo3": lambda n: f"/index.php?id={n.number + 20}",
    "joomla": lambda n: (
        f"/index.php?option=com_content&view=article&id={n.number}&Itemid={100 + n.number % 37}"
    ),
    "drupal": lambda n: f"/node/{n.number + 11}",
    "portal": lambda n: (
        f"/portal/seiten/{wording.slug(n.title)}-{900000100 + n.number}-{21000 + n.number % 9}.html"
    ),
    "asp": lambda n: f"/default.asp?nav={len(n.trail)}.{n.number}&lang=1",
    "menuid": lambda n: (
        f"/staticsite/staticsite.php?menuid={n.number}&topmenu={n.trail[0].number if n.trail else 1}"
    ),
    "old": lambda n: f"/seiten/seite{n.number:03d}.htm",
    "upper": lambda n: "/" + "/".join(p.title.replace(" ", "-") for p in n.trail) + f"-K{n.number}.htm",
    "blog": lambda n: (
        f"/{wording.slug(n.title)}/"
        if not n.date
        else f"/{n.date[6:]}/{n.date[3:5]}/{wording.slug(n.title)}/"
    ),
}
PATH_OF_SKIN = {
    "typo3": "slug",
    "joomla": "joomla",
    "drupal": "drupal",
    "nolis": "portal",
    "tables": "old",
    "wordpress": "blog",
    "bootstrap": "html",
    "asp": "asp",
    "citkomm": "menuid",
    "liferay": "php",
}


class Site:
    """The pages of one host. Add what the shape needs, then `publish()`."""

    def __init__(
        self,
        web: Web,
        host: str | Host = "www",
        *,
        skin: str = "typo3",
        size: int = 80,
        charset: str = "utf-8",
        paths: str = "",
        town: Town | None = None,
        name: str = "",
        drop: tuple[str, ...] = (),
    ) -> None:
        self.web, self.town = web, town or web.town
        self.host = web.host(host) if isinstance(host, str) else host
        self.rng = random.Random(f"{web.shape.name}/{self.host.name}")
        self.skin, self.charset = skin, charset
        self.make_path = PATHS[paths or PATH_OF_SKIN[skin]]
        self.name = name or self.town.official
        self.root = Node("Startseite", "kultur")
        self.decorate: Callable[[str], str] = lambda path: path
        self.head_extra = self.box = ""  # into <head>; into the page's head (search box)
        self.foot: list[tuple[str, str]] = []  # further links in the footer: address, text
        self.nodes: dict[str, Node] = {}
        self._files: dict[str, tuple[Callable[[], bytes], str, str, str]] = {}
        self.small_print = ("Impressum", "Datenschutz", "Kontakt", "Barrierefreiheit")
        self.script_menu = False
        self._grow(size, drop)

    # -- the noise ---------------------------------------------------------------------------------------
    def _grow(self, size: int, drop: tuple[str, ...]) -> None:
        rng, town = self.rng, self.town.short
        for titles, topic, children in MENUS(rng):
            title = rng.choice(titles).replace("{x}", town)
            if topic in drop:
                continue
            top = self.root.add(Node(title, topic))
            for child in rng.sample(children, rng.randint(max(3, len(children) - 2), len(children))):
                top.add(Node(child, topic))
        if size > 60:
            az = self.root.add(
                Node(
                    "Was erledige ich wo?" if rng.random() < 0.5 else "Dienstleistungen A–Z", "buergerservice"
                )
            )
            for service in sorted(rng.sample(wording.SERVICES, min(len(wording.SERVICES), size // 5))):
                az.add(Node(service, "buergerservice", menu=False))
        news = self.root.add(Node("Aktuelles" if rng.random() < 0.6 else "Nachrichten", "kultur"))
        for _ in range(max(4, size - sum(1 for _ in self.root.walk()))):
            headline = wording.fill(rng.choice(wording.NEWS), rng, town)
            date = f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2012, 2024)}"
            news.add(Node(headline, rng.choice(list(wording.TOPICS)[:-1]), menu=False, date=date))
        self.news = news
        for title in self.small_print:
            self.root.add(Node(title, "politik", menu=False, listed=False))
        pool = [node for node in self.root.walk() if node.parent is not None and not node.date]
        for title in rng.sample(wording.FILES, min(len(wording.FILES), 3 + size // 25)):
            holder = rng.choice(pool)
            if title.endswith("satzung"):
                holder = next((n for n in pool if n.title == "Ortsrecht"), holder)
            self.attach(holder, f"{title} {rng.randint(2005, 2023)}", lambda t=title: self._noise_pdf(t))

    def _noise_pdf(self, title: str) -> bytes:
        rng = random.Random(title + self.town.name)
        text = [f"= {title}", f"= {self.town.official}"]
        for topic in rng.sample(list(wording.TOPICS)[:-1], 4):
            text += [f"# {topic.title()}", wording.paragraph(rng, topic, self.town.short, 6)]
        return pdfs.pdf(text, title=title)

    # -- what a shape adds -------------------------------------------------------------------------------
    def place(self, *titles: str, topic: str = "soziales", relevant: bool = False, menu: bool = True) -> Node:
        """Return the page at a path of titles, made where it is missing ("*" for the first: the social part)."""
        node = self.root
        for depth, title in enumerate(titles):
            if title == "*":
                found = next((n for n in self.root.children if n.topic == "soziales"), None)
            else:
                found = next((n for n in node.children if n.title == title), None)
            node = found or node.add(Node(title, topic, menu=menu))
            if depth == len(titles) - 1:
                node.relevant = node.relevant or relevant
        return node

    def report(self, title: str, body: str, date: str, relevant: bool = False) -> Node:
        """A news item of its own, put among the others."""
        node = Node(title, "soziales", menu=False, date=date, body=body, relevant=relevant)
        node.parent = self.news
        self.news.children.insert(self.rng.randint(0, len(self.news.children)), node)
        return node

    def file(
        self,
        path: str,
        make: bytes | Callable[[], bytes],
        media_type: str = PDF,
        document: str = "",
        name: str = "",
    ) -> str:
        """Serve a file; `name` goes into Content-Disposition. The body is made when first asked for."""
        kept: list[bytes] = []

        def route(ask: Ask) -> Answer:
            if not kept:
                kept.append(make() if callable(make) else make)
            headers = (("Content-Disposition", f'attachment; filename="{name}"'),) if name else ()
            return Answer(kept[0], media_type=media_type, headers=headers, document=document)

        self._files[path] = (lambda: b"", media_type, document, name)
        return self.host.put(path, route)

    def attach(
        self,
        node: Node,
        text: str,
        make: bytes | Callable[[], bytes],
        *,
        path: str = "",
        note: str = "",
        media_type: str = PDF,
        document: str = "",
        name: str = "",
    ) -> str:
        """Put a file up for download on a page and return its address."""
        path = path or self.upload(text)
        self.file(path, make, media_type, document, name)
        node.files.append((path, text, note or "PDF"))
        node.relevant = node.relevant or bool(document)
        return path

    def upload(self, text: str, suffix: str = "pdf") -> str:
        """Address of a file as this system would make it."""
        number = 1000 + len(self._files) * 7
        stem = wording.slug(text)
        return {
            "typo3": f"/fileadmin/user_upload/{stem.replace('-', '_')}.{suffix}",
            "drupal": f"/sites/default/files/{stem}.{suffix}",
            "joomla": f"/images/downloads/{stem}.{suffix}",
            "wordpress": f"/wp-content/uploads/20{12 + number % 11}/0{1 + number % 9}/{stem}.{suffix}",
            "nolis": f"/downloads/datei/{number * 977 % 1000003:x}{number}/{stem}.{suffix}",
            "citkomm": f"/downloads/{number}/{stem}.{suffix}?fp=1",
            "liferay": f"/documents/20142/{number}/{stem}.{suffix}/{number * 31337:08x}-a1b2?version=1.0",
        }.get(self.skin, f"/pdf/{stem}.{suffix}")

    # -- publishing --------------------------------------------------------------------------------------
    def publish(self) -> Site:
        """Give every page an address and serve it."""
        for number, node in enumerate(self.root.walk(), 1):
            node.number = number
        for node in self.root.walk():
            if not node.path:
                node.path = "/" if node is self.root else self.make_path(node)
                if node.path in self.nodes:
                    node.path = re.sub(r"(\.\w+|/)?$", rf"-{node.number}\1", node.path, count=1)
            self.nodes[node.path] = node
            self.host.put(node.path, lambda ask, n=node: self.page(n, ask))
        return self

    def main(self, node: Node) -> str:
        """HTML of the page's own part."""
        rng = random.Random(f"{self.town.name}{node.path}")
        if node.body:
            own = node.body() if callable(node.body) else node.body
        else:
            own = "".join(
                f"<p>{wording.paragraph(rng, node.topic, self.town.short)}</p>"
                for _ in range(rng.randint(1, 4))
            )
            if rng.random() < 0.4 and node.parent is not None:
                own += (
                    f"<h3>Ansprechpartner</h3><p>{rng.choice(wording.PEOPLE)}, Zimmer {rng.randint(1, 320)}, "
                    f"Telefon 0{rng.randint(2000, 9999)} / {rng.randint(100, 999)}-{rng.randint(10, 99)}</p>"
                )
        date = f'<p class="date">{node.date}</p>' if node.date else ""
        return date + own + skins.downloads(self, node) + skins.children(self, node)

    def page(self, node: Node, ask: Ask | None = None) -> Answer:
        html = skins.SKINS[self.skin](self, node, self.main(node))
        return Answer(
            html.encode(self.charset, "xmlcharrefreplace"),
            media_type=f"text/html; charset={self.charset}",
            relevant=node.relevant,
            document=node.document,
        )

    def wrap(self, title: str, main: str, status: int = 200) -> Answer:
        """A page outside the tree (search results, error pages)."""
        node = Node(title)
        node.parent, node.path = self.root, "/-"
        html = skins.SKINS[self.skin](self, node, main)
        return Answer(
            html.encode(self.charset, "xmlcharrefreplace"), status, f"text/html; charset={self.charset}"
        )

    def link(self, target: Node | str, text: str = "", attributes: str = "") -> str:
        """An <a> element."""
        path = target.path if isinstance(target, Node) else target
        label = text or (target.title if isinstance(target, Node) else path)
        href = self.decorate(path) if path.startswith("/") else path
        return f'<a href="{escape(href)}"{attributes}>{escape(label)}</a>'


def MENUS(rng: random.Random) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:  # noqa: N802 - reads as the table
    """The menus in this town's order."""
    first, *rest = wording.MENU
    keep = rng.sample(rest, rng.randint(7, len(rest)))
    if not any(topic == "soziales" for _, topic, _ in keep):
        keep.append(next(entry for entry in rest if entry[1] == "soziales"))
    return [first, *keep]
