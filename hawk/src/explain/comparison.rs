use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The lines of a canonical message.
const FIELDS: [&str; 11] =
    ["type", "ts", "nonce", "method", "resource", "host", "port", "hash", "ext", "app", "dlg"];

/// Where the second column begins, for values that leave it room.
const MAX_WIDTH: usize = 48;

/// Compares two canonical messages line by line.
///
/// Ours comes from [`Diagnosis::canonical`](super::Diagnosis::canonical) at a server and from
/// [`SignedHeader::write_canonical`](crate::SignedHeader::write_canonical) at a client; theirs from
/// whatever the other side can print. Any text is taken.
///
/// ```
/// use creance_hawk::explain::compare;
///
/// let ours = "hawk.1.header\n1353832234\nj4h3g2\nGET\n/\nexample.com\n8000\n\n\n";
/// let theirs = "hawk.1.header\n1353832234\nj4h3g2\nGET\n/\nexample.com\n80\n\n\n";
/// let comparison = compare(ours, theirs);
/// let fields: Vec<_> = comparison.differences().map(|difference| difference.field()).collect();
/// assert_eq!(fields, ["port"]);
/// assert!(comparison.to_string().contains("* port      8000           80\n"));
/// ```
#[must_use]
pub fn compare<'a>(ours: &'a str, theirs: &'a str) -> Comparison<'a> {
    let (mut our_lines, mut their_lines) =
        (ours.split_terminator('\n'), theirs.split_terminator('\n'));
    let mut rows = Vec::new();
    for field in FIELDS.into_iter().chain(core::iter::repeat("more")) {
        let (ours, theirs) = (our_lines.next(), their_lines.next());
        if ours.is_none() && theirs.is_none() {
            break;
        }
        rows.push(Difference { field, ours, theirs });
    }
    rows.push(Difference { field: "end", ours: end(ours), theirs: end(theirs) });
    Comparison { rows }
}

/// The last line has a line break behind it, too.
fn end(text: &str) -> Option<&'static str> {
    text.ends_with('\n').then_some("line break")
}

/// Two canonical messages side by side. Its `Display` is a text in two columns, in which `*` marks
/// what differs.
#[derive(Clone)]
pub struct Comparison<'a> {
    rows: Vec<Difference<'a>>,
}

impl<'a> Comparison<'a> {
    /// The lines that differ, in order.
    pub fn differences(&self) -> impl Iterator<Item = &Difference<'a>> {
        self.rows.iter().filter(|row| row.differs())
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ours: Vec<_> = self.rows.iter().map(|row| shown(row.ours)).collect();
        let width = ours.iter().map(|value| value.chars().count()).max().unwrap_or(0);
        let width = width.clamp("ours".len(), MAX_WIDTH);
        writeln!(f, "  {:<8}  {:<width$}  theirs", "", "ours")?;
        for (row, ours) in self.rows.iter().zip(ours) {
            let mark = if row.differs() { '*' } else { ' ' };
            let field = row.field;
            writeln!(f, "{mark} {field:<8}  {ours:<width$}  {}", shown(row.theirs))?;
        }
        Ok(())
    }
}

/// Which fields differ, not what is in them: a nonce has no place in a log by accident.
impl fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.differences().map(Difference::field).collect();
        f.debug_struct("Comparison").field("differences", &fields).finish_non_exhaustive()
    }
}

/// One line of both sides.
#[derive(Clone, Copy)]
pub struct Difference<'a> {
    field: &'static str,
    ours: Option<&'a str>,
    theirs: Option<&'a str>,
}

impl<'a> Difference<'a> {
    /// Which line: `type`, `ts`, `nonce`, `method`, `resource`, `host`, `port`, `hash`, `ext`,
    /// `app` or `dlg`; `more` for one that no canonical message has, and `end` for the line break
    /// behind the last one.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// Our side's text, `None` where there is no such line.
    #[must_use]
    pub const fn ours(&self) -> Option<&'a str> {
        self.ours
    }

    /// The other side's.
    #[must_use]
    pub const fn theirs(&self) -> Option<&'a str> {
        self.theirs
    }

    fn differs(&self) -> bool {
        self.ours != self.theirs
    }
}

impl fmt::Debug for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Difference").field("field", &self.field).finish_non_exhaustive()
    }
}

/// Writes the fields of one canonical message, a line each.
pub(super) fn write_fields(canonical: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    FIELDS
        .into_iter()
        .zip(canonical.split_terminator('\n'))
        .try_for_each(|(field, line)| writeln!(f, "  {field:<8}  {}", shown(Some(line))))
}

/// A line that can be printed on any terminal, and in which nothing is invisible.
fn shown(line: Option<&str>) -> String {
    let Some(line) = line else { return "(none)".into() };
    if line.is_empty() {
        return "(empty)".into();
    }
    let text = line.trim_matches(' ');
    let start = line.len() - line.trim_start_matches(' ').len();
    let space = |count: usize| "\\u{20}".repeat(count);
    let inside = text.chars().fold(String::new(), |mut shown, character| {
        if character == ' ' || character.is_ascii_graphic() && character != '\\' {
            shown.push(character);
        } else {
            shown.extend(character.escape_default());
        }
        shown
    });
    space(start) + &inside + &space(line.len() - start - text.len())
}
