"""The network as files. A country’s hold all its links: made beside requests when it is counted, then given as kept."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.utils.translation import gettext as _

from maillage.atlas.marks import ORGANISATIONS, marks_of
from maillage.atlas.network import Network
from maillage.lib.spreadsheets import write_csv
from maillage.people.models import Space


def keep_files(network: Network) -> None:
    """In place of those made before. Named by the directory's mark: who left it since is in no file that is given."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob(f"{_name(network.space, network.public, network.basis)}-*"))
    for form, (_type, write) in FORMS.items():
        path = _path(network.space, network.public, network.basis, form)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="making-", delete=False) as out:
            out.write(write(network))
        os.replace(out.name, path)
        before.discard(path)
    for path in before:
        path.unlink(missing_ok=True)  # who reads it now reads it to its end


def kept_file(space: Space, *, public: bool, basis: str, form: str) -> Path | None:
    path = _path(space, public, basis, form)
    return path if path.exists() else None


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "networks"


def _name(space: Space, public: bool, basis: str) -> str:
    return f"{space.pk.hex}-{'public' if public else 'own'}-{basis}"


def _path(space: Space, public: bool, basis: str, form: str) -> Path:
    mark = hashlib.sha256(marks_of(space).of([ORGANISATIONS]).encode()).hexdigest()[:24]
    return _folder() / f"{_name(space, public, basis)}-{mark}.{form}"


def csv_of(network: Network) -> bytes:
    headers = [_("Structure"), _("Genre"), _("Structure liée"), _("Son genre"), _("Partages"), _("Années")]
    rows = [
        [
            link.one.name,
            link.one.get_kind_display(),
            link.other.name,
            link.other.get_kind_display(),
            str(link.times),
            " ".join(map(str, link.years)),
        ]
        for link in network.links
    ]
    return write_csv(headers, rows)


def graphml_of(network: Network) -> bytes:
    """GraphML 1.0 (graphdrawing.org), as Gephi, yEd or igraph read it."""
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    keys = [("node", "name", "string"), ("node", "kind", "string"), ("node", "commune", "string")]
    keys += [("node", "epci", "string"), ("edge", "weight", "int"), ("edge", "years", "string")]
    for on, name, kind in keys:
        ElementTree.SubElement(root, "key", {"id": name, "for": on, "attr.name": name, "attr.type": kind})
    graph = ElementTree.SubElement(root, "graph", id="cooperation", edgedefault="undirected")
    for row in network.actors:
        node = ElementTree.SubElement(graph, "node", id=str(row.pk))
        _data(node, name=row.name, kind=row.kind, commune=row.commune_id or "", epci=row.epci_id or "")
    for link in network.links:
        edge = ElementTree.SubElement(graph, "edge", source=str(link.one.pk), target=str(link.other.pk))
        _data(edge, weight=str(link.times), years=" ".join(map(str, link.years)))
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _data(parent: ElementTree.Element, **said: str) -> None:
    for key, value in said.items():
        if value:  # XML has no control characters, a name typed somewhere may
            ElementTree.SubElement(parent, "data", key=key).text = "".join(
                letter for letter in value if letter.isprintable()
            )


FORMS: dict[str, tuple[str, Callable[[Network], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_of),
    "graphml": ("application/graphml+xml", graphml_of),
}
