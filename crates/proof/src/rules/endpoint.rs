//! Endpoints: which calls they answer, and what they let out of the answer.

use crate::call::template::{self, Template};
use crate::pattern::Pattern;
use crate::problem::Problems;
use crate::rules::augment::Augment;
use crate::rules::fields::Fields;
use crate::rules::schema::Schema;
use crate::rules::transform::Transform;
use crate::yaml::Node;

/// An endpoint of a rule file.
#[derive(Debug)]
pub struct Endpoint {
    /// The line in the rule file.
    pub(crate) line: usize,
    /// The template or the regex as written.
    pub(crate) label: String,
    pub(crate) target: Target,
    /// In upper case; `None` is any but TRACE and CONNECT.
    pub(crate) methods: Option<Vec<String>>,
    /// In lower case; `None` is any.
    pub(crate) parameters: Option<Vec<String>>,
    /// Whether more is asked of a call than is judged here.
    pub(crate) asks_more: bool,
    pub(crate) schema: Option<Schema>,
    pub(crate) augments: Vec<Augment>,
    pub(crate) transforms: Vec<Transform>,
}

#[derive(Debug)]
pub(crate) enum Target {
    Template(Template),
    Regex(Box<Pattern>),
}

impl Endpoint {
    /// The template or the regex as the rule file writes it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its line in the rule file, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<Endpoint> {
        node.untagged(problems);
        let mut fields = Fields::of(node, "an endpoint", problems);
        let template = fields.take("pathTemplate", problems).and_then(|it| it.text("pathTemplate", problems));
        let regex = fields.take("pathRegex", problems).and_then(|it| it.text("pathRegex", problems));
        let (label, target) = match (regex, template) {
            (Some(text), _) => (text, Pattern::case_insensitive(text).map(|it| Target::Regex(Box::new(it)))),
            (None, Some(text)) => (text, template::read(text).map(Target::Template)),
            (None, None) => {
                problems.tell(node.line, "an endpoint without pathTemplate or pathRegex");
                return None;
            }
        };
        // Nothing of these changes an answer; they decide which calls are made at all.
        let asks_more = fields.has("pathParameterSchemas") || fields.has("queryParamSchemas");
        fields.skip(&["allowedRequestHeaders", "allowedRequestHeadersToForward", "requestBody"]);
        fields.skip(&["pathParameterSchemas", "queryParamSchemas"]);
        let methods = fields.take("allowedMethods", problems).map(|it| it.texts("allowedMethods", problems));
        let parameters =
            fields.take("allowedQueryParams", problems).map(|it| it.texts("allowedQueryParams", problems));
        let schema = fields.take("responseSchema", problems).map(|it| Schema::read(it, problems));
        let mut augments = Vec::new();
        if let Some(node) = fields.take("augments", problems) {
            let items = node.list("augments", problems);
            augments.extend(items.iter().filter_map(|it| Augment::read(it, problems)));
        }
        let mut transforms = Vec::new();
        if let Some(node) = fields.take("transforms", problems) {
            let items = node.list("transforms", problems);
            transforms.extend(items.iter().filter_map(|it| Transform::read(it, problems)));
        }
        fields.end(problems);
        let target = target.map_err(|why| problems.tell(node.line, why)).ok()?;
        Some(Endpoint {
            line: node.line,
            label: label.to_owned(),
            target,
            methods: methods.map(|all| all.iter().map(|it| it.to_ascii_uppercase()).collect()),
            parameters: parameters.map(|all| all.iter().map(|it| it.to_lowercase()).collect()),
            asks_more,
            schema,
            augments,
            transforms,
        })
    }
}
