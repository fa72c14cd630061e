//! What becomes of memory that is freed.

/// The allocator of glibc gives freed memory back to the system, and the next page of results has to fetch it anew,
/// 4 KB at a time: as much work as all else that the proxy does for it. How much is kept instead follows from the
/// largest block that was seen freed, so here is one. Other allocators take no notice.
pub fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
}
