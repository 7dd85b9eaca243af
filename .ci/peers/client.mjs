// A client by the reference implementation, for our server: what is right is accepted and the
// response verified, what is not is refused as the protocol says.
//
//   node client.mjs FOLDER URL    where FOLDER/node_modules/hawk is installed
//
// HAWK_ID and HAWK_KEY are the credentials. Prints a line for each check, and ends with 1 if one
// of them failed.
import { createRequire } from 'node:module';
import { request as send } from 'node:http';
import { join, resolve } from 'node:path';
import assert from 'node:assert/strict';

const [folder, url] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), 'package.json'));
const Hawk = require('hawk');

const credentials = {
    id: process.env.HAWK_ID, key: process.env.HAWK_KEY, algorithm: 'sha256',
};
const contentType = 'text/plain; charset=utf-8';

function sign(method, options = {}) {
    return Hawk.client.header(url, method, { credentials, ...options });
}

function exchange(method, authorization, payload) {
    const headers = { Connection: 'close' };
    if (authorization !== undefined) {
        headers.Authorization = authorization;
    }
    if (payload !== undefined) {
        headers['Content-Type'] = contentType;
        headers['Content-Length'] = Buffer.byteLength(payload);
    }
    return new Promise((done, failed) => {
        const outgoing = send(url, { method, headers, timeout: 10_000 }, async (response) => {
            let body = '';
            for await (const chunk of response) {
                body += chunk;
            }
            done({ response, body });
        });
        outgoing.on('error', failed);
        outgoing.end(payload);
    });
}

function verify({ response, body }, artifacts) {
    assert.equal(response.statusCode, 200);
    return Hawk.client.authenticate(response, credentials, artifacts, { payload: body, required: true });
}

function refused({ response }, status = 401) {
    assert.equal(response.statusCode, status);
    assert.equal(response.headers['server-authorization'], undefined);
    assert.equal(response.headers['www-authenticate'], status === 401 ? 'Hawk' : undefined);
}

const checks = {
    'a GET is answered, and the response verifies': async () => {
        const { header, artifacts } = sign('GET', { ext: 'some-app-ext-data', app: 'app', dlg: 'dlg' });
        const answer = await exchange('GET', header);
        verify(answer, artifacts);
        assert.equal(answer.body, `Hello, ${credentials.id}.\n`);
    },
    'a POST is answered with its payload, and the response verifies': async () => {
        const payload = 'Thank you for flying Hawk, ü€\n';
        const { header, artifacts } = sign('POST', { payload, contentType });
        const answer = await exchange('POST', header, payload);
        verify(answer, artifacts);
        assert.equal(answer.body, payload);
        assert.throws(() => verify({ ...answer, body: answer.body + 'x' }, artifacts));
    },
    'a replay is refused': async () => {
        const { header, artifacts } = sign('GET');
        verify(await exchange('GET', header), artifacts);
        refused(await exchange('GET', header));
    },
    'a tampered body is refused, and its nonce stays spent': async () => {
        const { header } = sign('POST', { payload: 'body', contentType });
        refused(await exchange('POST', header, 'other'));
        refused(await exchange('POST', header, 'body'));
    },
    'a body that was left out is refused': async () => {
        refused(await exchange('POST', sign('POST', { payload: 'body', contentType }).header));
    },
    'a body without a hash is refused': async () => {
        refused(await exchange('POST', sign('POST').header, 'body'));
    },
    'another method is refused': async () => {
        refused(await exchange('DELETE', sign('GET').header));
    },
    'another key is refused': async () => {
        const other = { ...credentials, key: credentials.key + 'x' };
        refused(await exchange('GET', Hawk.client.header(url, 'GET', { credentials: other }).header));
    },
    'an unknown id is refused alike': async () => {
        const other = { ...credentials, id: 'nobody' };
        refused(await exchange('GET', Hawk.client.header(url, 'GET', { credentials: other }).header));
    },
    'a request without credentials is challenged': async () => {
        refused(await exchange('GET', undefined));
        refused(await exchange('GET', 'Basic dTpw'));
    },
    'a malformed header is a bad request': async () => {
        refused(await exchange('GET', 'Hawk id="x" ts="1"'), 400);
    },
};

for (const [name, minutes] of [['a clock behind', -60], ['a clock ahead', 60]]) {
    checks[`${name} is told the time with a MAC, and succeeds with it`] = async () => {
        const clock = { localtimeOffsetMsec: minutes * 60_000 };
        const stale = sign('GET', clock);
        const { response } = await exchange('GET', stale.header);
        assert.equal(response.statusCode, 401);
        // Checks tsm, and throws unless it is right.
        const told = Hawk.client.authenticate(response, credentials, stale.artifacts, {});
        const { ts } = told.headers['www-authenticate'];
        assert.ok(Math.abs(ts - Date.now() / 1000) < 60);
        const right = sign('GET', { timestamp: Number(ts) });
        verify(await exchange('GET', right.header), right.artifacts);
    };
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
    try {
        await check();
        console.log(`ok      ${name}`);
    } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}: ${error.message}`);
    }
}
process.exitCode = failed ? 1 : 0;
