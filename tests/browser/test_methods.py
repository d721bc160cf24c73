"""The other methods of the day on real screens: votes, secrets, gifts, questions; and what each seat received."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.canaries import Listener, Recorder
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import PHONE, SOON, WALL, Phone, all_of

pytestmark = pytest.mark.browser

COOP, CHAIRS, POT, TALK = "Coop ou pas coop", "Anarchaise", "Serious Game", "Le village des solidarités"
ONE_TWO_FOUR, BOOST, CHAIR = "un-deux-quatre-tous", "accelerateur-de-projet", "chaise-vide"
MORE = {ONE_TWO_FOUR: 1, BOOST: 2, CHAIR: 1, "evaluation": 1, "questionnaire": 1}  # and their tables
OWN_WORDS = "zq-(seule|paire)"  # whole words: a random key may hold « zq- » by itself
SECRETS = ("chaises en cercle", "chaises du côté de la porte", "papier sous chacune")  # of the shipped method
NAMES_ITS_PLACE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|Table [12]|tone-[01]|data-(?:seat|number|ends-at)=\"[^\"]*\"|\d+:\d\d"
)


class Room:
    """A workshop of the day: real screens, and plain clients whose every byte is kept."""

    def __init__(self, browser: Browser, house: House, workshop: str) -> None:
        self.browser, self.house, self.workshop = browser, house, workshop
        self.links = house.links_of(workshop)
        self.recorder = Recorder()
        self.session = ""  # known once somebody came in
        self.phones: list[Phone] = []
        self.listeners: dict[str, Listener] = {}

    def phone(self, name: str, *, role: str = "", table: int = 1, **options: Any) -> Phone:
        made = Phone.unpack(self.browser, self.house, **options)
        self.phones.append(made)
        return made.join(self.house, name, table, workshop=self.workshop, role=role)

    def lead(self, name: str = "Lise") -> Phone:
        self.phones.append(Phone.unpack(self.browser, self.house))
        return self.phones[-1].lead(self.house, name, workshop=self.workshop)

    def wall(self) -> Phone:
        self.phones.append(Phone.unpack(self.browser, self.house, WALL))
        self.phones[-1].page.goto(self.links.project)
        return self.phones[-1]

    def listener(self, name: str, *, role: str = "", table: int = 1) -> Listener:
        made = Listener(name, self.house.url, self.recorder)
        answer = made.fill(self.links.join, {"name": name.partition("@")[0], "table": str(table), "role": role})
        return self._listen(made, answer)

    def screens(self) -> tuple[Listener, Listener]:
        """Somebody who leads and a wall, listened to as well."""
        lead, wall = Listener("lead", self.house.url, self.recorder), Listener("wall", self.house.url, self.recorder)
        lead.which, wall.which = "?siege=a", "?siege=p"
        answer = lead.fill(self.links.facilitate, {"name": "Omar"})
        return self._listen(lead, answer), self._listen(wall, wall.get(self.links.project))

    def _listen(self, made: Listener, answer: httpx.Response) -> Listener:
        found = re.fullmatch(r"/seance/([0-9a-f-]{36})/", answer.url.path)
        assert found, answer.text
        self.session = found[1]
        made.listen(self.session)
        self.listeners[made.name] = made
        return made

    def look(self) -> None:
        """Everybody reloads their page and asks for what they may have missed."""
        for one in self.listeners.values():
            one.get(f"/seance/{self.session}/{one.which}")
            one.get(f"/live/{self.session}/since/0{one.which}")

    def received(self, name: str) -> str:
        """Every byte so far, as text."""
        one = self.listeners[name]
        with one.heard:
            stream = one.stream_bytes
        return b"\n".join([stream, *(body for _what, body in self.recorder.received[name])]).decode(errors="replace")

    def put_phones_away(self) -> None:
        assert [fault for phone in self.phones for fault in phone.faults] == []
        for phone in self.phones:
            phone.close()


@pytest.fixture(scope="module")
def house(house: House) -> House:
    """The day, and the methods it does not play."""
    house.open_rooms(MORE)
    return house


@pytest.fixture(scope="module")
def listened(house: House) -> Iterator[list[Listener]]:
    """Streams end when the server does: those who listen are stopped then."""
    listeners: list[Listener] = []
    yield listeners
    house.stop()
    for one in listeners:
        one.stop()


@pytest.fixture
def enter(browser: Browser, house: House, listened: list[Listener]) -> Iterator[Callable[[str], Room]]:
    rooms: list[Room] = []

    def make(workshop: str) -> Room:
        rooms.append(Room(browser, house, workshop))
        return rooms[-1]

    yield make
    for room in rooms:
        listened += room.listeners.values()
        room.put_phones_away()


def advance(lead: Phone, stage: str, *others: Phone) -> None:
    lead.press("Étape suivante")
    all_of([lead, *others], lambda phone: phone.is_at(stage))


def state_of(phone: Phone, form: str) -> Locator:
    return phone.page.locator(f"#form-{form} .answer-state")


def vote(phone: Phone, stage: str, option: str) -> None:
    phone.page.click(f"#form-{stage} button[value={option}]")
    expect(phone.page.locator(f"#form-{stage} button[value={option}]")).to_have_attribute("aria-pressed", "true")
    expect(state_of(phone, stage)).to_contain_text("Votre vote est compté")


def fits(wall: Phone) -> None:
    """Nothing of this step is under the fold of a projector that nobody scrolls."""
    for _again in range(50):  # a view that comes in pieces is high for an instant
        over = wall.page.evaluate("document.documentElement.scrollHeight - innerHeight")
        if over <= 0:
            return
        wall.page.wait_for_timeout(100)
    raise AssertionError(f"{over} px too tall")


def test_coop_ou_pas_coop(enter: Callable[[str], Room]) -> None:
    room = enter(COOP)
    lead, ana, dark, wall = room.lead(), room.phone("Ana"), room.phone("Nour", color_scheme="dark"), room.wall()
    plain = room.phone("Paul", java_script_enabled=False)
    others = [room.listener(f"P{number}") for number in range(3)]
    looks = Inspection()
    lead.press("Commencer")
    all_of([ana, dark, wall], lambda phone: phone.is_at("vote"))
    card = wall.page.locator("#deck-card p").inner_text()
    all_of([ana, lead], lambda phone: phone.sees(card))

    # one votes, changes, takes back, votes again; nobody sees more than how many
    vote(ana, "vote", "coop")
    vote(ana, "vote", "pas_coop")
    expect(ana.page.locator("#form-vote button[value=coop]")).to_have_attribute("aria-pressed", "false")
    ana.press("Reprendre mon vote")
    expect(state_of(ana, "vote")).to_be_empty()
    vote(ana, "vote", "coop")
    dark.page.focus("#form-vote button[value=depend]")
    dark.page.keyboard.press("Space")
    expect(state_of(dark, "vote")).to_contain_text("Ça dépend")
    plain.page.reload()
    plain.page.click("#form-vote button[value=coop]")
    expect(state_of(plain, "vote")).to_contain_text("Votre vote est compté : Coop")
    for other, option in zip(others, ("pas_coop", "depend", "depend"), strict=True):
        other.does(room.session, "answer", {"stage": "vote", "value": option})
    wall.sees("6 personnes ont voté sur 6")
    expect(wall.page.locator("#poll .bars")).to_have_count(0)
    fits(wall)
    last = ana.page.locator("#form-vote button[value=depend]").bounding_box()
    assert last
    assert last["y"] + last["height"] <= PHONE["height"]  # the three answers under the thumb, without scrolling
    looks.look(ana.page, "vote, phone", phone=True)

    # hands raised are counted beside the phones; then the votes are shown
    lead.page.click("#form-hands-vote [data-add='1'] >> nth=1")
    lead.page.fill("#hand-vote-pas_coop", "3")
    lead.press("Compter ces mains")
    lead.press("Montrer les votes")
    for phone in (wall, ana):
        expect(phone.page.locator("#bar-poll-pas_coop")).to_contain_text("4 voix · 44 %", timeout=SOON)
        phone.sees("9 voix, dont 3 mains levées.")
        phone.sees("Les moins nombreux parlent d’abord : Coop.")
    expect(ana.page.locator("#form-vote")).to_be_hidden()

    # the second vote says who moved, in a drawing, a sentence and a table
    advance(lead, "arguments", ana, wall)
    fits(wall)
    advance(lead, "second_vote", ana, dark)
    vote(ana, "second_vote", "depend")
    vote(dark, "second_vote", "depend")
    for other in others:
        other.does(room.session, "answer", {"stage": "second_vote", "value": "depend"})
    lead.press("Montrer les votes")
    wall.sees("2 personnes ont changé d’avis, 3 ont gardé le sien")
    expect(wall.page.locator(".rivers svg .flow")).to_have_count(4)
    fits(wall)
    ana.page.click("#rivers-table summary")
    expect(ana.page.get_by_role("row", name="Coop Ça dépend 1", exact=True)).to_be_visible()
    looks.look(wall.page, "rivers, wall")
    wall.page.set_viewport_size(WALL)

    # criteria: ticked is saved; the next situation; another card than the one drawn
    advance(lead, "critere", ana, dark)
    for number in (1, 5):
        ana.page.check(f"#form-critere-critere input[value='{number}']")
    expect(state_of(ana, "critere-critere")).to_have_text("Réponse gardée.", timeout=SOON)
    ana.page.fill("#text-critere-autre", "On peut partir")
    ana.page.click("#form-critere-autre button:has-text('Répondre')")
    dark.page.click("#form-critere-critere button:has-text('Passer')")
    expect(state_of(dark, "critere-critere")).to_have_text("Question passée.", timeout=SOON)
    for other in others:
        other.does(room.session, "answer", {"stage": "critere", "question": "critere", "value": "1,7"})
    looks.look(ana.page, "questions, phone", phone=True)
    lead.press("Montrer les réponses")
    expect(wall.page.locator("#bar-critere-1")).to_contain_text("4 réponses · 100 %", timeout=SOON)
    wall.sees("On peut partir")
    advance(lead, "vote", ana, wall)
    wall.sees("Carte 2 sur 5")
    expect(state_of(ana, "vote")).to_be_empty()  # another situation: nothing is answered yet
    lead.page.click("#deck summary")
    title = lead.page.locator("#deck li:has(button) strong").first.inner_text()
    lead.page.locator("#deck li:has(button) button").first.click()
    wall.sees(title)

    # the definition: a cloud of words; who leads brings alike sentences together, pins one, takes one off
    lead.page.click("#arrange summary")
    lead.page.select_option("#skip-to", "definition")
    lead.press("Y aller")
    all_of([ana, wall], lambda phone: phone.is_at("definition"))
    ana.write("definition-definition", "Partager la décision.")
    for other, text in zip(others, ("Partager les moyens.", "Partager !", "Rien."), strict=True):
        other.does(room.session, "write", {"kind": "definition", "text": text})
    expect(wall.page.locator(".cloud li").first).to_contain_text("partager", timeout=SOON)
    lead.sees("Rien.")
    lead.page.locator("#shared li", has_text="Rien.").get_by_role("button", name="Retirer de l’écran").click()
    expect(wall.page.locator("#shared")).not_to_contain_text("Rien.")
    lead.page.locator("#shared li", has_text="les moyens").get_by_role("button", name="Épingler").click()
    expect(wall.page.locator("#shared li.pinned")).to_contain_text("les moyens", timeout=SOON)
    lead.page.locator("#shared li", has_text="Partager !").locator("[data-merge]").click()
    lead.page.select_option("#merge-into", label="Partager la décision.")
    lead.press("Rapprocher ces cartes")
    expect(ana.page.locator("#shared li", has_text="Partager la décision.").locator(".alike")).to_contain_text(
        "Partager !", timeout=SOON
    )
    looks.look(lead.page, "definition, who leads")
    assert looks.faults == []


def test_anarchaise_keeps_its_secrets(enter: Callable[[str], Room]) -> None:
    room = enter(CHAIRS)
    lead, wall = room.screens()
    page, seen = room.lead("Ève"), room.phone("Noé")
    players = [room.listener(f"J{number}") for number in range(6)]
    watching = room.listener("O", role="observer")
    page.press("Commencer")
    advance(page, "consignes", seen)
    room.look()
    for name in (lead.name, wall.name, watching.name):
        assert [secret for secret in SECRETS if secret in room.received(name)] == [], name
    held = {one.name: [secret for secret in SECRETS if secret in room.received(one.name)] for one in players}
    assert all(len(secrets) == 1 for secrets in held.values()), held
    assert {secrets[0] for secrets in held.values()} == set(SECRETS)

    press_and_hold(seen)
    advance(page, "jeu", seen)
    expect(seen.page.locator(".controls button, .controls a")).to_have_text(["Stop"])  # and nothing that leads nowhere
    seen.page.locator(".secret summary").scroll_into_view_if_needed()  # still there during the game
    advance(page, "reponses", seen)
    seen.page.fill("#text-reponses-vu", "Un cercle, je crois")
    seen.page.click("#form-reponses-vu button:has-text('Répondre')")
    expect(state_of(seen, "reponses-vu")).to_have_text("Réponse gardée.", timeout=SOON)
    seen.page.check("#form-reponses-force input[value='4']")
    expect(seen.page.locator("#own")).to_contain_text("2 réponses sur 3", timeout=SOON)
    for number, player in enumerate(players):
        player.does(room.session, "answer", {"stage": "reponses", "question": "vu", "value": f"mot-{number}"})
    room.look()
    for name in (*room.listeners,):
        own = f"mot-{name[1:]}" if name.startswith("J") else ""
        assert set(re.findall(r"mot-\d", room.received(name))) <= {own}, name  # hidden until shown
    page.press("Montrer les réponses")
    page.sees("mot-5")
    advance(page, "debrief", seen)
    room.look()
    assert {name for name in room.listeners if len(set(re.findall(r"mot-\d", room.received(name)))) == 6} == set(
        room.listeners
    )
    assert all(len([secret for secret in SECRETS if secret in room.received(name)]) <= 1 for name in room.listeners)
    page.press("Montrer les consignes")
    page.page.get_by_role("dialog").get_by_role("button", name="Revenir").click()  # secrets are not shown by one thumb
    expect(seen.page.locator("#deal")).to_have_count(0)
    page.press("Montrer les consignes")
    page.page.get_by_role("dialog").get_by_role("button", name="Montrer").click()
    seen.sees("Aucune chaise ne touche le mur")
    expect(seen.page.locator("#deal")).to_contain_text("personnes", timeout=SOON)


def press_and_hold(phone: Phone) -> None:
    """Read as long as it is pressed, by a finger or a key; a screen reader's click opens it and closes it."""
    secret, summary = phone.page.locator(".secret-card"), phone.page.locator(".secret summary")
    expect(secret).to_be_hidden()
    summary.scroll_into_view_if_needed()
    box = summary.bounding_box()
    assert box
    phone.page.mouse.move(box["x"] + 40, box["y"] + 20)
    phone.page.mouse.down()
    expect(secret).to_be_visible()
    phone.page.mouse.up()
    expect(secret).to_be_hidden()
    summary.focus()
    for key in ("Space", "Enter"):
        phone.page.keyboard.down(key)
        expect(secret).to_be_visible()
        phone.page.keyboard.up(key)
        expect(secret).to_be_hidden()
    for visible in (True, False):
        summary.evaluate("(button) => button.click()")
        expect(secret).to_be_visible(visible=visible)


