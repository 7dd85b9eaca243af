"""Real exchanges over TCP, both ways: our client with a server by the reference implementation, and
a client by the reference implementation with our server.
"""
import argparse
import contextlib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ENVIRONMENT = {**os.environ, 'HAWK_ID': 'dh37fgj492je',
               'HAWK_KEY': 'werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn'}
TIMEOUT = 60


@contextlib.contextmanager
def server(command, **environment):
    """A running server; gives its URL."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**ENVIRONMENT, **environment})
    try:
        line = process.stdout.readline()
        if not line.startswith('listening on http://'):
            raise SystemExit(f'{command[0]} did not start: {line!r}')
        yield line.split()[-1]
    finally:
        process.kill()
        process.wait()


def our_client(program, url, body=None, **environment):
    arguments = ['GET', url] if body is None else ['POST', url, 'Text/Plain; charset=utf-8']
    return subprocess.run([program, *arguments], input=body or '', capture_output=True, text=True,
                          timeout=TIMEOUT, env={**ENVIRONMENT, **environment}, check=False)


def with_reference_server(client, peers):
    """(name, whether it was as expected) of each exchange of our client."""
    command = ['node', str(HERE / 'server.mjs'), peers]
    note = 'Thank you for flying Hawk, ü€\n'
    with server(command) as url:
        done = our_client(client, url + '/notes?a=1&b=%2f', note)
        yield 'a signed POST is accepted, and the response is authentic', (
            done.returncode == 0 and '"url":"/notes?a=1&b=%2f"' in done.stdout
            and '"received":"Thank you for flying Hawk, ü€\\n"' in done.stdout)
        done = our_client(client, url)
        yield 'a signed GET is accepted', done.returncode == 0 and '"url":"/"' in done.stdout
        done = our_client(client, url, HAWK_KEY=ENVIRONMENT['HAWK_KEY'][::-1])
        yield 'another key is refused', done.returncode == 1 and 'status 401' in done.stderr
    for seconds in ('7200', '-7200'):
        with server(command, HAWK_CLOCK=seconds) as url:
            done = our_client(client, url, note)
            yield f'a clock {seconds} s away is learnt, and the request made once more', (
                done.returncode == 0 and 'once more' in done.stderr)
    faults = {'body': 'hash is wrong', 'proof': 'no Server-Authorization', 'other-proof': 'MAC is wrong'}
    for fault, reason in faults.items():
        with server([*command, fault]) as url:
            done = our_client(client, url, note)
            yield f'a dishonest response is not shown: {fault}', (
                done.returncode == 1 and not done.stdout and reason in done.stderr)
    with server([*command, 'time'], HAWK_CLOCK='7200') as url:
        done = our_client(client, url, note)
        yield 'a time without its MAC is not believed', (
            done.returncode == 1 and 'MAC is wrong' in done.stderr and 'once more' not in done.stderr)


def with_our_server(program, peers):
    with server([program, '127.0.0.1:0']) as url:
        done = subprocess.run(['node', str(HERE / 'client.mjs'), peers, url + '/notes?a=1'],
                              capture_output=True, text=True, timeout=TIMEOUT, env=ENVIRONMENT, check=False)
    for line in done.stdout.splitlines():
        verdict, name = line.split(None, 1)
        yield name, verdict == 'ok'
    if done.returncode not in (0, 1) or not done.stdout:
        yield f'the client ended: {done.stderr}', False


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--programs', required=True, help='the folder with our two examples')
    arguments.add_argument('peers', help='the folder with node_modules')
    arguments = arguments.parse_args()
    programs = pathlib.Path(arguments.programs)
    results = []
    for title, checks in (
            ('our client, their server', with_reference_server(str(programs / 'hawk_client'), arguments.peers)),
            ('their client, our server', with_our_server(str(programs / 'hawk_server'), arguments.peers))):
        print(title)
        for name, passed in checks:
            print(f"  {'ok    ' if passed else 'FAILED'} {name}")
            results.append(passed)
    print(f'over TCP: {sum(results)} passed, {len(results) - sum(results)} failed')
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
