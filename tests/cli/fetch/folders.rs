//! Where the cache is, and when nothing is downloaded: row by row as `huggingface_hub` documents it
//! (<https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>).

use super::hub;
use crate::program::end;

/// Variables, in which `HOME` stands for an empty folder, and the cache that they name.
#[test]
fn the_cache_is_where_python_has_it() {
    let cases: [(&[(&str, &str)], &str); 10] = [
        (&[], ".cache/huggingface/hub"),
        (&[("XDG_CACHE_HOME", "HOME/xdg")], "xdg/huggingface/hub"),
        (&[("HF_HOME", "HOME/hf")], "hf/hub"),
        (
            &[("XDG_CACHE_HOME", "HOME/xdg"), ("HF_HOME", "HOME/hf")],
            "hf/hub",
        ),
        (
            &[
                ("HUGGINGFACE_HUB_CACHE", "HOME/old"),
                ("HF_HOME", "HOME/hf"),
            ],
            "old",
        ),
        (
            &[
                ("HF_HUB_CACHE", "HOME/new"),
                ("HUGGINGFACE_HUB_CACHE", "HOME/old"),
            ],
            "new",
        ),
        (&[("HF_HUB_CACHE", "~/in/home")], "in/home"),
        (
            &[("HF_HUB_CACHE", "$BASE/a"), ("BASE", "HOME/base")],
            "base/a",
        ),
        (
            &[("HF_HOME", "${BASE}x/a"), ("BASE", "HOME/base")],
            "basex/a/hub",
        ),
        (
            &[("HF_HUB_CACHE", "HOME/$NO_SUCH_VARIABLE")],
            "$NO_SUCH_VARIABLE",
        ),
    ];
    for (variables, expected) in cases {
        let (hub, home) = (hub(), tempfile::tempdir().unwrap());
        let home = home.path();
        let mut command = hub.command(&["fetch", "resnet18"]);
        command.env_remove("HF_HOME").env_remove("XDG_CACHE_HOME");
        command.env("HOME", home);
        for (name, value) in variables {
            command.env(name, value.replace("HOME", home.to_str().unwrap()));
        }
        let ending = end(command);
        assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
        let folder = home.join(expected).join("models--timm--resnet18.tv_in1k");
        assert!(
            folder.join("snapshots").is_dir(),
            "{variables:?}: {expected}"
        );
    }
}

#[test]
fn nothing_is_asked_where_that_is_forbidden() {
    for (variables, is_offline) in [
        (&[("HF_HUB_OFFLINE", "1")][..], true),
        (&[("HF_HUB_OFFLINE", "on")], true),
        (&[("HF_HUB_OFFLINE", "Yes")], true),
        (&[("HF_HUB_OFFLINE", "TRUE")], true),
        (&[("HF_HUB_OFFLINE", "0")], false),
        (&[("HF_HUB_OFFLINE", "")], false),
        (&[("TRANSFORMERS_OFFLINE", "1")], true),
        (
            &[("HF_HUB_OFFLINE", ""), ("TRANSFORMERS_OFFLINE", "1")],
            true,
        ),
        (
            &[("HF_HUB_OFFLINE", "0"), ("TRANSFORMERS_OFFLINE", "1")],
            false,
        ),
    ] {
        let hub = hub();
        let mut command = hub.command(&["fetch", "resnet18"]);
        command.envs(variables.iter().copied());
        assert_eq!(
            end(command).status,
            Some(i32::from(is_offline)),
            "{variables:?}"
        );
        assert_eq!(hub.requests().is_empty(), is_offline, "{variables:?}");
    }
}
