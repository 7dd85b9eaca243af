//! Published vectors of OAuth 1.0a: RFC 5849, OAuth Core 1.0, a provider's documentation.

mod common;

use common::Fields;
use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Encoding, Key, UnixTime};
use serde_json::Value;

/// Naive on purpose.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// What a case expects.
struct Expected {
    base_string: String,
    signature: String,
}

struct Case {
    name: String,
    method: String,
    base_uri: String,
    parameters: Vec<(String, String)>,
    secrets: (String, String),
    algorithm: Algorithm,
}

impl Case {
    fn read(name: String, mut fields: Fields) -> Self {
        let parameters = pairs(&fields.take("params"));
        let named = parameters.iter().find(|(name, _)| name == "oauth_signature_method");
        let named = algorithm(&named.expect(&name).1);
        // The source of that one has no tag, and the file tells where it comes from.
        if name.contains("(no tag)") {
            fields.text("signature_source");
        } else {
            assert_eq!(algorithm(&fields.text("signature_method")), named, "{name}");
        }
        let case = Self {
            method: fields.text("method"),
            base_uri: fields.text("base_uri"),
            secrets: (fields.text("consumer_secret"), fields.text("token_secret")),
            algorithm: named,
            parameters,
            name,
        };
        fields.end();
        case
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn application(&self) -> String {
        let application = self.parameters.iter().filter(|(name, _)| !name.starts_with("oauth_"));
        let pairs =
            application.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    fn key(&self) -> RequestKey {
        let consumer_key = self.get("oauth_consumer_key").expect("a consumer key");
        let client = Credentials::new(consumer_key, &self.secrets.0).unwrap();
        let token =
            self.get("oauth_token").map(|it| Credentials::new(it, &self.secrets.1).unwrap());
        RequestKey::allow_weak(self.algorithm, &client, token.as_ref()).unwrap()
    }

    fn now(&self) -> UnixTime {
        UnixTime::parse(self.get("oauth_timestamp").expect("a time")).unwrap()
    }

    /// Verified with its parameters in the header and the query, or in the header and a form.
    fn verify(&self, expected: &Expected, is_form: bool) {
        let name = &self.name;
        let protocol = self.parameters.iter().filter(|(name, _)| name.starts_with("oauth_"));
        let mut header: Vec<_> = protocol
            .map(|(name, value)| format!("{}=\"{}\"", encoded(name), encoded(value)))
            .collect();
        header.push(format!("oauth_signature=\"{}\"", encoded(&expected.signature)));
        let headers = [
            ("Authorization", format!("OAuth realm=\"x, oauth_a=\", {}", header.join(", "))),
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let (mut url, mut body) = (self.base_uri.clone(), String::new());
        if is_form {
            body = self.application();
        } else {
            url = format!("{url}?{}", self.application());
        }
        let received = Received::new(&self.method, &url, &headers, body.as_bytes());
        let incoming = Server::new().parse(&received).expect(name);
        assert_eq!(incoming.base_string().to_string(), expected.base_string, "{name}");
        let key = self.key();
        let authentic = Server::new().verify(&received, &key, self.now()).expect(name);
        let request = authentic.dangerous_accept_replays().into_shown();
        assert_eq!(Some(request.consumer_key()), self.get("oauth_consumer_key"), "{name}");
    }

    fn sign(&self, expected: &Expected) {
        let name = &self.name;
        let url = format!("{}?{}", self.base_uri, self.application());
        let mut outgoing = Outgoing::new(&self.method, &url);
        outgoing = outgoing.with_nonce(self.get("oauth_nonce").expect("a nonce"));
        if let Some(callback) = self.get("oauth_callback") {
            outgoing = outgoing.with_callback(callback);
        }
        if let Some(verifier) = self.get("oauth_verifier") {
            outgoing = outgoing.with_verifier(verifier);
        }
        if self.get("oauth_version").is_some() {
            outgoing = outgoing.with_version();
        }
        let signed = outgoing.sign(&self.key(), self.now()).expect(name);
        assert_eq!(signed.base_string().to_string(), expected.base_string, "{name}");
        let signature = format!("oauth_signature=\"{}\"", encoded(&expected.signature));
        assert!(signed.authorization().ends_with(&signature), "{name}");
    }
}

/// The method that the parameters name, which the case may say once more.
fn algorithm(name: &str) -> Algorithm {
    match name {
        "HMAC-SHA1" => Algorithm::Sha1,
        "HMAC-SHA256" => Algorithm::Sha256,
        other => panic!("unknown method {other}"),
    }
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([Value::String(name), Value::String(value)]) => (name.clone(), value.clone()),
        _ => panic!("not a pair: {pair}"),
    };
    value.as_array().expect("parameters").iter().map(pair).collect()
}

#[test]
fn every_vector_is_signed_and_verified() {
    let mut file = Fields::parse(include_str!("vectors/oauth1_rfc5849.json"));
    assert!(file.text("source").starts_with("RFC 5849"));
    let (mut whole, mut tags_only) = (0, 0);
    for mut fields in file.objects("vectors") {
        let name = fields.text("name");
        println!("{name}");
        let expected = Expected {
            base_string: fields.text("base_string"),
            signature: fields.text("signature"),
        };
        if name.starts_with("derived") {
            tag_only(&name, fields, &expected);
            tags_only += 1;
        } else {
            let case = Case::read(name, fields);
            case.verify(&expected, false);
            case.verify(&expected, true);
            case.sign(&expected);
            whole += 1;
        }
    }
    file.end();
    assert_eq!((whole, tags_only), (5, 1));
}

/// A base string that names another method than that of its tag: no request could be made of it.
fn tag_only(name: &str, mut fields: Fields, expected: &Expected) {
    assert!(fields.flag("derived"), "{name}");
    let (client, token) = (fields.text("consumer_secret"), fields.text("token_secret"));
    let algorithm = algorithm(&fields.text("signature_method"));
    fields.end();
    let key = format!("{}&{}", encoded(&client), encoded(&token));
    let tag = Key::allow_weak(algorithm, key.as_bytes()).unwrap();
    let tag = tag.sign(expected.base_string.as_bytes());
    assert_eq!(tag.verify_text(Encoding::Base64, &expected.signature), Ok(()), "{name}");
}

/// The request of RFC 5849, 3.4.1.3.1, as it stands there: header, query and body.
#[test]
fn the_parameter_sources_of_the_rfc_are_read_as_it_reads_them() {
    let authorization = "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", \
        oauth_token=\"kkk9d7dh3k39sjv7\", oauth_signature_method=\"HMAC-SHA1\", \
        oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
        oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\"";
    let headers = [
        ("authorization", authorization),
        ("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"),
    ];
    let url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
    let received = Received::new("post", url, &headers, b"c2&a3=2+q");
    let client = Credentials::new("9djdj82h48djs9d2", "j49sk3j29djd").unwrap();
    let token = Credentials::new("kkk9d7dh3k39sjv7", "dh893hdasih9").unwrap();
    let key = RequestKey::allow_weak(Algorithm::Sha1, &client, Some(&token)).unwrap();
    let now = UnixTime::from_secs(137_131_201);
    let authentic = Server::new().verify(&received, &key, now).unwrap();
    let request = authentic.dangerous_accept_replays().into_shown();
    let expected =
        [("a2", "r b"), ("a3", "2 q"), ("a3", "a"), ("b5", "=%3D"), ("c@", ""), ("c2", "")];
    assert_eq!(request.parameters().collect::<Vec<_>>(), expected);
    assert_eq!(request.body(), None);
}
