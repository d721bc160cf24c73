"""The first page: a code for those who take part, the gatherings for those who prepare. The room server's poster."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maillage.config.installation import wifi_file
from maillage.lib.lan import lan_addresses
from maillage.lib.needs import Need, needs
from maillage.lib.qr import qr_svg
from maillage.lib.wifi import WifiRefused, check_wifi, read_wifi, save_wifi
from maillage.people.models import Space
from maillage.people.queries import runs_rooms_somewhere, spaces_to_organise
from maillage.ui.addresses import public_address

RELOAD = 10  # seconds between two looks at the address, without JavaScript


@require_safe
@needs(Need.ANYBODY)
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("gatherings:list")
    return render(request, "config/home.html")


@require_safe
@needs(Need.ANYBODY)
def site_map(request: HttpRequest) -> HttpResponse:
    """Every part of the site that whoever asks may open; what is inside each is one page further."""
    context = {
        "atlases": Space.objects.filter(atlas_public=True, region__isnull=False).order_by("name"),
        "own": spaces_to_organise(request.user).order_by("name"),
        "runs": runs_rooms_somewhere(request.user),
        "room": settings.ROOM,
    }
    return render(request, "config/site_map.html", context)


@never_cache
@require_safe
@needs(Need.ANYBODY)
def room_server(request: HttpRequest) -> HttpResponse:
    """To be printed, or shown before the day begins: the Wi-Fi, then the address. For whoever is in the room."""
    if not settings.ROOM:
        raise Http404
    addresses = lan_addresses()
    asked = public_address(request)
    scheme, _colon, host = asked.partition("://")
    name, colon, port = host.rpartition(":")
    name, port = (name, colon + port) if colon and port.isdigit() else (host, "")
    # What a phone is told is what this machine has now, whatever name this browser came by.
    found = [f"{scheme}://{address}{port}" for address in addresses]
    urls = [asked, *(url for url in found if url != asked)] if name in addresses else found
    wifi = read_wifi(wifi_file())
    context: dict[str, Any] = {
        "url": urls[0] if urls else "",
        "others": urls[1:],
        "wifi": wifi,
        "reload": RELOAD,
        "can_organise": spaces_to_organise(request.user).exists(),
    }
    if urls:
        context["url_qr"] = mark_safe(qr_svg(urls[0], title=_("Code à scanner : l’adresse")))  # noqa: S308 - our drawing
    if wifi.name:
        context["wifi_qr"] = mark_safe(qr_svg(wifi.qr_text, title=_("Code à scanner : le Wi-Fi")))  # noqa: S308
    return render(request, "config/room_server.html", context)


class WifiForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Nom du Wi-Fi"), max_length=32, required=False, strip=True)
    password = forms.CharField(
        label=gettext_lazy("Mot de passe du Wi-Fi"),
        max_length=63,
        required=False,
        strip=False,
        help_text=gettext_lazy("Tel qu’il est écrit sur la box. Il sera affiché dans la salle, avec son QR."),
    )

    def clean(self) -> dict[str, Any]:
        try:
            self.wifi = check_wifi(self.cleaned_data.get("name", ""), self.cleaned_data.get("password", ""))
        except WifiRefused as refusal:
            self.add_error(None, refusal.sentence)
        return self.cleaned_data


@needs(Need.ORGANISE_SOMEWHERE)
@require_http_methods(["GET", "HEAD", "POST"])
def room_wifi(request: HttpRequest) -> HttpResponse:
    if not settings.ROOM:
        raise Http404
    if not spaces_to_organise(request.user).exists():
        raise PermissionDenied(_("Seul l’organisateur d’un espace change le Wi-Fi affiché."))
    known = read_wifi(wifi_file())
    form = WifiForm(request.POST or None, initial={"name": known.name, "password": known.password})
    if form.is_valid():
        save_wifi(wifi_file(), form.wifi)
        messages.success(request, _("Le Wi-Fi affiché est enregistré."))
        return redirect("room-server")
    return render(request, "config/room_wifi.html", {"form": form}, status=422 if form.errors else 200)
