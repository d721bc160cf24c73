"""The first page: a code for those who take part, the gatherings for those who prepare."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("gatherings:list")
    return render(request, "config/home.html")
