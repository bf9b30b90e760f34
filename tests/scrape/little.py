"""Little loopback sites that note what they are asked, and a crawl of them to be killed (run as a script)."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer

from konzept_diffusion.scrape.reports import Coding, Kommune

NAMES = ["Aburg", "Bestadt", "Cehausen", "Dehof", "Efurt", "Geberg"]


@dataclass
class Sites:
    """Sites on addresses of their own; `asked` lists (host, path, If-None-Match)."""

    kommunen: list[Kommune] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    hold_at: int = -1
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    held_request: tuple[str, str] = ("", "")
    instead: dict[str, int] = field(default_factory=dict)
    """Path to the status that it is answered with."""

    def hold(self, at: int) -> None:
        """Leave the request of this number without an answer until `go_on` is set."""
        self.hold_at = len(self.asked) + at
        self.held.clear()
        self.go_on.clear()

    def forget(self) -> None:
        self.go_on.set()
        self.hold_at, self.held_request = -1, ("", "")
        self.asked.clear()
        self.instead.clear()

    def register(self, path: Path) -> Path:
        lines = [f"{k.ags},{k.name},{k.kind},{k.land},{k.website}" for k in self.kommunen]
        path.write_text("\n".join(["ags,name,kind,land,website", *lines]) + "\n", encoding="utf-8")
        return path

    def twice(self) -> set[tuple[str, str]]:
        """Return what was asked more than once, the request left without an answer excepted."""
        seen = [(host, path) for host, path, _ in self.asked]
        return {item for item in seen if seen.count(item) > 1} - {self.held_request}


def page(name: str, path: str) -> str | None:
    head = f"<html lang=de><head><title>Stadt {name}</title></head><body>"
    if path == "/":
        links = "".join(f'<li><a href="/integration/{i}">Integration, Teil {i}</a></li>' for i in range(4))
        return f"{head}<main><h1>{name}</h1><ul>{links}</ul></main>"
    part, _, number = path.strip("/").partition("/")
    if part == "integration" and number.isdigit() and int(number) < 4:
        link = f'<a href="/konzept/{number}">Integrationskonzept der Stadt {name}, Fassung {number}</a>'
        return f"{head}<main><h1>Integration {number}</h1><p>{'Wort ' * 80}</p>{link}</main>"
    if part == "konzept" and number.isdigit() and int(number) < 4:
        text = f"Integrationskonzept der Stadt {name}, Fassung {number}. " + "Zusammenleben gestalten. " * 300
        return f"{head}<main><h1>Integrationskonzept der Stadt {name} {number}</h1><p>{text}</p></main>"
    return None


@contextmanager
def serving(number: int = 4):
    """Yield sites of so many Kommunen."""
    sites = Sites()
    servers = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            host = f"{self.server.server_address[0]}:{self.server.server_address[1]}"
            asked_if = self.headers.get("If-None-Match", "")
            with sites.lock:
                sites.asked.append((host, self.path, asked_if))
                hold = len(sites.asked) == sites.hold_at
                if hold:
                    sites.held_request = (host, self.path)
                    sites.hold_at = -1
            if hold:
                sites.held.set()
                sites.go_on.wait(60)
            body = (
                "User-agent: *\nDisallow:\n"
                if self.path == "/robots.txt"
                else page(self.server.name, self.path)
            )
            status = 404 if body is None else 304 if asked_if == '"1"' else 200
            status = sites.instead.get(self.path, status)
            content = (
                b"" if status == 304 else (body if body and status == 200 else "Nicht gefunden").encode()
            )
            self.send_response(status)
            if status < 400:
                self.send_header("ETag", '"1"')
            self.send_header("Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        name = ""

        def server_bind(self):
            """Bind without asking a name server for the address's name, as HTTPServer does."""
            TCPServer.server_bind(self)

        def handle_error(self, request, client_address):
            """Say nothing of clients that were killed."""

    for index in range(number):
        server = Server((f"127.0.3.{index + 1}", 0), Handler)
        server.name = NAMES[index]
        host, port = server.server_address[:2]
        sites.kommunen.append(
            Kommune(f"05{index + 1:06}", NAMES[index], "stadt", "05", f"http://{host}:{port}/")
        )
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
    try:
        yield sites
    finally:
        sites.go_on.set()
        for server in servers:
            server.shutdown()
            server.server_close()


class TitleCoder:
    """Takes every page whose address has /konzept/ for a document of the Kommune on whose site it is."""

    def __init__(self, deadly: str = ""):
        self.deadly = deadly

    def __call__(self, file, page=None) -> Coding:
        if self.deadly and file.found_for.name == self.deadly and "/konzept/" in file.url:
            os.kill(os.getpid(), signal.SIGKILL)
        loaded = sorted({"pandas", "numpy", "bs4"} & set(sys.modules))
        return Coding(
            is_document="/konzept/" in file.url,
            speaks_of="/integration/" in file.url,
            kind="integrationskonzept",
            owner_level="stadt",
            owner_ags=file.found_for.ags,
            owner_name=file.found_for.name,
            title=file.url.rpartition("/")[2],
            text_status="ok",
            text_digest=sha256(file.body).hexdigest(),
            evidence=f"loaded: {loaded}",
            coder="title-1",
        )


def title_coder(register):
    return TitleCoder()


def deadly_coder(register):
    return TitleCoder("Bestadt")


def main(register: str, out: str, options: str = "{}") -> int:
    """Crawl as the command does, with the coder from here and no delay."""
    from konzept_diffusion.scrape import __main__ as command

    given = json.loads(options)
    command.make_coder = deadly_coder if given.get("deadly") else title_coder
    if given.get("largest_file"):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (given["largest_file"],) * 2)
    return command.main(
        [
            "--register",
            register,
            "--out",
            out,
            "--delay",
            "0",
            "--allow-private-hosts",
            *given.get("more", ()),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
