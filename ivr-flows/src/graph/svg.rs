//! A flow as an SVG picture.

use super::layers::{Layout, Link, Point, Size, place};
use super::{Graph, GraphEdge, GraphNode};

/// A box as it is drawn.
struct Drawn<'g> {
    node: &'g GraphNode,
    /// The box itself.
    size: Size,
    says: Vec<String>,
    /// Where "person" leads from here, when no other way leads there.
    person: Option<String>,
}

pub(super) fn svg(graph: &Graph) -> String {
    let drawn: Vec<Drawn<'_>> = (0..graph.nodes.len()).map(|index| Drawn::of(graph, index)).collect();
    let labels: Vec<String> = graph.edges.iter().map(|edge| cut(&edge.label, LONGEST_LABEL)).collect();
    let links = graph.edges.iter().zip(&labels).map(|(edge, label)| {
        let label = if label.is_empty() { 0.0 } else { width(label, SMALL) + 8.0 };
        Link { from: edge.from, to: edge.to, label }
    });
    let links: Vec<Link> = links.collect();
    let sizes: Vec<Size> = drawn.iter().map(Drawn::with_person).collect();
    let layout = place(&sizes, &links, graph.start);
    let mut picture = head(&graph.name, layout.size);
    let ports = Ports::of(graph, &drawn, &layout);
    for (index, edge) in graph.edges.iter().enumerate() {
        let class = if edge.failure { "way failure" } else { "way" };
        let path = path(&ports.ends[index], &layout.routes[index]);
        picture.push_str(&format!("<path class=\"{class}\" d=\"{path}\" marker-end=\"url(#tip)\"/>\n"));
    }
    for (at, label) in layout.labels.iter().zip(&labels).filter(|(_, label)| !label.is_empty()) {
        let text = escaped(label);
        picture.push_str(&format!("<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>\n", at.x, at.y + 4.0));
    }
    for (index, one) in drawn.iter().enumerate() {
        one.draw(one.corner(layout.boxes[index]), index == graph.start, &mut picture);
    }
    picture.push_str("</svg>\n");
    picture
}

impl<'g> Drawn<'g> {
    fn of(graph: &'g Graph, index: usize) -> Self {
        let node = &graph.nodes[index];
        let says = node.says.as_deref().map(wrapped).unwrap_or_default();
        let title = width(&node.name, LARGE) * 1.08 + width(node.kind, SMALL) + 20.0;
        let widest = says.iter().map(|line| width(line, SMALL)).fold(title, f64::max);
        let height = 34.0 + says.len() as f64 * LINE;
        let leads = graph.edges.iter().any(|edge| (edge.from, edge.to) == (index, graph.person));
        let person = (node.asks && !leads && index != graph.person).then(|| graph.nodes[graph.person].name.clone());
        Self { node, size: Size { width: widest + 24.0, height }, says, person }
    }

    /// The box and what stands beside it.
    fn with_person(&self) -> Size {
        let beside = self.person.as_deref().map_or(0.0, |name| STUB + width(name, SMALL) + 6.0);
        Size { width: self.size.width + beside, height: self.size.height }
    }

    /// The upper left corner of the box, from the centre of all of it.
    fn corner(&self, centre: Point) -> Point {
        Point { x: centre.x - self.with_person().width / 2.0, y: centre.y - self.size.height / 2.0 }
    }

    fn draw(&self, corner: Point, first: bool, picture: &mut String) {
        let (x, y) = (corner.x, corner.y);
        let Size { width: w, height: h } = self.size;
        let round = if matches!(self.node.kind, "hang_up" | "return" | "queue") { h / 2.0 } else { 6.0 };
        let round = round.min(20.0);
        let (fill, line) = colours(self.node);
        let thick = if first { 2.5 } else { 1.2 };
        picture.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{round:.1}\" fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"{thick}\"/>\n"
        ));
        let (name, kind) = (escaped(&self.node.name), escaped(self.node.kind));
        picture.push_str(&format!("<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>\n", x + 12.0, y + 21.0));
        picture.push_str(&format!(
            "<text class=\"kind\" x=\"{:.1}\" y=\"{:.1}\">{kind}</text>\n",
            x + w - 12.0,
            y + 20.0
        ));
        for (line, at) in self.says.iter().zip(1..) {
            let y = y + 21.0 + f64::from(at) * LINE;
            picture.push_str(&format!(
                "<text class=\"says\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>\n",
                x + 12.0,
                escaped(line)
            ));
        }
        if let Some(person) = &self.person {
            let (right, middle) = (x + w, y + h / 2.0);
            picture.push_str(&format!(
                "<path class=\"person\" d=\"M{right:.1} {middle:.1} h{:.1}\" marker-end=\"url(#tip)\"/>\n",
                STUB - 6.0
            ));
            let person = escaped(person);
            let x = right + STUB;
            picture.push_str(&format!("<text class=\"to\" x=\"{x:.1}\" y=\"{:.1}\">{person}</text>\n", middle + 4.0));
        }
    }
}

/// Where ways touch the boxes: spread over the upper or lower side, in the order of where they go.
struct Ports {
    /// The first and the last point of each way.
    ends: Vec<[Point; 2]>,
}