def test_a_secret_is_read_without_javascript(enter: Callable[[str], Room]) -> None:
    room = enter(CHAIRS)
    late = room.phone("Tard", java_script_enabled=False)  # comes after secrets were dealt, and gets one too
    late.page.click(".secret summary")
    expect(late.page.locator(".secret-card")).to_be_visible()


def test_the_pot_tells_totals_only(enter: Callable[[str], Room]) -> None:
    room = enter(POT)
    lead, wall = room.screens()
    page, ana = room.lead("Ève"), room.phone("Ana")
    gifts = {1: (9, 1, 3), 2: (5, 2, 6)}  # with Ana's 4, here and there, as much at both tables
    players = {
        f"{name}@{table}": room.listener(f"{name}@{table}", table=table) for table in gifts for name in ("A", "B", "C")
    }
    twin = room.listener("Ana@2", table=2)
    page.press("Commencer")
    advance(page, "silence", ana)
    field = ana.page.locator("#form-silence input[type=number]")
    for _time in range(3):
        ana.page.click("#form-silence [data-add='1']")
    ana.page.focus("#form-silence [data-slider]")
    ana.page.keyboard.press("ArrowRight")
    expect(field).to_have_value("4")
    ana.page.click("#form-silence button:has-text('Donner')")
    expect(state_of(ana, "silence")).to_contain_text("Votre don de 4 est noté.", timeout=SOON)
    twin.does(room.session, "give", {"stage": "silence", "tokens": 4})
    for position, name in enumerate("ABC"):
        for table, given in gifts.items():
            players[f"{name}@{table}"].does(room.session, "give", {"stage": "silence", "tokens": given[position]})
        # two people who gave as much read the same, whatever the others of their table gave: nothing of it reaches them
        if name != "C":
            ana.sees(f"{position + 2} personnes ont donné sur 4")
        assert normal(twin, room) == normal(ana, room)
        for screen in (lead, wall):
            rows = re.findall(r'<li id="pot-table-(\d)">(.*?)</li>', normal(screen, room, ids=True), re.S)
            assert [number for number, _row in rows] == ["1", "2"]
            assert rows[0][1] == rows[1][1]
    ana.sees("17")
    expect(ana.page.locator("#own")).to_contain_text("Vous avez 14 en tout", timeout=SOON)  # 6 kept, 8 of 34 shared
    room.look()
    for table, given in gifts.items():
        for name, tokens in zip("ABC", given, strict=True):
            text = unescape(room.received(f"{name}@{table}"))
            assert set(re.findall(r'"silence", "may": \w+, "value": (\d+)', text)) == {str(tokens)}
    for name in (lead.name, wall.name):
        text = unescape(room.received(name))
        assert "data-asked" not in text
        assert re.search(r"17 donnés, 34 à partager, 8 pour chaque personne", text), name
    # « Partager le pot » comes back above: the button under the thumb stays what it was
    button = page.page.locator(".controls button[value=advance]").element_handle()
    assert button
    for step in ("silence.2", "silence.3"):
        page.press("Étape suivante")
        for phone in (page, ana):
            expect(phone.page.locator("#shared")).to_have_attribute("data-step", step, timeout=SOON)
    assert button.evaluate("(one) => one.isConnected && one.value") == "advance"
    expect(field).to_have_value("")  # another round: nothing is given yet
    advance(page, "parler", ana)
    room.look()
    assert set(re.findall(r"don de (\d+)", room.received("A@1"))) == {"9"}


