"""Debian's `oathtool`: a process per call, which prints the codes of a whole window."""
import subprocess


class Oathtool:
    def __init__(self, command):
        self.command = command
        self.version = self._run(['--version']).split()[3]

    def codes(self, case, count):
        """The codes of `count` counters or time steps from the case's on."""
        options = ['--window', str(count - 1)]
        return self._run(options + self._credential(case)).split()

    def finds(self, case, code, window):
        """How many counters or time steps behind the case's the code is found; None if it is not."""
        options = ['--window', str(window)]
        found = self._run(options + self._credential(case) + [code], verifying=True)
        return None if found is None else int(found)

    def ask(self, cases):
        """As one that speaks the conformance protocol."""
        return [self._answer(case) for case in cases]

    def close(self):
        """Nothing is running."""

    def _answer(self, case):
        try:
            return {'code': self.codes(case, 1)[0]}
        except subprocess.CalledProcessError as error:
            return {'error': error.stderr.strip()}

    def _credential(self, case):
        options = ['--digits', str(case['digits'])]
        if case['op'] == 'hotp':
            options += ['--hotp', '--counter', str(case['counter'])]
        else:
            options += [f"--totp={case['algorithm']}", '--now', f"@{case['time']}",
                        '--start-time', f"@{case.get('t0', 0)}",
                        '--time-step-size', f"{case.get('period', 30)}s"]
        return options + [case['secret_hex']]

    def _run(self, options, verifying=False):
        done = subprocess.run(self.command + options, capture_output=True, text=True, check=False)
        # 2 says that a code was not found.
        if verifying and done.returncode == 2:
            return None
        done.check_returncode()
        return done.stdout
