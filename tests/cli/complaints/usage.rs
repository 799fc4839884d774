//! Command lines that are not understood.

use crate::program::{command, end};

#[test]
fn wrong_usage_has_a_status_of_its_own() {
    for line in [
        "",
        "fly",
        "classify",
        "summary",
        "segment samples/cat.png",
        "segment samples/cat.png -o mask.png --threshold 1.5",
        "segment samples/cat.png -o mask.png --threshold NaN",
        "bench lenet5 --runs 0",
        "bench lenet5 --runs 18446744073709551615",
        "profile lenet5 --runs 18446744073709551615",
        "autotune lenet5 --rounds 18446744073709551615",
        "compare lenet5 alexnet --rounds 18446744073709551615",
        "compare kernels --conv 9x9x3x3 --size 9 --rounds 18446744073709551615",
        "classify samples/cat.png --top 0",
        "classify samples/cat.png --json --csv",
        "classify samples/cat.png --csv --resume answers.jsonl",
        "embed samples/cat.png -o vectors.npy --resume vectors.jsonl",
        "evaluate",
        "compare",
        "compare lenet5 --batch 1,many",
        "compare lenet5 --passes maybe",
        "compare lenet5 --json --csv",
        "compare kernels --size 9",
        "compare kernels --conv 32768x32768x9x9 --size 1",
        "compare kernels --conv 9x9x3x3 --size 9 --padding 18446744073709551615",
        "compare kernels --conv 9x9x3 --size 9",
        "compare kernels --conv 9x0x3x3 --size 9",
        "autotune",
        "bench lenet5 --batch 18446744073709551615",
        "plan lenet5 --no-passes --without fold_batch_norm",
    ] {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(end(command(&arguments)).status, Some(2), "{line}");
    }
    assert_eq!(end(command(&["--help"])).status, Some(0));
}
