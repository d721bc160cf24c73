"""Pages that belong to no noun: refusals and errors, in clear French."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "ui/refused.html", {"reason": "expired-form"}, status=403)
