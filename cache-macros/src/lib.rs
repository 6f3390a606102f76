//! Macros of `cache-runtime`. Depend on `cache-runtime`, which re-exports them.
