use zeroize::optimization_barrier;

use crate::Algorithm;
use crate::bytes::Aligned;

/// The chaining value of a running hash: what the compression function of FIPS 180-4 works on.
///
/// `Copy` for the sake of a plain copy at the beginning of each MAC; whoever holds one wipes it.
/// The variant is the algorithm. For HMAC the value after the padded key is itself a secret.
#[derive(Clone, Copy)]
pub(crate) enum State {
    Sha1(Aligned<[u32; 5]>),
    Sha256(Aligned<[u32; 8]>),
    Sha384(Aligned<[u64; 8]>),
    Sha512(Aligned<[u64; 8]>),
}

impl State {
    /// The algorithm's initial value (FIPS 180-4, 5.3).
    pub(crate) const fn initial(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::Sha1(Aligned(SHA1)),
            Algorithm::Sha256 => Self::Sha256(Aligned(SHA256)),
            Algorithm::Sha384 => Self::Sha384(Aligned(SHA384)),
            Algorithm::Sha512 => Self::Sha512(Aligned(SHA512)),
        }
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha1(_) => Algorithm::Sha1,
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Sha384(_) => Algorithm::Sha384,
            Self::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// Compresses whole blocks; what is left over of `bytes` is not read.
    #[inline]
    pub(crate) fn compress(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(Aligned(words)) => sha1::block_api::compress(words, bytes.as_chunks().0),
            Self::Sha256(Aligned(words)) => {
                sha2::block_api::compress256(words, bytes.as_chunks().0);
            }
            Self::Sha384(Aligned(words)) | Self::Sha512(Aligned(words)) => {
                sha2::block_api::compress512(words, bytes.as_chunks().0);
            }
        }
    }

    /// Writes the digest that the value stands for to the front of `out`: its words in big-endian
    /// order, for SHA-384 without the last two (FIPS 180-4, 6.5).
    #[inline]
    pub(crate) fn write_digest(&self, out: &mut [u8]) {
        match self {
            Self::Sha1(Aligned(words)) => write_words(words, u32::to_be_bytes, out),
            Self::Sha256(Aligned(words)) => write_words(words, u32::to_be_bytes, out),
            Self::Sha384(Aligned(words)) => write_words(&words[..6], u64::to_be_bytes, out),
            Self::Sha512(Aligned(words)) => write_words(words, u64::to_be_bytes, out),
        }
    }

    /// Overwrites the value, in vectors and in a way that the compiler keeps.
    pub(crate) fn wipe(&mut self) {
        match self {
            Self::Sha1(Aligned(words)) => words.fill(0),
            Self::Sha256(Aligned(words)) => words.fill(0),
            Self::Sha384(Aligned(words)) | Self::Sha512(Aligned(words)) => words.fill(0),
        }
        optimization_barrier(self);
    }
}

#[inline]
fn write_words<W: Copy, const LEN: usize>(
    words: &[W],
    to_bytes: impl Fn(W) -> [u8; LEN],
    out: &mut [u8],
) {
    for (word, place) in words.iter().zip(out.as_chunks_mut::<LEN>().0) {
        *place = to_bytes(*word);
    }
}

const SHA1: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

const SHA256: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

const SHA384: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];

const SHA512: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];
