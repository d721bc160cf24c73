"""What opens something is in no line of a log, in no title of a page, and goes to no other site with a referrer."""

import html
import io
import json
import logging
import re

import pytest
from django.conf import settings
from django.test import Client

from maillage.config.logs import WithoutLinks
from maillage.config.rights import addresses
from maillage.lib.needs import Need
from maillage.live import handing, seats
from maillage.live.models import Seat
from maillage.people.models import User
from maillage.people.services import make_sign_in_link
from tests.rights.walking import LEADING, SEATED, Walk, path_of

HELD = (Need.LINK, Need.LEADING_LINK, Need.CODE)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """The walk silences its refusals; here they are read."""
    monkeypatch.setattr(logging.root.manager, "disable", logging.NOTSET)


def secrets_of(walk: Walk, seat: Seat) -> dict[str, str]:
    """Where each opens: its address."""
    found = {}
    for address in addresses():
        if address.needs is not None and address.needs.get in HELD:
            values = walk.here.of(address)
            found[path_of(address, values)] = str(values[address.keys[0]])
    handed = handing.make_link_token(seat)
    undo = handing.make_undo_token(session_id=seat.session_id, seat=str(seat.id))
    link = make_sign_in_link(user=User.objects.first(), base_url="http://testserver")
    found |= {
        f"/place/{handed}/": handed,
        f"/seance/{seat.session_id}/telephones/?siege=a&retire={undo}": undo,
        link.removeprefix("http://testserver"): re.search(r"jeton=([^&]+)", link)[1],
        "/connexion/retour/?code=zqcode123&state=zqstate123": "zqcode123",
    }
    return found


def test_a_play_leaves_nothing_that_opens_in_the_logs_nor_in_a_title_nor_in_a_referrer(walk: Walk):
    seat = Seat.objects.filter(session__gathering__space=walk.here.space, kind="participant").first()
    held = secrets_of(walk, seat)
    assert len(held) > 30
    out, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutLinks())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    titles, referrers = [], []
    clients = [Client(), walk.clients["organiser"], walk.clients[SEATED], walk.clients[LEADING]]
    try:
        for path, secret in held.items():
            for client in clients[:2] if "/telephones/" not in path else clients[3:]:
                for page in (
                    client.get(path),
                    client.post(path),
                    client.get(path.replace("?", "x?")),
                    client.put(path),
                ):
                    title = TITLE.search(page.content.decode("utf-8", "replace")) if not page.streaming else None
                    if title and secret in title[1] and len(secret) > 6:  # a room's code is on its wall
                        titles.append(path)
                    if page.get("Referrer-Policy") not in ("same-origin", "no-referrer", "strict-origin"):
                        referrers.append((path, page.status_code))
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    log = out.getvalue()
    assert "Not Found" in log  # it was listened to
    cookies = [
        seats.make_ticket(seat),
        settings.SECRET_KEY,
        *(c.value for c in walk.clients["organiser"].cookies.values()),
    ]
    told = {secret for secret in (*held.values(), *cookies, "zqstate123") if secret and secret in log}
    assert (told, titles, referrers) == (set(), [], [])


def test_a_fault_in_a_page_of_a_link_is_logged_without_it_and_without_what_was_sent(walk: Walk, monkeypatch):
    """The words of an error may quote what somebody typed: none is kept (config/logs.py)."""
    from maillage.config.logs import Json
    from maillage.registrations import own_views

    words = "".join(("zq", "dit"))  # a traceback quotes the code's own lines

    def fails(token):
        raise ValueError(f"{words} {token}")

    monkeypatch.setattr(own_views, "find_by_token", fails)
    token = str(walk.here.values["*:registration-token"])
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutLinks())
    handler.setFormatter(Json())
    logging.getLogger("django.request").addHandler(handler)
    try:
        page = Client(raise_request_exception=False).post(f"/inscription/{token}/voeux/", {"zq": "zqtexte"})
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert page.status_code == 500
    line = json.loads(out.getvalue())
    assert "ValueError" in line["error"]
    assert [word for word in (token, "zqdit", "zqtexte") if word in out.getvalue()] == []


FORM = re.compile(r'(<form[^>]*method="post"[^>]*>)(.*?)</form>', re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def test_a_page_whose_address_is_the_key_tells_it_to_nobody_and_its_forms_are_heard(walk: Walk):
    """« no-referrer » makes a browser send « Origin: null », which a form that carries a token does not survive."""
    seen, told, deaf = 0, [], []
    for address in addresses():
        if address.needs is None or address.needs.get not in (Need.LINK, Need.LEADING_LINK):
            continue
        path = path_of(address, walk.here.of(address))
        client = Client(enforce_csrf_checks=True)
        page = client.get(path)
        policy = page.get("Referrer-Policy")
        if page.status_code != 200 or page.streaming:
            continue
        if policy not in ("no-referrer", "strict-origin"):
            told.append(path)
        for head, form in FORM.findall(page.content.decode("utf-8", "replace").partition("<footer")[0]):
            token = TOKEN.search(form)
            if token is None:
                continue
            seen += 1
            origin = "null" if policy == "no-referrer" else "http://testserver"
            action = ACTION.search(head)
            where = html.unescape(action[1]) if action and action[1] else path
            answer = client.post(where, {"csrfmiddlewaretoken": token[1]}, headers={"origin": origin})
            if answer.status_code == 403:
                deaf.append((path, where))
    assert (told, deaf) == ([], [])
    assert seen >= 2
