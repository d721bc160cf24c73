"""The page where an organiser gives the space's documents a logo and a colour."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.colours import contrast
from maillage.lib.needs import Need, needs
from maillage.people.access import fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_organise
from maillage.people.style import (
    ACCENT,
    MOST_BYTES,
    NIGHT,
    PAPER,
    ColourRefused,
    LogoRefused,
    change_style,
    check_accent,
    clean_logo,
    contrast_words,
    house_of,
    remove_logo,
)


class StyleForm(forms.Form):
    accent = forms.CharField(
        label=gettext_lazy("Couleur des titres et des traits"),
        help_text=gettext_lazy("Assez foncée pour être lue sur du papier : un contraste de 4,5 au moins."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy(
            "PNG, JPEG ou WebP, 2 Mo au plus ; 800 pixels de large suffisent. "
            "Le fichier est refait : rien de caché n’y reste."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_accent(self) -> str:
        try:
            colour = check_accent(self.cleaned_data["accent"])
        except ColourRefused as refusal:
            raise ValidationError(refusal.sentence) from refusal
        return "" if colour == ACCENT else colour

    def clean_logo(self) -> tuple[bytes, int, int] | None:
        file = self.cleaned_data["logo"]
        if file is None:
            return None
        if file.size > MOST_BYTES:
            raise ValidationError(_("Ce fichier pèse plus de 2 Mo. Envoyez une image plus petite."))
        try:
            return clean_logo(file.read())
        except LogoRefused as refusal:
            raise ValidationError(str(refusal.sentence)) from refusal


def _space(request: HttpRequest, slug: str) -> Space:
    return fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def style(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    house = house_of(space)
    form = StyleForm(request.POST or None, request.FILES or None, initial={"accent": house.accent})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        change_style(space=space, accent=said["accent"], logo=said["logo"], by=str(request.user))
        messages.success(request, _("Le style est enregistré : les prochains documents le portent."))
        return redirect("people:style", space.slug)
    context: dict[str, Any] = {
        "space": space,
        "form": form,
        "house": house,
        "on_paper": contrast_words(contrast(house.accent, PAPER)),
        "at_night": house.accent_at_night,
        "on_night": contrast_words(contrast(house.accent_at_night, NIGHT)),
        "paper": PAPER,
        "night": NIGHT,
        "usual": ACCENT,
    }
    return render(request, "people/style.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Need.ORGANISE)
def logo_removal(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    remove_logo(space=space, by=str(request.user))
    messages.success(request, _("Le logo est retiré."))
    return redirect("people:style", space.slug)
