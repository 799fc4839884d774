//! The files of torchvision's weights, for networks that the Hub has no weights of. `tools/torchvision_files.py` makes the
//! table.

use super::Model;
use crate::hub::TorchFile;

static TABLE: &str = include_str!("torchvision_files.txt");

/// Where all of them are.
const FOLDER: &str = "https://download.pytorch.org/models";

impl Model {
    /// The file of its weights on torchvision's server, if the Hub has none.
    pub fn torchvision_file(&self) -> Option<TorchFile> {
        if self.published.is_some() {
            return None;
        }
        let mut rows = TABLE.lines().filter_map(|row| row.split_once(' '));
        let (_, name) = rows.find(|(model, _)| *model == self.name)?;
        Some(TorchFile {
            folder: FOLDER,
            name,
        })
    }
}
