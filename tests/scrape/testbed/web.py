"""The testbed: every shape's hosts started, its pages built, its truth known."""

from __future__ import annotations

import csv
import functools
import importlib
import pkgutil
import socket
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from testbed import papers, pdfs, shapes
from testbed.server import Ask, Farm, Hit, Host
from testbed.truth import SHAPES, Document, Shape, Town, Truth


class Web:
    """What a shape's builder works with."""

    def __init__(self, shape: Shape, hosts: dict[str, Host], testbed: Testbed) -> None:
        self.shape, self.hosts, self.testbed = shape, hosts, testbed
        self.town = shape.town
        self.truth = Truth()
        self.seed = zlib.crc32(shape.name.encode())

    def host(self, name: str = "www") -> Host:
        return self.hosts[name]

    def origin(self, name: str = "www") -> str:
        return self.hosts[name].origin

    def document(
        self,
        key: str,
        kind: str = "integrationskonzept",
        status: str = "fertiggestellt",
        year: int | None = None,
        year_basis: str = "",
        *,
        owner: Town | None = None,
        required: bool = True,
        judged: Iterable[str] = ("kind", "status", "year", "basis"),
    ) -> str:
        """Declare a document of the truth and return its key for the answer that carries it."""
        basis = year_basis or ("dokument" if year else "unbekannt")
        ags = (owner or self.town).ags
        self.truth.documents[key] = Document(key, kind, status, year, basis, ags, required, frozenset(judged))
        return key

    def tolerated(self, key: str, owner: Town | None = None) -> str:
        """Declare a document that may be reported (with the right owner) but need not be."""
        return self.document(key, owner=owner, required=False, judged=())

    def paper(self, title: str = "Integrationskonzept", *, town: Town | None = None, salt: int = 0, created: str = "",
              **words: object) -> Callable[[], bytes]:  # fmt: skip
        """Return a maker of a concept as PDF (see `papers.concept`)."""
        seed = self.seed + salt

        @functools.cache
        def make() -> bytes:
            text = papers.concept(town or self.town, title, seed=seed, **words)  # type: ignore[arg-type]
            return pdfs.pdf(text, title=title, created=created or "20160201")

        return make


class Testbed:
    """Loopback sites of the chosen shapes; a context manager.

    Parameters
    ----------
    names
        Shapes to serve; all without.
    crawl_delay
        Seconds that the shape with a Crawl-delay asks for.
    drip_seconds
        How long slow and silent servers hold on.
    """

    __test__ = False

    def __init__(
        self, names: Sequence[str] = (), *, crawl_delay: float = 0.2, drip_seconds: float = 600
    ) -> None:
        chosen = load_shapes()
        unknown = set(names) - set(chosen)
        if unknown:
            raise ValueError(f"no such shapes: {', '.join(sorted(unknown))}; there are {', '.join(chosen)}")
        self.shapes = {name: shape for name, shape in chosen.items() if not names or name in names}
        self.crawl_delay, self.drip_seconds = crawl_delay, drip_seconds
        self.farm = Farm()
        self.webs: dict[str, Web] = {}
        self._by_netloc: dict[str, tuple[str, Host]] = {}
        self._dead: list[socket.socket] = []

    def __enter__(self) -> Testbed:
        number = 0
        for shape in self.shapes.values():
            hosts = {}
            for name in shape.hosts:
                number += 1
                host = Host(shape.name, name, f"127.{20 + number // 200}.{number % 7}.{number % 200 + 2}")
                self.farm.add(host)
                hosts[name] = host
                self._by_netloc[f"{host.address}:{host.port}"] = shape.name, host
            self.webs[shape.name] = Web(shape, hosts, self)
        for web in self.webs.values():
            web.shape.build(web)
        self.farm.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.farm.stop()
        for listener in self._dead:
            listener.close()

    def dead_port(self, address: str) -> int:
        """A port nobody listens on (bound by us, so that nobody else will)."""
        kept = socket.socket()
        kept.bind((address, 0))
        self._dead.append(kept)
        return kept.getsockname()[1]

    def website(self, name: str) -> str:
        """The register's address of a shape."""
        shape = self.shapes[name]
        if "{dead}" in shape.website:
            return shape.website.format(dead=f"127.19.0.9:{self.dead_port('127.19.0.9')}")
        if not shape.hosts or not shape.website.startswith("/"):
            return shape.website
        return self.webs[name].origin(shape.hosts[0]) + shape.website

    def write_register(self, path: Path) -> Path:
        """Write the register of all shapes and their further Kommunen."""
        rows: dict[str, tuple[str, ...]] = {}
        for name, shape in self.shapes.items():
            rows[shape.town.ags] = _line(shape.town, self.website(name))
        for shape in self.shapes.values():
            for town in shape.others:
                rows.setdefault(town.ags, _line(town, ""))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("ags", "name", "kind", "land", "website"))
            writer.writerows(rows[ags] for ags in sorted(rows))
        return path

    def hits(self, name: str) -> list[Hit]:
        """Requests that the shape's hosts have had, in order of arrival (robots.txt included)."""
        return sorted((hit for hit in self.farm.hits if hit.shape == name), key=lambda hit: hit.started)

    def reset(self) -> None:
        """Forget all requests, so that the next crawler meets the sites as the first did."""
        self.farm.hits.clear()
        for _, host in self._by_netloc.values():
            host.counts.clear()
            host.total = host.most_open = 0

    def document_at(self, url: str) -> tuple[str, str]:
        """Return shape and document key of what an address of the testbed carries ("" for none)."""
        parts = urlsplit(url)
        shape, host = self._by_netloc.get(parts.netloc, ("", None))
        if host is None:
            return "", ""
        answer = host.answer(Ask("GET", parts.path or "/", parts.query, number=1, tries=9, probe=True))
        return shape, answer.document if answer.status == 200 else ""


def _line(town: Town, website: str) -> tuple[str, ...]:
    return town.ags, town.name, town.kind, town.land, website


def load_shapes() -> dict[str, Shape]:
    """Return all shapes by name, in the order of their modules."""
    for module in sorted(info.name for info in pkgutil.iter_modules(shapes.__path__)):
        importlib.import_module(f"{shapes.__name__}.{module}")
    return dict(SHAPES)