def normal(one: Listener | Phone, room: Room, *, ids: bool = False) -> str:
    """What this seat reads, without what names its table, its seats, the time."""
    if isinstance(one, Phone):
        text = one.page.request.get(f"/live/{room.session}/since/0").text()
    else:
        text = one.get(f"/live/{room.session}/since/0{one.which}").text
    names = r'<ul class="people-list">.*?</ul>' + ("" if ids else r'|id="(?:pot-)?table-\d+"')
    text = re.sub(names, "", text, flags=re.S)
    return NAMES_ITS_PLACE.sub("", text)


def test_presentation_experience(enter: Callable[[str], Room]) -> None:
    room = enter(TALK)
    lead, ana, wall = room.lead(), room.phone("Ana"), room.wall()
    speaker, plain = room.phone("Sam", role="speaker"), room.phone("Paul", java_script_enabled=False)
    others = [room.listener(f"P{number}") for number in range(3)]
    lead.press("Commencer")
    ana.is_at("expose")
    ana.write("expose-question", "Qui a décidé ?")
    expect(wall.page.locator("#shared")).not_to_contain_text("Qui a décidé")  # a wall that counts
    advance(lead, "questions", ana, speaker)
    speaker.page.select_option("#parent-questions-answer", label="Qui a décidé ?")
    speaker.write("questions-answer", "Le comité, en mars.")
    ana.sees("Le comité, en mars.")
    advance(lead, "criteres", ana, speaker)
    questions = ana.page.locator("form[data-activity=form]:visible")
    expect(questions).to_have_count(12)
    for question in ("volonte", "but"):
        ana.page.check(f"#form-criteres-{question} input[value='1']")
        expect(state_of(ana, f"criteres-{question}")).to_have_text("Réponse gardée.", timeout=SOON)
    ana.page.reload()
    expect(ana.page.locator("#form-criteres-but input[value='1']")).to_be_checked()
    plain.page.reload()
    plain.page.check("#form-criteres-volonte input[value='3']")
    plain.page.click("#form-criteres-volonte button:has-text('Répondre')")
    expect(state_of(plain, "criteres-volonte")).to_have_text("Réponse gardée.")
    plain.page.click("#form-criteres-but button:has-text('Passer')")
    expect(state_of(plain, "criteres-but")).to_have_text("Question passée.")
    for other in others:
        other.does(room.session, "answer", {"stage": "criteres", "question": "volonte", "value": "2"})
    wall.sees("5 personnes ont répondu sur 6")
    expect(wall.page.locator("#answers .bars")).to_have_count(0)
    lead.press("Montrer les réponses")
    expect(wall.page.locator("#answers-volonte")).to_contain_text("partage la salle", timeout=SOON)
    expect(wall.page.locator("#bar-volonte-2")).to_contain_text("3", timeout=SOON)
    expect(wall.page.locator(".legend")).to_contain_text("en partie")  # each answer named once, nothing over numbers
    over = "(rows) => rows.filter((row) => row.scrollWidth > row.clientWidth + 1).map((row) => row.id)"
    assert wall.page.locator(".questions.many .bars > li").evaluate_all(over) == []
    advance(lead, "chez_nous", ana)
    ana.write("chez_nous-here", "Chez nous, ce serait un repas.")
    advance(lead, "a_retenir", ana)
    ana.write("a_retenir-takeaway", "Commencer petit.")
    lead.sees("Commencer petit.")
    ana.page.locator("#shared li", has_text="Commencer petit.").locator("button[data-mark=vote]").click()
    lead.sees("1 voix")


