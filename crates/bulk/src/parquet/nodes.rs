//! The columns of a file as a tree: what each is in Parquet, in memory, and in JSON.
//!
//! Only Parquet's own schema counts. What else a file may say of its types (an Arrow schema, pandas metadata) is never
//! read: it may hold values. Byte arrays are read as views of their pages whatever they are declared to hold, so text
//! is checked here and a value that stands a million times takes its room once.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use vizard_sanitizer::bulk::ValueKind;

use super::unreadable::Unreadable;
use crate::failure::Failure;

/// A column, or what is in one.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// As the file has it.
    pub(super) parquet: TypePtr,
    /// As it is read.
    pub(super) field: FieldRef,
    pub(super) shape: Shape,
    /// `parquet` is repeated, and this is one of its elements.
    pub(super) bare: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Leaf {
        /// Which of the columns with values, from 0.
        index: usize,
        form: Form,
    },
    Struct(Vec<Node>),
    List(Box<Node>),
    /// Keys and values.
    Map(Box<Node>, Box<Node>),
}

/// What a value is outside of Parquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Truth,
    /// A whole number, decimals without a fraction included.
    Integer,
    /// A number that may have a fraction.
    Number,
    /// Bytes that are a number, the highest first, of which so many digits are behind the point.
    Digits {
        scale: i8,
    },
    /// A date, a time, or both: text in ISO 8601.
    Time,
    /// Bytes that are text if they are UTF-8.
    Text,
    /// Text of 32 digits in five groups.
    Uuid,
    /// Always null.
    Nothing,
    /// Bytes that are no text: geometries, BSON, intervals.
    Opaque,
}

impl Form {
    /// What rules are asked for.
    pub(super) fn kind(self) -> ValueKind {
        match self {
            Form::Truth => ValueKind::Bool,
            Form::Integer => ValueKind::Integer,
            Form::Digits { scale } if scale <= 0 => ValueKind::Integer,
            Form::Number | Form::Digits { .. } => ValueKind::Number,
            Form::Time | Form::Text | Form::Uuid | Form::Nothing | Form::Opaque => ValueKind::String,
        }
    }
}

impl Node {
    pub(super) fn name(&self) -> &str {
        self.field.name()
    }

    /// Whether it stands as often as it likes, which only old writers have outside of lists.
    pub(super) fn is_repeated(&self) -> bool {
        is_repeated(&self.parquet)
    }

    /// The columns with values that are in it.
    pub(super) fn leaves(&self, into: &mut Vec<usize>) {
        match &self.shape {
            Shape::Leaf { index, .. } => into.push(*index),
            Shape::Struct(children) => children.iter().for_each(|it| it.leaves(into)),
            Shape::List(element) => element.leaves(into),
            Shape::Map(key, value) => [key, value].into_iter().for_each(|it| it.leaves(into)),
        }
    }

    /// The same with another shape of the same kind, of which some parts may be gone.
    pub(super) fn with_shape(&self, shape: Shape) -> Node {
        let data_type = match &shape {
            Shape::Leaf { .. } | Shape::Map(..) => self.field.data_type().clone(),
            Shape::Struct(children) => {
                DataType::Struct(children.iter().map(|it| Arc::clone(&it.field)).collect())
            }
            Shape::List(element) => DataType::List(Arc::clone(&element.field)),
        };
        let field = Arc::new(Field::clone(&self.field).with_data_type(data_type));
        Node { parquet: Arc::clone(&self.parquet), field, shape, bare: self.bare }
    }
}

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Nodes {
    pub(super) roots: Vec<Node>,
    /// How the file is read: what its schema says of byte arrays is left out.
    pub(super) schema: SchemaDescriptor,
    /// The types to read it as.
    pub(super) hint: Fields,
}

/// The columns of a schema.
pub(super) fn nodes(schema: &SchemaDescriptor) -> Result<Nodes, Failure> {
    let damaged = |error| Failure::from(Unreadable::from_parquet(&error));
    let root = group(schema.root_schema(), plain_all(schema.root_schema())?, None)?;
    let plain = SchemaDescriptor::new(Arc::new(root));
    let arrow = parquet_to_arrow_schema(&plain, None).map_err(|error| match error {
        parquet::errors::ParquetError::ArrowError(_) => unknown(),
        error => damaged(error),
    })?;
    let types = schema.root_schema().get_fields();
    if types.len() != arrow.fields().len() {
        return Err(unknown());
    }
    let mut next = 0;
    let roots: Result<Vec<Node>, Failure> = types
        .iter()
        .zip(arrow.fields())
        .enumerate()
        .map(|(place, (parquet, field))| {
            node(parquet, field, &mut next, false).map_err(|failure| super::at_column(failure, place))
        })
        .collect();
    let roots = roots?;
    let hint = roots.iter().map(|it| Arc::clone(&it.field)).collect();
    Ok(Nodes { roots, schema: plain, hint })
}

