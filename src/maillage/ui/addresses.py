"""Where a form says to go next: a page of this server, or nowhere. And where phones find this server."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from maillage.lib.lan import is_loopback, lan_addresses


def own_address(request: HttpRequest, address: str) -> str | None:
    """The address if it is a path of this site; a word, another site, a script are none."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith("/") else None


def is_ours(request: HttpRequest) -> bool:
    """Whether a form comes from one of our own pages: browsers say from where.

    Under no-referrer (pages whose address is a key) the origin is « null », and only Sec-Fetch-Site tells.
    """
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched not in (None, "same-origin", "none"):
        return False
    if fetched == "same-origin":
        return True
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:  # « http://[ »
        return False


def public_address(request: HttpRequest) -> str:
    """http://192.168.1.20:8000, for what is shown, scanned or sent: as the operator says, else as the browser asked.

    Whoever prepares on the laptop of a room server reads « localhost », which no phone can open.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = request.get_host()
    found = lan_addresses() if settings.ROOM and is_loopback(host) else []
    if found:
        _name, colon, port = host.rpartition(":")
        host = found[0] + (f":{port}" if colon and port.isdigit() else "")
    return f"{request.scheme}://{host}"
