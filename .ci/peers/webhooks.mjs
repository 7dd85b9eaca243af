// Providers' own Node packages behind the conformance protocol: one JSON object per line in, one out.
//
//   node webhooks.mjs FOLDER PACKAGE    where FOLDER/node_modules/PACKAGE is installed
//
// The time is in the case, and Date.now is set to it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, name] = process.argv.slice(2);
const modules = join(resolve(folder), 'node_modules');
const require = createRequire(join(resolve(folder), 'package.json'));

const realNow = Date.now;
const at = (seconds) => {
    Date.now = () => (seconds === undefined ? realNow() : Number(seconds) * 1000);
};

const body = (c) => Buffer.from(c.bodyB64 ?? '', 'base64');

// Headers as Node's server hands them over: names in lower case, values without white space around
// them, several of one name joined.
function headersOf(c) {
    const headers = {};
    for (const [header, value] of c.headers) {
        const key = header.toLowerCase();
        const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, '');
        headers[key] = key in headers ? `${headers[key]}, ${trimmed}` : trimmed;
    }
    return headers;
}

// They know one secret at a time.
function first(c, verify) {
    let refusal = new Error('no secret');
    for (const [index, secret] of c.secrets.entries()) {
        try {
            if (verify(secret)) {
                return { ok: true, index };
            }
        } catch (error) {
            refusal = error;
        }
    }
    throw refusal;
}

function standard({ Webhook }, prefix) {
    return {
        sign: (c) => {
            const time = new Date(c.now * 1000);
            const signature = new Webhook(c.secret).sign(c.id, time, body(c));
            const names = ['id', 'timestamp', 'signature'].map((part) => `${prefix}-${part}`);
            return { headers: [[names[0], c.id], [names[1], String(c.now)], [names[2], signature]] };
        },
        verify: (c) => first(c, (secret) => {
            try {
                new Webhook(secret).verify(body(c), headersOf(c), { jsonParse: false });
            } catch (error) {
                // `svix` parses the body behind the signature, and not every body is JSON.
                if (!(error instanceof SyntaxError)) {
                    throw error;
                }
            }
            return true;
        }),
    };
}

function stripe(Stripe) {
    const { webhooks } = new Stripe('sk_test_none');
    return {
        sign: (c) => ({
            headers: [['Stripe-Signature', webhooks.generateTestHeaderString({
                payload: body(c).toString(), secret: c.secret, timestamp: c.now,
            })]],
        }),
        verify: (c) => first(c, (secret) => webhooks.signature.verifyHeader(
            body(c), headersOf(c)['stripe-signature'], secret, webhooks.DEFAULT_TOLERANCE)),
    };
}

function octokit({ sign, verify }) {
    return {
        sign: async (c) => ({
            headers: [['X-Hub-Signature-256', await sign(c.secret, body(c).toString())]],
        }),
        verify: async (c) => {
            const signature = headersOf(c)['x-hub-signature-256'];
            for (const [index, secret] of c.secrets.entries()) {
                if (await verify(secret, body(c).toString(), signature)) {
                    return { ok: true, index };
                }
            }
            throw new Error('none matches');
        },
    };
}

// The parameters of a form, as a web framework hands them over.
function formOf(c) {
    const form = {};
    for (const [field, value] of c.params ?? []) {
        form[field] = field in form ? [form[field], value].flat() : value;
    }
    return form;
}

function twilio({ getExpectedTwilioSignature, validateRequest, validateRequestWithBody }) {
    return {
        sign: (c) => ({
            headers: [['X-Twilio-Signature', getExpectedTwilioSignature(c.secret, c.url, formOf(c))]],
        }),
        verify: (c) => first(c, (secret) => {
            const signature = headersOf(c)['x-twilio-signature'];
            return c.url.includes('bodySHA256')
                ? validateRequestWithBody(secret, signature, c.url, body(c))
                : validateRequest(secret, signature, c.url, formOf(c));
        }),
    };
}

const LIBRARIES = {
    standardwebhooks: async () => ({ standard: standard(require('standardwebhooks'), 'webhook') }),
    svix: async () => ({ svix: standard(require('svix'), 'svix') }),
    stripe: async () => ({ stripe: stripe(require('stripe')) }),
    twilio: async () => ({ twilio: twilio(require('twilio/lib/webhooks/webhooks')) }),
    '@octokit/webhooks-methods': async () => {
        const path = join(modules, name, 'dist-node', 'index.js');
        return { github: octokit(await import(pathToFileURL(path))) };
    },
};

const schemes = await LIBRARIES[name]();
const { version } = JSON.parse(readFileSync(join(modules, name, 'package.json')));

async function answer(c) {
    if (c.op === 'hello') {
        return { library: name, version, ops: ['scheme_sign', 'scheme_verify'] };
    }
    const scheme = schemes[c.scheme];
    if (scheme === undefined) {
        return { unsupported: true };
    }
    at(c.now);
    try {
        return await (c.op === 'scheme_sign' ? scheme.sign(c) : scheme.verify(c));
    } catch (error) {
        return c.op === 'scheme_sign' ? { error: error.message } : { ok: false, error: error.message };
    }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
}
