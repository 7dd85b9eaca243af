//! QR codes: what is painted, and that a reader which is not ours reads it. `.ci/qr` asks more
//! readers, about many more codes.

use creance_totp::{Error, KeyUri, Parameters, QrCode, Secret, Warning};

fn uri(account: &str, issuer: &str) -> KeyUri {
    let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
    let uri = KeyUri::new(secret, account).expect("an account");
    uri.with_issuer(issuer).expect("an issuer")
}

/// Short, usual, beyond ASCII, and the longest there is.
fn uris() -> Vec<KeyUri> {
    let longest = Secret::from_bytes(&[0x5a; Secret::MAX_BYTES]).expect("a secret");
    let longest = KeyUri::new(longest, &"日".repeat(85)).expect("255 bytes");
    let longest = longest.with_issuers(&"ä".repeat(64), &"ö".repeat(64)).expect("128 bytes");
    let parameters = Parameters::hotp().with_digits(creance_totp::Digits::Eight);
    let parameters = parameters.with_algorithm(creance_totp::Algorithm::Sha512).expect("known");
    vec![
        uri("a", "b"),
        uri("alice@example.com", "ACME Co"),
        uri("Zoë", "日本"),
        uri("someone.with.a.long.name@mail.example.org", "The Example Company of Somewhere"),
        longest.with_parameters(parameters).expect("parameters").with_counter(u64::MAX),
    ]
}

fn text(uri: &KeyUri) -> String {
    uri.to_text().expect("text").expose().to_owned()
}

/// Grey values, row by row.
struct Picture {
    width: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    fn read(&self) -> String {
        let pixel = |x, y| self.pixels[y * self.width + x];
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height(), pixel);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "one code");
        let (meta, content) = grids[0].decode().expect("a code that can be read");
        assert_eq!(meta.ecc_level, 0, "level M");
        content
    }

    fn scaled(&self, scale: usize) -> Self {
        let pixel = |x: usize, y: usize| self.pixels[y / scale * self.width + x / scale];
        let (width, height) = (self.width * scale, self.height() * scale);
        let pixels = (0..width * height).map(|i| pixel(i % width, i / width)).collect();
        Self { width, pixels }
    }

    /// The four modules on each side are light.
    fn assert_quiet_zone(&self, scale: usize) {
        let zone = QrCode::QUIET_ZONE * scale;
        for (i, pixel) in self.pixels.iter().enumerate() {
            let (x, y) = (i % self.width, i / self.width);
            let is_inside = |at: usize, of: usize| (zone..of - zone).contains(&at);
            if !is_inside(x, self.width) || !is_inside(y, self.height()) {
                assert_eq!(*pixel, 0xff, "{x}, {y}");
            }
        }
        assert_eq!(self.pixels[zone * self.width + zone], 0, "the corner of a finder");
    }
}

fn png(code: &QrCode) -> Picture {
    let image = code.png().expect("an image");
    let mut reader = png::Decoder::new(std::io::Cursor::new(image.expose()));
    reader.set_transformations(png::Transformations::EXPAND);
    let mut reader = reader.read_info().expect("a header");
    let info = reader.info();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::One));
    assert!(info.trns.is_none(), "nothing is transparent");
    let width = usize::try_from(info.width).expect("small");
    let mut pixels = vec![0; width * width];
    reader.next_frame(&mut pixels).expect("pixels");
    Picture { width, pixels }
}

/// A terminal whose own colours are neither black nor white, so what is left to it is seen.
fn terminal(text: &str, columns: usize) -> Picture {
    const OWN: u8 = 0x80;
    let mut pixels = Vec::new();
    for line in text.lines() {
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        let (mut fore, mut back) = (OWN, OWN);
        let mut rest = line;
        while let Some(character) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("\x1b[") {
                let (sequence, after) = after.split_once('m').expect("a colour");
                (fore, back) = match sequence {
                    "0" => (OWN, OWN),
                    "38;5;16;48;5;231" => (0, 0xff),
                    "38;5;231;48;5;16" => (0xff, 0),
                    other => panic!("unknown colours: {other}"),
                };
                rest = after;
                continue;
            }
            upper.push(if character == '▀' { fore } else { back });
            lower.push(back);
            assert!(matches!(character, '▀' | ' '), "{character:?}");
            rest = &rest[character.len_utf8()..];
        }
        assert_eq!((fore, back), (OWN, OWN), "the colours are put back at the end of the line");
        assert_eq!(upper.len(), columns);
        pixels.extend(upper);
        pixels.extend(lower);
    }
    assert!(!pixels.contains(&OWN), "nothing is left to the terminal's own colours");
    Picture { width: columns, pixels }
}

#[test]
fn a_png_is_read() {
    for (uri, version) in uris().iter().zip([4, 6, 6, 9, 36]) {
        for scale in [2, 5] {
            let code = QrCode::new(uri).expect("a code").with_scale(scale);
            assert_eq!(code.version(), version);
            assert_eq!(code.size(), 25 + 4 * usize::from(version));
            let picture = png(&code);
            assert_eq!(picture.width, code.size() * usize::from(scale));
            picture.assert_quiet_zone(scale.into());
            assert_eq!(picture.read(), text(uri));
        }
    }
}

