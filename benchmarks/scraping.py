"""The scraper on a synthetic farm of hosts: polite bound, CPU a page beside Scrapy, memory, several cores.

`python benchmarks/scraping.py` measures and writes into benchmarks/results.json. Scrapy is installed into a
throwaway environment if it is not at hand (it is no dependency of the project).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from itertools import pairwise
from pathlib import Path

from farm import address, farm

RESULTS = Path(__file__).parent / "results.json"
SPIDER = """
import sys
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor

port, hosts, pages, out = int(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3]), sys.argv[4]


class Spider(scrapy.Spider):
    name = "peer"
    extractor = LinkExtractor()

    async def start(self):
        for host in hosts:
            yield scrapy.Request(f"http://{host}:{port}/")

    def parse(self, response):
        self.seen = getattr(self, "seen", {})
        host = response.url.split("/")[2]
        taken = self.seen.setdefault(host, 1)
        yield {"url": response.url, "title": response.css("title::text").get()}
        for link in self.extractor.extract_links(response):
            if self.seen[host] >= pages:
                break
            if link.url not in self.seen:
                self.seen[link.url] = 1
                self.seen[host] += 1
                yield response.follow(link, self.parse)


process = CrawlerProcess({
    "ROBOTSTXT_OBEY": True, "LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 128, "TELNETCONSOLE_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "FEEDS": {out: {"format": "jsonlines"}},
    "REACTOR_THREADPOOL_MAXSIZE": 4,
})
process.crawl(Spider)
process.start()
"""
HELPER = (
    "import json, resource, subprocess, sys, time\n"
    "begun = time.perf_counter()\n"
    "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(json.dumps({'code': code, 'wall': time.perf_counter() - begun,\n"
    "                  'cpu': used.ru_utime + used.ru_stime, 'peak_mb': used.ru_maxrss / 1024}))\n"
)


def _run(command: list[str], cores: str) -> dict[str, float]:
    """Run a command on some cores; return wall and CPU seconds and the peak memory of its largest process."""
    done = subprocess.run(
        ["taskset", "-c", cores, sys.executable, "-c", HELPER, *command],
        check=True, capture_output=True, text=True, env=os.environ,
    )  # fmt: skip
    measured = json.loads(done.stdout)
    if measured["code"] != 0:
        raise SystemExit(f"failed: {' '.join(command)}\n{done.stderr[-2000:]}")
    return measured


def _scrape(register: Path, out: Path, delay: float, requests: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "konzept_diffusion.scrape", "--register", str(register), "--out", str(out),
        "--allow-private-hosts", "--delay", str(delay), "--max-requests", str(requests),
        "--workers", str(workers),
    ]  # fmt: skip


def _span(arrivals: dict[str, list[tuple[float, str]]]) -> tuple[float, int, float]:
    """Return seconds from the first to the last arrival, arrivals in all, and the smallest gap on a host."""
    times = sorted(moment for log in arrivals.values() for moment, _ in log)
    gaps = [later[0] - earlier[0] for log in arrivals.values() for earlier, later in pairwise(log)]
    return times[-1] - times[0], len(times), min(gaps)


def bound(hosts: int, requests: int, delay: float, cores: str) -> dict[str, object]:
    """How close a polite crawl of many hosts comes to what its delay allows."""
    with tempfile.TemporaryDirectory() as folder, farm(hosts, 400, core=os.cpu_count() - 1) as running:
        register = running.register(Path(folder) / "register.csv", hosts)
        used = _run(_scrape(register, Path(folder) / "out", delay, requests, hosts), cores)
    span, arrivals, gap = _span(running.arrivals)
    most = max(len(log) for log in running.arrivals.values())
    ideal = (most - 1) * delay
    return {
        "hosts": hosts,
        "delay_seconds": delay,
        "arrivals": arrivals,
        "bound_seconds": ideal,
        "span_seconds": span,
        "share_of_bound": ideal / span,
        "share_of_bound_with_start": ideal / used["wall"],
        "smallest_gap_seconds": gap,
        "cpu_ms_a_page": 1000 * used["cpu"] / arrivals,
        "peak_mb": used["peak_mb"],
    }


def beside_scrapy(hosts: int, requests: int, python: Path) -> dict[str, object]:
    """CPU per fetched page, one core each, the same pages, robots.txt obeyed, one connection a host."""
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name, farm(hosts, 400, core=os.cpu_count() - 1) as running:
        folder = Path(name)
        register = running.register(folder / "register.csv", hosts)
        spider = folder / "spider.py"
        spider.write_text(SPIDER)
        peer = [
            str(python), str(spider), str(running.port), ",".join(address(n) for n in range(hosts)),
            str(requests), str(folder / "scrapy.jsonl"),
        ]  # fmt: skip
        own = _run(_scrape(register, folder / "out", 0, requests, hosts), "0")
        begun = time.monotonic()
        other = _run(peer, "0")
    arrivals = [moment for log in running.arrivals.values() for moment, path in log if path != "/robots.txt"]
    pages = sum(moment < begun for moment in arrivals)
    peer_pages = len(arrivals) - pages
    found["pages"], found["peer_pages"] = pages, peer_pages
    found["cpu_ms_a_page"] = 1000 * own["cpu"] / pages
    found["peer"] = "Scrapy with LinkExtractor, titles to JSON lines, no archive, no state"
    found["peer_cpu_ms_a_page"] = 1000 * other["cpu"] / peer_pages
    found["over_peer"] = found["cpu_ms_a_page"] / found["peer_cpu_ms_a_page"]
    return found


def memory(hosts: int, requests: int, workers: int) -> dict[str, object]:
    """Peak memory of the whole crawl (all its processes) over many hosts."""
    with tempfile.TemporaryDirectory() as folder, farm(hosts, 400) as running:
        register = running.register(Path(folder) / "register.csv", hosts)
        command = _scrape(register, Path(folder) / "out", 0.2, requests, workers)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            peak = 0.0
            while process.poll() is None:
                peak = max(peak, _resident(process.pid))
                time.sleep(0.2)
    return {"hosts": hosts, "workers": workers, "peak_mb": peak, "limit_mb": 500}


def _resident(pid: int) -> float:
    """Return the proportional memory (PSS: shared pages counted once) of a process and its children in MB."""
    total = 0.0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            rollup = Path(f"/proc/{current}/smaps_rollup").read_text()
            children = Path(f"/proc/{current}/task/{current}/children").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        waiting += [int(child) for child in children.split()]
    return total


def _scrapy(folder: Path) -> Path:
    """Return a Python that has Scrapy, made for this run."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "scrapy"], check=True)
    return python


def main() -> None:
    """Measure and keep."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(os.environ.get("SCRAPY_PYTHON") or _scrapy(Path(folder) / "venv"))
        found = {
            "one_core": bound(120, 40, 1.0, "0"),
            "two_cores": bound(240, 40, 1.0, "0,1"),
            "beside_scrapy": beside_scrapy(40, 100, python),
            "memory": memory(1000, 12, 128),  # 128 workers are the default
            "memory_all_at_once": memory(1000, 12, 1000),
        }
    kept = json.loads(RESULTS.read_text())
    kept["scraping"] = found
    RESULTS.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
