"""A small picture as a texture, or nothing where it is none: PNG, JPEG or WebP by SDL, as phones have it."""

from kivy.core.image import _img_sdl2
from kivy.graphics.texture import Texture

MOST_SIDE = 4_096


def texture_of(data: bytes) -> Texture | None:
    """The texture of a picture's bytes."""
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")):
        return None
    loaded = _img_sdl2.load_from_memory(data)
    if not loaded:
        return None
    width, height, kind, pixels, _ = loaded
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        return None
    texture = Texture.create(size=(width, height), colorfmt=kind)
    texture.blit_buffer(pixels, colorfmt=kind, bufferfmt="ubyte")
    texture.flip_vertical()
    return texture
