//! A Terraform module as text: what it declares, and every expression in it.

use std::collections::BTreeMap;

use hcl::expr::{Object, ObjectKey, Operation, TemplateExpr, Traversal, TraversalOperator};
use hcl::structure::{Block, Body};
use hcl::template::{Directive, Element, Template};
use hcl::{Expression, Structure};
use vizard_tests::repository;

/// All `.tf` files of one folder.
pub(super) struct Module {
    /// The folder, from the root of the repository.
    pub(super) folder: String,
    /// Top-level blocks, each with the name of its file.
    blocks: Vec<(String, Block)>,
}

impl Module {
    pub(super) fn read(folder: &str) -> Module {
        let mut blocks = Vec::new();
        for path in repository::files(folder, ".tf") {
            let file = path[folder.len() + 1..].to_owned();
            if file.contains('/') {
                continue;
            }
            let body = hcl::parse(&repository::text(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            for structure in body.into_inner() {
                match structure {
                    Structure::Block(block) => blocks.push((file.clone(), block)),
                    Structure::Attribute(it) => panic!("{path}: {} stands outside of a block", it.key()),
                }
            }
        }
        assert!(!blocks.is_empty(), "{folder} holds no module");
        Module { folder: folder.to_owned(), blocks }
    }

    /// All modules, examples and roots for checks, by folder.
    pub(super) fn all() -> Vec<Module> {
        let mut folders: Vec<String> = repository::files("infra", ".tf")
            .iter()
            .map(|path| path.rsplit_once('/').unwrap().0.to_owned())
            .collect();
        folders.dedup();
        assert!(folders.len() >= 13, "the search for modules finds too little: {folders:?}");
        folders.iter().map(|it| Module::read(it)).collect()
    }

    /// Top-level blocks of one kind, with their files.
    pub(super) fn blocks(&self, kind: &str) -> impl Iterator<Item = (&str, &Block)> {
        self.blocks
            .iter()
            .filter(move |(_, it)| it.identifier() == kind)
            .map(|(file, it)| (file.as_str(), it))
    }

    /// Variables, outputs or calls of modules, by name.
    pub(super) fn named(&self, kind: &str) -> BTreeMap<&str, &Block> {
        self.blocks(kind).map(|(_, it)| (it.labels()[0].as_str(), it)).collect()
    }

    /// Resources or data sources: type, name and block.
    pub(super) fn things(&self, kind: &str) -> Vec<(&str, &str, &Block)> {
        self.blocks(kind).map(|(_, it)| (it.labels()[0].as_str(), it.labels()[1].as_str(), it)).collect()
    }

    /// The locals, by name.
    pub(super) fn locals(&self) -> BTreeMap<&str, &Expression> {
        self.blocks("locals")
            .flat_map(|(_, it)| it.body().attributes())
            .map(|it| (it.key(), it.expr()))
            .collect()
    }

    /// Shows every expression of the module, the parts of each too.
    pub(super) fn walk(&self, see: &mut dyn FnMut(&str, &Expression)) {
        for (file, block) in &self.blocks {
            body(block.body(), &mut |it| see(file, it));
        }
    }

    /// What expressions refer to, as the names with dots between them: `var.name`, `module.async.queue_arn`.
    pub(super) fn references(&self) -> Vec<(String, Vec<String>)> {
        let mut found = Vec::new();
        self.walk(&mut |file, it| {
            if let Expression::Traversal(it) = it
                && let Some(names) = names(it)
            {
                found.push((file.to_owned(), names));
            }
        });
        found
    }
}

/// An argument of a block.
pub(super) fn argument<'b>(block: &'b Block, name: &str) -> Option<&'b Expression> {
    block.body().attributes().find(|it| it.key() == name).map(|it| it.expr())
}

/// A member of an object.
pub(super) fn member<'o>(object: &'o Object<ObjectKey, Expression>, name: &str) -> Option<&'o Expression> {
    object.iter().find(|(it, _)| key(it) == name).map(|(_, it)| it)
}

pub(super) fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Identifier(it) => it.to_string(),
        ObjectKey::Expression(Expression::String(it)) => it.clone(),
        other => other.to_string(),
    }
}

/// An expression as it would be written.
pub(super) fn written(expression: &Expression) -> String {
    hcl::format::to_string(expression).unwrap()
}

/// The words of a list of texts, or one.
pub(super) fn texts(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::Array(items) => items.iter().flat_map(texts).collect(),
        Expression::String(it) => vec![it.clone()],
        other => vec![written(other)],
    }
}

fn names(traversal: &Traversal) -> Option<Vec<String>> {
    let Expression::Variable(root) = &traversal.expr else { return None };
    let mut names = vec![root.to_string()];
    for operator in &traversal.operators {
        match operator {
            TraversalOperator::GetAttr(name) => names.push(name.to_string()),
            TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_) => {}
            TraversalOperator::AttrSplat | TraversalOperator::FullSplat => {}
        }
    }
    Some(names)
}

fn body(it: &Body, see: &mut dyn FnMut(&Expression)) {
    for structure in it.iter() {
        match structure {
            Structure::Attribute(it) => walk(it.expr(), see),
            Structure::Block(it) => body(it.body(), see),
        }
    }
}

/// Shows an expression and its parts.
pub(super) fn walk(expression: &Expression, see: &mut dyn FnMut(&Expression)) {
    see(expression);
    match expression {
        Expression::Array(items) => items.iter().for_each(|it| walk(it, see)),
        Expression::Object(members) => {
            for (key, value) in members.iter() {
                if let ObjectKey::Expression(key) = key {
                    walk(key, see);
                }
                walk(value, see);
            }
        }
        Expression::TemplateExpr(it) => template(it, see),
        Expression::Traversal(it) => {
            walk(&it.expr, see);
            for operator in &it.operators {
                if let TraversalOperator::Index(index) = operator {
                    walk(index, see);
                }
            }
        }
        Expression::FuncCall(it) => it.args.iter().for_each(|it| walk(it, see)),
        Expression::Parenthesis(it) => walk(it, see),
        Expression::Conditional(it) => {
            [&it.cond_expr, &it.true_expr, &it.false_expr].into_iter().for_each(|it| walk(it, see));
        }
        Expression::Operation(it) => match &**it {
            Operation::Unary(it) => walk(&it.expr, see),
            Operation::Binary(it) => {
                walk(&it.lhs_expr, see);
                walk(&it.rhs_expr, see);
            }
        },
        Expression::ForExpr(it) => {
            let optional = it.key_expr.iter().chain(&it.cond_expr);
            [&it.collection_expr, &it.value_expr].into_iter().chain(optional).for_each(|it| walk(it, see));
        }
        _ => {} // what has no parts
    }
}

fn template(it: &TemplateExpr, see: &mut dyn FnMut(&Expression)) {
    for element in Template::from_expr(it).unwrap().elements() {
        match element {
            Element::Literal(_) => {}
            Element::Interpolation(it) => walk(&it.expr, see),
            Element::Directive(it) => match &**it {
                Directive::If(_) | Directive::For(_) => panic!("a directive in a template is not read here"),
            },
        }
    }
}
