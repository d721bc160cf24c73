"""The map of a region beside Leaflet with the same shapes: bytes over the air, time to the picture at 400 kbit/s.

The same outlines, as finely drawn, become GeoJSON (degrees to three decimals, 110 m: the nearest to our 200 m steps);
the page of Leaflet has no tiles, its files are Brotli's best, and it shows less: shapes, names, links, dots. A picture
is there when the frame after the last of its areas is painted, by the same clock in both pages. Chromium and Playwright
are the client: without them, or without Leaflet (--leaflet FILE), nothing is measured and it is said.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import TYPE_CHECKING, Any

from maillage.atlas.drawing import rings_of  # the numbers of a path, as the map reads them
from maillage.config.bench.processes import served
from maillage.config.bench.rows import Row
from maillage.lib.typography import typo
from maillage.people.models import Space
from maillage.people.services import make_space, open_atlas
from maillage.territories.enums import UNITS, Detail, Level
from maillage.territories.models import Epci, Outline, Qpv, Region
from maillage.territories.queries import VINTAGE
from maillage.territories.services import load_territories

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIGHTER, FASTER = 3.0, 2.0  # times (issue 6)
RATE = 400_000 / 8  # bytes a second, each way
LATENCY = 150  # ms
WITHIN = 120_000  # ms
AREAS = 39 + 10  # intercommunalités with a quarter, départements
PICTURE = """() => {
  const look = () => document.querySelectorAll("svg path").length >= AREAS
    ? requestAnimationFrame(() => requestAnimationFrame((at) => { window.pictureAt = at; }))
    : requestAnimationFrame(look);
  requestAnimationFrame(look);
}""".replace("AREAS", str(AREAS))
PEER = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Grand Est</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="leaflet.css">
<style>html,body,#map{height:100%;margin:0}</style></head><body><div id="map"></div><script src="leaflet.js"></script>
<script>fetch("shapes.json").then((answer) => answer.json()).then((shapes) => {
const map = L.map("map");
const drawn = L.geoJSON(shapes, {
  style: (one) => ({ color: "#4d6167", weight: 1, fillOpacity: one.properties.n ? 0.6 : 0.1 }),
  pointToLayer: (one, at) => L.circleMarker(at, { radius: 4 }),
  onEachFeature: (one, layer) =>
    layer.bindTooltip(one.properties.name).on("click", () => { location = one.properties.href; }),
}).addTo(map);
map.fitBounds(drawn.getBounds());
});</script></body></html>"""


def measure(*, repeat: int, leaflet: Path | None = None) -> list[Row]:
    missing = _missing(leaflet)
    if missing or leaflet is None:
        sys.stderr.write(f"{typo(missing)}\n")
        return []
    from playwright.sync_api import sync_playwright  # of the development environment only

    space = _make_atlas()
    runs: dict[str, list[tuple[float, float]]] = {"page": [], "frame": [], "peer": []}
    with served() as server, _peer(leaflet) as peer, sync_playwright() as playwright:
        ours = f"http://127.0.0.1:{server.port}/atlas/{space.slug}/"
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"])
        addresses = {"page": ours, "frame": f"{ours}integrer/", "peer": peer}
        _see(browser, ours)  # templates are compiled once
        for _time in range(repeat):
            for name, address in addresses.items():  # in turn: a slow moment is shared
                runs[name].append(_see(browser, address))
        browser.close()
    weights = {name: median(weight for weight, _picture in seen) for name, seen in runs.items()}
    pictures = {name: median(picture for _weight, picture in seen) for name, seen in runs.items()}
    note = f"Grand Est, 39 intercommunalités, 123 quartiers ; référence : {leaflet.name}, mêmes contours, sans fond"
    lighter, faster = weights["peer"] / LIGHTER, pictures["peer"] / FASTER
    whole = "la page entière : carte, faits, tableau, sources"
    return [
        Row("map-weight", weights["frame"], "ko", weights["peer"], lighter, note=f"carte et légende seules ; {note}"),
        Row("map-picture", pictures["frame"], "ms", pictures["peer"], faster, note="jusqu’à l’image, à 400 kbit/s"),
        Row("map-page-weight", weights["page"], "ko", weights["peer"], note=whole),
        Row("map-page-picture", pictures["page"], "ms", pictures["peer"], note=whole),
    ]