def test_one_two_four_all(enter: Callable[[str], Room]) -> None:
    room = enter(ONE_TWO_FOUR)
    lead, wall = room.lead(), room.wall()
    ana, bob, chloe = (room.phone(name) for name in ("Ana", "Bob", "Chloé"))
    others = {name: room.listener(name) for name in ("Dan", "Ella", "Fay", "Gil", "Hugo")}
    first_four, second_four = (ana, bob, chloe), ("Ella", "Fay", "Gil", "Hugo")  # in the order they came in
    lead.press("Commencer")
    all_of([ana, bob, wall], lambda phone: phone.is_at("seul"))
    ana.write("seul-idea", "zq-seule")
    expect(ana.page.locator("#mine summary")).to_contain_text("1", timeout=SOON)

    # two by two: what each brought alone, and what the pair writes, is the pair's
    advance(lead, "paires", ana, bob, chloe, wall)
    for one, group, names in ((ana, 1, "Ana, Bob"), (bob, 1, "Ana, Bob"), (chloe, 2, "Chloé, Dan")):
        expect(one.page.locator("#group")).to_contain_text(f"le groupe {group}", timeout=SOON)
        expect(one.page.locator("#group p")).to_have_text(names)
    wall.sees("4 groupes de 2 personnes")
    bob.sees("zq-seule")
    bob.write("paires-idea", "zq-paire")
    ana.sees("zq-paire")
    room.look()
    assert re.search(OWN_WORDS, chloe.page.content() + wall.page.content() + lead.page.content()) is None
    assert [name for name in others if re.search(OWN_WORDS, room.received(name))] == []

    # two pairs join; somebody who comes late has a group too
    advance(lead, "quatre", *first_four, wall)
    for one in first_four:
        expect(one.page.locator("#group p")).to_have_text("Ana, Bob, Chloé, Dan", timeout=SOON)
        one.sees("zq-paire")
    wall.sees("2 groupes de 4 personnes")
    assert [name for name in ("Ana", "Chloé", "Gil") if name in wall.page.content()] == []
    chloe.write("quatre-shared", "zq-porte")
    all_of([ana, bob], lambda phone: phone.sees("zq-porte"))
    others["Ella"].does(room.session, "write", {"kind": "shared", "text": "zq-autre"})
    room.look()
    assert "zq-autre" not in ana.page.content() + wall.page.content()
    assert {
        name for name in second_four if "zq-paire" in room.received(name) or "zq-porte" in room.received(name)
    } == set()
    assert "zq-porte" in room.received("Dan")
    late = room.phone("Tard")
    expect(late.page.locator("#group h2")).to_contain_text("le groupe 1", timeout=SOON)

    # all: one idea a group, read and chosen by everybody; what was written alone or in pairs stays there
    advance(lead, "tous", *first_four, late, wall)
    for screen in (ana, chloe, late, wall):
        screen.sees("zq-porte")
        screen.sees("zq-autre")
    room.look()
    assert {name for name in others if "zq-porte" in room.received(name)} == set(others)
    assert {name for name in second_four if "zq-paire" in room.received(name)} == set()
    assert "zq-paire" not in wall.page.content()
    expect(ana.page.locator("#group")).to_have_count(0)
    ana.page.locator("#shared li", has_text="zq-autre").locator("button[data-mark=vote]").click()
    wall.sees("1 voix")

    # a step back finds the same groups
    lead.press("Revenir")
    expect(ana.page.locator("#group p")).to_contain_text("Ana, Bob, Chloé, Dan", timeout=SOON)


