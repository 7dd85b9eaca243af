//! Which host and port a request is verified for.
#![cfg(feature = "std")]

mod support;

use core::num::NonZeroUsize;

use creance_hawk::{
    Authority, AuthorityPolicy, Error, Forwarded, ForwardedHeader, Incoming, Request, Scheme,
    Server,
};
use support::{NOW, authenticate, header, incoming, key};

/// A request to `/` with headers.
fn asked<'a>(scheme: Scheme, headers: &[(&str, &'a str)]) -> Incoming<'a> {
    let mut incoming = Incoming::new("GET", "/", scheme);
    for (name, value) in headers {
        incoming.header(name, value.as_bytes()).unwrap();
    }
    incoming
}

fn by_host() -> Server {
    Server::with_policy(AuthorityPolicy::Host)
}

/// `host:port` as a server resolves it.
fn resolved<A: AsRef<[Authority]>>(
    server: &Server<A>,
    incoming: &Incoming<'_>,
) -> Result<String, Error> {
    let request = server.request(incoming)?;
    Ok(format!("{}|{}", request.host(), request.port()))
}

fn host(text: &str) -> Result<String, Error> {
    resolved(&by_host(), &asked(Scheme::Http, &[("Host", text)]))
}

#[test]
fn the_host_counts_in_lower_case_on_both_sides() {
    let key = key();
    let client = Request::from_url("GET", "http://EXAMPLE.com:8000/").unwrap();
    let header = header(&key, &client);
    for host in ["example.com", "Example.Com", "EXAMPLE.COM"] {
        let request = Request::new("GET", "/", host, 8000).unwrap();
        assert!(authenticate(&header, &request, &key).is_ok(), "{host}");
    }
    assert_eq!(Authority::new("EXAMPLE.com", 80).unwrap().host(), "example.com");
}

#[test]
fn ipv6_literals_keep_their_brackets_on_both_sides() {
    let client = Request::from_url("GET", "http://[2001:DB8::1]:8000/").unwrap();
    assert_eq!((client.host(), client.port()), ("[2001:DB8::1]", 8000));
    let signed = support::text(|out| {
        let key = key();
        let credentials = creance_hawk::Credentials::new("i", &key).unwrap();
        credentials.header(&client).sign(NOW, "n").unwrap().write_canonical(out)
    });
    assert!(signed.contains("\n[2001:db8::1]\n8000\n"));
    assert_eq!(host("[::1]:8000").as_deref(), Ok("[::1]|8000"));
    assert_eq!(host("[::1]").as_deref(), Ok("[::1]|80"));
    for malformed in
        ["::1", "[::1", "::1]", "[]", "[::1]x", "[::1]x:80", "[fe80::1%25en0]", "[::1]]"]
    {
        assert_eq!(host(malformed), Err(Error::Host), "{malformed}");
    }
}

#[test]
fn a_trailing_dot_counts() {
    assert_eq!(host("example.com.").as_deref(), Ok("example.com.|80"));
    let key = key();
    let header = header(&key, &Request::from_url("GET", "http://example.com./").unwrap());
    let verify =
        |host| authenticate(&header, &Request::new("GET", "/", host, 80).unwrap(), &key).is_ok();
    assert!(verify("example.com.") && !verify("example.com"));
}

#[test]
fn a_port_is_at_most_65535() {
    assert_eq!(host("example.com:65535").as_deref(), Ok("example.com|65535"));
    for malformed in
        ["65536", "99999999999999999999", "-1", "+1", "8o", " 80", "80 ", "0x50", "80:80"]
    {
        let error = host(&format!("example.com:{malformed}")).unwrap_err();
        assert_eq!((error, error.status()), (Error::Host, 400), "{malformed}");
        let url = format!("http://example.com:{malformed}/");
        assert!(Request::from_url("GET", &url).is_err(), "{malformed}");
    }
}

#[test]
fn a_path_query_or_fragment_in_host_is_refused() {
    for malformed in [
        "example.com/",
        "example.com/x",
        "/",
        "example.com?x",
        "example.com#x",
        "example.com:80/",
        "",
        ":80",
        "exa mple.com",
        "example.com\t",
        "ex\"ample.com",
        "ex\\ample.com",
        "exämple.com",
        "exam%70le.com",
    ] {
        let error = host(malformed).unwrap_err();
        assert_eq!((error, error.status()), (Error::Host, 400), "{malformed:?}");
    }
}

