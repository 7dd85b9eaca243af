use alloc::{string::String, vec::Vec};
use core::{fmt, mem, str};

use super::sign::{TRAILER_SIGNATURE, trailer_digest};
use super::{Chain, Seed};
use crate::scheme::{MAX_HEADER_BYTES, Part, Rejection};
use crate::sigv4::Text;
use crate::sigv4::text::held;
use crate::{Encoding, Error, Tag};

/// How much of a body in chunks is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkLimits {
    chunk: usize,
    body: u64,
}

impl ChunkLimits {
    /// At most `chunk` bytes in one chunk, which is what is kept in memory, and `body` in all.
    #[must_use]
    pub const fn new(chunk: usize, body: u64) -> Self {
        Self { chunk, body }
    }
}

/// Reads a body in chunks (`aws-chunked`): it takes what comes, in pieces of any size, and gives out the
/// data of a chunk once its signature is verified.
///
/// What was given out is authentic, and may still lack its end: the body is whole when
/// [`finish`](Self::finish) says so.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::keyring::{KeyEntry, Keyring};
/// use creance_sigv::scheme::Received;
/// use creance_sigv::sigv4::{
///     ChunkLimits, Credentials, Outgoing, Payload, SecretKey, Service, Signer, Verifier,
/// };
///
/// let now = UnixTime::from_secs(1_700_000_000);
/// let mut keys = Keyring::<1, SecretKey>::new();
/// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")?;
/// keys.insert(KeyEntry::new("AKID", secret)?)?;
/// let signer = Signer::new(Credentials::of_ring(&keys, now)?, "us-east-1", Service::S3)?;
/// let url = "https://bucket.example.com/object";
/// let payload = Payload::Chunks { bytes: 5, trailer: "" };
/// let signed = signer.sign(&Outgoing::new("PUT", url, payload), now)?;
/// let headers = signed.to_headers();
/// let mut body = Vec::new();
/// let mut chunks = signed.into_chunks().expect("the payload comes in chunks");
/// chunks.write(b"hello", &mut body)?;
/// chunks.finish(&mut body)?;
///
/// let verifier = Verifier::new("us-east-1", Service::S3)?.with_chunks();
/// let received = Received::new("PUT", url, &headers, b"");
/// // Claim it in a store, as any other message.
/// let verified = verifier.verify(&received, &keys, now)?.dangerous_accept_replays();
/// let limits = ChunkLimits::new(1 << 20, 1 << 30);
/// let mut chunks = verified.into_shown().into_chunks(limits)?.expect("it comes in chunks");
/// let mut object = Vec::new();
/// for piece in body.chunks(100) {
///     chunks.update(piece, |data| object.extend_from_slice(data))?;
/// }
/// chunks.finish()?;
/// assert_eq!(object, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the body is whole when `finish` says so"]
pub struct ChunkDecoder<'a> {
    chain: Chain,
    /// How much of the body is still to come.
    left: u64,
    announced: Option<&'a str>,
    limits: ChunkLimits,
    state: State,
    /// A line, or a chunk's data, that has not come to its end.
    held: Vec<u8>,
    trailer: Trailer,
}

/// What comes next.
#[derive(Clone, Copy)]
enum State {
    Line,
    Data { bytes: usize, signature: Text<64> },
    DataEnd,
    End,
    Trailer { blank_lines: u8 },
    TrailerEnd,
    Done,
    Failed(Error),
}

const MALFORMED: Error = Error::Malformed(Part::Body);

/// The longest line before a chunk: sixteen digits, the signature and what stands between.
const MAX_LINE_BYTES: usize = 16 + ";chunk-signature=".len() + 64;

/// The most headers of a trailer.
const MAX_TRAILER: usize = 16;

impl<'a> ChunkDecoder<'a> {
    pub(in crate::sigv4) fn new(seed: Seed<'a>, limits: ChunkLimits) -> Result<Self, Error> {
        if seed.bytes > limits.body {
            return Err(too_long(limits.body));
        }
        Ok(Self {
            chain: seed.chain,
            left: seed.bytes,
            announced: seed.trailer,
            limits,
            state: State::Line,
            held: Vec::new(),
            trailer: Trailer { headers: Vec::new() },
        })
    }

