"""What a person would see: each output of the library on light and on dark ground, as pixels."""
import base64
import io
import subprocess

from PIL import Image

import terminal

PAGES = {'dark': (0x00, 0x00, 0x00), 'light': (0xff, 0xff, 0xff)}
MARGIN = 24


def pictures(outputs, scratch):
    """Name and image of each picture. `outputs` has the bytes of each format."""
    images = {
        'png': Image.open(io.BytesIO(outputs['png'])),
        'svg': rasterised(outputs['svg'], scratch),
        'png-data-uri': Image.open(io.BytesIO(fetched(outputs['png-data-uri'], 'image/png'))),
        'svg-data-uri': rasterised(fetched(outputs['svg-data-uri'], 'image/svg+xml'), scratch),
    }
    for name, image in images.items():
        for ground, page in PAGES.items():
            yield f'{name} on {ground}', placed(image, page)
    for name, width in (('terminal', 4), ('terminal-ascii', 2)):
        text = outputs[name].decode()
        for theme in terminal.THEMES:
            yield f'{name} on {theme}', terminal.render(text, theme, width)


def placed(image, page):
    """The image on a page: where it is transparent, the page shows."""
    image = image.convert('RGBA')
    size = (image.width + 2 * MARGIN, image.height + 2 * MARGIN)
    canvas = Image.new('RGBA', size, (*page, 0xff))
    canvas.alpha_composite(image, (MARGIN, MARGIN))
    return canvas.convert('RGB')


def rasterised(svg, scratch):
    """The SVG drawn by librsvg, on nothing."""
    source, target = scratch / 'code.svg', scratch / 'svg.png'
    source.write_bytes(svg)
    subprocess.run(['rsvg-convert', '--output', target, source], check=True)
    with Image.open(target) as image:
        image.load()
        return image


def fetched(uri, media_type):
    """What a browser makes of a `data:` URI."""
    head, data = uri.decode('ascii').split(',', 1)
    if head != f'data:{media_type};base64':
        raise ValueError(f'not the type that it is: {head}')
    return base64.b64decode(data, validate=True)
