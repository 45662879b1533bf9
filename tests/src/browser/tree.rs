//! The accessibility tree: the page as a screen reader has it. What cannot be found here cannot be used by everybody.

use super::wait::look_for;
use super::{Element, Tab};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;

/// What a thing's accessible name has to be.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// This.
    Is(&'a str),
    /// Something with this in it.
    Has(&'a str),
}

impl Name<'_> {
    fn fits(&self, name: &str) -> bool {
        match self {
            Self::Is(wanted) => name == *wanted,
            Self::Has(wanted) => name.contains(wanted),
        }
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(name: &'a str) -> Self {
        Self::Is(name)
    }
}

/// A thing that a screen reader tells of.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is: `button`, `textbox`, `heading`.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// What else is said of it: `disabled`, `pressed`, `focused`.
    pub states: HashMap<String, Value>,
    /// Chromium's number for its element.
    pub backend: u64,
    /// The numbers of all elements around it.
    around: Vec<u64>,
}

impl Node {
    /// Whether a state is on.
    #[must_use]
    pub fn is(&self, state: &str) -> bool {
        self.states.get(state).is_some_and(|value| *value == json!(true) || *value == json!("true"))
    }

    /// Whether it is inside of that element.
    #[must_use]
    pub fn is_in(&self, element: &Element) -> bool {
        self.around.contains(&element.backend())
    }
}

/// All of them, in the order of the page.
#[derive(Debug)]
pub struct Tree(Vec<Node>);

impl Tree {
    /// Everything of that role and name, within an element if one is given.
    pub fn all<'a>(
        &'a self,
        role: &'a str,
        name: Name<'a>,
        within: Option<&'a Element>,
    ) -> impl Iterator<Item = &'a Node> {
        self.0
            .iter()
            .filter(move |node| node.role == role && name.fits(&node.name))
            .filter(move |node| within.is_none_or(|element| node.is_in(element)))
    }

    /// What has the keyboard's focus.
    #[must_use]
    pub fn focused(&self) -> Option<&Node> {
        self.0.iter().rfind(|node| node.is("focused") && node.role != "RootWebArea")
    }

    /// All names, a line each, for a person who looks for one that is missing.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut lines = String::new();
        for node in self.0.iter().filter(|node| !node.name.is_empty() && node.role != "InlineTextBox") {
            let _ = writeln!(lines, "{}: {}", node.role, node.name);
        }
        lines
    }
}

impl Tab {
    /// The tree as it is now, without the frames.
    pub async fn tree(&self) -> Tree {
        let answer = self.call("Accessibility.getFullAXTree", json!({})).await;
        let all = answer["nodes"].as_array().unwrap();
        let by_id: HashMap<&str, &Value> =
            all.iter().filter_map(|node| Some((node["nodeId"].as_str()?, node))).collect();
        Tree(all.iter().filter(|node| node["ignored"] != true).map(|node| read(node, &by_id)).collect())
    }

    /// The first thing of that role and name, once there is one.
    pub async fn find<'a>(&self, role: &str, name: impl Into<Name<'a>>) -> Element {
        self.find_where(role, name.into(), None, |_| true).await
    }

    /// The same within an element.
    pub async fn find_in<'a>(&self, within: &Element, role: &str, name: impl Into<Name<'a>>) -> Element {
        self.find_where(role, name.into(), Some(within), |_| true).await
    }

    /// The first one of that role and name for which `fits` holds, once there is one.
    pub async fn find_where(
        &self,
        role: &str,
        name: Name<'_>,
        within: Option<&Element>,
        fits: impl Fn(&Node) -> bool,
    ) -> Element {
        let found = look_for(async || self.tree().await.all(role, name, within).find(|node| fits(node)).cloned()).await;
        match found {
            Some(node) => Element::new(self, node.backend, &format!("{role} {:?}", node.name)),
            None => panic!("there is no {role} {name:?} among\n{}", self.tree().await.describe()),
        }
    }

    /// Everything of that role and name that is there now.
    pub async fn find_all<'a>(&self, role: &str, name: impl Into<Name<'a>>) -> Vec<Element> {
        let (tree, name) = (self.tree().await, name.into());
        tree.all(role, name, None)
            .map(|node| Element::new(self, node.backend, &format!("{role} {:?}", node.name)))
            .collect()
    }

    /// Waits until nothing of that role and name is there.
    pub async fn until_gone<'a>(&self, role: &str, name: impl Into<Name<'a>>) {
        let name = name.into();
        let gone = look_for(async || self.tree().await.all(role, name, None).next().is_none().then_some(())).await;
        assert!(gone.is_some(), "{role} {name:?} is still there, among\n{}", self.tree().await.describe());
    }

    /// How many things of that role and name there are.
    pub async fn count<'a>(&self, role: &str, name: impl Into<Name<'a>>) -> usize {
        self.tree().await.all(role, name.into(), None).count()
    }
}

fn read(node: &Value, by_id: &HashMap<&str, &Value>) -> Node {
    let mut around = Vec::new();
    let mut above = node;
    while let Some(parent) = above["parentId"].as_str().and_then(|id| by_id.get(id)) {
        around.extend(parent["backendDOMNodeId"].as_u64());
        above = parent;
    }
    let properties = node["properties"].as_array().into_iter().flatten();
    Node {
        role: node["role"]["value"].as_str().unwrap_or_default().to_owned(),
        name: node["name"]["value"].as_str().unwrap_or_default().to_owned(),
        states: properties
            .filter_map(|property| Some((property["name"].as_str()?.to_owned(), property["value"]["value"].clone())))
            .collect(),
        backend: node["backendDOMNodeId"].as_u64().unwrap_or_default(),
        around,
    }
}
