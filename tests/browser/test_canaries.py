"""What is typed in a room is read by those its method names, and is in no byte anybody else receives.

Every seat types a unique word wherever it can type. The oracle below was written by hand from docs/methods.md and the
table of rights of codev, not computed from the engine: it is compared by equality, so a check that looks at nothing
fails too.
"""

import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
from pypdf import PdfWriter

from maillage.lib.qr import qr_svg
from maillage.lib.typst import compile_pdf
from tests.browser.canaries import Listener, Recorder, canary, core, leaks, written_forms
from tests.browser.house import ON_POSTGRESQL, House

TABLE_1 = {"lead1", "porteur1", "ana1", "amir1", "enzo1"}
TABLE_2 = {"lead2", "porteur2", "basma2", "boris2"}
HEARERS = {"organiser", "lead1", "lead2"}  # of what left the room: the day's takeaways, the room's own
NOBODY: set[str] = set()

# who typed, where → who may read it. Table 1 is looked at by lead1 only, table 2 by lead2 only.
ORACLE: dict[tuple[str, str], set[str]] = {
    ("porteur1", "name"): TABLE_1,
    ("ana1", "name"): TABLE_1,
    ("amir1", "name"): TABLE_1,
    ("amir1", "rename"): TABLE_1,
    ("lead1", "name"): TABLE_1,  # « écrit par » under the question typed for Enzo
    ("porteur2", "name"): TABLE_2,
    ("basma2", "name"): TABLE_2,
    ("boris2", "name"): TABLE_2,
    ("lead2", "name"): {"lead2"},  # typed an idea for Boris, at the step where authors are hidden
    ("ana1", "subject"): TABLE_1,
    ("porteur1", "subject"): TABLE_1,
    ("porteur2", "subject"): TABLE_2,
    ("porteur1", "headline"): TABLE_1,
    ("porteur1", "ask"): TABLE_1,
    ("porteur2", "headline"): TABLE_2,
    ("amir1", "note"): TABLE_1,
    ("ana1", "question"): TABLE_1,
    ("lead1", "question for enzo1"): TABLE_1,
    ("enzo1", "question"): TABLE_1,
    ("basma2", "question"): TABLE_2,
    ("porteur1", "answer"): TABLE_1,
    ("porteur1", "request"): TABLE_1,
    ("ana1", "restatement"): TABLE_1,
    ("ana1", "idea"): TABLE_1,
    ("ana1", "idea edited"): TABLE_1,
    ("basma2", "idea"): TABLE_2,
    ("lead2", "idea for boris2"): TABLE_2,
    ("porteur1", "first_step"): {"porteur1"},
    ("porteur1", "with_whom"): {"porteur1"},
    ("porteur1", "report_back"): {"porteur1"},
    ("porteur2", "first_step"): {"porteur2"},
    ("porteur1", "released"): {"porteur1"} | HEARERS,
    ("ana1", "witness"): TABLE_1,
    ("porteur1", "felt"): TABLE_1,
    ("ana1", "learned"): TABLE_1,
    ("basma2", "learned"): TABLE_2,
    ("lead1", "takeaway"): HEARERS,
    ("organiser", "takeaway"): {"organiser"},  # of the whole day: not a room's
    ("desk", "walk-in"): {"desk", "organiser"},
    # refused: wrong step, wrong role, another's card, a screen, no seat, too long, closed
    ("ana1", "late subject"): {"ana1"},  # a page without a script gives the words back to who typed them
    ("ana1", "forbidden field"): NOBODY,
    ("basma2", "edit of another's card"): NOBODY,
    ("projector", "write"): NOBODY,
    ("organiser", "write"): NOBODY,
    ("outsider", "write"): NOBODY,
    ("outsider", "code"): NOBODY,
    ("boris2", "megabyte"): NOBODY,
    ("basma2", "after the end"): NOBODY,
}
# at rest in clear: what its author let out, and what is of the registrations and not of a room
AT_REST = {("porteur1", "released"), ("lead1", "takeaway"), ("organiser", "takeaway"), ("desk", "walk-in")}
# after the session is erased: those, and the porteurs' sheets behind their private links
SHEET_1 = ("subject", "headline", "ask", "request", "first_step", "with_whom", "report_back")
AFTER = {
    ("porteur1", "released"): {"porteur1", "organiser"},  # the room’s own page went with the room
    ("lead1", "takeaway"): {"organiser"},
    ("organiser", "takeaway"): {"organiser"},
    ("desk", "walk-in"): {"desk", "organiser"},
    **{("porteur1", place): {"porteur1"} for place in SHEET_1},
    ("ana1", "idea edited"): {"porteur1"},  # the idea kept
}
STAGES = ("presentation", "clarification", "demande", "reactions", "feedback", "cloture")
AT_ONCE = 4  # seats that look
LOOKED_AT = ("reactions",)  # and after the end: the stages where every page is opened


