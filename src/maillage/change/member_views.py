"""Who is of the noyau, what it shares, its name and its place: for who holds it; the others read."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.change.access import member_page, need_lead
from maillage.change.checks import ChangeRefused
from maillage.change.forms import GroupForm, MemberForm, SharingForm
from maillage.change.keeping import ChangedMeanwhile, return_to
from maillage.change.members import (
    add_member,
    change_group,
    forget_member,
    let_leave,
    member_token,
    renew_link,
    welcome_back,
)
from maillage.change.models import CoreGroup, Member
from maillage.change.queries import trio_lacks
from maillage.change.views import as_uuid, asked_version, context_of, theirs_words
from maillage.change.words import history_of
from maillage.contracts.queries import whole_contracts
from maillage.lib.needs import Need, needs
from maillage.ui.addresses import public_address

ABOUT_ID = "noyau_%s"  # two forms of the page have a name to ask for
ABOUT = ("name", "rhythm", "contract", "qpv", "contact")


@member_page
@needs(Need.LINK, post=Need.LEADING_LINK)
def members(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    form, sharing, about = MemberForm(), SharingForm(initial={"sharing": group.sharing}), _about(group)
    theirs: list[tuple[str, str]] = []
    asked = request.POST.get("do", "")
    if asked == "leave-myself":
        return _leave_myself(request, member)
    if asked:
        need_lead(member)
    here = redirect("change:members", member_token(member))
    if asked == "add":
        form = MemberForm(request.POST)
        if form.is_valid():
            new = add_member(group=group, by=member, **form.cleaned_data)
            messages.success(request, _("Bienvenue ! Donnez à cette personne son lien : il est à elle seule."))
            return redirect(f"{here['Location']}?lien={new.pk}#lien-{new.pk}")
    elif asked == "share":
        sharing = SharingForm(request.POST)
        if sharing.is_valid():
            change_group(group=group, content=sharing.cleaned_data, seen=None, by=member)
            messages.success(request, _("C’est noté : %s.") % group_sharing(member))
            return here
    elif asked == "about":
        about = GroupForm(request.POST, contracts=whole_contracts(group.space), auto_id=ABOUT_ID)
        if about.is_valid():
            said = about.cleaned_data
            content = {part: said[part] for part in ABOUT}
            try:
                change_group(group=group, content=content, seen=said["seen"], by=member)
            except ChangedMeanwhile as both:
                messages.warning(request, both.sentence)
                theirs = theirs_words(both)
                about = _about(both.row, {part: _typed(said[part]) for part in both.theirs})
            else:
                messages.success(request, _("C’est enregistré. Les versions d’avant sont gardées."))
                return here
    elif asked == "version":
        return_to(group, number=asked_version(request, group), by=member)
        messages.success(request, _("Le noyau est comme il était alors. Il partage : %s.") % group_sharing(member))
        return here
    elif asked:
        _do(request, member, asked)
        own = Member.objects.get(pk=member.pk)  # whoever changes their own link goes on by the new one
        return redirect("change:members", member_token(own))
    rows = list(group.members.filter(removed_at=None))
    base = public_address(request)
    present = [row for row in rows if row.left_on is None]
    context = context_of(
        member,
        present=[(row, base + reverse("change:home", args=[member_token(row)])) for row in present],
        departed=[row for row in rows if row.left_on is not None],
        lacks=trio_lacks(present),
        new=request.GET.get("lien", ""),
        form=form,
        sharing=sharing,
        about=about,
        theirs=theirs,
        history=history_of(group),
    )
    faults = theirs or _faults(form, sharing, about)
    return render(request, "change/members.html", context, status=422 if faults else 200)


def _faults(*forms: MemberForm | SharingForm | GroupForm) -> bool:
    return any(form.is_bound and form.errors for form in forms)


def group_sharing(member: Member) -> str:
    group = type(member.group).objects.get(pk=member.group_id)
    words = str(group.get_sharing_display())
    return words[0].lower() + words[1:]


def _about(group: CoreGroup, words: Mapping[str, Any] | None = None) -> GroupForm:
    initial = {
        "name": group.name,
        "rhythm": group.rhythm,
        "contract": str(group.contract_id or ""),
        "qpv": group.qpv_id or "",
        "contact": group.contact,
        "seen": group.version,
    }
    given = initial | dict(words or {})
    return GroupForm(initial=given, contracts=whole_contracts(group.space), auto_id=ABOUT_ID)


def _typed(value: Any) -> str:
    return str(getattr(value, "pk", value) or "")


def _do(request: HttpRequest, member: Member, asked: str) -> None:
    row = get_object_or_404(Member, pk=as_uuid(request.POST.get("row", "")), group=member.group, removed_at=None)
    acts = {"leave": let_leave, "back": welcome_back, "forget": forget_member, "renew": renew_link}
    said = {
        "leave": _("Le départ est noté. Ce que cette personne a vu reste, sous « un membre du noyau »."),
        "back": _("Le retour est noté."),
        "forget": _("Le nom est effacé."),
        "renew": _("Le lien d’avant ne mène plus à rien. Donnez le nouveau."),
    }
    if asked not in acts:
        raise Http404
    try:
        acts[asked](member=row, by=member)
        messages.success(request, said[asked])
    except ChangeRefused as refusal:
        messages.warning(request, refusal.sentence)


def _leave_myself(request: HttpRequest, member: Member) -> HttpResponse:
    try:
        let_leave(member=member, by=member)
    except ChangeRefused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("change:members", member_token(member))
    sentence = _("Vous avez quitté le noyau. Ce que vous avez vu reste, sans votre nom. Merci !")
    return render(request, "live/sentence.html", {"sentence": sentence})
