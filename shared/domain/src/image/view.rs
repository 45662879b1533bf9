//! How much of an image a model sees with `detail: high`. What is beyond it the provider throws away before the model
//! looks, so it need not be sent. From OpenAI's guide, read 2026-11-21:
//! <https://developers.openai.com/api/docs/guides/images-vision#model-sizing-behavior>.

use super::Picture;
use crate::models::Family;

/// The largest picture that a model looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    long_side: u32,
    short_side: u32,
}

impl View {
    /// What the model sees; `None` if that is not known, and the image has to be left as it is.
    ///
    /// The widest documented figure counts. Models that cover an image with patches of 32 pixels also have a budget of
    /// patches, but the guide gave other budgets for the same model at other times: only their 2048 pixels are used.
    #[must_use]
    pub fn of(model: &str, family: Family) -> Option<Self> {
        match family {
            Family::Gpt4 if is_tiled(model) => Some(Self { long_side: 2048, short_side: 768 }),
            Family::Gpt4 | Family::Gpt5 => Some(Self { long_side: 2048, short_side: 2048 }),
            Family::Compatible => None,
        }
    }

    /// The size in which the model sees the picture, if it is smaller than the picture: both sides in proportion, rounded
    /// up so that no pixel of the provider's own scaling is missing.
    #[must_use]
    pub fn smaller(self, picture: Picture) -> Option<(u32, u32)> {
        let (long, short) = (picture.width.max(picture.height), picture.width.min(picture.height));
        // The ratio as a fraction: the sides times `wanted` over `had`, whichever of the two limits asks for less.
        let (wanted, had) = [(self.long_side, long), (self.short_side, short)]
            .into_iter()
            .filter(|(wanted, had)| wanted < had)
            .min_by(|a, b| (u64::from(a.0) * u64::from(b.1)).cmp(&(u64::from(b.0) * u64::from(a.1))))?;
        let scaled = |side: u32| {
            let exact = (u64::from(side) * u64::from(wanted)).div_ceil(u64::from(had));
            u32::try_from(exact).unwrap_or(side).max(1)
        };
        Some((scaled(picture.width), scaled(picture.height)))
    }
}

/// The models that see squares of 512 pixels, after the shorter side is brought to 768. The small ones of 4.1 do not.
fn is_tiled(model: &str) -> bool {
    !["gpt-4.1-mini", "gpt-4.1-nano"].iter().any(|name| model.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Format;
    use crate::models::Catalogue;
    use proptest::prelude::*;

    fn picture(width: u32, height: u32) -> Picture {
        Picture { format: Format::Png, width, height }
    }

    fn view(model: &str) -> Option<View> {
        View::of(model, Catalogue::built_in().unwrap().shape(model).family)
    }

    fn seen(model: &str, width: u32, height: u32) -> Option<(u32, u32)> {
        view(model).and_then(|view| view.smaller(picture(width, height)))
    }

    #[test]
    fn a_screenshot_is_scaled_to_what_each_family_sees() {
        assert_eq!(seen("gpt-4o-2024-11-20", 1920, 1080), Some((1366, 768)));
        assert_eq!(seen("gpt-4.1-2025-04-14", 1440, 9000), Some((328, 2048)));
        assert_eq!(seen("gpt-4.1-2025-04-14", 4096, 4096), Some((768, 768)));
        assert_eq!(seen("gpt-4.1-mini-2025-04-14", 1920, 1080), None);
        assert_eq!(seen("gpt-4.1-mini-2025-04-14", 4096, 1080), Some((2048, 540)));
        assert_eq!(seen("gpt-6-luna", 2048, 2048), None);
        assert_eq!(seen("gpt-6-luna", 2049, 10), Some((2048, 10)));
        assert_eq!(seen("gpt-4o-2024-08-06", 2048, 768), None);
    }

    #[test]
    fn what_an_unknown_model_sees_is_not_guessed() {
        assert_eq!(view("llava:13b"), None);
    }

    proptest! {
        #[test]
        fn scaling_keeps_the_limits_and_the_proportions_and_never_enlarges(
            width in 1_u32..30_000, height in 1_u32..30_000, tiled: bool
        ) {
            let view = view(if tiled { "gpt-4o-2024-11-20" } else { "gpt-6-luna" }).unwrap();
            let Some((w, h)) = view.smaller(picture(width, height)) else {
                prop_assert!(width.max(height) <= view.long_side && width.min(height) <= view.short_side);
                return Ok(());
            };
            prop_assert!(w.max(h) <= view.long_side && w.min(h) <= view.short_side);
            prop_assert!(w <= width && h <= height && w >= 1 && h >= 1);
            // Within the pixel by which a side is rounded up.
            let (across, down) = (f64::from(w) / f64::from(width), f64::from(h) / f64::from(height));
            prop_assert!((across - down).abs() <= 1.0 / f64::from(width.min(height)));
            prop_assert_eq!(view.smaller(picture(w, h)), None, "what was scaled is not scaled again");
        }
    }
}
