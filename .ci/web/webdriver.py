'''Chromium by WebDriver (W3C), with nothing but Python: a session, its elements, keys and pictures.'''

import base64
import json
import re
import subprocess
import tempfile
import urllib.error
import urllib.request

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

# Keys without a character, as WebDriver writes them.
TAB, ENTER, SPACE = '\ue004', '\ue007', ' '

ARGUMENTS = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--window-size=1000,1000',
]


class Failed(Exception):
    '''What the driver says went wrong.'''


class Browser:
    '''One window of a Chromium that has never been used.'''

    def __init__(self, chromedriver='chromedriver'):
        self.folder = tempfile.TemporaryDirectory(prefix='browser-')
        self.process = subprocess.Popen(
            [chromedriver, '--port=0'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in self.process.stdout:
            port = re.search(r'started successfully on port (\d+)', line)
            if port:
                break
        else:
            raise Failed('chromedriver has not started')
        self.base = f'http://127.0.0.1:{port[1]}'
        options = {
            'args': ARGUMENTS + [f'--user-data-dir={self.folder.name}/profile'],
            'prefs': {'download.default_directory': self.downloads},
        }
        wanted = {'goog:chromeOptions': options, 'goog:loggingPrefs': {'browser': 'ALL'}}
        answer = self._call('POST', '/session', {'capabilities': {'alwaysMatch': wanted}})
        self.base += f"/session/{answer['sessionId']}"

    @property
    def downloads(self):
        return f'{self.folder.name}/downloads'

    def close(self):
        try:
            self._call('DELETE', '')
        finally:
            self.process.terminate()
            self.process.wait(10)
            self.process.stdout.close()
            self.folder.cleanup()

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header('Content-Type', 'application/json')
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)['value']
        except urllib.error.HTTPError as error:
            raise Failed(json.load(error)['value']['message'].splitlines()[0]) from None

    def go(self, url):
        self._call('POST', '/url', {'url': url})

    @property
    def url(self):
        return self._call('GET', '/url')

    def script(self, text, *arguments):
        return self._call('POST', '/execute/sync', {'script': text, 'args': arguments})

    def devtools(self, command, **parameters):
        body = {'cmd': command, 'params': parameters}
        return self._call('POST', '/goog/cdp/execute', body)

    def log(self):
        '''What the console says, since the last call.'''
        return [entry['message'] for entry in self._call('POST', '/se/log', {'type': 'browser'})]

    def cookies(self):
        return self._call('GET', '/cookie')

    def find(self, selector):
        found = self._call('POST', '/element', {'using': 'css selector', 'value': selector})
        return found[ELEMENT]

    def has(self, selector):
        found = self._call('POST', '/elements', {'using': 'css selector', 'value': selector})
        return bool(found)

    def text(self, selector='main'):
        return self._call('GET', f'/element/{self.find(selector)}/text')

    def click(self, selector):
        self._call('POST', f'/element/{self.find(selector)}/click', {})

    def picture(self, selector=None):
        '''A PNG of what is seen, or of one element.'''
        path = '/screenshot' if selector is None else f'/element/{self.find(selector)}/screenshot'
        return base64.b64decode(self._call('GET', path))

    def keys(self, text):
        '''Presses keys, one after the other, wherever the focus is.'''
        actions = [{'type': kind, 'value': key} for key in text for kind in ('keyDown', 'keyUp')]
        source = {'type': 'key', 'id': 'keyboard', 'actions': actions}
        self._call('POST', '/actions', {'actions': [source]})

    def tab_to(self, selector):
        '''Goes by the Tab key to what the selector names, as who has no mouse does; how often it
        took, and where the focus was not to be seen on the way.'''
        hidden = []
        for presses in range(60):
            here = self.script(FOCUS, selector)
            if here['found']:
                return presses, hidden
            self.keys(TAB)
            here = self.script(FOCUS, selector)
            if here['name'] and not here['visible']:
                hidden.append(here['name'])
        raise Failed(f'no {selector} by Tab on {self.url}')

    def dark(self, is_dark):
        feature = {'name': 'prefers-color-scheme', 'value': 'dark' if is_dark else 'light'}
        self.devtools('Emulation.setEmulatedMedia', features=[feature])

    def size(self, width, height, is_phone):
        self.devtools(
            'Emulation.setDeviceMetricsOverride',
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )


FOCUS = '''
const element = document.activeElement;
const style = getComputedStyle(element);
return {
    found: element.matches(arguments[0]),
    name: element === document.body ? "" : element.outerHTML.slice(0, 80),
    visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
};
'''
