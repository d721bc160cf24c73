"""The map out of our pages: files, frames of other sites, oEmbed."""

import json
from html import unescape
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image
from pypdf import PdfReader

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    "path", ["", "departements/57/", "intercommunalites/200069250/", "quartiers/QN01003M/", "communes/10081/"]
)
def test_svg_file_stands_alone(client, space, path):
    answer = client.get(f"/atlas/grand-est/{path}carte.svg?couches=france-services")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"].startswith("attachment;")
    root = ElementTree.fromstring(answer.content)
    kinds = {element.tag for element in root.iter()}
    assert f"{SVG}script" not in kinds
    assert f"{SVG}style" in kinds
    links = [element.get("href", "") for element in root.iter(f"{SVG}a")]
    assert links or path.startswith("quartiers")
    assert all(link.startswith("http://testserver/atlas/") for link in links)
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    words = "".join(root.itertext())
    assert "Licence Ouverte" in words


def test_pdf_is_one_tagged_sheet_with_its_sources(client, space):
    answer = client.get("/atlas/grand-est/departements/10/carte.pdf?vue=contrats")
    assert answer["Content-Disposition"] == 'attachment; filename="carte-aube-contrats.pdf"'
    pdf = PdfReader(BytesIO(answer.content))
    assert len(pdf.pages) == 1
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words = pdf.pages[0].extract_text()
    assert "Aube" in words
    assert "signature non connue" in words
    assert "IGN" in words


def test_png_is_a_picture_of_the_sheet(client, space):
    answer = client.get("/atlas/grand-est/intercommunalites/200069250/carte.png")
    assert answer["Content-Disposition"] == 'attachment; filename="carte-ca-troyes-champagne-metropole.png"'
    picture = Image.open(BytesIO(answer.content))
    assert picture.width > picture.height > 1_000
    assert len(picture.convert("RGB").getcolors(10_000_000)) > 50  # a map, not a blank


@pytest.mark.parametrize("name", ["carte.exe", "carte.PDF", "carte.pdfx"])
def test_another_kind_of_file_is_none(client, space, name):
    assert client.get(f"/atlas/grand-est/{name}").status_code == 404


def test_frame_is_for_every_site_and_nothing_else_is(client, space, organiser):
    client.force_login(organiser)
    framed = client.get("/atlas/grand-est/integrer/departements/10/?vue=contrats")
    html = framed.content.decode()
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert not framed.has_header("X-Frame-Options")
    assert organiser.name not in html
    assert "csrf" not in html
    assert 'href="/atlas/grand-est/integrer/intercommunalites/200069250/?vue=contrats"' in html
    page = client.get("/atlas/grand-est/departements/10/")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_oembed_is_found_in_the_page_and_answers(client, space):
    html = client.get("/atlas/grand-est/departements/10/?vue=contrats").content.decode()
    link = html.split('type="application/json+oembed" href="')[1].split('"')[0]
    answer = client.get(unescape(link).removeprefix("http://testserver"))
    said = json.loads(answer.content)
    assert (said["version"], said["type"]) == ("1.0", "rich")
    assert 'src="http://testserver/atlas/grand-est/integrer/departements/10/?vue=contrats"' in said["html"]
    assert (
        client.get("/oembed", {"url": "http://testserver/atlas/grand-est/", "maxwidth": "300"}).json()["width"] == 300
    )


@pytest.mark.parametrize(
    "url",
    [
        "", "nimporte", "javascript:alert(1)", "http://ailleurs.invalid/atlas/grand-est/", "http://testserver/",
        "http://testserver/atlas/grand-est/communes/99999/", "http://testserver/atlas/rien/", "http://[",
        "http://testserver/atlas/grand-est/carte.pdf", "http://testserver/atlas/grand-est/france/",
    ],
)  # fmt: skip
def test_oembed_refuses_in_words_what_is_no_open_atlas(client, space, url):
    answer = client.get("/oembed", {"url": url})
    assert answer.status_code == 404
    assert "atlas" in answer.json()["error"]


def test_oembed_makes_json_only(client, space):
    assert client.get("/oembed", {"url": "http://testserver/atlas/grand-est/", "format": "xml"}).status_code == 501
