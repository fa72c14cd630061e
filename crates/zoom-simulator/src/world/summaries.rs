//! AI summaries: the text that names everybody and repeats what was said in confidence.

use super::World;
use super::instances::Instance;
use super::participants::Attendance;

/// A summary in both of its forms.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    pub(crate) title: String,
    pub(crate) overview: String,
    /// Heading and text.
    pub(crate) details: Vec<(String, String)>,
    pub(crate) next_steps: Vec<String>,
}

impl Summary {
    /// The newer form: everything in one Markdown text.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("## Quick recap\n{}\n\n## Next steps\n", self.overview);
        for step in &self.next_steps {
            text.push_str(&format!("- {step}\n"));
        }
        text.push_str("\n## Summary\n");
        for (label, detail) in &self.details {
            text.push_str(&format!("### {label}\n{detail}\n\n"));
        }
        text
    }
}

impl World {
    pub(crate) fn has_summary(&self, instance: Instance) -> bool {
        self.dice.roll("summarized", instance.index(), 0).per_mille(350)
    }

    /// The summary of an instance that has one.
    pub(crate) fn summary(&self, instance: Instance, attendance: &Attendance) -> Option<Summary> {
        if !self.has_summary(instance) {
            return None;
        }
        let mut names: Vec<&str> = attendance.rows.iter().map(|row| row.name.as_str()).take(6).collect();
        names.dedup();
        let host = self.user(instance.host);
        let other = names.iter().copied().find(|name| *name != host.display()).unwrap_or(names[0]);
        let roll = self.dice.roll("summary", instance.index(), 0);
        let (subject, remark) = *roll.pick(&SUBJECTS);
        let topic = self.topic(instance.room());
        let amount = 40 + roll.next().below(90);
        Some(Summary {
            title: format!("Meeting summary for {topic}"),
            overview: format!(
                "{} and {other} discussed {subject}. {other} said that {remark}. Present were {}.",
                host.display(),
                names.join(", ")
            ),
            details: vec![
                (
                    format!("{other} on {subject}"),
                    format!(
                        "{other} asked {} to keep the {amount},000 figure between them. {remark}.",
                        host.first
                    ),
                ),
                (
                    "Personal matters".into(),
                    format!(
                        "{other} will be on sick leave; {} can be reached at {}.",
                        host.first,
                        self.phone(host.index)
                    ),
                ),
            ],
            next_steps: names
                .iter()
                .enumerate()
                .map(|(n, name)| {
                    format!("{name} will write to {} about {subject} by day {}.", host.email, n + 3)
                })
                .collect(),
        })
    }
}

/// What people talk about, and what was said.
const SUBJECTS: [(&str, &str); 8] = [
    ("the salary bands of the next year", "the offer to the new lead is above the band"),
    ("the irrigation pilot", "the pump supplier is close to bankruptcy"),
    ("the reorganization", "two teams will be closed before summer"),
    ("the acquisition of a nursery", "the price must not be known before Friday"),
    ("a complaint about a colleague", "the complaint came from the night shift"),
    ("the security incident", "the stolen laptop held customer addresses"),
    ("the promotion round", "somebody threatens to leave without a promotion"),
    ("parental leave", "the due date is in early autumn"),
];