#[test]
fn userinfo_in_host_is_refused() {
    for malformed in ["user@example.com", "user:password@example.com", "@example.com", "a@b:80"] {
        assert_eq!(host(malformed), Err(Error::Host), "{malformed}");
        let url = format!("http://{malformed}/");
        assert_eq!(Request::from_url("GET", &url).unwrap_err(), Error::Url, "{url}");
    }
}

#[test]
fn a_host_has_at_most_255_bytes() {
    let longest = "a".repeat(255);
    assert!(host(&longest).is_ok() && Authority::new(&longest, 80).is_ok());
    let too_long = "a".repeat(256);
    assert_eq!(host(&too_long), Err(Error::Host));
    assert_eq!(Authority::new(&too_long, 80), Err(Error::Host));
    assert_eq!(Authority::new("", 80), Err(Error::Host));
}

#[test]
fn duplicate_host_headers_are_refused() {
    let mut incoming = asked(Scheme::Http, &[("Host", "example.com")]);
    for second in ["example.com", "example.org"] {
        let error = incoming.header("hOST", second.as_bytes()).unwrap_err();
        assert_eq!((error, error.status()), (Error::DuplicateHeader("host"), 400));
    }
}

#[test]
fn host_and_the_authority_of_http2_have_to_agree() {
    let agree = |authority, host| {
        let incoming = asked(Scheme::Https, &[("Host", host)]).with_authority(authority);
        resolved(&by_host(), &incoming)
    };
    for (authority, host) in [
        ("example.com", "example.com"),
        ("example.com", "EXAMPLE.com"),
        ("example.com:443", "example.com"),
    ] {
        assert!(agree(authority, host).is_ok(), "{authority} {host}");
    }
    for (authority, host) in [
        ("example.com", "example.org"),
        ("example.com", "example.com:80"),
        ("example.com", "example.com."),
    ] {
        let error = agree(authority, host).unwrap_err();
        assert_eq!((error, error.status()), (Error::AuthorityMismatch, 400));
    }
    let alone = asked(Scheme::Https, &[]).with_authority("example.com");
    assert_eq!(resolved(&by_host(), &alone).as_deref(), Ok("example.com|443"));
    // Malformed, and different, are refused where neither has a say.
    let fixed = Server::new(Authority::new("example.com", 443).unwrap());
    let different = asked(Scheme::Https, &[("Host", "example.org")]).with_authority("example.com");
    assert_eq!(resolved(&fixed, &different), Err(Error::AuthorityMismatch));
    assert_eq!(resolved(&fixed, &asked(Scheme::Https, &[("Host", "a@b")])), Err(Error::Host));
}

#[test]
fn the_default_port_follows_the_scheme() {
    for (scheme, port) in [(Scheme::Http, 80), (Scheme::Https, 443)] {
        for host in ["example.com", "example.com:"] {
            let request = asked(scheme, &[("Host", host)]);
            assert_eq!(resolved(&by_host(), &request), Ok(format!("example.com|{port}")));
        }
    }
    let port = |url| Request::from_url("GET", url).unwrap().port();
    assert_eq!(port("http://example.com"), 80);
    assert_eq!(port("https://example.com"), 443);
    assert_eq!(port("HTTPS://example.com:/"), 443);
    assert_eq!(port("https://example.com:80"), 80);
}

