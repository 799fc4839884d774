//! The crate's modules as they are written, and which item a name means in one of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Ident, Item, ItemUse, UseTree, Visibility};

/// All modules of the crate by path; the root's is empty.
pub struct Source {
    pub modules: BTreeMap<Vec<String>, Module>,
}

/// A module.
pub struct Module {
    /// Whether it and all around it are declared `pub`.
    pub is_public: bool,
    pub items: Vec<Item>,
}

/// A name that a `use` brings into a module.
pub struct Import {
    pub name: String,
    pub path: Vec<String>,
    pub is_public: bool,
}

/// An item: its module, and its name there.
pub type Place = (Vec<String>, String);

impl Source {
    /// Reads the crate of the checkout.
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut source = Self {
            modules: BTreeMap::new(),
        };
        source.add(Vec::new(), true, &root.join("lib.rs"), &root);
        source
    }

    /// Adds the module of `file`, whose modules are in `folder`.
    fn add(&mut self, path: Vec<String>, is_public: bool, file: &Path, folder: &Path) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let items = syn::parse_file(&text).unwrap().items;
        for item in &items {
            let Item::Mod(module) = item else { continue };
            if is_test(&module.attrs) {
                continue;
            }
            assert!(module.content.is_none(), "{file:?}: a module inside");
            let name = module.ident.to_string();
            let inner = folder.join(&name);
            let files = [inner.with_extension("rs"), inner.join("mod.rs")];
            let found: Option<&PathBuf> = files.iter().find(|file| file.is_file());
            let path = [&path[..], &[name]].concat();
            let is_public = is_public && is_pub(&module.vis) && !is_hidden(&module.attrs);
            self.add(path, is_public, found.unwrap(), &inner);
        }
        self.modules.insert(path, Module { is_public, items });
    }

    /// The names that `use` brings into `module`.
    pub fn imports(&self, module: &[String]) -> Vec<Import> {
        let items = self.modules[module].items.iter();
        let uses = items.filter_map(|item| match item {
            Item::Use(item) if !is_hidden(&item.attrs) => Some(item),
            _ => None,
        });
        uses.flat_map(|item| {
            let mut imports = Vec::new();
            leaves(item, &item.tree, Vec::new(), &mut imports);
            imports
        })
        .collect()
    }

    /// The item that `name` means in `module`, where it is the crate's.
    pub fn resolve(&self, module: &[String], name: &str) -> Option<Place> {
        let contents = self.modules.get(module)?;
        let defines = |item: &Item| ident(item).is_some_and(|ident| ident == name);
        if contents.items.iter().any(defines) {
            return Some((module.to_vec(), name.to_owned()));
        }
        let imports = self.imports(module);
        let import = imports.iter().find(|import| import.name == name)?;
        self.resolve_path(module, &import.path)
    }

    /// The item that `path` means in `module`, where it is the crate's.
    pub fn resolve_path(&self, module: &[String], path: &[String]) -> Option<Place> {
        let (name, modules) = path.split_last()?;
        let mut at = module.to_vec();
        for (index, part) in modules.iter().enumerate() {
            match part.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                part => {
                    at.push(part.to_owned());
                    // A module's name may itself be brought in by `use`.
                    if index == 0 && !self.modules.contains_key(&at) {
                        at.pop();
                        let (mut place, module) = self.resolve(&at, part)?;
                        place.push(module);
                        at = place;
                    }
                }
            }
        }
        if modules.is_empty() && at == module {
            return None;
        }
        let inner = [&at[..], std::slice::from_ref(name)].concat();
        if self.modules.contains_key(&inner) {
            return Some((at, name.clone()));
        }
        self.resolve(&at, name)
    }
}

fn leaves(item: &ItemUse, tree: &UseTree, path: Vec<String>, imports: &mut Vec<Import>) {
    let mut import = |name: &Ident, last: &Ident| {
        imports.push(Import {
            name: name.to_string(),
            path: [&path[..], &[last.to_string()]].concat(),
            is_public: is_pub(&item.vis),
        });
    };
    match tree {
        UseTree::Path(inner) => {
            let path = [&path[..], &[inner.ident.to_string()]].concat();
            leaves(item, &inner.tree, path, imports);
        }
        UseTree::Name(name) if name.ident == "self" => {
            if let Some((last, before)) = path.split_last() {
                imports.push(Import {
                    name: last.clone(),
                    path: [before, std::slice::from_ref(last)].concat(),
                    is_public: is_pub(&item.vis),
                });
            }
        }
        UseTree::Name(name) => import(&name.ident, &name.ident),
        UseTree::Rename(rename) => import(&rename.rename, &rename.ident),
        UseTree::Group(group) => {
            for tree in &group.items {
                leaves(item, tree, path.clone(), imports);
            }
        }
        // Items that come by a star would be missed.
        UseTree::Glob(_) => assert!(!is_pub(&item.vis), "pub use {}::*", path.join("::")),
    }
}

/// The name of an item that others can name.
pub fn ident(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}

pub fn is_pub(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether it is for the crate's own tests and in no documentation.
pub fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "hidden")
    })
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        matches!(&attribute.meta, syn::Meta::List(list)
            if list.path.is_ident("cfg")
                && ["test", "doctest"].contains(&list.tokens.to_string().as_str()))
    })
}
