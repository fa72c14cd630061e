//! The kinds of changes.

use std::fmt;

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// An endpoint is new.
    EndpointAdded,
    /// An endpoint is gone.
    EndpointRemoved,
    /// A path parameter has another name, or the path another spelling.
    EndpointRenamedParameter,
    /// The path is described in another way and may admit other calls.
    EndpointPathChanged,
    /// Endpoints stand in another order.
    OrderChanged,
    /// Calls that one endpoint no longer admits may reach a later one.
    AnsweredByAnother,
    /// A method passes that did not.
    MethodAdded,
    /// A method passes no more.
    MethodRemoved,
    /// Any method passes.
    MethodsOpen,
    /// Only listed methods pass.
    MethodsListed,
    /// A query parameter passes that did not.
    QueryParameterAdded,
    /// A query parameter passes no more.
    QueryParameterRemoved,
    /// Any query parameter passes.
    QueryOpen,
    /// Only listed query parameters pass.
    QueryListed,
    /// A parameter may hold more, or may be absent.
    ParameterLoosened,
    /// A parameter may hold less, or must be there.
    ParameterTightened,
    /// A request header is sent on that was not.
    HeaderAdded,
    /// A request header is sent on no more.
    HeaderRemoved,
    /// A request body may hold more.
    BodyLoosened,
    /// A request body may hold less.
    BodyTightened,
    /// There is no response schema any more: every field leaves.
    SchemaRemoved,
    /// Only listed fields leave.
    SchemaAdded,
    /// A field is listed that was not.
    FieldAdded,
    /// A field is listed no more.
    FieldRemoved,
    /// More of a field leaves.
    FateWeakened,
    /// Less of a field leaves.
    FateStrengthened,
    /// A field becomes a pseudonym that can be turned back.
    NewlyReversible,
    /// More kinds of values leave from a field.
    KindWidened,
    /// Fewer kinds of values leave from a field.
    KindNarrowed,
    /// A transform that applied more often, or always, applies less often.
    ConditionAdded,
    /// A transform applies more often, or always.
    ConditionRemoved,
    /// A condition or filter asks a value that has changed.
    ConditionInputChanged,
    /// Constants in a response schema decide otherwise.
    SchemaConditionChanged,
    /// Regexes or phrases that limit what stays of a text are others.
    LimitedRegexChanged,
    /// Other keywords are counted in digests.
    KeywordsChanged,
    /// A field is treated by other means.
    TreatmentChanged,
    /// Digests are added that were not.
    AugmentAdded,
    /// Digests are added no more.
    AugmentRemoved,
}

impl What {
    /// All kinds, in the order of the documentation.
    pub const ALL: [What; 38] = [
        What::EndpointAdded,
        What::EndpointRemoved,
        What::EndpointRenamedParameter,
        What::EndpointPathChanged,
        What::OrderChanged,
        What::AnsweredByAnother,
        What::MethodAdded,
        What::MethodRemoved,
        What::MethodsOpen,
        What::MethodsListed,
        What::QueryParameterAdded,
        What::QueryParameterRemoved,
        What::QueryOpen,
        What::QueryListed,
        What::ParameterLoosened,
        What::ParameterTightened,
        What::HeaderAdded,
        What::HeaderRemoved,
        What::BodyLoosened,
        What::BodyTightened,
        What::SchemaRemoved,
        What::SchemaAdded,
        What::FieldAdded,
        What::FieldRemoved,
        What::FateWeakened,
        What::FateStrengthened,
        What::NewlyReversible,
        What::KindWidened,
        What::KindNarrowed,
        What::ConditionAdded,
        What::ConditionRemoved,
        What::ConditionInputChanged,
        What::SchemaConditionChanged,
        What::LimitedRegexChanged,
        What::KeywordsChanged,
        What::TreatmentChanged,
        What::AugmentAdded,
        What::AugmentRemoved,
    ];

    /// Stable, kebab-case.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// What it means, as a sentence fragment.
    pub fn meaning(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            What::EndpointAdded => ("endpoint-added", "an endpoint is new"),
            What::EndpointRemoved => ("endpoint-removed", "an endpoint is gone"),
            What::EndpointRenamedParameter => (
                "endpoint-renamed-parameter",
                "a path parameter has another name, or the path another spelling",
            ),
            What::EndpointPathChanged => {
                ("endpoint-path-changed", "the path is described in another way and may admit other calls")
            }
            What::OrderChanged => ("order-changed", "endpoints stand in another order"),
            What::AnsweredByAnother => {
                ("answered-by-another", "calls that one endpoint no longer admits may reach a later one")
            }
            What::MethodAdded => ("method-added", "a method passes that did not"),
            What::MethodRemoved => ("method-removed", "a method passes no more"),
            What::MethodsOpen => ("methods-open", "any method passes"),
            What::MethodsListed => ("methods-listed", "only listed methods pass"),
            What::QueryParameterAdded => ("query-parameter-added", "a query parameter passes that did not"),
            What::QueryParameterRemoved => ("query-parameter-removed", "a query parameter passes no more"),
            What::QueryOpen => ("query-open", "any query parameter passes"),
            What::QueryListed => ("query-listed", "only listed query parameters pass"),
            What::ParameterLoosened => ("parameter-loosened", "a parameter may hold more, or may be absent"),
            What::ParameterTightened => {
                ("parameter-tightened", "a parameter may hold less, or must be there")
            }
            What::HeaderAdded => ("header-added", "a request header is sent on that was not"),
            What::HeaderRemoved => ("header-removed", "a request header is sent on no more"),
            What::BodyLoosened => ("body-loosened", "a request body may hold more"),
            What::BodyTightened => ("body-tightened", "a request body may hold less"),
            What::SchemaRemoved => {
                ("schema-removed", "there is no response schema any more: every field leaves")
            }
            What::SchemaAdded => ("schema-added", "only listed fields leave"),
            What::FieldAdded => ("field-added", "a field is listed that was not"),
            What::FieldRemoved => ("field-removed", "a field is listed no more"),
            What::FateWeakened => ("fate-weakened", "more of a field leaves"),
            What::FateStrengthened => ("fate-strengthened", "less of a field leaves"),
            What::NewlyReversible => {
                ("newly-reversible", "a field becomes a pseudonym that can be turned back")
            }
            What::KindWidened => ("kind-widened", "more kinds of values leave from a field"),
            What::KindNarrowed => ("kind-narrowed", "fewer kinds of values leave from a field"),
            What::ConditionAdded => {
                ("condition-added", "a transform that applied more often, or always, applies less often")
            }
            What::ConditionRemoved => ("condition-removed", "a transform applies more often, or always"),
            What::ConditionInputChanged => {
                ("condition-input-changed", "a condition or filter asks a value that has changed")
            }
            What::SchemaConditionChanged => {
                ("schema-condition-changed", "constants in a response schema decide otherwise")
            }
            What::LimitedRegexChanged => {
                ("limited-regex-changed", "regexes or phrases that limit what stays of a text are others")
            }
            What::KeywordsChanged => ("keywords-changed", "other keywords are counted in digests"),
            What::TreatmentChanged => ("treatment-changed", "a field is treated by other means"),
            What::AugmentAdded => ("augment-added", "digests are added that were not"),
            What::AugmentRemoved => ("augment-removed", "digests are added no more"),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}