#[test]
fn the_port_is_never_guessed_from_forwarding_headers() {
    let request = asked(
        Scheme::Http,
        &[
            ("Host", "example.com"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Port", "8443"),
            ("X-Forwarded-Scheme", "https"),
            ("Forwarded", "proto=https;host=example.org"),
            ("X-Forwarded-Host", "example.org"),
        ],
    );
    assert_eq!(resolved(&by_host(), &request).as_deref(), Ok("example.com|80"));
    // Where the host is forwarded, the port is that of the configured scheme.
    for (scheme, port) in [(Scheme::Http, 80), (Scheme::Https, 443)] {
        let server = forwarded(ForwardedHeader::Forwarded, 1, scheme);
        assert_eq!(resolved(&server, &request), Ok(format!("example.org|{port}")));
    }
}

#[test]
fn the_fixed_authority_is_used_whatever_host_says() {
    let server = Server::new(Authority::new("example.com", 8000).unwrap());
    for host in ["example.com:8000", "example.org", "10.0.0.7:3000"] {
        let request = asked(Scheme::Http, &[("Host", host), ("X-Forwarded-Host", "evil.example")]);
        assert_eq!(resolved(&server, &request).as_deref(), Ok("example.com|8000"), "{host}");
    }
    assert_eq!(resolved(&server, &asked(Scheme::Https, &[])).as_deref(), Ok("example.com|8000"));
}

#[test]
fn of_several_fixed_authorities_host_chooses() {
    let own = [("example.com", 443), ("api.example.com", 443)];
    let own = own.map(|(host, port)| Authority::new(host, port).unwrap());
    let server = Server::with_policy(AuthorityPolicy::Fixed(own));
    let resolve = |host| resolved(&server, &asked(Scheme::Https, &[("Host", host)]));
    assert_eq!(resolve("api.EXAMPLE.com").as_deref(), Ok("api.EXAMPLE.com|443"));
    assert_eq!(resolve("example.com:443").as_deref(), Ok("example.com|443"));
    for unknown in ["example.org", "example.com:80", "example.com."] {
        let error = resolve(unknown).unwrap_err();
        assert_eq!((error, error.status()), (Error::UnknownAuthority, 400), "{unknown}");
    }
    let error = resolved(&server, &asked(Scheme::Https, &[])).unwrap_err();
    assert_eq!((error, error.status()), (Error::MissingHost, 400));
}

#[test]
fn a_server_without_authority_lets_nothing_in() {
    let server = Server::with_policy(AuthorityPolicy::Fixed(Vec::new()));
    let error = resolved(&server, &asked(Scheme::Http, &[("Host", "example.com")])).unwrap_err();
    assert_eq!((error, error.status()), (Error::NoAuthority, 500));
}

#[test]
fn a_missing_host_is_refused_where_it_has_a_say() {
    assert_eq!(resolved(&by_host(), &asked(Scheme::Http, &[])), Err(Error::MissingHost));
}

fn forwarded(header: ForwardedHeader, hops: usize, scheme: Scheme) -> Server {
    let hops = NonZeroUsize::new(hops).unwrap();
    Server::with_policy(AuthorityPolicy::Forwarded(Forwarded::new(header, hops, scheme)))
}

/// What comes out of lines of one of the two headers, behind `hops` proxies.
fn through(header: ForwardedHeader, hops: usize, lines: &[&str]) -> Result<String, Error> {
    let name = match header {
        ForwardedHeader::Forwarded => "Forwarded",
        ForwardedHeader::XForwardedHost => "X-Forwarded-Host",
    };
    let headers: Vec<_> = lines.iter().map(|line| (name, *line)).collect();
    resolved(&forwarded(header, hops, Scheme::Https), &asked(Scheme::Http, &headers))
}

#[test]
fn the_outermost_trusted_proxy_says_the_host() {
    use ForwardedHeader::XForwardedHost as X;
    assert_eq!(through(X, 1, &["example.com"]).as_deref(), Ok("example.com|443"));
    assert_eq!(through(X, 1, &["example.com:8443"]).as_deref(), Ok("example.com|8443"));
    assert_eq!(through(X, 1, &["a.example, b.example"]).as_deref(), Ok("b.example|443"));
    assert_eq!(through(X, 2, &["a.example, b.example"]).as_deref(), Ok("a.example|443"));
    assert_eq!(through(X, 2, &["a.example", "b.example"]).as_deref(), Ok("a.example|443"));
    assert_eq!(through(X, 2, &["x, a.example\t", " b.example"]).as_deref(), Ok("a.example|443"));
    assert_eq!(
        through(X, 3, &["a.example,b.example", "c.example"]).as_deref(),
        Ok("a.example|443")
    );
}

#[test]
fn what_stands_left_of_the_trusted_hops_is_not_believed() {
    use ForwardedHeader::{Forwarded, XForwardedHost};
    for spoofed in ["evil.example", "evil.example, evil.example", "\"", "a=\", host=evil.example"] {
        let line = format!("{spoofed}, good.example");
        assert_eq!(through(XForwardedHost, 1, &[&line]).as_deref(), Ok("good.example|443"));
        assert_eq!(
            through(XForwardedHost, 1, &[spoofed, "good.example"]).as_deref(),
            Ok("good.example|443")
        );
        let line = format!("host={spoofed}, host=good.example");
        assert_eq!(through(Forwarded, 1, &[&line]).as_deref(), Ok("good.example|443"));
        assert_eq!(
            through(Forwarded, 1, &[spoofed, "host=good.example"]).as_deref(),
            Ok("good.example|443")
        );
    }
}

#[test]
fn forwarded_is_read_with_its_parameters_and_quoted_strings() {
    use ForwardedHeader::Forwarded as F;
    for (line, resolved) in [
        ("host=example.com", "example.com|443"),
        ("Host=example.com", "example.com|443"),
        ("for=192.0.2.1;host=example.com;proto=http", "example.com|443"),
        ("for=192.0.2.1 ; host=example.com ; by=x", "example.com|443"),
        ("host=\"example.com:8443\"", "example.com|8443"),
        ("for=\"[2001:db8::1]\";host=\"[::1]:8000\"", "[::1]|8000"),
        ("for=\"a,b\", for=\"c,d\";host=example.com", "example.com|443"),
        ("host=example.com;for=\"a, host=evil.example\"", "example.com|443"),
    ] {
        assert_eq!(through(F, 1, &[line]).as_deref(), Ok(resolved), "{line}");
    }
    assert_eq!(through(F, 2, &["host=a.example, host=b.example"]).as_deref(), Ok("a.example|443"));
}

#[test]
fn too_few_hops_or_a_malformed_element_are_refused() {
    use ForwardedHeader::{Forwarded, XForwardedHost};
    let refused = |header, hops, lines: &[&str]| {
        let error = through(header, hops, lines).unwrap_err();
        assert_eq!((error, error.status()), (Error::Forwarded, 400), "{lines:?}");
    };
    for lines in [&[][..], &["a.example"], &["a.example", "b.example"], &["a.example, b.example"]] {
        refused(XForwardedHost, lines.len() + 2, lines);
    }
    for line in ["", "a.example,", "a@b", "a.example/x", "\"a.example\"", "a b"] {
        refused(XForwardedHost, 1, &[line]);
    }
    for line in [
        "",
        "for=192.0.2.1",
        "host",
        "host=",
        "host=a;host=b",
        "host=\"a",
        "host=a\"",
        "host=\"a\\\"b\"",
        "host=a@b",
        "for=\"x;host=b\";host=a",
    ] {
        refused(Forwarded, 1, &[line]);
    }
    // The other header does not stand in.
    let server = forwarded(Forwarded, 1, Scheme::Https);
    let request = asked(Scheme::Http, &[("X-Forwarded-Host", "a"), ("Host", "a")]);
    assert_eq!(resolved(&server, &request), Err(Error::Forwarded));
}

#[test]
fn a_forwarding_header_has_at_most_eight_lines() {
    let mut incoming = asked(Scheme::Http, &[]);
    for _ in 0..8 {
        assert_eq!(incoming.header("Forwarded", b"host=a"), Ok(()));
        assert_eq!(incoming.header("X-Forwarded-Host", b"a"), Ok(()));
    }
    let refused = |name| Err(Error::DuplicateHeader(name));
    assert_eq!(incoming.header("Forwarded", b"host=a"), refused("forwarded"));
    assert_eq!(incoming.header("X-Forwarded-Host", b"a"), refused("x-forwarded-host"));
}

#[test]
fn a_request_for_another_host_or_port_is_not_authentic() {
    let key = key();
    let header = header(&key, &support::request());
    for (host, port) in [("example.org", 8000), ("example.com", 80), ("example.com", 443)] {
        let server = Server::new(Authority::new(host, port).unwrap());
        let incoming = incoming(&header);
        let rejection = server.authenticate(&incoming, |_| Some(&key), NOW).unwrap_err();
        assert_eq!(rejection.code(), "bad-mac");
    }
}
