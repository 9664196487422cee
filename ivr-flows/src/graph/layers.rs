//! Where the boxes of a picture stand: in layers from top to bottom, in the manner of Sugiyama, Tagawa and Toda (1981).
//!
//! Circles are broken at the ways back; a box stands below everything that leads to it; a way that passes layers is a
//! chain of places in them, one of which is as wide as its label. Places are ordered by the mean of their neighbours, then
//! moved as near to their neighbours as the distances allow.

use std::collections::BTreeMap;

/// A box to be placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A way between two boxes, with the width of its label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: f64,
}

/// A place in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The picture's measures.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// The centres of the boxes.
    pub(super) boxes: Vec<Point>,
    /// Where each way passes, from its beginning to its end, without the ends themselves; the bends are vertical.
    pub(super) routes: Vec<Vec<Point>>,
    /// The centre of each label.
    pub(super) labels: Vec<Point>,
    pub(super) size: Size,
}

/// A box, or the place of a way in a layer.
#[derive(Debug, Clone, Copy)]
struct Place {
    layer: usize,
    width: f64,
    height: f64,
    x: f64,
    /// How strongly it holds to its neighbours: chains stay straight.
    chain: bool,
}

/// Places boxes and ways; the first box is the uppermost.
pub(super) fn place(sizes: &[Size], links: &[Link], first: usize) -> Layout {
    let layers = layers_of(sizes.len(), links, first);
    let mut places: Vec<Place> = sizes
        .iter()
        .zip(&layers)
        .map(|(size, layer)| Place { layer: layer * 2, width: size.width, height: size.height, x: 0.0, chain: false })
        .collect();
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for link in links {
        chains.push(chain(link, &mut places));
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    for (link, chain) in links.iter().zip(&chains) {
        let all: Vec<usize> = [link.from].iter().chain(chain).chain([&link.to]).copied().collect();
        for pair in all.windows(2) {
            if pair[0] != pair[1] {
                neighbours[pair[0]].push(pair[1]);
                neighbours[pair[1]].push(pair[0]);
            }
        }
    }
    let order = ordered(&places, &neighbours);
    spread(&mut places, &neighbours, &order);
    measured(sizes, links, &places, &chains, &order)
}

/// The layer of each box: one below the lowest that leads to it, ways back apart.
fn layers_of(count: usize, links: &[Link], first: usize) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    links.iter().filter(|link| link.from != link.to).for_each(|link| next[link.from].push(link.to));
    // 0: not met, 1: on the way, 2: done. What leads to a box on the way leads back.
    let mut state = vec![0u8; count];
    let mut sorted = Vec::new();
    let mut forward: Vec<Vec<usize>> = vec![Vec::new(); count];
    for begin in std::iter::once(first).chain(0..count) {
        if state[begin] != 0 {
            continue;
        }
        state[begin] = 1;
        let mut way = vec![(begin, 0)];
        while let Some((from, at)) = way.last_mut() {
            let from = *from;
            let Some(to) = next[from].get(*at).copied() else {
                state[from] = 2;
                sorted.push(from);
                way.pop();
                continue;
            };
            *at += 1;
            if state[to] != 1 {
                forward[from].push(to);
            }
            if state[to] == 0 {
                state[to] = 1;
                way.push((to, 0));
            }
        }
    }
    let mut layers = vec![0; count];
    for from in sorted.into_iter().rev() {
        for to in &forward[from] {
            layers[*to] = layers[*to].max(layers[from] + 1);
        }
    }
    layers
}

/// The places of a way in the layers that it passes. The one next to its beginning holds its label.
fn chain(link: &Link, places: &mut Vec<Place>) -> Vec<usize> {
    let (from, to) = (places[link.from].layer, places[link.to].layer);
    let passed: Vec<usize> = if from < to {
        (from + 1..to).collect()
    } else if from > to {
        (to + 1..from).rev().collect()
    } else {
        // Between two boxes of one layer, and from a box to itself: around below.
        vec![from + 1]
    };
    let labelled = |index: usize| index == 0;
    let made = passed.into_iter().enumerate().map(|(index, layer)| {
        let (width, height) = if labelled(index) { (link.label.max(THIN), LABEL_HEIGHT) } else { (THIN, 0.0) };
        places.push(Place { layer, width, height, x: 0.0, chain: true });
        places.len() - 1
    });
    made.collect()
}

