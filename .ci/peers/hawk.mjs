// The reference implementation (npm `hawk`) behind the conformance protocol: one JSON object per
// line in, one out. Time and nonce are in the case; nothing is random.
//
//   node hawk.mjs FOLDER    where FOLDER/node_modules/hawk is installed
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(process.argv[2] ?? '.'), 'package.json'));
const Hawk = require('hawk');

// The reference's messages, where the same refusal has a name with us.
const CODES = {
    'Unknown credentials': 'unknown-credentials',
    'Bad mac': 'bad-mac',
    'Stale timestamp': 'stale-timestamp',
    'Invalid nonce': 'replay',
    'Missing required payload hash': 'missing-hash',
    'Bad payload hash': 'bad-hash',
    'Bad message hash': 'bad-hash',
    'Access expired': 'bewit-expired',
    'Invalid method': 'bewit-method',
    'Bad response mac': 'bad-mac',
    'Missing response hash attribute': 'missing-hash',
    'Bad response payload mac': 'bad-hash',
    'Missing Server-Authorization header': 'no-server-authorization',
    'Invalid server timestamp hash': 'bad-mac',
};

const bytes = (c, name) =>
    c[name + 'B64'] === undefined ? c[name] : Buffer.from(c[name + 'B64'], 'base64');

const credentials = (c) => ({ id: c.id, key: bytes(c, 'key'), algorithm: c.algorithm });

const lookup = (c) => async (id) =>
    c.id === undefined || c.id === id ? { ...credentials(c), id } : null;

const nonceFunc = (c) => async () => {
    if (c.nonceSeen) {
        throw new Error('seen');
    }
};

const at = (seconds) => Hawk.utils.setTimeFunction(() => Number(seconds) * 1000);

// Seconds as a number where they are one, otherwise as the text they are.
const seconds = (value) =>
    /^(0|[1-9]\d*)$/.test(String(value)) && Number(value) <= 2 ** 53 ? Number(value) : value;

const requestOf = (c) => ({
    method: c.method,
    url: c.resource,
    host: c.host,
    port: c.port,
    authorization: c.header ?? c.authorization,
    contentType: c.contentType,
});

const client = (c, method = c.method) => Hawk.client.header(c.url, method, {
    credentials: credentials(c), timestamp: c.ts ?? c.exp, nonce: c.nonce ?? 'none', hash: c.hash,
    ext: c.ext, app: c.app, dlg: c.dlg, payload: bytes(c, 'payload'), contentType: c.contentType,
});

const exchange = (c) => ({
    method: c.method, host: c.host, port: c.port, resource: c.resource, ts: c.ts, nonce: c.nonce,
    app: c.app, dlg: c.dlg,
});

// What the reference's MAC function is given, for each type.
function artifacts(c) {
    const target = c.url === undefined ? {} : client({ ...c, ts: c.ts ?? c.exp }, 'GET').artifacts;
    const common = { ...exchange(c), ext: c.ext };
    for (const name of ['host', 'port', 'resource']) {
        common[name] = target[name] ?? c[name];
    }
    switch (c.type) {
        case 'bewit':
            return { ...common, ts: c.exp, nonce: '', method: 'GET', app: undefined };
        case 'message':
            return {
                ts: c.ts, nonce: c.nonce, host: c.host, port: c.port,
                hash: Hawk.crypto.calculatePayloadHash(bytes(c, 'message'), c.algorithm),
            };
        default: {
            const payload = bytes(c, 'payload');
            const hash = c.hash ?? (payload === undefined ? undefined
                : Hawk.crypto.calculatePayloadHash(payload, c.algorithm, c.contentType));
            return { ...common, hash };
        }
    }
}

const accepted = ({ artifacts: a }) => ({
    ok: true, id: a.id, ts: seconds(a.ts), nonce: a.nonce, hash: a.hash, ext: a.ext, app: a.app,
    dlg: a.dlg,
});

async function verify(c, request) {
    at(c.now);
    return accepted(await Hawk.server.authenticate(request, lookup(c), {
        payload: bytes(c, 'payload'), timestampSkewSec: c.skew, nonceFunc: nonceFunc(c),
    }));
}

