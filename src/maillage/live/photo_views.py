"""The photos of a session's paper boards: the page, the image itself, and its removal. No script."""

import secrets
import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.pictures import PictureRefused
from maillage.live import seats
from maillage.live.models import Session
from maillage.live.outcomes import refuse
from maillage.live.photos import (
    LONGEST_CAPTION,
    MOST_PHOTOS,
    PhotoRefused,
    Viewer,
    add_photo,
    count_seen,
    find_photo,
    find_viewer,
    is_full,
    photos_seen,
    read_image,
    remove_photo,
)
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live

YES, NO = "oui", "non"
ROOM = "salle"  # the choice of a table, when it is none


class InMemory(MemoryFileUploadHandler):
    """A photo that is not sealed yet has no file of its own, which a crash would leave; past the limit it is let go."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.left = settings.MAX_UPLOAD_MB * 1_000_000  # bytes, of all the files of one form
        self.too_big = False

    def handle_raw_input(self, *_more: Any, **_named: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.left -= len(raw_data)
        if self.left < 0:
            self.too_big = True
            self.file.close()
            raise SkipFile
        self.file.write(raw_data)


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=gettext_lazy("La photo"),
        # Not image/*: where HEIC is not accepted, Safari converts an iPhone's photo, to the first it finds here.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": gettext_lazy("Choisissez une photo, ou prenez-la.")},
    )
    caption = forms.CharField(
        label=gettext_lazy("Ce qu’on y lit"),
        max_length=LONGEST_CAPTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Pour qui ne voit pas la photo : l’essentiel, en mots simples. Ni nom, ni santé."),
        error_messages={"required": gettext_lazy("Écrivez ce qu’on lit sur le tableau.")},
    )
    table = forms.ChoiceField(label=gettext_lazy("De qui est ce tableau"))
    people_on_it = forms.ChoiceField(
        label=gettext_lazy("Y a-t-il des personnes sur cette photo ?"),
        choices=[(NO, gettext_lazy("Non")), (YES, gettext_lazy("Oui"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Répondez par oui ou par non.")},
    )
    agreed = forms.BooleanField(label=gettext_lazy("Elles sont d’accord"), required=False)

    def __init__(self, *given: Any, viewer: Viewer, too_big: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        most = settings.MAX_UPLOAD_MB
        self.fields["photo"].help_text = _(
            "JPEG, PNG ou WebP, {most} Mo au plus. Le lieu et l’appareil, que le téléphone y inscrit, sont retirés."
        ).format(most=most)
        if too_big:
            self.fields["photo"].error_messages["required"] = _(
                "Cette photo dépasse {most} Mo. Envoyez-en une capture d’écran, plus légère."
            ).format(most=most)
        tables = viewer.room.state.open_tables
        if viewer.leads_room and len(tables) > 1:
            choices = [(str(table.id), table.name) for table in tables]
            self.fields["table"] = forms.ChoiceField(
                label=self.fields["table"].label,
                choices=[("", ""), *choices, (ROOM, _("Toute la salle"))],
                initial=str(viewer.seat.looking_at or ""),
                error_messages={"required": _("Dites de quelle table est ce tableau.")},
            )
        else:
            del self.fields["table"]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("people_on_it") == YES and not self.cleaned_data.get("agreed"):
            self.add_error("agreed", _("Demandez d’abord à ces personnes, ou reprenez la photo sans elles."))
        return self.cleaned_data


@csrf_exempt  # only so that the handler is there before the form is read: `_photos` checks it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.SEAT, post=Need.LEADING_SEAT)
def photos(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    handler = InMemory(request)
    request.upload_handlers = [handler]
    return _photos(request, session_id, handler)


@csrf_protect
def _photos(request: HttpRequest, session_id: uuid.UUID, handler: InMemory) -> HttpResponse:
    """The photos this seat sees; for who leads, the form that adds one."""
    which = request.GET.get("siege", "")
    status = 200
    try:
        viewer = _viewer(request, session_id)
        form = None
        if request.method == "POST":
            if not viewer.may_add:
                raise PhotoRefused(403, _("Une photo s’ajoute depuis l’écran de qui anime."))
            form = PhotoForm(request.POST, request.FILES, viewer=viewer, too_big=handler.too_big)
            added = _add(viewer, form, request.POST.get("key", "")) if form.is_valid() else None
            if added is not None:
                response = redirect(f"{_address(session_id, which)}#photo-{added}")
                response.status_code = HTTPStatus.SEE_OTHER
                return response
            status = 422
        elif viewer.may_add:
            form = PhotoForm(viewer=viewer)
        shown = photos_seen(viewer)
    except PhotoRefused as refusal:
        return _sentence(request, refusal)
    context = {
        "room": viewer.room,
        "viewer": viewer,
        "photos": shown,
        "form": form if form is not None and (form.errors or not is_full(session_id)) else None,
        "most": MOST_PHOTOS,
        "key": request.POST.get("key", "")[:64] or secrets.token_urlsafe(12),
        "query": _query(which),
        "erase_at": Session.objects.values_list("erase_at", flat=True).get(id=session_id),
        "screen_url": reverse("live:screen", args=[session_id]) + _query(which),
    }
    return render(request, "live/photos.html", context, status=status)


@cache_control(private=True, no_store=True)
@require_safe
@needs(Need.SEAT)
def photo(request: HttpRequest, session_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    """The image, to a seat of its group."""
    try:
        content = read_image(_viewer(request, session_id), photo_id)
    except PhotoRefused as refusal:
        return _sentence(request, refusal)
    response = HttpResponse(content, content_type="image/jpeg")
    response["Content-Disposition"] = f'inline; filename="tableau-papier-{photo_id.hex[-6:]}.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LEADING_SEAT)
def photo_removal(request: HttpRequest, session_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    """Asks first; what is removed does not come back."""
    which = request.GET.get("siege", "")
    try:
        viewer = _viewer(request, session_id)
        if request.method == "POST":
            remove_photo(viewer=viewer, photo_id=photo_id)
            response = redirect(_address(session_id, which))
            response.status_code = HTTPStatus.SEE_OTHER
            return response
        shown = find_photo(viewer, photo_id)
        if not shown.may_remove:
            raise PhotoRefused(403, _("Une photo se retire depuis l’écran de qui l’a ajoutée, ou de qui anime."))
    except PhotoRefused as refusal:
        return _sentence(request, refusal)
    context = {"room": viewer.room, "photo": shown, "query": _query(which), "address": _address(session_id, which)}
    return render(request, "live/photo_removal.html", context)


def photo_links(room: Room, ticket: seats.Ticket, which: str) -> list[dict[str, str]]:
    """On a screen: to add one, where this seat may; to see them, where there are some."""
    try:
        viewer = find_viewer(room, ticket)
    except PhotoRefused:
        return []
    address = _address(room.session_id, which)
    number = count_seen(viewer)
    links = []
    if viewer.may_add:
        links.append({"url": address, "icon": "plus", "label": _("Ajouter une photo du tableau papier")})
    if number:
        seen = _("Photos du tableau ({number})").format(number=number)
        links.append({"url": f"{address}#photos", "icon": "eye", "label": seen})
    return links


def _add(viewer: Viewer, form: PhotoForm, key: str) -> uuid.UUID | None:
    """The photo's id, or None and why in the form."""
    typed = form.cleaned_data
    chosen = typed.get("table", ROOM if viewer.leads_room else str(viewer.seat.table))
    file: InMemoryUploadedFile = typed["photo"]
    try:
        return add_photo(
            viewer=viewer,
            table=None if chosen == ROOM else int(chosen),
            content=file.read(),
            caption=typed["caption"],
            people_on_it=typed["people_on_it"] == YES,
            agreed=typed["agreed"],
            key=key[:64] or secrets.token_urlsafe(12),
        )
    except PictureRefused as refusal:
        form.add_error("photo", str(refusal.sentence))
    except PhotoRefused as refusal:
        if refusal.status != HTTPStatus.CONFLICT:
            raise
        form.add_error(None, str(refusal.sentence))
    return None


def _viewer(request: HttpRequest, session_id: uuid.UUID) -> Viewer:
    try:
        room = live().rooms.load(session_id)
    except (UnknownSession, ErasedSession) as gone:
        refusal = refuse("erased" if isinstance(gone, ErasedSession) else "unknown-session")
        raise PhotoRefused(refusal.status, refusal.sentence) from None
    return find_viewer(room, seats.read_ticket(request.COOKIES, session_id, request.GET.get("siege", "")))


def _address(session_id: uuid.UUID, which: str) -> str:
    return reverse("live:photos", args=[session_id]) + _query(which)


def _query(which: str) -> str:
    return f"?siege={which}" if which in seats.SUFFIXES.values() and which else ""


def _sentence(request: HttpRequest, refusal: PhotoRefused) -> HttpResponse:
    context = {"sentence": refusal.sentence, "heading": _("Ces photos ne s’ouvrent pas d’ici")}
    return render(request, "live/sentence.html", context, status=refusal.status)
