//! The allocator, and how soon it gives memory back.
//!
//! At 600 calls a second 20,000 SIP transactions are open, and half a minute after the last BYE their memory is free.
//! The C library keeps what is free, and other allocators give it back only while the threads that held it allocate.
//! jemalloc has threads of its own for it: a server that rests becomes small again.

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// jemalloc takes its settings from this symbol as the program starts: free pages go back within two seconds.
#[allow(unsafe_code, reason = "jemalloc finds its settings by the name of a symbol, a pointer to C text")]
#[unsafe(export_name = "_rjem_malloc_conf")]
static SETTINGS: &u8 = &c"background_thread:true,dirty_decay_ms:2000".to_bytes_with_nul()[0];

#[cfg(test)]
mod tests {
    #[test]
    fn free_memory_is_given_back_by_threads_of_the_allocator() {
        assert_eq!(tikv_jemalloc_ctl::background_thread::read(), Ok(true));
    }
}