impl Ports {
    fn of(graph: &Graph, drawn: &[Drawn<'_>], layout: &Layout) -> Self {
        let mut ends = vec![[Point { x: 0.0, y: 0.0 }; 2]; graph.edges.len()];
        // Box, whether at its lower side, then where the way goes; the way, and whether it ends here.
        let mut touching: Vec<(usize, bool, f64, usize, usize)> = Vec::new();
        for (index, edge) in graph.edges.iter().enumerate() {
            let GraphEdge { from, to, .. } = edge;
            let route = &layout.routes[index];
            let (first, last) = (route.first().map_or(0.0, |p| p.x), route.last().map_or(0.0, |p| p.x));
            let (upper, lower) = (layout.boxes[*from].y, layout.boxes[*to].y);
            let begins_below = upper <= lower;
            let ends_below = upper >= lower;
            touching.push((*from, begins_below, first, index, 0));
            touching.push((*to, ends_below, last, index, 1));
        }
        touching
            .sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).then((a.3, a.4).cmp(&(b.3, b.4))));
        for side in touching.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (index, below) = (side[0].0, side[0].1);
            let one = &drawn[index];
            let corner = one.corner(layout.boxes[index]);
            let step = (one.size.width - 24.0) / side.len() as f64;
            for (at, (_, _, _, edge, end)) in side.iter().enumerate() {
                let x = corner.x + 12.0 + step * (at as f64 + 0.5);
                let y = if below { corner.y + one.size.height } else { corner.y };
                ends[*edge][*end] = Point { x, y };
            }
        }
        Self { ends }
    }
}

/// A smooth way through its points, vertical at each.
fn path(ends: &[Point; 2], route: &[Point]) -> String {
    let mut path = format!("M{:.1} {:.1}", ends[0].x, ends[0].y);
    let mut before = ends[0];
    for point in route.iter().chain([&ends[1]]) {
        if (point.x - before.x).abs() < 0.5 {
            path.push_str(&format!(" L{:.1} {:.1}", point.x, point.y));
        } else {
            let middle = (before.y + point.y) / 2.0;
            path.push_str(&format!(
                " C{:.1} {middle:.1} {:.1} {middle:.1} {:.1} {:.1}",
                before.x, point.x, point.x, point.y
            ));
        }
        before = *point;
    }
    path
}

fn head(name: &str, size: Size) -> String {
    let (w, h) = (size.width.ceil(), size.height.ceil());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\">\n\
         <title>{}</title>\n<style>\n\
         text {{ font-family: \"Noto Sans\", \"Noto Sans CJK SC\", \"Segoe UI\", Helvetica, Arial, sans-serif; fill: #1c2530 }}\n\
         .name {{ font-size: {LARGE}px; font-weight: 600 }}\n\
         .kind {{ font-size: {SMALL}px; fill: #6a7684; text-anchor: end }}\n\
         .says {{ font-size: {SMALL}px; fill: #3c4754 }}\n\
         .to {{ font-size: {SMALL}px; fill: #2e7d4f }}\n\
         .label {{ font-size: {SMALL}px; text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 4px }}\n\
         .way {{ fill: none; stroke: #5a6775; stroke-width: 1.3 }}\n\
         .failure {{ stroke: #b9522c; stroke-dasharray: 5 3 }}\n\
         .person {{ fill: none; stroke: #2e7d4f; stroke-width: 1.3; stroke-dasharray: 3 3 }}\n\
         </style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path d=\"M0 0 L8 4 L0 8 z\" fill=\"#5a6775\"/></marker></defs>\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n",
        escaped(name)
    )
}

/// Fill and line by what a node is about: asking, people, the end, deciding, the world outside, speaking.
fn colours(node: &GraphNode) -> (&'static str, &'static str) {
    match node.kind {
        _ if node.asks => ("#fff6dd", "#c99a1b"),
        "queue" => ("#e1f4e6", "#2e7d4f"),
        "hang_up" | "return" => ("#eceef1", "#5a6775"),
        "branch" | "set" | "when_open" => ("#efecfb", "#7464c0"),
        "play" => ("#ffffff", "#8b98a6"),
        _ => ("#e4f0fb", "#2f74b5"),
    }
}

/// The first words of a prompt on two lines.
fn wrapped(text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines: Vec<String> = vec![String::new()];
    for c in cut(&text, LONGEST_SAID).chars() {
        let line = lines.last_mut().expect("there is always a line");
        line.push(c);
        if width(line, SMALL) < WIDEST || lines.len() == 2 {
            continue;
        }
        let line = lines.last_mut().expect("there is always a line");
        let at = line.rfind(' ').filter(|at| *at > line.len() / 2).unwrap_or(line.len());
        let rest = line.split_off(at);
        lines.push(rest.trim_start().to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The beginning of a text, at most so wide as that many letters.
fn cut(text: &str, letters: usize) -> String {
    let mut taken = 0;
    let mut short = String::new();
    for c in text.chars() {
        taken += if c.is_ascii() { 1 } else { 2 };
        if taken > letters {
            return format!("{}…", short.trim_end());
        }
        short.push(if c.is_control() { ' ' } else { c });
    }
    short
}

/// About how wide a text is in a sans-serif font of a size.
fn width(text: &str, size: f64) -> f64 {
    let of = |c: char| match c {
        'i' | 'l' | 'j' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '|' | '(' | ')' | ' ' | '!' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' => 0.92,
        'A'..='Z' | '_' => 0.68,
        c if c.is_ascii() => 0.58,
        _ => 1.02,
    };
    text.chars().map(of).sum::<f64>() * size
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Font sizes, in pixels.
const LARGE: f64 = 14.0;
const SMALL: f64 = 11.5;
/// From line to line.
const LINE: f64 = 15.0;
/// From the box to the name of the person.
const STUB: f64 = 26.0;
/// The widest line of a prompt.
const WIDEST: f64 = 190.0;
/// Letters of a prompt that are shown.
const LONGEST_SAID: usize = 64;
/// Letters of a label that are shown.
const LONGEST_LABEL: usize = 34;