/// The places of each layer from left to right, with few crossings.
fn ordered(places: &[Place], neighbours: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let deepest = places.iter().map(|place| place.layer).max().unwrap_or(0);
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); deepest + 1];
    places.iter().enumerate().for_each(|(index, place)| order[place.layer].push(index));
    let mut best = (crossings(&order, places, neighbours), order.clone());
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let layers: Vec<usize> =
            if down { (1..order.len()).collect() } else { (0..order.len().max(1) - 1).rev().collect() };
        for layer in layers {
            let beside = if down { layer - 1 } else { layer + 1 };
            let at: BTreeMap<usize, usize> = order[beside].iter().enumerate().map(|(at, place)| (*place, at)).collect();
            let mut keyed: Vec<(f64, usize)> = Vec::new();
            for (now, place) in order[layer].iter().enumerate() {
                let near: Vec<f64> = neighbours[*place].iter().filter_map(|n| at.get(n)).map(|at| *at as f64).collect();
                let mean = if near.is_empty() { now as f64 } else { near.iter().sum::<f64>() / near.len() as f64 };
                keyed.push((mean, *place));
            }
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            order[layer] = keyed.into_iter().map(|(_, place)| place).collect();
        }
        let found = crossings(&order, places, neighbours);
        if found < best.0 {
            best = (found, order.clone());
        }
    }
    best.1
}

fn crossings(order: &[Vec<usize>], places: &[Place], neighbours: &[Vec<usize>]) -> usize {
    let mut at = vec![0usize; places.len()];
    order.iter().for_each(|layer| layer.iter().enumerate().for_each(|(index, place)| at[*place] = index));
    let mut count = 0;
    for layer in order {
        let below = |place: &usize| {
            let mut ends: Vec<usize> = neighbours[*place]
                .iter()
                .filter(|n| places[**n].layer == places[*place].layer + 1)
                .map(|n| at[*n])
                .collect();
            ends.sort_unstable();
            ends
        };
        let mut seen: Vec<usize> = Vec::new();
        for place in layer {
            let ends = below(place);
            for end in &ends {
                count += seen.len() - seen.partition_point(|other| other <= end);
            }
            for end in ends {
                seen.insert(seen.partition_point(|other| *other <= end), end);
            }
        }
    }
    count
}

/// Moves the places of each layer as near to their neighbours as the distances allow.
fn spread(places: &mut [Place], neighbours: &[Vec<usize>], order: &[Vec<usize>]) {
    for layer in order {
        let mut x = 0.0;
        for place in layer {
            x += places[*place].width / 2.0;
            places[*place].x = x;
            x += places[*place].width / 2.0 + GAP;
        }
    }
    for round in 0..ROUNDS {
        let up = round % 2 == 1;
        for at in 0..order.len() {
            let layer = &order[if up { order.len() - 1 - at } else { at }];
            let wish = |place: &usize| {
                let (mut sum, mut weight) = (0.0, 0.0);
                for near in &neighbours[*place] {
                    let strength = if places[*place].chain && places[*near].chain { STRAIGHT } else { 1.0 };
                    sum += places[*near].x * strength;
                    weight += strength;
                }
                if weight > 0.0 { sum / weight } else { places[*place].x }
            };
            let wishes: Vec<f64> = layer.iter().map(wish).collect();
            let widths: Vec<f64> = layer.iter().map(|place| places[*place].width).collect();
            for (place, x) in layer.iter().zip(apart(&wishes, &widths)) {
                places[*place].x = x;
            }
        }
    }
    let left = places.iter().map(|place| place.x - place.width / 2.0).fold(f64::INFINITY, f64::min);
    places.iter_mut().for_each(|place| place.x += MARGIN - left);
}

