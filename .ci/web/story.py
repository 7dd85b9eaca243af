'''Drives `two_factor_web` as people do, in a headless Chromium: password, enrolment with the QR code as
it is seen, recovery codes, replays, lockout, recovery, trusted browsers, another phone.

    python3 .ci/web/story.py PROGRAM FOLDER

Pictures of all pages go to FOLDER.
'''

import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from authenticator import Authenticator, decode
from inspect_page import inspect
from webdriver import ENTER, SPACE, Browser

FAILED = []
PASSED = 0


def check(what, found, wanted=True):
    '''One expectation. The story goes on: what follows tells more.'''
    global PASSED
    if found == wanted:
        PASSED += 1
    else:
        FAILED.append(what)
        print(f'FAILED {what}\n    found  {found!r}\n    wanted {wanted!r}', flush=True)


def scene(text):
    print(f'-- {text}', flush=True)


class Service:
    '''The running program, and all that it has said.'''

    def __init__(self, program):
        self.process = subprocess.Popen(
            [program, '--port', '0'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        greeting = [self.process.stdout.readline() for _ in range(4)]
        said = dict(line.strip().split(maxsplit=1) for line in greeting)
        self.address, self.folder = said['address:'].rstrip('/'), said['data:']
        self.name, self.password = said['name:'], said['password:']
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout))
        self.reader.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.reader.join()


class Person:
    '''Somebody at the keyboard. There is no mouse in this story.'''

    def __init__(self, browser, service):
        self.browser, self.service = browser, service

    def press(self, selector, key=ENTER):
        _, hidden = self.browser.tab_to(selector)
        check(f'the focus is seen on the way to {selector}', hidden, [])
        before = self.browser.script('return performance.timeOrigin')
        self.browser.keys(key)
        if key == ENTER:
            self.arrive(before)

    def type(self, selector, text):
        '''Types a text and Enter.'''
        self.browser.tab_to(selector)
        before = self.browser.script('return performance.timeOrigin')
        self.browser.keys(text + ENTER)
        self.arrive(before)

    def arrive(self, before):
        '''Waits for another page.'''
        end = time.monotonic() + 60
        while time.monotonic() < end:
            page = self.browser.script('return [performance.timeOrigin, document.readyState]')
            if page[0] != before and page[1] == 'complete':
                return
            time.sleep(0.02)
        raise SystemExit(f'no other page came after {self.browser.url}')

    def sign_in(self):
        '''The name and the password.'''
        self.browser.go(self.service.address)
        self.begin_at('name')
        self.browser.keys(self.service.name)
        self.type('#password', self.service.password)

    def code(self, code, *, trust=False):
        self.begin_at('code')
        if trust:
            self.browser.keys(code)
            self.press('#trust', SPACE)
            self.press('main button')
        else:
            self.type('#code', code)

    def begin_at(self, field):
        '''Nobody has to look for the field: a page that is open has the focus there.'''
        end = time.monotonic() + 20
        while self.browser.script(ACTIVE) != field and time.monotonic() < end:
            time.sleep(0.02)
        check(f'the focus is at the {field}', self.browser.script(ACTIVE), field)

    def sign_out(self):
        self.browser.go(self.service.address)
        self.press('header button')
        check('signed out', self.at(), '/sign-in')

    def at(self):
        return self.browser.url.removeprefix(self.service.address)

    def status(self):
        return self.browser.script(STATUS)

    def refused(self, what, status, words):
        '''The page came back with an alert, which the field names and the focus is at.'''
        check(f'{what}: status', self.status(), status)
        said = self.browser.text('#alert') if self.browser.has('#alert') else ''
        check(f'{what}: alert {said!r}', bool(re.search(words, said)))
        self.begin_at('name' if 'password' in what else 'code')
        check(f'{what}: field', self.browser.script(INVALID), ['true', True])


ACTIVE = 'return document.activeElement.id'
STATUS = 'return performance.getEntriesByType("navigation")[0].responseStatus'
INVALID = '''
const field = document.activeElement;
const ids = (field.getAttribute("aria-describedby") || "").split(" ");
return [field.getAttribute("aria-invalid"), ids.includes("alert")];
'''


def headers(service):
    '''What browsers do not show.'''
    with urllib.request.urlopen(service.address + '/sign-in') as response:
        check('not cached', response.headers['cache-control'], 'no-store')
        policy = response.headers['content-security-policy']
        check('nothing from elsewhere', "default-src 'none'" in policy and 'unsafe' not in policy)
        cookie = response.headers['set-cookie']
        check('a cookie for us alone', 'HttpOnly' in cookie and 'SameSite=Lax' in cookie)


