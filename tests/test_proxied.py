"""Two servers on one PostgreSQL behind the nginx that we ship: whichever answers, and whichever dies."""

import os
import re
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from app.store import Reader

from .postgres import postgres
from .supervised import Server, serving, wait_for
from .test_deployment import NGINX, tool
from .watching import LOOP, Watcher

WATCHERS = 20
RUNS = 4


class Proxied:
    """The servers, and the address in front of them."""

    def __init__(self, servers: list[Server], address: str, url: str) -> None:
        self.servers, self.address = servers, address
        self.reader = Reader(url)

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        """An answer over a connection of its own, from whichever server's turn it is."""
        return httpx.request(method, self.address + path, timeout=30, **more)  # type: ignore[arg-type]

    def watch(self, runs: list[str]) -> list[Watcher]:
        watchers = [Watcher(self.address, run) for run in runs]
        wait_for(lambda: all(watcher.last for watcher in watchers))
        return watchers


@pytest.fixture(scope="module")
def proxied() -> Iterator[Proxied]:
    program = tool("nginx")
    with ExitStack() as stack:
        url = stack.enter_context(postgres()).database()
        servers = [stack.enter_context(serving(GRADWALK_DATABASE=url, GRADWALK_SLOTS="4")) for _ in range(2)]
        address = stack.enter_context(proxy(program, servers))
        for server in servers:
            wait_for(server.ready)
        proxied = Proxied(servers, address, url)
        yield proxied
        proxied.reader.close()


@contextmanager
def proxy(program: str, servers: list[Server]) -> Iterator[str]:
    """The nginx of `deploy/`, before these servers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    hosts = [server.client.base_url.netloc.decode() for server in servers]
    told = NGINX.read_text("utf-8").replace("listen 8000;", f"listen {place};")
    told = re.sub("server web:8000(.*?);", lambda found: "".join(f"server {host}{found[1]};" for host in hosts), told)
    with tempfile.TemporaryDirectory(prefix="gradwalk-nginx-") as made:
        conf, log = Path(made, "nginx.conf"), Path(made, "log")
        conf.write_text(told, "utf-8")
        command = [program, "-p", made, "-c", str(conf), "-e", str(log), "-g", f"daemon off; pid {made}/pid;"]
        nginx = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: answers(place))
            yield f"http://{place}"
        finally:
            nginx.terminate()
            nginx.wait(20)


def answers(place: str) -> bool:
    try:
        return httpx.get(f"http://{place}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_what_was_typed_is_drawn_whichever_server_answers(proxied: Proxied) -> None:
    source = "torch.ones(3, requires_grad=True).sum().backward()"
    urls = [proxied.ask("POST", "/api/expressions", json={"source": source}).json()["url"] for _ in range(2)]
    for path in ("/graphs/0.svg", "/graphs/0", "/backwards/1", "/events", ""):
        for url in urls:
            told = [proxied.ask("GET", url + path) for _ in range(2)]
            assert [each.status_code for each in told] == [200, 200]
            assert told[0].text == told[1].text
    again = proxied.ask("POST", f"{urls[0]}/backwards/1", json={}).json()
    assert [each["recorded"] for each in again["backwards"]] == [True]
    for server in proxied.servers:
        assert 'route="/api/runs/{run_id}/graphs/' in server.client.get("/metrics").text


def test_a_source_as_large_as_it_may_be_passes_and_a_larger_one_is_refused_in_our_own_words(proxied: Proxied) -> None:
    largest = "#" + "\x01" * (256 * 1024 - 1)  # each is six bytes of JSON
    assert proxied.ask("POST", "/api/expressions", json={"source": largest}).json()["outcome"] == "ok"
    refused = proxied.ask("POST", "/api/expressions", json={"source": largest + "#"})
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")


def test_nobody_is_turned_away_while_both_web_processes_are_started_again(proxied: Proxied) -> None:
    runs = [server.start(LOOP) for server in proxied.servers for _ in range(RUNS // 2)]
    watchers = proxied.watch(runs * (WATCHERS // RUNS))
    with ThreadPoolExecutor(2) as pool:
        slow = {"source": "import time\ntime.sleep(9)"}
        typed = [pool.submit(proxied.ask, "POST", "/api/expressions", json=slow) for _ in proxied.servers]
        for server in proxied.servers:
            wait_for(lambda server=server: server.client.get("/healthz").json()["queue"]["running"]["unlisted"])  # type: ignore[misc]
        for server in proxied.servers:
            server.kill("serve")
            assert {proxied.ask("GET", f"/api/runs/{run}").status_code for run in runs} == {200}
        assert [each.result().status_code for each in typed] == [502, 502]  # nobody runs a program twice
    for watcher in watchers[:RUNS]:
        watcher.sees_more()
    for run in runs:
        assert proxied.ask("POST", f"/api/runs/{run}/stop").status_code == 202
    for watcher in watchers:
        assert watcher.whole() == watcher.recorded(proxied.reader)


def test_watched_runs_outlive_a_server_but_its_own(proxied: Proxied) -> None:
    dying, living = proxied.servers
    lost, kept = dying.start(LOOP), living.start(LOOP)
    watchers = proxied.watch([lost, kept])
    for pid in (dying.process.pid, *dying.pids("agent"), *dying.pids("serve")):
        os.kill(pid, signal.SIGKILL)
    assert {proxied.ask("GET", f"/api/runs/{kept}").status_code for _ in range(6)} == {200}
    assert wait_for(lambda: living.record(lost)["outcome"]) == "interrupted"
    watchers[1].sees_more()
    assert proxied.ask("POST", f"/api/runs/{kept}/stop").status_code == 202
    for watcher in watchers:
        assert watcher.whole() == watcher.recorded(proxied.reader)
