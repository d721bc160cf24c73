"""The guides, followed from an installation where nothing is: what each step names is there, and does what is said.

Long: a browser plays a whole day. What is pressed here is what the guides say to press, in their order.
"""

import datetime
import email
import email.policy
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.browser.house import ROOT, House, environment, free_port
from tests.browser.phones import PHONE, SOON

pytestmark = pytest.mark.long

SPACE = '[space]\nslug = "mon-espace"\nname = "Contrat de ville de notre agglomération"\nregion = "44"\n'
PEOPLE = "Prénom;Nom;Vous êtes;Structure;Commune;Atelier choix 1;Apporter un sujet\n" + "".join(
    f"{name};Essai;{what};;Metz;{wish};{'oui' if name == 'Ana' else ''}\n"
    for name, what, wish in [
        ("Ana", "Habitant·e", "Co-développement"),
        ("Bruno", "Élu·e", "Co-développement"),
        ("Chloé", "Acteur·rice associatif·ve", "Co-développement"),
        ("Driss", "Technicien·ne de collectivité", "Co-développement"),
        ("Emma", "Bailleur", "Co-développement"),
        ("Farid", "Habitant·e", "Coop ou pas coop"),
        ("Gaëlle", "Habitant·e", "Coop ou pas coop"),
        ("Hugo", "Élu·e", "Coop ou pas coop"),
        ("Inès", "Acteur·rice associatif·ve", "Coop ou pas coop"),
    ]
)


