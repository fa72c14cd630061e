//! Columns as they grow, record by record.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields};
use serde_json::{Map, Value};

use super::kind::{Kind, Members};
use crate::failure::Failure;

/// The columns of the members of objects.
pub(super) struct Builder {
    members: Vec<(String, Column)>,
}

enum Column {
    Truth(BooleanBuilder),
    Whole(Int64Builder),
    Real(Float64Builder),
    Text(StringBuilder),
    List { ends: Vec<i32>, there: BooleanBufferBuilder, element: Box<Column> },
    Object { there: BooleanBufferBuilder, members: Builder },
}

impl Builder {
    pub(super) fn new(members: &Members) -> Builder {
        Builder {
            members: members.all.iter().map(|(name, kind)| (name.clone(), Column::new(kind))).collect(),
        }
    }

    pub(super) fn fields(&self) -> Fields {
        self.members.iter().map(|(name, column)| column.field(name)).collect()
    }

    pub(super) fn push(&mut self, object: &Map<String, Value>) {
        for (name, column) in &mut self.members {
            column.push(object.get(name));
        }
    }

    fn push_nothing(&mut self) {
        self.members.iter_mut().for_each(|(_, column)| column.push(None));
    }

    /// What was gathered, and begins again.
    pub(super) fn finish(&mut self) -> Result<Vec<ArrayRef>, Failure> {
        self.members.iter_mut().map(|(_, column)| column.finish()).collect()
    }
}

impl Column {
    fn new(kind: &Kind) -> Column {
        match kind {
            Kind::Truth => Column::Truth(BooleanBuilder::new()),
            Kind::Whole { .. } => Column::Whole(Int64Builder::new()),
            Kind::Real => Column::Real(Float64Builder::new()),
            Kind::List(element) => Column::List {
                ends: vec![0],
                there: BooleanBufferBuilder::new(0),
                element: Box::new(Column::new(element)),
            },
            Kind::Object(members) if !members.all.is_empty() => {
                Column::Object { there: BooleanBufferBuilder::new(0), members: Builder::new(members) }
            }
            Kind::Nothing | Kind::Text | Kind::Mixed | Kind::Object(_) => Column::Text(StringBuilder::new()),
        }
    }

    fn field(&self, name: &str) -> FieldRef {
        let data_type = match self {
            Column::Truth(_) => DataType::Boolean,
            Column::Whole(_) => DataType::Int64,
            Column::Real(_) => DataType::Float64,
            Column::Text(_) => DataType::Utf8,
            Column::List { element, .. } => DataType::List(element.field("element")),
            Column::Object { members, .. } => DataType::Struct(members.fields()),
        };
        Arc::new(Field::new(name, data_type, true))
    }

    fn push(&mut self, value: Option<&Value>) {
        let value = value.filter(|it| !it.is_null());
        match self {
            Column::Truth(builder) => builder.append_option(value.and_then(Value::as_bool)),
            Column::Whole(builder) => builder.append_option(value.and_then(Value::as_i64)),
            Column::Real(builder) => builder.append_option(value.and_then(Value::as_f64)),
            Column::Text(builder) => match value {
                None => builder.append_null(),
                Some(Value::String(text)) => builder.append_value(text),
                Some(value) => builder.append_value(value.to_string()),
            },
            Column::List { ends, there, element } => {
                let elements = value.and_then(Value::as_array);
                there.append(elements.is_some());
                let elements = elements.map_or(&[][..], Vec::as_slice);
                elements.iter().for_each(|it| element.push(Some(it)));
                let last = ends.last().copied().unwrap_or_default();
                ends.push(last.saturating_add(i32::try_from(elements.len()).unwrap_or(i32::MAX)));
            }
            Column::Object { there, members } => {
                let object = value.and_then(Value::as_object);
                there.append(object.is_some());
                match object {
                    Some(object) => members.push(object),
                    None => members.push_nothing(),
                }
            }
        }
    }

    fn finish(&mut self) -> Result<ArrayRef, Failure> {
        let unfit = |_| Failure::new("internal", "a column does not fit together");
        Ok(match self {
            Column::Truth(builder) => Arc::new(builder.finish()),
            Column::Whole(builder) => Arc::new(builder.finish()),
            Column::Real(builder) => Arc::new(builder.finish()),
            Column::Text(builder) => Arc::new(builder.finish()),
            Column::List { ends, there, element } => {
                let ends = OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(ends, vec![0])));
                let field = element.field("element");
                let nulls = Some(NullBuffer::new(there.finish()));
                Arc::new(ListArray::try_new(field, ends, element.finish()?, nulls).map_err(unfit)?)
            }
            Column::Object { there, members } => {
                let nulls = Some(NullBuffer::new(there.finish()));
                Arc::new(StructArray::try_new(members.fields(), members.finish()?, nulls).map_err(unfit)?)
            }
        })
    }
}
