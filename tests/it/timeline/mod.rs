//! What a process did: streamed in, sifted, narrowed, told in words, and led on from.

mod bench;
mod journey;
mod screens;
mod sifted;
mod streamed;
mod told;