def scan(person, name, folder):
    '''The QR code as a camera sees it, in light and dark and on screens of any size.'''
    browser = person.browser
    pictures = inspect(browser, check, name, folder)
    texts = {key: decode(picture) for key, picture in pictures.items()}
    link = browser.script('return document.querySelector("a[href^=otpauth]").href')
    for key, text in texts.items():
        check(f'{key}: QR code', text is not None and text == link)
    whole = pathlib.Path(folder, f'{name}-dark-screen.png').read_bytes()
    check(f'{name}: QR code in a picture of the whole page in the dark', decode(whole) == link)
    app = Authenticator(next(text for text in texts.values() if text))
    check('it is a key by time', app.kind, 'otpauth://totp')
    check('label', app.label, f'Creance example:{person.service.name}')
    check('issuer', app.parameters.get('issuer'), 'Creance example')
    check('160 bits', len(app.secret), 32)
    # Behind a disclosure, opened by the keyboard.
    person.press('summary', SPACE)
    check('key to be typed', browser.text('#key').replace(' ', ''), app.secret)
    check('in groups', len(browser.text('#key').split()), 8)
    return app


def save_codes(person, folder):
    '''The recovery codes of the page, and of the file.'''
    browser = person.browser
    inspect(browser, check, 'recovery-codes', folder)
    shown = browser.script('return [...document.querySelectorAll(".codes code")].map(it => it.textContent)')
    browser.tab_to('form[action="/recovery-codes/file"] button')
    browser.keys(ENTER)
    file = pathlib.Path(browser.downloads, 'recovery-codes.txt')
    end = time.monotonic() + 30
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.05)
    saved = file.read_text().split() if file.exists() else []
    check('ten recovery codes', len(shown), 10)
    check('all of them in the file', [code for code in shown if code not in saved], [])
    file.unlink(missing_ok=True)
    person.press('a[href="/account"]')
    return shown