fn is_repeated(parquet: &Type) -> bool {
    let info = parquet.get_basic_info();
    info.has_repetition() && info.repetition() == Repetition::REPEATED
}

fn unknown() -> Failure {
    Failure::new("parquet-type", "the file has a column of a type that is not read")
}

fn node(parquet: &TypePtr, field: &FieldRef, next: &mut usize, bare: bool) -> Result<Node, Failure> {
    let (data_type, shape) = match field.data_type() {
        DataType::List(item) if is_repeated(parquet) && !bare => list(parquet, item, next, true)?,
        DataType::List(item) if !parquet.is_primitive() => {
            let [inner] = parquet.get_fields() else { return Err(unknown()) };
            match is_element(parquet, inner) {
                true => list(inner, item, next, true)?,
                false => list(&inner.get_fields()[0], item, next, false)?,
            }
        }
        DataType::Map(entries, sorted) if !parquet.is_primitive() => {
            let [inner] = parquet.get_fields() else { return Err(unknown()) };
            let (DataType::Struct(fields), false) = (entries.data_type(), inner.is_primitive()) else {
                return Err(unknown());
            };
            let ([key, value], [key_field, value_field]) = (inner.get_fields(), &fields[..]) else {
                return Err(unknown());
            };
            let key = node(key, key_field, next, false)?;
            let value = node(value, value_field, next, false)?;
            let fields = Fields::from(vec![Arc::clone(&key.field), Arc::clone(&value.field)]);
            let entries = Field::new(entries.name(), DataType::Struct(fields), false);
            (DataType::Map(Arc::new(entries), *sorted), Shape::Map(Box::new(key), Box::new(value)))
        }
        DataType::Struct(fields) if !parquet.is_primitive() && parquet.get_fields().len() == fields.len() => {
            let children: Result<Vec<Node>, Failure> = parquet
                .get_fields()
                .iter()
                .zip(fields)
                .map(|(parquet, field)| node(parquet, field, next, false))
                .collect();
            let children = children?;
            let fields = children.iter().map(|it| Arc::clone(&it.field)).collect();
            (DataType::Struct(fields), Shape::Struct(children))
        }
        data_type if parquet.is_primitive() => {
            let (data_type, form) = leaf(parquet, data_type)?;
            let index = *next;
            *next += 1;
            (data_type, Shape::Leaf { index, form })
        }
        _ => return Err(unknown()),
    };
    let field = Arc::new(Field::new(field.name(), data_type, field.is_nullable()));
    Ok(Node { parquet: Arc::clone(parquet), field, shape, bare })
}

fn list(
    element: &TypePtr,
    item: &FieldRef,
    next: &mut usize,
    bare: bool,
) -> Result<(DataType, Shape), Failure> {
    let element = node(element, item, next, bare)?;
    Ok((DataType::List(Arc::clone(&element.field)), Shape::List(Box::new(element))))
}

/// Whether what is repeated in a list is the element itself, as old writers have it, and not a group around it.
fn is_element(list: &Type, repeated: &Type) -> bool {
    if repeated.is_primitive() || repeated.get_fields().len() != 1 {
        return true;
    }
    let only = &repeated.get_fields()[0];
    let annotated = repeated.get_basic_info().converted_type() == ConvertedType::LIST;
    let named = repeated.name() == "array" || repeated.name() == format!("{}_tuple", list.name());
    !annotated && !is_repeated(only) && named
}