def test_a_table_runs_itself_while_the_room_goes_on(enter: Callable[[str], Room]) -> None:
    room = enter(BOOST)
    lead, wall = room.lead(), room.wall()
    here = [room.phone("Ana"), room.phone("Bob", role="porteur")]
    apart = room.phone("Chloé", table=2)
    lead.press("Commencer")
    all_of([lead, apart, *here], lambda phone: phone.is_at("projet"))
    step_on = apart.page.locator(".controls button[value=advance]")
    expect(step_on).to_have_count(0)
    here[1].write("projet-pitch", "Un jardin ouvert")
    here[0].sees("Un jardin ouvert")

    # the table has the words and the buttons; the room stays where it is
    own = lead.page.locator("#table-2 button[value=own_clock]")
    own.click()
    expect(step_on).to_be_visible(timeout=SOON)
    apart.sees("Table 2 suit son propre temps")
    apart.sees("De quoi avez-vous besoin aujourd’hui")
    advance(apart, "questions")
    expect(lead.page.locator("#table-2")).to_contain_text("Les questions", timeout=SOON)
    apart.write("questions-question", "Pour qui ?")
    apart.sees("Pour qui ?")
    all_of([lead, *here, wall], lambda phone: phone.is_at("projet"))
    expect(here[0].page.locator(".controls")).to_have_count(0)
    apart.press("Pause")
    expect(apart.page.locator(".clock-line")).to_contain_text("pause", timeout=SOON)
    expect(here[0].page.locator(".clock-line")).not_to_contain_text("pause")

    # the room goes on without it, two steps; the table stays where it was, and comes back when asked
    advance(lead, "questions", *here)
    advance(lead, "apports", *here, wall)
    apart.is_at("questions")
    expect(apart.page.locator(".clock-line")).to_contain_text("pause")
    expect(own).to_have_text(re.compile("Revenir au temps de la salle"))
    own.click()
    apart.is_at("apports")
    expect(step_on).to_have_count(0)
    expect(apart.page.locator(".clock-line")).not_to_contain_text("pause")
    apart.write("apports-gift", "Un local, le mardi.")
    apart.sees("Un local, le mardi.")

    # the porteur takes what serves, and leaves with a sheet of their own
    here[0].write("apports-gift", "Des outils")
    advance(lead, "tri", *here)
    here[1].page.locator("#shared li", has_text="Des outils").locator("button[data-mark=kept]").click()
    expect(here[1].page.locator(".my-sheet")).to_contain_text("Des outils", timeout=SOON)
    assert "Un local" not in here[1].page.content() + here[0].page.content()


