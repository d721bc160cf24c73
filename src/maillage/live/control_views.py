import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from facilitation import UnplayableMethod
from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.needs import Need, needs
from maillage.lib.typography import count, join_words
from maillage.live.condition import condition
from maillage.live.control import rooms_of
from maillage.live.helping import answer_help
from maillage.live.opening import open_gathering, open_one
from maillage.live.queries import open_sessions, sessions_with_codes
from maillage.live.reopening import reopen_room
from maillage.live.seats import which_seat
from maillage.live.services import AwayGathering, NoMethod, change_lead_link
from maillage.live.shifting import GOING_ON, MOST_MINUTES, shift_clocks
from maillage.live.throttle import codes_throttle
from maillage.live.urls_of import export_url
from maillage.methods.queries import UnreadableVersion
from maillage.people.queries import can_facilitate, can_organise
from maillage.ui.addresses import public_address

RELOAD = 10  # seconds, without JavaScript
SHIFT = 15  # minutes offered: what a plenary that runs late takes


@never_cache
@needs(Need.FACILITATE, post=Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def control_room(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """All rooms at once, the buttons that open them, and the one that gives them all more time."""
    if request.method == "POST":
        gathering = fetch_gathering(request.user, gathering_id)
        if "help" in request.POST:
            _answer_help(request, gathering)
        elif "minutes" in request.POST:
            _shift(request, gathering)
        elif "reopen" in request.POST:
            _reopen(request, gathering)
        elif "new-link" in request.POST:
            _change_link(request, gathering)
        else:
            _open(request, gathering)
        return redirect("live:control-room", gathering_id)
    gathering = fetch_gathering(request.user, gathering_id, can=can_facilitate)
    codes_throttle.at_home(request.META.get("REMOTE_ADDR", ""), gathering.pk)
    base_url = public_address(request)
    rows = rooms_of(gathering, base_url)
    for row in rows:
        which = which_seat(request.COOKIES, row.session.pk) if row.session else None
        if row.session and which is not None:
            row.exports = [export_url(row.session.pk, form, which) for form in ("csv", "json")]
    context = {
        "gathering": gathering,
        "rows": rows,
        "calling": count(
            sum(row.calls for row in rows),
            _("salle demande de l’aide"),
            _("salles demandent de l’aide"),
            zero="",
        ),
        "to_see": count(sum(row.troubled for row in rows), _("salle à voir"), _("salles à voir"), zero=""),
        "openable": sum(row.session is None and not row.why_not for row in rows),
        "led": [row for row in rows if row.session and not row.ended],
        "several_slots": len({row.workshop.slot_id for row in rows}) > 1,
        "can_organise": can_organise(request.user, gathering.space),
        "condition": condition(),
        "reload": RELOAD,
        "shift": uuid.uuid4() if any(row.view.get("status") in GOING_ON and not row.ended for row in rows) else None,
        "shift_minutes": SHIFT,
    }
    return render(request, "live/control_room.html", context)


def _open(request: HttpRequest, gathering: Gathering) -> None:
    """The session of one workshop, or of all those that have none."""
    if gathering.away_since is not None:
        messages.warning(request, AwayGathering(gathering).sentence)
        return
    if "workshop" not in request.POST:
        if open_gathering(gathering=gathering, by=str(request.user)):
            messages.success(request, _("Les séances sont ouvertes : affichez leur code dans les salles."))
        else:
            messages.warning(request, _("Aucun atelier de cette rencontre n’a de méthode qui se joue sur téléphone."))
        return
    workshop = _workshop(gathering, request.POST["workshop"])
    try:
        open_one(workshop=workshop, by=str(request.user))
    except (NoMethod, UnplayableMethod, UnreadableVersion) as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("La séance est ouverte : affichez son code dans la salle."))


def _reopen(request: HttpRequest, gathering: Gathering) -> None:
    """A room that was ended too soon, in one touch."""
    workshop = _workshop(gathering, request.POST["reopen"])
    session = next(
        (one for one in open_sessions(gathering.pk) if one.workshop_id == workshop.pk and not one.rehearsal), None
    )
    if session is None:
        raise Http404
    refusal = reopen_room(session=session, gathering=gathering, by=str(request.user))
    if refusal:
        messages.warning(request, refusal)
    else:
        messages.success(request, _("« {room} » est rouverte.").format(room=session))


def _change_link(request: HttpRequest, gathering: Gathering) -> None:
    """Of a room whose link « Animer » is held by somebody who leads it no more."""
    workshop = _workshop(gathering, request.POST["new-link"])
    session = next((one for one in sessions_with_codes(gathering.pk) if one.workshop_id == workshop.pk), None)
    if session is not None and change_lead_link(session=session, by=str(request.user)):
        messages.success(request, _("« {room} » a un nouveau lien d’animation.").format(room=session))
    else:
        messages.warning(request, _("Cette salle n’est plus ouverte ici : son lien n’a pas changé."))


def _answer_help(request: HttpRequest, gathering: Gathering) -> None:
    """« On arrive », for the call that the page showed."""
    try:
        session = answer_help(gathering=gathering, call_id=uuid.UUID(request.POST["help"]))
    except ValueError:
        raise Http404 from None
    if session is None:
        messages.info(request, _("Cette salle n’attend plus d’aide : c’est réglé."))
    else:
        messages.success(request, _("C’est dit à l’animation : on arrive à « {room} ».").format(room=session))


def _shift(request: HttpRequest, gathering: Gathering) -> None:
    """`minutes`, with its sign, for every room that plays. `key` is the page's: pressed twice, it is done once."""
    try:
        minutes = int(request.POST["minutes"].replace("−", "-").strip())
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        minutes, key = 0, uuid.UUID(int=0)
    if not 1 <= abs(minutes) <= MOST_MINUTES:
        messages.error(
            request,
            _(
                "Rien n’est décalé : écrivez un nombre de minutes de 1 à {most}, avec un − devant pour finir plus tôt."
            ).format(most=MOST_MINUTES),
        )
        return
    done = shift_clocks(gathering=gathering, minutes=minutes, key=key, by=str(request.user))
    if done.moved:
        words = _("{length} de plus : {rooms}.") if minutes > 0 else _("{length} de moins : {rooms}.")
        length = count(abs(minutes), _("minute"), _("minutes"), zero="")
        messages.success(request, words.format(length=length, rooms=join_words(done.moved)))
    for sentence in done.refused:
        messages.warning(request, sentence)
    if not done.moved and not done.refused:
        messages.warning(request, _("Aucune séance n’est en cours : il n’y a rien à décaler."))


def _workshop(gathering: Gathering, text: str) -> Workshop:
    try:
        return Workshop.objects.get(pk=uuid.UUID(text), slot__gathering=gathering)
    except (ValueError, Workshop.DoesNotExist):
        raise Http404 from None
