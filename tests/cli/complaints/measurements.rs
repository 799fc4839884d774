//! What cannot be compared, timed or tuned.

use super::assert_complaints;

#[test]
fn what_cannot_be_measured() {
    assert_complaints(&[
        (
            "compare lenet5",
            "nothing to compare: expected two networks, adapters, batches, sizes or precisions, or `--passes on,off`",
        ),
        (
            "compare lenet5 resnet51",
            "no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all networks",
        ),
        (
            "compare inception_v3 --size 299,300x74",
            "inception_v3: expected images of at least 75x75, found 3x300x74",
        ),
        (
            "compare kernels --conv 8x8x9x9 --size 3 --padding 0",
            "conv (conv2d) cannot take [8x3x3, f32[8, 8, 9, 9], f32[8]]: a window of 9x9 does not fit into 8x3x3",
        ),
        (
            "compare kernels --conv 9x1x3x3 --size 9 --groups 2",
            "conv (conv2d) cannot take [2x9x9, f32[9, 1, 3, 3], f32[9]]: 2 groups must divide 2 input and 9 output channels",
        ),
        (
            "compare kernels --conv 9x1x3x3 --size 9",
            "nothing to compare: the reference executor has no kernels",
        ),
        (
            "autotune lenet5",
            "the reference executor has no kernels to choose from",
        ),
        (
            "profile lenet5",
            "the reference executor has no kernels to time; `menagerie bench --adapter cpu` times its runs",
        ),
        (
            "profile lenet5 --html FOLDER/no/page.html",
            "FOLDER/no/page.html: cannot be written: there is no folder FOLDER/no",
        ),
        (
            "profile lenet5 --html FOLDER/page --trace FOLDER/page",
            "FOLDER/page: cannot be both the trace and the page",
        ),
        (
            "profile lenet5 --trace FOLDER/empty",
            "FOLDER/empty: cannot be written: it is a folder",
        ),
    ]);
}