def test_the_empty_chair_is_taken_in_turn(enter: Callable[[str], Room]) -> None:
    room = enter(CHAIR)
    lead, ana, bob = room.lead(), room.phone("Ana"), room.phone("Bob")
    lead.press("Commencer")
    ana.is_at("absents")
    ana.write("absents-absent", "Une habitante du quartier")
    bob.page.locator("#shared li", has_text="Une habitante").locator("button[data-mark=vote]").click()
    advance(lead, "chaise", ana, bob)
    bob.press("Je m’assieds sur la chaise")
    expect(bob.page.locator("#own")).to_have_attribute("data-role", "chair", timeout=SOON)
    bob.sees("Dites « je »")
    expect(bob.page.locator("#form-chaise-said")).to_be_hidden()
    expect(ana.page.locator("#own button", has_text="Je m’assieds")).to_have_count(0)  # one person at a time
    ana.write("chaise-said", "On décide sans moi.")
    bob.sees("On décide sans moi.")
    lead.press("Étape suivante")
    ana.page.locator("#own button", has_text="Je m’assieds").click(timeout=SOON)  # the next chair, another person
    expect(ana.page.locator("#own")).to_have_attribute("data-role", "chair", timeout=SOON)
    expect(bob.page.locator("#own")).to_have_attribute("data-role", "participant")


