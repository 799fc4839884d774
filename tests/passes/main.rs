//! The passes: that each rewrites what it should, leaves alone what it must and says why. That the
//! answers stay the same is `same_answer.rs`'s, and not proven by anything here having fused.

#[path = "../common/mod.rs"]
mod common;

mod driver;
mod drop_nothing;
mod fold_affine;
mod fold_batch_norm;
mod fuse_activation;
mod fuse_before;
mod fuse_expressions;
mod fuse_flatten;
mod fuse_layer_norm;
mod fuse_pad;
mod fuse_pointwise;
mod fuse_residual;
mod name_activation;
mod net;
mod networks;
mod random;
mod same_answer;
mod sink_reshape;
mod sink_transpose;
