"""What bad input gets: a clear sentence in French, the right status, nothing lost, nothing executed."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import House
from tests.browser.phones import Phone

FRENCH = re.compile(r"\b(vous|cette|une?|la|le|les|du|des|est|ce|adresse|page|code|écrivez|avant)\b", re.IGNORECASE)
WRONG_CODES = 30  # more than one address may try
SCRIPT = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b id=bold>gras</b>{{ 7 }}&amp;'


OPENED: list[httpx.Client] = []


class Stranger:
    """A program that speaks HTTP to the server, with a seat or without."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client = httpx.Client(base_url=house.url, timeout=60, trust_env=False)
        OPENED.append(self.client)
        self.session: str = ""

    def sit(self, name: str, *, lead: bool = False, table: str = "1") -> "Stranger":
        door = self.house.links.facilitate if lead else self.house.links.join
        page = self.client.get(door)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        answer = self.client.post(door, data=hidden | {"name": name, "table": table}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        self.session = answer.url.path.strip("/").split("/")[-1]
        return self

    @property
    def moves(self) -> str:
        return f"/live/{self.session}/moves"

    @property
    def cookie(self) -> tuple[str, str]:
        (found,) = ((name, value) for name, value in self.client.cookies.items() if name.startswith("siege-"))
        return found

    def move(self, kind: str, payload: dict[str, Any] | None = None, key: str = "") -> httpx.Response:
        body = {"key": key or uuid.uuid4().hex, "kind": kind, "payload": payload or {}}
        return self.client.post(self.moves, json=body)

    def shown(self) -> str:
        return self.client.get(f"/live/{self.session}/since/0").text


@pytest.fixture(scope="module", autouse=True)
def lead(house: House) -> Iterator[Stranger]:
    """The session is led before anybody plays with its doors."""
    found = Stranger(house).sit("Émilie", lead=True)
    assert found.move("open").status_code == 201
    yield found
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def stranger(house: House) -> Stranger:
    return Stranger(house)


@pytest.fixture
def seated(stranger: Stranger, lead: Stranger) -> Stranger:
    return stranger.sit("Nadia")


def refusal(answer: httpx.Response, status: int) -> str:
    """The sentence of a JSON answer, or the alert of a page; refused as it should be."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:500]}"
    if answer.headers["content-type"].startswith("application/json"):
        sentence = str(answer.json()["sentence"])
    else:
        said = re.search(r"<main.*?>(.*)</main>", answer.text, re.S)
        assert said, answer.text
        sentence = " ".join(re.sub(r"<[^>]+>", " ", said[1]).split())
    assert FRENCH.search(sentence), sentence
    assert sentence.rstrip().endswith((".", "…", "!", "?")) or "text/html" in answer.headers["content-type"]
    return sentence


def test_a_code_that_opens_nothing_is_said(stranger: Stranger) -> None:
    assert "n’ouvre aucune séance" in refusal(stranger.client.get("/s/BABA00/"), 404)
    refusal(stranger.client.get("/s/%00/", follow_redirects=True), 400)
    for odd in ("'%20OR%201=1", "ééé", "A" * 200, "..%2f..%2fetc"):
        refusal(stranger.client.get(f"/s/{odd}/", follow_redirects=True), 404)


def test_codes_tried_many_times_are_stopped_and_the_right_one_still_opens(stranger: Stranger, house: House) -> None:
    assert stranger.client.get(house.links.join).status_code == 200  # the room's own address entered once
    answers = [stranger.client.get(f"/s/BABA{number:02}/") for number in range(WRONG_CODES)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == sorted(statuses)
    assert set(statuses) == {404, 429}  # first said to be wrong, then stopped
    assert "Trop de codes" in refusal(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) > 0
    refusal(stranger.client.get("/animer/AAAABBBBCCCC/"), 404)  # too long to guess: nobody is locked out of leading
    assert stranger.client.get(house.links.facilitate).status_code == 200
    stranger.sit("Malik")


def test_a_move_sent_twice_is_written_once(seated: Stranger) -> None:
    payload = {"kind": "subject", "text": "Une seule fois"}
    first, again = (seated.move("write", payload, key="deux fois") for _turn in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert seated.shown().split('<section id="own"')[0].count("Une seule fois") == 1


def test_the_wrong_role_is_refused_in_words(seated: Stranger) -> None:
    for kind, payload in (
        ("advance", {"from": "sujet"}),
        ("close", {}),
        ("choose", {"card": "1"}),
        ("fill", {"field": "first_step", "value": "x"}),
        ("release", {"sentence": "x"}),
        ("give_role", {"seat": "x", "role": "facilitator"}),
        ("take_role", {"role": "facilitator"}),
        ("remove", {"card": "inconnue"}),
        ("danse", {}),
    ):
        refusal(seated.move(kind, payload), 409)
    refusal(seated.move("join", {"name": "Encore"}), 403)


def test_a_late_move_is_refused_and_says_so(seated: Stranger) -> None:
    late = {"kind": "idea", "text": "Trop tard", "stage": "reactions"}
    assert "étape" in refusal(seated.move("write", late), 409)
    assert "Trop tard" not in seated.shown()


def test_no_seat_a_forged_one_and_another_sessions_are_refused(seated: Stranger, house: House) -> None:
    name, ticket = seated.cookie
    session, seat, rest = ticket.split(":", 2)
    other = house.ask("second")
    signature = ticket.rsplit(":", 1)[-1]
    forged = [
        "", "x", ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), f"{session}:{uuid.uuid4().hex}:{rest}",
        f"{session}:{seat}:2:{signature}", ticket.replace(session, uuid.UUID(other).hex), ticket + "%00", "é" * 10,
    ]  # fmt: skip
    for value in forged:
        for path, method in (
            (seated.moves, "POST"),
            (f"/live/{seated.session}/since/0", "GET"),
            (f"/live/{seated.session}/stream", "GET"),
        ):
            answer = httpx.request(
                method,
                house.url + path,
                json={"key": "k", "kind": "write", "payload": {"kind": "subject", "text": "Faux siège"}},
                headers=[(b"cookie", f"{name}={value}".encode())],
                trust_env=False,
                timeout=60,
            )
            refusal(answer, 403)
        page = httpx.get(
            f"{house.url}/seance/{seated.session}/", headers=[(b"cookie", f"{name}={value}".encode())], trust_env=False
        )
        refusal(page, 403)
    elsewhere = f"siege-{uuid.UUID(other).hex[-12:]}"
    answer = httpx.get(
        f"{house.url}/live/{other}/since/0", headers={"cookie": f"{elsewhere}={ticket}"}, trust_env=False
    )
    refusal(answer, 403)
    assert "Faux siège" not in seated.shown()


def test_too_much_text_is_refused_before_it_is_read(seated: Stranger) -> None:
    huge = {"kind": "subject", "text": "a" * 1_000_000}
    assert "64 ko" in refusal(seated.move("write", huge), 413)
    page = seated.client.post(
        seated.moves, data={"kind": "write", **huge, "kind_of_card": "subject"}, follow_redirects=True
    )
    assert "64 ko" in page.text
    assert (
        seated.move("write", {"kind": "subject", "text": "b" * 60_000}).status_code == 409
    )  # read, longer than a card
    assert "bbbbbb" not in seated.shown()


def test_unreadable_requests_are_refused(seated: Stranger) -> None:
    json_type = {"content-type": "application/json"}
    for body in (
        b"", b"{", b"[]", b"null", b'{"key": 1}', b'{"key": "k", "kind": "write", "payload": []}',
        b'{"key": "", "kind": "write"}', b'{"key": "' + b"k" * 65 + b'", "kind": "write"}',
        b'{"key": "k", "kind": "write", "payload": {"text": NaN}}', b'{"key": "k\\u0000", "kind": "write"}',
        b'{"key": "k", "kind": "write", "payload": {"text": "\\ud800"}}', b"[" * 60_000, b"\xff\xfe",
    ):  # fmt: skip
        refusal(seated.client.post(seated.moves, content=body, headers=json_type), 400)
    refusal(seated.move("write", {"kind": {"a": 1}}), 400)  # a payload is flat
    for payload in (
        {},
        {"text": 3, "kind": []},
        {"kind": "subject", "text": ""},
        {"kind": "x" * 999},
    ):
        refusal(seated.move("write", payload), 409)


def test_other_sites_and_other_names_are_refused(seated: Stranger) -> None:
    body = {"key": "k", "kind": "leave", "payload": {}}
    refusal(seated.client.post(seated.moves, json=body, headers={"origin": "https://ailleurs.example"}), 403)
    refusal(seated.client.post(seated.moves, json=body, headers={"sec-fetch-site": "cross-site"}), 403)
    page = seated.client.post(seated.house.links.join, data={"name": "Sans jeton"})
    refusal(page, 403)


def test_unknown_sessions_addresses_and_methods(seated: Stranger) -> None:
    unknown = uuid.uuid4()
    refusal(seated.client.post(f"/live/{unknown}/moves", json={"key": "k", "kind": "write"}), 404)
    refusal(seated.client.get(f"/live/{unknown}/since/0"), 404)
    refusal(seated.client.get(f"/live/{unknown}/stream"), 404)
    refusal(seated.client.get(f"/seance/{unknown}/"), 404)
    refusal(seated.client.get("/live/rien"), 404)
    refusal(seated.client.get("/n-importe-quoi/"), 404)
    refusal(seated.client.get("/fiche/abc/"), 404)
    refusal(seated.client.get("/inscription/abc/"), 404)
    refusal(seated.client.get("/projection/abc/"), 404)
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        refusal(seated.client.request(method, seated.moves), 405)
    refusal(seated.client.post(f"/live/{seated.session}/since/0"), 405)


def test_a_name_must_be_one(stranger: Stranger, lead: Stranger) -> None:
    page = stranger.client.get(stranger.house.links.join)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    for name in ("", "   ", "\u200b\u0007"):
        answer = stranger.client.post(stranger.house.links.join, data=hidden | {"name": name, "table": "1"})
        assert "Écrivez votre prénom." in refusal(answer, 422)
    for table in ("99", "-1", "x", "9" * 400):
        Stranger(stranger.house).sit("Zoé", table=table)  # somewhere there is room: nobody is left at the door


def test_a_fifty_megabyte_file_is_refused(stranger: Stranger, house: House) -> None:
    page = stranger.client.get(house.links.organiser)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert stranger.client.post("/connexion/lien/", data=hidden).status_code == 302
    address = f"/rencontres/{house.ask('codes')['gathering']}/inscriptions/import/"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', stranger.client.get(address).text)
    assert token
    name = re.search(r'type="file"[^>]*name="(\w+)"|name="(\w+)"[^>]*type="file"', stranger.client.get(address).text)
    assert name
    answer = stranger.client.post(
        address,
        data={"csrfmiddlewaretoken": token[1]},
        files={name[1] or name[2]: ("inscriptions.csv", b"Nom;Pr\xc3\xa9nom\n" + b"a;b\n" * 13_000_000)},
    )
    assert answer.status_code in (413, 422), answer.status_code
    assert "Mo" in refusal(answer, answer.status_code)


@pytest.mark.browser
def test_html_is_shown_as_text_and_nothing_runs(browser: Browser, house: House, lead: Stranger) -> None:
    writer = Stranger(house).sit(SCRIPT[:40])
    assert writer.move("write", {"kind": "subject", "text": SCRIPT}).status_code == 201
    reader = Phone.unpack(browser, house).join(house, "Lila")
    reader.sees(SCRIPT)  # first paint
    again = Stranger(house).sit("Zoé")
    assert again.move("write", {"kind": "subject", "text": f"poussé {SCRIPT}"}).status_code == 201
    reader.sees(f"poussé {SCRIPT}")  # by the stream
    assert reader.page.evaluate(
        "[window.hacked, document.querySelector('#bold'), document.querySelector('#shared img')]"
    ) == [None, None, None]
    expect(reader.page.locator("#around")).to_contain_text(SCRIPT[:40])
    assert reader.faults == []
    reader.close()


STUCK = """IDBObjectStore.prototype.put = IDBObjectStore.prototype.getAll = () => ({});
IDBIndex.prototype.getAll = IDBObjectStore.prototype.getAll;"""
FULL = "IDBObjectStore.prototype.put = () => { throw new DOMException('plein', 'QuotaExceededError') };"


@pytest.mark.parametrize("fault", [STUCK, FULL])
def test_a_phone_whose_storage_fails_is_heard_all_the_same(
    browser: Browser, house: House, lead: Stranger, fault
) -> None:
    writer = Phone.unpack(browser, house)
    writer.page.add_init_script(fault)
    writer.join(house, "Mina")
    for text in ("Une place dehors", "Un abri pour la pluie"):
        writer.write("sujet-subject", text)
        writer.sees(text)
    expect(writer.page.locator("#line")).to_have_attribute("data-state", "online")
    writer.close()


def test_what_waits_on_a_phone_outlives_its_page_and_is_written_once(
    browser: Browser, house: House, lead: Stranger
) -> None:
    writer = Phone.unpack(browser, house).join(house, "Odile")
    expect(writer.page.locator("#line")).to_have_attribute("data-state", "online")  # before, the browser itself sends
    writer.page.route("**/moves*", lambda route: route.abort())
    for text in ("Avant la coupure, un", "Avant la coupure, deux"):
        writer.write("sujet-subject", text)
    expect(writer.page.locator("#line")).to_contain_text("2")
    writer.page.reload()
    expect(writer.page.locator("#line")).to_contain_text("2")
    writer.write("sujet-subject", "Après, trois")
    expect(writer.page.locator("#line")).to_contain_text("3")
    writer.page.unroute("**/moves*")
    for text in ("Avant la coupure, un", "Avant la coupure, deux", "Après, trois"):
        writer.sees(text)
    writer.page.reload()
    shown = writer.page.locator("#shared").inner_text()
    assert [shown.count(text) for text in ("coupure, un", "coupure, deux", "Après, trois")] == [1, 1, 1]
    assert shown.index("coupure, un") < shown.index("coupure, deux") < shown.index("Après, trois")
    writer.close()


def test_a_closed_session_takes_nothing_more(seated: Stranger, lead: Stranger) -> None:
    """Last: the session of this module ends here."""
    assert lead.move("close").status_code == 201
    refusal(seated.move("write", {"kind": "subject", "text": "Après"}), 410)
    late = httpx.get(seated.house.url + seated.house.links.join, trust_env=False)
    refusal(late, 410)
    assert seated.client.get(f"/seance/{seated.session}/").status_code == 200
    assert lead.move("reopen").status_code == 201


def test_the_server_reported_no_fault(house: House, lead: Stranger) -> None:
    """After all of the above its log holds no traceback, and it is well."""
    assert httpx.get(f"{house.url}/healthz", trust_env=False).status_code == 200
    said = house.log.read_text(encoding="utf-8")
    assert "Traceback" not in said, said
    assert "Internal Server Error" not in said, said