def _missing(leaflet: Path | None) -> str:
    if leaflet is None:
        return "La carte n’est pas mesurée : il manque Leaflet (npm pack leaflet, puis --leaflet dist/leaflet.js)."
    if not leaflet.is_file() or not leaflet.with_suffix(".css").is_file():
        return f"La carte n’est pas mesurée : {leaflet} et sa feuille de style .css ne sont pas là."
    if _chromium() is None:
        return "La carte n’est pas mesurée : Chromium n’est pas installé."
    try:
        import playwright  # noqa: F401 - of the development environment only
    except ImportError:
        return "La carte n’est pas mesurée : Playwright n’est pas installé."
    return ""


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _make_atlas() -> Space:
    space = Space.objects.filter(slug="mesure").first()
    if space is None:
        load_territories(outlines=True)
        space = make_space(slug="mesure", name="Mesure", region=Region.objects.get(), by="mesure")
        open_atlas(space=space, public=True, by="mesure")
    return space


def _see(browser: "Browser", address: str) -> tuple[float, float]:
    """Kilobytes over the air, headers included, and milliseconds from the request to the picture."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY, "downloadThroughput": RATE, "uploadThroughput": RATE},
    )
    weights: list[float] = []
    line.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.add_init_script(f"({PICTURE})()")
    page.goto(address, wait_until="networkidle", timeout=WITHIN)
    picture = float(page.wait_for_function("window.pictureAt", timeout=WITHIN).json_value())
    context.close()
    return sum(weights) / 1000, picture


# --- the other side ---


@contextmanager
def _peer(leaflet: Path) -> Iterator[str]:
    import brotli

    files = {
        "/": ("text/html; charset=utf-8", PEER.encode()),
        "/leaflet.js": ("text/javascript", leaflet.read_bytes()),
        "/leaflet.css": ("text/css", leaflet.with_suffix(".css").read_bytes()),
        "/shapes.json": ("application/json", json.dumps(_shapes(), separators=(",", ":"), ensure_ascii=False).encode()),
    }
    packed = {path: (kind, brotli.compress(content)) for path, (kind, content) in files.items()}

    class Site(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, content = packed.get(self.path, ("text/plain", b""))
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            if content:
                self.send_header("Content-Encoding", "br")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _shapes() -> dict[str, Any]:
    """What our map draws, as GeoJSON: the same points, in degrees."""
    quarters = list(Qpv.objects.filter(vintage=VINTAGE).select_related("epci"))
    counts: dict[str, int] = {}
    for qpv in quarters:
        counts[qpv.epci_id] = counts.get(qpv.epci_id, 0) + 1
    names = dict(Epci.objects.filter(pk__in=counts).values_list("pk", "name"))
    features = []
    for outline in Outline.objects.filter(detail=Detail.REGION).exclude(level=Level.REGION).order_by("level", "code"):
        number = counts.get(outline.code, 0)
        name = f"{names.get(outline.code, outline.code)}, {number} quartiers prioritaires"
        folder = "intercommunalites" if outline.level == Level.EPCI else "departements"
        properties = {"name": name, "n": number, "href": f"/{folder}/{outline.code}/"}
        geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in _in_degrees(outline)]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    for qpv in quarters:
        at: dict[str, Any] = {"type": "Point", "coordinates": [round(qpv.lon or 0, 3), round(qpv.lat or 0, 3)]}
        properties = {"name": qpv.name, "href": f"/quartiers/{qpv.code}/"}
        features.append({"type": "Feature", "properties": properties, "geometry": at})
    return {"type": "FeatureCollection", "features": features}


def _in_degrees(outline: Outline) -> list[list[list[float]]]:
    import numpy as np

    from maillage.lib.projection import ZONES, project

    zone = next(each for each in ZONES if each.id == outline.zone)
    unit = UNITS[Detail(outline.detail)]
    rings = []
    for ring in rings_of(outline.path):
        metres = np.array([*ring, ring[0]], dtype=float) * (unit, -unit)
        degrees = np.full(metres.shape, ((zone.bounds[0] + zone.bounds[2]) / 2, (zone.bounds[1] + zone.bounds[3]) / 2))
        for _turn in range(6):  # Newton: the projection has no inverse here, and needs none elsewhere
            here = project(degrees, zone)
            east = (project(degrees + np.array([1e-5, 0]), zone) - here) / 1e-5
            north = (project(degrees + np.array([0, 1e-5]), zone) - here) / 1e-5
            off = metres - here
            across = east[:, 0] * north[:, 1] - north[:, 0] * east[:, 1]
            degrees = degrees + np.column_stack(
                [
                    (off[:, 0] * north[:, 1] - north[:, 0] * off[:, 1]) / across,
                    (east[:, 0] * off[:, 1] - off[:, 0] * east[:, 1]) / across,
                ]
            )
        rings.append(degrees.round(3).tolist())
    return rings