    /// Takes what came, and gives the data of each chunk that is complete to `give`.
    ///
    /// # Errors
    /// [`Error::Malformed`] and [`Error::TooLong`] with [`Part::Body`], [`Error::Mismatch`]; for a trailer
    /// that is not the one announced [`Error::Malformed`] with [`Part::Header`]. After an error there is
    /// the same one only.
    pub fn update(
        &mut self,
        mut input: &[u8],
        mut give: impl FnMut(&[u8]),
    ) -> Result<(), Rejection> {
        if let State::Failed(error) = self.state {
            return Err(error.into());
        }
        while !input.is_empty() {
            if let Err(error) = self.step(&mut input, &mut give) {
                self.state = State::Failed(error);
                self.held = Vec::new();
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// The end of the input.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Body`] where the last chunk has not come, or the trailer, or
    /// where the body is shorter than was signed; what [`update`](Self::update) has said.
    pub fn finish(self) -> Result<Trailer, Rejection> {
        match self.state {
            // The empty line behind a trailer is left out by some.
            State::Done | State::TrailerEnd if self.left == 0 => Ok(self.trailer),
            State::Failed(error) => Err(error.into()),
            _ => Err(MALFORMED.into()),
        }
    }

    fn step(&mut self, input: &mut &[u8], give: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        match self.state {
            State::Line => self.line(input, MAX_LINE_BYTES, Self::chunk_line),
            State::Data { bytes, signature } => self.data(input, bytes, signature, give),
            State::DataEnd | State::End => self.line(input, 0, Self::line_end),
            State::Trailer { .. } | State::TrailerEnd => {
                self.line(input, MAX_HEADER_BYTES, Self::trailer_line)
            }
            State::Done => Err(MALFORMED),
            State::Failed(error) => Err(error),
        }
    }

    /// Takes a line up to its end, and reads it once that has come.
    fn line(
        &mut self,
        input: &mut &[u8],
        maximum: usize,
        read: fn(&mut Self, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let end = input.iter().position(|byte| *byte == b'\n');
        let (piece, rest) = input.split_at(end.map_or(input.len(), |end| end + 1));
        *input = rest;
        if self.held.len() + piece.len() > maximum + 2 {
            return Err(MALFORMED);
        }
        self.held.extend_from_slice(piece);
        if end.is_none() {
            return Ok(());
        }
        let line = mem::take(&mut self.held);
        read(self, line.strip_suffix(b"\n").unwrap_or_default())
    }

    /// `400;chunk-signature=` and 64 digits.
    fn chunk_line(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = line.strip_suffix(b"\r").and_then(|line| str::from_utf8(line).ok());
        let (size, signature) =
            line.and_then(|line| line.split_once(";chunk-signature=")).ok_or(MALFORMED)?;
        let bytes = self.size(size)?;
        let signature = held(signature, Part::Signature)?;
        self.state = State::Data { bytes, signature };
        if bytes > 0 {
            return Ok(());
        }
        if self.left > 0 {
            return Err(MALFORMED);
        }
        self.follow(&self.chain.chunk(b""), signature.as_str())?;
        self.state = match self.announced {
            Some(_) => State::Trailer { blank_lines: 0 },
            None => State::End,
        };
        Ok(())
    }

    fn size(&self, digits: &str) -> Result<usize, Error> {
        let is_canonical = digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && (digits == "0" || !digits.starts_with('0'));
        let size = u64::from_str_radix(digits, 16).ok().filter(|_| is_canonical);
        let size = size.ok_or(MALFORMED)?;
        if size > self.left {
            return Err(too_long(self.left));
        }
        let bytes = usize::try_from(size).ok().filter(|size| *size <= self.limits.chunk);
        bytes.ok_or(Error::TooLong { part: Part::Body, maximum: self.limits.chunk })
    }

    fn data(
        &mut self,
        input: &mut &[u8],
        bytes: usize,
        signature: Text<64>,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let missing = bytes - self.held.len();
        let (piece, rest) = input.split_at(missing.min(input.len()));
        *input = rest;
        if self.held.is_empty() && piece.len() == bytes {
            // It lies in one piece already.
            return self.complete(piece, signature, give);
        }
        self.held.extend_from_slice(piece);
        if self.held.len() < bytes {
            return Ok(());
        }
        let mut data = mem::take(&mut self.held);
        self.complete(&data, signature, give)?;
        data.clear();
        self.held = data;
        Ok(())
    }

    fn complete(
        &mut self,
        data: &[u8],
        signature: Text<64>,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        self.follow(&self.chain.chunk(data), signature.as_str())?;
        self.left = self.left.saturating_sub(data.len() as u64);
        self.state = State::DataEnd;
        give(data);
        Ok(())
    }

    fn line_end(&mut self, line: &[u8]) -> Result<(), Error> {
        if line != b"\r" {
            return Err(MALFORMED);
        }
        self.state = match self.state {
            State::DataEnd => State::Line,
            _ => State::Done,
        };
        Ok(())
    }

    /// A line of the trailer. Clients differ in where they put empty lines, which are not signed.
    fn trailer_line(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.state {
            State::TrailerEnd if line.is_empty() => self.state = State::Done,
            State::Trailer { blank_lines: blank_lines @ 0..2 } if line.is_empty() => {
                self.state = State::Trailer { blank_lines: blank_lines + 1 };
            }
            State::Trailer { .. } => self.trailer_header(line)?,
            _ => return Err(MALFORMED),
        }
        Ok(())
    }

    fn trailer_header(&mut self, line: &[u8]) -> Result<(), Error> {
        const MALFORMED: Error = Error::Malformed(Part::Header);
        let colon = line.iter().position(|byte| *byte == b':').ok_or(MALFORMED)?;
        let name = str::from_utf8(&line[..colon]).map_err(|_| MALFORMED)?;
        let value = line[colon + 1..].trim_ascii();
        if name.eq_ignore_ascii_case(TRAILER_SIGNATURE) {
            return self.trailer_signature(value);
        }
        let announced = self.announced.unwrap_or_default();
        let is_announced = names(announced).any(|other| other.eq_ignore_ascii_case(name));
        if !is_announced || self.trailer.headers.len() == MAX_TRAILER {
            return Err(MALFORMED);
        }
        self.trailer.headers.push((name.to_ascii_lowercase(), value.to_vec()));
        Ok(())
    }

    fn trailer_signature(&mut self, signature: &[u8]) -> Result<(), Error> {
        let all_came = names(self.announced.unwrap_or_default())
            .all(|name| self.trailer.get(&name.to_ascii_lowercase()).is_some());
        let digest = trailer_digest(&self.trailer.headers).ok().filter(|_| all_came);
        let digest = digest.ok_or(Error::Malformed(Part::Header))?;
        let signature = str::from_utf8(signature).map_err(|_| Error::Malformed(Part::Signature))?;
        self.follow(&self.chain.trailer(digest.as_str()), signature)?;
        self.state = State::TrailerEnd;
        Ok(())
    }

    /// Goes on in the chain, where the signature is the one expected.
    fn follow(&mut self, expected: &Tag, signature: &str) -> Result<(), Error> {
        expected.verify_text(Encoding::Hex, signature)?;
        self.chain.follow(expected);
        Ok(())
    }
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(|name| name.trim_matches(' '))
}

fn too_long(maximum: u64) -> Error {
    let maximum = usize::try_from(maximum).unwrap_or(usize::MAX);
    Error::TooLong { part: Part::Body, maximum }
}

impl fmt::Debug for ChunkDecoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkDecoder").field("left", &self.left).finish_non_exhaustive()
    }
}

/// The headers that came behind a body, under a signature of their own: mostly a checksum, which has
/// still to be compared.
#[derive(Clone, Debug)]
pub struct Trailer {
    headers: Vec<(String, Vec<u8>)>,
}

impl Trailer {
    /// The value of a header, whose name is given in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|header| header.0 == name);
        found.map(|header| header.1.as_slice())
    }

    /// All of them, names in lower case.
    #[must_use]
    pub fn headers(&self) -> &[(String, Vec<u8>)] {
        &self.headers
    }
}