class Play:
    def __init__(self, house: House) -> None:
        self.house = house
        self.recorder = Recorder()
        known = house.ask("codes")
        self.session, self.gathering = known["session"], known["gathering"]
        self.workshop = known["workshop"]
        self.own_page = known["link"]
        self.seats: dict[str, Listener] = {}
        names = [*sorted(TABLE_1 | TABLE_2), "projector", "organiser", "desk", "outsider", "registered"]
        for name in names:
            self.seats[name] = Listener(name, house.url, self.recorder)
        for name in ("lead1", "lead2"):
            self.seats[name].which = "?siege=a"
        self.seats["projector"].which = "?siege=p"
        self.seats["organiser"].which = "?siege=c"
        self.sheets: dict[str, str] = {}

    def __getitem__(self, name: str) -> Listener:
        return self.seats[name]

    def write(self, who: str, kind: str, place: str, **payload: str) -> None:
        self[who].does(self.session, "write", {"kind": kind, "text": canary(who, place), **payload})

    def refused(self, status: int, who: str, kind: str, payload: Mapping[str, object]) -> None:
        answer = self[who].move(self.session, kind, payload)
        assert answer.status_code == status, f"{who} {kind}: {answer.status_code} {answer.text}"
        assert answer.json()["sentence"].endswith("."), answer.text

    def card(self, who: str, reader: str, place: str) -> str:
        shown = self[reader].get(f"/live/{self.session}/since/0{self[reader].which}").text
        found = re.search(rf'data-card="([^"]+)"[^>]*><p class="card-text">[^<]*{core(who, place)}', shown)
        assert found, shown
        return found[1]

    def seat(self, reader: str, name: str) -> str:
        shown = self[reader].get(f"/live/{self.session}/since/0{self[reader].which}").text
        found = re.search(rf'data-seat="([^"]+)"[^>]*>[^<]*{name}', shown)
        assert found, shown
        return found[1]

    def enter(self) -> None:
        links = self.house.links
        for number, lead in enumerate(("lead1", "lead2"), 1):
            self[lead].fill(links.facilitate, {"name": canary(lead, "name")})
            self[lead].does(self.session, "look_at", {"table": number})
        for name in sorted((TABLE_1 | TABLE_2) - {"lead1", "lead2", "enzo1"}):
            table = name[-1]
            answer = self[name].fill(links.join, {"name": canary(name, "name"), "table": table})
            assert answer.url.path == f"/seance/{self.session}/", answer.text
        enter = f"/entrer/{self.own_page.strip('/').split('/')[-1]}/{self.session}/"
        self["enzo1"].fill(self.own_page, {}, action=enter)
        self["projector"].get(links.project)
        for name, link in (("organiser", links.organiser), ("desk", links.desk)):
            assert self[name].fill(link, {}, action="/connexion/lien/").status_code == 200
        self["organiser"].get(f"/regie/{self.session}/")
        for name in sorted(TABLE_1 | TABLE_2 | {"projector", "organiser"}):
            self[name].listen(self.session)

    def read(self) -> None:
        """Every seat has what the room says now, before it says something else: streams carry the latest only."""
        for seat in self.seats.values():
            seat.get(f"/live/{self.session}/since/0{seat.which}")

    def look_everywhere(self) -> None:
        """Every seat opens what it may, and tries what it may not; several at once, as in a room."""
        with ThreadPoolExecutor(AT_ONCE) as hands:
            for done in [hands.submit(self._look, name) for name in self.seats]:
                done.result()

    def _look(self, name: str) -> None:
        session, gathering, seat = self.session, self.gathering, self.seats[name]
        inside = [
            f"/seance/{session}/", f"/live/{session}/since/0", f"/seance/{session}/fiche/",
            f"/seance/{session}/a-retenir/",
        ]  # fmt: skip
        paths = [path + seat.which for path in inside]
        if name in ("organiser", "desk"):
            day = f"/rencontres/{gathering}"
            paths += [
                f"{day}/", f"{day}/regie/", f"{day}/a-retenir/", f"{day}/suivi/", f"{day}/inscriptions/",
                f"{day}/repartition/", f"{day}/repartition/personnes/", f"{day}/programme/", f"{day}/accueil/",
                f"{day}/repetition/", f"{day}/inscriptions/inscriptions.csv", f"{day}/inscriptions/inscriptions.xlsx",
                f"{day}/accueil/?q={core('desk', 'walk-in')}", f"{day}/inscriptions/?q={core('desk', 'walk-in')}",
                f"/regie/{session}/", "/etat-du-serveur/", "/metrics", "/metrics?workers=sum", "/readyz",
            ]  # fmt: skip
        else:
            paths += [f"/live/{session}/stream", f"/regie/{session}/"] if name == "outsider" else []
            paths += [
                "/",
                self.house.links.public,
                f"{self.house.links.public}suites/",
                "/s/",
                f"/rencontres/{gathering}/a-retenir/",
            ]
        if name == "registered":
            paths.append(self.own_page)
        for path in paths:
            assert seat.get(path).status_code < 500, path
        seat.client.get(f"/live/{session}/since/0{seat.which}", headers={"accept": "text/event-stream"})
        seat.client.get(f"/live/{uuid.uuid4()}/since/0")
        seat.client.put(f"/live/{session}/moves{seat.which}", json={})
        seat.client.post(f"/live/{session}/moves{seat.which}", content=b"{", headers={"content-type": "text/plain"})

    def print_everything(self) -> None:
        for document in ("compte-rendu", "badges", "emargement"):
            answer = self["organiser"].get(f"/rencontres/{self.gathering}/{document}.pdf")
            assert answer.content.startswith(b"%PDF"), document
            self["lead1"].get(f"/rencontres/{self.gathering}/{document}.pdf")
            self["outsider"].get(f"/rencontres/{self.gathering}/{document}.pdf")

    def play(self, *, thorough: bool = True) -> None:
        self.enter()
        self["lead1"].does(self.session, "open")
        self.write("porteur1", "subject", "subject")
        self.write("ana1", "subject", "subject")
        self.write("porteur2", "subject", "subject")
        self["amir1"].does(self.session, "rename", {"name": canary("amir1", "rename")})
        self["lead1"].does(self.session, "choose", {"card": self.card("porteur1", "lead1", "subject")})
        self["lead2"].does(self.session, "choose", {"card": self.card("porteur2", "lead2", "subject")})
        self["amir1"].does(self.session, "take_role", {"role": "note_taker"})
        self.read()
        before = "sujet"
        for stage in STAGES:
            self["lead1"].does(self.session, "advance", {"from": before})
            before = stage
            getattr(self, stage)()
            self.read()
            if thorough and stage in LOOKED_AT:
                self.look_everywhere()
        self["lead1"].does(self.session, "close")
        self.after_the_end()
        self.look_everywhere()
        if thorough:
            self.print_everything()
        for name in sorted(TABLE_1 | TABLE_2 | {"projector", "organiser"}):
            self[name].wait_for(b'data-status="closed"')

    def presentation(self) -> None:
        self.write("porteur1", "headline", "headline")
        self.write("porteur1", "ask", "ask")
        self.write("porteur2", "headline", "headline")
        self.write("amir1", "note", "note")

    def clarification(self) -> None:
        self.write("ana1", "question", "question")
        self.write("enzo1", "question", "question")
        self.write("basma2", "question", "question")
        enzo = self.enzo_seat()
        self.write("lead1", "question", "question for enzo1", **{"for": enzo, "by": "facilitator"})
        self.write("porteur1", "answer", "answer", parent=self.card("ana1", "porteur1", "question"))
        late = {"kind": "subject", "text": canary("ana1", "late subject"), "stage": "sujet"}
        self.refused(409, "ana1", "write", late)
        another = {"card": self.card("ana1", "ana1", "question"), "text": canary("basma2", "edit of another's card")}
        self.refused(409, "basma2", "edit", another)
        for screen in ("projector", "organiser"):
            self.refused(409, screen, "write", {"kind": "question", "text": canary(screen, "write")})
        self.refused(403, "outsider", "write", {"kind": "question", "text": canary("outsider", "write")})
        form = {"kind": "write", "kind_of_card": "subject", "text": canary("ana1", "late subject")}
        self["ana1"].client.post(f"/live/{self.session}/moves", data=form, follow_redirects=True)
        self.refused(413, "boris2", "write", {"text": canary("boris2", "megabyte") * 20_000})

    def enzo_seat(self) -> str:
        """Who wrote the card: lead1's screen names the people of table 1, Enzo is the one with no word of ours."""
        shown = self["lead1"].get(f"/live/{self.session}/since/0?siege=a").text
        people = re.findall(r'data-seat="([^"]+)" data-role="contributor">([^<]*)', shown)
        (found,) = {seat for seat, name in people if "zq" not in name}
        return str(found)

    def demande(self) -> None:
        self.write("porteur1", "request_statement", "request")
        self.write("ana1", "restatement", "restatement")

    def reactions(self) -> None:
        self.write("ana1", "idea", "idea")
        card = self.card("ana1", "porteur1", "idea")
        self.read()
        self["ana1"].does(self.session, "edit", {"card": card, "text": canary("ana1", "idea edited")})
        self["porteur1"].does(self.session, "mark", {"card": card, "mark": "retained", "on": True})
        self.write("basma2", "idea", "idea")
        boris = self.seat("lead2", f"[^<]*{core('boris2', 'name')}")
        self.write("lead2", "idea", "idea for boris2", **{"for": boris, "by": "facilitator"})
        self.refused(409, "ana1", "fill", {"field": "first_step", "value": canary("ana1", "forbidden field")})
        for reader in sorted((TABLE_1 | TABLE_2) - NOBODY):
            self.ideas_have_no_author(reader)

    def ideas_have_no_author(self, reader: str) -> None:
        shown = self[reader].get(f"/live/{self.session}/since/0{self[reader].which}").text
        board = re.search(r'id="board-idea".*?</section>', shown, re.S)
        assert board, shown
        assert "card-text" in board[0]
        for name, place in ORACLE:
            if place in ("name", "rename"):
                assert core(name, place) not in board[0], f"{reader} reads {name} under an idea"

    def feedback(self) -> None:
        for field in ("first_step", "with_whom", "report_back"):
            self["porteur1"].does(self.session, "fill", {"field": field, "value": canary("porteur1", field)})
        self["porteur2"].does(self.session, "fill", {"field": "first_step", "value": canary("porteur2", "first_step")})
        self["porteur1"].does(self.session, "release", {"sentence": canary("porteur1", "released")})
        self.write("ana1", "witness", "witness")
        room = f"/seance/{self.session}/a-retenir/?siege=a"
        self["lead1"].fill(room, {"text": canary("lead1", "takeaway")})
        day = f"/rencontres/{self.gathering}/a-retenir/"
        self["organiser"].fill(day, {"text": canary("organiser", "takeaway"), "workshop": ""})
        desk = f"/rencontres/{self.gathering}/accueil/"
        walk_in = {"first_name": canary("desk", "walk-in"), "last_name": "Essai", "category": "resident"}
        self["desk"].fill(desk, walk_in, action=f"{desk}arrivee/")

    def cloture(self) -> None:
        self.write("porteur1", "felt", "felt")
        self.write("ana1", "learned", "learned")
        self.write("basma2", "learned", "learned")

    def after_the_end(self) -> None:
        self.refused(410, "basma2", "write", {"kind": "learned", "text": canary("basma2", "after the end")})
        for porteur in ("porteur1", "porteur2"):
            self.sheets[porteur] = self[porteur].get(f"/seance/{self.session}/fiche/").url.path
            assert self.sheets[porteur].startswith("/fiche/")
        statuses = [self["outsider"].fill("/s/", {"code": canary("outsider", "code")[:12]}).status_code]
        statuses += [self["outsider"].get(f"/s/AAAA{number:02}/").status_code for number in range(30)]
        assert statuses[-1] == 429, statuses

    def stop(self) -> None:
        self.house.stop()
        for seat in self.seats.values():
            seat.stop()


