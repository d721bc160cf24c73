"""« J’ai vu quelque chose »: thirty seconds on a phone, and all that was seen."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.access import member_page, need_lead
from maillage.change.checks import ChangeRefused
from maillage.change.forms import ObservationForm
from maillage.change.members import member_token
from maillage.change.models import Member, Observation, Photo
from maillage.change.observing import add_observation
from maillage.change.queries import orphans, path_of, seen_of
from maillage.change.taking_in import MOST_BYTES, take_in
from maillage.change.views import context_of
from maillage.lib.identifiers import uuid7
from maillage.lib.needs import Need, needs
from maillage.lib.pictures import PictureRefused
from maillage.lib.tableschema import UnreadableSheet

MOST_PHOTO = 12_000_000  # bytes


@member_page
@needs(Need.LINK)
def observe(request: HttpRequest, member: Member) -> HttpResponse:
    """The same address for the page, its form, and a phone that sends later what it kept: a key makes it once."""
    by_script = request.headers.get("X-Requested-With") == "outbox"
    today = timezone.localdate()
    form = ObservationForm(group=member.group, initial={"on": today, "key": uuid7(), "degree": "", "marker": None})
    if request.method == "POST":
        form = ObservationForm(request.POST, request.FILES, group=member.group)
        if form.is_valid() and _stored(form, member):
            if by_script:
                return JsonResponse({"kept": True}, status=201)
            messages.success(request, _("C’est noté, merci."))
            return redirect("change:home", member_token(member))
        if by_script:
            sentences = [str(sentence) for rows in form.errors.values() for sentence in rows]
            return JsonResponse({"kept": False, "sentences": sentences}, status=422)
    context = context_of(member, tab="observations", form=form, ways=path_of(member.group), today=today)
    return render(request, "change/observe.html", context, status=422 if form.errors else 200)


def _stored(form: ObservationForm, member: Member) -> bool:
    said = form.cleaned_data
    marker = said["marker"]
    upload = said["photo"]
    if upload is not None and upload.size > MOST_PHOTO:
        form.add_error("photo", _("Cette photo pèse trop lourd : 12 Mo au plus. Envoyez-en une capture d’écran."))
        return False
    try:
        row, _new = add_observation(
            group=member.group,
            by=member,
            key=said["key"] or uuid.uuid4(),
            degree=said["degree"],
            marker=marker,
            text=said["text"],
            on=said["on"],
            seen_by=said["seen_by"],
            source=said["source"],
            inside=said["inside"],
            photo=upload.read() if upload is not None else None,
            consent=said["consent"],
        )
    except ChangeRefused as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return False
    except PictureRefused as refusal:
        form.add_error("photo", str(refusal.sentence))
        return False
    return row is not None


@member_page
@needs(Need.LINK, post=Need.LEADING_LINK)
def observations(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    refusals, fault = list[str](), ""
    if request.method == "POST":
        need_lead(member)
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise UnreadableSheet(_("choisissez un fichier"))
            taken = take_in(group=group, content=upload.read(MOST_BYTES + 1), by=member)
        except UnreadableSheet as refusal:
            fault = _("Ce fichier n’a pas été repris : %s.") % refusal.sentence
        else:
            refusals = taken.refusals
            said = {"new": taken.new, "known": taken.known}
            messages.success(request, _("Observations reprises : %(new)d ; déjà là : %(known)d.") % said)
            if not refusals:
                return redirect("change:observations", member_token(member))
    page = Paginator(seen_of(group).select_related("photo"), 40).get_page(request.GET.get("page"))
    removed = Observation.objects.filter(group=group, removed_at__isnull=False)
    context = context_of(
        member, page=page, removed=removed, orphans={row.pk for row in orphans(group)}, refusals=refusals, fault=fault
    )
    return render(request, "change/observations.html", context, status=422 if refusals or fault else 200)


@member_page
@needs(Need.LINK)
def photo(_request: HttpRequest, member: Member, observation_id: uuid.UUID) -> HttpResponse:
    row = Photo.objects.filter(observation__group=member.group, observation=observation_id, removed_at=None).first()
    if row is None:
        raise Http404
    return HttpResponse(bytes(row.content), content_type="image/jpeg")