def story(person, folder):
    browser, service = person.browser, person.service
    headers(service)

    scene('a password')
    browser.go(service.address)
    check('to the first page', person.at(), '/sign-in')
    inspect(browser, check, 'sign-in', folder)
    person.begin_at('name')
    browser.keys(service.name)
    person.type('#password', 'not the password')
    person.refused('a wrong password', 403, 'name or the password is wrong')
    inspect(browser, check, 'refused', folder)
    person.sign_in()
    check('in by the password alone', person.at(), '/account')
    inspect(browser, check, 'account-without', folder)

    scene('enrolment, without a mouse')
    person.press('a[href="/enrol"]')
    inspect(browser, check, 'enrol', folder)
    person.type('#password', service.password)
    app = scan(person, 'scan', folder)
    person.type('#code', app.wrong_code())
    person.refused('a wrong code', 403, 'not accepted')
    check('the secret is not shown again', app.secret not in browser.script(PAGE))
    enrolled_with = app.code()
    person.type('#code', enrolled_with)
    codes = save_codes(person, folder)
    check('to the account', person.at(), '/account')
    inspect(browser, check, 'account', folder)
    check('on', browser.text('.state'), 'On')
    check('ten left', browser.text('#left'), '10')
    person.sign_out()

    scene('the code of the enrolment is spent, and the next one lets in')
    person.sign_in()
    check('a code is asked for', person.at(), '/sign-in/code')
    inspect(browser, check, 'code', folder)
    browser.go(service.address + '/account')
    check('nothing without it', person.at(), '/sign-in/code')
    person.code(enrolled_with)
    person.refused('the code of the enrolment', 403, 'not accepted')
    code = app.code()
    person.code(code)
    check('in by a code', person.at(), '/account')
    person.sign_out()

    scene('a replay, and guesses, up to the lockout')
    person.sign_in()
    person.code(code)
    person.refused('the same code', 403, 'not accepted')
    for number in range(2, 6):
        person.code(app.wrong_code())
        person.refused(f'wrong code {number}', 403, 'not accepted')
    person.code(app.wrong_code())
    person.refused('the sixth', 429, r'next one is possible in \d+ seconds?\.')
    # The lockout is over 30 s after the fifth failure: pictures, which take their time, come last.
    fresh = app.code_at(int(time.time()) // 30)
    person.code(fresh)
    person.refused('the right code while locked out', 429, 'next one is possible')
    check('told in a header', 1 <= retry_after(person, app.wrong_code()) <= 30)
    inspect(browser, check, 'throttled', folder)

    scene('recovery')
    person.press('a[href="/sign-in/recovery"]')
    inspect(browser, check, 'recovery', folder)
    person.code(codes[0].lower().replace('-', ' '))
    check('in by a recovery code', person.at(), '/account')
    check('nine left', browser.text('#left'), '9')
    check('failures are forgotten', 'in a row' in browser.text(), False)
    check('a replacement is offered', browser.has('.notice a[href="/replace"]'))
    inspect(browser, check, 'recovered', folder)
    person.sign_out()
    person.sign_in()
    person.code(codes[0])
    person.refused('the same recovery code', 403, 'not accepted')

    scene('a trusted browser')
    person.code(app.code(), trust=True)
    check('in, and trusted', person.at(), '/account')
    inspect(browser, check, 'trusted', folder)
    check('by its name', 'Chrome on Linux' in browser.text())
    person.sign_out()
    person.sign_in()
    check('no code is asked for', person.at(), '/account')
    person.press('form[action="/devices/forget"] button')
    check('forgotten', 'asked for a code' in browser.text())
    person.press('a[href="/replace"]')
    check('a browser is no proof', browser.has('#code'))
    person.sign_out()
    person.sign_in()
    check('a code is asked for again', person.at(), '/sign-in/code')

    scene('another phone, right after a recovery code')
    person.press('a[href="/sign-in/recovery"]')
    person.code(codes[1])
    person.press('.notice a[href="/replace"]')
    check('no second code is asked for', browser.has('#code'), False)
    person.press('main button')
    old, app = app, scan(person, 'replace', folder)
    check('another secret', app.secret != old.secret)
    person.type('#code', app.code())
    renewed = save_codes(person, folder)
    check('other recovery codes', set(renewed) & set(codes), set())
    person.sign_out()
    person.sign_in()
    person.code(codes[2])
    person.refused('a recovery code of the old phone', 403, 'not accepted')
    person.code(old.code_at(int(time.time()) // 30))
    person.refused('a code of the old phone', 403, 'not accepted')
    person.code(app.code())
    check('in by the new phone', person.at(), '/account')
    return [old.secret, app.secret, code, fresh, *codes, *renewed]


PAGE = 'return document.documentElement.outerHTML'


def retry_after(person, code):
    '''`Retry-After`, of the answer to the same form sent once more, from outside of the browser: the
    page itself may connect to nothing.'''
    browser = person.browser
    token = browser.script('return document.querySelector("main input[name=token]").value')
    request = urllib.request.Request(
        browser.url, urllib.parse.urlencode({'token': token, 'code': code}).encode()
    )
    cookies = '; '.join(f'{it["name"]}={it["value"]}' for it in browser.cookies())
    for name, value in (('Cookie', cookies), ('Origin', person.service.address)):
        request.add_header(name, value)
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        return int(error.headers.get('Retry-After', 0))
    return 0


def console(browser):
    '''No page tried what the policy forbids; that some were refused is as it should be.'''
    said = [line for line in browser.log() if not re.search(r'status of 4(03|29)', line)]
    check('nothing in the console', said, [])


def is_in(secret, log):
    '''Whether the log has it, in any spelling in which it would be taken. Six digits are a part of many
    a number, so a code counts alone.'''
    if re.fullmatch(r'\d{6}', secret):
        return re.search(rf'\b{secret}\b', log) is not None
    return bare(secret) in bare(log)


def bare(text):
    return re.sub(r'[\s-]', '', text).upper()


def main(program, folder):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    service = Service(program)
    try:
        browser = Browser()
        try:
            secrets = story(Person(browser, service), folder)
            console(browser)
        finally:
            browser.close()
    finally:
        service.stop()
    said = ''.join(service.lines)
    check('no secret in the log', [it for it in secrets if is_in(it, said)], [])
    for event in ('enrolment-confirmed', 'recovery-used', 'enrolment-replaced', 'device-trusted'):
        check(f'{event} in the log', event in said)
    check('the data is gone', pathlib.Path(service.folder).exists(), False)
    print(f'{PASSED} checks passed, {len(FAILED)} failed')
    return 1 if FAILED or PASSED < 300 else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