#[test]
fn a_terminal_is_read_and_nothing_in_it_is_left_to_its_colours() {
    for uri in uris() {
        let code = QrCode::new(&uri).expect("a code");
        let shown = code.terminal().expect("text");
        let picture = terminal(shown.expose(), code.size());
        assert_eq!(picture.height(), code.size() + 1);
        picture.assert_quiet_zone(1);
        assert_eq!(picture.scaled(3).read(), text(&uri));

        let shown = code.terminal_ascii().expect("text");
        assert!(shown.expose().is_ascii());
        let picture = terminal(shown.expose(), 2 * code.size());
        assert_eq!(picture.height(), 2 * code.size());
        picture.assert_quiet_zone(2);
        assert_eq!(picture.scaled(2).read(), text(&uri));
    }
}

/// The rectangles of the path, painted.
fn svg(text: &str, size: usize) -> Picture {
    let (_, path) = text.split_once("<path fill=\"#000\" d=\"").expect("dark modules");
    let (path, end) = path.split_once('"').expect("an end");
    assert_eq!(end, "/></svg>");
    let mut pixels = vec![0xff; size * size];
    for run in path.split_terminator('z') {
        let numbers: Vec<usize> = run
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [x, y, length, 1, back] = numbers[..] else { panic!("{run}") };
        assert_eq!((run, back), (format!("M{x} {y}h{length}v1H{x}").as_str(), x));
        pixels[y * size + x..][..length].fill(0);
    }
    Picture { width: size, pixels }
}

#[test]
fn an_svg_is_read() {
    for uri in uris() {
        let code = QrCode::new(&uri).expect("a code");
        let picture = svg(code.svg().expect("an image").expose(), code.size());
        picture.assert_quiet_zone(1);
        assert_eq!(picture.scaled(3).read(), text(&uri));
    }
}

#[test]
fn an_svg_says_what_it_is_and_refers_to_nothing() {
    let code = QrCode::new(&uri("a", "b")).expect("a code").with_scale(5);
    let shown = code.with_title("<a> & \"b\"\u{1b}\u{ffff} 日").svg().expect("an image");
    let start = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"205\" height=\"205\" \
                 viewBox=\"0 0 41 41\" shape-rendering=\"crispEdges\" role=\"img\">\
                 <title>&lt;a&gt; &amp; \"b\"\u{fffd}\u{fffd} 日</title>\
                 <path fill=\"#fff\" d=\"M0 0h41v41H0z\"/><path fill=\"#000\" d=\"M4 4h7v1H4z";
    assert!(shown.expose().starts_with(start), "{}", shown.expose());
    for word in ["href", "url(", "style", "script", "opacity", "currentColor"] {
        assert!(!shown.expose().contains(word), "{word}");
    }
}

#[test]
fn data_uris_are_the_images() {
    let code = QrCode::new(&uri("alice", "ACME")).expect("a code");
    let decoded = |uri: &str, media_type: &str| {
        let base64 = uri.strip_prefix(media_type).expect("the media type");
        let encoding = creance_sigv::Encoding::Base64;
        let mut bytes = vec![0; encoding.decoded_len(base64).expect("Base64")];
        encoding.decode(base64, &mut bytes).expect("Base64");
        bytes
    };
    let svg = code.svg_data_uri().expect("text");
    let expected = code.svg().expect("an image");
    assert_eq!(decoded(svg.expose(), "data:image/svg+xml;base64,"), expected.expose().as_bytes());
    let png = code.png_data_uri().expect("text");
    let expected = code.png().expect("an image");
    assert_eq!(decoded(png.expose(), "data:image/png;base64,"), expected.expose());
}

#[test]
fn only_visible_ascii_that_fits_is_taken() {
    for (text, fits) in [
        ("", false),
        (" ", true),
        ("~", true),
        ("\u{7f}", false),
        ("a\n", false),
        ("ä", false),
        (&"a".repeat(2331), true),
        (&"a".repeat(2332), false),
        (&"A".repeat(3391), true),
        (&"A".repeat(3392), false),
    ] {
        let taken = QrCode::from_text(text).map(|_| ());
        assert_eq!(taken, fits.then_some(()).ok_or(Error::QrText), "{} bytes", text.len());
    }
}

#[test]
fn a_large_code_is_warned_of() {
    let versions: Vec<u8> = (150..260)
        .map(|length| {
            let code = QrCode::from_text(&"a".repeat(length)).expect("a code");
            let expected = Warning::LargeQrCode { version: code.version() };
            assert_eq!(code.warning(), (length > 213).then_some(expected), "{length}");
            code.version()
        })
        .collect();
    assert_eq!((versions[0], versions[63], versions[64]), (8, 10, 11));
    let warning = Warning::LargeQrCode { version: 11 }.to_string();
    assert_eq!(warning, "the QR code is of version 11, some cameras read up to 10");
}

#[test]
fn scales_beyond_become_the_nearest() {
    for (given, taken) in [(0, 1), (1, 1), (32, 32), (255, 32)] {
        let code = QrCode::from_text("a").expect("a code").with_scale(given);
        assert_eq!(png(&code).width, 29 * taken);
    }
}

#[test]
fn no_secret_is_shown() {
    let code = QrCode::new(&uri("a", "b")).expect("a code");
    let shown = format!("{code:?} {:?} {:?}", code.svg(), code.png());
    assert_eq!(
        shown,
        "QrCode { version: 4, scale: 8, title: \"QR code for an authenticator app\", .. } \
         Ok(Sensitive { .. }) Ok(Sensitive { .. })"
    );
}
