//! The columns that are written: types of untouched ones stay as they are in Parquet itself.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, Schema};
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, TimestampType, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use super::nodes::{Node, Shape, group, leaf_type};
use super::places::{Act, Place};
use super::unreadable::Unreadable;
use crate::failure::Failure;

/// What is written, in Parquet and in memory.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) parquet: Arc<SchemaDescriptor>,
    pub(super) arrow: Arc<Schema>,
}

/// What is written of some columns.
pub(super) fn output(places: &[Place<'_>]) -> Result<Output, Failure> {
    let (mut types, mut fields) = (Vec::new(), Vec::new());
    for place in places {
        let (parquet, field) = written(&place.node, &place.act)?;
        types.push(parquet);
        fields.push(field);
    }
    let root = built(Type::group_type_builder("schema").with_fields(types).build())?;
    Ok(Output {
        parquet: Arc::new(SchemaDescriptor::new(Arc::new(root))),
        arrow: Arc::new(Schema::new(fields)),
    })
}

fn built(parquet: Result<Type, parquet::errors::ParquetError>) -> Result<Type, Failure> {
    parquet.map_err(|error| Unreadable::from_parquet(&error).into())
}

fn written(node: &Node, act: &Act<'_>) -> Result<(TypePtr, FieldRef), Failure> {
    if matches!(act, Act::Keep | Act::Entries(_)) && is_writable(node) && !node.bare {
        return Ok((Arc::clone(&node.parquet), Arc::clone(&node.field)));
    }
    let nullable = node.field.is_nullable() || matches!(act, Act::Null | Act::Rewrite(_));
    let repetition = if nullable { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let (parquet, data_type) = match (&node.shape, act) {
        (Shape::Struct(_) | Shape::List(_) | Shape::Map(..), Act::Null)
            if is_writable(node) && !node.is_repeated() =>
        {
            let fields = node.parquet.get_fields().to_vec();
            (group(&node.parquet, fields, Some(repetition))?, node.field.data_type().clone())
        }
        (Shape::Leaf { .. }, Act::Rewrite(_)) => (text(node, repetition)?, DataType::BinaryView),
        (Shape::Leaf { .. }, _) => (leaf(node, repetition)?, node.field.data_type().clone()),
        (Shape::Struct(children), act) => {
            let (mut types, mut fields) = (Vec::new(), Vec::new());
            for (place, child) in children.iter().enumerate() {
                let act = if let Act::Inside(acts) = act { &acts[place] } else { &Act::Keep };
                let (parquet, field) = written(child, act)?;
                types.push(parquet);
                fields.push(field);
            }
            (group(&node.parquet, types, Some(repetition))?, DataType::Struct(Fields::from(fields)))
        }
        (Shape::List(element), act) => {
            let act = if let Act::Elements(act) = act { act } else { &Act::Keep };
            let (element, field) = written(element, act)?;
            let repeated = Type::group_type_builder("list").with_repetition(Repetition::REPEATED);
            let repeated = built(repeated.with_fields(vec![element]).build())?;
            let list = annotated(node, repetition, ConvertedType::LIST, LogicalType::List, repeated)?;
            (list, DataType::List(field))
        }
        (Shape::Map(key, value), _) => {
            let (_, key_field) = written(key, &Act::Keep)?;
            // Files exist whose keys may be null; they are read as if they could not.
            let key_type = match &key.shape {
                Shape::Leaf { .. } => leaf(key, Repetition::REQUIRED)?,
                Shape::Struct(_) | Shape::List(_) | Shape::Map(..) => {
                    return Err(Failure::new("parquet-type", "the keys of a map are no plain values"));
                }
            };
            let (value, value_field) = written(value, &Act::Keep)?;
            let repeated = Type::group_type_builder("key_value").with_repetition(Repetition::REPEATED);
            let repeated = built(repeated.with_fields(vec![Arc::new(key_type), value]).build())?;
            let map = annotated(node, repetition, ConvertedType::MAP, LogicalType::Map, repeated)?;
            let DataType::Map(entries, sorted) = node.field.data_type() else {
                unreachable!("maps are read as such")
            };
            let fields = Fields::from(vec![key_field, value_field]);
            let entries = Field::new(entries.name(), DataType::Struct(fields), false);
            (map, DataType::Map(Arc::new(entries), *sorted))
        }
    };
    Ok((Arc::new(parquet), Arc::new(Field::new(node.name(), data_type, nullable))))
}

/// Whether values can be written with the very type that they were read with.
fn is_writable(node: &Node) -> bool {
    match &node.shape {
        Shape::Leaf { .. } => node.parquet.get_physical_type() != Physical::INT96,
        Shape::Struct(children) => {
            children.iter().all(is_writable) && children.len() == node.parquet.get_fields().len()
        }
        // An element of which parts are gone is not the element that the file has.
        Shape::List(element) => is_writable(element),
        Shape::Map(key, value) => {
            key.parquet.get_basic_info().repetition() == Repetition::REQUIRED
                && is_writable(key)
                && is_writable(value)
        }
    }
}

fn annotated(
    node: &Node,
    repetition: Repetition,
    converted: ConvertedType,
    logical: LogicalType,
    repeated: Type,
) -> Result<Type, Failure> {
    let info = node.parquet.get_basic_info();
    built(
        Type::group_type_builder(info.name())
            .with_repetition(repetition)
            .with_converted_type(converted)
            .with_logical_type(Some(logical))
            .with_id(info.has_id().then(|| info.id()))
            .with_fields(vec![Arc::new(repeated)])
            .build(),
    )
}

/// A column of texts in place of another column.
fn text(node: &Node, repetition: Repetition) -> Result<Type, Failure> {
    let info = node.parquet.get_basic_info();
    built(
        Type::primitive_type_builder(info.name(), Physical::BYTE_ARRAY)
            .with_repetition(repetition)
            .with_converted_type(ConvertedType::UTF8)
            .with_logical_type(Some(LogicalType::String))
            .with_id(info.has_id().then(|| info.id()))
            .build(),
    )
}

fn leaf(node: &Node, repetition: Repetition) -> Result<Type, Failure> {
    let info = node.parquet.get_basic_info();
    if node.parquet.get_physical_type() != Physical::INT96 {
        return leaf_type(&node.parquet, repetition, true);
    }
    let timestamp = TimestampType { is_adjusted_to_u_t_c: true, unit: TimeUnit::MICROS };
    built(
        Type::primitive_type_builder(info.name(), Physical::INT64)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::Timestamp(timestamp)))
            .with_id(info.has_id().then(|| info.id()))
            .build(),
    )
}