const ops = {
    hello: () => ({ library: 'hawk', version: Hawk.utils.version(), ops: Object.keys(ops) }),

    header: (c) => {
        const { header, artifacts: a } = client(c);
        return {
            header,
            mac: /mac="([^"]*)"/.exec(header)[1],
            hash: a.hash,
            resource: a.resource,
            host: a.host,
            port: Number(a.port),
            normalized: Hawk.crypto.generateNormalizedString('header', a),
        };
    },

    verify: (c) => verify(c, requestOf(c)),

    verify_raw: (c) => verify(c, {
        method: c.method,
        url: c.resource,
        headers: { host: c.hostHeader, authorization: c.header, 'content-type': c.contentType },
        connection: { encrypted: c.tls === true },
    }),

    response: (c) => {
        const header = Hawk.server.header(credentials(c), exchange(c), {
            ext: c.ext, payload: bytes(c, 'payload'), contentType: c.contentType,
        });
        const attribute = (name) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1];
        return { header, mac: attribute('mac'), hash: attribute('hash') };
    },

    verify_response: (c) => {
        const response = {
            headers: { 'server-authorization': c.header, 'content-type': c.contentType },
        };
        const result = Hawk.client.authenticate(response, credentials(c), exchange(c), {
            payload: bytes(c, 'payload'), required: true,
        });
        const { ext, hash } = result.headers['server-authorization'];
        return { ok: true, ext, hash };
    },

    bewit: (c) => {
        at(c.exp - 1);
        const bewit = Hawk.uri.getBewit(c.url, { credentials: credentials(c), ttlSec: 1, ext: c.ext });
        const [, exp, mac] = Buffer.from(bewit, 'base64').toString('latin1').split('\\');
        return { bewit, exp: seconds(exp), mac };
    },

    verify_bewit: async (c) => {
        at(c.now);
        const { attributes: a } = await Hawk.uri.authenticate(requestOf(c), lookup(c), {});
        return { ok: true, id: a.id, exp: seconds(a.exp), ext: a.ext };
    },

    message: (c) => {
        const made = Hawk.client.message(c.host, c.port, c.message, {
            credentials: credentials(c), timestamp: c.ts, nonce: c.nonce,
        });
        return { ...made, ts: seconds(made.ts) };
    },

    verify_message: async (c) => {
        at(c.now);
        const a = c.authorization;
        const options = { timestampSkewSec: c.skew, nonceFunc: nonceFunc(c) };
        const message = bytes(c, 'message');
        await Hawk.server.authenticateMessage(c.host, c.port, message, a, lookup(c), options);
        return { ok: true, id: a.id, ts: seconds(a.ts) };
    },

    tsm: (c) => ({ tsm: Hawk.crypto.calculateTsMac(c.ts, credentials(c)) }),

    verify_challenge: (c) => {
        const response = { headers: { 'www-authenticate': c.header } };
        const result = Hawk.client.authenticate(response, credentials(c), {}, {});
        const { ts } = result.headers['www-authenticate'];
        return { ok: true, ts: ts === undefined ? undefined : seconds(ts) };
    },

    payload_hash: (c) => ({
        hash: Hawk.crypto.calculatePayloadHash(bytes(c, 'payload') ?? '', c.algorithm, c.contentType),
    }),

    mac: (c) => ({ mac: Hawk.crypto.calculateMac(c.type, credentials(c), artifacts(c)) }),

    normalize: (c) => ({
        normalized: Hawk.crypto.generateNormalizedString(c.type, artifacts(c)),
    }),
};

function refused(error) {
    const status = error.isBoom ? error.output.statusCode : 500;
    return {
        ok: false,
        error: CODES[error.message] ?? error.message,
        status,
        www: error.isBoom ? error.output.headers['WWW-Authenticate'] : undefined,
    };
}

async function answer(line) {
    let c;
    try {
        c = JSON.parse(line);
    } catch {
        return { error: 'not JSON' };
    }
    if (!Object.hasOwn(ops, c.op)) {
        return { unsupported: true };
    }
    try {
        return await ops[c.op](c);
    } catch (error) {
        return c.op.startsWith('verify') ? refused(error) : { error: error.message };
    }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    process.stdout.write(JSON.stringify(await answer(line)) + '\n');
}
