//! Tells the linker that Node has what the module asks for.

fn main() {
    napi_build::setup();
}
