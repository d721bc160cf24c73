"""A day that took place: a public programme, people with needs, rooms that voted and wrote, and words kept of it.

Whatever a person typed of themselves carries the same sign (SECRET): a test looks for it in every byte that leaves.
"""

import datetime as dt
import io
import zipfile
from itertools import count
from pathlib import Path

from django.utils import timezone

from maillage.contracts.services import make_contract, new_facts
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Session
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.services import add_takeaway
from maillage.methods.services import keep_version
from maillage.office.models import Mail
from maillage.office.services import queue_mail, record_activity
from maillage.people.enums import SpaceRole
from maillage.people.models import Organisation, Person, User
from maillage.people.services import give_right
from maillage.plans.models import Placement, Plan
from maillage.questionnaires.answering import enter_sheet
from maillage.questionnaires.library import model_named
from maillage.questionnaires.models import Invitation
from maillage.questionnaires.services import make_questionnaire
from maillage.registrations.models import Answer, CertificateTerms, Opening, Question, Registration, RegistrationImport
from tests.atlas.opendata import few_territories, fill, full_space
from tests.live.play import METHOD

SECRET = "zqcanari"
# What the rule of names erases, as `come` writes it; the names of the staff, of organisations, are no participant's.
NAMES = (
    "prenom",
    "nom",
    "commune",
    "territoire",
    "sujet",
    "rue",
    "fauteuil",
    "langue",
    "fichier",
    "lettre",
    "texte",
    " est seule",
)
OF_PEOPLE = (*(f"{SECRET}{word}" for word in NAMES), f"06{SECRET}", f"avec {SECRET}", f"{SECRET}1@exemple")
COUNTS = Path(__file__).with_name("comptes.toml")
_keys = count()


def full_day(*, people: int = 24, date: dt.date | None = None) -> Gathering:
    few_territories()
    space = full_space()
    fill(space)
    gathering = Gathering.objects.get(public=True, space=space)
    if date is not None:
        gathering.date = date
    gathering.definition = {
        "text": "Faire ensemble",
        "implies": ["du temps", "=1+1"],
        "determinants": [],
        "properties": [],
    }
    gathering.save()
    facts = new_facts(gathering.commune.epci_id, note=SECRET, axes=["Emploi"], status="signed", source="le contrat")
    make_contract(space=space, facts=facts | {"source_date": "2024-06", "signed_on": "2024-05-30"}, by="essai")
    Room.objects.create(gathering=gathering, name="Salle rouge", capacity=30, step_free=True)
    Room.objects.create(gathering=gathering, name="Salle supposée", capacity=12, capacity_assumed=True)
    user = User.objects.create_user(f"{SECRET}.orga@exemple.invalid", f"{SECRET} organisatrice")
    give_right(user=user, space=space, role=SpaceRole.ORGANISER, by="essai")
    come(gathering, people)
    workshop = Workshop.objects.get(title="Jardiner")
    add_takeaway(gathering=gathering, workshop=None, text="On recommence dans un an.", origin="organiser", by="essai")
    for text in ("Une phrase confiée", "+ et une autre"):
        add_takeaway(gathering=gathering, workshop=workshop, text=text, origin=TakeawayOrigin.RELEASED, by="essai")
    add_takeaway(gathering=gathering, workshop=workshop, text=SECRET, origin="organiser", by="e", rehearsal=True)
    ask(gathering)
    return gathering


def ask(gathering: Gathering) -> None:
    """A questionnaire that is over: twelve answered, each with a text of theirs; one of them was written to."""
    made = make_questionnaire(gathering=gathering, model=model_named("six-mois-apres"), by="essai")
    useful, text = made.questions.get(label__startswith="Avez-vous repris"), made.questions.filter(kind="text").last()
    for number in range(1, 13):
        given = {useful.pk: ["1" if number % 2 else "3"], text.pk: [f"{SECRET}texte"]}
        enter_sheet(questionnaire=made, given=given, number=number, by=SECRET)
    Invitation.objects.create(questionnaire=made, registration=gathering.registrations.first(), sent_at=timezone.now())
    facts = {"signed_by": SECRET, "signed_as": SECRET, "made_at": "Metz", "duration": "6 h", "half_days": ["morning"]}
    CertificateTerms.objects.create(gathering=gathering, **facts)


