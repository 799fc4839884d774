//! Weights that torchvision published after the first ones of a network, with another preprocessing. They are recognised by
//! the names of their files, which end in a part of their digest.

use std::path::Path;

use super::Model;
use crate::preprocess::Interpolation::{Bicubic, Bilinear};
use crate::preprocess::{Framing, Interpolation, Preprocess};

/// Weights that torchvision published later.
struct Later {
    /// The network.
    model: &'static str,
    /// torchvision's name of the weights.
    name: &'static str,
    /// Name of the file, without its extension.
    file: &'static str,
    preprocess: Preprocess,
}

static LATER: &[Later] = &[
    Later {
        preprocess: evaluated(Bilinear, 255, 240),
        ..second("efficientnet_b1", "efficientnet_b1-c27df63c")
    },
    second("mobilenet_v2", "mobilenet_v2-7ebf99e0"),
    second("mobilenet_v3_large", "mobilenet_v3_large-5c1a4163"),
    second("regnet_x_1_6gf", "regnet_x_1_6gf-a12f2b72"),
    second("regnet_x_3_2gf", "regnet_x_3_2gf-7071aa85"),
    second("regnet_x_8gf", "regnet_x_8gf-2b70d774"),
    second("regnet_x_16gf", "regnet_x_16gf-ba3796d7"),
    second("regnet_x_32gf", "regnet_x_32gf-6eb8fdc6"),
    second("regnet_x_400mf", "regnet_x_400mf-62229a5f"),
    second("regnet_x_800mf", "regnet_x_800mf-94a99ebd"),
    second("regnet_y_1_6gf", "regnet_y_1_6gf-0d7bc02a"),
    second("regnet_y_3_2gf", "regnet_y_3_2gf-9180c971"),
    second("regnet_y_8gf", "regnet_y_8gf-dc2b1b54"),
    second("regnet_y_16gf", "regnet_y_16gf-3e4a00f9"),
    swag("regnet_y_16gf", "regnet_y_16gf_swag-43afe44d"),
    swag_linear("regnet_y_16gf", "regnet_y_16gf_lc_swag-f3ec0043"),
    second("regnet_y_32gf", "regnet_y_32gf-8db6d4b5"),
    swag("regnet_y_32gf", "regnet_y_32gf_swag-04fdfa75"),
    swag_linear("regnet_y_32gf", "regnet_y_32gf_lc_swag-e1583746"),
    second("regnet_y_400mf", "regnet_y_400mf-e6988f5f"),
    second("regnet_y_800mf", "regnet_y_800mf-58fc7688"),
    swag_linear("regnet_y_128gf", "regnet_y_128gf_lc_swag-cbe8ce12"),
    second("resnet50", "resnet50-11ad3fa6"),
    second("resnet101", "resnet101-cd907fc2"),
    second("resnet152", "resnet152-f82ba261"),
    second("resnext50_32x4d", "resnext50_32x4d-1a0047aa"),
    second("resnext101_32x8d", "resnext101_32x8d-110c445d"),
    second("wide_resnet50_2", "wide_resnet50_2-9ba9bcbe"),
    second("wide_resnet101_2", "wide_resnet101_2-d733dc28"),
];

const fn second(model: &'static str, file: &'static str) -> Later {
    Later {
        model,
        name: "IMAGENET1K_V2",
        file,
        preprocess: evaluated(Bilinear, 232, 224),
    }
}

/// Trained on photos with hashtags (Singh 2022, arXiv:2201.08371), then all layers on ImageNet.
const fn swag(model: &'static str, file: &'static str) -> Later {
    Later {
        name: "IMAGENET1K_SWAG_E2E_V1",
        preprocess: evaluated(Bicubic, 384, 384),
        ..second(model, file)
    }
}

/// The same, where only the classifier was trained on ImageNet.
const fn swag_linear(model: &'static str, file: &'static str) -> Later {
    Later {
        name: "IMAGENET1K_SWAG_LINEAR_V1",
        preprocess: evaluated(Bicubic, 224, 224),
        ..second(model, file)
    }
}

const fn evaluated(interpolation: Interpolation, side: usize, crop: usize) -> Preprocess {
    Preprocess {
        framing: Framing::ShorterSide(side),
        interpolation,
        crop: [crop, crop],
        ..Preprocess::IMAGENET
    }
}

impl Model {
    /// The preprocessing for weights of the reference implementation in the file at `path`. torchvision has published
    /// several weights of some networks, each with its own preprocessing. The later ones count as such if the file's name
    /// begins as torchvision calls it, for example `resnet50-11ad3fa6`. All other files count as the first ones.
    pub fn preprocess_of_file(&self, path: &Path) -> Preprocess {
        let later = path.file_name().and_then(|name| {
            let name = name.to_string_lossy();
            let mut later = self.later_weights();
            later.find(|later| name.starts_with(later.file))
        });
        later.map_or(self.preprocess, |later| later.preprocess)
    }

    /// The names of the weights that torchvision published later, as `IMAGENET1K_V2`, with their files, without extension.
    pub fn later_files(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.later_weights().map(|later| (later.name, later.file))
    }

    fn later_weights(&self) -> impl Iterator<Item = &'static Later> {
        let name = self.name;
        LATER.iter().filter(move |later| later.model == name)
    }
}
