//! Request bodies: JSON or a form, read once, judged, and written again from what was read.

use super::body_schema::Shape;
use super::query::Query;
use super::refusal::{Check, Refusal};
use crate::diagnostic::Report;
use crate::doc;
use crate::json;

/// A body that was read.
#[derive(Clone)]
pub(super) enum Body {
    /// Compact JSON text.
    Json(Vec<u8>),
    Form(Query),
}

/// A body with the content type it goes out under.
#[derive(Clone)]
pub(super) struct TypedBody {
    pub(super) body: Body,
    pub(super) content_type: String,
}

/// The two kinds of body that can be read here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Media {
    Json,
    Form,
}

impl Media {
    /// The kind of a media type in lower case without parameters.
    fn of(essence: &str) -> Option<Media> {
        match essence {
            "application/json" => Some(Media::Json),
            "application/x-www-form-urlencoded" => Some(Media::Form),
            other => {
                other.strip_prefix("application/").filter(|it| it.ends_with("+json")).map(|_| Media::Json)
            }
        }
    }
}

/// What one endpoint accepts; without a rule any JSON or form passes.
pub(super) struct BodyRule {
    required: bool,
    /// Media type in lower case to schema; `None` leaves the body unvalidated.
    content: Option<Vec<(String, Shape)>>,
}

impl BodyRule {
    pub(super) fn compile(written: &doc::RequestBody, report: &mut Report) -> BodyRule {
        let content = written.content.as_ref().map(|content| {
            let mut shapes = Vec::new();
            for (name, schema) in content {
                let lower = name.value.trim().to_ascii_lowercase();
                match Media::of(essence(&lower)) {
                    None => {
                        report
                            .warning(
                                "content-type-not-supported",
                                name.place,
                                format!("bodies of the type `{}` are refused", name.value),
                            )
                            .suggest("JSON and application/x-www-form-urlencoded can be judged");
                    }
                    Some(Media::Form) if schema.kind.as_ref().is_some_and(|kind| kind.value != "object") => {
                        report
                            .error("form-schema-not-object", schema.place, "a form is an object of strings")
                            .suggest("write `type: object`");
                    }
                    Some(_) => {}
                }
                shapes.push((lower, Shape::compile(schema, report)));
            }
            shapes
        });
        if content.as_ref().is_some_and(Vec::is_empty) {
            report.warning("body-never-valid", written.place, "an empty `content` accepts no body");
        }
        BodyRule { required: written.required, content }
    }

    /// The schema for a content type: its text as sent, else without parameters.
    fn shape(content: &[(String, Shape)], sent: &str) -> Option<usize> {
        let find = |wanted: &str| content.iter().position(|(name, _)| name == wanted);
        find(sent).or_else(|| find(essence(sent)))
    }
}

fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// Whether nothing but white space was sent.
pub(super) fn is_blank(body: &[u8]) -> bool {
    body.is_empty() || str::from_utf8(body).is_ok_and(vizard_pseudonym::is_blank)
}

/// Judges the body of a call that matched an endpoint.
pub(super) fn admit(
    rule: Option<&BodyRule>,
    body: &[u8],
    content_type: Option<&str>,
) -> Result<Option<TypedBody>, Refusal> {
    if is_blank(body) {
        return match rule {
            Some(rule) if rule.required => Err(Refusal::of(Check::BodyRequired)),
            _ => Ok(None),
        };
    }
    let sent = content_type.map(str::trim).filter(|it| !it.is_empty()).unwrap_or("application/json");
    let lower = sent.to_ascii_lowercase();
    let media = Media::of(essence(&lower)).ok_or(Refusal::of(Check::BodyTypeNotListed))?;
    if !is_utf8(&lower) {
        return Err(Refusal::of(Check::BodyCharset));
    }
    let shape = match rule.and_then(|rule| rule.content.as_deref()) {
        None => None,
        Some(content) => {
            let found = BodyRule::shape(content, &lower).ok_or(Refusal::of(Check::BodyTypeNotListed))?;
            Some(&content[found].1)
        }
    };
    let body = match media {
        Media::Json => read_json(body, shape)?,
        Media::Form => read_form(body, shape)?,
    };
    Ok(Some(TypedBody { body, content_type: sent.to_owned() }))
}

/// A body is read as UTF-8, so it must not say that it is anything else.
fn is_utf8(content_type: &str) -> bool {
    content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        let value = value.trim().trim_matches('"');
        name.trim() != "charset" || ["utf-8", "utf8", "us-ascii", "ascii"].contains(&value)
    })
}

fn read_json(body: &[u8], shape: Option<&Shape>) -> Result<Body, Refusal> {
    let value = json::parse(body)
        .map_err(|why| Refusal::of(Check::BodyNotJson).hint(Some(format!("see byte {}", why.offset()))))?;
    if let Some(shape) = shape {
        shape.judge(&value).map_err(|why| Refusal::of(Check::BodyInvalid).hint(Some(why)))?;
    }
    let mut text = String::with_capacity(body.len());
    json::write_anew(&value, &mut text);
    Ok(Body::Json(text.into_bytes()))
}

fn read_form(body: &[u8], shape: Option<&Shape>) -> Result<Body, Refusal> {
    let form = str::from_utf8(body).ok().and_then(|text| Query::split(text.trim(), &['&']));
    let form = form.ok_or(Refusal::of(Check::BodyNotForm))?;
    if let Some(shape) = shape {
        // Every one of repeated pairs is judged, because every one is sent.
        let member = |pair: &super::query::Pair| json::Member {
            name: pair.name.clone().into(),
            value: json::Value::String(pair.value.clone().unwrap_or_default().into()),
            added: false,
        };
        let object = json::Value::Object(form.pairs.iter().map(member).collect());
        shape.judge(&object).map_err(|why| Refusal::of(Check::BodyInvalid).hint(Some(why)))?;
    }
    Ok(Body::Form(form))
}
