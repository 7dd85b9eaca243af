use std::fmt;

use super::race::Ratio;

/// A measure beside its target. Reached is what is no greater.
pub struct Row {
    pub measure: &'static str,
    pub reached: Ratio,
    pub target: f64,
    /// Whether the measure is reached so safely that missing it on a busy machine means a defect.
    pub is_gated: bool,
}

impl Row {
    /// A figure that does not depend on what else the machine does.
    pub fn figure(measure: &'static str, figure: f64, target: f64) -> Self {
        let reached = Ratio { typical: figure, undisturbed: figure };
        Self { measure, reached, target, is_gated: false }
    }

    pub fn ratio(measure: &'static str, reached: Ratio, target: f64) -> Self {
        Self { measure, reached, target, is_gated: false }
    }

    pub fn gated(self) -> Self {
        Self { is_gated: true, ..self }
    }

    fn is_reached(&self) -> bool {
        self.reached.typical <= self.target
    }
}

/// Rows as Markdown.
pub struct Table(pub Vec<Row>);

impl Table {
    /// Whether every gated row is reached.
    pub fn passes(&self) -> bool {
        self.0.iter().all(|row| row.is_reached() || !row.is_gated)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| measure | reached | undisturbed | target | met | gated |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        let yes_or_no = |yes| if yes { "yes" } else { "no" };
        for row in &self.0 {
            let Row { measure, reached: Ratio { typical, undisturbed }, target, is_gated } = row;
            let (is_met, is_gated) = (yes_or_no(row.is_reached()), yes_or_no(*is_gated));
            writeln!(
                f,
                "| {measure} | {typical:.3} | {undisturbed:.3} | {target} | {is_met} | {is_gated} |",
            )?;
        }
        Ok(())
    }
}
