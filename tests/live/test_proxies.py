"""The proxies of docs/exploitation, as they are written there, in front of two applications: HTTP/2, streams that are
held back by nobody, a renewal of the processes in the middle of a room that writes."""

import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests import postgresql
from tests.live.crowd import Writers, check_log
from tests.live.several import Several, until
from tests.live.test_kill import free_port

DOCS = Path(__file__).resolve().parents[2] / "docs" / "exploitation"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        os.environ.get("MAILLAGE_TEST_DATABASE") != "postgresql" or postgresql.binaries() is None,
        reason="deux applications demandent PostgreSQL : joué par la suite sur PostgreSQL",
    ),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory, tables):
    several = Several(tmp_path_factory.mktemp("proxies"), "proxies", people=12)
    several.second_port, second = several.beside()
    yield several
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    assert several.stop() == 0


class Proxy:
    def __init__(self, command: list[str], folder: Path, port: int, **environment: str) -> None:
        self.url = f"https://localhost:{port}"
        self.log = folder / "proxy.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT
            )
        with httpx.Client(trust_env=False, verify=False, timeout=5) as client:
            until(lambda: self._answers(client), f"the proxy does not answer: {self.log.read_text()}", 20)

    def _answers(self, client: httpx.Client) -> bool:
        try:
            return client.get(f"{self.url}/s/").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def caddy(folder: Path, served: Several) -> Proxy:
    port = free_port()
    own = f"{{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttps_port {port}\n}}\n"
    (folder / "Caddyfile").write_text(own + (DOCS / "Caddyfile").read_text())
    command = ["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    apps = f"127.0.0.1:{served.port} 127.0.0.1:{served.second_port}"
    return Proxy(command, folder, port, MAILLAGE_DOMAIN="localhost", MAILLAGE_APPS=apps, XDG_DATA_HOME=str(folder))


def nginx(folder: Path, served: Several) -> Proxy:
    port = free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    self_signed = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    subprocess.run([*self_signed.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    site = (DOCS / "nginx.conf").read_text()
    for written, here in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{served.port}; server 127.0.0.1:{served.second_port};"),
        ("listen 443 ", f"listen {port} "),
        ("listen 80;", f"listen {free_port()};"),
        ("maillage.exemple.fr", "localhost"),
        ("/etc/ssl/maillage/fullchain.pem", str(certificate)),
        ("/etc/ssl/maillage/privkey.pem", str(key)),
    ):
        assert written in site
        site = site.replace(written, here)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; worker_processes 1; error_log stderr warn;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ access_log off;\n{site}\n}}\n"
    )
    return Proxy(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], folder, port)


@pytest.fixture(params=[caddy, nginx], ids=["caddy", "nginx"])
def proxy(request, tmp_path, served):
    name = request.param.__name__
    if shutil.which(name) is None:
        pytest.skip(f"{name} n’est pas installé (apt-get install {name})")
    running = request.param(tmp_path, served)
    served.front = running.url
    yield running
    served.front = ""
    running.stop()


class CurlScreen(threading.Thread):
    """A phone that speaks HTTP/2, and comes back as soon as its stream ends."""

    def __init__(self, served: Several, person: int) -> None:
        super().__init__(daemon=True)
        self.served, self.person = served, person
        self.last, self.openings, self.statuses = 0, 0, []
        self.versions: set[str] = set()
        self.over = threading.Event()
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def run(self) -> None:
        while not self.over.is_set():
            url = f"{self.served.front}/live/{self.served.session['id']}/stream?after={self.last}"
            cookie = self.served.cookie(self.person)["cookie"]
            self.process = subprocess.Popen(
                ["curl", "-sSkNi", "--http2", "-H", f"Cookie: {cookie}", "-H", "Accept: text/event-stream", url],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            assert self.process.stdout is not None
            for line in self.process.stdout:
                if line.startswith("HTTP/"):
                    version, status = line.split()[:2]
                    self.versions.add(version)
                    self.statuses.append(int(status))
                    self.openings += status == "200"
                elif line.startswith("id: "):
                    self.last = int(line[4:])
            self.process.stdout.close()
            self.process.wait()
            self.over.wait(0.1)

    def stop(self) -> None:
        self.over.set()
        if self.process is not None:
            self.process.terminate()
        self.join(10)


def test_streams_pass_and_a_renewal_is_seen_by_nobody(served: Several, proxy: Proxy) -> None:
    screens = [CurlScreen(served, person) for person in range(6)]
    until(lambda: all(screen.last for screen in screens), "a screen has no view", 20)
    assert {version for screen in screens for version in screen.versions} == {"HTTP/2"}
    with httpx.Client(trust_env=False, verify=False) as client:
        for attempt in range(3):
            key = f"{os.path.basename(proxy.process.args[0])}-{attempt}"
            began = time.monotonic()
            number = served.post(client, attempt, key, "Par le mandataire").json()["number"]
            until(lambda number=number: all(screen.last >= number for screen in screens), "held back", 3)
            took = time.monotonic() - began
        print(f"{proxy.url}: six screens moved {took * 1000:.0f} ms after the move was sent")
    said = served.said().count("processus renouvelés : 2 sur 2")
    writers = Writers(served, range(6, 12), pause=0.3)
    served.signal(signal.SIGHUP)
    until(lambda: served.said().count("processus renouvelés : 2 sur 2") > said, "the workers were not renewed")
    writers.stop()
    check_log(served, writers)
    last = max(writers.kept.values())
    until(lambda: all(screen.last >= last for screen in screens), "a screen is behind", 5)
    for screen in screens:
        screen.stop()
    print(f"answers {sorted(set(writers.answers))}, longest {writers.longest:.2f} s, {len(writers.kept)} moves")
    assert set(writers.answers) <= {200, 201, 503}
    assert {status for screen in screens for status in screen.statuses} <= {200, 503}


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
def test_what_is_for_the_operator_stays_inside(proxy: Proxy, path: str) -> None:
    with httpx.Client(trust_env=False, verify=False) as client:
        assert client.get(f"{proxy.url}{path}").status_code == 404