class Empty(House):
    """An installation as the operator's guide leaves it after its fourth step."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database, self.log = folder, "", folder.parent / "log"
        self.port, self.process, self.more = free_port(), None, {}
        (folder.parent / "espace.toml").write_text(SPACE, encoding="utf-8")
        self.command("import-gathering", str(folder.parent / "espace.toml"))
        self.link = self.command("sign-in-link", "moi@exemple.fr", "--organise", "mon-espace", "--url", self.url)

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "maillage", *words],
            cwd=ROOT,
            env=environment(self.folder, ""),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def wait_for_letter(self, page: Page, subject: str) -> str:
        """Letters leave within the minute."""
        for _second in range(90):
            letter = self.letter(subject) if (self.folder / "mail").exists() else ""
            if letter:
                return letter
            page.wait_for_timeout(1_000)
        raise AssertionError(subject)

    def letter(self, subject: str) -> str:
        for path in (self.folder / "mail").iterdir():
            written = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = written.get_body(("plain",))
            if body and subject in str(written["subject"]):
                return str(body.get_content())
        return ""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Empty]:
    house = Empty(tmp_path / "data")
    house.start()
    yield house
    house.stop()


def opened(browser: Browser, house: House, **options: object) -> Page:  # noqa: F811 - the fixture's name
    context = browser.new_context(locale="fr-FR", base_url=house.url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(SOON)
    return context.new_page()


def press(page: Page, words: str) -> None:
    """The button or the link that says this, seen: as whoever follows the guide would look for it."""
    there = page.locator("button:visible, a:visible, summary:visible")
    whole = there.filter(has_text=exactly(words))  # « Entrer », before the menu's « Entrer dans un atelier »
    (whole if whole.count() else there.filter(has_text=exactly(words, or_more=True))).first.click()


def words_of(words: str) -> str:
    return re.sub(r"([().?*+])", r"\\\1", words).replace(" ", r"[\s\u00a0\u202f]+")


def exactly(words: str, *, or_more: bool = False) -> re.Pattern[str]:
    return re.compile(rf"^\s*{words_of(words)}" + ("" if or_more else r"(\s*\(facultatif\))?\s*$"))


def field(page: Page, words: str) -> Locator:
    return page.get_by_label(exactly(words))


def reads(page: Page, words: str) -> None:
    expect(page.locator("body")).to_contain_text(re.compile(words_of(words)))


def test_the_guides_are_followed_from_nothing(browser: Browser, empty: Empty) -> None:  # noqa: F811
    assert f"Maillage répond à {empty.url}" in empty.log.read_text(encoding="utf-8")
    page = opened(browser, empty, viewport={"width": 1280, "height": 800})
    # organisation, 1 to 3
    page.goto(empty.link)
    reads(page, "Bonjour")
    press(page, "Me connecter")
    reads(page, "Rencontres")
    press(page, "Préparer une rencontre")
    field(page, "Genre").select_option(label="Rencontre territoriale")
    field(page, "Titre").fill("Journée des quartiers")
    field(page, "Date").fill(datetime.datetime.now(ZoneInfo("Europe/Paris")).date().isoformat())
    field(page, "Lieu").fill("Maison des associations")
    field(page, "Commune").fill("Metz")
    field(page, "Ouvrir la page publique").check()
    press(page, "Enregistrer")
    reads(page, "La rencontre est créée. Son programme peut commencer.")
    for room in ("Salle Bleue", "Salle Verte"):
        press(page, "Ajouter une salle")
        field(page, "Nom").fill(room)
        press(page, "Enregistrer")
    press(page, "Ajouter un créneau")
    field(page, "Genre").select_option(label="Ateliers")
    field(page, "Titre").fill("Ateliers")
    press(page, "Enregistrer")
    for title, room in (("Co-développement", "Salle Bleue"), ("Coop ou pas coop", "Salle Verte")):
        press(page, "Ajouter un atelier")
        field(page, "Titre").fill(title)
        field(page, "Salle").select_option(label=room)
        field(page, "Méthode").select_option(label=title)
        press(page, "Enregistrer")
    press(page, "Journée des quartiers")
    day = page.url
    # 4: the form, then the file
    press(page, "Formulaire d’inscription")
    field(page, "Ouvrir les inscriptions").check()
    press(page, "Enregistrer")
    reads(page, "Les inscriptions sont ouvertes.")
    form = page.locator("section.sheet a").first.inner_text()
    page.goto(day)
    press(page, "Importer un fichier")
    page.set_input_files(
        "input[type=file]", files=[{"name": "gens.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}]
    )
    press(page, "Lire ce fichier")
    reads(page, "Vérifier avant d’écrire")
    press(page, "Confirmer l’import")
    reads(page, "9 personnes affichées sur 9.")
    # participation: somebody registers, with an address
    resident = opened(browser, empty, viewport=PHONE)
    resident.goto(form)
    field(resident, "Prénom").fill("Karima")
    field(resident, "Adresse électronique").fill("karima@exemple.invalid")
    field(resident, "Choix 1").select_option(label="Co-développement")
    press(resident, "M’inscrire")
    reads(resident, "C’est envoyé, merci")
    # 5
    page.goto(day)
    press(page, "Répartir")
    press(page, "Répartir")
    expect(page.locator("h1")).to_have_text("Répartition", timeout=60_000)
    reads(page, "En chiffres")
    press(page, "Publier")
    reads(page, "La répartition est publiée : chacun voit sa place.")
    # 6 and 7: the codes, then the papers
    page.goto(day)
    press(page, "Qui anime, qui accueille")
    field(page, "Adresse électronique").fill("bo@exemple.invalid")
    page.get_by_label("Accueil").check()
    press(page, "Inviter")
    reads(page, "Invitations sans réponse")
    page.goto(day)
    press(page, "Ouvrir les séances")
    press(page, "Ouvrir toutes les séances")
    reads(page, "Les séances sont ouvertes : affichez leur code dans les salles.")
    page.goto(day)
    press(page, "Documents de la rencontre")
    for document in ("Badges", "Affiches des salles", "Émargement par demi-journée", "Dossier papier de la journée"):
        reads(page, document)
    # 8
    page.goto(day)
    press(page, "Aller à la régie")
    row = page.locator("#rooms tr").filter(has_text="Salle Bleue")
    code = row.locator("strong").last.inner_text()
    lead = row.get_by_role("link", name="Animer").get_attribute("href")
    shown = row.get_by_role("link", name="Projeter").get_attribute("href")
    assert lead
    assert shown
    # the desk
    desk = opened(browser, empty, viewport=PHONE)
    invitation = re.search(r"https?://\S+/invitation/\S+", empty.wait_for_letter(desk, "Invitation"))
    assert invitation
    desk.goto(invitation[0])
    reads(desk, "On vous confie un rôle")
    press(desk, "Accepter, et entrer")
    expect(desk.locator("h1")).to_have_text("Accueil")
    field(desk, "Nom, structure ou commune").fill("chloe")
    press(desk, "Chercher")
    press(desk, "Présent·e")
    reads(desk, "Défaire")
    press(desk, "Défaire")
    press(desk, "Tout le monde")
    press(desk, "Inscrire quelqu’un qui arrive")
    field(desk, "Prénom").fill("Samir")
    field(desk, "Vous êtes").select_option(label="Préfère ne pas dire")
    press(desk, "Inscrire, présent·e")
    reads(desk, "Samir est inscrit·e, présent·e.")
    press(desk, "Interprètes, enfants, repas")
    reads(desk, "Ces listes s’effacent le lendemain.")
    # the participant says that they are there
    own = re.search(r"https?://\S+/inscription/\S+?/\s", empty.wait_for_letter(resident, "Votre inscription"))
    assert own
    resident.goto(own[0].strip())
    press(resident, "Annuler mon inscription")
    press(resident, "Oui, annuler mon inscription")
    press(resident, "Finalement, je viens")
    press(resident, "Je suis là")
    reads(resident, "Où je vais")
    press(resident, "English")
    reads(resident, "Where I am going")
    press(resident, "Français")
    # facilitation, and the room
    leader = opened(browser, empty, viewport=PHONE)
    leader.goto(lead)
    reads(leader, "Animer")
    field(leader, "Votre prénom").fill("Lina")
    press(leader, "Prendre l’animation")
    reads(leader, "Demander de l’aide")
    wall = opened(browser, empty)
    wall.goto(shown)
    reads(wall, code)
    resident.goto("/")
    field(resident, "Le code affiché dans la salle").fill(code)
    press(resident, "Entrer")
    field(resident, "Votre prénom").fill("Karima")
    if resident.locator("#table").count():
        reads(resident, "Je ne sais pas")
    press(resident, "Entrer")
    reads(resident, "La séance va commencer. Gardez cette page ouverte : elle suivra d’elle-même.")
    press(leader, "Commencer")
    reads(leader, "À dire maintenant")
    reads(leader, "Évitez")
    resident.locator("textarea:visible").first.fill("Le local des jeunes est fermé le samedi.")
    press(resident, "Proposer ce sujet")
    press(resident, "Je vote pour ce sujet")
    press(resident, "Ce que j’ai écrit")
    reads(resident, "Retirer")
    press(leader, "Retenir")
    reads(resident, "Ma fiche")
    for words, then in (("Demander de l’aide", "Aide demandée"), ("C’est réglé", "Demander de l’aide")):
        press(leader, words)
        reads(leader, then)
    for words, then in (("Pause", "Reprendre"), ("Reprendre", "Pause")):
        leader.wait_for_timeout(600)  # two taps in half a second are one
        press(leader, words)
        reads(leader, then)
    for stage in (
        "La présentation",
        "La clarification",
        "La demande",
        "Les réactions",
        "Le feed-back",
        "Le tour de clôture",
    ):
        leader.wait_for_timeout(600)
        press(leader, "Étape suivante")
        expect(leader.locator("#shared h1")).to_have_text(stage)
    expect(resident.locator("#shared h1")).to_have_text("Le tour de clôture")
    field(resident, "Mon premier pas").locator("visible=true").first.fill("Rencontrer la mairie.")
    resident.locator("form:visible", has=field(resident, "Mon premier pas")).get_by_role(
        "button", name="Noter sur ma fiche"
    ).first.click()
    resident.locator("textarea[name=sentence]:visible").fill("Le samedi, les clés sont chez une voisine.")
    press(resident, "Je rends cette phrase publique")
    resident.locator("dialog button[value=yes]").click()
    reads(resident, "Retirer la phrase rendue publique")
    press(resident, "Ouvrir et imprimer ma fiche")
    leader.wait_for_timeout(600)
    press(leader, "Terminer")
    leader.locator("dialog button[value=yes]").click()
    press(leader, "Ce que l’atelier retient")
    field(leader, "À retenir").fill("Un créneau du samedi se négocie avec la mairie.")
    press(leader, "Ajouter")
    reads(leader, "Un créneau du samedi")
    # 9
    page.goto(day)
    press(page, "Écrire ce qui est à retenir")
    reads(page, "Un créneau du samedi")
    page.goto(day)
    press(page, "Documents de la rencontre")
    press(page, "Lire ici")
    reads(page, "Un créneau du samedi")
    follow_the_noyau(browser, empty, page)
    for each in (page, desk, resident, leader, wall):
        each.context.close()


def follow_the_noyau(browser: Browser, house: House, desk: Page) -> None:  # noqa: F811
    """docs/guides/noyaux.md, on telephones, from the page of the organisers."""
    desk.goto("/rencontres/")
    press(desk, "Noyaux")
    reads(desk, "Noyaux et chemins de changement")
    field(desk, "Nom du noyau").fill("Noyau des Provinces")
    field(desk, "Qui tient ce noyau").fill("Leïla")
    field(desk, "Cette personne est").select_option(label="Acteur·rice associatif·ve")
    press(desk, "Constituer")
    reads(desk, "Le noyau est constitué. Donnez ce lien à qui le tient :")
    link = re.search(r"https?://\S+/noyau/\S+", desk.locator(".messages").inner_text())
    assert link
    leila, marc = (opened(browser, house, viewport=PHONE) for _who in range(2))
    leila.goto(link[0])
    reads(leila, "Bonjour Leïla")
    press(leila, "Membres")
    field(leila, "Prénom, ou prénom et nom").fill("Marc")
    field(leila, "Cette personne est").select_option(label="Technicien·ne de l’État")
    press(leila, "Accueillir")
    theirs = leila.get_by_label("Le lien à lui donner : il ouvre le noyau à cette personne seule").locator(
        "visible=true"
    )
    marc.goto(theirs.input_value())
    reads(marc, "Bonjour Marc")
    own = leila.locator("li", has_text="Leïla").first
    own.locator("summary", has_text="Son lien, son départ").click()
    own.get_by_role("button", name="Changer son lien").click()
    reads(leila, "Qui est du noyau")
    assert opened(browser, house).goto(link[0]).status == 404  # type: ignore[union-attr]
    press(leila, "Vision")
    field(leila, "La vision").fill("Les jeunes décident de ce qui se fait pour eux.")
    field(leila, "Pour quelle année").fill("2040")
    press(leila, "Enregistrer ce texte")
    reads(leila, "La vision est enregistrée. Les textes d’avant sont gardés.")
    field(leila, "Qui l’a validée").fill("Le noyau")
    press(leila, "Noter la validation")
    press(leila, "Chemin")
    field(leila, "L’acteur").first.fill("Le bailleur")
    press(leila, "Ajouter l’acteur")
    field(leila, "L’acteur").nth(1).select_option(label="Le bailleur")
    field(leila, "Il fait…").fill("Il choisit les travaux avec les locataires")
    press(leila, "Ajouter le changement")
    field(leila, "L’acteur").nth(2).select_option(label="Le bailleur")
    field(leila, "Le repère").fill("Améliorer la communication")
    leila.get_by_label("attendu").check()
    press(leila, "M’aider à l’écrire")
    reads(leila, "comment le verrait-on ?")
    field(leila, "Le repère").fill("Le bailleur réunit les locataires")
    press(leila, "Ajouter le repère")
    reads(leila, "Le repère est noté.")
    press(marc, "J’ai vu quelque chose")
    marc.get_by_label("Quelque chose d’inattendu").check()
    marc.get_by_label("Vu", exact=True).check()
    press(marc, "Noter")
    reads(marc, "Dites en deux lignes ce que vous avez vu.")
    field(marc, "En deux lignes").fill("Les jeunes ont repeint le hall.")
    press(marc, "Noter")
    reads(marc, "Vu dernièrement")
    press(leila, "Revues")
    press(leila, "Prévoir")
    reads(leila, "L’ordre du jour")
    reads(leila, "Les jeunes ont repeint le hall.")
    reads(leila, "Imprimer la feuille de revue")
    field(leila, "Ce que nous décidons").fill("Inviter le bailleur")
    press(leila, "Enregistrer la revue")
    press(leila, "En faire une action")
    reads(leila, "Ce que l’on fait")
    press(leila, "Accueil")
    press(leila, "Le récit d’une période")
    with leila.expect_download() as story:
        press(leila, "Faire le récit")
    assert Path(story.value.path()).read_bytes().startswith(b"%PDF")
    for each in (leila, marc):
        each.context.close()
