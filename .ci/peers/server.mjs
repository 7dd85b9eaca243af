// A server protected by the reference implementation: it answers with what it received, signed.
//
//   node server.mjs FOLDER [FAULT]    where FOLDER/node_modules/hawk is installed
//
// HAWK_ID and HAWK_KEY are the credentials, HAWK_CLOCK the seconds by which its clock is ahead.
// FAULT makes a response that an honest server would not send: body, proof, other-proof or time.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';

const [folder, fault] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), 'package.json'));
const Hawk = require('hawk');

const localtimeOffsetMsec = Number(process.env.HAWK_CLOCK ?? 0) * 1000;
const credentials = {
    id: process.env.HAWK_ID, key: process.env.HAWK_KEY, algorithm: 'sha256',
};
const lookup = async (id) => (id === credentials.id ? credentials : null);

const seen = new Set();
const nonceFunc = async (key, nonce, ts) => {
    const entry = JSON.stringify([key, nonce, ts]);
    if (seen.has(entry)) {
        throw new Error('replay');
    }
    seen.add(entry);
};

async function answer(request, response) {
    const chunks = [];
    for await (const chunk of request) {
        chunks.push(chunk);
    }
    const payload = Buffer.concat(chunks);
    const options = { nonceFunc, localtimeOffsetMsec, payload: payload.length ? payload : undefined };
    const { artifacts } = await Hawk.server.authenticate(request, lookup, options);

    const contentType = 'application/json; charset=utf-8';
    let body = JSON.stringify({ method: request.method, url: request.url, received: payload.toString() });
    const other = fault === 'other-proof' ? { ...artifacts, nonce: 'another' } : artifacts;
    const proof = Hawk.server.header(credentials, other, { payload: body, contentType });
    response.setHeader('Content-Type', contentType);
    if (fault !== 'proof') {
        response.setHeader('Server-Authorization', proof);
    }
    if (fault === 'body') {
        body = body.replace('received', 'believed');
    }
    response.end(body);
}

createServer((request, response) => {
    answer(request, response).catch((error) => {
        if (!error.isBoom) {
            throw error;
        }
        response.statusCode = error.output.statusCode;
        let challenge = error.output.headers['WWW-Authenticate'];
        if (fault === 'time') {
            challenge = challenge.replace(/ts="\d+"/, 'ts="1"');
        }
        response.setHeader('WWW-Authenticate', challenge);
        response.end();
    });
}).listen(0, '127.0.0.1', function () {
    console.log(`listening on http://127.0.0.1:${this.address().port}`);
});