def test_an_evaluation_has_no_names_and_ends_with_a_cloud(enter: Callable[[str], Room]) -> None:
    room = enter("evaluation")
    lead, ana, wall = room.lead(), room.phone("Ana"), room.wall()
    others = [room.listener(name) for name in ("Bob", "Chloé")]
    lead.press("Commencer")
    ana.is_at("avis")
    ana.page.check("#form-avis-utile input[value='4']")
    expect(state_of(ana, "avis-utile")).to_have_text("Réponse gardée.", timeout=SOON)
    ana.page.fill("#text-avis-manque", "zq-avis")
    ana.page.click("#form-avis-manque button:has-text('Répondre')")
    expect(state_of(ana, "avis-manque")).to_have_text("Réponse gardée.", timeout=SOON)
    for other in others:
        other.does(room.session, "answer", {"stage": "avis", "question": "utile", "value": "2"})
    wall.sees("3 personnes ont répondu sur 3")
    room.look()
    assert "zq-avis" not in lead.page.content() + wall.page.content() + room.received("Bob")
    advance(lead, "mot", ana, wall)
    ana.write("mot-word", "merci")
    for other in others:
        other.does(room.session, "write", {"kind": "word", "text": "merci"})
    expect(wall.page.locator(".cloud li").first).to_contain_text("merci", timeout=SOON)
    assert "Ana" not in wall.page.content()


