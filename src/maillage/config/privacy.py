"""What a signed-in person was shown is not kept by the browser: on a shared laptop « Précédent » shows nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def keep_nothing(get_response: Answer) -> Answer:
    """Middleware: pages made for an account say `no-store`, unless the view said itself what may be kept."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response

    return answer
