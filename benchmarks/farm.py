"""A synthetic farm of web hosts on loopback for benchmarks: one asyncio process, many addresses, one port.

`python benchmarks/farm.py HOSTS PAGES LOG` prints the port, serves until its standard input ends, then
writes arrival times and paths (JSON: address to a list of [seconds, path]) to LOG. Every host has PAGES pages
of about 20 kB whose links all look promising, so that a focused crawler and a plain one fetch the same pages.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LINKS = 60
WORDS = [
    "Stadt",
    "Verwaltung",
    "Bürgerinnen",
    "Bürger",
    "Beratung",
    "Angebot",
    "Verein",
    "Quartier",
    "Beteiligung",
    "Sprache",
    "Bildung",
    "Arbeit",
    "Gesundheit",
    "Wohnen",
    "Nachbarschaft",
    "Begegnung",
    "Förderung",
    "Maßnahme",
    "Projekt",
    "Träger",
    "Ehrenamt",
    "Ausschuss",
    "Bericht",
    "Haushalt",
    "Termin",
    "Anmeldung",
    "Öffnungszeiten",
    "Sprechstunde",
    "Formular",
    "Hinweis",
    "Region",
    "Kreis",
    "Landkreis",
    "Gemeinde",
]


def address(number: int) -> str:
    """Return the loopback address of a host."""
    return f"127.20.{number // 250}.{number % 250 + 1}"


def page(host: int, number: int, pages: int) -> bytes:
    """Return a synthetic page: menu, text, and links to the next pages."""
    draw = random.Random(host * 100_003 + number)
    text = " ".join(draw.choices(WORDS, k=1500))
    after = [(number * 2 + 1 + step) % pages for step in range(LINKS)]
    links = "".join(
        f'<li class="item"><a href="/integration/thema-{target}.html">Integration Thema {target}</a> '
        f"<span>{draw.choice(WORDS)}</span></li>"
        for target in after
    )
    half = len(text) // 2
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Integration {number}</title></head>'
        f'<body><div id="wrap"><nav><ul>{links}</ul></nav><main><h1>Thema {number}</h1><p>{text[:half]}</p>'
        f"<h2>Mehr</h2><p>{text[half:]}</p></main><footer><p>Impressum</p></footer></div></body></html>"
    ).encode()


class _Server(asyncio.Protocol):
    def __init__(self, host: int, pages: int, log: list[tuple[float, str]], kept: dict) -> None:
        self._host, self._pages, self._log, self._kept = host, pages, log, kept
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            self._log.append((time.monotonic(), path))
            self._transport.write(self._answer(path))

    def _answer(self, path: str) -> bytes:
        if path == "/":
            number = 0
        elif path.startswith("/integration/thema-"):
            number = int(path.removeprefix("/integration/thema-").removesuffix(".html"))
        else:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body = self._kept.get((self._host % 4, number)) or page(self._host % 4, number, self._pages)
        self._kept[(self._host % 4, number)] = body
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


async def _serve(hosts: int, pages: int, log_file: Path) -> None:
    loop = asyncio.get_running_loop()
    logs: dict[str, list[tuple[float, str]]] = {}
    kept: dict[tuple[int, int], bytes] = {}
    port = 0
    for number in range(hosts):
        name = address(number)
        log = logs.setdefault(name, [])
        server = await loop.create_server(
            lambda number=number, log=log: _Server(number, pages, log, kept), name, port, backlog=50
        )
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    log_file.write_text(json.dumps(logs))


@dataclass
class Farm:
    """A running farm: its port, and after the block the arrivals by address."""

    port: int
    arrivals: dict[str, list[tuple[float, str]]]

    def register(self, path: Path, hosts: int) -> Path:
        """Write a register with the first hosts of the farm."""
        rows = [
            f"01{number:06d},Synthetisch {number},stadt,01,http://{address(number)}:{self.port}/"
            for number in range(hosts)
        ]
        path.write_text("ags,name,kind,land,website\n" + "\n".join(rows) + "\n")
        return path


@contextmanager
def farm(hosts: int, pages: int, core: int | None = None) -> Iterator[Farm]:
    """Run a farm in a process of its own, on one core if it is named."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.json"
        command = [sys.executable, __file__, str(hosts), str(pages), str(log)]
        if core is not None:
            command = ["taskset", "-c", str(core), *command]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            running = Farm(int(process.stdout.readline()), {})
            try:
                yield running
            finally:
                process.stdin.close()
                process.wait(30)
                running.arrivals.update(json.loads(log.read_text()))


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