def come(gathering: Gathering, people: int) -> None:
    """Of two communes and four categories; one of them alone in its category."""
    Opening.objects.create(gathering=gathering, is_open=True, contact=f"{SECRET}@exemple.invalid")
    question = Question.objects.create(gathering=gathering, position=1, label="Votre rue ?")
    organisation = Organisation.objects.create(
        space=gathering.space, name=f"{SECRET} et fils", folded_name=f"{SECRET} et fils"
    )
    plan = Plan.objects.create(gathering=gathering, status="published", by=SECRET, notes=[f"{SECRET} est seule"])
    workshop = Workshop.objects.get(title="Jardiner")
    for number in range(people):
        category = "elected_official" if number == 0 else ("resident", "association", "local_officer")[number % 3]
        person = Person.objects.create(
            space=gathering.space,
            first_name=f"{SECRET}prenom{number}",
            last_name=f"{SECRET}nom",
            email=f"{SECRET}{number}@exemple.invalid",
            phone=f"06{SECRET}",
            category=category,
            organisation=organisation,
            commune_id="54547" if number % 2 else "10081",
            commune_text=f"{SECRET}commune",
            territory_text=f"{SECRET}territoire",
        )
        registration = Registration.objects.create(
            gathering=gathering,
            person=person,
            presence="present",
            needs=f"{SECRET}fauteuil",
            needs_at=timezone.now() - dt.timedelta(days=400),
            interpreter=f"{SECRET}langue",
            porteur_subject=f"{SECRET}sujet",
            form_key=f"{SECRET}{number}",
        )
        Answer.objects.create(registration=registration, question=question, values=[f"{SECRET}rue"])
        Placement.objects.create(
            plan=plan,
            registration=registration,
            slot=workshop.slot,
            workshop=workshop,
            table=1,
            reason=f"avec {SECRET}",
        )
        record_activity(
            space=gathering.space.slug,
            by=person.full_name,
            verb="wishes",
            about=str(gathering),
            about_id=registration.pk,
        )
    RegistrationImport.objects.create(
        gathering=gathering, filename=f"{SECRET}fichier.csv", content=f"{SECRET}fichier".encode(), by=SECRET
    )
    queue_mail(to=f"{SECRET}@exemple.invalid", subject=f"{SECRET}lettre", body=f"{SECRET}lettre", about=gathering.pk)
    Mail.objects.update(status="sent")


def submit(session: Session, seat, move: str, /, **payload):
    return live().committer.submit(Submitted(session.pk, seat.pk, move, payload, f"k{next(_keys)}"))


def sit(session: Session, name: str, role: str = "participant"):
    kind = SeatKind.FACILITATOR if role == "facilitator" else SeatKind.PARTICIPANT
    return seats.take_seat(session=session, kind=kind, name=name, role=role, key=f"s{next(_keys)}")


def workshop_of(gathering: Gathering, method: Path, title: str) -> Workshop:
    version = keep_version(source=method.read_text(encoding="utf-8"), name=method.name, space=gathering.space)
    slot = Slot.objects.filter(gathering=gathering, kind="workshops").get()
    return Workshop.objects.create(slot=slot, position=9, title=title, method=version.method)


def play_counts(gathering: Gathering, *, people: int = 6) -> Session:
    """A vote, a questionnaire whose free text nobody else may read again, a round of the pot."""
    session = open_session(workshop=workshop_of(gathering, COUNTS, f"Comptes à {people}"), by="essai")
    lead = sit(session, f"{SECRET}anime", "facilitator")
    phones = [sit(session, f"{SECRET}joue{number}") for number in range(people)]
    assert submit(session, lead, "open").accepted
    for number, phone in enumerate(phones):
        assert submit(session, phone, "answer", stage="vote", value="coop" if number else "pas").accepted
    assert submit(session, lead, "reveal", step="vote").accepted
    assert submit(session, lead, "advance", **{"from": "vote"}).accepted
    for phone in phones:
        assert submit(session, phone, "answer", stage="avis", question="utile", value="1").accepted
        assert submit(session, phone, "answer", stage="avis", question="mot", value=f"{SECRET}mot").accepted
    assert submit(session, lead, "reveal", step="avis").accepted
    assert submit(session, lead, "advance", **{"from": "avis"}).accepted
    for number, phone in enumerate(phones):
        assert submit(session, phone, "give", stage="pot", tokens=number).accepted
    assert submit(session, lead, "close").accepted
    session.refresh_from_db()
    return session


def play_notes(gathering: Gathering):
    """A room where things are written, that nobody else reads: the session and its porteur's seat."""
    session = open_session(workshop=workshop_of(gathering, METHOD, "Codéveloppement"), by="essai")
    lead, porteur = sit(session, f"{SECRET}anime", "facilitator"), sit(session, f"{SECRET}porte", "porteur")
    assert submit(session, lead, "open").accepted
    assert submit(session, porteur, "write", kind="idea", text=f"{SECRET}note").accepted
    assert submit(session, porteur, "fill", field="pas", value=f"{SECRET}pas").accepted
    assert submit(session, lead, "close").accepted
    return session, porteur


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