def oracle() -> dict[str, set[str]]:
    return {core(who, place): seats for (who, place), seats in ORACLE.items()}


def name_of(word: str) -> str:
    return next((f"{who}: {place}" for who, place in ORACLE if core(who, place) == word), word)


def in_words(said: list[str]) -> str:
    return "\n" + "\n".join(re.sub(r"zq[0-9a-f]{9}", lambda match: f"« {name_of(match[0])} »", line) for line in said)


@pytest.mark.parametrize("form", sorted(written_forms("x")))
def test_the_checker_finds_a_canary_in_each_form(form: str) -> None:
    recorder = Recorder()
    recorder.keep("projector", "page", written_forms(canary("ana1", "idea"))[form])
    recorder.keep("ana1", "page", canary("ana1", "idea").encode())
    wanted = {core("ana1", "idea"): {"ana1"}}
    assert leaks(recorder, wanted) == [f"projector received {core('ana1', 'idea')} (page): forbidden"]


def test_the_checker_finds_a_canary_in_a_pdf(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Title": core("ana1", "idea")})
    writer.write(tmp_path / "leak.pdf")
    recorder = Recorder()
    recorder.keep("organiser", "report", (tmp_path / "leak.pdf").read_bytes())
    assert leaks(recorder, {core("ana1", "idea"): NOBODY})


def test_the_checker_finds_a_canary_in_the_text_of_a_page_full_of_drawings() -> None:
    word = core("ana1", "idea")
    facts = {"title": "Essai", "text": f"« {word} »", "signs": "« »", "qr": qr_svg("http://localhost/", title="Code")}
    recorder = Recorder()
    recorder.keep("organiser", "report", compile_pdf("lib/typst/specimen.typ", facts))
    assert leaks(recorder, {word: NOBODY}) == [f"organiser received {word} (report): forbidden"]


def test_the_checker_says_when_it_looked_at_nothing() -> None:
    assert leaks(Recorder(), {core("ana1", "idea"): {"ana1"}})


def test_no_canary_is_where_its_method_forbids_it(make_house: Callable[[str], House]) -> None:
    house = make_house("canaries")
    house.start()
    play = Play(house)
    play.play()
    play.stop()

    bodies = sum(len(received) for received in play.recorder.received.values())
    size = sum(len(body) for received in play.recorder.received.values() for _what, body in received)
    print(f"\ncanaries: {len(ORACLE)} words, {len(play.recorder.received)} seats, {bodies} bodies, {size / 1e6:.1f} MB")
    said = leaks(play.recorder, oracle())
    assert said == [], in_words(said)
    private_marks_are_private(play)

    rest(house, play)
    erase(house, play)


def private_marks_are_private(play: Play) -> None:
    for name, received in play.recorder.received.items():
        held = any(b"&quot;retained&quot;: [" in body for _what, body in received)
        assert held == (name == "porteur1"), name
        assert not any("<strong>Gardée</strong>".encode() in body for _what, body in received), name


def rest(house: House, play: Play) -> None:
    """Of what was said in the room, neither the disk nor the logs of the server hold a word."""
    recorder = Recorder()
    recorder.keep("log", "log", house.log.read_bytes())
    for file in files_at_rest(house):
        recorder.keep("disk", str(file), file.read_bytes())
    kept = {core(who, place): {"disk"} if (who, place) in AT_REST else set() for who, place in ORACLE}
    said = leaks(recorder, kept)
    assert said == [], in_words(said)


def files_at_rest(house: House) -> list[Path]:
    static = house.folder / "static"
    found = [file for file in house.folder.rglob("*") if file.is_file() and static not in file.parents]
    if ON_POSTGRESQL:
        from tests import postgresql  # imported only there: it starts a cluster

        with psycopg.connect(house.database, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        assert row is not None
        home = postgresql.cluster().home / "data"
        found += [file for part in (f"base/{row[0]}", "pg_wal") for file in (home / part).iterdir() if file.is_file()]
    return found


def erase(house: House, play: Play) -> None:
    """The session's key is destroyed: nothing of the room can be read again by anybody, from any page or export."""
    assert house.ask("erase", play.session) == "erased"
    kept = {file.stem for file in (house.folder / "keys").glob("*.key")}
    assert uuid.UUID(play.session).hex not in kept  # those of the day's other rooms stay
    house.start()
    again = Recorder()
    for name, seat in play.seats.items():
        fresh = Listener(name, house.url, again)
        fresh.which = seat.which
        fresh.client.cookies = httpx.Cookies(seat.client.cookies)
        play.seats[name] = fresh
    play.recorder = again
    play.look_everywhere()
    play.print_everything()
    assert play["ana1"].get(f"/seance/{play.session}/").status_code == 410
    assert play["ana1"].get(f"/live/{play.session}/since/0").status_code == 410
    play["porteur1"].get(play.sheets["porteur1"])
    play.stop()
    wanted = {core(who, place): AFTER.get((who, place), NOBODY) for who, place in ORACLE}
    said = leaks(again, wanted)
    assert said == [], in_words(said)


@pytest.mark.long  # that the one above can fail: its checker is tried on each form by those before
def test_a_leaking_view_is_caught(make_house: Callable[[str], House]) -> None:
    """The same play on a server whose view gives everybody everything: the check must see it on every screen."""
    house = make_house("leaking")
    house.start("tests.browser.leaking")
    play = Play(house)
    play.play(thorough=False)
    play.stop()
    said = leaks(play.recorder, oracle())
    forbidden = {line.split(" received ")[0] for line in said if line.endswith("forbidden")}
    assert {"projector", "organiser", "basma2", "ana1", "lead1", "lead2"} <= forbidden
    assert "outsider" not in forbidden
    shutil.rmtree(house.folder)