/// How the values of a column are read, and what they are.
fn leaf(parquet: &Type, data_type: &DataType) -> Result<(DataType, Form), Failure> {
    let info = parquet.get_basic_info();
    // Their bytes leave as they are: others would cut them to the width that the precision asks for.
    let scale = match info.logical_type_ref() {
        Some(LogicalType::Decimal(decimal)) => Some(decimal.scale),
        _ if info.converted_type() == ConvertedType::DECIMAL => Some(parquet.get_scale()),
        _ => None,
    };
    if let (Some(scale), DataType::Binary | DataType::FixedSizeBinary(_)) = (scale, data_type) {
        let scale = i8::try_from(scale).map_err(|_| unknown())?;
        let data_type = if *data_type == DataType::Binary { DataType::BinaryView } else { data_type.clone() };
        return Ok((data_type, Form::Digits { scale }));
    }
    let opaque = info.converted_type() == ConvertedType::INTERVAL
        || info.converted_type() == ConvertedType::BSON
        || !matches!(
            info.logical_type_ref(),
            None | Some(LogicalType::String | LogicalType::Json | LogicalType::Enum | LogicalType::Uuid)
        );
    let form = match data_type {
        DataType::Boolean => Form::Truth,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Form::Integer,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Form::Integer,
        DataType::Decimal128(_, scale) if *scale <= 0 => Form::Integer,
        DataType::Decimal128(..) => Form::Number,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Form::Number,
        // The format knows such times only as old, undeclared nanoseconds. As microseconds none is out of range.
        DataType::Timestamp(..) if parquet.get_physical_type() == Physical::INT96 => {
            return Ok((DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), Form::Time));
        }
        DataType::Date32 | DataType::Time32(_) | DataType::Time64(_) | DataType::Timestamp(..) => Form::Time,
        DataType::Binary if opaque => return Ok((DataType::BinaryView, Form::Opaque)),
        DataType::Binary => return Ok((DataType::BinaryView, Form::Text)),
        DataType::FixedSizeBinary(16) if info.logical_type_ref() == Some(&LogicalType::Uuid) => Form::Uuid,
        DataType::FixedSizeBinary(_) if opaque => Form::Opaque,
        DataType::FixedSizeBinary(_) => Form::Text,
        DataType::Null => Form::Nothing,
        _ => return Err(unknown()),
    };
    Ok((data_type.clone(), form))
}

/// The types of a group without what they say of byte arrays.
fn plain_all(group: &Type) -> Result<Vec<TypePtr>, Failure> {
    group.get_fields().iter().map(plain).collect()
}

fn plain(parquet: &TypePtr) -> Result<TypePtr, Failure> {
    let info = parquet.get_basic_info();
    if !info.has_repetition() {
        return Err(unknown());
    }
    if parquet.is_group() {
        return group(parquet, plain_all(parquet)?, Some(info.repetition())).map(Arc::new);
    }
    let bytes = matches!(parquet.get_physical_type(), Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY);
    let kept = matches!(info.logical_type_ref(), Some(LogicalType::Float16 | LogicalType::Unknown));
    if !bytes || kept {
        return Ok(Arc::clone(parquet));
    }
    leaf_type(parquet, info.repetition(), false).map(Arc::new)
}

/// A group with other children.
pub(super) fn group(
    parquet: &Type,
    fields: Vec<TypePtr>,
    repetition: Option<Repetition>,
) -> Result<Type, Failure> {
    let info = parquet.get_basic_info();
    let builder = Type::group_type_builder(info.name())
        .with_converted_type(info.converted_type())
        .with_logical_type(info.logical_type_ref().cloned())
        .with_id(info.has_id().then(|| info.id()))
        .with_fields(fields);
    let builder = match repetition {
        Some(repetition) => builder.with_repetition(repetition),
        None => builder,
    };
    builder.build().map_err(|error| Unreadable::from_parquet(&error).into())
}

/// A column of values with another repetition, with or without what is said of its values.
pub(super) fn leaf_type(parquet: &Type, repetition: Repetition, annotated: bool) -> Result<Type, Failure> {
    let Type::PrimitiveType { basic_info: info, physical_type, type_length, scale, precision } = parquet
    else {
        return Err(unknown());
    };
    let builder = Type::primitive_type_builder(info.name(), *physical_type)
        .with_repetition(repetition)
        .with_length(*type_length)
        .with_id(info.has_id().then(|| info.id()));
    let builder = match annotated {
        true => builder
            .with_converted_type(info.converted_type())
            .with_logical_type(info.logical_type_ref().cloned())
            .with_precision(*precision)
            .with_scale(*scale),
        false => builder,
    };
    builder.build().map_err(|error| Unreadable::from_parquet(&error).into())
}
