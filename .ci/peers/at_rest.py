"""What the service stores, computed by other implementations: sealed secrets by libsodium, hashes of
recovery codes by Python's hashlib.

    at_rest.py FOLDER     compares with the files of test vectors in FOLDER
    at_rest.py FOLDER --write

The inputs are made by a fixed rule, so a difference is a difference of the result.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import pathlib
import sys

USERS = ["alice", "", "ålice@example.com", "a" * 300, "alice\0phone"]
CREDENTIALS = ["phone", "", "x", "7f0c", "phone"]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def material(name, length):
    """Bytes that look random and are the same every time."""
    return hashlib.shake_256(name.encode()).digest(length)


def sodium():
    found = ctypes.util.find_library("sodium")
    if found is None:
        sys.exit("at_rest.py: there is no libsodium")
    library = ctypes.CDLL(found)
    if library.sodium_init() < 0:
        sys.exit("at_rest.py: libsodium does not start")
    return library


def seal(library, key, nonce, message, bound):
    out = ctypes.create_string_buffer(len(message) + 16)
    out_len = ctypes.c_ulonglong()
    failed = library.crypto_aead_xchacha20poly1305_ietf_encrypt(
        out, ctypes.byref(out_len), message, ctypes.c_ulonglong(len(message)),
        bound, ctypes.c_ulonglong(len(bound)), None, nonce, key)
    assert not failed and out_len.value == len(message) + 16
    return out.raw


def behind_length(text):
    return len(text).to_bytes(8, "big") + text


def sealed_case(library, number):
    name = f"sealed {number}"
    key_id = [1, 0, 7, 0xFFFF_FFFF, 2024][number % 5]
    user, credential = USERS[number % 5], CREDENTIALS[number % 5]
    secret = material(f"{name} secret", [20, 32, 64, 10, 128, 1, 63, 65][number % 8])
    key, nonce = material(f"{name} key", 32), material(f"{name} nonce", 24)
    header = b"\x01" + key_id.to_bytes(4, "big")
    bound = b"creance sealed secret" + header
    bound += behind_length(user.encode()) + behind_length(credential.encode())
    sealed = header + nonce + seal(library, key, nonce, secret, bound)
    return {
        "key_id": key_id, "key": key.hex(), "user": user, "credential": credential,
        "nonce": nonce.hex(), "secret": secret.hex(),
        "sealed": base64.urlsafe_b64encode(sealed).rstrip(b"=").decode(),
    }


def recovery_case(number):
    name = f"recovery {number}"
    user, key = USERS[number % 5], material(f"{name} key", 32)
    length = [24, 23, 32, 26, 8, 12, 4, 22][number % 8]
    code = "".join(ALPHABET[byte % 32] for byte in material(f"{name} code", length))
    label, part, stretch = b"creance recovery code", code.encode(), None
    if length < 23:
        salt, rounds = material(f"{name} salt", 16), 3 + number
        label = b"creance short recovery code"
        part = hashlib.pbkdf2_hmac("sha256", part, salt, rounds)
        stretch = {"salt": salt.hex(), "rounds": rounds}
    message = b"".join(map(behind_length, [label, user.encode(), part]))
    digest = hmac.new(key, message, "sha256").hexdigest()
    return {"key": key.hex(), "user": user, "code": code, "stretch": stretch, "hash": digest}


def main():
    folder, library = pathlib.Path(sys.argv[1]), sodium()
    files = {
        "sealed_computed.json": {
            "source": "computed independently by libsodium, see .ci/peers/at_rest.py",
            "cases": [sealed_case(library, number) for number in range(40)],
        },
        "recovery_computed.json": {
            "source": "computed independently by Python's hashlib, see .ci/peers/at_rest.py",
            "cases": [recovery_case(number) for number in range(40)],
        },
    }
    failed = 0
    for name, expected in files.items():
        if sys.argv[2:] == ["--write"]:
            text = json.dumps(expected, indent=1, ensure_ascii=False)
            (folder / name).write_text(text + "\n")
        found = json.loads((folder / name).read_text())
        differing = [at for at, case in enumerate(expected["cases"]) if case not in found["cases"]]
        failed += len(differing) + (len(found["cases"]) != len(expected["cases"]))
        print(f"{name}: {len(found['cases'])} cases, {len(differing)} differ")
    sys.exit(failed != 0)


main()
