mod class;

use crate::{Digits, Fault, RecoveryCode, Secret, UnixTime, limits};

/// Everything that this crate refuses, precisely: for the operator, never for the peer.
///
/// No variant holds a secret or a code; [`fault`](Self::fault) tells whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // What somebody typed or sent that cannot be read.
    /// Text is not a code.
    #[error("a code is 6 to 8 digits, with spaces and one dash at most between them")]
    Code,
    /// Text is not a code of Steam Guard.
    #[error(
        "a code of Steam Guard is 5 of 26 letters and digits, with spaces at most between them"
    )]
    SteamCode,
    /// Text is not a suite of RFC 6287, 6.
    #[error("the text is not a suite of OCRA")]
    OcraSuite,
    /// A challenge has other characters, or more, than the suite allows.
    #[error("the challenge does not have the format of the suite")]
    OcraChallenge,
    /// Text is not a response to a challenge.
    #[error("a response is 4 to 10 digits, or a MAC in hexadecimal")]
    OcraResponse,
    /// Text is not a secret in Base32.
    #[error("the secret is not Base32")]
    SecretText,
    /// Text is not a recovery code.
    #[error(
        "a recovery code is {} to {} letters and digits",
        RecoveryCode::MIN_CHARACTERS,
        RecoveryCode::MAX_CHARACTERS
    )]
    RecoveryCode,
    /// A secret is too short (RFC 4226, 4, R6 asks for 16 bytes).
    #[error("the secret has {bytes} bytes, at least {} are required", Secret::MIN_BYTES)]
    ShortSecret {
        /// Its length.
        bytes: usize,
    },
    /// A secret is too long.
    #[error("the secret has {bytes} bytes, at most {} are taken", Secret::MAX_BYTES)]
    LongSecret {
        /// Its length, as judged by its text's length where it is text.
        bytes: usize,
    },
    /// Text is not the token of a trusted device.
    #[error("a device's token is 43 characters of Base64url")]
    DeviceToken,
    /// Text does not label a device.
    #[error("a device's label is 100 bytes at most, without control and invisible characters")]
    DeviceLabel,
    /// The name of an account is not one.
    #[error(
        "an account is 1 to {} bytes, without colon, control and invisible characters",
        limits::MAX_ACCOUNT
    )]
    Account,
    /// The name of an issuer is not one.
    #[error(
        "an issuer is 1 to {} bytes, without colon, control and invisible characters",
        limits::MAX_ISSUER
    )]
    Issuer,
    /// A key URI is too long.
    #[error("the URI has {bytes} bytes, at most {} are read", limits::MAX_TEXT)]
    LongUri {
        /// Its length.
        bytes: usize,
    },
    /// Text is no `otpauth://` URI.
    #[error("the text does not begin with otpauth://")]
    UriScheme,
    /// A key URI is neither of codes by time nor of codes by counter.
    #[error("the type of the URI is neither totp nor hotp")]
    UriType,
    /// A character is in no URI, or ends it for some of its readers.
    #[error("the URI has a control character or a #")]
    UriCharacter,
    /// The percent-encoding of a URI is wrong, or what it says is not UTF-8.
    #[error("the percent-encoding of the URI is wrong or no UTF-8")]
    UriEncoding,
    /// A parameter of a URI is there twice: some apps take the first, others the last.
    #[error("a parameter of the URI is there twice")]
    UriDuplicate,
    /// A key URI has no secret.
    #[error("the URI has no secret")]
    UriSecret,
    /// A key URI's algorithm is not known. To take another one would make wrong codes.
    #[error("the algorithm of the URI is not SHA1, SHA256 or SHA512")]
    UriAlgorithm,
    /// A key URI's number of digits is not one that codes have.
    #[error("the digits of the URI are not {} to {}", Digits::MIN, Digits::MAX)]
    UriDigits,
    /// A key URI's period is none.
    #[error("the period of the URI is not 1 to {} s", limits::MAX_PERIOD)]
    UriPeriod,
    /// A key URI of codes by counter has no counter that could be read.
    #[error("the counter of the URI is missing or no number")]
    UriCounter,
    /// A key URI asks for codes that are not digits, as Steam's are.
    #[error("the URI asks for codes that are not digits")]
    UriEncoder,
    /// Text is not that of a code of an export.
    #[error("the text is not `otpauth-migration://offline` with its data")]
    MigrationUri,
    /// The data of a code of an export cannot be read.
    #[error("the data of the migration cannot be read")]
    MigrationData,
    /// A code of an export is longer, or has more accounts, than any that fits into a QR code.
    #[error("the migration is longer than a QR code")]
    MigrationTooLong,
    /// An exported account has codes by MD5 (4), or by what nobody has defined.
    #[error(
        "the account's codes are made by algorithm {value}, where 1 is SHA-1, 2 SHA-256, 3 SHA-512"
    )]
    MigrationAlgorithm {
        /// Its number in the export.
        value: i32,
    },
    /// An exported account has codes of a length that nobody has defined.
    #[error("the account's codes are of length {value}, where 1 is six digits and 2 is eight")]
    MigrationDigits {
        /// Its number in the export.
        value: i32,
    },
    /// An exported account has codes neither by counter nor by time.
    #[error("the account's codes are of type {value}, where 1 is by counter and 2 is by time")]
    MigrationKind {
        /// Its number in the export.
        value: i32,
    },
    /// The counter of an exported account is negative.
    #[error("the account's counter is negative")]
    MigrationCounter,
    /// An export says that it has more codes than anybody would scan.
    #[error("the export has {codes} codes, more than are read")]
    MigrationCodes {
        /// How many.
        codes: u32,
    },
    /// Two codes do not belong to one export.
    #[error("the code is of another export")]
    MigrationOther,
    /// Codes of an export were not scanned.
    #[error("code {} of the export is missing", u64::from(*.index) + 1)]
    MigrationIncomplete {
        /// The first of them, from 0 on.
        index: u32,
    },
    /// Text is not a telephone number as ITU-T E.164 writes it, or not the address of an app.
    #[error("a number is a plus and 7 to 15 digits; an app's address is printable ASCII")]
    Destination,

    // What lets nobody in.
    /// The code is not the one of any counter or time step that was looked at.
    #[error("the code does not match")]
    Mismatch,
    /// The code was used before, or is the same as one that was.
    #[error("the code was used before")]
    Replayed,
    /// The time of the code or token is over.
    #[error("the code or token has expired")]
    Expired,
    /// No code was sent for this request, or another one was sent after it.
    #[error("no code is waiting for this request")]
    NotRequested,
    /// The request has had all of its tries.
    #[error("the request has no tries left")]
    TriesSpent,
    /// The request has had all of its messages.
    #[error("the code of this request is not sent again")]
    SendsSpent,
    /// Messages were sent to the user, and time has to pass before the next one.
    #[error("the next message to this user may be sent at {until}")]
    SendThrottled {
        /// The first second of the next message.
        until: UnixTime,
    },
    /// No device of this user has this token or number.
    #[error("there is no such device")]
    UnknownDevice,
    /// There were failures, and time has to pass before the next attempt.
    #[error("after failures in a row, the next attempt is at {until}")]
    Throttled {
        /// The first second of the next attempt.
        until: UnixTime,
    },
    /// There were too many failures in a row: an operator or a recovery code has to reset them.
    #[error("after {failures} failures in a row, nothing is verified any more")]
    Locked {
        /// How many.
        failures: u32,
    },
    /// There is no such credential.
    #[error("there is no such credential")]
    NotEnrolled,
    /// The enrolment was not confirmed by a code.
    #[error("the enrolment is not confirmed yet")]
    NotConfirmed,
    /// The enrolment was confirmed before.
    #[error("the credential is active already")]
    AlreadyActive,
    /// A change takes a fresh proof that the second factor was shown, and this is none.
    #[error("a code has to be shown again before this is changed")]
    Reauthenticate,
    /// The credential was given up.
    #[error("the credential is revoked")]
    Revoked,

    // What the calling program got wrong.
    /// A number of digits that codes do not have (RFC 4226, 5.3 asks for 6 at least).
    #[error("codes of {digits} digits are not made, only of {} to {}", Digits::MIN, Digits::MAX)]
    Digits {
        /// The number asked for.
        digits: u8,
    },
    /// An algorithm that no authenticator knows.
    #[error("codes are made by SHA-1, SHA-256 and SHA-512 only")]
    Algorithm,
    /// A period of 0 seconds: no time step would ever begin.
    #[error("the period of a time step must be at least 1 s")]
    ZeroPeriod,
    /// A period that no app would take.
    #[error("the period of a time step is at most {} s, not {period} s", limits::MAX_PERIOD)]
    LongPeriod {
        /// The period asked for.
        period: u64,
    },
    /// Text that no QR code holds.
    #[error("a QR code holds 1 to about 2,300 characters of ASCII, without control characters")]
    QrText,
    /// The time lies before the first time step: the clock is wrong, or the start is.
    #[error("the time {time} is before {t0}, when the first time step begins")]
    BeforeStart {
        /// The time asked for.
        time: UnixTime,
        /// When the first step begins.
        t0: UnixTime,
    },
    /// An account that an export has no field or no room for.
    #[error(
        "a migration takes 6 or 8 digits, 30 s, counters up to 63 bits, and what a QR code holds"
    )]
    MigrationUnfit,
    /// A policy that guards nothing or lets nobody in.
    #[error("the policy is out of its range")]
    Policy,
    /// A stored state that no state can be.
    #[error("the stored state is out of its range")]
    State,
    /// A sealed secret is not one, was changed, or belongs to somebody else. Which of them cannot be
    /// told.
    #[error("the sealed secret does not open")]
    Sealed,
    /// A sealing key has a wrong length, or any key an id that another one has.
    #[error("a sealing key has 32 bytes, and every key an id of its own")]
    ServiceKey,
    /// Short recovery codes need a password hash: the one that they were made with.
    #[error("the password hash of these recovery codes is missing")]
    NoPasswordHasher,
    /// A key is one of another algorithm than the codes are made by, or a decoy.
    #[error("the key is of another algorithm than the codes, or a decoy")]
    WrongKey,
    /// An input of OCRA that the suite asks for is missing, is not the suite's, or does not fit.
    #[error("the suite asks for other inputs than there are")]
    OcraInput,
    /// A resynchronisation takes two or three codes, and a policy that allows it.
    #[error("a resynchronisation takes 2 or 3 codes, where it is allowed")]
    Resync,
    /// The id of a user or request that is empty or too long.
    #[error("ids of users and requests have 1 to 256 bytes")]
    RequestId,
    /// The purpose of a code that does not fit into a message.
    #[error("the purpose of a message is 1 to 200 bytes on one line, without invisible characters")]
    MessageText,
    /// The host of a message that is not a domain name.
    #[error("the host of a message is a domain name in lower case, without a port")]
    MessageHost,
    /// A key for stored hashes that is not one of HMAC-SHA-256, or is the decoy.
    #[error("hashes are stored under a key of HMAC-SHA-256 only")]
    HashKey,
    /// A `core::fmt::Write` failed.
    #[error("the output could not be written")]
    Write,

    // What is not available.
    /// The store cannot say or keep anything: nobody is let in.
    #[error("the store is unavailable")]
    StoreUnavailable,
    /// What is stored was made under a key that is not here: it was removed too early, or has not
    /// reached this process yet.
    #[error("the key {id} is not known")]
    UnknownKey {
        /// Its id.
        id: u32,
    },
    /// The sealer of secrets cannot be reached.
    #[error("the sealer of secrets is unavailable")]
    SealerUnavailable,
    /// The password hash cannot be computed.
    #[error("the password hash is unavailable")]
    HasherUnavailable,
    /// Recovery codes came out equal that no working generator makes so.
    #[error("the random generator repeats itself")]
    Random,
    /// The message with the code could not be sent.
    #[error("the message could not be sent")]
    Undelivered,
    /// Others changed the record again and again.
    #[error("too many others change the record at the same time")]
    Contended,
}

impl Error {
    /// Whose fault this is.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self.status() {
            500 => Fault::Caller,
            503 => Fault::Outage,
            _ => Fault::Peer,
        }
    }

    /// The HTTP status that a service answers with to what it received: 400, 401, 429, 500 or 503.
    ///
    /// 429 tells that the account exists, so where codes are asked for before the password, answer
    /// it like 401.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.class().1
    }

    /// A stable kebab-case name, for metrics and for other programs. It says more than the peer
    /// should be told.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.class().0
    }
}
