"""Answering, without an account, a script or a cookie: by the common link, a personal one, the one that corrects.

No CSRF token, as on the registration form: whoever sends this has no right here that another site could borrow, and a
page that stayed open for days must not lose what was written. No address of these pages leaves in a referrer.
"""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from maillage.gatherings.words import date_words, place_words
from maillage.lib.codes import normalise_code
from maillage.lib.needs import Need, needs
from maillage.lib.rates import Rate, TooMany
from maillage.live.throttle import codes_throttle
from maillage.questionnaires.answer_fields import AnswerForm, ignored_sentence
from maillage.questionnaires.answering import answers_of, save_answers
from maillage.questionnaires.letters import refuse_letters
from maillage.questionnaires.links import common_path, find_personal, find_response
from maillage.questionnaires.models import Invitation, Questionnaire, Response
from maillage.questionnaires.opening import door_of
from maillage.questionnaires.queries import asked, numbers_of
from maillage.questionnaires.services import QuestionnaireRefused
from maillage.registrations.models import Opening, Registration

SENDINGS = Rate("répondre à un questionnaire", 120, 600)  # a whole plenary stands behind one box
COMMON, PERSONAL, CORRECTION = "common", "personal", "correction"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.CODE)
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The common link: anybody's, as many times as there are people."""
    meant = normalise_code(code)
    found = _rows().filter(code=meant).first() if meant else None
    address = request.META.get("REMOTE_ADDR", "")
    wait = codes_throttle.wait(address, found.gathering_id, found.pk) if found else codes_throttle.wait(address)
    if found is None:
        codes_throttle.wrong(address)  # as a room's code, and counted with them: there are as many
    if wait:
        raise TooMany(wait)
    if found is None:
        raise Http404(_("Aucun questionnaire n’a ce code. Vérifiez ses quatre lettres et ses deux chiffres."))
    codes_throttle.at_home(address, found.gathering_id, found.pk)
    if code != found.code:
        return redirect("questionnaires:answer", found.code)
    return _take(request, found)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def personal(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: it says who is asked, never what they answer."""
    found, registration = _personal(token)
    if request.method != "POST" and _has_answered(found, registration):
        return _private(render(request, "questionnaires/answered.html", _about(found)))
    return _take(request, found, registration=registration)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def refusal(request: HttpRequest, token: str) -> HttpResponse:
    """A link in a letter is opened by mail scanners too: opening asks, pressing refuses."""
    found, registration = _personal(token)
    done = request.method == "POST"
    if done:
        refuse_letters(questionnaire=found, registration=registration)
    return _private(render(request, "questionnaires/refusal.html", {**_about(found), "done": done}))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def own(request: HttpRequest, secret: str) -> HttpResponse:
    """One's own answers, by the address given once they were sent: seen again, and corrected until the end."""
    response = _own(secret)
    return _take(request, response.questionnaire, secret=secret, response=response)


@never_cache
@require_safe
@needs(Need.LINK)
def thanks(request: HttpRequest, secret: str) -> HttpResponse:
    response = _own(secret)
    found = response.questionnaire
    door = door_of(found, timezone.now())
    context = {
        **_about(found),
        "door": door,
        "secret": secret,
        "link": request.build_absolute_uri(request.path.removesuffix("merci/")),
        "answered": response.answers.count(),
        "common": common_path(found) if "commun" in request.GET else "",
    }
    questions = asked(found)
    numbers = numbers_of(questions)
    told = set(request.GET.get("sans", "").split("-"))
    left = [row for row in questions if str(numbers[row.pk]) in told]
    context["ignored"] = ignored_sentence(left, numbers)
    return _private(render(request, "questionnaires/thanks.html", context))


def _take(
    request: HttpRequest,
    questionnaire: Questionnaire,
    *,
    registration: Registration | None = None,
    secret: str = "",
    response: Response | None = None,
) -> HttpResponse:
    """The page, or what it sends. What is refused stays on it, with what was written."""
    door = door_of(questionnaire, timezone.now())
    said = answers_of(response) if response is not None else {}
    questions = asked(questionnaire)
    if request.method != "POST":
        form = AnswerForm(questions=questions, said=said, secret=secret) if door.enters else None
        return answer_page(request, questionnaire, form, correcting=response is not None)
    form = AnswerForm(request.POST, questions=questions, said=said, secret=secret)
    status = 422
    if form.is_valid():
        if wait := SENDINGS.wait(request.META.get("REMOTE_ADDR", "")):
            form.add_error(None, _("Trop de réponses viennent d’ici. Attendez quelques minutes, puis renvoyez."))
            page = answer_page(request, questionnaire, form, status=429, correcting=response is not None)
            page["Retry-After"] = str(wait)
            return page
        try:
            saved = save_answers(
                questionnaire=questionnaire,
                given=form.given,
                secret=form.secret,
                now=timezone.now(),
                registration=registration,
            )
        except QuestionnaireRefused as refused:
            form.add_error(None, refused.sentence)
            form.add_error(None, _("Vos réponses ne sont pas enregistrées. Ce que vous avez écrit est toujours là."))
            status = 409
        else:
            numbers = numbers_of(questions)
            asked_more = ["commun"] if registration is None and response is None else []
            if saved.ignored:
                asked_more.append("sans=" + "-".join(str(numbers[row.pk]) for row in saved.ignored))
            to = redirect("questionnaires:thanks", form.secret)
            to["Location"] += f"?{'&'.join(asked_more)}" if asked_more else ""
            return _private(to)
    return answer_page(request, questionnaire, form, status=status, correcting=response is not None)


def answer_page(
    request: HttpRequest,
    questionnaire: Questionnaire,
    form: AnswerForm | None,
    *,
    status: int = 200,
    preview: bool = False,
    correcting: bool = False,
) -> HttpResponse:
    context = {
        **_about(questionnaire),
        "form": form,
        "door": door_of(questionnaire, timezone.now()),
        "preview": preview,
        "correcting": correcting,
        "demanding": form is not None and any(question.required for question in form.questions),
    }
    return _private(render(request, "questionnaires/answer.html", context, status=status))


def _about(questionnaire: Questionnaire) -> dict[str, object]:
    gathering = questionnaire.gathering
    return {
        "questionnaire": questionnaire,
        "gathering": gathering,
        "opening": Opening.objects.filter(gathering=gathering).first(),
        "when": date_words(gathering),
        "where": place_words(gathering),
    }


def _rows() -> QuerySet[Questionnaire]:
    return Questionnaire.objects.select_related("gathering__space", "gathering__commune", "gathering__epci")


def _personal(token: str) -> tuple[Questionnaire, Registration]:
    found = find_personal(token)
    if found is None:
        raise Http404(_("Ce lien n’est plus valable. Demandez-en un neuf à l’organisation."))
    return found


def _own(secret: str) -> Response:
    found = find_response(secret)
    if found is None:
        raise Http404(_("Cette adresse ne mène à aucune réponse : elle est incomplète, ou les réponses sont effacées."))
    return found


def _has_answered(questionnaire: Questionnaire, registration: Registration) -> bool:
    return Invitation.objects.filter(questionnaire=questionnaire, registration=registration, answered=True).exists()


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"  # an address is a key
    return response
