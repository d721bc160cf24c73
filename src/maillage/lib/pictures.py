"""Somebody's picture, made ours: read with care, turned upright, made smaller, and without what the phone hid in it."""

import struct
import threading
from dataclasses import dataclass
from io import BytesIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")  # no other decoder is opened to what people send
# A small file may unfold into more than the memory. A JPEG is decoded at the scale it needs: all phones’ pass.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}  # 50 to 250 MB each
LONGEST_SIDE = 2_000  # pixels: a sheet of a paper board is read well
QUALITY = 82  # of the JPEG: 300 to 600 kB a board
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
BAD_BYTES: tuple[type[Exception], ...]
BAD_BYTES = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, struct.error)
BAD_BYTES += (AssertionError, AttributeError)  # a PNG that names a palette and has none
TURNS = {  # EXIF orientation: what brings it upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Ours is stricter, and refuses instead of warning; Pillow's would warn in between.
Image.MAX_IMAGE_PIXELS = None
_one_at_a_time = threading.Lock()  # nor that much memory four times at once


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without EXIF, place, date, comment, thumbnail or profile."""

    content: bytes
    width: int
    height: int


class PictureRefused(Exception):
    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def clean_picture(content: bytes) -> Picture:
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise PictureRefused(
            _(
                "Cette photo est au format HEIC de l’iPhone, qui ne se lit pas ici. Envoyez une capture d’écran de la "
                "photo ; ou réglez l’iPhone (Réglages, Appareil photo, Formats, « Le plus compatible ») et reprenez-la."
            )
        )
    with _one_at_a_time:
        try:
            image = Image.open(BytesIO(content), formats=FORMATS)
        except (UnidentifiedImageError, *BAD_BYTES):
            raise PictureRefused(_("Ce fichier n’est pas une photo. Envoyez une image JPEG, PNG ou WebP.")) from None
        with image:
            if image.width * image.height > MOST_PIXELS[image.format or ""]:
                raise PictureRefused(_("Cette image est trop grande. Envoyez-en une capture d’écran."))
            try:
                return _remake(image)
            except BAD_BYTES:
                raise PictureRefused(
                    _("Cette photo est abîmée, ou n’est arrivée qu’en partie. Envoyez-la de nouveau.")
                ) from None


def _remake(image: Image.Image) -> Picture:
    turn = TURNS.get(_orientation(image))
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)  # None: no other draft
    if turn is not None:
        image = image.transpose(turn)
    # A new image: what the file said of itself (`info`) stays behind.
    made = Image.new("RGB", image.size, "white")
    made.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    out = BytesIO()
    made.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(out.getvalue(), *made.size)


def _orientation(image: Image.Image) -> int:
    """How the phone was held; 1, upright, when its EXIF cannot be read: a photo on its side is better than none."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except BAD_BYTES:
        return 1