def test_a_questionnaire_shows_what_divides_the_room(enter: Callable[[str], Room]) -> None:
    room = enter("questionnaire")
    lead, ana, wall = room.lead(), room.phone("Ana"), room.wall()
    others = [room.listener(name) for name in ("Bob", "Chloé", "Dan")]
    lead.press("Commencer")
    ana.is_at("repondre")
    ana.page.check("#form-repondre-volonte input[value='1']")
    expect(state_of(ana, "repondre-volonte")).to_have_text("Réponse gardée.", timeout=SOON)
    for other, value in zip(others, ("1", "3", "3"), strict=True):
        other.does(room.session, "answer", {"stage": "repondre", "question": "volonte", "value": value})
        other.does(room.session, "answer", {"stage": "repondre", "question": "but", "value": "1"})
    wall.sees("4 personnes ont répondu sur 4")
    expect(wall.page.locator("#answers .bars")).to_have_count(0)
    lead.press("Montrer les réponses")
    expect(wall.page.locator("#answers-volonte")).to_contain_text("partage la salle", timeout=SOON)
    expect(wall.page.locator("#answers-but")).not_to_contain_text("partage la salle")
    advance(lead, "lire", ana, wall)
    ana.write("lire-remark", "Parlons du choix.")
    wall.sees("Parlons du choix.")
    expect(wall.page.locator("#answers-volonte")).to_be_visible()
