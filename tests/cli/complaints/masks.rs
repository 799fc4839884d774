//! Masks that cannot be made or written.

use super::assert_complaints;

#[test]
fn masks_that_cannot_be_made() {
    assert_complaints(&[
        (
            "classify samples/cat.png --model unet",
            "unet answers for each pixel and not for the photo; `menagerie segment` writes its answer as a mask",
        ),
        (
            "segment samples/cat.png -o FOLDER/mask.png --model mobilenet_v2",
            "mobilenet_v2 answers for the photo and not for each pixel; `menagerie classify` prints its \
             classes",
        ),
        (
            "segment samples/cat.png -o FOLDER/mask.xyz",
            "FOLDER/mask.xyz: unknown file extension; a mask can be BMP, PNG, TIFF or WebP",
        ),
        (
            "segment samples/cat.png -o FOLDER/mask --overlay",
            "FOLDER/mask: unknown file extension; an image can be BMP, JPEG, PNG, TIFF or WebP",
        ),
        (
            "segment samples/cat.png -o FOLDER/mask.jpg",
            "FOLDER/mask.jpg: JPEG would blur the mask; use BMP, PNG, TIFF or WebP",
        ),
        (
            "segment samples/cat.png -o FOLDER/no/mask.png",
            "FOLDER/no/mask.png: cannot be written: there is no folder FOLDER/no",
        ),
        (
            "segment samples/cat.png -o FOLDER/folder.png",
            "FOLDER/folder.png: cannot be written: it is a folder",
        ),
        (
            "segment FOLDER/cut.png -o FOLDER/empty/../cut.png",
            "FOLDER/empty/../cut.png: is the input FOLDER/cut.png; expected another file",
        ),
        (
            "segment FOLDER/missing.png -o FOLDER/mask.png",
            "FOLDER/missing.png: cannot be read: No such file or directory (os error 2)",
        ),
        (
            "segment FOLDER/empty -o FOLDER/mask.png",
            "FOLDER/empty: cannot be read: Is a directory (os error 21)",
        ),
        (
            "segment FOLDER/notes.txt -o FOLDER/mask.png",
            "FOLDER/notes.txt: not an image (BMP, DDS, Farbfeld, GIF, HDR, ICO, JPEG, OpenEXR, PNG, PNM, QOI, TGA, TIFF and WebP are known)",
        ),
        (
            "segment FOLDER/cut.png -o FOLDER/mask.png",
            "FOLDER/cut.png: cut short: the file ends before the last row of pixels",
        ),
        (
            "segment samples/cat.png -o FOLDER/mask.png --weights FOLDER/cut.safetensors",
            "FOLDER/cut.safetensors: not a valid safetensors file: expected the last tensor to end with the \
             file's 1000 bytes: it is truncated or has bytes left over",
        ),
        (
            "segment FOLDER/large.pbm -o FOLDER/mask.png --model unet --weights synthetic:0",
            "FOLDER/large.pbm: 3000x3000 pixels are too many for unet on cpu (reference executor), which \
             takes up to 2896x2896 of this shape; make the photo smaller",
        ),
    ]);
}
