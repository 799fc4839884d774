//! What is written over the picture: the network's opinion, frame times, keys.

use crate::history::{Frame, History, LENGTH};
use crate::ink::{Colour, Ink};
use crate::recognition::{GUESSES, Recognition};

const PANEL: Colour = [0.03, 0.04, 0.08, 0.74];
const BRIGHT: Colour = [0.97, 0.97, 1.0, 1.0];
const DIM: Colour = [0.68, 0.71, 0.80, 1.0];
const LINE: Colour = [1.0, 1.0, 1.0, 0.16];
const LIKELIEST: Colour = [0.20, 0.55, 0.95, 0.80];
const LIKELY: Colour = [0.20, 0.45, 0.75, 0.45];
const ANSWER: Colour = [0.35, 0.75, 1.0, 1.0];
const QUICK: Colour = [0.35, 0.80, 0.50, 1.0];
const SLOW: Colour = [0.95, 0.75, 0.30, 1.0];
const SLOWER: Colour = [0.95, 0.40, 0.35, 1.0];

/// Lengths before scaling.
const MARGIN: f32 = 12.0;
const PADDING: f32 = 10.0;
const TEXT: f32 = 16.0;
/// From line to line.
const LEADING: f32 = 20.0;
const ROW: f32 = 26.0;
const PANEL_WIDTH: f32 = 252.0;
const GRAPH_HEIGHT: f32 = 60.0;
const HELP_HEIGHT: f32 = 26.0;

/// Time of a frame at 60 and at 30 frames a second, in milliseconds.
const SIXTIETH: f32 = 1000.0 / 60.0;
const THIRTIETH: f32 = 1000.0 / 30.0;

/// What there is to say.
pub struct Notes<'a> {
    /// What is shown.
    pub title: &'a str,
    /// What looks at it, and where that runs.
    pub model: &'a str,
    pub adapter: &'a str,
    /// None while it is being prepared.
    pub recognition: Option<&'a Recognition>,
    pub history: &'a History,
    pub paused: bool,
    /// Whether heat maps are wanted.
    pub heat: bool,
}

/// A place to write on: pixels, and how many of them one unit of length has.
struct Sheet<'a> {
    ink: &'a mut Ink,
    scale: f32,
}

/// Writes `notes` on a picture of `size` pixels, `scale` times as large as on a screen of usual density.
pub fn write(ink: &mut Ink, size: [u32; 2], scale: f32, notes: &Notes<'_>) {
    let [width, height] = size.map(|side| side as f32 / scale);
    let mut sheet = Sheet { ink, scale };
    if let Some(seen) = notes.recognition.and_then(Recognition::seen) {
        sheet.view_finder(seen.map(|length| length / scale));
    }
    let opinion_height = 2.0 * PADDING + 2.0 * LEADING + 6.0 + GUESSES as f32 * ROW - 4.0;
    let times_height = 3.0 * PADDING + 3.0 * LEADING + GRAPH_HEIGHT + 8.0;
    let panel_width = PANEL_WIDTH.min(width - 2.0 * MARGIN);
    let mut left = height;
    // The less important comes only where there is room for it.
    left -= HELP_HEIGHT;
    if left > 0.0 {
        sheet.help([0.0, height - HELP_HEIGHT, width, HELP_HEIGHT], notes);
    }
    left -= opinion_height + 2.0 * MARGIN;
    if left > 0.0 {
        sheet.opinion([MARGIN, MARGIN, panel_width, opinion_height], notes);
    }
    left -= times_height + MARGIN;
    if left > 0.0 {
        let top = height - HELP_HEIGHT - MARGIN - times_height;
        sheet.times([MARGIN, top, panel_width, times_height], notes);
    }
}

