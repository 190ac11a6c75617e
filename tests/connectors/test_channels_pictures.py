"""Pictures on their way to a platform: upright, without what the camera noted, moving where the platform lets them."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from connectors.channels.picture_notes import bare
from connectors.channels.pictures import cleaned, fit, moves

ALL = ("JPEG", "PNG")
PLENTY = 10_000_000


def photo(kind: str = "JPEG", size: tuple[int, int] = (300, 200), orientation: int = 1, **options: Any) -> bytes:
    """A noisy picture, dark above and light below, as a phone writes it: turned by its notes, with the place it was taken."""
    made = Image.effect_noise(size, 40).convert("RGB")
    made.paste((0, 0, 0), (0, 0, size[0], size[1] // 4))
    notes = made.getexif()
    notes[0x0112], notes[0x010F], notes[0x8825] = orientation, "Phone of Zhang", {1: "N", 2: (43.0, 50.0, 0.0)}
    out = io.BytesIO()
    made.save(out, kind, exif=notes, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def notes_of(content: bytes) -> dict[Any, Any]:
    picture = opened(content)
    return {**picture.getexif(), **picture.getexif().get_ifd(0x8825)}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bytes_max", [PLENTY, 20_000])
def test_a_turned_photo_stands_upright_whether_it_is_made_smaller_or_not(orientation: int, bytes_max: int) -> None:
    raw = photo(orientation=orientation)
    assert len(raw) > 20_000
    upright = ImageOps.exif_transpose(opened(raw))
    sent = opened(fit(raw, bytes_max=bytes_max, formats=ALL).content)
    assert sent.size == upright.size
    assert sent.getexif().get(0x0112, 1) == 1
    for place in ((0.5, 0.1), (0.5, 0.9), (0.1, 0.5), (0.9, 0.5)):
        there = (int(upright.width * place[0]), int(upright.height * place[1]))
        dark = [
            sum(picture.convert("L").crop((*there, there[0] + 8, there[1] + 8)).get_flattened_data()) < 64 * 40
            for picture in (upright, sent)
        ]
        assert dark[0] == dark[1], place


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MPO"])
@pytest.mark.parametrize("bytes_max", [PLENTY, 20_000])
def test_where_and_with_what_a_photo_was_taken_is_told_to_nobody(kind: str, bytes_max: int) -> None:
    more = {"save_all": True, "append_images": [Image.new("RGB", (80, 60))]} if kind == "MPO" else {}
    raw = photo(kind, **more)
    assert b"Zhang" in raw
    sent = fit(raw, bytes_max=bytes_max, formats=ALL).content
    assert b"Zhang" not in sent
    assert notes_of(sent) == {}
    assert len(sent) <= bytes_max


@pytest.mark.parametrize("progressive", [False, True])
def test_taking_the_notes_out_leaves_every_pixel_and_the_colours(progressive: bool) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    raw = photo(icc_profile=profile, progressive=progressive, comment=b"Zhang again") + b"a film behind the picture"
    sent = fit(raw, bytes_max=PLENTY, formats=ALL).content
    assert opened(sent).tobytes() == opened(raw).tobytes()
    assert opened(sent).info["icc_profile"] == profile
    assert b"Zhang" not in sent
    assert b"film" not in sent
    assert fit(sent, bytes_max=PLENTY, formats=ALL).content == sent, "nothing to take out: the same bytes"
    smaller = fit(raw, bytes_max=20_000, formats=ALL).content
    assert opened(smaller).info["icc_profile"] == profile
    assert b"Zhang" not in smaller


def test_the_notes_of_a_png_go_and_its_pixels_stay() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Zhang")
    told.add_itxt("XML:com.adobe.xmp", "<x>Zhang</x>", zip=False)
    raw = photo("PNG", pnginfo=told)
    sent = fit(raw, bytes_max=PLENTY, formats=ALL).content
    assert opened(sent).tobytes() == opened(raw).tobytes()
    assert b"Zhang" not in sent


def test_a_file_whose_parts_cannot_be_told_apart_is_written_anew() -> None:
    raw = photo()
    assert bare(b"\xff\xd8nonsense", "JPEG") is None
    assert bare(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 99) + b"IDAT", "PNG") is None
    odd = raw[:2] + b"\xff\xe1" + struct.pack(">H", 20) + b"Exif\0\0broken notes.." + raw[2:]
    assert b"broken" not in fit(odd, bytes_max=PLENTY, formats=ALL).content


def test_what_an_editor_uploads_is_cleaned_and_anything_else_is_left_alone() -> None:
    turned = photo("MPO", orientation=6, save_all=True, append_images=[Image.new("RGB", (80, 60))])
    kept = cleaned(turned)
    assert (opened(kept).format, opened(kept).size) == ("JPEG", (200, 300))
    assert b"Zhang" not in kept
    plain = fit(photo(), bytes_max=PLENTY, formats=ALL).content
    for untouched in (plain, film(), photo("WEBP"), b"no picture"):
        assert cleaned(untouched) == untouched


def film(frames: int = 3) -> bytes:
    shown = [Image.new("RGB", (50, 50), colour) for colour in ("red", "green", "blue")[:frames]]
    out = io.BytesIO()
    shown[0].save(out, "GIF", save_all=True, append_images=shown[1:])
    return out.getvalue()


def test_a_gif_that_moves_is_told_from_one_that_does_not() -> None:
    assert moves(film())
    assert not moves(film(1))
    assert not moves(photo())
    assert not moves(b"GIF89a broken")
    sent = fit(film(), bytes_max=PLENTY, formats=("JPEG", "PNG", "GIF"))
    assert getattr(opened(sent.content), "n_frames", 1) == 3
