//! Masks of photos, whatever their size.

use menagerie::{Network, Photo};

use crate::common::photos::pixels_of;
use crate::{devices, gpu, loaded, photo};

/// Intersection over union that the trained weights reach on pictures that they were not trained on.
const REACHED: f64 = 0.94;

#[test]
fn masks_are_those_that_the_pictures_were_made_with() {
    for device in devices() {
        let mut network = loaded("unet_small", &device);
        let (mut both, mut either) = (0, 0);
        for index in 0..6 {
            let picture = photo(&format!("tests/golden/cells/{index}.png"));
            let (size, truth) = pixels_of(&format!("tests/golden/cells/{index}-mask.png"));
            let mask = network.segment(&picture).unwrap();
            assert_eq!(
                [mask.width(), mask.height()],
                size.map(|side| side as usize)
            );
            for (found, truth) in mask.covered(0.5).zip(truth.chunks_exact(3)) {
                let truth = truth[0] == 255;
                both += u32::from(found && truth);
                either += u32::from(found || truth);
            }
        }
        let reached = f64::from(both) / f64::from(either);
        assert!(reached >= REACHED, "{device}: {reached:.4}");
    }
}

/// A network keeps what it prepared for a few sizes, over one copy of its parameters.
#[test]
fn sizes_come_and_go_over_one_copy_of_the_parameters() {
    let mut network = Network::builder("unet_small").device(gpu()).load().unwrap();
    let grey = |width: usize, height: usize| {
        let rgb = (0..3 * width * height).map(|index| (index * 7 % 251) as u8);
        Photo::new(width, height, rgb.collect::<Vec<u8>>()).unwrap()
    };
    let sizes = [(20, 30), (1, 1), (33, 17), (64, 64), (16, 48), (50, 3)];
    let first: Vec<_> = sizes
        .map(|(width, height)| network.segment(&grey(width, height)).unwrap())
        .into();
    let bytes = network.session().unwrap().parameters().bytes();
    for (&(width, height), expected) in sizes.iter().zip(&first).rev() {
        assert_eq!((expected.width(), expected.height()), (width, height));
        assert_eq!(network.segment(&grey(width, height)).unwrap(), *expected);
        assert_eq!(network.session().unwrap().parameters().bytes(), bytes);
    }
}

#[test]
fn a_network_of_another_size_has_a_mask_of_the_photo_s_own() {
    let cells = photo("samples/cells.png");
    for device in devices() {
        let own = loaded("unet_small", &device).segment(&cells).unwrap();
        let network = Network::builder("unet_small").device(device.clone());
        let mut network = network.size(240, 320).load().unwrap();
        let smaller = network.segment(&cells).unwrap();
        assert_eq!((smaller.width(), smaller.height()), (400, 300));
        let same = own.covered(0.5).zip(smaller.covered(0.5));
        let same = same.filter(|(own, smaller)| own == smaller).count();
        let share = same as f64 / (400.0 * 300.0);
        assert!(share > 0.95, "{device}: {share}");
    }
}

#[test]
fn a_mask_is_drawn_over_its_photo_and_over_no_other() {
    let cells = photo("samples/cells.png");
    let mask = loaded("unet_small", &devices()[0]).segment(&cells).unwrap();
    let drawn = mask.over(cells.clone(), 0.5).unwrap();
    let pixels = cells.rgb().chunks_exact(3).zip(drawn.rgb().chunks_exact(3));
    for ((before, after), covered) in pixels.zip(mask.covered(0.5)) {
        assert_eq!(before != after, covered);
    }
    assert!(mask.over(photo("samples/cat.png"), 0.5).is_err());
}