impl Sheet<'_> {
    fn box_of(&mut self, rectangle: [f32; 4], corner: f32, colour: Colour) {
        let pixels = rectangle.map(|length| (length * self.scale).round());
        self.ink.rectangle(pixels, corner * self.scale, colour);
    }

    /// Text, cut off where it gets wider than `room`.
    fn text(&mut self, at: [f32; 2], room: f32, colour: Colour, text: &str) {
        let letters = (room / self.width_of("m")) as usize;
        let cut: String = match text.chars().count() > letters {
            true => text
                .chars()
                .take(letters.saturating_sub(2))
                .chain("..".chars())
                .collect(),
            false => text.to_owned(),
        };
        let at = at.map(|length| length * self.scale);
        self.ink.text(at, TEXT * self.scale, colour, &cut);
    }

    fn text_right(&mut self, right: f32, top: f32, colour: Colour, text: &str) {
        let width = self.width_of(text);
        self.text([right - width, top], f32::INFINITY, colour, text);
    }

    fn width_of(&self, text: &str) -> f32 {
        text.chars().count() as f32 * Ink::letter_width(TEXT * self.scale) / self.scale
    }

    /// The corners of what the network sees.
    fn view_finder(&mut self, [left, top, width, height]: [f32; 4]) {
        const THICK: f32 = 2.0;
        let long = (0.08 * width.min(height)).max(THICK);
        let (right, bottom) = (left + width - THICK, top + height - THICK);
        let colour = [1.0, 1.0, 1.0, 0.8];
        for (x, y) in [(left, top), (right, top), (left, bottom), (right, bottom)] {
            let beginning = |at: f32, first: f32| if at == first { at } else { at + THICK - long };
            self.box_of([beginning(x, left), y, long, THICK], 0.0, colour);
            self.box_of([x, beginning(y, top), THICK, long], 0.0, colour);
        }
    }

    /// What the network takes it for.
    fn opinion(&mut self, place: [f32; 4], notes: &Notes<'_>) {
        self.box_of(place, 6.0, PANEL);
        let [left, top, width, _] = place;
        let (inner, room) = (left + PADDING, width - 2.0 * PADDING);
        let mut y = top + PADDING;
        self.text([inner, y], room, BRIGHT, notes.model);
        self.text([inner, y + LEADING], room, DIM, notes.adapter);
        y += 2.0 * LEADING + 6.0;
        let Some(recognition) = notes.recognition else {
            return self.text([inner, y], room, BRIGHT, "being prepared ...");
        };
        if recognition.latest().is_none() {
            self.text([inner, y], room, DIM, "looking ...");
        }
        let guesses = recognition.latest().map(|opinion| &opinion.guesses);
        for (rank, guess) in guesses.into_iter().flatten().enumerate() {
            let share = guess.probability as f32;
            let (bar, letters) = match rank {
                0 => (LIKELIEST, BRIGHT),
                _ => (LIKELY, DIM),
            };
            self.box_of([inner, y, room, ROW - 4.0], 3.0, [1.0, 1.0, 1.0, 0.07]);
            self.box_of([inner, y, (room * share).max(2.0), ROW - 4.0], 3.0, bar);
            let percent = format!("{:.0}%", 100.0 * share);
            self.text_right(inner + room - 6.0, y + 3.0, letters, &percent);
            let label = recognition.label(guess);
            self.text([inner + 6.0, y + 3.0], room - 60.0, letters, &label);
            y += ROW;
        }
    }

    /// Frame times: in numbers, and as a graph with a bar for each frame.
    fn times(&mut self, place: [f32; 4], notes: &Notes<'_>) {
        self.box_of(place, 6.0, PANEL);
        let [left, top, width, height] = place;
        let (inner, room) = (left + PADDING, width - 2.0 * PADDING);
        let mut y = top + PADDING;
        let mut line = |colour, text: &str| {
            self.text([inner, y], room, colour, text);
            y += LEADING;
        };
        let average = notes.history.average().unwrap_or_default().as_secs_f32();
        if average > 0.0 {
            let rate = 1.0 / average;
            line(
                BRIGHT,
                &format!("frame {:.1} ms, {rate:.0} a second", 1000.0 * average),
            );
        }
        if let Some(recognition) = notes.recognition {
            let budget = 1000.0 * recognition.budget().as_secs_f32();
            line(DIM, &format!("network {budget:.1} ms of it"));
        }
        if let Some(opinion) = notes.recognition.and_then(Recognition::latest) {
            let frames = match opinion.frames {
                1 => "1 frame".to_owned(),
                frames => format!("{frames} frames"),
            };
            let delay = opinion.delay.as_millis();
            line(ANSWER, &format!("answer in {frames}, {delay} ms"));
        }
        let graph_top = top + height - PADDING - GRAPH_HEIGHT - 8.0;
        self.graph([inner, graph_top, room, GRAPH_HEIGHT], notes.history);
    }

    /// Bars from the left, the latest frame at the right, and below it a mark for each answer.
    fn graph(&mut self, [left, top, width, height]: [f32; 4], history: &History) {
        let scale_width = self.width_of("33 ms") + 8.0;
        let bars = width - scale_width;
        let most = (1000.0 * history.longest().as_secs_f32()).clamp(1.25 * SIXTIETH, 400.0) * 1.1;
        let bottom = top + height;
        let step = (bars * self.scale / LENGTH as f32).floor().max(1.0) / self.scale;
        for (age, frame) in history.frames().enumerate() {
            let Frame { time, answered } = *frame;
            let milliseconds = 1000.0 * time.as_secs_f32();
            let colour = match milliseconds {
                time if time < 1.1 * SIXTIETH => QUICK,
                time if time < 1.1 * THIRTIETH => SLOW,
                _ => SLOWER,
            };
            let high = (milliseconds / most).min(1.0) * height;
            let x = left + bars - (age + 1) as f32 * step;
            self.box_of([x, bottom - high, step, high], 0.0, colour);
            if answered {
                self.box_of([x - 1.0, bottom + 4.0, 4.0, 4.0], 2.0, ANSWER);
            }
        }
        // A line where a round time is, as long as its number has room.
        let mut lowest_label = bottom + TEXT;
        for time in [SIXTIETH, THIRTIETH, 100.0, 200.0, 400.0] {
            let y = bottom - time / most * height;
            if time < most && y + TEXT <= lowest_label {
                self.box_of([left, y, bars, 1.0], 0.0, LINE);
                let label = format!("{time:.0} ms");
                self.text_right(left + width, y - TEXT / 2.0, DIM, &label);
                lowest_label = y;
            }
        }
    }

    /// Which key does what.
    fn help(&mut self, place: [f32; 4], notes: &Notes<'_>) {
        self.box_of(place, 0.0, PANEL);
        let [left, top, width, _] = place;
        let (mut x, y) = (left + MARGIN + PADDING, top + 5.0);
        let end = left + width - MARGIN - PADDING;
        let space = if notes.paused { "go on" } else { "pause" };
        let heat = match notes.recognition {
            Some(recognition) if !recognition.has_heat_maps() => "(no heat maps)",
            _ if notes.heat => "hide heat map",
            _ => "heat map",
        };
        for (key, action) in [
            ("space", space),
            ("arrows", "photo"),
            ("H", heat),
            ("escape", "quit"),
        ] {
            let (key_width, action_width) = (self.width_of(key), self.width_of(action));
            if x + key_width + 8.0 + action_width > end {
                return;
            }
            self.text([x, y], f32::INFINITY, BRIGHT, key);
            self.text([x + key_width + 8.0, y], f32::INFINITY, DIM, action);
            x += key_width + action_width + 32.0;
        }
        if x + self.width_of(notes.title) <= end {
            self.text_right(end, y, DIM, notes.title);
        }
    }
}