/// The positions nearest to the wishes, in squares, at which nothing overlaps: pool adjacent violators.
fn apart(wishes: &[f64], widths: &[f64]) -> Vec<f64> {
    let mut offsets = Vec::new();
    let mut offset = 0.0;
    for (index, width) in widths.iter().enumerate() {
        if index > 0 {
            offset += (widths[index - 1] + width) / 2.0 + GAP;
        }
        offsets.push(offset);
    }
    // Runs that stand side by side: the sum of their wishes, and how many they are.
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for (wish, offset) in wishes.iter().zip(&offsets) {
        runs.push((wish - offset, 1));
        while let [.., before, last] = runs.as_slice() {
            if before.0 / before.1 as f64 <= last.0 / last.1 as f64 {
                break;
            }
            let joined = (before.0 + last.0, before.1 + last.1);
            runs.truncate(runs.len() - 2);
            runs.push(joined);
        }
    }
    let means = runs.iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count));
    means.zip(&offsets).map(|(mean, offset)| mean + offset).collect()
}

fn measured(sizes: &[Size], links: &[Link], places: &[Place], chains: &[Vec<usize>], order: &[Vec<usize>]) -> Layout {
    let heights: Vec<f64> =
        order.iter().map(|layer| layer.iter().map(|place| places[*place].height).fold(0.0, f64::max)).collect();
    let mut tops = Vec::new();
    let mut y = MARGIN;
    for height in &heights {
        tops.push(y);
        y += height + LAYER_GAP;
    }
    let middle = |place: &Place| Point { x: place.x, y: tops[place.layer] + heights[place.layer] / 2.0 };
    let boxes: Vec<Point> = places[..sizes.len()].iter().map(middle).collect();
    let mut routes = Vec::new();
    for (link, chain) in links.iter().zip(chains) {
        let up = places[link.from].layer > places[link.to].layer;
        let mut route = Vec::new();
        for index in chain {
            let place = &places[*index];
            let top = Point { x: place.x, y: tops[place.layer] };
            let bottom = Point { x: place.x, y: tops[place.layer] + heights[place.layer] };
            route.extend(if up { [bottom, top] } else { [top, bottom] });
        }
        routes.push(route);
    }
    let labels =
        chains.iter().map(|chain| chain.first().map_or(Point { x: 0.0, y: 0.0 }, |first| middle(&places[*first])));
    let right = places.iter().map(|place| place.x + place.width / 2.0).fold(0.0, f64::max);
    Layout {
        boxes,
        routes,
        labels: labels.collect(),
        size: Size { width: right + MARGIN, height: y - LAYER_GAP + MARGIN },
    }
}

/// Around the picture.
const MARGIN: f64 = 24.0;
/// Between two places of a layer.
const GAP: f64 = 16.0;
/// Between two layers; there is a layer for labels between two of boxes.
const LAYER_GAP: f64 = 22.0;
/// The width of a way that passes a layer.
const THIN: f64 = 8.0;
const LABEL_HEIGHT: f64 = 16.0;
/// How many times the order is improved.
const SWEEPS: usize = 24;
/// How many times the places are moved.
const ROUNDS: usize = 120;
/// How much more a chain holds to itself than to a box.
const STRAIGHT: f64 = 16.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn link(from: usize, to: usize) -> Link {
        Link { from, to, label: 40.0 }
    }

    #[test]
    fn boxes_stand_below_what_leads_to_them_and_never_overlap() {
        let size = Size { width: 100.0, height: 40.0 };
        let links = [link(0, 1), link(0, 2), link(0, 3), link(1, 3), link(3, 0), link(2, 2), link(1, 2)];
        let layout = place(&[size; 4], &links, 0);
        assert!(layout.boxes[0].y < layout.boxes[1].y && layout.boxes[1].y < layout.boxes[3].y);
        for a in 0..4 {
            for b in 0..a {
                let (a, b) = (layout.boxes[a], layout.boxes[b]);
                assert!((a.x - b.x).abs() >= 100.0 || (a.y - b.y).abs() >= 40.0);
            }
        }
        assert_eq!(layout, place(&[size; 4], &links, 0));
    }

    #[test]
    fn wishes_are_met_as_nearly_as_the_widths_allow() {
        assert_eq!(apart(&[0.0, 100.0], &[10.0, 10.0]), [0.0, 100.0]);
        let together = apart(&[50.0, 50.0], &[10.0, 10.0]);
        assert_eq!(together, [37.0, 63.0]);
    }
}
