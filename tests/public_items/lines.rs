//! A line of text for each thing that users of the crate can name.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, TraitItem, Type};

use crate::source::{Place, Source, ident, is_hidden, is_pub};

/// The lines of all exported items, and of what can be done with them: an item after the other, by its path.
pub fn of(source: &Source, exported: &BTreeMap<Place, BTreeSet<String>>) -> Vec<String> {
    let mut lines = BTreeSet::new();
    for ((module, name), paths) in exported {
        let item = source.modules.get(module).and_then(|module| {
            let mut items = module.items.iter();
            items.find(|item| ident(item).is_some_and(|ident| ident == name))
        });
        // The shortest path is an item's own; the others are other names of it.
        let own = paths
            .iter()
            .min_by_key(|path| (path.matches("::").count(), *path));
        let Some(own) = own else { continue };
        match item {
            Some(item) => lines.extend(described(own, item).into_iter().map(|line| (own, line))),
            None => drop(lines.insert((own, format!("use {own}")))),
        }
        let others = paths.iter().filter(|path| *path != own);
        lines.extend(others.map(|path| (own, format!("use {path} = {own}"))));
    }
    for (path, module) in &source.modules {
        for item in &module.items {
            let Item::Impl(item) = item else { continue };
            let Some(name) = type_name(&item.self_ty) else {
                continue;
            };
            let place = match name.as_slice() {
                [name] => source.resolve(path, name),
                path_of_type => source.resolve_path(path, path_of_type),
            };
            let own = place.and_then(|place| exported.get(&place));
            let own = own.and_then(|paths| {
                paths
                    .iter()
                    .min_by_key(|path| (path.matches("::").count(), *path))
            });
            if let Some(own) = own {
                lines.extend(implemented(own, item).into_iter().map(|line| (own, line)));
            }
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The name of an item that is `pub`.
pub fn public_name(item: &Item) -> Option<String> {
    let (visibility, attributes) = match item {
        Item::Const(item) => (&item.vis, &item.attrs),
        Item::Enum(item) => (&item.vis, &item.attrs),
        Item::Fn(item) => (&item.vis, &item.attrs),
        Item::Static(item) => (&item.vis, &item.attrs),
        Item::Struct(item) => (&item.vis, &item.attrs),
        Item::Trait(item) => (&item.vis, &item.attrs),
        Item::Type(item) => (&item.vis, &item.attrs),
        _ => return None,
    };
    let is_public = is_pub(visibility) && !is_hidden(attributes);
    is_public
        .then(|| ident(item).map(ToString::to_string))
        .flatten()
}

/// The lines of an item by itself.
fn described(own: &str, item: &Item) -> Vec<String> {
    match item {
        Item::Const(item) => vec![format!("const {own}: {}", text(&item.ty))],
        Item::Static(item) => vec![format!("static {own}: {}", text(&item.ty))],
        Item::Type(item) => vec![format!("type {own} = {}", text(&item.ty))],
        Item::Fn(item) => vec![function(own, &item.sig)],
        Item::Struct(item) => {
            let head = format!("struct {own}{}{}", text(&item.generics), marks(&item.attrs));
            let fields = public_fields(own, &item.fields);
            [head].into_iter().chain(fields).collect()
        }
        Item::Enum(item) => {
            let head = format!("enum {own}{}{}", text(&item.generics), marks(&item.attrs));
            let variants = item.variants.iter().map(|variant| {
                let fields = match &variant.fields {
                    Fields::Unit => String::new(),
                    Fields::Unnamed(fields) => {
                        let types = fields.unnamed.iter().map(|field| text(&field.ty));
                        format!("({})", types.collect::<Vec<_>>().join(", "))
                    }
                    Fields::Named(fields) => {
                        let fields = fields.named.iter().map(|field| {
                            let name = field.ident.as_ref().map(ToString::to_string);
                            format!("{}: {}", name.unwrap_or_default(), text(&field.ty))
                        });
                        format!(" {{ {} }}", fields.collect::<Vec<_>>().join(", "))
                    }
                };
                format!("{own}::{}{fields}", variant.ident)
            });
            [head].into_iter().chain(variants).collect()
        }
        Item::Trait(item) => {
            let head = format!("trait {own}{}", text(&item.generics));
            let functions = item.items.iter().filter_map(|inner| match inner {
                TraitItem::Fn(inner) => {
                    Some(function(&format!("{own}::{}", inner.sig.ident), &inner.sig))
                }
                _ => None,
            });
            [head].into_iter().chain(functions).collect()
        }
        _ => Vec::new(),
    }
}

fn public_fields(own: &str, fields: &Fields) -> Vec<String> {
    let public = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| is_pub(&field.vis) && !is_hidden(&field.attrs));
    public
        .map(|(index, field)| {
            let name = field.ident.as_ref().map(ToString::to_string);
            let name = name.unwrap_or_else(|| index.to_string());
            format!("{own}.{name}: {}", text(&field.ty))
        })
        .collect()
}

/// The lines of what an `impl` adds to an exported type.
fn implemented(own: &str, item: &ItemImpl) -> Vec<String> {
    if let Some((name, _)) = &item.trait_ {
        let generics = text(&item.generics);
        return vec![format!("impl{generics} {} for {own}", text(name))];
    }
    let inner = item.items.iter().filter_map(|inner| match inner {
        ImplItem::Fn(inner) if is_pub(&inner.vis) && !is_hidden(&inner.attrs) => {
            Some(function(&format!("{own}::{}", inner.sig.ident), &inner.sig))
        }
        ImplItem::Const(inner) if is_pub(&inner.vis) && !is_hidden(&inner.attrs) => {
            Some(format!("const {own}::{}: {}", inner.ident, text(&inner.ty)))
        }
        _ => None,
    });
    inner.collect()
}

/// A function's signature, under its whole path.
fn function(own: &str, signature: &syn::Signature) -> String {
    let text = text(signature);
    let name = signature.ident.to_string();
    let begin = format!("fn {name}");
    text.replacen(&begin, &format!("fn {own}"), 1)
}

/// What is derived, and whether more may come.
fn marks(attributes: &[Attribute]) -> String {
    let mut marks = String::new();
    for attribute in attributes {
        match &attribute.meta {
            syn::Meta::List(list) if list.path.is_ident("derive") => {
                marks.push_str(&format!(" [{}]", tidy(&list.tokens.to_string())));
            }
            syn::Meta::Path(path) if path.is_ident("non_exhaustive") => {
                marks.push_str(" non_exhaustive");
            }
            _ => {}
        }
    }
    marks
}

/// The names of a type's path, where it is one.
fn type_name(ty: &Type) -> Option<Vec<String>> {
    let Type::Path(path) = ty else { return None };
    let segments = path.path.segments.iter();
    Some(segments.map(|segment| segment.ident.to_string()).collect())
}

fn text(tokens: &impl ToTokens) -> String {
    tidy(&tokens.to_token_stream().to_string())
}

/// Tokens as people write them.
fn tidy(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (", >", ">"),
        (",)", ")"),
        (", )", ")"),
        (" :", ":"),
        ("& '", "&'"),
        ("& ", "&"),
        ("* const", "*const"),
        (" (", "("),
        (" ;", ";"),
        ("->", " -> "),
        ("  ", " "),
        ("- >", "->"),
        ("Fn(", "Fn("),
    ] {
        text = text.replace(from, to);
    }
    text
}
