//! Tensors that commands use and nobody else holds. In a browser they would be freed ([`super::owned`]) before the commands
//! run.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::DeviceTensor;

thread_local! {
    /// What commands still use, by the number of its [`Kept`].
    static KEPT: RefCell<BTreeMap<u64, Vec<DeviceTensor>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Something that is kept until this is dropped. Callbacks of wgpu must be `Send`, which resources of a browser are not.
struct Kept(u64);

impl Drop for Kept {
    fn drop(&mut self) {
        // What is dropped is dropped after the list is free again.
        let _tensors = KEPT.with_borrow_mut(|kept| kept.remove(&self.0));
    }
}

/// Keeps what `used` returns until the commands in `encoder` are done, or are dropped without having been submitted.
/// Natively wgpu does so itself.
pub fn keep_until_done(encoder: &wgpu::CommandEncoder, used: impl FnOnce() -> Vec<DeviceTensor>) {
    if cfg!(not(target_arch = "wasm32")) {
        return;
    }
    let number = KEPT.with_borrow_mut(|kept| {
        let number = kept.last_key_value().map_or(0, |(&last, _)| last + 1);
        kept.insert(number, used());
        number
    });
    let kept = Kept(number);
    encoder.on_submitted_work_done(move || drop(kept));
}
