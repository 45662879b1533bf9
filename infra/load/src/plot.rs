//! A run as an SVG: four panels over the same time.

use crate::Summary;
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 70.0;
const PANEL: f64 = 130.0;
const GAP: f64 = 40.0;

struct Panel {
    title: &'static str,
    unit: &'static str,
    points: Vec<(f64, f64)>,
    joined: bool,
}

/// The plot, as an SVG document.
#[must_use]
pub fn plot(summary: &Summary) -> String {
    let panels = panels(summary);
    let until = panels.iter().flat_map(|panel| &panel.points).map(|point| point.0).fold(1.0, f64::max);
    let height = panels.iter().fold(GAP, |height, _| height + PANEL + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut top = GAP;
    for panel in &panels {
        draw(&mut svg, panel, top, until);
        top += PANEL + GAP;
    }
    // Writing to a String cannot fail.
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\">seconds since the first request: 0 to {until:.1}</text>",
        top - 14.0
    );
    svg.push_str("</svg>\n");
    svg
}

#[expect(clippy::cast_precision_loss, reason = "a plot")]
fn panels(summary: &Summary) -> Vec<Panel> {
    let streams = summary.finished.iter().flat_map(|one| one.streams.iter().map(|stream| (one.asked, stream)));
    let first = streams.filter_map(|(asked, stream)| Some((asked.as_secs_f64(), stream.first?.as_secs_f64())));
    let at = |value: fn(&crate::Sample) -> f64| {
        summary.samples.iter().map(|sample| (sample.at.as_secs_f64(), value(sample))).collect::<Vec<_>>()
    };
    let cpu = summary.samples.windows(2).map(|pair| {
        let over = (pair[1].at.saturating_sub(pair[0].at)).as_secs_f64().max(0.001);
        (pair[1].at.as_secs_f64(), pair[1].cpu.saturating_sub(pair[0].cpu).as_secs_f64() / over * 100.0)
    });
    vec![
        Panel { title: "generations running", unit: "", points: at(|sample| sample.running as f64), joined: true },
        Panel {
            title: "time to the first chunk, by when it was asked for",
            unit: " s",
            points: first.collect(),
            joined: false,
        },
        Panel {
            title: "memory of the server",
            unit: " MB",
            points: at(|sample| sample.memory_bytes as f64 / 1_048_576.0),
            joined: true,
        },
        Panel { title: "CPU of the server (100 % is a core)", unit: " %", points: cpu.collect(), joined: true },
    ]
}

fn draw(svg: &mut String, panel: &Panel, top: f64, until: f64) {
    let highest = panel.points.iter().map(|point| point.1).fold(0.0, f64::max).max(0.001);
    let place = |(x, y): (f64, f64)| (LEFT + x / until * WIDTH, top + PANEL - y / highest * PANEL);
    let bottom = top + PANEL;
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\">{}</text><text x=\"4\" y=\"{}\">{highest:.1}{}</text>\
         <path d=\"M{LEFT} {top}V{bottom}H{}\" fill=\"none\" stroke=\"#888\"/>",
        top - 8.0,
        panel.title,
        top + 10.0,
        panel.unit,
        LEFT + WIDTH,
    );
    if panel.joined {
        let path: Vec<String> =
            panel.points.iter().map(|point| place(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#1a5fb4\" stroke-width=\"2\"/>",
            path.join(" ")
        );
    } else {
        for (x, y) in panel.points.iter().map(|point| place(*point)) {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\" fill=\"#1a5fb4\"/>");
        }
    }
}
