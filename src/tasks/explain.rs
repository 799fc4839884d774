//! Class activation maps of photos.

use super::{Explanation, Picture};
use crate::error::{Error, ErrorKind, Result};
use crate::maps::ScoreMap;
use crate::network::{Network, Variant, Wanted};
use crate::top_k::{Ranked, top_k};
use crate::zoo::Task;

impl Network {
    /// Computes which pixels of `picture` contribute to `class`: an index, or `None` for the most probable class. The run
    /// that classifies the photo also returns its features, so this takes hardly longer than [`Network::classify`].
    /// [`Network::class`] returns the index of a name.
    ///
    /// ```
    /// use menagerie::{Network, Photo};
    ///
    /// # fn main() -> menagerie::Result<()> {
    /// # if cfg!(not(feature = "embedded-weights")) { return Ok(()); }
    /// let mut network = Network::load("mobilenet_v2")?;
    /// let grey = Photo::new(320, 240, vec![128; 3 * 320 * 240])?;
    /// let espresso = network.class("espresso")?;
    /// let answer = network.explain(&grey, espresso)?;
    /// let picture = answer.over(grey, 0.5)?;
    /// assert_eq!((answer.label().as_ref(), picture.width()), ("espresso", 320));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the network does not end in global average pooling and one linear layer, or in a 1x1
    /// convolution and global average pooling, or has no such class; as [`Network::classify_async`].
    pub async fn explain_async<'p>(
        &mut self,
        picture: impl Into<Picture<'p>>,
        class: impl Into<Option<usize>>,
    ) -> Result<Explanation> {
        let (picture, class) = (picture.into(), class.into());
        let size = picture.size()?;
        let wanted = self.explained_input(&picture)?;
        self.prepare_wanted_async(wanted).await?;
        let preprocess = self.preprocess_for(wanted.input)?;
        let labels = self.labels().clone();
        let name = self.name().to_owned();
        let (outputs, maps) = self.outputs_of(&picture, wanted.input).await?;
        let Some((maps, answer)) = maps.zip(outputs.first()) else {
            // The prepared variant has both.
            return Err(Error::new(
                ErrorKind::Input,
                format!("{name} has no class activation maps"),
            ));
        };
        let class = ranked(answer.image(0), class)?;
        Ok(Explanation {
            map: ScoreMap::relative(&maps.map(&outputs, class.index)?, 0)?,
            class,
            labels,
            crop_rect: preprocess.crop_rect(size[1], size[0])?,
            size,
        })
    }

    /// The variant that explains `picture`.
    pub(crate) fn explained_input(&self, picture: &Picture<'_>) -> Result<Wanted> {
        self.check_task(Task::Classify)?;
        Ok(Wanted {
            input: self.shape_for(picture.size()?)?,
            variant: Variant::ClassMaps,
        })
    }
}

/// The class `wanted`, or the most probable one, with its probability.
fn ranked(scores: &[f32], wanted: Option<usize>) -> Result<Ranked> {
    let ranked = top_k(scores, usize::MAX);
    let found = match wanted {
        None => ranked.first(),
        Some(index) => ranked.iter().find(|class| class.index == index),
    };
    found.copied().ok_or_else(|| {
        let (index, classes) = (wanted.unwrap_or_default(), ranked.len());
        Error::new(
            ErrorKind::Input,
            format!("there is no class {index}: the network has {classes}, they count from 0"),
        )
    })
}
