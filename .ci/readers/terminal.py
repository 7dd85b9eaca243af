"""A terminal, as far as a QR code needs one: text with ANSI colours becomes pixels.

What the text does not colour is in the terminal's own colours, and so are the first sixteen: a
theme decides on them. Anything that is not understood here is an error, for a terminal would show
it.
"""
import functools
import itertools
import re

from PIL import Image

# Foreground, background, and what this theme makes of "black" and "white".
THEMES = {
    'dark': ((0xd0, 0xd0, 0xd0), (0x10, 0x10, 0x18), (0x30, 0x30, 0x30), (0x50, 0x50, 0x50)),
    'light': ((0x30, 0x30, 0x30), (0xfd, 0xf6, 0xe3), (0xb0, 0xb0, 0xb0), (0xee, 0xe8, 0xd5)),
}
MARGIN = 3

TOKEN = re.compile(r'\x1b\[([0-9;]*)m|([ ▀▄█]+)')


def colour(index, theme):
    """A colour of the 256."""
    if index < 16:
        return THEMES[theme][2 if index in (0, 8) else 3]
    if index < 232:
        steps = (0, 95, 135, 175, 215, 255)
        cube = index - 16
        return steps[cube // 36], steps[cube // 6 % 6], steps[cube % 6]
    return (8 + 10 * (index - 232),) * 3


@functools.cache
def inked(codes, ink, theme):
    """Foreground and background after a sequence of codes."""
    own = THEMES[theme][:2]
    fore, back = ink
    codes = [int(code or 0) for code in codes.split(';')]
    while codes:
        match codes:
            case [0, *codes]:
                fore, back = own
            case [38, 5, index, *codes]:
                fore = colour(index, theme)
            case [48, 5, index, *codes]:
                back = colour(index, theme)
            case _:
                raise ValueError(f'colours that are not understood: {codes}')
    return fore, back


def cells(line, theme):
    """The upper and the lower half of each character; the rest of the line as it would be erased
    in the colours that are set at its end."""
    ink = THEMES[theme][:2]
    shown = []
    position = 0
    while position < len(line):
        token = TOKEN.match(line, position)
        if token is None:
            raise ValueError(f'what is not understood: {line[position:position + 8]!r}')
        position = token.end()
        if token[2] is None:
            ink = inked(token[1], ink, theme)
            continue
        fore, back = ink
        halves = {' ': (back, back), '▀': (fore, back), '▄': (back, fore), '█': (fore, fore)}
        shown += [halves[character] for character in token[2]]
    return shown, ink[1]


def render(text, theme, width):
    """An image of the terminal's window, a character `width` wide and twice as high."""
    if not text.endswith('\n'):
        raise ValueError('the last line has no end')
    lines = [cells(line, theme) for line in text[:-1].split('\n')]
    own = THEMES[theme][1]
    columns = max(len(line) for line, _ in lines) + 2 * MARGIN
    pixels = [own] * (2 * MARGIN * columns)
    for line, rest in lines:
        for half in (0, 1):
            pixels += [own] * MARGIN
            pixels += [cell[half] for cell in line]
            pixels += [rest] * (columns - MARGIN - len(line))
    pixels += [own] * (2 * MARGIN * columns)
    small = Image.frombytes(
        'RGB', (columns, len(pixels) // columns), bytes(itertools.chain.from_iterable(pixels)))
    return small.resize((small.width * width, small.height * width), Image.Resampling.NEAREST)
