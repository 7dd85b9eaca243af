"""Draws random key URIs in every way that the library has, and lets readers of QR codes that are
not ours read the pictures. What they read has to be the URI, byte for byte."""
import argparse
import base64
import collections
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import zxingcpp
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'peers'))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import uris
from peers import Peer
from pictures import pictures

FORMATS = ['svg', 'png', 'svg-data-uri', 'png-data-uri', 'terminal', 'terminal-ascii']
READERS = 'zbar', 'zxing'
ZBAR = '{http://zbar.sourceforge.net/2008/barcode}'


def outputs(own, case, expected, scale):
    """Each format's bytes, and the version of the code."""
    built = own.ask([case])[0]
    if built.get('uri') != expected:
        raise ValueError(f'the URI is {built}, expected {expected}')
    wanted = [{'op': 'qr', 'uri': expected, 'format': name, 'scale': scale} for name in FORMATS]
    answers = own.ask(wanted)
    drawn = {name: base64.b64decode(answer['dataB64'], validate=True)
             for name, answer in zip(FORMATS, answers)}
    return drawn, answers[0]['version']


def draw(job):
    """Files of all pictures of one code."""
    number, drawn, folder = job
    scratch = folder / str(number)
    scratch.mkdir()
    files = {}
    for name, picture in pictures(drawn, scratch):
        files[name] = scratch / f'{name}.pgm'
        picture.convert('L').save(files[name])
    return files


def read_by_zxing(files):
    """Without inverted colours, which not every camera reads; and no other kinds of code, for among
    so many modules a small one is found by chance."""
    read = {}
    for name, file in files.items():
        with Image.open(file) as image:
            codes = zxingcpp.read_barcodes(
                image, formats=zxingcpp.BarcodeFormat.QRCodeModel2, try_invert=False)
        read[name] = [code.bytes for code in codes]
    return read


def read_by_zbar(files):
    command = ['zbarimg', '--quiet', '--xml', '--nodbus', '-Sdisable', '-Sqrcode.enable',
               '-Sx-density=2', '-Sy-density=2']
    command += [str(file) for file in files.values()]
    # Its status tells of files without a code, which shows below.
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
    found = {}
    for source in ElementTree.fromstring(answer).iter(f'{ZBAR}source'):
        data = source.iter(f'{ZBAR}data')
        found[source.get('href')] = [(one.text or '').encode() for one in data]
    return {name: found.get(str(file), []) for name, file in files.items()}


def difference(found, expected):
    """What is wrong with what was read."""
    if not found:
        return f'nothing was read, expected {expected}'
    if len(found) > 1:
        return f'{len(found)} codes were seen, expected {expected}: {found}'
    at = len(os.path.commonprefix([found[0], expected]))
    return f'other from byte {at} on: {found[0][at:]}, expected {expected}'


def check(job):
    """Draws one code and lets all read it: how many pictures were right, and what was wrong."""
    files = draw(job[:3])
    expected = job[3].encode()
    right, wrong = collections.Counter(), []
    for reader, read in (('zbar', read_by_zbar(files)), ('zxing', read_by_zxing(files))):
        for name, found in read.items():
            if found == [expected]:
                right[reader, name] += 1
            else:
                wrong.append(f'{reader}, {name}: {difference(found, expected)}')
    return right, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--own', required=True, help='the conformance program')
    parser.add_argument('--codes', type=int, required=True)
    parser.add_argument('--seed', type=int, required=True)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    own = Peer('creance', [arguments.own])
    right, wrong, versions = collections.Counter(), [], collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for number in range(arguments.codes):
            case, expected = uris.uri(chance)
            drawn, version = outputs(own, case, expected, chance.randint(3, 5))
            versions[version] += 1
            jobs.append((number, drawn, pathlib.Path(folder), expected))
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            for some_right, some_wrong in pool.map(check, jobs):
                right += some_right
                wrong += some_wrong
    own.close()
    report(right, wrong, versions, arguments.codes)
    sys.exit(bool(wrong))


def report(right, wrong, versions, codes):
    for line in wrong[:12]:
        print(line)
    names = sorted({name for _, name in right})
    for name in names:
        print(f'{name:24}', *(f'{reader} {right[reader, name]}' for reader in READERS))
    expected = codes * len(READERS) * 2 * len(FORMATS)
    # A format that nobody looked at must not pass for one that everybody read.
    if sum(right.values()) + len(wrong) != expected:
        raise SystemExit(f'{expected} pictures were to be read')
    print(f'versions {min(versions)} to {max(versions)}')
    print(f'{sum(right.values())} passed, {len(wrong)} failed')


if __name__ == '__main__':
    main()
