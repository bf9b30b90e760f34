"""What is true of a site: its Kommune, its documents, and what a crawl must not do there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.web import Web


@dataclass(frozen=True)
class Town:
    """One line of the register; `organ` and `head` are how its documents speak of it."""

    ags: str
    name: str
    kind: str = "stadt"

    @property
    def land(self) -> str:
        return self.ags[:2]

    @property
    def official(self) -> str:
        """As on a title page: "Stadt Brennstedt", "Landkreis Brennstedt", "Gemeinde Moorau"."""
        if self.kind == "landkreis":
            return self.name if self.name.startswith(("Kreis", "Landkreis")) else f"Landkreis {self.name}"
        return f"Gemeinde {self.name}" if self.kind == "gemeinde" else f"Stadt {self.name}"

    @property
    def short(self) -> str:
        return self.name.removeprefix("Landkreis ").removeprefix("Kreis ")

    @property
    def organ(self) -> str:
        if self.kind == "landkreis":
            return "Kreistag"
        names = {
            "05": "Rat",
            "03": "Rat",
            "06": "Stadtverordnetenversammlung",
            "12": "Stadtverordnetenversammlung",
        }
        fallback = "Gemeinderat" if self.kind == "gemeinde" or self.land == "08" else "Stadtrat"
        return names.get(self.land, fallback)

    @property
    def head(self) -> str:
        if self.kind == "landkreis":
            return "Landrätin"
        return "Bürgermeister" if self.kind == "gemeinde" else "Oberbürgermeisterin"


@dataclass(frozen=True)
class Document:
    """A document version that is there to be found.

    `required`: it counts for recall. Otherwise a row of it is neither right nor wrong as long as its owner is
    (a neighbour's concept, a short version). `judged`: which of kind, status, year and basis have one right answer.
    """

    key: str
    kind: str = "integrationskonzept"
    status: str = "fertiggestellt"
    year: int | None = None
    year_basis: str = "unbekannt"
    owner: str = ""
    required: bool = True
    judged: frozenset[str] = frozenset({"kind", "status", "year", "basis"})


@dataclass(frozen=True)
class Shape:
    """A kind of site, with the Kommune whose site it plays.

    Attributes
    ----------
    name
        Short name, unique.
    town
        The Kommune surveyed.
    build
        Puts pages and documents on the hosts.
    hosts
        Names of the hosts; the first is the website of the register. Each gets its own address and port.
    website
        Path on the first host, or a whole address where there is no host of ours.
    others
        Further lines of the register, without website (owners that the site speaks of).
    statuses
        What `coverage.csv` may say of it; empty: anything but error.
    reach
        How the truth is meant to be reached (links, sitemap, search, council, mixed), for the testbed's own tests.
    """

    name: str
    town: Town
    build: Callable[[Web], None]
    hosts: tuple[str, ...] = ("www",)
    website: str = "/"
    others: tuple[Town, ...] = ()
    statuses: frozenset[str] = frozenset()
    reach: tuple[str, ...] = ("links",)


SHAPES: dict[str, Shape] = {}


def shape(
    name: str,
    town: Town,
    *,
    hosts: tuple[str, ...] = ("www",),
    website: str = "/",
    others: tuple[Town, ...] = (),
    statuses: tuple[str, ...] = (),
    reach: tuple[str, ...] = ("links",),
) -> Callable[[Callable[[Web], None]], Callable[[Web], None]]:
    """Declare the decorated builder as a shape."""

    def declare(build: Callable[[Web], None]) -> Callable[[Web], None]:
        if name in SHAPES:
            raise ValueError(f"two shapes are called {name}")
        SHAPES[name] = Shape(name, town, build, hosts, website, others, frozenset(statuses), reach)
        return build

    return declare


@dataclass
class Truth:
    """What a built shape holds."""

    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def required(self) -> list[str]:
        return [key for key, document in self.documents.items() if document.required]
