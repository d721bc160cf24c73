"""One's own account: the name others read, the roles one has, and the way to end every sign-in at once."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.people.models import Right, User
from maillage.people.services import end_every_session, rename_user


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Votre nom, tel que votre équipe le lit"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ACCOUNT)
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if form.is_valid():
        rename_user(user=user, name=form.cleaned_data["name"])
        messages.success(request, _("Votre nom est enregistré."))
        return redirect("people:account")
    rights = Right.objects.filter(user=user).select_related("space").order_by("space__name", "role")
    context = {"form": form, "rights": rights}
    return render(request, "people/account.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Need.ACCOUNT)
def sessions_end(request: HttpRequest) -> HttpResponse:
    end_every_session(user=cast(User, request.user))
    logout(request)
    messages.success(request, _("Vous êtes déconnecté·e partout. Les liens de connexion déjà donnés ne servent plus."))
    return redirect("people:sign-in")
